//! Direction and limits of the levers on supply and research, in runs.

use crate::common::direction::{REPLICATES, assert_same_values, bought, chance, mean, minimal};
use crate::common::{MINIMAL, Watch, bought_from, child, day, exactly, vendor, watch};
use sim_core::lever::Moment;
use sim_core::market::posted::Posted;
use sim_core::run::Simulation;
use sim_core::world::{BB, CORE, Layer, NO_VENDOR, RU, State, VendorIx};

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
        "inventory_months = 0\nbackfill_share = 0\nrecovery_per_year = 0\ncritical_share = 1",
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
    for keys in [
        "inventory_months = 600",
        "inventory_months = 0\nbackfill_share = 0\nrecovery_per_year = 0",
    ] {
        let cut = minimal(&cutoff(&format!("dependence_share = 0\n{keys}")));
        for k in 0..3 {
            let [a, b] = [&base, &cut].map(|s| watch(s, k).1);
            assert_eq!(
                bought(&base, &a, alpha, 2020, 2036),
                bought(&cut, &b, alpha, 2020, 2036)
            );
            assert_eq!(exactly(&a.deliveries), exactly(&b.deliveries), "{keys}");
        }
    }
}

#[test]
fn a_tenth_of_a_vendors_components_is_no_stop_of_all_that_it_sells() {
    let base = minimal("");
    let alpha = vendor(&base, "alpha");
    let total = |keys: &str| {
        minimal(&cutoff(&format!(
            "inventory_months = 0\nbackfill_share = 0\nrecovery_per_year = 0\n{keys}"
        )))
    };
    let of = |s: &Simulation| mean(s, |w| chance(w, alpha, 2022, 2030));
    let few = "dependence_share = 0.1\n";
    let (free, tenth, all) = (
        of(&base),
        of(&total(few)),
        of(&total(&format!("{few}critical_share = 1\n"))),
    );
    assert_eq!(all, 0.0);
    assert!(0.25 * free < tenth && tenth < free, "{tenth} of {free}");
}

#[test]
fn after_the_stock_out_orders_come_later() {
    let days = |s: &Simulation| {
        let alpha = vendor(s, "alpha");
        let (mut sum, mut n) = (0.0, 0.0);
        for k in 0..REPLICATES {
            let (_, w) = watch(s, k);
            for t in w.tenders.iter().filter(|t| (2021..2029).contains(&t.day.year())) {
                if bought_from(t, alpha) != [false; 2] && s.world().slots[t.slot].layer != Layer::Core {
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
    let half = cutoff(
        "inventory_months = 0\nbackfill_share = 0\nrecovery_per_year = 0\nstrength = 0.5\ndependence_share = 0\ncritical_share = 1",
    );
    let (usual, late) = (days(&minimal("")), days(&minimal(&half)));
    assert!((100.0..140.0).contains(&(late - usual)), "{usual} and {late} days");
}

#[test]
fn waiting_for_components_is_recorded_as_delay() {
    let late = |s: &Simulation| {
        mean(s, |w| {
            w.tenders
                .iter()
                .filter(|t| t.day.year() >= 2021)
                .map(|t| t.months_late)
                .sum()
        })
    };
    let half = minimal(&cutoff(
        "inventory_months = 0\nbackfill_share = 0\nrecovery_per_year = 0\nstrength = 0.5\ndependence_share = 0\ncritical_share = 1",
    ));
    assert!(
        late(&half) > late(&minimal("")) + 4.0,
        "{} and {}",
        late(&half),
        late(&minimal(""))
    );
}

#[test]
fn what_cannot_be_played_is_refused() {
    use sim_core::run::{Options, Simulation};
    let refused = |text: &str, words: &str| {
        let fault = Simulation::new(&child(MINIMAL, text), Options::default())
            .expect_err("refused")
            .to_string();
        assert!(fault.contains(words), "{fault}");
    };
    let talent = "[levers.x.talent_restriction]\nin_force = 2021-01-01\nscope = { vendors = [\"alpha\"] }\n";
    refused(talent, "acts on research");
    refused(
        &format!("{talent}imposers = [\"NLD\"]\n{RESEARCH}"),
        "no vendor's home `NLD`",
    );
    refused(
        "[research]\nspillover_per_year = { CHM = 0.1 }\n",
        "no vendor's home `CHM`",
    );
    refused(
        &format!("{talent}strength = 0\nend = 2020-01-01\n"),
        "ends before it starts",
    );
    // At zero it needs no research.
    assert!(Simulation::new(&child(MINIMAL, &format!("{talent}strength = 0\n")), Options::default()).is_ok());
    let merger =
        |end: &str| format!("[levers.x.merger]\nin_force = 2021-01-01\nbuyer = \"beta\"\ntarget = \"beta\"\n{end}");
    refused(&merger(""), "take itself over");
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
        state.purse.outlay.clear();
        let last = state.today;
        state.today = today;
        state.volume[alpha] += sites;
        lever.review(0, last, world, &posted, state);
        1e6 * state.purse.outlay.of(0, None)
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

/// A cut-off of some products moves nothing of the others: no cost, quality or delivery of cores by one of radio parts, nor the other way.
#[test]
fn a_cut_off_moves_the_products_that_its_scope_names() {
    let keys = "inventory_months = 0\nbackfill_share = 0\nrecovery_per_year = 0.1\nindigenous_premium_share = 3\n\
                suppliers = { DEU = 1 }\ncompensation_share = 1\n";
    let of = |components: &str| {
        minimal(&format!(
            "[levers.test.component_cutoff]\nin_force = 2021-01-01\n\
             scope = {{ vendors = [\"alpha\"], components = [{components}] }}\n{keys}"
        ))
    };
    let (base, radio, core) = (minimal(""), of("\"ru\", \"bb\""), of("\"core\""));
    let held = |s: &Simulation, k: u64, layer_is_core: bool| -> Vec<String> {
        let (_, w) = watch(s, k);
        let of_layer = |slot: usize| (s.world().slots[slot].layer == Layer::Core) == layer_is_core;
        let tenders = w.tenders.iter().filter(|t| of_layer(t.slot)).map(exactly);
        let deliveries = w
            .deliveries
            .iter()
            .filter(|(_, slot, _)| of_layer(*slot))
            .map(|d| exactly(&d));
        tenders.chain(deliveries).collect()
    };
    for k in 0..3 {
        let [radios, cores] = [false, true].map(|is_core| held(&base, k, is_core));
        assert!(radios.len() > 20 && cores.len() > 4, "{} {}", radios.len(), cores.len());
        assert!(held(&radio, k, true) == cores, "replicate {k}: radio parts are cut off");
        assert!(held(&radio, k, false) != radios);
        assert!(
            held(&core, k, false) == radios,
            "replicate {k}: parts of cores are cut off"
        );
        assert!(held(&core, k, true) != cores);
    }
    // Parts of cores that are not sold are no parts of the radios that are delivered.
    let world = core.world();
    let lever = &world.scenario.levers[0].lever;
    let mut state = State::new(world, &core.luck(0));
    let posted = Posted::new(world, &state);
    state.today = day(2021, 1, 1);
    lever.act(0, Moment::InForce, world, &mut state);
    let alpha = usize::from(vendor(&core, "alpha"));
    let last = state.today;
    state.today = day(2021, 4, 1);
    state.volume[alpha] += 10_000.0;
    lever.review(0, last, world, &posted, &mut state);
    assert_eq!(state.purse.outlay.of(0, None), 0.0);
    assert_eq!(state.conditions.wait[alpha][..2], [0.0; 2]);
    assert!(state.conditions.wait[alpha][CORE] > 0.0 && state.conditions.cost[alpha][CORE] > 1.0);
}

/// Research moves the core by its own quality, not by that of the baseband.
#[test]
fn research_moves_each_product_by_its_own_quality() {
    let s = minimal(
        "[research]\ngeneration_levelling_share = 0.5\n[[vendor]]\nid = \"alpha\"\ncore_quality = 1.2\n\
         [[vendor]]\nid = \"beta\"\ncore_quality = 0.8\n",
    );
    let world = s.world();
    let mut state = State::new(world, &s.luck(0));
    let (alpha, beta) = (usize::from(vendor(&s, "alpha")), usize::from(vendor(&s, "beta")));
    let mut research = state.research.take().expect("it is played");
    research.level(world);
    research.show(world, &mut state.conditions);
    // Of those who sell a core, each loses half of its distance to the mean.
    let of_core = |v: usize| state.conditions.quality[v][CORE];
    assert!((of_core(alpha) + 0.1).abs() < 1e-12, "{}", of_core(alpha));
    assert!((of_core(beta) - 0.1).abs() < 1e-12, "{}", of_core(beta));
    assert!(state.conditions.quality[alpha][BB] > -0.09);
}

const RESEARCH: &str = "[research]\n";

/// Mean quality value of a vendor's bundles on offer in some years, over the price.
fn quality(s: &Simulation, w: &Watch, v: VendorIx, from: i32, to: i32) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for t in w.tenders.iter().filter(|t| (from..to).contains(&t.day.year())) {
        for (a, flows) in t.alternatives.iter().zip(&t.flows) {
            if a.seller == [v, v] && s.world().slots[t.slot].layer != Layer::Core {
                sum += flows[0] / s.world().slots[t.slot].price;
                n += 1.0;
            }
        }
    }
    assert!(n > 0.0, "it is on offer");
    sum / n
}

#[test]
fn limit_research_that_moves_nothing_changes_no_byte() {
    let off = minimal("");
    let on = minimal("[research]\nelasticity = 0\ngeneration_levelling_share = 0\n");
    for k in 0..3 {
        assert_same_values(&off, &on, k, "research without effect");
    }
}

#[test]
fn a_research_fund_buys_quality_and_sales_over_years() {
    let fund = |usd: &str| {
        minimal(&format!(
            "{RESEARCH}[levers.test.research_fund]\nin_force = 2021-01-01\nscope = {{ vendors = [\"beta\"] }}\noutlay = {{ payer = \"DEU\", usd_per_year = {usd} }}\n"
        ))
    };
    let (none, some, more) = (fund("0"), fund("1e8"), fund("1e9"));
    let beta = vendor(&none, "beta");
    let of = |s: &Simulation, from, to| mean(s, |w| quality(s, w, beta, from, to));
    let late = [&none, &some, &more].map(|s| of(s, 2029, 2036));
    assert!(late[0] < late[1] && late[1] < late[2], "{late:?}");
    assert!(
        late[2] - late[0] > of(&more, 2021, 2023) - of(&none, 2021, 2023),
        "it takes years"
    );
    let sold = [&none, &more].map(|s| mean(s, |w| chance(w, beta, 2026, 2036)));
    assert!(sold[0] < sold[1], "{sold:?}");
    // Nothing a year is no fund; without elasticity money is spent in vain.
    let base = minimal(RESEARCH);
    assert_same_values(&base, &none, 1, "a fund of nothing");
}

#[test]
fn a_talent_restriction_costs_the_target_and_the_imposer() {
    let with = |keys: &str| {
        minimal(&format!(
            "{RESEARCH}[levers.test.talent_restriction]\nin_force = 2021-01-01\nscope = {{ vendors = [\"alpha\"] }}\nimposers = [\"SWE\"]\n{keys}\n"
        ))
    };
    let (base, narrow, broad) = (
        minimal(RESEARCH),
        with("loss_share = 0.2\nown_loss_share = 0"),
        with("loss_share = 0.2\nown_loss_share = 0.1"),
    );
    let (alpha, beta) = (vendor(&base, "alpha"), vendor(&base, "beta"));
    let of = |s: &Simulation, v| mean(s, |w| quality(s, w, v, 2026, 2036));
    assert!(of(&narrow, alpha) < of(&base, alpha) - 0.05);
    assert!(of(&broad, beta) < of(&narrow, beta) - 0.02, "the imposer pays too");
    // All research lost: quality wears out at the rate of depreciation.
    let lost = with("loss_share = 1\nown_loss_share = 0");
    let (_, w) = watch(&lost, 0);
    assert!(quality(&lost, &w, alpha, 2034, 2036) < 0.2 * quality(&base, &watch(&base, 0).1, alpha, 2034, 2036));
}

#[test]
fn screening_stops_the_spill_over_that_runs_through_purchases_and_no_other() {
    let spill = "[research]\nspillover_per_year = { CHN = 0.3 }\n[[vendor]]\nid = \"alpha\"\nru_quality = 0.8\nbb_quality = 0.8\n";
    let none = "[research]\n[[vendor]]\nid = \"alpha\"\nru_quality = 0.8\nbb_quality = 0.8\n";
    let screen = |research: &str, share: &str| {
        minimal(&format!(
            "[levers.test.investment_screening]\nin_force = 2020-01-01\nscope = {{ vendors = [\"alpha\"] }}\nacquisition_share = {share}\n{research}"
        ))
    };
    let (free, part, all) = (minimal(spill), screen(spill, "0.5"), screen(spill, "1"));
    let alpha = vendor(&free, "alpha");
    let of = |s: &Simulation| mean(s, |w| quality(s, w, alpha, 2025, 2036));
    let [free, part, stopped] = [of(&free), of(&part), of(&all)];
    assert!(stopped < part && part < free, "{stopped} {part} {free}");
    // All of it stopped is a world without spill-over; and without spill-over there is nothing to screen.
    let never = minimal(none);
    assert_same_values(&never, &all, 0, "all stopped");
    assert_same_values(&never, &screen(none, "1"), 0, "nothing to screen");
}

#[test]
fn equity_cheapens_and_capital_restrictions_reach_listed_firms_alone() {
    let base = minimal("");
    let beta = vendor(&base, "beta");
    let of = |s: &Simulation| mean(s, |w| chance(w, beta, 2022, 2036));
    let equity = |cut: &str| {
        minimal(&format!(
            "[levers.test.equity]\nin_force = 2021-01-01\nscope = {{ vendors = [\"beta\"] }}\ncost_of_capital_cut_per_year = {cut}\noutlay = {{ payer = \"DEU\", usd_per_year = 1e8 }}\n"
        ))
    };
    assert!(of(&base) < of(&equity("0.05")));
    assert_same_values(&base, &equity("0"), 0, "capital that changes nothing");
    let paid = |outlay: &str| {
        minimal(&format!(
            "[levers.test.equity]\nin_force = 2021-01-01\nscope = {{ vendors = [\"beta\"] }}\ncost_of_capital_cut_per_year = 0.05\noutlay = {{ payer = \"DEU\", {outlay} }}\n"
        ))
    };
    assert_same_values(&base, &paid("usd_per_year = 0"), 0, "nothing a year");
    assert_same_values(&base, &paid("usd_per_year = 1e8, budget_usd = 0"), 0, "an empty budget");
    // Capital that was paid in stays, in proportion.
    let tenth = of(&paid("usd_per_year = 1e8, budget_usd = 1e7"));
    let whole = of(&paid("usd_per_year = 1e8, budget_usd = 1e8"));
    assert!(of(&base) < tenth && tenth < whole, "{tenth} {whole}");
    assert_eq!(whole, of(&equity("0.05")), "a year's outlay is all of it");
    let restricted = |listed: &str| {
        minimal(&format!(
            "[levers.test.capital_restriction]\nin_force = 2021-01-01\nscope = {{ vendors = [\"beta\"] }}\npremium_per_year = 0.05\n[[vendor]]\nid = \"beta\"\nlisted = {listed}\n"
        ))
    };
    assert!(of(&restricted("true")) < of(&base));
    assert_same_values(&base, &restricted("false"), 0, "a private vendor");
    // A dearer capital of operators moves them too: what lies ahead counts less.
    let operators = minimal(
        "[levers.test.capital_restriction]\nin_force = 2021-01-01\nscope = { vendors = [\"beta\"] }\npremium_per_year = 0.1\nlisted_operators = [\"north\", \"south\"]\n",
    );
    let kept = |s: &Simulation| {
        mean(s, |w| {
            w.tenders
                .iter()
                .filter(|t| t.day.year() > 2021 && t.bought().is_none())
                .count() as f64
        })
    };
    assert!(
        kept(&operators) > kept(&base),
        "{} and {}",
        kept(&operators),
        kept(&base)
    );
}

#[test]
fn after_a_merger_the_target_holds_and_sells_nothing_and_the_buyer_has_its_contracts() {
    let s = minimal("[levers.test.merger]\nin_force = 2023-01-01\nbuyer = \"beta\"\ntarget = \"alpha\"\n");
    let (alpha, beta) = (vendor(&s, "alpha"), vendor(&s, "beta"));
    let mut inherited = 0;
    for k in 0..5 {
        let (record, w) = watch(&s, k);
        for t in w.tenders.iter().filter(|t| t.day >= day(2023, 1, 1)) {
            assert_eq!(t.chance_of(alpha), 0.0, "replicate {k}: {}", t.id);
            assert!(
                t.old.is_none_or(|o| !o.holds(alpha)),
                "replicate {k}: {} still holds it",
                t.id
            );
        }
        inherited += (w.tenders.iter())
            .filter(|t| t.day.year() == 2023 && t.old.is_some_and(|o| o.holds(beta) && o.seller[RU] != NO_VENDOR))
            .count();
        let table = crate::common::Table {
            simulation: &s,
            record: &record,
        };
        let share = table.find(|x| {
            x.measure == "share_sites"
                && x.vendor == "alpha"
                && x.place == "world"
                && x.component == "ran"
                && x.generation == "all"
        });
        assert_eq!(table.at(s.dates().len() - 1, share), 0.0);
    }
    assert!(inherited > 0, "the buyer is the incumbent now");
    // Two sellers have become one: what is bid for falls to fewer hands.
    let base = minimal("");
    let price = |s: &Simulation| {
        mean(s, |w| {
            let paid: Vec<f64> = w
                .tenders
                .iter()
                .filter(|t| (2024..2034).contains(&t.day.year()))
                .filter_map(|t| match t.outcome {
                    sim_core::market::tender::Outcome::Award(a)
                        if s.world().slots[t.slot].layer != Layer::Core
                            && t.bought().is_some_and(|b| b.buys() == [true; 2]) =>
                    {
                        Some(t.prices[a] / s.world().slots[t.slot].price)
                    }
                    _ => None,
                })
                .collect();
            paid.iter().sum::<f64>() / paid.len() as f64
        })
    };
    assert!(price(&s) > price(&base), "{} and {}", price(&s), price(&base));
}

#[test]
fn suppliers_that_lose_sales_do_less_research_unless_they_are_compensated() {
    let with = |compensation: &str| {
        minimal(&format!(
            "{}[research]\nelasticity = 0.3\n[[vendor]]\nid = \"beta\"\nhome = \"DEU\"\n",
            cutoff(&format!(
                "suppliers = {{ DEU = 1 }}\ninventory_months = 600\nindigenous_premium_share = 0\nindigenous_lag = 0\nsupplier_research_share = 0.173\n{compensation}"
            ))
        ))
    };
    let (lost, made_good) = (with(""), with("compensation_share = 1"));
    let beta = vendor(&lost, "beta");
    let of = |s: &Simulation| mean(s, |w| quality(s, w, beta, 2022, 2030));
    assert!(of(&lost) < of(&made_good), "{} {}", of(&lost), of(&made_good));
}
