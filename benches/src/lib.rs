//! What the benchmarks share: the shipped scenarios, made ready to be played.
//!
//! Each benchmark goes through the public interface of `sim-core`, on the functions that the product
//! runs on. Names of benchmarks are stable, so that saved baselines stay comparable:
//! `cargo bench -p benches -- --save-baseline before`, then `--baseline before`.

pub mod alternatives;
pub mod reference_floor;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use sim_core::draws::Luck;
use sim_core::market::list_price;
use sim_core::market::posted::Posted;
use sim_core::market::tender::Desk;
use sim_core::record::ReplicateRecord;
use sim_core::run::{Options, Simulation};
use sim_core::scenario::Scenario;
use sim_core::scenario::document::{self, ReadFiles};
use sim_core::world::State;

/// Never set: a benchmark is not asked to stop.
pub static GO_ON: AtomicBool = AtomicBool::new(false);

struct Disk;

impl ReadFiles for Disk {
    fn read(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|e| e.to_string())
    }
}

/// A shipped scenario by id, with `--set` style changes, ready to be played.
///
/// # Panics
/// If the scenario is absent or invalid: then there is nothing to measure.
#[must_use]
pub fn simulation(id: &str, changes: &[(&str, &str)]) -> Simulation {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../scenarios")
        .join(format!("{id}.toml"));
    let mut document = document::load(&Disk, &path.to_string_lossy()).unwrap_or_else(|e| panic!("{e}"));
    let spec = document::describe::<Scenario>();
    for (path, value) in changes {
        document.set(&spec, path, value).unwrap_or_else(|e| panic!("{e}"));
    }
    Simulation::new(&document, Options::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// `minimal` changed by the text of a child scenario, ready to be played.
///
/// # Panics
/// If the text is invalid: then there is nothing to measure.
#[must_use]
pub fn minimal_with(text: &str) -> Simulation {
    struct Child<'a>(&'a str);
    impl ReadFiles for Child<'_> {
        fn read(&self, path: &str) -> Result<String, String> {
            if path == "child.toml" {
                return Ok(format!("extends = \"minimal.toml\"\n{}", self.0));
            }
            let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
            std::fs::read_to_string(scenarios.join(path)).map_err(|e| e.to_string())
        }
    }
    let document = document::load(&Child(text), "child.toml").unwrap_or_else(|e| panic!("{e}"));
    Simulation::new(&document, Options::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// `minimal` with this many phases of the replacement cycle at each operator; it ships with 4.
#[must_use]
pub fn minimal_with_cohorts(cohorts: u32) -> Simulation {
    let cohorts = cohorts.to_string();
    simulation(
        "minimal",
        &[
            ("operator.north.cohorts", &cohorts),
            ("operator.south.cohorts", &cohorts),
        ],
    )
}

/// Plays one replicate.
///
/// # Panics
/// If it fails.
#[must_use]
pub fn play(simulation: &Simulation, k: u64) -> ReplicateRecord {
    simulation
        .replicate(k, &GO_ON)
        .unwrap_or_else(|e| panic!("replicate {k}: {e}"))
}

/// The first day of a replicate, after its first market review.
pub struct FirstDay {
    /// What changes.
    pub state: State,
    /// What is posted: maturity, costs and list margins.
    pub posted: Posted,
    /// A desk that has held tenders, so its buffers have grown.
    pub desk: Desk,
}

impl FirstDay {
    /// Sets it up.
    #[must_use]
    pub fn new(simulation: &Simulation, luck: &Luck) -> Self {
        let world = simulation.world();
        let state = State::new(world, luck);
        let mut posted = Posted::new(world, &state);
        let mut desk = Desk::default();
        list_price::post(
            world,
            &state,
            &mut posted,
            simulation.average_buyers(),
            &mut desk,
            world.start,
        );
        Self { state, posted, desk }
    }
}

/// Prints, once, how much work one replicate is: what its time is to be read against.
pub fn print_work(name: &str, simulation: &Simulation) {
    let counters = play(simulation, 0).counters;
    let world = simulation.world();
    println!(
        "{name}: {} operators, {} clusters, {} slots, {} series x {} dates; a replicate has {} events, {} tenders with {:.1} alternatives each, {} valuations, {} unsolved",
        world.operators.len(),
        world.cluster_count(),
        world.slots.len(),
        simulation.series().len(),
        simulation.dates().len(),
        counters.events,
        counters.tenders,
        counters.alternatives as f64 / counters.tenders.max(1) as f64,
        counters.valuations,
        counters.unsolved,
    );
}
