//! Directions and limits of the levers on the buyers' side that are rules, each on its own mechanism, through runs of the smallest world.

use crate::common::{MINIMAL, Tender, Watch, bought_from, child, day, exactly, play, simulate, vendor, watch};
use sim_core::calendar::Day;
use sim_core::draws::Luck;
use sim_core::lever::Moment;
use sim_core::market::alternatives::Kind;
use sim_core::market::tender::Outcome;
use sim_core::run::Simulation;
use sim_core::world::{Arch, BB, Layer, RU, Stack, State, VendorIx};

/// A world with one lever.
fn with(kind: &str, keys: &str) -> Simulation {
    simulate(&child(MINIMAL, &format!("[levers.test.{kind}]\n{keys}\n")))
}

/// Share of an operator's sites in the radio network at the end of a day at which this is so.
fn share_where(s: &Simulation, watch: &Watch, operator: usize, on: Day, so: impl Fn(&Stack) -> bool) -> f64 {
    let world = s.world();
    let stacks = watch.stacks_at(world, on);
    let (mut counted, mut all) = (0.0, 0.0);
    for slot in world.operators[operator].slots.clone() {
        if let (Layer::Ran(_), Some(stack)) = (world.slots[slot].layer, stacks[slot]) {
            all += world.slots[slot].sites;
            counted += if so(&stack) { world.slots[slot].sites } else { 0.0 };
        }
    }
    counted / all
}

/// Share of an operator's radio sites at which this is so of what stands or is on order: after some tenders, and what was switched off by
/// a day.
fn share_ordered(
    s: &Simulation,
    watch: &Watch,
    operator: usize,
    (tenders, on): (&[Tender], Day),
    so: impl Fn([VendorIx; 2], bool) -> bool,
) -> f64 {
    let world = s.world();
    let mut kit: Vec<Option<([VendorIx; 2], bool)>> = (world.slots.iter())
        .map(|slot| slot.initial.map(|x| (x.seller, x.is_open())))
        .collect();
    for t in tenders {
        if let Some(a) = t.bought() {
            kit[t.slot] = Some((a.seller, a.arch(t.old.as_ref()) != Arch::Closed));
        }
    }
    for (_, slot) in watch.switched_off.iter().filter(|(day, _)| *day <= on) {
        kit[*slot] = None;
    }
    let (mut counted, mut all) = (0.0, 0.0);
    for slot in world.operators[operator].slots.clone() {
        if let (Layer::Ran(_), Some((seller, is_open))) = (world.slots[slot].layer, kit[slot]) {
            all += world.slots[slot].sites;
            counted += if so(seller, is_open) {
                world.slots[slot].sites
            } else {
                0.0
            };
        }
    }
    counted / all
}

const CAP: &str =
    "in_force = 2022-01-01\ndeadline = 2026-12-31\nscope = { vendors = [\"alpha\"], components = [\"ru\", \"bb\"] }\n";

#[test]
fn above_a_cap_an_operator_sheds_by_the_deadline_and_no_more_than_it_must() {
    let base = simulate(&child(MINIMAL, ""));
    let alpha = vendor(&base, "alpha");
    let mut forced = Vec::new();
    for cap in [0.0, 0.35, 0.7, 1.0] {
        let s = with("share_cap", &format!("share_of_sites = {cap}\n{CAP}"));
        let (mut tenders, mut within) = (0, 0);
        for k in 0..10 {
            let (_, w) = watch(&s, k);
            let of = |t: &Tender| s.world().slots[t.slot].operator;
            tenders += w.tenders.iter().filter(|t| t.kind == "forced").count();
            for operator in 0..2 {
                for component in [RU, BB] {
                    let held = |on| share_where(&s, &w, operator, on, |x| x.seller[component] == alpha);
                    // What stands above the cap after the deadline was replaced late, and says so.
                    let late = w.tenders.iter().any(|t| {
                        of(t) == operator && t.kind == "forced" && t.months_late > 0.0 && t.day <= day(2026, 12, 31)
                    });
                    assert!(
                        held(day(2026, 12, 31)) <= cap + 1e-9 || late,
                        "cap {cap}, replicate {k}, operator {operator}: {}",
                        held(day(2026, 12, 31))
                    );
                    assert!(held(day(2028, 12, 31)) <= cap + 1e-9, "cap {cap}, replicate {k}");
                }
            }
            // From in force no award of its kit leaves the share above the cap: what stands is shed, what is bought is within it.
            for (i, t) in w.tenders.iter().enumerate() {
                let bought = bought_from(t, alpha);
                if t.day < day(2022, 1, 1) || s.world().slots[t.slot].layer == Layer::Core {
                    continue;
                }
                let operator = of(t);
                for component in [RU, BB].into_iter().filter(|c| bought[*c]) {
                    let until = (&w.tenders[..=i], t.day);
                    let share = share_ordered(&s, &w, operator, until, |seller, _| seller[component] == alpha);
                    assert!(share <= cap + 1e-9, "cap {cap}, replicate {k}: {} leaves {share}", t.id);
                    within += 1;
                }
            }
        }
        assert_eq!(within > 0, cap > 0.0, "cap {cap}: {within} awards within it");
        forced.push(tenders);
    }
    assert!(
        forced[0] > forced[1] && forced[1] > forced[2] && forced[3] == 0,
        "a tighter cap forces more: {forced:?}"
    );
}

/// Urban sites carry nine times the traffic of rural ones, and the younger generations stand mostly there.
const TRAFFIC: &str =
    "[[environment]]\nid = \"urban\"\ntraffic_weight = 1.8\n[[environment]]\nid = \"rural\"\ntraffic_weight = 0.2\n";

/// A cap, and a target, over traffic hold the share of traffic, whatever the share of sites.
#[test]
fn caps_and_targets_may_be_over_traffic() {
    let by_traffic = |s: &Simulation, w: &Watch, operator: usize, so: &dyn Fn(&Stack) -> bool| {
        let world = s.world();
        let stacks = w.stacks_at(world, day(2031, 12, 31));
        let (mut counted, mut all) = (0.0, 0.0);
        for slot in world.operators[operator].slots.clone() {
            if let (Layer::Ran(_), Some(stack)) = (world.slots[slot].layer, stacks[slot]) {
                let traffic = world.slots[slot].traffic(&world.scenario);
                all += traffic;
                counted += if so(&stack) { traffic } else { 0.0 };
            }
        }
        counted / all
    };
    let world = |kind: &str, keys: &str| simulate(&child(MINIMAL, &format!("{TRAFFIC}[levers.test.{kind}]\n{keys}\n")));
    let cap = world(
        "share_cap",
        &format!("share_of_sites = 1.0\nshare_of_traffic = 0.3\n{CAP}"),
    );
    let target = world(
        "open_mandate",
        "share_of_sites = 0.0\nshare_of_traffic = 0.5\nin_force = 2022-01-01\ndeadline = 2029-12-31\n",
    );
    let free = simulate(&child(MINIMAL, TRAFFIC));
    let alpha = vendor(&cap, "alpha");
    let mut above = 0;
    for k in 0..6 {
        let [a, b, c] = [&cap, &target, &free].map(|s| watch(s, k).1);
        for operator in 0..2 {
            let of_alpha = |x: &Stack| x.seller[RU] == alpha;
            let share = by_traffic(&cap, &a, operator, &of_alpha);
            assert!(share <= 0.3 + 1e-9, "replicate {k}: {share}");
            above += usize::from(by_traffic(&free, &c, operator, &of_alpha) > 0.3);
            let open = by_traffic(&target, &b, operator, &|x| x.arch != Arch::Closed);
            assert!(open >= 0.5 - 1e-9, "replicate {k}: {open}");
        }
    }
    assert!(above > 0, "without the cap some are above it");
    let loose = world(
        "share_cap",
        &format!("share_of_sites = 1.0\nshare_of_traffic = 1.0\n{CAP}"),
    );
    assert_eq!(exactly(&play(&free, 0).values), exactly(&play(&loose, 0).values));
}

#[test]
fn a_cap_of_one_changes_nothing() {
    let base = simulate(&child(MINIMAL, ""));
    let s = with("share_cap", &format!("share_of_sites = 1.0\n{CAP}"));
    for k in 0..5 {
        assert_eq!(
            exactly(&play(&base, k).values),
            exactly(&play(&s, k).values),
            "replicate {k}"
        );
    }
}

#[test]
fn the_oldest_kit_is_marked_to_go_and_only_as_much_as_is_needed() {
    let s = with("share_cap", &format!("share_of_sites = 0.35\n{CAP}"));
    let (world, alpha) = (s.world(), vendor(&s, "alpha"));
    let mut state = State::new(world, &Luck::new(1, 0));
    world.scenario.levers[0]
        .lever
        .act(0, Moment::Announced, world, &mut state);
    let north = world.operators[0].slots.clone();
    let mut marks = vec![None; north.len()];
    state.quotas.mark(world, &state, 0, &mut marks);
    let of = |marked: bool| {
        let slots = north.clone().zip(&marks).filter(move |(_, m)| m.is_some() == marked);
        slots.filter_map(|(i, _)| {
            Some((
                world.slots[i].sites,
                state.slots[i].stack.filter(|x| x.seller[RU] == alpha)?,
            ))
        })
    };
    let goes: f64 = of(true).map(|(sites, _)| sites).sum();
    let stays: f64 = of(false).map(|(sites, _)| sites).sum();
    assert!(stays <= 0.35 * (goes + stays), "{stays} of {} may stay", goes + stays);
    let smallest = of(true).map(|(sites, _)| sites).fold(f64::INFINITY, f64::min);
    assert!(stays + smallest > 0.35 * (goes + stays), "one slot fewer would not do");
    let youngest = of(true).map(|(_, x)| x.installed[RU]).max();
    let oldest = of(false).map(|(_, x)| x.installed[RU]).min();
    assert!(youngest < oldest, "{youngest:?} goes, {oldest:?} stays");
    assert!(marks.iter().flatten().all(|m| m.deadline == day(2026, 12, 31)));
}

#[test]
fn where_nobody_else_sells_kit_runs_on_past_its_date_and_that_is_recorded() {
    let all = "in_force = 2022-01-01\ndeadline = 2026-12-31\nscope = { vendors = [\"alpha\", \"beta\", \"gamma\"] }\n";
    for (kind, keys) in [
        ("procurement_ban", all.to_owned()),
        ("share_cap", format!("share_of_sites = 0.0\n{all}")),
    ] {
        let s = with(kind, &keys);
        let (_, w) = watch(&s, 0);
        let relaxed = w.tenders.iter().filter(|t| t.outcome == Outcome::Relaxed).count();
        assert!(relaxed > 0, "{kind}: the kit that must go cannot");
        let later = w.tenders.iter().filter(|t| t.day >= day(2022, 6, 1) && t.old.is_some());
        assert!(
            later.clone().count() > 0 && later.clone().all(|t| t.bought().is_none()),
            "{kind}"
        );
        assert!(w.tenders.len() < 1000, "{kind}: {} tenders", w.tenders.len());
    }
}

const FROM: &str = "in_force = 2022-01-01\n";
const REPLICATES: u64 = 30;

/// Mean over replicates of what is counted in a run.
fn mean(s: &Simulation, count: impl Fn(&Watch) -> f64) -> f64 {
    (0..REPLICATES).map(|k| count(&watch(s, k).1)).sum::<f64>() / REPLICATES as f64
}

/// Sites bought from a vendor after 2022 in a layer, by one operator or all.
fn bought_in(s: &Simulation, w: &Watch, v: VendorIx, layer: Option<Layer>, operator: Option<usize>) -> f64 {
    let world = s.world();
    let counts = |t: &&Tender| {
        let slot = &world.slots[t.slot];
        t.day >= day(2022, 1, 1)
            && layer.is_none_or(|l| slot.layer == l)
            && operator.is_none_or(|o| slot.operator == o)
            && slot.layer != Layer::Core
    };
    let parts = |t: &Tender| bought_from(t, v).iter().filter(|b| **b).count() as f64;
    w.tenders
        .iter()
        .filter(counts)
        .map(|t| parts(t) / 2.0 * world.slots[t.slot].sites)
        .sum()
}

/// Nothing that is measured differs from a world without the lever.
fn does_nothing(kind: &str, keys: &str) {
    let (base, s) = (simulate(&child(MINIMAL, "")), with(kind, keys));
    for k in 0..3 {
        assert_eq!(
            exactly(&play(&base, k).values),
            exactly(&play(&s, k).values),
            "{kind}: {keys}"
        );
    }
}

#[test]
fn a_licence_condition_keeps_buyers_from_listed_vendors_and_a_high_value_excludes_them() {
    let keys = |value: f64| {
        format!("spectrum_value_share = {value}\n{FROM}scope = {{ vendors = [\"alpha\"], generations = [\"5g\"] }}\n")
    };
    does_nothing("licence_condition", &keys(0.0));
    let bought = [0.0, 0.05, 0.2].map(|value| {
        let s = with("licence_condition", &keys(value));
        let alpha = vendor(&s, "alpha");
        mean(&s, |w| bought_in(&s, w, alpha, Some(Layer::Ran(1)), None))
    });
    assert!(bought[0] > bought[1] && bought[1] > bought[2], "{bought:?}");
    let s = with("licence_condition", &keys(20.0));
    let alpha = vendor(&s, "alpha");
    for k in 0..5 {
        let (_, w) = watch(&s, k);
        let five_g = |t: &&Tender| s.world().slots[t.slot].layer == Layer::Ran(1) && t.day >= day(2022, 1, 1);
        assert!(
            w.tenders.iter().filter(five_g).all(|t| t.chance_of(alpha) < 1e-9),
            "excluded de facto"
        );
    }
}

#[test]
fn a_subsidy_bar_moves_those_who_live_on_public_money() {
    let keys = |most: f64| {
        format!("lost_support_share = 0.3\nmost_subscribers_m = {most}\n{FROM}scope = {{ vendors = [\"alpha\"] }}\n")
    };
    does_nothing("subsidy_bar", &keys(1.0));
    let (base, s) = (simulate(&child(MINIMAL, "")), with("subsidy_bar", &keys(16.0)));
    let alpha = vendor(&s, "alpha");
    // South has 15 million subscribers, North 20.
    let change = |operator: usize| {
        let with = mean(&s, |w| bought_in(&s, w, alpha, None, Some(operator)));
        let without = mean(&base, |w| bought_in(&base, w, alpha, None, Some(operator)));
        with / without - 1.0
    };
    let (north, south) = (change(0), change(1));
    assert!(south < -0.2, "south buys {south} more");
    assert!(north.abs() < 0.1, "north is not concerned: {north}");
}

#[test]
fn under_a_mandate_nothing_closed_is_bought_and_after_the_deadline_nothing_closed_stands() {
    let s = with(
        "open_mandate",
        &format!("mode = \"mandate\"\ndeadline = 2029-12-31\n{FROM}"),
    );
    for k in 0..10 {
        let (_, w) = watch(&s, k);
        let radio = |t: &&Tender| s.world().slots[t.slot].layer != Layer::Core && t.day >= day(2022, 1, 1);
        for t in w.tenders.iter().filter(radio) {
            assert!(
                t.alternatives.iter().all(|a| a.kind != Kind::Closed),
                "replicate {k}: {}",
                t.id
            );
        }
        for operator in 0..2 {
            let closed = share_where(&s, &w, operator, day(2031, 12, 31), |x| x.arch == Arch::Closed);
            assert_eq!(closed, 0.0, "replicate {k}, operator {operator}");
        }
    }
}

#[test]
fn a_target_is_met_by_its_deadline_and_not_much_earlier_than_it_must() {
    does_nothing(
        "open_mandate",
        &format!("share_of_sites = 0.0\ndeadline = 2029-12-31\n{FROM}"),
    );
    let mut forced = Vec::new();
    for target in [0.3, 0.6, 0.9] {
        let s = with(
            "open_mandate",
            &format!("share_of_sites = {target}\ndeadline = 2026-12-31\n{FROM}"),
        );
        let mut tenders = 0;
        for k in 0..10 {
            let (_, w) = watch(&s, k);
            let of = |t: &Tender| s.world().slots[t.slot].operator;
            tenders += w.tenders.iter().filter(|t| t.kind == "forced").count();
            for operator in 0..2 {
                let open = |on| share_where(&s, &w, operator, on, Stack::is_open);
                let late = w
                    .tenders
                    .iter()
                    .any(|t| of(t) == operator && t.months_late > 0.0 && t.day <= day(2026, 12, 31));
                assert!(
                    open(day(2026, 12, 31)) >= target - 1e-9 || late,
                    "target {target}, replicate {k}, operator {operator}: {}",
                    open(day(2026, 12, 31))
                );
                for year in [2028, 2032, 2034] {
                    // A generation that is switched off takes its open sites along; what stands in for them is on order by then.
                    let until = day(year, 12, 31);
                    let held = w.tenders.partition_point(|t| t.day <= until);
                    let share = share_ordered(&s, &w, operator, (&w.tenders[..held], until), |_, is_open| is_open);
                    assert!(
                        share >= target - 1e-9,
                        "target {target}, replicate {k}, {year}: {share}"
                    );
                }
            }
        }
        forced.push(tenders);
    }
    assert!(
        forced[0] <= forced[1] && forced[1] < forced[2],
        "a higher target forces more: {forced:?}"
    );
}

#[test]
fn a_preference_turns_awards_from_closed_bundles() {
    let keys = |handicap: f64| format!("mode = \"preference\"\nhandicap_share = {handicap}\n{FROM}");
    does_nothing("open_mandate", &keys(0.0));
    let closed = |s: &Simulation| {
        mean(s, |w| {
            let after = w.tenders.iter().filter(|t| t.day >= day(2022, 1, 1));
            let sites = |t: &Tender| s.world().slots[t.slot].sites;
            let is_closed = |t: &&Tender| {
                s.world().slots[t.slot].layer != Layer::Core && t.bought().is_some_and(|a| a.kind == Kind::Closed)
            };
            after.filter(is_closed).map(sites).sum()
        })
    };
    let [none, some, much] = [0.0, 0.05, 0.2].map(|h| closed(&with("open_mandate", &keys(h))));
    assert!(none > some && some > much, "{none} {some} {much}");
    // Once all sell open parts, nobody buys a bundle that counts 20 times its price.
    assert_eq!(closed(&with("open_mandate", &keys(20.0))), 0.0);
}

#[test]
fn retaliation_costs_the_vendor_that_it_hits_sales() {
    let keys = |weight: f64| format!("added_trust_weight = {weight}\n{FROM}scope = {{ vendors = [\"beta\"] }}\n");
    does_nothing("retaliation", &keys(0.0));
    let sold = |weight: f64| {
        let s = with("retaliation", &keys(weight));
        let beta = vendor(&s, "beta");
        mean(&s, |w| bought_in(&s, w, beta, None, None))
    };
    let [none, some, much, all] = [0.0, 2.0, 6.0, 100.0].map(sold);
    assert!(none > some && some > much && much > all, "{none} {some} {much} {all}");
    assert_eq!(all, 0.0, "shut out");
}

#[test]
fn a_protected_market_buys_from_its_own() {
    // Beta's home is the country itself; the others are foreign.
    let home = "[[vendor]]\nid = \"beta\"\nhome = \"DEU\"\n";
    let world = |share: f64| {
        simulate(&child(
            MINIMAL,
            &format!(
                "[levers.test.home_protection]\npreference_share = {share}\n{FROM}scope = {{ countries = [\"DEU\"] }}\n{home}"
            ),
        ))
    };
    let sold = |share: f64, id: &str| {
        let s = world(share);
        let v = vendor(&s, id);
        mean(&s, |w| bought_in(&s, w, v, None, None))
    };
    assert!(sold(0.1, "beta") > sold(0.0, "beta"));
    assert!(sold(0.1, "alpha") < sold(0.0, "alpha"));
    // Not quite nothing: a champion that is alone raises its price until mu / (1 - S) is what the preference leaves it.
    let (closed, open) = (sold(20.0, "alpha"), sold(0.0, "alpha"));
    assert!(closed < 0.02 * open, "{closed} of {open}");
}
