//! What is there already: every case of a directory that is not empty, and what may be touched.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use crate::common::{FakeEngine, all_formats, assert_same, files, run, run_stopped, settings, shard, two_worlds};
use serde_json::Value;
use sim_cli::exit::{Exit, Failure};
use sim_cli::settings::{Format, Mode, Record, RecordSeries, RunSettings, formats};
use sim_cli::store::directory::RunDirectory;
use sim_cli::store::finish::remove_leftover;
use sim_cli::store::lock::Lock;
use sim_cli::store::manifest::Manifest;

fn one() -> Vec<FakeEngine> {
    vec![FakeEngine::new("world-2020")]
}

/// A directory with a finished run of 12 replicates.
fn finished() -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    run(one(), &settings(&out)).done();
    (dir, out)
}

/// A directory with an unfinished run.
fn unfinished() -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let mut engines = one();
    engines[0].stop_after = Some(4);
    let outcome = run(engines, &settings(&out));
    assert_eq!(outcome.result.map_err(|failure| failure.exit()), Err(Exit::Interrupted));
    (dir, out)
}

#[test]
fn the_same_run_is_printed_again_and_not_played() {
    let (_dir, out) = finished();
    let before = files(&out);
    let first = run(
        one(),
        &RunSettings {
            force: true,
            ..settings(&out)
        },
    )
    .done();
    let engines = one();
    let asked = engines[0].asked.clone();
    let again = run(engines, &settings(&out)).done();
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert_eq!(again.out, first.out);
    assert!(again.out.contains("lock-in of radio networks"), "{}", again.out);
    assert!(again.out.ends_with(&format!("{}\n", out.display())));
    assert_same(&files(&out), &before);
}

#[test]
fn a_read_only_finished_run_is_printed() {
    let (_dir, out) = finished();
    let mut rights = fs::metadata(&out).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(&out, rights.clone()).unwrap();
    let outcome = run(one(), &settings(&out));
    #[allow(clippy::permissions_set_readonly_false, reason = "a directory of this test alone")]
    rights.set_readonly(false);
    fs::set_permissions(&out, rights).unwrap();
    assert!(!outcome.done().out.is_empty());
}

#[test]
fn missing_tables_are_made_from_those_that_are_there() {
    let (_dir, out) = finished();
    let dir = tempfile::tempdir().unwrap();
    let all = dir.path().join("all");
    run(
        one(),
        &RunSettings {
            formats: all_formats(),
            ..settings(&all)
        },
    )
    .done();
    let expected = files(&all);
    let engines = one();
    let asked = engines[0].asked.clone();
    let outcome = run(
        engines,
        &RunSettings {
            formats: all_formats(),
            ..settings(&out)
        },
    )
    .done();
    assert!(
        outcome.err.contains("made replicates.csv, summary.xlsx"),
        "{}",
        outcome.err
    );
    assert_same(&files(&out), &expected);
    // And the other way: from text to Parquet, with summary, failures and scenario lost.
    for lost in [
        "replicates.parquet",
        "summary.csv",
        "failures.csv",
        "scenarios/world-2020.toml",
    ] {
        fs::remove_file(out.join(lost)).unwrap();
        if lost == "failures.csv" {
            // Without it nobody knows which replicates failed.
            let refusal = run(one(), &settings(&out));
            assert!(refusal.result.is_err());
            fs::write(out.join(lost), &expected[lost]).unwrap();
        }
        run(one(), &settings(&out)).done();
    }
    assert_same(&files(&out), &expected);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[test]
fn fewer_replicates_leave_the_longer_run() {
    let (_dir, out) = finished();
    let before = files(&out);
    let outcome = run(
        one(),
        &RunSettings {
            replicates: Some(11),
            ..settings(&out)
        },
    );
    assert!(outcome.refusal().contains("12 replicates"), "{}", outcome.refusal());
    assert_same(&files(&out), &before);
}

#[test]
fn an_extension_that_is_refused_leaves_the_finished_run() {
    let dir = tempfile::tempdir().unwrap();
    let longer = |out: &Path| RunSettings {
        replicates: Some(20),
        ..settings(out)
    };
    let whole = dir.path().join("whole");
    run(one(), &longer(&whole)).done();
    let (_dir, out) = finished();
    let table = out.join("replicates.parquet");
    let good = fs::read(&table).unwrap();
    for damaged in [None, Some(&good[..good.len() / 2]), Some(&b"x"[..])] {
        match damaged {
            None => fs::remove_file(&table).unwrap(),
            Some(bytes) => fs::write(&table, bytes).unwrap(),
        }
        let before = files(&out);
        assert!(run(one(), &longer(&out)).result.is_err());
        assert_same(&files(&out), &before);
        // It reads as finished still.
        assert!(out.join("manifest.json").is_file() && !out.join("work").exists());
    }
    fs::write(&table, good).unwrap();
    run(one(), &longer(&out)).done();
    assert_same(&files(&out), &files(&whole));
}

#[test]
fn an_extension_that_is_stopped_before_it_plays_leaves_the_finished_run() {
    let (_dir, out) = finished();
    let before = files(&out);
    let longer = RunSettings {
        replicates: Some(20),
        ..settings(&out)
    };
    let stopped = run_stopped(one(), &longer);
    assert!(matches!(stopped.result, Err(Failure::Interrupted(_))));
    assert_same(&files(&out), &before);
}

#[test]
fn a_run_without_record_cannot_be_extended() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let none = RunSettings {
        record: Record {
            series: RecordSeries::None,
            tenders: false,
        },
        ..settings(&out)
    };
    run(one(), &none).done();
    assert!(!out.join("replicates.parquet").exists());
    let before = files(&out);
    let outcome = run(
        one(),
        &RunSettings {
            replicates: Some(20),
            ..none.clone()
        },
    );
    assert!(outcome.refusal().contains("--record none"));
    assert_same(&files(&out), &before);
    // A workbook needs the summary only.
    run(
        one(),
        &RunSettings {
            formats: formats(&[Format::Xlsx]),
            ..none
        },
    )
    .done();
    assert!(out.join("summary.xlsx").exists());
}

#[test]
fn an_unfinished_run_waits_for_a_word() {
    let (_dir, out) = unfinished();
    let before = files(&out);
    let outcome = run(one(), &settings(&out));
    assert!(
        outcome
            .refusal()
            .contains("add --resume to finish it, or --force to begin again")
    );
    let other = vec![FakeEngine {
        seed: 4,
        ..FakeEngine::new("world-2020")
    }];
    let outcome = run(
        other,
        &RunSettings {
            resume: true,
            ..settings(&out)
        },
    );
    assert!(
        outcome.refusal().contains("values of a scenario differ"),
        "{}",
        outcome.refusal()
    );
    let fewer = RunSettings {
        resume: true,
        replicates: Some(3),
        ..settings(&out)
    };
    assert!(run(one(), &fewer).refusal().contains("12 replicates"));
    let mut after = files(&out);
    // The lock names the last process that looked.
    after.insert("work/lock".into(), before["work/lock"].clone());
    assert_same(&after, &before);
    let (_whole, expected) = finished();
    run(
        one(),
        &RunSettings {
            force: true,
            ..settings(&out)
        },
    )
    .done();
    assert_same(&files(&out), &files(&expected));
}

#[test]
fn a_foreign_directory_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    for (name, text) in [
        ("notes.txt", "mine"),
        ("manifest.json", "{\"name\": \"an app\"}"),
        ("manifest.json", "not even JSON"),
        ("summary.csv", "a,b\n1,2\n"),
        ("work/thesis.tex", "mine"),
        ("work/plan.json", "{\"plan\": 1}"),
        ("figures/photo.svg", "<svg/>"),
        ("regret.csv", "mine"),
        ("boxes.csv", "mine"),
        ("points.csv", "mine"),
    ] {
        let path = out.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let before = files(out);
        assert!(run(one(), &settings(out)).refusal().contains("--out"), "{name}");
        assert!(
            run(
                one(),
                &RunSettings {
                    resume: true,
                    ..settings(out)
                }
            )
            .result
            .is_err()
        );
        assert!(
            run(
                one(),
                &RunSettings {
                    shard: shard(1, 2),
                    ..settings(out)
                }
            )
            .result
            .is_err()
        );
        let forced = run(
            one(),
            &RunSettings {
                force: true,
                ..settings(out)
            },
        );
        if name == "notes.txt" {
            // Nothing of ours bears that name: the run stands beside it.
            forced.done();
            assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
            fs::remove_dir_all(out).unwrap();
        } else {
            assert!(forced.refusal().contains("remove it yourself"), "{name}");
            assert_same(&files(out), &before);
            fs::remove_dir_all(out.join(name.split('/').next().unwrap()))
                .or_else(|_| fs::remove_file(&path))
                .unwrap();
        }
    }
}

#[test]
fn another_run_is_replaced_only_by_force_and_only_its_own_files() {
    let (_dir, out) = finished();
    fs::write(out.join("notes.txt"), "mine").unwrap();
    fs::write(out.join("scenarios/mine.toml"), "mine").unwrap();
    let before = files(&out);
    let other = || two_worlds().split_off(1);
    let outcome = run(other(), &settings(&out));
    assert!(
        outcome.refusal().contains("scenarios world-2020 there, uk-ban here"),
        "{}",
        outcome.refusal()
    );
    assert_same(&files(&out), &before);
    run(
        other(),
        &RunSettings {
            force: true,
            formats: formats(&[Format::Csv]),
            ..settings(&out)
        },
    )
    .done();
    let names: BTreeSet<String> = files(&out).into_keys().collect();
    let expected = [
        "failures.csv",
        "manifest.json",
        "notes.txt",
        "replicates.csv",
        "scenarios/mine.toml",
        "scenarios/uk-ban.toml",
        "summary.csv",
    ];
    assert_eq!(names, expected.map(str::to_owned).into());
}

#[test]
fn force_leaves_files_that_only_another_command_writes() {
    let (_dir, out) = finished();
    let (_other, unfinished) = unfinished();
    let mine = [
        "report.txt",
        "points.csv",
        "outcomes.csv",
        "targets.csv",
        "rules.csv",
        "design.csv",
        "parameters.csv",
        "differences.csv",
    ];
    for out in [out, unfinished] {
        mine.iter().for_each(|name| fs::write(out.join(name), "mine").unwrap());
        let forced = RunSettings {
            force: true,
            ..settings(&out)
        };
        run(one(), &forced).done();
        for name in mine {
            assert_eq!(fs::read_to_string(out.join(name)).unwrap(), "mine", "{name}");
        }
    }
}

#[test]
fn force_refuses_to_write_over_what_the_run_there_did_not_write() {
    let (_dir, out) = finished();
    let (_other, unfinished) = unfinished();
    let compared = Mode::Compare;
    for out in [out, unfinished] {
        for (name, mode) in [
            ("differences.csv", compared),
            ("figures/06-cost-per-point.svg", compared),
            ("scenarios/uk-ban.toml", compared),
            ("scenarios/uk-ban.toml", Mode::Run),
        ] {
            fs::create_dir_all(out.join(name).parent().unwrap()).unwrap();
            fs::write(out.join(name), "mine").unwrap();
            let before = files(&out);
            let forced = RunSettings {
                force: true,
                mode,
                ..settings(&out)
            };
            let outcome = run(two_worlds(), &forced);
            let refusal = outcome.refusal();
            assert!(refusal.contains(&format!("holds {name}")), "{refusal}");
            assert_same(&files(&out), &before);
            fs::remove_file(out.join(name)).unwrap();
        }
        fs::write(out.join("notes.txt"), "mine").unwrap();
        let forced = RunSettings {
            force: true,
            mode: compared,
            ..settings(&out)
        };
        run(two_worlds(), &forced).done();
        assert_eq!(fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
    }
}

#[test]
fn force_on_an_unfinished_shard_leaves_tables_that_no_shard_writes() {
    let dir = tempfile::tempdir().unwrap();
    let part = RunSettings {
        shard: shard(1, 2),
        ..settings(&dir.path().join("run"))
    };
    let mut engines = one();
    engines[0].stop_after = Some(2);
    assert!(run(engines, &part).result.is_err());
    let mine = dir.path().join("run/shard-1-of-2/summary.csv");
    fs::write(&mine, "mine").unwrap();
    run(one(), &RunSettings { force: true, ..part }).done();
    assert_eq!(fs::read_to_string(mine).unwrap(), "mine");
}

#[test]
fn force_that_was_ended_midway_is_said_again() {
    let (_dir, out) = finished();
    fs::write(out.join("notes.txt"), "mine").unwrap();
    let expected = files(&out);
    let forced = RunSettings {
        force: true,
        ..settings(&out)
    };
    let again = |ended: &str| {
        run(one(), &forced).done();
        assert_same(&files(&out), &expected);
        assert!(!out.join("work").exists(), "{ended}");
    };
    // Ended by the disk, before each file in turn: a folder cannot be removed as a file is.
    let ours = |name: &&String| !["manifest.json", "notes.txt"].contains(&name.as_str());
    for name in expected.keys().filter(ours) {
        let (place, aside) = (out.join(name), out.with_extension("aside"));
        let mut provenance: Value = serde_json::from_slice(&fs::read(out.join("provenance.json")).unwrap()).unwrap();
        provenance["files"]
            .as_array_mut()
            .unwrap()
            .push("figures/drawn.svg".into());
        fs::write(out.join("provenance.json"), provenance.to_string()).unwrap();
        fs::create_dir(out.join("figures")).unwrap();
        fs::write(out.join("figures/drawn.svg"), "<svg/>").unwrap();
        fs::rename(&place, &aside).unwrap();
        fs::create_dir(&place).unwrap();
        assert!(run(one(), &forced).result.is_err(), "{name}");
        fs::remove_dir(&place).unwrap();
        fs::rename(&aside, &place).unwrap();
        again(name);
    }
    // Ended in work/: before its segments, which have no plan where missing tables are made, and before the new plan.
    for name in ["work/segments/kept", "work/plan.json.partial"] {
        fs::create_dir_all(out.join(name)).unwrap();
        assert!(run(one(), &forced).result.is_err(), "{name}");
        assert!(out.join("manifest.json").is_file());
        fs::remove_dir(out.join(name)).unwrap();
        again(name);
    }
}

#[test]
fn a_second_process_is_told_of_the_first() {
    let (_dir, out) = unfinished();
    let first = Lock::take(&out.join("work")).unwrap();
    for (resume, force) in [(false, false), (true, false), (false, true)] {
        let outcome = run(
            one(),
            &RunSettings {
                resume,
                force,
                ..settings(&out)
            },
        );
        let text = outcome.refusal();
        assert!(
            text.contains(&format!("in use by process {}", std::process::id())),
            "{text}"
        );
    }
    drop(first);
    run(
        one(),
        &RunSettings {
            resume: true,
            ..settings(&out)
        },
    )
    .done();
}

#[test]
fn two_runs_at_once_in_one_directory_leave_one_whole_run() {
    let (_whole, expected) = finished();
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let exits: Vec<Exit> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| run(one(), &settings(&out)).result))
            .collect();
        let exit = |result: Result<Exit, Failure>| result.unwrap_or_else(|failure| failure.exit());
        runs.into_iter().map(|run| exit(run.join().unwrap())).collect()
    });
    assert!(exits.contains(&Exit::Done), "{exits:?}");
    assert!(
        exits.iter().all(|exit| [Exit::Done, Exit::Refused].contains(exit)),
        "{exits:?}"
    );
    assert_same(&files(&out), &files(&expected));
}

#[test]
fn two_extensions_at_once_leave_one_whole_run() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let wanted = |out: &Path| RunSettings {
        replicates: Some(60),
        ..settings(out)
    };
    run(one(), &wanted(&whole)).done();
    for _ in 0..5 {
        let (_dir, out) = finished();
        let exits: Vec<Exit> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| run(one(), &wanted(&out)).result))
                .collect();
            let exit = |result: Result<Exit, Failure>| result.unwrap_or_else(|failure| failure.exit());
            runs.into_iter().map(|run| exit(run.join().unwrap())).collect()
        });
        assert!(exits.contains(&Exit::Done), "{exits:?}");
        assert!(
            exits.iter().all(|exit| [Exit::Done, Exit::Refused].contains(exit)),
            "{exits:?}"
        );
        let mut there = files(&out);
        // A process that came too late may leave its lock; the next one clears it away.
        there.retain(|name, _| name != "work/lock");
        assert_same(&there, &files(&whole));
    }
}

#[test]
fn a_kill_between_the_last_two_steps_leaves_a_finished_run() {
    let (_dir, out) = finished();
    let before = files(&out);
    fs::create_dir_all(out.join("work/segments")).unwrap();
    fs::write(out.join("work/plan.json"), "torn").unwrap();
    run(one(), &settings(&out)).done();
    assert_same(&files(&out), &before);
}

#[test]
fn what_is_unfinished_under_the_lock_is_not_taken_for_a_leftover() {
    let (_dir, out) = finished();
    let manifest = Manifest::parse(&fs::read_to_string(out.join("manifest.json")).unwrap()).unwrap();
    // As if another process had begun to extend it between look and lock, and was ended.
    let mut engines = one();
    engines[0].stop_after = Some(4);
    let longer = RunSettings {
        replicates: Some(40),
        ..settings(&out)
    };
    assert!(matches!(run(engines, &longer).result, Err(Failure::Interrupted(_))));
    let mut before = files(&out);
    let Err(Failure::Refused(text)) = remove_leftover(&RunDirectory::new(&out), &manifest) else {
        panic!("it is not finished");
    };
    assert!(text.contains("try again"), "{text}");
    let mut after = files(&out);
    for files in [&mut before, &mut after] {
        files.remove("work/lock");
    }
    assert_same(&after, &before);
}

#[test]
fn a_kill_before_the_plan_leaves_an_empty_directory() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    fs::create_dir_all(out.join("work")).unwrap();
    fs::write(out.join("work/lock"), "process 1 on elsewhere\n").unwrap();
    fs::write(out.join("work/plan.json.partial"), "{").unwrap();
    run(one(), &settings(&out)).done();
    assert!(!out.join("work").exists());
}

#[test]
fn a_failed_replicate_is_recorded_and_the_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let mut engines = two_worlds();
    engines[0].panicking.insert(3);
    engines[1].failing.extend([0, 11]);
    let outcome = run(engines, &settings(&out));
    assert_eq!(outcome.result, Ok(Exit::SomeFailed));
    assert!(outcome.err.contains("3 replicates failed"), "{}", outcome.err);
    let failures = fs::read_to_string(out.join("failures.csv")).unwrap();
    assert!(
        failures.contains("world-2020,3,,,internal error: the model slipped at 3\n"),
        "{failures}"
    );
    assert!(failures.contains("uk-ban,11,2021-05-01,operator 11,"), "{failures}");
    assert!(!failures.contains(",1,"));
    // A failure is a result like any other: it is not played again, and says so again.
    let mut engines = two_worlds();
    engines[0].panicking.insert(3);
    let asked = engines[0].asked.clone();
    let again = run(engines, &settings(&out));
    assert_eq!(again.result, Ok(Exit::Done));
    assert!(again.err.contains("3 replicates failed"), "{}", again.err);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    // A file in the way stops everyone, the superuser too.
    let file = dir.path().join("file");
    fs::write(&file, "mine").unwrap();
    let outcome = run(one(), &settings(&file));
    assert!(outcome.refusal().contains("not a directory"), "{}", outcome.refusal());
    let outcome = run(one(), &settings(&file.join("run")));
    assert!(outcome.result.is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let closed = dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    let mut rights = fs::metadata(&closed).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(&closed, rights).unwrap();
    // The superuser may write everywhere; on Linux not into the kernel's own files.
    let is_superuser = fs::create_dir(closed.join("probe")).is_ok();
    let place = if is_superuser {
        Path::new("/proc/oransim-test").to_owned()
    } else {
        closed.join("run")
    };
    if is_superuser && !Path::new("/proc").exists() {
        return;
    }
    let outcome = run(one(), &settings(&place));
    let Err(Failure::CouldNotGoOn(text)) = &outcome.result else {
        panic!("{:?}", outcome.result)
    };
    assert!(text.contains(&place.display().to_string()), "{text}");
}

#[test]
fn a_full_disk_ends_with_a_clear_message_and_keeps_what_is_finished() {
    let full = Path::new("/dev/full");
    if !cfg!(target_os = "linux") || !full.exists() {
        return;
    }
    let (_dir, out) = unfinished();
    // The summary is written beside its place, and that place is on a full disk.
    #[cfg(unix)]
    std::os::unix::fs::symlink(full, out.join("summary.csv.partial")).unwrap();
    let outcome = run(
        one(),
        &RunSettings {
            resume: true,
            ..settings(&out)
        },
    );
    let Err(Failure::CouldNotGoOn(text)) = &outcome.result else {
        panic!("{:?}", outcome.result)
    };
    assert!(text.contains("summary.csv") && text.contains("--resume"), "{text}");
    let engines = one();
    let asked = engines[0].asked.clone();
    run(
        engines,
        &RunSettings {
            resume: true,
            ..settings(&out)
        },
    )
    .done();
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[test]
fn default_directories_are_named_by_the_run_key() {
    let (_dir, out) = finished();
    let text = fs::read_to_string(out.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let here = tempfile::tempdir().unwrap();
    // Only this test depends on the current directory.
    std::env::set_current_dir(here.path()).unwrap();
    let outcome = run(
        one(),
        &RunSettings {
            out: None,
            ..settings(&out)
        },
    )
    .done();
    let key = &manifest["run_key"].as_str().unwrap()[..8];
    let expected = format!("runs/world-2020-{key}");
    assert!(outcome.out.ends_with(&format!("{expected}\n")), "{}", outcome.out);
    assert_same(&files(&here.path().join(expected)), &files(&out));
    let two = run(
        two_worlds(),
        &RunSettings {
            out: None,
            ..settings(&out)
        },
    )
    .done();
    assert!(two.out.contains("runs/world-2020-and-1-more-"), "{}", two.out);
}

#[test]
fn invalid_ensembles_are_refused_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    assert!(run(vec![], &settings(&out)).refusal().contains("no scenario"));
    let twice = vec![FakeEngine::new("a"), FakeEngine::new("a")];
    assert!(run(twice, &settings(&out)).refusal().contains("named twice"));
    assert!(
        run(vec![FakeEngine::new("../a")], &settings(&out))
            .refusal()
            .contains("cannot name a file")
    );
    let mut unsorted = one();
    unsorted[0].series.swap(0, 1);
    let outcome = run(unsorted, &settings(&out));
    assert_eq!(
        outcome.result.map_err(|failure| failure.exit()),
        Err(Exit::CouldNotGoOn)
    );
    let none = RunSettings {
        replicates: Some(0),
        ..settings(&out)
    };
    assert!(run(one(), &none).refusal().contains("--replicates 0"));
    let huge = RunSettings {
        replicates: Some(10_000_000),
        ..settings(&out)
    };
    let wide = vec![FakeEngine::wide("world-2020", 20_000)];
    assert!(run(wide, &huge).refusal().contains("has room for"));
    assert!(!out.exists());
}

#[test]
fn a_shard_is_not_played_where_it_could_not_be_merged() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let part = |replicates| RunSettings {
        shard: shard(1, 2),
        replicates: Some(replicates),
        ..settings(&out)
    };
    run(two_worlds(), &settings(&out)).done();
    let before = files(&out);
    for replicates in [6, 24] {
        let refused = run(two_worlds(), &part(replicates));
        let text = refused.refusal();
        assert!(text.contains("the same run with 12 replicates, not "), "{text}");
    }
    assert_same(&files(&out), &before);
    // The run that lies there is the whole of these shards.
    run(two_worlds(), &part(12)).done();
    // Nor beside a run that is not finished.
    let other = RunSettings {
        out: Some(dir.path().join("begun")),
        ..settings(&out)
    };
    let _ = run_stopped(two_worlds(), &other);
    let refused = run(
        two_worlds(),
        &RunSettings {
            replicates: Some(6),
            shard: shard(1, 2),
            ..other
        },
    );
    assert!(refused.refusal().contains("unfinished run"), "{}", refused.refusal());
    assert!(!dir.path().join("begun/shard-1-of-2").exists());
}
