//! Writes the seeds that no file of the repository holds: `seeds CORPUS` makes CORPUS/manifest and CORPUS/segments.

use std::fs;
use std::path::{Path, PathBuf};

use fuzzed::{entries, plan};

fn main() -> std::io::Result<()> {
    let corpus = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "corpus".into()));
    let put = |target: &str, name: &str, bytes: &[u8]| -> std::io::Result<()> {
        let folder: &Path = &corpus.join(target);
        fs::create_dir_all(folder)?;
        fs::write(folder.join(name), bytes)
    };
    for (name, design) in [("plain", None), ("points", Some("point,a\n0,0.5\n1,0.25\n"))] {
        let plan = plan(design);
        put(
            "manifest",
            &format!("{name}-manifest"),
            plan.manifest.to_text().as_bytes(),
        )?;
        let text = serde_json::to_string(&plan)?;
        put("manifest", &format!("{name}-plan"), text.as_bytes())?;
    }
    // As the target takes them apart: lengths of 16 bits before the payloads of sound frames.
    let mut whole = vec![0];
    for (k, entry) in entries().iter().enumerate() {
        let payload = entry.encode(k as u64);
        let mut one = vec![0];
        for bytes in [&mut one, &mut whole] {
            bytes.extend_from_slice(&(payload.len() as u16).to_le_bytes());
            bytes.extend_from_slice(&payload);
        }
        put("segments", &format!("entry-{k}"), &one)?;
    }
    put("segments", "entries", &whole)
}
