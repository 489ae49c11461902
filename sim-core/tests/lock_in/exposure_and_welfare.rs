//! Exposure (L8), welfare (L9) and which series there are, through the run.

use crate::common::by_part::{BAN, ByPart, DELAY, by_part};
use crate::common::market_day::MarketDay;
use crate::common::{MINIMAL, Table, WORLD, assert_close, child, play, simulate, simulate_all, vendor};
use sim_core::measure::{CATALOGUE, Cell, Component, Cube, Recorded, View};
use sim_core::world::Layer;
use sim_core::world::outlay::{Network, Payee};

/// W = CS + PS + G + X = benefits - resources + X, in every place and year, with removals, fees and credit.
#[test]
fn welfare_is_the_same_by_who_gains_and_by_what_is_used_up() {
    let credit = "[[country]]\nid = \"DEU\"\ncredit_eligible = true\n";
    for changes in [DELAY.to_owned(), format!("{DELAY}{BAN}{credit}")] {
        let simulation = simulate_all(&child(MINIMAL, &changes));
        let record = play(&simulation, 1);
        let mut delayed = 0.0;
        for date in 1..simulation.dates().len() {
            for (key, p) in by_part(&simulation, &record, "welfare", date) {
                let who = p["consumers"] + p["producers"] + p["government"] + p["externalities"];
                let what = p["benefits"] - p["resources"] + p["externalities"];
                let scale = p.values().fold(1.0_f64, |m, x| m.max(x.abs()));
                assert!((p["all"] - who).abs() < 1e-9 * scale, "{key:?} {date}: {p:?}");
                assert!((p["all"] - what).abs() < 1e-9 * scale, "{key:?} {date}: {p:?}");
                delayed += p["externalities"];
            }
        }
        assert!(delayed < 0.0, "security and delay cost something");
    }
}

/// Every dollar that an operator pays a seller is a seller's, and what sellers gain is what `vendor_profit` says, discounted.
#[test]
fn profits_of_sellers_add_up_to_the_producers_part_of_welfare() {
    let simulation = simulate_all(&child(MINIMAL, BAN));
    let record = play(&simulation, 0);
    let table = Table {
        simulation: &simulation,
        record: &record,
    };
    let rho: f64 = simulation.world().scenario.market.social_discount_rate;
    let (profit, producers) = (table.world("vendor_profit", "all"), table.world("welfare", "producers"));
    let dates = simulation.dates();
    for d in 1..dates.len() {
        let middle = dates[0].years_until(dates[d - 1]) + dates[d - 1].years_until(dates[d]) / 2.0;
        assert_close(profit[d] * libm::exp(-rho * middle), producers[d], 1e-12, &d);
    }
    let each: f64 = ["alpha", "beta", "gamma"]
        .iter()
        .map(|id| {
            table.at(
                5,
                table.find(|k| {
                    k.measure == "vendor_profit" && k.place == "world" && k.vendor == *id && k.component == "ran"
                }),
            )
        })
        .sum();
    assert_close(each, profit[5], 1e-12, &"each");
}

/// Ages, keeps and shares are what they can be; nothing is stranded unless somebody is forced out; a ban strands kit.
#[test]
fn renewals_and_write_offs_are_possible_and_come_from_force() {
    let total = |changes: &str| {
        let simulation = simulate_all(&child(MINIMAL, changes));
        let record = play(&simulation, 0);
        let table = Table {
            simulation: &simulation,
            record: &record,
        };
        for x in table.world("mean_age_at_renewal", "all") {
            assert!(x.is_nan() || (0.0..30.0).contains(&x), "age {x}");
        }
        for measure in [
            "keep_rate",
            "inefficient_switching",
            "handicapped_retention",
            "inefficient_retention",
        ] {
            for (s, key) in simulation
                .series()
                .iter()
                .enumerate()
                .filter(|(_, k)| k.measure == measure)
            {
                for d in 0..simulation.dates().len() {
                    let x = table.at(d, s);
                    assert!(x.is_nan() || (0.0..=1.0 + 1e-12).contains(&x), "{key:?}: {x}");
                }
            }
        }
        let stranded: f64 = table
            .world("stranded_value", "all")
            .iter()
            .filter(|x| !x.is_nan())
            .sum();
        stranded
    };
    let (free, banned) = (total(DELAY), total(&format!("{DELAY}{BAN}")));
    assert!(banned > free + 1.0, "stranded without a ban {free}, with it {banned}");
}

/// L8 on the first day: what goes at its own end costs the wedge of that day; an early deadline costs more; crews set the time.
#[test]
fn leaving_early_costs_more_and_takes_the_time_of_the_crews() {
    let simulation = simulate_all(&child(MINIMAL, "[supply]\nsites_per_crew_week = 0.4\n"));
    let record = play(&simulation, 0);
    let world = simulation.world();
    let alpha = vendor(&simulation, "alpha");
    let costs = by_part(&simulation, &record, "exit_cost", 0);
    let years = by_part(&simulation, &record, "exit_years", 0);
    let of = |all: &ByPart, place: &str| -> Vec<f64> {
        all.iter()
            .find(|(k, _)| k.place == place && k.vendor == "alpha" && k.component == "ran")
            .map(|(_, parts)| parts.values().copied().collect())
            .expect("a series of alpha")
    };
    let (cost, time) = (of(&costs, "world"), of(&years, "world"));
    assert_eq!(cost.len(), 5, "deadlines within fifteen years and a day");
    assert!(
        cost.windows(2).all(|w| w[0] > w[1] - 1e-9),
        "later is cheaper: {cost:?}"
    );
    assert!(cost.iter().all(|x| *x > 0.0), "{cost:?}");
    // By hand: sites of alpha whose life ends after the deadline, by operator.
    let deadlines = sim_core::measure::exit_deadlines(world.start, world.end);
    for (d, deadline) in deadlines.iter().enumerate() {
        let mut last = 0.0_f64;
        for (o, operator) in world.operators.iter().enumerate() {
            let (mut sites, mut natural) = (0.0, 0.0_f64);
            for slot in world.slots.iter().filter(|s| s.operator == o && s.layer != Layer::Core) {
                let Some(stack) = slot.initial.filter(|s| s.seller[1] == alpha) else {
                    continue;
                };
                let end = 8.0 - stack.installed[1].years_until(world.start);
                if end.max(0.0) <= world.start.years_until(*deadline) {
                    natural = natural.max(end);
                } else {
                    sites += slot.sites;
                }
            }
            let days = f64::from(world.lead_days) + (sites / operator.sites_per_day).ceil();
            let forced = (days / 365.25).max(world.start.years_until(*deadline));
            last = last.max(if sites > 0.0 { forced } else { natural });
        }
        assert!(
            (time[d] - last).abs() < 0.01,
            "{deadline}: {} years, not {last}",
            time[d]
        );
    }
    assert!(
        time[0] > world.start.years_until(deadlines[0]),
        "the crews are too few for the first"
    );
}

/// Where nobody else may sell there is no bill for leaving: the cost is undefined, and the share that it leaves out says why.
#[test]
fn sites_without_a_way_out_are_told_beside_the_cost() {
    let others = r#"
[levers.others.procurement_ban]
in_force = 2020-01-01
scope = { vendors = ["beta", "gamma"] }
"#;
    let asked = "[measures]\nextra = [\"exit_cost\", \"exit_blocked_share\"]\n";
    for (changes, vendor, share) in [("", "alpha", 0.0), (others, "alpha", 1.0), (others, "beta", 0.0)] {
        let simulation = simulate(&child(MINIMAL, &format!("{asked}{changes}")));
        let record = play(&simulation, 0);
        let read = |measure: &str, date: usize| {
            let all = by_part(&simulation, &record, measure, date);
            let mut of = all.iter().filter(|(k, _)| k.place == "world" && k.vendor == vendor);
            let (_, parts) = of.next().expect("a series");
            parts.values().copied().next_back().expect("a part")
        };
        assert_eq!(read("exit_blocked_share", 1), share, "{vendor} {changes}");
        assert_eq!(read("exit_cost", 1).is_nan(), share == 1.0, "{vendor} {changes}");
    }
}

/// What is read of a whole cross is possible, with open stacks, partial renewals and removals.
#[test]
fn probabilities_and_exits_stay_in_their_range() {
    let simulation = simulate_all(&child(MINIMAL, &format!("[scenario]\nend = 2042-12-31\n{BAN}")));
    let record = play(&simulation, 5);
    let table = Table {
        simulation: &simulation,
        record: &record,
    };
    let mut seen = 0;
    for (s, key) in simulation.series().iter().enumerate() {
        let range = match key.measure {
            "state_dependence" => -1.0..=1.0,
            "share_traffic" => 0.0..=1.0 + 1e-12,
            "exit_blocked_share" => 0.0..=1.0,
            "exit_years" => 0.0..=60.0,
            "restore_months" => 4.0..=400.0,
            "ban_hazard" => 0.0..=0.1,
            _ => continue,
        };
        for d in 0..simulation.dates().len() {
            let x = table.at(d, s);
            assert!(x.is_nan() || range.contains(&x), "{key:?}: {x}");
            seen += usize::from(!x.is_nan());
        }
    }
    assert!(seen > 500, "{seen} values");
    // A rule once announced is feared.
    let fear = table.find(|k| k.measure == "ban_hazard" && k.place == "DEU" && k.vendor == "alpha");
    assert_eq!((table.at(0, fear), table.at(3, fear)), (0.015, 0.10));
}

/// What is asked for and does not exist is refused with the nearest name.
#[test]
fn a_measure_that_does_not_exist_is_refused_with_a_hint() {
    let document = child(MINIMAL, "[measures]\nextra = [\"state_dependance\"]\n");
    let faults = sim_core::scenario::decode(&document).expect_err("refused").to_string();
    assert!(
        faults.contains("measures.extra") && faults.contains("`state_dependence`"),
        "{faults}"
    );
}

/// The default is small: [measures] asks for more.
#[test]
fn the_reference_world_records_at_most_thirty_thousand_values() {
    let simulation = simulate(&child(WORLD, ""));
    let values = simulation.series().len() * simulation.dates().len();
    assert!(values <= 30_000, "{values} values a replicate");
    // Every measure that is cheap has a row at least.
    for m in CATALOGUE
        .iter()
        .filter(|m| !matches!(m.recorded, Recorded::Never | Recorded::ByName))
    {
        assert!(simulation.series().iter().any(|k| k.measure == m.name), "{}", m.name);
    }
    let asked = simulate(&child(WORLD, "[measures]\nextra = [\"welfare\"]\n"));
    let blocs = asked
        .series()
        .iter()
        .filter(|k| k.measure == "welfare" && k.place_kind == "bloc");
    assert!(blocs.count() >= 8, "what is asked for is recorded in full");
}

/// What costs much is recorded only where it is asked for, and asking changes nothing else.
#[test]
fn extra_series_change_no_other_value() {
    let plain = simulate(&child(MINIMAL, ""));
    let extra = simulate(&child(
        MINIMAL,
        "[measures]\nextra = [\"state_dependence\", \"exit_cost\", \"exit_years\"]\n",
    ));
    assert!(extra.series().len() > plain.series().len());
    let (a, b) = (play(&plain, 1), play(&extra, 1));
    let mut compared = 0;
    for (s, key) in plain.series().iter().enumerate() {
        let t = extra.series().iter().position(|k| k == key).expect("still there");
        for d in 0..plain.dates().len() {
            let (x, y) = (
                a.values[d * plain.series().len() + s],
                b.values[d * extra.series().len() + t],
            );
            assert!(
                x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan(),
                "{key:?}: {x} {y}"
            );
            compared += 1;
        }
    }
    assert!(compared > 1000);
}

/// Public money is a transfer, or a resource where it pays for work; it is told by lever and place.
#[test]
fn public_money_is_nobodys_gain_but_what_it_pays_for_is_used_up() {
    let simulation = simulate(&child(MINIMAL, BAN));
    let mut day = MarketDay::first(&simulation, 0);
    for (payee, musd) in [(Payee::Operators, 5.0), (Payee::Sellers, 3.0), (Payee::Works, 2.0)] {
        day.state
            .purse
            .outlay
            .spend(&[(0, 1.0)], 0, 0, (Network::Radio, payee), musd);
    }
    let cube = Cube::new(day.world, false);
    let view = View {
        world: day.world,
        cube: &cube,
        posted: &day.posted,
        state: &day.state,
        exits: None,
        everyone: &[0, 1, 2],
        country_sites: &[1.0],
        discount: 0.5,
    };
    let read = |name: &str, part: usize, place: usize| {
        let (rank, measure) = CATALOGUE
            .iter()
            .enumerate()
            .find(|(_, m)| m.name == name)
            .expect("listed");
        let cell = Cell {
            measure: rank,
            component: Component::Ran,
            generation: None,
            place,
            vendors: vec![0, 1, 2],
            part,
        };
        (measure.value)(&view, &cell)
    };
    let whole = usize::MAX;
    assert_eq!(
        (read("public_outlay", whole, 0), read("public_outlay", 0, 0)),
        (10.0, 10.0)
    );
    assert!(read("public_outlay", whole, day.world.first_operator_place).is_nan());
    // Halved by the discount: consumers, producers, government, externalities, benefits, resources.
    let parts: Vec<f64> = (0..6).map(|part| read("welfare", part, 0)).collect();
    for (part, expected) in parts.iter().zip([2.5, 1.5, -5.0, 0.0, 0.0, 1.0]) {
        assert_close(*part, expected, 1e-12, &parts);
    }
    assert_close(read("welfare", whole, 0), -1.0, 1e-12, &"what the works cost");
}
