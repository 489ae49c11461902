//! Whatever ends the program loses no finished replicate: the real binary on a shipped scenario, killed, signalled and
//! left without room.
#![cfg(unix)]

mod common;

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::{assert_same, files, mix};
use sim_cli::exit::Exit;
use sim_cli::store::plan::Plan;
use sim_cli::store::segments::Segments;

fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(name)
}

fn command(scenario: &Path, out: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oransim"));
    command
        .arg("run")
        .arg(scenario)
        .args(["--jobs", "2", "--progress", "none"]);
    command.args(words).arg("--out").arg(out);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Finished replicates in a directory that was left in the middle; `None` where nothing was begun.
fn kept(out: &Path) -> Option<u64> {
    let plan = Plan::read(&out.join("work/plan.json")).ok()?;
    let mut segments = Segments::new(plan.layouts(), &plan.manifest.run_key());
    let folder = out.join("work/segments");
    if folder.is_dir() {
        segments.open_for_reading(&folder).unwrap();
    }
    Some(segments.finished())
}

/// Kills runs at so many moments, a different one each time, and resumes them; every run ends with the bytes of one that
/// nobody disturbed, and no kill loses a replicate that was finished before it.
fn killed_at(moments: u64, replicates: &str, formats: &str) {
    let dir = tempfile::tempdir().unwrap();
    let minimal = scenario("minimal.toml");
    let words = ["-n", replicates, "--record", "all,tenders", "--format", formats];
    let undisturbed = dir.path().join("undisturbed");
    let began = Instant::now();
    assert!(command(&minimal, &undisturbed, &words).status().unwrap().success());
    let whole = u64::try_from(began.elapsed().as_millis()).unwrap().max(20);
    let expected = files(&undisturbed);

    let (mut finished, mut kills, mut most, mut attempts) = (0, 0, 0, 0);
    let mut out = dir.path().join("run-0");
    while kills < moments || out.exists() {
        let before = kept(&out).unwrap_or(0);
        let resume: &[&str] = if out.join("work/plan.json").exists() {
            &["--resume"]
        } else {
            &[]
        };
        let mut child = command(&minimal, &out, &[&words[..], resume].concat()).spawn().unwrap();
        if kills < moments {
            // Anywhere from the first instruction to a little after the end of a whole run.
            std::thread::sleep(Duration::from_millis(mix(attempts) % (whole + whole / 8)));
            child.kill().unwrap();
        }
        // A moment after the end is no kill: the next attempt takes another.
        attempts += 1;
        let status = child.wait().unwrap();
        if status.success() {
            assert_same(&files(&out), &expected);
            finished += 1;
            out = dir.path().join(format!("run-{finished}"));
        } else {
            assert_eq!(status.signal(), Some(9), "it ended by itself: {status}");
            kills += 1;
            if let Some(now) = kept(&out) {
                assert!(
                    now >= before,
                    "kill {kills}: {before} replicates were finished, {now} are left"
                );
                most = most.max(now);
            }
        }
        if kills >= moments && !out.exists() {
            break;
        }
    }
    assert!(
        finished > 0 && most > 0,
        "{finished} runs finished, {most} replicates seen"
    );
}

#[test]
fn a_few_kills_lose_nothing() {
    killed_at(5, "24", "csv");
}

#[test]
#[ignore = "half a minute: `.ci/run long`"]
fn fifty_kills_lose_nothing() {
    killed_at(50, "60", "csv,parquet");
}

/// Starts a run that takes minutes, waits until it plays, sends a signal; gives the exit code and how long it took.
fn signalled(scenario: &Path, signal: &str, out: &Path) -> (Option<i32>, Duration) {
    let mut child: Child = command(scenario, out, &["-n", "100000", "--record", "none"])
        .spawn()
        .unwrap();
    let began = Instant::now();
    while kept(out).is_none() {
        assert!(began.elapsed() < Duration::from_secs(120), "it does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(150));
    let sent = Instant::now();
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    let status = child.wait().unwrap();
    (status.code(), sent.elapsed())
}

/// The best of three, since a busy machine may not give the program its second.
fn ends_within_a_second(name: &str) {
    let dir = tempfile::tempdir().unwrap();
    for signal in ["-INT", "-TERM"] {
        let mut best = Duration::MAX;
        for attempt in 0..3 {
            let out = dir.path().join(format!("{signal}-{attempt}"));
            let (code, took) = signalled(&scenario(name), signal, &out);
            assert_eq!(code, Some(Exit::Interrupted as i32));
            assert!(kept(&out).is_some() && !out.join("manifest.json").exists());
            best = best.min(took);
            if best < Duration::from_secs(1) {
                break;
            }
        }
        assert!(best < Duration::from_secs(1), "{signal}: {best:?}");
    }
}

#[test]
fn signals_end_it_within_a_second() {
    ends_within_a_second("minimal.toml");
}

#[test]
#[ignore = "in release, where a replicate of the reference world is played as users play it: `.ci/run long`"]
fn signals_end_the_reference_world_within_a_second() {
    ends_within_a_second("world-2020.toml");
}

/// Through a shell that forbids files beyond a size (in blocks of 512 bytes): the same error as a full disk brings.
fn with_room(blocks: u32, out: &Path, words: &str) -> Output {
    let line = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec '{}' run '{}' -n 60 --jobs 2 --progress none --record all --format csv \
         --out '{}' {words}",
        env!("CARGO_BIN_EXE_oransim"),
        scenario("minimal.toml").display(),
        out.display()
    );
    Command::new("sh").args(["-c", &line]).output().unwrap()
}

#[test]
fn a_disk_without_room_is_named_and_the_run_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| dir.path().join(name);
    assert!(with_room(4_000_000, &place("undisturbed"), "").status.success());
    let largest = (files(&place("undisturbed")).values())
        .map(|bytes| bytes.len() as u64)
        .max()
        .unwrap();
    let out = place("run");
    let mut stopped = 0;
    // No room for the replicates, then for a part of them, then for all of them but not for the tables.
    for share in [40, 6, 2] {
        let blocks = u32::try_from(largest / share / 512).unwrap();
        let resume = if out.join("work/plan.json").exists() {
            "--resume"
        } else {
            ""
        };
        let output = with_room(blocks, &out, resume);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(Exit::CouldNotGoOn as i32), "{share}: {text}");
        assert!(
            text.contains("cannot write") && text.contains("File too large"),
            "{share}: {text}"
        );
        assert!(!out.join("manifest.json").exists());
        stopped += 1;
    }
    assert_eq!(stopped, 3);
    let output = with_room(4_000_000, &out, "--resume");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_same(&files(&out), &files(&place("undisturbed")));
}

/// A command that has nothing to keep ends at the first signal, whatever it is about.
#[test]
fn a_command_that_only_reads_ends_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut check = Command::new(env!("CARGO_BIN_EXE_oransim"));
    check.arg("check").arg(&pipe);
    check.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = check.spawn().unwrap();
    // Opens when the child has begun to read, which it does for as long as the pipe is open.
    let writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let is_gone = child.try_wait().unwrap().is_some();
    drop(writer);
    let status = child.wait().unwrap();
    assert!(is_gone, "the signal was swallowed");
    assert!(status.signal().is_some(), "{status}");
}
