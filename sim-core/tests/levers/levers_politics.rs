//! Direction and limits of the levers on interfaces, norms and politics, in runs.

use crate::common::direction::{assert_same_values, chance, mean, minimal};
use crate::common::levers::NEIGHBOUR;
use crate::common::{Watch, assert_close, day, exactly, vendor, watch};
use sim_core::lever::Moment;
use sim_core::run::Simulation;
use sim_core::world::{Layer, State, VendorIx};

fn lever(kind: &str, keys: &str) -> String {
    format!("[levers.test.{kind}]\nin_force = 2021-01-01\n{keys}\n")
}

/// Maturity of the fronthaul at the last review of a year.
fn maturity(w: &Watch, year: i32) -> f64 {
    w.reviews
        .iter()
        .rfind(|(d, _)| d.year() == year)
        .map_or(f64::NAN, |(_, m)| m[0])
}

/// Mean chance of open stacks in tenders of some years.
fn open(w: &Watch, from: i32, to: i32, multi: bool) -> f64 {
    let chances = w
        .tenders
        .iter()
        .filter(|t| (from..to).contains(&t.day.year()))
        .map(|t| {
            (t.alternatives.iter().zip(&t.probabilities))
                .filter(|(a, _)| {
                    if multi {
                        a.is_multi()
                    } else {
                        a.nest() == 1 || a.nest() == 2
                    }
                })
                .map(|(_, p)| p)
                .sum::<f64>()
        });
    let all: Vec<f64> = chances.collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

/// Mean chance of a vendor with the operators of one country.
fn chance_in(s: &Simulation, w: &Watch, country: &str, v: VendorIx, from: i32, to: i32) -> f64 {
    let here = |slot: usize| s.world().countries[s.world().slots[slot].country].id == country;
    let all: Vec<f64> = (w.tenders.iter())
        .filter(|t| (from..to).contains(&t.day.year()) && here(t.slot))
        .map(|t| t.chance_of(v))
        .collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

#[test]
fn testbeds_bring_maturity_and_experience_until_the_money_is_gone() {
    let outlay = "outlay = { payer = \"DEU\", usd_per_year = 1e7 }";
    let base = minimal("");
    let growth = minimal(&lever(
        "testbed",
        &format!("growth_per_year = {{ fronthaul = 0.2 }}\n{outlay}"),
    ));
    assert!(mean(&growth, |w| maturity(w, 2025)) > mean(&base, |w| maturity(w, 2025)) + 0.05);
    let pairs = minimal(&lever("testbed", &format!("pair_sites_per_year = 50000\n{outlay}")));
    assert_eq!(
        maturity(&watch(&base, 0).1, 2025),
        maturity(&watch(&pairs, 0).1, 2025),
        "experience is no maturity"
    );
    assert!(mean(&pairs, |w| open(w, 2024, 2036, true)) > mean(&base, |w| open(w, 2024, 2036, true)));
    let broke = minimal(&lever(
        "testbed",
        "pair_sites_per_year = 50000\ngrowth_per_year = { fronthaul = 0.2 }\noutlay = { payer = \"DEU\", usd_per_year = 1e7, budget_usd = 0 }",
    ));
    assert_same_values(&base, &broke, 0, "an empty budget");
}

#[test]
fn an_alliance_moves_maturity_by_the_weight_of_its_members() {
    let with = |members: &str| {
        minimal(&lever(
            "alliance",
            &format!("growth_per_year = {{ fronthaul = 0.2 }}\n{members}"),
        ))
    };
    let of = |s: &Simulation| mean(s, |w| maturity(w, 2027));
    let (small, large) = (
        with("operators = [\"south\"]\noperator_weight_share = 1"),
        with("operators = [\"north\", \"south\"]\noperator_weight_share = 1"),
    );
    let base = minimal("");
    let [none, some, all] = [of(&base), of(&small), of(&large)];
    assert!(none < some && some < all, "{none} {some} {all}");
    assert_same_values(&base, &with("operator_weight_share = 1"), 0, "no members");
}

#[test]
fn lobbying_slows_maturity_and_openness_in_name_hurts_pairs_alone() {
    let base = minimal("");
    let beta = vendor(&base, "beta");
    let slowed = minimal(&lever(
        "lobbying",
        "loss_per_year = { fronthaul = 0.2 }\nscope = { vendors = [\"alpha\", \"beta\"] }",
    ));
    assert!(mean(&slowed, |w| maturity(w, 2027)) < mean(&base, |w| maturity(w, 2027)) - 0.02);
    let capped = minimal(&lever("lobbying", "maturity_cap = 0\nscope = { vendors = [\"beta\"] }"));
    assert_eq!(
        maturity(&watch(&base, 0).1, 2027),
        maturity(&watch(&capped, 0).1, 2027),
        "the market goes on"
    );
    let pairs_with_beta = |w: &Watch| {
        let of = |t: &crate::common::Tender| {
            (t.alternatives.iter().zip(&t.probabilities))
                .filter(|(a, _)| a.is_multi() && a.seller.contains(&beta))
                .map(|(_, p)| p)
                .sum::<f64>()
        };
        w.tenders.iter().filter(|t| t.day.year() > 2025).map(of).sum::<f64>()
    };
    assert!(mean(&capped, pairs_with_beta) < mean(&base, pairs_with_beta));
    // Its gap is that of maturity 0, and its own open bundle is as good as before.
    let gap = |s: &Simulation, multi: bool| {
        let (_, w) = watch(s, 0);
        let t = w
            .tenders
            .iter()
            .find(|t| t.day.year() == 2023 && s.world().slots[t.slot].layer == Layer::Ran(1))
            .expect("a 5G tender");
        let a = (t.alternatives.iter())
            .position(|a| a.nest() != 0 && a.seller[1] == beta && a.is_multi() == multi && a.buys() == [true; 2]);
        -t.flows[a.expect("an open offer")][4] / s.world().slots[t.slot].price
    };
    // Of 5G sites 0.45 are urban (gap 0.12) for 0.2 that are rural (0.03), each of a quality worth twice the price.
    let at_zero = 2.0 * (0.45 * 0.12 + 0.2 * 0.03) / 0.65;
    assert_close(gap(&capped, true), at_zero, 1e-9, &"a gap of maturity 0");
    assert!(gap(&base, true) < at_zero - 0.02, "{} {at_zero}", gap(&base, true));
    assert_eq!(gap(&capped, false), gap(&base, false));
    assert_same_values(
        &base,
        &minimal(&lever("lobbying", "scope = { vendors = [\"beta\"] }")),
        0,
        "no loss and no cap",
    );
}

#[test]
fn untrusted_members_make_open_stacks_a_risk_to_those_who_distrust_them() {
    let keys = "risk_share_per_weight = 0.05\nscope = { vendors = [\"alpha\"] }";
    let (base, with) = (minimal(""), minimal(&lever("untrusted_members", keys)));
    let of = |s: &Simulation| mean(s, |w| open(w, 2022, 2036, false));
    assert!(of(&with) < of(&base), "{} {}", of(&with), of(&base));
    let trusting = "[[country]]\nid = \"DEU\"\ntrust = { CHN = 0.0 }\n";
    let (base, with) = (
        minimal(trusting),
        minimal(&format!("{}{trusting}", lever("untrusted_members", keys))),
    );
    assert_same_values(&base, &with, 0, "nobody minds");
}

#[test]
fn norms_reach_members_and_by_leakage_the_others() {
    let norm = |countries: &str, more: &str| {
        minimal(&format!(
            "{}{NEIGHBOUR}",
            lever(
                "norms",
                &format!(
                    "leaders = [\"DEU\"]\nrate_per_year = 1\nscope = {{ vendors = [\"alpha\"], countries = [{countries}] }}\n{more}"
                )
            )
        ))
    };
    let base = minimal(NEIGHBOUR);
    let alpha = vendor(&base, "alpha");
    let of = |s: &Simulation| mean(s, |w| chance_in(s, w, "NLD", alpha, 2022, 2036));
    let member = norm("\"NLD\"", "");
    let defects = norm("\"NLD\"", "defection_per_year = 2");
    let leaks = norm("\"DEU\"", "leakage_share = 0.3");
    let [free, member, defects, leaks] = [of(&base), of(&member), of(&defects), of(&leaks)];
    assert!(member < defects && defects < free, "{member} {defects} {free}");
    assert!(member < leaks && leaks < free, "{member} {leaks} {free}");
    assert_same_values(&base, &norm("\"DEU\"", ""), 0, "no leakage");
}

#[test]
fn an_incident_stigmatises_and_fades() {
    let base = minimal("");
    let alpha = vendor(&base, "alpha");
    let beta = vendor(&base, "beta");
    let keys = "trust_jump = 3\nhazard_jump_per_year = 0.1\nhalf_life_years = 1\nscope = { vendors = [\"alpha\"] }";
    let with = minimal(&lever("incident", keys));
    let of = |s: &Simulation, v| mean(s, |w| chance(w, v, 2021, 2024));
    assert!(of(&with, alpha) < of(&base, alpha));
    assert!(of(&with, beta) > of(&base, beta), "trusted sellers gain");
    let world = with.world();
    let mut state = State::new(world, &with.luck(0));
    let at = state.conditions.at(0, alpha);
    state.today = day(2021, 1, 1);
    world.scenario.levers[0]
        .lever
        .act(0, Moment::InForce, world, &mut state);
    assert_eq!((state.conditions.trust[at], state.conditions.hazard[at]), (3.0, 0.1));
    let posted = sim_core::market::posted::Posted::new(world, &state);
    state.today = day(2022, 1, 1);
    world.scenario.levers[0]
        .lever
        .review(0, day(2021, 10, 1), world, &posted, &mut state);
    assert!(
        (state.conditions.trust[at] - 1.5).abs() < 0.002,
        "half after a half-life"
    );
    state.today = day(2061, 1, 1);
    world.scenario.levers[0]
        .lever
        .review(0, day(2060, 10, 1), world, &posted, &mut state);
    assert!(state.conditions.trust[at] < 1e-10 && state.conditions.hazard[at] < 1e-10);
}

#[test]
fn counter_lobbying_lowers_the_fear_of_a_ban() {
    let fearful = "[[country]]\nid = \"DEU\"\nban_hazard_per_year = { CHN = 0.08 }\n";
    let base = minimal(fearful);
    let alpha = vendor(&base, "alpha");
    let keys = "cut_per_year = 0.1\nscope = { vendors = [\"alpha\"] }";
    let with = minimal(&format!("{}{fearful}", lever("counter_lobbying", keys)));
    let of = |s: &Simulation| mean(s, |w| chance(w, alpha, 2022, 2036));
    assert!(of(&with) > of(&base), "{} {}", of(&with), of(&base));
    // A cut above the hazard leaves none: the world without a hazard.
    let all = "[levers.test.counter_lobbying]\nin_force = 2020-01-01\ncut_per_year = 1\ndependence_weight = 0\nscope = { vendors = [\"alpha\"] }\n";
    let none = minimal("[[country]]\nid = \"DEU\"\nban_hazard_per_year = { CHN = 0.0 }\n");
    let (a, b) = (watch(&none, 0).0, watch(&minimal(&format!("{all}{fearful}")), 0).0);
    assert_eq!(exactly(&a.values), exactly(&b.values));
}

#[test]
fn a_rule_in_one_member_is_feared_in_the_others() {
    let ban = "[levers.ban.procurement_ban]\nin_force = 2021-01-01\nscope = { vendors = [\"alpha\"], countries = [\"NLD\"] }\n";
    let keys = "h1_per_year = 0.3\nscope = { vendors = [\"alpha\"] }";
    let press = lever("coalition_pressure", keys);
    let (quiet, pressed) = (
        minimal(&format!("{ban}{NEIGHBOUR}")),
        minimal(&format!("{press}{ban}{NEIGHBOUR}")),
    );
    let alpha = vendor(&quiet, "alpha");
    let of = |s: &Simulation| mean(s, |w| chance_in(s, w, "DEU", alpha, 2022, 2036));
    assert!(of(&pressed) < of(&quiet), "{} {}", of(&pressed), of(&quiet));
    let (none, idle) = (minimal(NEIGHBOUR), minimal(&format!("{press}{NEIGHBOUR}")));
    assert_same_values(&none, &idle, 0, "nobody has a rule");
}

#[test]
fn an_early_generation_is_launched_and_tendered_earlier() {
    let early = |years: &str| {
        minimal(&format!(
            "[levers.test.early_generation]\nin_force = 2026-01-01\nyears_forward = {years}\nscope = {{ generations = [\"6g\"] }}\n"
        ))
    };
    let (base, three, all) = (minimal(""), early("3"), early("20"));
    let launch = |s: &Simulation| {
        let (_, w) = watch(s, 0);
        let launched = w.launches.iter().find(|(_, g)| g == "6g").expect("6G is launched").0;
        let first = (w.tenders.iter())
            .find(|t| s.world().slots[t.slot].layer == Layer::Ran(2))
            .expect("6G is tendered")
            .day;
        let standing = w
            .deliveries
            .iter()
            .filter(|(_, slot, _)| s.world().slots[*slot].layer == Layer::Ran(2))
            .count();
        assert_eq!(w.launches.iter().filter(|(_, g)| g == "6g").count(), 1);
        (launched, first, standing)
    };
    let ((l0, t0, n0), (l3, t3, n3), (l20, t20, _)) = (launch(&base), launch(&three), launch(&all));
    assert_eq!(l3.days_until(l0), 1096, "three years");
    assert_eq!(t3.days_until(t0), 1096);
    assert!(n3 >= n0, "{n3} and {n0} deliveries");
    assert_eq!(l20, day(2026, 1, 1), "not before it is decided");
    assert!(t20 >= l20 && t20 < day(2026, 12, 31));
    // One that lay after the end of the run comes into it.
    let short = "[scenario]\nend = 2029-06-30\n[levers.test.early_generation]\nin_force = 2026-01-01\nyears_forward = 3\nscope = { generations = [\"6g\"] }\n";
    assert!(
        watch(&minimal(short), 0)
            .1
            .launches
            .iter()
            .any(|(d, g)| g == "6g" && d.days_until(l0) == 1096)
    );
    let late = minimal(
        "[levers.test.early_generation]\nin_force = 2031-01-01\nyears_forward = 3\nscope = { generations = [\"5g\"] }\n",
    );
    assert_same_values(&base, &late, 0, "what has been launched is not moved");
}

#[test]
fn first_tenders_come_earlier_by_no_more_than_the_launch_does() {
    let base = minimal("");
    let firsts = |s: &Simulation| -> Vec<(usize, sim_core::calendar::Day)> {
        let new = |t: &&crate::common::Tender| t.old.is_none() && s.world().slots[t.slot].layer == Layer::Ran(2);
        let (_, w) = watch(s, 0);
        let mut slots: Vec<_> = w.tenders.iter().filter(new).map(|t| (t.slot, t.day)).collect();
        slots.sort_unstable();
        slots.dedup_by_key(|t| t.0);
        slots
    };
    let early = |keys: &str| {
        firsts(&minimal(&format!(
            "[levers.test.early_generation]\nin_force = 2029-12-30\nscope = {{ generations = [\"6g\"] }}\n{keys}"
        )))
    };
    let usual = firsts(&base);
    assert!(usual.len() > 4 && usual.iter().any(|t| t.1 > day(2032, 1, 1)));
    // Two days before the launch there are two days to win, whatever is asked for.
    let moved = early("years_forward = 2\n");
    assert_eq!(usual.len(), moved.len());
    for (a, b) in usual.iter().zip(&moved) {
        assert_eq!((a.0, a.1.add_days(-2)), *b);
    }
    // What is taken back comes on its own day, where it still can.
    let ended = early("years_forward = 2\nend = 2030-06-30\n");
    for (a, b) in usual.iter().zip(&ended).filter(|(a, _)| a.1 > day(2030, 7, 2)) {
        assert_eq!(a, b);
    }
}

#[test]
fn support_of_interfaces_counts_for_the_days_on_which_it_stands() {
    let tested = |months: u32, from: &str, end: &str| {
        let s = minimal(&format!(
            "[scenario]\nreview_months = {months}\n[levers.test.testbed]\nin_force = {from}\nend = {end}\n\
             growth_per_year = {{ fronthaul = 0.1 }}\noutlay = {{ payer = \"DEU\", usd_per_year = 0 }}\n"
        ));
        let (_, w) = watch(&s, 0);
        let on_the_day = w.reviews.iter().find(|(d, _)| *d == day(2021, 7, 1));
        on_the_day.expect("a review").1[0]
    };
    let gain =
        |months: u32, from: &str, end: &str| tested(months, from, end) - tested(months, "2030-01-01", "2030-01-02");
    // Two days around a review, and 88 between two.
    let (two, most) = (gain(3, "2020-12-31", "2021-01-02"), gain(3, "2021-01-02", "2021-03-31"));
    assert!(two > 0.0 && (43.0..45.0).contains(&(most / two)), "{two} {most}");
    // Rarer reviews make no difference but for the order of a release and the growth around it.
    let rarer = gain(6, "2021-01-02", "2021-03-31");
    assert!((rarer / most - 1.0).abs() < 0.02, "{rarer} {most}");
}

#[test]
fn royalties_cost_those_who_hold_no_patents() {
    let base = minimal("");
    let alpha = vendor(&base, "alpha");
    let ask = |keys: &str| minimal(&lever("royalties", keys));
    let of = |s: &Simulation| mean(s, |w| chance(w, alpha, 2022, 2036));
    assert!(
        of(&ask("portfolio = { alpha = 1 }\nrate_share = 0.05")) > of(&base),
        "who holds them pays nothing"
    );
    let control = ask("portfolio = { alpha = 0.5 }\nrate_share = 0\ncontrol_per_year = { fronthaul = 0.1 }");
    assert!(mean(&control, |w| maturity(w, 2027)) < mean(&base, |w| maturity(w, 2027)) - 0.01);
    assert_same_values(
        &base,
        &ask("portfolio = { alpha = 1 }\nrate_share = 0"),
        0,
        "nothing asked",
    );
}
