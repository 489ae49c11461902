//! Kills of a real process: this file starts itself as a child that plays, and ends it in every way.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{FakeEngine, assert_same, files, mix, run, run_watched, settings, two_worlds};
use sim_cli::exit::Exit;
use sim_cli::settings::RunSettings;

const PLACE: &str = "SIM_CLI_TEST_PLACE";
const RESUME: &str = "SIM_CLI_TEST_RESUME";

fn engines(pause: Duration) -> Vec<FakeEngine> {
    let mut engines = two_worlds();
    engines.iter_mut().for_each(|engine| engine.pause = pause);
    engines
}

fn wanted(out: &Path) -> RunSettings {
    RunSettings {
        replicates: Some(150),
        ..settings(out)
    }
}

/// Not a test of its own: what the child does when a test of this file starts it.
#[test]
fn child() {
    let Some(place) = std::env::var_os(PLACE) else {
        return;
    };
    let resume = std::env::var_os(RESUME).is_some();
    let place = PathBuf::from(place);
    let outcome = run_watched(
        engines(Duration::from_millis(3)),
        &RunSettings {
            resume,
            ..wanted(&place)
        },
    );
    let exit = outcome.result.unwrap_or_else(|failure| {
        eprintln!("{failure}");
        failure.exit()
    });
    std::process::exit(exit as i32);
}

fn start(out: &Path, resume: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["child", "--exact", "--nocapture"]).env(PLACE, out);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if resume {
        command.env(RESUME, "1");
    }
    command.spawn().unwrap()
}

/// Waits until a run is under way: it has a plan.
fn wait_for_plan(out: &Path) {
    let began = Instant::now();
    while !out.join("work/plan.json").exists() {
        assert!(began.elapsed() < Duration::from_secs(60), "the child does not begin");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn undisturbed() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    run(engines(Duration::ZERO), &wanted(&out)).done();
    (dir, out)
}

#[test]
fn killed_again_and_again_and_resumed() {
    let (_whole, expected) = undisturbed();
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let (mut luck, mut kills) = (mix(2020), 0);
    loop {
        luck = mix(luck);
        let resume = out.join("work/plan.json").exists();
        let mut child = start(&out, resume);
        if kills < 8 {
            wait_for_plan(&out);
            std::thread::sleep(Duration::from_millis(luck % 90));
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        if status.success() {
            break;
        }
        assert_eq!(status.code(), None, "the child ended by itself");
        kills += 1;
    }
    assert!(kills > 1, "{kills}");
    assert_same(&files(&out), &files(&expected));
}

#[cfg(unix)]
#[test]
fn a_signal_stops_in_order_and_says_so() {
    let (_whole, expected) = undisturbed();
    let dir = tempfile::tempdir().unwrap();
    for (signal, place) in [("-INT", "interrupted"), ("-TERM", "terminated")] {
        let out = dir.path().join(place);
        let mut child = start(&out, false);
        wait_for_plan(&out);
        std::thread::sleep(Duration::from_millis(30));
        let sent = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        assert_eq!(child.wait().unwrap().code(), Some(Exit::Interrupted as i32));
        assert!(!out.join("manifest.json").exists());
        run(
            engines(Duration::ZERO),
            &RunSettings {
                resume: true,
                ..wanted(&out)
            },
        )
        .done();
        assert_same(&files(&out), &files(&expected));
    }
}
