//! Direction and limits of the levers on supply and research, in runs.

mod common;

use common::{MINIMAL, Watch, bought_from, child, day, simulate, vendor, watch};
use sim_core::lever::Moment;
use sim_core::market::posted::Posted;
use sim_core::run::Simulation;
use sim_core::world::{BB, RU, State, VendorIx};

/// Replicates over which directions are averaged.
const REPLICATES: u64 = 12;

fn minimal(changes: &str) -> Simulation {
    simulate(&child(MINIMAL, changes))
}

/// Mean over replicates of what a watch shows.
fn mean(simulation: &Simulation, of: impl Fn(&Watch) -> f64) -> f64 {
    (0..REPLICATES).map(|k| of(&watch(simulation, k).1)).sum::<f64>() / REPLICATES as f64
}

/// Sites bought from a vendor from a year to before another, half of them for each component.
fn bought(s: &Simulation, w: &Watch, v: VendorIx, from: i32, to: i32) -> f64 {
    let in_time = w.tenders.iter().filter(|t| (from..to).contains(&t.day.year()));
    in_time
        .map(|t| bought_from(t, v).iter().filter(|b| **b).count() as f64 / 2.0 * s.world().slots[t.slot].sites)
        .sum()
}

/// Mean chance of a vendor in the tenders of some years.
fn chance(w: &Watch, v: VendorIx, from: i32, to: i32) -> f64 {
    let all: Vec<f64> = (w.tenders.iter())
        .filter(|t| (from..to).contains(&t.day.year()))
        .map(|t| t.chance_of(v))
        .collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

fn cutoff(keys: &str) -> String {
    format!("[levers.test.component_cutoff]\nin_force = 2021-01-01\nscope = {{ vendors = [\"alpha\"] }}\n{keys}\n")
}

#[test]
fn a_cut_off_vendor_sells_less_and_least_where_the_coalition_holds() {
    let (free, leaky, held, stocked) = (
        minimal(""),
        minimal(&cutoff("backfill_share = 0.9\ninventory_months = 6")),
        minimal(&cutoff(
            "backfill_share = 0.9\ninventory_months = 6\ncohesion_share = 1",
        )),
        minimal(&cutoff(
            "backfill_share = 0.9\ninventory_months = 600\ncohesion_share = 1",
        )),
    );
    let alpha = vendor(&free, "alpha");
    let of = |s: &Simulation| mean(s, |w| chance(w, alpha, 2022, 2030));
    let [free, leaky, held, stocked] = [of(&free), of(&leaky), of(&held), of(&stocked)];
    assert!(held < leaky && leaky < free, "held {held}, leaky {leaky}, free {free}");
    assert!(
        held < stocked && stocked < free,
        "a stockpile puts the worst off: {stocked}"
    );
}

#[test]
fn limit_all_cut_without_stock_backfill_or_recovery_ends_all_sales() {
    let s = minimal(&cutoff(
        "inventory_months = 0\nbackfill_share = 0\nrecovery_per_year = 0",
    ));
    let alpha = vendor(&s, "alpha");
    for k in 0..5 {
        let (_, w) = watch(&s, k);
        assert!(bought(&s, &w, alpha, 2020, 2021) > 0.0, "it sold before");
        for t in w.tenders.iter().filter(|t| t.day.year() >= 2021) {
            assert_eq!(t.chance_of(alpha), 0.0, "replicate {k}: {}", t.id);
        }
    }
}

#[test]
fn limit_nothing_missing_and_no_penalty_is_no_cut_off() {
    let base = minimal("");
    let alpha = vendor(&base, "alpha");
    let cut = minimal(&cutoff("dependence_share = 0\ninventory_months = 600"));
    for k in 0..3 {
        let (a, b) = (watch(&base, k).1, watch(&cut, k).1);
        assert_eq!(
            bought(&base, &a, alpha, 2020, 2036),
            bought(&cut, &b, alpha, 2020, 2036)
        );
    }
}

#[test]
fn after_the_stock_out_orders_come_later() {
    let days = |s: &Simulation| {
        let alpha = vendor(s, "alpha");
        let (mut sum, mut n) = (0.0, 0.0);
        for k in 0..REPLICATES {
            let (_, w) = watch(s, k);
            for t in w.tenders.iter().filter(|t| (2021..2029).contains(&t.day.year())) {
                if bought_from(t, alpha) != [false; 2] && s.world().slots[t.slot].layer != sim_core::world::Layer::Core
                {
                    let delivery = w.deliveries.iter().find(|(d, slot, _)| *slot == t.slot && *d > t.day);
                    sum += delivery.map_or(0.0, |(d, _, _)| f64::from(t.day.days_until(*d)));
                    n += f64::from(u8::from(delivery.is_some()));
                }
            }
        }
        assert!(n > 10.0, "{n} deliveries");
        sum / n
    };
    // Half of throughput is missing: the lead time of four months doubles.
    let half =
        cutoff("inventory_months = 0\nbackfill_share = 0\nrecovery_per_year = 0\nstrength = 0.5\ndependence_share = 0");
    let (usual, late) = (days(&minimal("")), days(&minimal(&half)));
    assert!((100.0..140.0).contains(&(late - usual)), "{usual} and {late} days");
}

#[test]
fn recovery_brings_the_vendor_back_at_a_lasting_penalty() {
    let fast = minimal(&cutoff(
        "inventory_months = 0\nrecovery_per_year = 1.0\nbackfill_share = 0",
    ));
    let never = minimal(&cutoff(
        "inventory_months = 0\nrecovery_per_year = 0.01\nbackfill_share = 0",
    ));
    let free = minimal("");
    let alpha = vendor(&free, "alpha");
    let of = |s: &Simulation| mean(s, |w| chance(w, alpha, 2027, 2035));
    let [free, fast, never] = [of(&free), of(&fast), of(&never)];
    assert!(
        never < fast && fast < free,
        "never {never}, recovered {fast}, free {free}"
    );
}

/// What allies do not sell is the covered part of the components in the sites delivered; half of it is paid here.
#[test]
fn allied_suppliers_lose_sales_and_are_compensated() {
    let s = minimal(&cutoff(
        "suppliers = { DEU = 1 }\ncompensation_share = 0.5\nbudget_usd = 40e6",
    ));
    let world = s.world();
    let lever = &world.scenario.levers[0].lever;
    let mut state = State::new(world, &s.luck(0));
    let posted = Posted::new(world, &state);
    state.today = day(2021, 1, 1);
    lever.act(0, Moment::InForce, world, &mut state);
    let alpha = usize::from(vendor(&s, "alpha"));
    let pay = |state: &mut State, today, sites: f64| {
        state.purse.clear_paid();
        let last = state.today;
        state.today = today;
        state.volume[alpha] += sites;
        lever.review(0, last, world, &posted, state);
        state.purse.paid[0]
    };
    let unit = world.vendors[alpha].cost[RU] + world.vendors[alpha].cost[BB];
    let paid = pay(&mut state, day(2021, 4, 1), 10_000.0);
    assert!((paid - 0.5 * 0.272 * 0.5 * unit * 10_000.0).abs() < 1.0, "{paid}");
    let rest = pay(&mut state, day(2021, 7, 1), 10_000.0);
    assert!((paid + rest - 40e6).abs() < 1.0, "the budget ends it: {rest}");
    // Two quarters with far more than usual deliveries: the stockpile is gone.
    let months = state.supply.inventory_months(vendor(&s, "alpha"));
    assert!(months.is_some_and(|m| m < 21.0), "{months:?}");
    assert_eq!(state.supply.inventory_months(vendor(&s, "beta")), None);
}
