//! What is outside the model: command line, host, platform. It stands in `provenance.json` only.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a run is surrounded by.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The command line as given.
    pub command: Vec<String>,
    /// Commit of the repository that the command was given in, if it is one.
    pub git_revision: Option<String>,
}

impl Surroundings {
    /// As this process finds them.
    pub fn here() -> Self {
        Self {
            command: std::env::args_os()
                .map(|arg| arg.to_string_lossy().into_owned())
                .collect(),
            git_revision: git_revision(Path::new(".")),
        }
    }
}

/// `HEAD` of the repository around a directory; `None` where there is none, or no git.
fn git_revision(directory: &Path) -> Option<String> {
    let output = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

/// Operating system and processor, for example `linux x86_64`.
pub fn platform() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}

/// Name of this host.
#[cfg(unix)]
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Name of this host.
#[cfg(not(unix))]
pub fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this host".into())
}
