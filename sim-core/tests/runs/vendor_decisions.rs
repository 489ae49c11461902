//! Vendors that open a line, enter and leave when it pays: nothing of it by default, the limits that must hold, and which way each works.

use crate::common::{
    MINIMAL, Watch, assert_same_record, assert_same_trace, bought_from, child, simulate_all, simulate_with, vendor,
    watch,
};
use sim_core::calendar::Day;
use sim_core::lever::Moment;
use sim_core::measure::Breadth;
use sim_core::run::{Observer, Options, Simulation, TenderReport};
use sim_core::scenario::VendorDecisions;
use sim_core::world::State;
use sim_core::world::fates::{Fate, present_value};

/// A watch that also keeps what vendors decide.
#[derive(Default)]
struct Fates {
    watch: Watch,
    decided: Vec<(Day, String, Fate)>,
}

impl Observer for Fates {
    fn tender(&mut self, report: &TenderReport) {
        self.watch.tender(report);
    }

    fn vendor(&mut self, day: Day, vendor: &str, fate: Fate) {
        self.decided.push((day, vendor.to_owned(), fate));
    }
}

fn played(simulation: &Simulation, k: u64) -> Fates {
    let mut fates = Fates::default();
    simulation
        .trace(k, &crate::common::NEVER, &mut fates)
        .unwrap_or_else(|e| panic!("{e}"));
    fates
}

fn first(fates: &Fates, id: &str, fate: Fate) -> Option<Day> {
    fates
        .decided
        .iter()
        .find(|(_, v, f)| v == id && *f == fate)
        .map(|d| d.0)
}

fn with(changes: &str) -> Simulation {
    simulate_all(&child(MINIMAL, changes))
}

/// A vendor that could come: alpha's products at a lower cost, trusted.
fn potential(entry: f64) -> String {
    format!(
        "[vendor_decisions]\nentry_cost_usd = {entry:e}\n[[vendor]]\nid = \"delta\"\nname = \"Delta\"\nhome = \"FIN\"\ngenerations = [\"4g\", \"5g\", \"6g\"]\nline = \"closed\"\nru_usd_per_site = 22000\nbb_usd_per_site = 14500\ncumulative_sites = 1000000\npotential = true\n"
    )
}

#[test]
fn without_anything_to_decide_every_byte_stays() {
    let options = Options {
        tenders: true,
        breadth: Breadth::Core,
        ..Options::default()
    };
    let base = simulate_with(&child(MINIMAL, ""), options);
    for null in [
        "[vendor_decisions]\n",
        "[vendor_decisions]\npatience_years = 0\nsupport_years = 1\nevery_reviews = 1\n",
        "[[vendor]]\nid = \"alpha\"\nfixed_usd_per_year = 1e12\n",
    ] {
        let other = simulate_with(&child(MINIMAL, null), options);
        let (a, seen_a) = watch(&base, 0);
        let (b, seen_b) = watch(&other, 0);
        assert_same_record(&a, &b, null);
        assert_same_trace(&seen_a, &seen_b, null);
    }
}

#[test]
fn who_never_enters_is_as_if_he_were_not_there() {
    let myopic = "[foresight]\nseller_look_ahead = 0\nbuyer = 0\n";
    let base = with(myopic);
    let other = with(&format!("{myopic}{}", potential(1e13)));
    let (a, b) = (played(&base, 0), played(&other, 0));
    assert!(b.decided.is_empty());
    assert_same_trace(&a.watch, &b.watch, "a vendor that never comes");
}

#[test]
fn a_vendor_enters_when_it_costs_nothing_and_never_when_it_costs_all_the_money_there_is() {
    let free = with(&potential(0.0));
    let delta = vendor(&free, "delta");
    let seen = played(&free, 0);
    assert_eq!(first(&seen, "delta", Fate::Entered), Some(free.world().start));
    let sold = |w: &Watch| w.tenders.iter().filter(|t| bought_from(t, delta) != [false; 2]).count();
    assert!(sold(&seen.watch) >= 3, "{}", sold(&seen.watch));
    // Twelve replicates: what buyers pay on average falls when the cheapest seller has come.
    let never = with(&potential(1e13));
    let paid = |s: &Simulation| {
        let mut sum = (0.0, 0.0);
        for k in 0..12 {
            for t in &played(s, k).watch.tenders {
                if let Some(a) = t.bought().filter(|a| a.buys() == [true; 2]) {
                    let at = t.alternatives.iter().position(|x| *x == a).expect("it was on offer");
                    sum = (sum.0 + t.prices[at], sum.1 + 1.0);
                }
            }
        }
        sum.0 / sum.1
    };
    let (with_entry, without) = (paid(&free), paid(&never));
    assert!(with_entry < without, "{with_entry} {without}");
    assert_eq!(sold(&played(&never, 0).watch), 0);
}

#[test]
fn the_dearer_it_is_to_open_a_line_the_later_it_opens() {
    let opened = |cost: f64| {
        let s = with(&format!("[vendor_decisions]\nopening_cost_usd = {cost:e}\n"));
        first(&played(&s, 0), "alpha", Fate::Opened)
    };
    let never = Day::from_ymd(2149, 12, 31).expect("a day");
    let days: Vec<Day> = [0.0, 1e8, 1e9, 1e13]
        .into_iter()
        .map(|c| opened(c).unwrap_or(never))
        .collect();
    assert!(days.is_sorted(), "{days:?}");
    assert!(days[0] < never, "for nothing it opens at some time: {days:?}");
    assert_eq!(days[3], never);
}

#[test]
fn a_line_that_has_been_opened_is_sold_open() {
    let s = with("[vendor_decisions]\nopening_cost_usd = 0\n");
    let alpha = vendor(&s, "alpha");
    let seen = played(&s, 0);
    let day = first(&seen, "alpha", Fate::Opened).expect("it opens");
    let offers = |after: bool| {
        let open = |a: &sim_core::market::alternatives::Alternative| {
            a.kind == sim_core::market::alternatives::Kind::OpenSingle && a.seller == [alpha; 2]
        };
        let tenders = seen.watch.tenders.iter().filter(|t| (t.day >= day) == after);
        tenders.filter(|t| t.alternatives.iter().any(open)).count()
    };
    assert_eq!(offers(false), 0);
    assert!(offers(true) > 10);
}

fn leaving(fixed: f64, patience: f64, support: f64) -> Simulation {
    with(&format!(
        "[vendor_decisions]\npatience_years = {patience}\nsupport_years = {support}\n[[vendor]]\nid = \"alpha\"\nfixed_usd_per_year = {fixed:e}\n"
    ))
}

#[test]
fn a_vendor_whose_margins_cover_nothing_leaves_after_its_patience_and_its_kit_follows() {
    let s = leaving(1e12, 3.0, 2.0);
    let alpha = vendor(&s, "alpha");
    let mut seen = Fates::default();
    let record = s.trace(0, &crate::common::NEVER, &mut seen).expect("it plays");
    let day = first(&seen, "alpha", Fate::Left).expect("nothing covers this");
    assert_eq!(day, s.world().start.add_months(36));
    let deadline = day.plus_years(2.0);
    for t in seen.watch.tenders.iter().filter(|t| t.day >= day) {
        assert_eq!(bought_from(t, alpha), [false; 2], "{}", t.id);
    }
    assert!(
        seen.watch.tenders.iter().any(|t| t.kind == "forced"),
        "customers replace orphaned kit"
    );
    // What alpha had is gone at the end of the deadline's year, but for what crews have not done in time.
    let at = (s.series().iter())
        .position(|k| {
            (
                k.measure,
                k.vendor.as_str(),
                k.place.as_str(),
                k.component,
                k.generation.as_str(),
            ) == ("share_sites", "alpha", "world", "ran", "all")
        })
        .expect("shares are recorded");
    let table = crate::common::Table {
        simulation: &s,
        record: &record,
    };
    let share = |from: Day| {
        let d = s.dates().iter().position(|d| *d > from).expect("a date after it");
        table.at(d, at)
    };
    assert!(share(day.add_days(-400)) > 0.2, "{}", share(day.add_days(-400)));
    assert!(
        share(deadline.plus_years(1.0)) < 0.01,
        "{}",
        share(deadline.plus_years(1.0))
    );
}

#[test]
fn who_covers_its_cost_stays_and_patience_puts_off_the_day() {
    assert_eq!(first(&played(&leaving(0.0, 0.0, 2.0), 0), "alpha", Fate::Left), None);
    let days: Vec<Option<Day>> = [1.0, 4.0]
        .map(|p| first(&played(&leaving(1e12, p, 2.0), 0), "alpha", Fate::Left))
        .into();
    assert!(days[0].is_some() && days[0] < days[1], "{days:?}");
}

#[test]
fn the_scenarios_of_theory_play_what_they_say() {
    for (name, vendor, fate) in [
        ("line-that-opens", "alpha", Fate::Opened),
        ("entrant", "delta", Fate::Entered),
        ("seller-that-leaves", "alpha", Fate::Left),
    ] {
        let s = simulate_all(&child(&format!("theory/{name}.toml"), ""));
        let days: Vec<_> = (0..4).filter_map(|k| first(&played(&s, k), vendor, fate)).collect();
        assert!(!days.is_empty(), "{name}: {vendor} never does");
    }
}

#[test]
fn a_present_value_by_hand() {
    let terms = VendorDecisions {
        opening_cost: None,
        entry_cost: None,
        discount_rate: 0.09,
        horizon_years: 8.0,
        patience_years: 3.0,
        support_years: 4.0,
        every_reviews: 4,
    };
    // (1 - exp(-.72)) / .09.
    assert!(
        (present_value(&terms, 1.0) - 5.702_75).abs() < 1e-4,
        "{}",
        present_value(&terms, 1.0)
    );
    assert_eq!(present_value(&terms, 0.0), 0.0);
}

#[test]
fn a_merger_hands_on_tastes_by_what_stands() {
    let merger = |share: f64| {
        with(&format!(
            "[levers.m.merger]\nin_force = 2021-01-01\nbuyer = \"beta\"\ntarget = \"alpha\"\ntaste_share = {share}\n"
        ))
    };
    let tastes = |s: &Simulation| {
        let mut state = State::new(s.world(), &s.luck(0));
        let before = state.taste.clone();
        s.scenario().levers[0]
            .lever
            .act(0, Moment::InForce, s.world(), &mut state);
        (before, state.taste)
    };
    let whole = merger(1.0);
    let (alpha, beta) = (
        usize::from(vendor(&whole, "alpha")),
        usize::from(vendor(&whole, "beta")),
    );
    // North has nothing but alpha; south has both.
    let (before, after) = tastes(&whole);
    assert!(
        (after[beta] - before[alpha]).abs() < 1e-15,
        "who had alpha alone likes beta as alpha"
    );
    let vendors = whole.world().vendors.len();
    let [own, other, now] = [before[vendors + beta], before[vendors + alpha], after[vendors + beta]];
    assert!(
        now != own && now != other && (now - own) * (now - other) < 0.0,
        "{own} {other} {now}"
    );
    let (before, after) = tastes(&merger(0.0));
    assert_eq!(before, after, "by default nothing is handed on");
}

/// What a state pays counts as earned: a subsidy keeps its champion in the market at least as long.
#[test]
fn a_subsidy_never_brings_an_exit_forward() {
    let plain = "[vendor_decisions]\npatience_years = 3\nsupport_years = 5\nevery_reviews = 4\n[[vendor]]\nid = \"alpha\"\nfixed_usd_per_year = 1.5e7\n";
    let helped = format!(
        "{plain}[levers.help.state_subsidy]\nin_force = 2020-01-01\nunit_cost_share = 0.4\nscope = {{ vendors = [\"alpha\"] }}\n"
    );
    let (alone, helped) = (with(plain), with(&helped));
    let left = |s: &Simulation, k: u64| first(&played(s, k), "alpha", Fate::Left);
    let mut gone = 0;
    for k in 0..8 {
        let before = left(&alone, k);
        gone += usize::from(before.is_some());
        let after = left(&helped, k);
        assert!(
            after.is_none() || before.is_some_and(|b| after >= Some(b)),
            "replicate {k}: left {before:?} alone, {after:?} with help"
        );
    }
    assert!(gone > 0, "somebody leaves where nobody helps");
}
