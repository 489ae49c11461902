//! The promise: all files but `provenance.json` are a function of the manifest, whatever happened.

use std::fs;
use std::path::Path;

use crate::common::{
    FakeEngine, all_formats, assert_same, files, join, join_with, mix, run, settings, shard, two_worlds,
};
use sim_cli::exit::{Exit, Failure};
use sim_cli::settings::{Record, RecordSeries, RunSettings};
use sim_cli::store::lock::Lock;

fn rich(out: &Path) -> RunSettings {
    let record = Record {
        series: RecordSeries::Core,
        tenders: true,
    };
    RunSettings {
        formats: all_formats(),
        record,
        ..settings(out)
    }
}

fn engines() -> Vec<FakeEngine> {
    let mut engines = two_worlds();
    for engine in &mut engines {
        engine.tenders = true;
    }
    engines[1].failing.insert(5);
    engines
}

/// The run that nothing disturbed, with replicate 5 of the second world failed.
fn undisturbed(replicates: u64) -> (tempfile::TempDir, std::collections::BTreeMap<String, Vec<u8>>) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let wanted = RunSettings {
        replicates: Some(replicates),
        jobs: 1,
        ..rich(&out)
    };
    assert_eq!(run(engines(), &wanted).result, Ok(Exit::SomeFailed));
    let files = files(&out);
    (dir, files)
}

#[test]
fn a_run_writes_every_file_and_nothing_else() {
    let (_dir, files) = undisturbed(12);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "failures.csv",
        "manifest.json",
        "replicates.csv",
        "replicates.parquet",
        "scenarios/uk-ban.toml",
        "scenarios/world-2020.toml",
        "summary.csv",
        "summary.xlsx",
        "tenders.csv",
        "tenders.parquet",
    ];
    assert_eq!(names, expected);
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    assert_eq!(
        text("failures.csv"),
        "scenario,replicate,time,where,message\nuk-ban,5,2021-05-01,operator 5,\"no price, \"\"none\"\"\nat all\"\n"
    );
    let summary = text("summary.csv");
    let lines: Vec<&str> = summary.lines().collect();
    assert_eq!(
        lines[0],
        "scenario,time,measure,unit,component,generation,place_kind,place,vendor,part,n,mean,sd,p05,p25,p50,p75,p95,ci_low,ci_high"
    );
    assert_eq!(lines.len(), 1 + 2 * 3 * 6);
    assert!(
        lines[4].starts_with("world-2020,2020-12-31,effective_vendors,share,ran,all,bloc,\"a, \"\"b\"\"\",all,all,")
    );
    let replicates = text("replicates.csv");
    assert_eq!(
        replicates.lines().next(),
        Some("scenario,replicate,time,measure,unit,component,generation,place_kind,place,vendor,part,value")
    );
    // 12 replicates of one world, 11 of the other.
    assert_eq!(replicates.lines().count(), 1 + 23 * 18);
    for name in ["summary.csv", "replicates.csv", "tenders.csv"] {
        let text = text(name);
        assert!(!text.contains('\r') && !text.starts_with('\u{feff}') && text.ends_with('\n'));
        for word in ["NaN", "inf", ",-0\n", ",-0,", "null"] {
            assert!(!text.contains(word), "{name} holds {word}");
        }
    }
}

#[test]
fn the_number_of_jobs_does_not_count() {
    let (_dir, expected) = undisturbed(40);
    let dir = tempfile::tempdir().unwrap();
    for jobs in [2, 7] {
        let out = dir.path().join(jobs.to_string());
        let wanted = RunSettings {
            replicates: Some(40),
            jobs,
            ..rich(&out)
        };
        assert_eq!(run(engines(), &wanted).result, Ok(Exit::SomeFailed));
        assert_same(&files(&out), &expected);
    }
}

#[test]
fn interrupted_and_resumed_at_any_moment() {
    let (_dir, expected) = undisturbed(40);
    for round in 0..12 {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("run");
        let mut wanted = RunSettings {
            replicates: Some(40),
            jobs: 1 + round as usize % 2,
            ..rich(&out)
        };
        let mut sittings = 0;
        let mut luck = mix(round);
        loop {
            luck = mix(luck);
            let mut engines = engines();
            engines[sittings % 2].stop_after = Some(1 + luck % 17);
            let outcome = run(engines, &wanted);
            wanted.resume = true;
            // A later sitting need not be told the number of replicates again.
            wanted.replicates = None;
            sittings += 1;
            match outcome.result {
                Err(Failure::Interrupted(text)) => assert!(text.contains("--resume"), "{text}"),
                other => {
                    assert_eq!(other, Ok(Exit::SomeFailed));
                    break;
                }
            }
            assert!(!out.join("manifest.json").exists());
            if luck.is_multiple_of(3) {
                tear(&out, luck);
            }
        }
        assert!(sittings > 1);
        assert_same(&files(&out), &expected);
        let provenance = fs::read_to_string(out.join("provenance.json")).unwrap();
        assert!(
            provenance.contains(&format!("\"resumptions\": {}", sittings - 1)),
            "{provenance}"
        );
    }
}

/// What a kill in the middle of a write, or a loss of power, leaves: a segment cut short, or with a
/// page of zeros, or with rubbish behind it.
fn tear(out: &Path, luck: u64) {
    for item in fs::read_dir(out.join("work/segments")).unwrap() {
        let path = item.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        match luck % 5 {
            0 | 1 => bytes.truncate(bytes.len() - (luck as usize / 7) % (bytes.len() + 1)),
            2 => bytes.extend_from_slice(b"\xf5ORFRAM1 and then nothing"),
            3 if !bytes.is_empty() => {
                let at = luck as usize % bytes.len();
                let end = bytes.len().min(at + 64);
                bytes[at..end].fill(0);
            }
            _ => bytes.clear(),
        }
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn interrupted_while_tables_are_written() {
    let dir = tempfile::tempdir().unwrap();
    let (whole, out) = (dir.path().join("whole"), dir.path().join("run"));
    let wanted = |out| RunSettings {
        replicates: Some(13),
        jobs: 1,
        ..rich(out)
    };
    run(vec![FakeEngine::new("world-2020")], &wanted(&whole)).done();
    let mut engine = FakeEngine::new("world-2020");
    // The flag is set by the last replicate, which is finished all the same.
    engine.stop_after = Some(13);
    let outcome = run(vec![engine], &wanted(&out));
    let Err(Failure::Interrupted(text)) = outcome.result else {
        panic!("{:?}", outcome.result)
    };
    assert!(text.contains("while tables were written"), "{text}");
    assert!(!out.join("summary.csv").exists() && !out.join("summary.csv.partial").exists());
    let engine = FakeEngine::new("world-2020");
    let asked = engine.asked.clone();
    run(
        vec![engine],
        &RunSettings {
            resume: true,
            ..wanted(&out)
        },
    )
    .done();
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 0);
    assert_same(&files(&out), &files(&whole));
}

#[test]
fn finished_replicates_are_not_played_again() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let wanted = RunSettings {
        jobs: 1,
        ..settings(&out)
    };
    let mut first = FakeEngine::new("world-2020");
    first.stop_after = Some(7);
    assert!(matches!(run(vec![first], &wanted).result, Err(Failure::Interrupted(_))));
    let second = FakeEngine::new("world-2020");
    let asked = second.asked.clone();
    run(vec![second], &RunSettings { resume: true, ..wanted }).done();
    // The seventh was finished before the stop was seen; 12 are asked for by default.
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 12 - 7);
}

#[test]
fn extended_from_fewer_replicates() {
    let (_dir, expected) = undisturbed(40);
    for (first, format) in [
        (6, None),
        (13, Some("replicates.parquet")),
        (25, Some("replicates.csv")),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("run");
        let short = RunSettings {
            replicates: Some(first),
            ..rich(&out)
        };
        assert_eq!(run(engines(), &short).result, Ok(Exit::SomeFailed));
        if let Some(name) = format {
            // Whichever table is left serves.
            fs::remove_file(out.join(name)).unwrap();
            fs::remove_file(out.join(name.replace("replicates", "tenders"))).unwrap();
        }
        let engines = engines();
        let asked = engines[0].asked.clone();
        let long = RunSettings {
            replicates: Some(40),
            ..rich(&out)
        };
        assert_eq!(run(engines, &long).result, Ok(Exit::SomeFailed));
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 40 - first);
        assert_same(&files(&out), &expected);
    }
}

#[test]
fn an_extension_that_is_interrupted_is_resumed() {
    let (_dir, expected) = undisturbed(40);
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let short = RunSettings {
        replicates: Some(10),
        ..rich(&out)
    };
    assert_eq!(run(engines(), &short).result, Ok(Exit::SomeFailed));
    let long = RunSettings {
        replicates: Some(40),
        ..rich(&out)
    };
    let mut stopping = engines();
    stopping[0].stop_after = Some(9);
    assert!(matches!(run(stopping, &long).result, Err(Failure::Interrupted(_))));
    assert!(!out.join("manifest.json").exists() && out.join("work/manifest.json").exists());
    assert!(run(engines(), &long).refusal().contains("--resume"));
    // Even if all segments are lost, the shorter run is still there to be read.
    fs::remove_dir_all(out.join("work/segments")).unwrap();
    let resumed = RunSettings { resume: true, ..long };
    assert_eq!(run(engines(), &resumed).result, Ok(Exit::SomeFailed));
    assert_same(&files(&out), &expected);
}

#[test]
fn merged_from_any_shards() {
    let (_dir, expected) = undisturbed(40);
    for of in [1, 3, 7] {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("run");
        for index in 1..=of {
            let mut wanted = RunSettings {
                replicates: Some(40),
                shard: shard(index, of),
                ..rich(&out)
            };
            if index == 2 {
                let mut stopping = engines();
                stopping[0].stop_after = Some(2);
                assert!(matches!(run(stopping, &wanted).result, Err(Failure::Interrupted(_))));
                assert!(join(&out, &all_formats()).refusal().contains("not finished"));
                wanted.resume = true;
            }
            let has_failed = wanted.shard.unwrap().plays(5, 40);
            let exit = if has_failed { Exit::SomeFailed } else { Exit::Done };
            assert_eq!(run(engines(), &wanted).result, Ok(exit));
        }
        assert_eq!(
            files(&out.join(format!("shard-1-of-{of}")))
                .keys()
                .filter(|n| !n.starts_with("segments/"))
                .count(),
            1
        );
        assert_eq!(join(&out, &all_formats()).result, Ok(Exit::SomeFailed));
        let mut merged = files(&out);
        merged.retain(|name, _| !name.starts_with("shard-"));
        assert_same(&merged, &expected);
        // Again: nothing to do.
        assert_eq!(join(&out, &all_formats()).result, Ok(Exit::Done));
    }
}

#[test]
fn refused_merges() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    assert!(join(&out, &all_formats()).refusal().contains("no shards"));
    let part = |index| RunSettings {
        shard: shard(index, 3),
        ..settings(&out)
    };
    run(two_worlds(), &part(1)).done();
    run(two_worlds(), &part(3)).done();
    assert!(join(&out, &all_formats()).refusal().contains("lacks shards 2/3"));
    let mut other = two_worlds();
    other[0].seed = 9;
    run(other, &part(2)).done();
    assert!(join(&out, &all_formats()).refusal().contains("different runs"));
    fs::remove_dir_all(out.join("shard-2-of-3")).unwrap();
    run(two_worlds(), &part(2)).done();
    // A gap: one of the segments of a shard is lost.
    let segments = out.join("shard-2-of-3/segments");
    let lost = fs::read_dir(&segments).unwrap().next().unwrap().unwrap().path();
    let kept = fs::read(&lost).unwrap();
    fs::remove_file(&lost).unwrap();
    assert!(join(&out, &all_formats()).refusal().contains("lacks replicate"));
    // An overlap: it turns up in another shard.
    fs::write(out.join("shard-1-of-3/segments").join("x.seg"), &kept).unwrap();
    assert!(join(&out, &all_formats()).refusal().contains("another shard"));
    assert!(!out.join("manifest.json").exists() && !out.join("work").exists());
}

/// A finished shard as a kill in its last step leaves it: the segments are in their place, `shard.json` is not.
fn killed_in_the_last_step(place: &Path) {
    fs::create_dir(place.join("work")).unwrap();
    fs::rename(place.join("shard.json"), place.join("work/plan.json")).unwrap();
}

#[test]
fn a_shard_that_was_killed_in_its_last_step_is_finished_or_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let part = RunSettings {
        shard: shard(1, 2),
        ..settings(&out)
    };
    let place = out.join("shard-1-of-2");
    run(two_worlds(), &part).done();
    let expected = files(&place);

    killed_in_the_last_step(&place);
    let worlds = two_worlds();
    let asked: Vec<_> = worlds.iter().map(|world| world.asked.clone()).collect();
    let resumed = RunSettings {
        resume: true,
        ..part.clone()
    };
    run(worlds, &resumed).done();
    let names = |files: &std::collections::BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&files(&place)), names(&expected));
    assert_eq!(
        asked
            .iter()
            .map(|asked| asked.load(std::sync::atomic::Ordering::SeqCst))
            .sum::<u64>(),
        0
    );

    killed_in_the_last_step(&place);
    // And what an earlier version made of it by playing everything again.
    fs::create_dir(place.join("work/segments")).unwrap();
    assert!(run(two_worlds(), &resumed).refusal().contains("--force"));
    let forced = RunSettings { force: true, ..part };
    run(two_worlds(), &forced).done();
    assert_eq!(names(&files(&place)), names(&expected));
    // A shard that is finished is begun again too.
    run(two_worlds(), &forced).done();
    assert_eq!(names(&files(&place)), names(&expected));
}

#[test]
fn a_forced_merge_waits_for_the_lock_before_it_removes_anything() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let part = RunSettings {
        shard: shard(1, 1),
        ..settings(&out)
    };
    run(two_worlds(), &part).done();
    join(&out, &all_formats()).done();
    let before = files(&out);
    let lock = Lock::take(&out.join("work")).unwrap();
    let refused = join_with(&out, &all_formats(), true);
    assert!(refused.refusal().contains("in use by"), "{}", refused.refusal());
    let mut after = files(&out);
    after.remove("work/lock");
    assert_same(&after, &before);
    drop(lock);
    join_with(&out, &all_formats(), true).done();
    assert_same(&files(&out), &before);
}

#[test]
fn a_forced_merge_replaces_another_run() {
    let dir = tempfile::tempdir().unwrap();
    let (out, other) = (dir.path().join("run"), dir.path().join("other"));
    let part = RunSettings {
        shard: shard(1, 1),
        ..settings(&out)
    };
    run(two_worlds(), &part).done();
    join(&out, &all_formats()).done();
    let expected = files(&out);
    let mut worlds = two_worlds();
    worlds.remove(0);
    run(worlds, &settings(&other)).done();
    fs::rename(out.join("shard-1-of-1"), other.join("shard-1-of-1")).unwrap();
    let there = files(&other);
    assert!(join(&other, &all_formats()).refusal().contains("another run"));
    assert_same(&files(&other), &there);
    join_with(&other, &all_formats(), true).done();
    assert_same(&files(&other), &expected);
}
