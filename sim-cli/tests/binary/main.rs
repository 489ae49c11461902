//! The binary as its users meet it: arguments in, files, texts and exit codes out.

mod calibrate;
#[path = "../common/mod.rs"]
mod common;
mod compare;
mod explain;
mod explore;
mod report;
mod run;
mod scenarios;
mod score;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn oransim(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oransim"));
    command.args(args).current_dir(folder).env("NO_COLOR", "1");
    command.output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs and gives standard output; the exit code must be 0.
fn done(folder: &Path, args: &[&str]) -> String {
    let output = oransim(folder, args);
    assert_eq!(code(&output), 0, "{args:?}: {}", err(&output));
    out(&output)
}

/// Runs with `--quiet`: the exit code must be 0, and nothing may be said.
fn silent(folder: &Path, args: &[&str]) {
    let output = oransim(folder, &[args, &["--quiet"]].concat());
    assert_eq!(code(&output), 0, "{args:?}: {}", err(&output));
    assert_eq!((out(&output), err(&output)), <_>::default(), "{args:?}");
}

/// Runs and gives standard error; the exit code must be 2.
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = oransim(folder, args);
    assert_eq!(code(&output), 2, "{args:?}: {}", err(&output));
    assert!(!err(&output).contains("error: error"), "{}", err(&output));
    err(&output)
}

/// A folder with the scenarios that the program carries.
fn study() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["init", "."]);
    folder
}

/// A run of `explore` on two points, one replicate each.
fn design(folder: &Path, name: &str) {
    fs::write(folder.join("points.csv"), "market.taste_scale_share\n0.05\n0.1\n").unwrap();
    let line = format!("explore {MINIMAL} --design points.csv --replicates 1 --out {name} --quiet");
    done(folder, &line.split_whitespace().collect::<Vec<_>>());
}

const MINIMAL: &str = "scenarios/minimal.toml";

fn manifest(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap()
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}
