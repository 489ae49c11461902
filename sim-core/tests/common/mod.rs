//! Loading the repository's scenarios, and watching runs.

#![allow(clippy::disallowed_methods, reason = "a test reads the repository's own scenarios")]
#![allow(dead_code, reason = "each test program uses a part")]

pub mod by_part;
pub mod direction;
pub mod levers;
pub mod market_day;

use std::fmt::Debug;
use std::sync::atomic::AtomicBool;

use sim_core::calendar::Day;
use sim_core::lever::Moment;
use sim_core::market::alternatives::Alternative;
use sim_core::market::tender::Outcome;
use sim_core::measure::Breadth;
use sim_core::record::{ReplicateRecord, SeriesKey};
use sim_core::run::{Observer, Options, Simulation, TenderReport};
use sim_core::scenario::document::{self, Document, ReadFiles};
use sim_core::world::{Stack, VendorIx, World};

/// The smallest scenario of the repository.
pub const MINIMAL: &str = "minimal.toml";
/// The reference world.
pub const WORLD: &str = "world-2020.toml";

/// A run that nobody stops.
pub static NEVER: AtomicBool = AtomicBool::new(false);

/// The repository's scenarios, with one text of the test's own in the same folder.
struct Repository<'a> {
    own: &'a str,
}

const OWN: &str = "own.toml";

impl ReadFiles for Repository<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        if path == OWN {
            Ok(self.own.to_owned())
        } else {
            std::fs::read_to_string(format!("{}/../scenarios/{path}", env!("CARGO_MANIFEST_DIR")))
                .map_err(|e| e.to_string())
        }
    }
}

/// The text of a scenario of the repository.
pub fn text(name: &str) -> String {
    Repository { own: "" }.read(name).expect("a scenario of the repository")
}

/// A scenario of the repository as it is.
pub fn shipped(name: &str) -> Document {
    document::load(&Repository { own: "" }, name).unwrap_or_else(|faults| panic!("{faults}"))
}

/// A scenario of the repository, changed by the text of a child.
pub fn child(parent: &str, changes: &str) -> Document {
    whole(&format!("extends = \"{parent}\"\n{changes}"))
}

/// A scenario from its own text; it may extend one of the repository.
pub fn whole(own: &str) -> Document {
    document::load(&Repository { own }, OWN).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Core series, no tender rows.
pub fn simulate(document: &Document) -> Simulation {
    simulate_with(document, Options::default())
}

/// All series and all tenders.
pub fn simulate_all(document: &Document) -> Simulation {
    simulate_with(
        document,
        Options {
            tenders: true,
            breadth: Breadth::All,
            ..Options::default()
        },
    )
}

/// With options.
pub fn simulate_with(document: &Document, options: Options) -> Simulation {
    Simulation::new(document, options).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Plays a replicate.
pub fn play(simulation: &Simulation, k: u64) -> ReplicateRecord {
    simulation
        .replicate(k, &NEVER)
        .unwrap_or_else(|e| panic!("replicate {k}: {e}"))
}

/// Plays a replicate and watches it.
pub fn watch(simulation: &Simulation, k: u64) -> (ReplicateRecord, Watch) {
    let mut watch = Watch::default();
    let record = simulation
        .trace(k, &NEVER, &mut watch)
        .unwrap_or_else(|e| panic!("replicate {k}: {e}"));
    (record, watch)
}

/// A tender as it was reported, to be kept.
#[derive(Debug, Clone)]
pub struct Tender {
    pub id: String,
    pub day: Day,
    pub kind: &'static str,
    pub slot: usize,
    pub old: Option<Stack>,
    pub alternatives: Vec<Alternative>,
    pub bills: Vec<[f64; 7]>,
    pub values: Vec<f64>,
    pub prices: Vec<f64>,
    pub list_prices: Vec<f64>,
    pub probabilities: Vec<f64>,
    pub shocks: Vec<(f64, f64)>,
    pub flows: Vec<[f64; 7]>,
    pub outcome: Outcome,
    pub months_late: f64,
}

impl Tender {
    /// The alternative that was bought.
    pub fn bought(&self) -> Option<Alternative> {
        match self.outcome {
            Outcome::Award(a) => Some(self.alternatives[a]),
            _ => None,
        }
    }

    /// Probability that a vendor sells something.
    pub fn chance_of(&self, vendor: VendorIx) -> f64 {
        let sells = |a: &Alternative| (0..2).any(|k| a.buys()[k] && a.seller[k] == vendor);
        self.alternatives
            .iter()
            .zip(&self.probabilities)
            .filter(|(a, _)| sells(a))
            .map(|(_, p)| p)
            .sum()
    }
}

/// Which components an award takes new from a vendor.
pub fn bought_from(tender: &Tender, vendor: VendorIx) -> [bool; 2] {
    tender
        .bought()
        .map_or([false; 2], |a| [0, 1].map(|k| a.buys()[k] && a.seller[k] == vendor))
}

/// Keeps all that happens.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    pub levers: Vec<(Day, String, Moment)>,
    pub tenders: Vec<Tender>,
    pub deliveries: Vec<(Day, usize, Stack)>,
    pub reviews: Vec<(Day, [f64; 3])>,
    pub launches: Vec<(Day, String)>,
    pub held_back: Vec<(Day, usize, Day)>,
    pub switched_off: Vec<(Day, usize)>,
}

impl Observer for Watch {
    fn lever(&mut self, day: Day, name: &str, moment: Moment) {
        self.levers.push((day, name.to_owned(), moment));
    }

    fn tender(&mut self, r: &TenderReport) {
        self.tenders.push(Tender {
            id: r.id.clone(),
            day: r.day,
            kind: r.kind,
            slot: r.slot,
            old: r.old,
            alternatives: r.alternatives.to_vec(),
            bills: r.bills.to_vec(),
            values: r.values.to_vec(),
            prices: r.prices.to_vec(),
            list_prices: r.list_prices.to_vec(),
            probabilities: r.probabilities.to_vec(),
            shocks: r.shocks.to_vec(),
            flows: r.flows.to_vec(),
            outcome: r.outcome,
            months_late: r.months_late,
        });
    }

    fn held_back(&mut self, day: Day, slot: usize, until: Day) {
        self.held_back.push((day, slot, until));
    }

    fn delivery(&mut self, day: Day, slot: usize, stack: &Stack) {
        self.deliveries.push((day, slot, *stack));
    }

    fn switch_off(&mut self, day: Day, slot: usize, _stack: &Stack) {
        self.switched_off.push((day, slot));
    }

    fn review(&mut self, day: Day, maturity: [f64; 3]) {
        self.reviews.push((day, maturity));
    }

    fn launch(&mut self, day: Day, generation: &str) {
        self.launches.push((day, generation.to_owned()));
    }
}

impl Watch {
    /// Stacks of all slots at the end of a day: those of the start and what was delivered since.
    pub fn stacks_at(&self, world: &World, day: Day) -> Vec<Option<Stack>> {
        let mut stacks: Vec<Option<Stack>> = world.slots.iter().map(|s| s.initial).collect();
        for (_, slot, stack) in self.deliveries.iter().take_while(|(d, _, _)| *d <= day) {
            stacks[*slot] = Some(*stack);
        }
        stacks
    }
}

/// Text that is the same only if all is the same to the bit: the shortest digits that round back name one number.
pub fn exactly(what: &impl Debug) -> String {
    format!("{what:?}")
}

/// What operators and sellers did, to the bit: all values but those that count public money and what it spares
/// operators: a lever may spend it in vain.
pub fn behaviour(simulation: &Simulation, record: &ReplicateRecord) -> String {
    let series = simulation.series();
    let of_money = |at: usize| {
        matches!(
            series[at % series.len()].measure,
            "public_outlay" | "welfare" | "operator_cost"
        )
    };
    let kept: Vec<&f64> = (record.values.iter().enumerate())
        .filter(|(at, _)| !of_money(*at))
        .map(|(_, value)| value)
        .collect();
    exactly(&kept)
}

/// Asserts that two records are the same to the bit.
#[track_caller]
pub fn assert_same_record(a: &ReplicateRecord, b: &ReplicateRecord, what: &str) {
    assert_eq!(a.values.len(), b.values.len(), "{what}: series");
    let first = a
        .values
        .iter()
        .zip(&b.values)
        .position(|(x, y)| x.to_bits() != y.to_bits() && !(x.is_nan() && y.is_nan()));
    assert_eq!(first, None, "{what}: first value that differs");
    assert_eq!(a.tenders.len(), b.tenders.len(), "{what}: tender rows");
    for (x, y) in a.tenders.iter().zip(&b.tenders) {
        assert_eq!(exactly(x), exactly(y), "{what}");
    }
    assert_eq!(a.counters, b.counters, "{what}: work done");
}

/// Asserts that two watches saw the same to the bit.
#[track_caller]
pub fn assert_same_trace(a: &Watch, b: &Watch, what: &str) {
    assert_eq!(a.tenders.len(), b.tenders.len(), "{what}: tenders");
    for (x, y) in a.tenders.iter().zip(&b.tenders) {
        assert!(exactly(x) == exactly(y), "{what}: tender {} differs", x.id);
    }
    assert_eq!(exactly(&a.deliveries), exactly(&b.deliveries), "{what}: deliveries");
    assert_eq!(exactly(&a.reviews), exactly(&b.reviews), "{what}: reviews");
    assert_eq!((&a.levers, &a.launches), (&b.levers, &b.launches), "{what}");
}

/// A day from year, month and day of month.
pub fn day(year: i32, month: u8, dom: u8) -> Day {
    Day::from_ymd(year, month, dom).expect("a day")
}

/// Index of a vendor.
pub fn vendor(simulation: &Simulation, id: &str) -> VendorIx {
    simulation
        .world()
        .vendors
        .iter()
        .position(|v| v.id == id)
        .expect("a vendor") as VendorIx
}

/// Values of one record by key.
pub struct Table<'a> {
    pub simulation: &'a Simulation,
    pub record: &'a ReplicateRecord,
}

impl Table<'_> {
    /// The value of a series on a date.
    pub fn at(&self, date: usize, series: usize) -> f64 {
        self.record.values[date * self.simulation.series().len() + series]
    }

    /// Index of a series.
    pub fn find(&self, of: impl Fn(&SeriesKey) -> bool) -> usize {
        self.simulation.series().iter().position(of).expect("a series")
    }

    /// Values of the world's series of a measure in the radio network over dates, all vendors, one part.
    pub fn world(&self, measure: &str, part: &str) -> Vec<f64> {
        let s = self.find(|k| {
            k.measure == measure
                && k.component == "ran"
                && k.generation == "all"
                && k.place == "world"
                && k.vendor == "all"
                && k.part == part
        });
        (0..self.simulation.dates().len()).map(|d| self.at(d, s)).collect()
    }
}

/// Asserts that two numbers are the same up to a relative error (absolute below 1), or both undefined.
#[track_caller]
pub fn assert_close(a: f64, b: f64, tolerance: f64, what: &dyn Debug) {
    let same = a.is_nan() && b.is_nan() || (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0);
    assert!(same, "{what:?}: {a} is not {b}");
}
