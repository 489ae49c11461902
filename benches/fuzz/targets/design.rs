//! Any text as a design or as the draws of a posterior: points of finite numbers, or a message; and a table that is
//! written out reads back as itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_core::design::{MAX_POINTS, parse_table};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let table = match parse_table(&text) {
        Ok(table) => table,
        Err(why) => {
            assert!(!why.to_string().is_empty());
            return;
        }
    };
    assert!(!table.points.is_empty() && table.points.len() as u64 <= MAX_POINTS);
    assert!(table.points.iter().all(|row| row.len() == table.paths.len()));
    assert!(table.points.iter().flatten().all(|value| value.is_finite()));
    let quoted = |path: &String| format!("\"{}\"", path.replace('"', "\"\""));
    let mut written = format!(
        "point,{}\n",
        table.paths.iter().map(quoted).collect::<Vec<_>>().join(",")
    );
    for (point, row) in table.points.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(f64::to_string).collect();
        written += &format!("{point},{}\n", cells.join(","));
    }
    assert_eq!(parse_table(&written), Ok(table), "{written}");
});
