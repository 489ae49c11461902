//! Levers that meet on one thing, and levers at the ends of the run.

use crate::common::levers::{EACH, example};
use crate::common::{
    MINIMAL, Table, Watch, assert_close, assert_same_record, behaviour, child, day, exactly, play, simulate, vendor,
    watch,
};
use sim_core::lever::Moment;
use sim_core::record::ReplicateRecord;
use sim_core::run::Simulation;
use sim_core::scenario;
use sim_core::world::Layer;

const REPLICATES: u64 = 3;

fn with(levers: &str) -> Simulation {
    simulate(&child(MINIMAL, levers))
}

/// Sum over all dates of public outlay in the radio network of the world, million dollars.
fn outlay(s: &Simulation, record: &ReplicateRecord) -> f64 {
    let all = Table { simulation: s, record }.world("public_outlay", "all");
    all.iter().skip(1).sum()
}

#[test]
fn states_that_subsidise_one_vendor_bear_together_what_one_would() {
    let subsidy = |name: &str, share: f64| {
        format!(
            "[levers.{name}.state_subsidy]\nin_force = 2020-01-01\nunit_cost_share = {share}\nscope = {{ vendors = [\"alpha\"] }}\n"
        )
    };
    let one = with(&subsidy("a", 0.75));
    let two = with(&format!("{}{}", subsidy("a", 0.5), subsidy("b", 0.5)));
    let uneven = with(&format!("{}{}", subsidy("a", 0.6), subsidy("b", 0.375)));
    for k in 0..REPLICATES {
        let [of_one, of_two, of_uneven] = [&one, &two, &uneven].map(|s| outlay(s, &play(s, k)));
        assert!(of_one > 1.0);
        assert_close(of_two, of_one, 1e-9, &"two that leave a half each");
        assert_close(of_uneven, of_one, 1e-9, &"two that leave .4 and .625");
    }
}

#[test]
fn what_falls_due_by_the_year_stands_in_the_year_in_which_it_falls_due() {
    let outlay_of = |keys: &str| {
        format!(
            "[levers.test.testbed]\nin_force = 2020-01-01\n{keys}[levers.test.testbed.outlay]\npayer = \"DEU\"\nusd_per_year = 1e8\n"
        )
    };
    let yearly = |s: &Simulation, k: u64| {
        let record = play(s, k);
        Table {
            simulation: s,
            record: &record,
        }
        .world("public_outlay", "all")[1..]
            .to_vec()
    };
    let whole = with(&outlay_of(""));
    for musd in yearly(&whole, 0) {
        assert_close(musd, 100.0, 3e-3, &"a year, leap year or not");
    }
    assert_close(yearly(&whole, 0).iter().sum(), 1600.0, 1e-12, &"sixteen years");
    // Reviews on days on which nothing is measured, and the other way round.
    let other = with(&format!("[scenario]\nreview_months = 5\n{}", outlay_of("")));
    assert_close(yearly(&other, 0).iter().sum(), 1600.0, 1e-12, &"other reviews");
    for (a, b) in yearly(&whole, 0).into_iter().zip(yearly(&other, 0)) {
        assert_close(a, b, 1e-12, &"other reviews");
    }
    let ended = with(&outlay_of("end = 2022-07-01\n"));
    let years: f64 = yearly(&ended, 0).iter().sum();
    let days = day(2020, 1, 1).days_until(day(2022, 7, 1));
    assert_close(years, f64::from(days) / 3.6525, 1e-12, &"to its end");
    let limited = with(&format!("{}budget_usd = 2.5e8\n", outlay_of("")));
    let spent = yearly(&limited, 0);
    assert_close(spent.iter().sum(), 250.0, 1e-12, &"a budget is spent once");
    assert_eq!(spent[3..].iter().sum::<f64>(), 0.0);
}

#[test]
fn a_total_cut_off_stops_sales_also_where_kit_is_delivered_on_the_day() {
    let cut = with(
        "[contract]\nlead_time_months = 0\n[levers.test.component_cutoff]\nin_force = 2022-01-01\ninventory_months = 0\ncritical_share = 1\nbackfill_share = 0\nrecovery_per_year = 0\nscope = { vendors = [\"alpha\"] }\n",
    );
    let alpha = vendor(&cut, "alpha");
    let sold = |w: &Watch, after: bool| {
        let of_alpha = |t: &&crate::common::Tender| crate::common::bought_from(t, alpha).contains(&true);
        let then = |t: &&crate::common::Tender| (t.day > day(2022, 4, 1)) == after;
        w.tenders.iter().filter(then).filter(of_alpha).count()
    };
    let seen: Vec<Watch> = (0..10).map(|k| watch(&cut, k).1).collect();
    assert!(seen.iter().any(|w| sold(w, false) > 0));
    assert!(seen.iter().all(|w| sold(w, true) == 0));
}

#[test]
fn what_answers_a_lever_that_ended_before_the_run_has_ended_too() {
    let past = "[levers.test.procurement_ban]\nannounced = 2018-01-01\nin_force = 2018-06-01\nend = 2019-06-01\nscope = { vendors = [\"gamma\"] }\n";
    let back = "[levers.back.retaliation]\nanswers = \"test\"\nscope = { vendors = [\"beta\"] }\n";
    let again = "[levers.again.retaliation]\nanswers = \"back\"\nscope = { vendors = [\"beta\"] }\n";
    // Whichever stands first.
    for levers in [format!("{past}{back}{again}"), format!("{again}{back}{past}")] {
        let s = with(&levers);
        let (record, w) = watch(&s, 0);
        for name in ["back", "again"] {
            let last = w.levers.iter().rfind(|l| l.1 == name).map(|l| (l.0, l.2));
            assert_eq!(last, Some((day(2020, 1, 1), Moment::End)), "{name}");
        }
        let alone = with(past);
        assert_eq!(behaviour(&s, &record), behaviour(&alone, &play(&alone, 0)));
    }
}

#[test]
fn a_flow_starts_nothing_on_the_first_day_on_which_there_is_none() {
    let s = with(
        "[levers.test.retaliation]\nwhen = { measure = \"public_outlay\", below = 1.0 }\nscope = { vendors = [\"beta\"] }\n",
    );
    let (_, w) = watch(&s, 0);
    assert_eq!(
        w.levers.first().map(|l| l.0),
        Some(day(2021, 1, 1)),
        "nothing was spent in the first year, as its end shows"
    );
}

#[test]
fn no_bill_is_paid_twice() {
    let refund = |name: &str, keys: &str| {
        format!(
            "[levers.{name}.reimbursement]\nin_force = 2021-01-01\nappropriations = [{{ date = 2021-01-01, usd = 1e12 }}]\n{keys}scope = {{ vendors = [\"alpha\"] }}\n"
        )
    };
    let ban = "[levers.ban.procurement_ban]\nannounced = 2021-01-01\nin_force = 2021-01-01\ndeadline = 2026-12-31\nscope = { vendors = [\"alpha\"] }\n";
    let refunds = |keys: &[&str]| {
        let levers: String = keys
            .iter()
            .enumerate()
            .map(|(i, k)| refund(&format!("r{i}"), k))
            .collect();
        with(&format!("{ban}{levers}"))
    };
    let one = refunds(&[""]);
    let cases = [
        (refunds(&["", ""]), 1.0),
        (refunds(&["share_of_bill = 0.7\n", "share_of_bill = 0.7\n", ""]), 1.0),
        (refunds(&["share_of_bill = 0.3\n", "share_of_bill = 0.4\n"]), 0.7),
    ];
    let credit = |name: &str, interest: f64| {
        format!(
            "[levers.{name}.export_credit]\nin_force = 2020-01-01\ninterest_per_year = {interest}\nscope = {{ vendors = [\"gamma\"] }}\n"
        )
    };
    let borrows = "[[country]]\nid = \"DEU\"\ncredit_eligible = true\n";
    let loan = with(&format!("{borrows}{}", credit("a", 0.01)));
    let loans = with(&format!(
        "{borrows}{}{}{}",
        credit("a", 0.03),
        credit("b", 0.01),
        credit("c", 0.01)
    ));
    for k in 0..REPLICATES {
        let whole = outlay(&one, &play(&one, k));
        assert!(whole > 1.0);
        for (i, (s, share)) in cases.iter().enumerate() {
            assert_close(outlay(s, &play(s, k)), share * whole, 1e-9, &("case", i));
        }
        let (a, b) = (play(&loan, k), play(&loans, k));
        assert_close(outlay(&loan, &a), outlay(&loans, &b), 1e-12, &"the best loan");
        assert_eq!(
            behaviour(&loan, &a),
            behaviour(&loans, &b),
            "of several loans the best counts"
        );
    }
}

#[test]
fn a_fund_whose_years_are_over_before_the_run_pays_nothing_and_in_its_last_year_one_part() {
    let fund = |in_force: &str| {
        with(&format!(
            "[levers.test.adoption_fund]\nin_force = {in_force}\nbudget_usd = 1e7\nbudget_years = 5\nshare_of_price = 0.5\n"
        ))
    };
    let (over, last) = (fund("2015-01-01"), fund("2015-01-02"));
    for k in 0..REPLICATES {
        assert_eq!(outlay(&over, &play(&over, k)), 0.0);
        assert_close(outlay(&last, &play(&last, k)), 2.0, 1e-9, &"a fifth of it");
    }
}

#[test]
fn levers_that_can_never_begin_are_told() {
    let answer = |name: &str, answered: &str| {
        format!("[levers.{name}.retaliation]\nanswers = \"{answered}\"\nscope = {{ vendors = [\"beta\"] }}\n")
    };
    let told = |levers: &str| match scenario::decode(&child(MINIMAL, levers)) {
        Ok(decoded) => (true, decoded.warnings.to_string()),
        Err(faults) => (false, faults.to_string()),
    };
    for ring in [
        answer("a", "b") + &answer("b", "a"),
        answer("a", "b") + &answer("b", "c") + &answer("c", "a"),
        // The first waits for a ring that it does not belong to.
        answer("x", "a") + &answer("a", "b") + &answer("b", "a"),
    ] {
        let (accepted, said) = told(&ring);
        assert!(
            !accepted && said.contains("`a` and what it answers wait for one another"),
            "{said}"
        );
    }
    let nil = "[levers.nil.retaliation]\nin_force = 2022-01-01\nstrength = 0\nscope = { vendors = [\"beta\"] }\n";
    let (accepted, said) = told(&(answer("a", "b") + &answer("b", "nil") + nil));
    assert!(accepted);
    for name in ["a", "b"] {
        assert!(
            said.contains(&format!("`nil` does nothing, so that `{name}` never begins")),
            "{said}"
        );
    }
    let real = nil.replace("strength = 0\n", "");
    assert_eq!(
        told(&(answer("a", "b") + &answer("b", "nil") + &real)),
        (true, String::new())
    );
}

#[test]
fn who_takes_over_sells_all_that_it_will_have_to_renew() {
    let told = |buyer: &str, target: &str, more: &str| {
        let lever =
            format!("[levers.test.merger]\nin_force = 2022-07-01\nbuyer = \"{buyer}\"\ntarget = \"{target}\"\n{more}");
        match scenario::decode(&child(MINIMAL, &lever)) {
            Ok(_) => String::new(),
            Err(faults) => faults.to_string(),
        }
    };
    let rad = "[[vendor]]\nid = \"rad\"\nname = \"Rad\"\nhome = \"USA\"\ngenerations = [\"4g\", \"5g\", \"6g\"]\nline = \"open\"\nru_usd_per_site = 20000\ncumulative_sites = 10000\n";
    assert!(told("gamma", "alpha", "").contains("`alpha` sells cores and `gamma` does not"));
    assert!(told("rad", "gamma", rad).contains("`gamma` sells basebands and `rad` does not"));
    assert_eq!(told("rad", "gamma", &format!("strength = 0\n{rad}")), "", "no lever");
    assert_eq!(told("beta", "alpha", ""), "");
    assert_eq!(told("alpha", "gamma", ""), "");
    let abroad = "[[vendor]]\nid = \"beta\"\nsells_in = [\"NLD\"]\n";
    let abroad = format!("{abroad}{}", crate::common::levers::NEIGHBOUR);
    let said = told("beta", "alpha", &abroad);
    assert!(said.contains("`alpha` sells in DEU and `beta` does not"), "{said}");
    assert_eq!(told("alpha", "beta", &abroad), "", "the other way round it may");
}

/// A key that a lever does not read would look like a narrower scope and be none.
#[test]
fn a_key_of_a_scope_that_a_lever_does_not_read_is_refused() {
    let told = |text: &str| match scenario::decode(&child(MINIMAL, text)) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string(),
    };
    let all = [
        ("countries", "DEU"),
        ("blocs", "west"),
        ("vendors", "alpha"),
        ("components", "bb"),
        ("generations", "6g"),
    ];
    for (kind, keys, more) in EACH {
        let base = child(MINIMAL, &example(kind, keys, more, ""));
        let reads = simulate(&base)
            .world()
            .scenario
            .levers
            .iter()
            .find(|l| l.name == "test")
            .map(|l| l.lever.reads());
        let reads = reads.expect("the example");
        for (key, id) in all {
            let narrowed = format!("[levers.test.{kind}.scope]\n{key} = [\"{id}\"]\n");
            let scoped = keys.contains("scope");
            // A table that stands in a line of its own cannot be opened again: the line takes the key.
            let text = if scoped {
                let line = keys.replace("scope = { ", &format!("scope = {{ {key} = [\"{id}\"], "));
                if keys.contains(&format!("{key} = [")) {
                    continue;
                }
                example(kind, &line, more, "")
            } else {
                example(kind, keys, &format!("{narrowed}{more}"), "")
            };
            let said = told(&text);
            let refused = said.contains(&format!("scope.{key}")) && said.contains("alone of a scope");
            let none = said.contains("reads no scope");
            assert_eq!(!reads.contains(&key), refused || none, "{kind} {key}: {said}");
        }
    }
    let preference = |key: &str| {
        told(&format!(
            "[levers.test.open_mandate]\nin_force = 2022-01-01\nmode = \"preference\"\nscope = {{ {key} }}\n"
        ))
    };
    assert!(preference("generations = [\"5g\"]").contains("reads `countries` and `blocs` alone of a scope"));
    assert_eq!(preference("countries = [\"DEU\"]"), "");
    let subsidy = |keys: &str| {
        told(&format!(
            "[levers.test.state_subsidy]\nin_force = 2022-01-01\n{keys}scope = {{ vendors = [\"alpha\"], components = [\"bb\"] }}\n"
        ))
    };
    assert!(subsidy("").contains("reads `vendors` alone of a scope"));
    assert_eq!(subsidy("unit_cost_share = 0\nshare_of_price = 0.1\n"), "");
}

#[test]
fn the_first_day_knows_what_answers_the_levers_of_that_day() {
    let feint =
        "[levers.a.retaliation]\nin_force = 2020-01-01\nadded_trust_weight = 0\nscope = { vendors = [\"alpha\"] }\n";
    let ban = |keys: &str| format!("{feint}[levers.b.procurement_ban]\n{keys}scope = {{ vendors = [\"alpha\"] }}\n");
    let dated = with(&ban("announced = 2020-01-01\nin_force = 2020-01-01\n"));
    let answering = with(&ban("answers = \"a\"\n"));
    assert_eq!(exactly(&dated.next_tenders()), exactly(&answering.next_tenders()));
    assert_ne!(exactly(&dated.next_tenders()), exactly(&with(feint).next_tenders()));
    for k in 0..REPLICATES {
        assert_same_record(&play(&dated, k), &play(&answering, k), "on the day or as an answer");
    }
}

/// Sales lost between the last review and a measurement, or the end of the rule, are made good like all others.
#[test]
fn what_suppliers_lose_is_booked_on_the_day_it_counts() {
    let made_good = |months: u32, end: &str| {
        with(&format!(
            "[scenario]\nreview_months = {months}\n[levers.test.component_cutoff]\nin_force = 2022-01-01\n{end}\
             inventory_months = 600\nindigenous_premium_share = 0\nindigenous_lag = 0\nsuppliers = {{ DEU = 1 }}\n\
             compensation_share = 1\nscope = {{ vendors = [\"alpha\"] }}\n"
        ))
    };
    for end in ["", "end = 2026-08-15\n"] {
        let s = made_good(5, end);
        let alpha = vendor(&s, "alpha");
        let parts = 0.272 * 0.5 * s.world().vendors[usize::from(alpha)].cost.iter().sum::<f64>();
        for k in 0..3 {
            let (record, seen) = watch(&s, k);
            let until = if end.is_empty() {
                s.world().end
            } else {
                day(2026, 8, 15)
            };
            let stood = seen
                .deliveries
                .iter()
                .filter(|(d, ..)| (day(2022, 1, 1)..=until).contains(d));
            let sites: f64 = stood
                .map(|(d, slot, stack)| {
                    let (info, new) = (&s.world().slots[*slot], [0, 1].map(|c| stack.installed[c] == *d));
                    let of_alpha = |c: usize| new[c] && stack.seller[c] == alpha && info.layer != Layer::Core;
                    (0..2)
                        .filter(|c| of_alpha(*c))
                        .map(|c| info.sites * info.weight[c])
                        .sum::<f64>()
                })
                .sum();
            assert!(sites > 0.0);
            assert_close(1e6 * outlay(&s, &record), parts * sites, 1e-9, &(end, k));
        }
    }
}
