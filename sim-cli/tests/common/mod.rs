//! A small deterministic world and a session that captures what is printed.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use sim_cli::commands::Session;
use sim_cli::commands::merge::{MergeSettings, merge};
use sim_cli::commands::run::run_ensemble;
use sim_cli::console::Console;
use sim_cli::engine::{Engine, Ensemble, ReplicateFailure, Uncertainty, World};
use sim_cli::exit::{Exit, Failure};
use sim_cli::settings::{Format, Mode, Progress, Record, RunSettings, Shard, formats};
use sim_cli::surroundings::Surroundings;
use sim_core::calendar::Day;
use sim_core::record::{Counters, ReplicateRecord, SeriesKey, TenderRow};
use tokio::runtime::Runtime;

/// The world of the tests: values are a function of seed, replicate and cell.
pub struct FakeEngine {
    pub id: &'static str,
    pub seed: u64,
    pub series: Vec<SeriesKey>,
    pub dates: Vec<Day>,
    pub tenders: bool,
    /// Replicates that fail.
    pub failing: BTreeSet<u64>,
    /// Replicates on which the model panics.
    pub panicking: BTreeSet<u64>,
    /// Sets the stop flag when so many replicates have been asked for.
    pub stop_after: Option<u64>,
    pub asked: Arc<AtomicU64>,
    /// Time that a replicate takes.
    pub pause: Duration,
}

fn key(rank: u16, measure: &'static str, component: &'static str, vendor: &str) -> SeriesKey {
    SeriesKey {
        measure_rank: rank,
        measure,
        unit: "share",
        component,
        generation: "all".into(),
        place_kind: "world",
        place: "world".into(),
        vendor: vendor.into(),
        part: "all".into(),
    }
}

/// A well-mixed number of 64 bits (SplitMix64, Steele et al. 2014).
pub fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl FakeEngine {
    pub fn new(id: &'static str) -> Self {
        let mut series = vec![
            key(0, "lock_in_curve", "ran", "all"),
            key(1, "share_sites", "ran", "group:untrusted"),
            key(1, "share_sites", "ran", "huawei"),
            key(2, "effective_vendors", "ran", "all"),
        ];
        // A name that a table of text has to quote, and one beyond ASCII.
        series.push(SeriesKey {
            place: "a, \"b\"".into(),
            place_kind: "bloc",
            ..series[3].clone()
        });
        series.push(SeriesKey {
            place: "Åland".into(),
            place_kind: "country",
            ..series[3].clone()
        });
        series.sort();
        let dates = [2020, 2021, 2022].map(|year| Day::from_ymd(year, 12, 31).unwrap());
        Self {
            id,
            seed: 1,
            series,
            dates: dates.to_vec(),
            tenders: false,
            failing: BTreeSet::new(),
            panicking: BTreeSet::new(),
            stop_after: None,
            asked: Arc::new(AtomicU64::new(0)),
            pause: Duration::ZERO,
        }
    }

    /// A world with so many series more.
    pub fn wide(id: &'static str, more: usize) -> Self {
        let mut engine = Self::new(id);
        for i in 0..more {
            engine
                .series
                .push(key(3, "share_sales", "ru", &format!("vendor-{i:05}")));
        }
        engine
    }

    fn tender(&self, k: u64, i: u64) -> TenderRow {
        let number = |salt: u64| mix(self.seed ^ k << 20 ^ i << 8 ^ salt) as f64 / 1e17;
        TenderRow {
            tender: format!("t{i}"),
            time: self.dates[0],
            kind: "renewal",
            operator: "gbr-bt".into(),
            country: "GBR".into(),
            cluster: format!("c{k}-{i}"),
            environment: "urban".into(),
            generation: "5g".into(),
            sites: number(1),
            old_ru: String::new(),
            old_bb: "huawei".into(),
            new_ru: "nokia".into(),
            new_bb: "nokia".into(),
            architecture: "closed",
            alternatives: 12,
            price: number(2),
            price_best_rival: f64::NAN,
            items: [0.0, 1.5, -2.25, number(3), 0.0, f64::NAN, 1e-9],
            months_late: 0.0,
            outcome: "award",
        }
    }
}

impl Engine for FakeEngine {
    fn id(&self) -> &str {
        self.id
    }

    fn series(&self) -> &[SeriesKey] {
        &self.series
    }

    fn dates(&self) -> &[Day] {
        &self.dates
    }

    fn replicate(&self, k: u64, stop: &AtomicBool) -> Result<ReplicateRecord, ReplicateFailure> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        if self.stop_after.is_some_and(|limit| asked >= limit) {
            stop.store(true, Ordering::SeqCst);
            // Half of the time the replicate under way is given up, half of the time it is finished.
            if asked.is_multiple_of(2) {
                return Err(ReplicateFailure::Stopped);
            }
        }
        std::thread::sleep(self.pause);
        if self.failing.contains(&k) {
            return Err(ReplicateFailure::Failed {
                time: "2021-05-01".into(),
                place: format!("operator {k}"),
                message: "no price, \"none\"\nat all".into(),
            });
        }
        assert!(!self.panicking.contains(&k), "the model slipped at {k}");
        let cells = self.series.len() * self.dates.len();
        let values = (0..cells as u64)
            .map(|cell| match mix(self.seed ^ (k << 32) ^ cell) {
                luck if luck.is_multiple_of(11) => f64::NAN,
                luck if luck.is_multiple_of(13) => -0.0,
                luck if luck.is_multiple_of(17) => f64::INFINITY,
                luck => luck as f64 / 2f64.powi(64) - 0.25,
            })
            .collect();
        let tenders = if self.tenders {
            (0..k % 4).map(|i| self.tender(k, i)).collect()
        } else {
            Vec::new()
        };
        let counters = Counters {
            events: 10,
            tenders: 3,
            alternatives: 30,
            valuations: 7,
            ..Counters::default()
        };
        Ok(ReplicateRecord {
            replicate: k,
            values,
            tenders,
            counters,
        })
    }
}

pub fn ensemble(engines: Vec<FakeEngine>) -> Ensemble {
    let worlds = engines
        .into_iter()
        .map(|engine| World {
            resolved_toml: format!("[scenario]\nid = \"{}\"\n", engine.id),
            values_hash: format!("{:064x}", engine.seed),
            origins_json: r#"{"market.patience_years":"scenario"}"#.into(),
            engine: Box::new(engine),
        })
        .collect();
    Ensemble {
        worlds,
        replicates: 12,
        seed: 1,
        uncertainty: Uncertainty::Fixed,
        inputs: Vec::new(),
        warnings: Vec::new(),
        design: None,
    }
}

/// Two worlds, the second of which fails now and then.
pub fn two_worlds() -> Vec<FakeEngine> {
    let mut second = FakeEngine::new("uk-ban");
    second.seed = 2;
    vec![FakeEngine::new("world-2020"), second]
}

pub fn settings(out: &Path) -> RunSettings {
    RunSettings {
        mode: Mode::Run,
        scenarios: Vec::new(),
        replicates: None,
        seed: None,
        jobs: 2,
        out: Some(out.to_owned()),
        overrides: Vec::new(),
        formats: formats(&[]),
        record: Record::default(),
        uncertainty: None,
        until: None,
        shard: None,
        resume: false,
        force: false,
        png: false,
    }
}

pub fn all_formats() -> BTreeSet<Format> {
    formats(&[Format::Csv, Format::Parquet, Format::Xlsx])
}

/// Text that is written to.
#[derive(Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| sim_cli::signals::runtime().unwrap());

pub struct Outcome {
    pub result: Result<Exit, Failure>,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// The text of a refusal.
    #[track_caller]
    pub fn refusal(&self) -> &str {
        match &self.result {
            Err(Failure::Refused(text)) => text,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.result, Ok(Exit::Done), "{}", self.err);
        self
    }
}

/// Runs as a process of its own would: signals set the stop flag.
pub fn run_watched(engines: Vec<FakeEngine>, settings: &RunSettings) -> Outcome {
    let stop = sim_cli::signals::watch(&RUNTIME).unwrap();
    with_stop(stop, |session| run_ensemble(&ensemble(engines), settings, session))
}

fn in_session(act: impl FnOnce(&Session<'_>) -> Result<Exit, Failure>) -> Outcome {
    with_stop(Arc::new(AtomicBool::new(false)), act)
}

fn with_stop(stop: Arc<AtomicBool>, act: impl FnOnce(&Session<'_>) -> Result<Exit, Failure>) -> Outcome {
    let (out, err) = (Captured::default(), Captured::default());
    let session = Session {
        console: Arc::new(Console::writing_to(Box::new(out.clone()), Box::new(err.clone()), false)),
        runtime: &RUNTIME,
        stop,
        surroundings: Surroundings {
            command: vec!["oransim".into(), "run".into()],
            git_revision: None,
        },
        progress: Progress::None,
        figures: None,
    };
    let result = act(&session);
    Outcome {
        result,
        out: out.text(),
        err: err.text(),
    }
}

pub fn run(engines: Vec<FakeEngine>, settings: &RunSettings) -> Outcome {
    in_session(|session| run_ensemble(&ensemble(engines), settings, session))
}

/// Asked to stop before anything is done.
pub fn run_stopped(engines: Vec<FakeEngine>, settings: &RunSettings) -> Outcome {
    with_stop(Arc::new(AtomicBool::new(true)), |session| {
        run_ensemble(&ensemble(engines), settings, session)
    })
}

/// With progress as lines of JSON.
pub fn run_with_progress(engines: Vec<FakeEngine>, settings: &RunSettings, progress: Progress) -> Outcome {
    in_session(|session| {
        let session = Session {
            console: Arc::clone(&session.console),
            runtime: session.runtime,
            stop: Arc::clone(&session.stop),
            surroundings: session.surroundings.clone(),
            progress,
            figures: None,
        };
        run_ensemble(&ensemble(engines), settings, &session)
    })
}

/// With a standard output that nobody reads.
pub fn run_unread(engines: Vec<FakeEngine>, settings: &RunSettings) -> Result<Exit, Failure> {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let session = Session {
        console: Arc::new(Console::writing_to(Box::new(Closed), Box::new(Closed), false)),
        runtime: &RUNTIME,
        stop: Arc::new(AtomicBool::new(false)),
        surroundings: Surroundings::default(),
        progress: Progress::Json,
        figures: None,
    };
    run_ensemble(&ensemble(engines), settings, &session)
}

pub fn join(directory: &Path, formats: &BTreeSet<Format>) -> Outcome {
    join_with(directory, formats, false)
}

pub fn join_with(directory: &Path, formats: &BTreeSet<Format>, force: bool) -> Outcome {
    let settings = MergeSettings {
        directory: directory.to_owned(),
        formats: formats.clone(),
        force,
        png: false,
    };
    in_session(|session| merge(&settings, session))
}

pub fn shard(index: u64, of: u64) -> Option<Shard> {
    Some(Shard { index, of })
}

/// All files below a directory but `provenance.json`, by name.
pub fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![directory.to_owned()];
    while let Some(folder) = left.pop() {
        for item in fs::read_dir(&folder).unwrap() {
            let path: PathBuf = item.unwrap().path();
            let name = path
                .strip_prefix(directory)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            if path.is_dir() {
                left.push(path);
            } else if name != "provenance.json" {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// That two directories hold the same bytes.
#[track_caller]
pub fn assert_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in a {
        assert!(*bytes == b[name], "{name} differs");
    }
}
