//! Directions and limits of the levers that pay, each on its own mechanism, through runs of the smallest world.

use crate::common::{MINIMAL, Table, Tender, Watch, behaviour, child, day, play, simulate, vendor, watch};
use sim_core::calendar::Day;
use sim_core::draws::Luck;
use sim_core::lever::{Award, Moment};
use sim_core::market::switching::CONTRACT_BREAK;
use sim_core::market::value::grant_element;
use sim_core::run::Simulation;
use sim_core::world::outlay::Payee;
use sim_core::world::{Aid, Arch, BB, Layer, Lot, Part, RU, RuleScope, State};

const FROM: &str = "in_force = 2022-01-01\n";
const REPLICATES: u64 = 30;

/// A world with one lever, and more of the scenario.
fn with(kind: &str, keys: &str, more: &str) -> Simulation {
    simulate(&child(MINIMAL, &format!("[levers.test.{kind}]\n{keys}\n{more}\n")))
}

/// Mean over replicates of the sites of awards in the radio network after 2022 of which this is so, weighted.
fn awarded(s: &Simulation, weight: impl Fn(&Tender) -> f64) -> f64 {
    let world = s.world();
    let of = |w: &Watch| {
        let after = w
            .tenders
            .iter()
            .filter(|t| t.day >= day(2022, 1, 1) && world.slots[t.slot].layer != Layer::Core && t.bought().is_some());
        after.map(|t| weight(t) * world.slots[t.slot].sites).sum::<f64>()
    };
    (0..REPLICATES).map(|k| of(&watch(s, k).1)).sum::<f64>() / REPLICATES as f64
}

fn is_open(t: &Tender) -> f64 {
    let open = t.bought().is_some_and(|a| a.arch(t.old.as_ref()) != Arch::Closed);
    f64::from(u8::from(open))
}

fn sells(s: &Simulation, id: &str) -> impl Fn(&Tender) -> f64 {
    let v = vendor(s, id);
    move |t| crate::common::bought_from(t, v).iter().filter(|b| **b).count() as f64 / 2.0
}

/// Nothing that is measured differs between two worlds.
fn the_same(a: &Simulation, b: &Simulation, what: &str) {
    for k in 0..3 {
        assert_eq!(behaviour(a, &play(a, k)), behaviour(b, &play(b, k)), "{what}");
    }
}

fn base(more: &str) -> Simulation {
    simulate(&child(MINIMAL, more))
}

#[test]
fn an_adoption_fund_brings_open_stacks_and_an_empty_one_brings_nothing() {
    let keys = |share: f64, more: &str| format!("share_of_price = {share}\n{FROM}{more}");
    the_same(
        &base(""),
        &with("adoption_fund", &keys(0.0, ""), ""),
        "a share of nothing",
    );
    the_same(
        &base(""),
        &with("adoption_fund", &keys(0.3, "budget_usd = 0\n"), ""),
        "an empty fund",
    );
    let open = |share: f64, more: &str| awarded(&with("adoption_fund", &keys(share, more), ""), is_open);
    let [none, some, much] = [0.0, 0.1, 0.3].map(|share| open(share, ""));
    assert!(none < some && some < much, "{none} {some} {much}");
    let small = open(0.3, "budget_usd = 1e7\n");
    let large = open(0.3, "budget_usd = 1e8\n");
    assert!(
        none <= small && small < large && large <= much,
        "{none} {small} {large} {much}"
    );
}

#[test]
fn a_fund_is_released_by_year_and_never_spent_twice() {
    let s = with(
        "adoption_fund",
        &format!("share_of_price = 0.5\nbudget_usd = 3e6\nbudget_years = 3\n{FROM}"),
        "",
    );
    let world = s.world();
    let lever = &world.scenario.levers[0].lever;
    let mut state = State::new(world, &Luck::new(1, 0));
    state.today = day(2022, 1, 1);
    lever.act(0, Moment::InForce, world, &mut state);
    let posted = sim_core::market::posted::Posted::new(world, &state);
    let mut last = state.today;
    let lot = Lot {
        country: 0,
        layer: Layer::Ran(1),
        reference: [1e7, 0.0],
    };
    let mut spent = 0.0;
    for quarter in 0..20 {
        state.today = day(2022, 1, 1).add_months(3 * quarter);
        lever.review(0, last, world, &posted, &mut state);
        last = state.today;
        let paid = state.purse.pay(&lot, [Some(vendor(&s, "gamma")), None], |_, _| true);
        spent += paid[RU].iter().sum::<f64>();
        let years = f64::from((quarter / 4 + 1).min(3));
        assert_eq!(spent, years * 1e6, "quarter {quarter}");
    }
    crate::common::assert_close(state.purse.outlay.of(0, None), 3.0, 1e-12, &"million dollars");
}

/// Largest difference that a lever makes to the chances of all that is on offer in the tenders of a run; 1 where it makes another outcome.
fn difference(a: &Simulation, b: &Simulation, k: u64) -> f64 {
    let [a, b] = [a, b].map(|s| watch(s, k).1.tenders);
    if a.len() != b.len()
        || a.iter()
            .zip(&b)
            .any(|(a, b)| a.bought() != b.bought() || a.day != b.day)
    {
        return 1.0;
    }
    let chances = |t: &[Tender]| t.iter().flat_map(|t| t.probabilities.clone()).collect::<Vec<f64>>();
    let (a, b) = (chances(&a), chances(&b));
    assert_eq!(a.len(), b.len());
    a.iter().zip(&b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

#[test]
fn a_promise_moves_the_market_as_far_as_there_is_money_for_it() {
    for (kind, keys, more) in [
        ("adoption_fund", "share_of_price = 0.5\n", ""),
        ("virtualisation_support", "share_of_price = 0.5\n", ""),
        (
            "state_subsidy",
            "unit_cost_share = 0\nshare_of_price = 0.5\nscope = { vendors = [\"beta\"] }\n",
            "",
        ),
        (
            "export_credit",
            "interest_per_year = 0\nscope = { vendors = [\"beta\"] }\n",
            ELIGIBLE,
        ),
    ] {
        let fund = |budget: &str| with(kind, &format!("{FROM}{budget}{keys}"), more);
        let none = base(more);
        let (fifty, large) = (fund("budget_usd = 50\n"), fund("budget_usd = 1e12\n"));
        for k in 0..3 {
            let moved = difference(&none, &fifty, k);
            assert!(moved < 1e-4, "{kind}: 50 dollars move chances by {moved}");
        }
        assert!(
            (0..3).any(|k| difference(&none, &large, k) > 0.1),
            "{kind}: money without end"
        );
        // What nobody comes near to spending is no limit.
        let unlimited = fund("");
        assert_eq!(
            behaviour(&large, &play(&large, 0)),
            behaviour(&unlimited, &play(&unlimited, 0)),
            "{kind}"
        );
    }
}

#[test]
fn two_funds_pay_no_more_than_the_price() {
    let fund = |name: &str, share: f64| format!("[levers.{name}.adoption_fund]\n{FROM}share_of_price = {share}\n");
    let one = base(&fund("a", 1.0));
    let two = base(&format!("{}{}", fund("a", 1.0), fund("b", 1.0)));
    let spent = |s: &Simulation, k: u64| -> f64 {
        let record = play(s, k);
        Table {
            simulation: s,
            record: &record,
        }
        .world("public_outlay", "all")[1..]
            .iter()
            .sum()
    };
    for k in 0..3 {
        assert_eq!(difference(&one, &two, k), 0.0);
        assert_eq!(spent(&one, k), spent(&two, k));
    }
}

#[test]
fn support_of_virtualisation_brings_virtual_baseband() {
    let keys = |share: f64| format!("share_of_price = {share}\n{FROM}");
    the_same(
        &base(""),
        &with("virtualisation_support", &keys(0.0), ""),
        "a share of nothing",
    );
    let virtual_sites = |share: f64| {
        awarded(&with("virtualisation_support", &keys(share), ""), |t| {
            f64::from(u8::from(t.bought().is_some_and(|a| a.is_virtual && a.buys()[BB])))
        })
    };
    let [none, some, much] = [0.0, 0.15, 0.5].map(virtual_sites);
    assert!(none < some && some < much, "{none} {some} {much}");
}

const ELIGIBLE: &str = "[[country]]\nid = \"DEU\"\ncredit_eligible = true\n";

#[test]
fn export_credit_sells_what_it_finances_and_dear_credit_nothing() {
    let keys = |interest: f64| {
        format!("interest_per_year = {interest}\n{FROM}scope = {{ vendors = [\"beta\", \"gamma\"] }}\n")
    };
    // The buyers' own cost of capital is 7%.
    the_same(
        &base(ELIGIBLE),
        &with("export_credit", &keys(0.08), ELIGIBLE),
        "dear credit",
    );
    the_same(
        &base(""),
        &with("export_credit", &keys(0.0), ""),
        "a country that may not borrow",
    );
    let sold = |interest: f64| {
        let s = with("export_credit", &keys(interest), ELIGIBLE);
        awarded(&s, |t| sells(&s, "beta")(t) + sells(&s, "gamma")(t))
    };
    let [dear, usual, cheap] = [0.08, 0.031, 0.0].map(sold);
    assert!(dear < usual && usual < cheap, "{dear} {usual} {cheap}");
}

#[test]
fn a_buyer_takes_the_better_of_two_credits() {
    let own = "[vendor.credit]\ninterest = 0.05\ntenor_years = 8\nfinanced_share = 0.85\n";
    let vendors = format!("{ELIGIBLE}[[vendor]]\nid = \"beta\"\n{own}");
    let s = with(
        "export_credit",
        &format!(
            "interest_per_year = 0.02\ntenor_years = 8\ngrace_years = 0\n{FROM}scope = {{ vendors = [\"beta\", \"gamma\"] }}\n"
        ),
        &vendors,
    );
    let world = s.world();
    let mut state = State::new(world, &Luck::new(1, 0));
    world.scenario.levers[0]
        .lever
        .act(0, Moment::InForce, world, &mut state);
    let share = |id: &str| {
        state.purse.stated_shares(Part {
            country: 0,
            vendor: vendor(&s, id),
            what: RuleScope::of(Layer::Ran(1), BB),
        })[Aid::Loan as usize]
    };
    let grant = |interest: f64| 0.85 * grant_element(0.07, interest, 8.0, 0.0);
    crate::common::assert_close(share("gamma"), grant(0.02), 1e-12, &"no credit of its own");
    crate::common::assert_close(share("beta"), grant(0.02) - grant(0.05), 1e-12, &"the difference");
    assert_eq!(share("alpha"), 0.0);
}

/// Whoever lent it, credit is lost with the contract that it was taken with: by what was taken then, not by what is on offer when the
/// contract is broken.
#[test]
fn credit_is_lost_on_leaving_the_contract_that_it_came_with() {
    let ban = "[levers.ban.procurement_ban]\nannounced = 2024-06-01\nin_force = 2024-06-01\ndeadline = 2025-06-30\n\
               scope = { vendors = [\"gamma\"] }\n";
    let terms = "tenor_years = 8\nfinanced_share = 0.85\n";
    let own =
        format!("{ELIGIBLE}{ban}[[vendor]]\nid = \"gamma\"\n[vendor.credit]\ninterest = 0.0\ngrace_years = 0\n{terms}");
    let lever = |end: &str| {
        format!(
            "{ELIGIBLE}{ban}[levers.test.export_credit]\ninterest_per_year = 0.0\ngrace_years = 0\n{terms}\
             in_force = 2021-01-01\n{end}scope = {{ vendors = [\"gamma\"] }}\n"
        )
    };
    let (begin, end) = (day(2021, 1, 1), day(2023, 6, 1));
    let of_grant = 0.85 * grant_element(0.07, 0.0, 8.0, 0.0);
    assert!(of_grant > 0.1, "{of_grant}");
    let always = |_: Option<Day>| of_grant;
    let since = |award: Option<Day>| award.filter(|d| *d >= begin).map_or(0.0, |_| of_grant);
    let between = |award: Option<Day>| award.filter(|d| *d >= begin && *d < end).map_or(0.0, |_| of_grant);
    type Taken<'a> = &'a dyn Fn(Option<Day>) -> f64;
    let worlds: [(String, Taken<'_>); 3] = [
        (own, &always),
        (lever(""), &since),
        (lever("end = 2023-06-01\n"), &between),
    ];
    for (more, taken) in worlds {
        let s = base(&more);
        let world = s.world();
        let (gamma, contract) = (vendor(&s, "gamma"), &world.scenario.contract);
        let mut seen = [0; 2];
        for k in 0..REPLICATES {
            let (_, w) = watch(&s, k);
            for (i, t) in w.tenders.iter().enumerate().filter(|(_, t)| t.kind == "forced") {
                let (info, Some(old)) = (&world.slots[t.slot], t.old) else {
                    continue;
                };
                let leaves = t
                    .alternatives
                    .iter()
                    .position(|a| a.buys() == [true; 2] && (0..2).all(|k| a.seller[k] != old.seller[k]));
                let (Some(leaves), [true, true]) = (leaves, old.seller.map(|v| v == gamma)) else {
                    continue;
                };
                let mut broken = |k: usize| {
                    let before = w.tenders[..i].iter().rev().filter(|b| b.slot == t.slot);
                    let mut awards = before.filter(|b| b.bought().is_some_and(|a| a.buys()[k]));
                    let award = awards.find(|b| b.day < old.installed[k]).map(|b| b.day);
                    let left = (contract.term_years - old.installed[k].years_until(t.day)).max(0.0);
                    let grant = taken(award);
                    seen[usize::from(grant > 0.0 && left > 0.0)] += 1;
                    info.price * info.weight[k] * (contract.break_fee_share + grant) * left / contract.term_years
                };
                let expected = broken(RU) + broken(BB);
                crate::common::assert_close(t.bills[leaves][CONTRACT_BREAK], expected, 1e-9, &t.id);
            }
        }
        assert!(seen[1] > 5, "{seen:?}");
    }
}

#[test]
fn a_state_subsidy_sells_its_champion_and_is_passed_on_in_part() {
    let keys = |cost: f64, price: f64| {
        format!("unit_cost_share = {cost}\nshare_of_price = {price}\n{FROM}scope = {{ vendors = [\"alpha\"] }}\n")
    };
    the_same(&base(""), &with("state_subsidy", &keys(0.0, 0.0), ""), "nothing");
    let sold = |cost: f64, price: f64| {
        let s = with("state_subsidy", &keys(cost, price), "");
        awarded(&s, sells(&s, "alpha"))
    };
    let none = sold(0.0, 0.0);
    assert!(sold(0.1, 0.0) > none && sold(0.2, 0.0) > sold(0.1, 0.0));
    assert!(sold(0.0, 0.1) > none);
    // The same first tender in the same state: alpha's bid falls by a part of what the state bears.
    let (a, b) = (base(""), with("state_subsidy", &keys(0.1, 0.0), ""));
    let mut passed = Vec::new();
    for k in 0..REPLICATES {
        let first = |s: &Simulation| {
            watch(s, k)
                .1
                .tenders
                .into_iter()
                .find(|t| t.day >= day(2022, 1, 1) && t.kind == "renewal")
        };
        let (Some(x), Some(y)) = (first(&a), first(&b)) else {
            continue;
        };
        assert_eq!((&x.id, x.old), (&y.id, y.old), "the worlds have not parted yet");
        let alpha = vendor(&a, "alpha");
        let at = |t: &Tender| {
            t.alternatives
                .iter()
                .position(|z| z.seller == [alpha; 2] && z.buys() == [true; 2])
        };
        let (Some(i), Some(j)) = (at(&x), at(&y)) else { continue };
        let slot = &a.world().slots[x.slot];
        let borne = 0.1
            * slot.cost_scale
            * (a.world().vendors[usize::from(alpha)].cost[RU] + a.world().vendors[usize::from(alpha)].cost[BB]);
        passed.push((x.prices[i] - y.prices[j]) / borne);
    }
    assert!(passed.len() > 5, "{} tenders", passed.len());
    // A good part of it each time, and never all.
    assert!(
        passed.iter().all(|p| (0.3..1.0).contains(p)),
        "pass-through: {passed:?}"
    );
}

#[test]
fn what_a_state_bears_of_the_cost_is_booked_at_the_award() {
    let s = with(
        "state_subsidy",
        &format!("unit_cost_share = 0.2\n{FROM}scope = {{ vendors = [\"alpha\"] }}\n"),
        "",
    );
    let world = s.world();
    let mut state = State::new(world, &Luck::new(1, 0));
    let alpha = vendor(&s, "alpha");
    let award = Award {
        slot: 0,
        forced: false,
        old: None,
        seller: [alpha; 2],
        buys: [true; 2],
        arch: Arch::Closed,
        is_virtual: false,
        price: 50_000.0,
        cost: [16_000.0, 8_000.0],
        switching: 0.0,
    };
    world.scenario.levers[0].lever.awarded(0, &award, world, &mut state);
    // 24,000 is four fifths of the whole cost.
    crate::common::assert_close(
        1e6 * state.purse.outlay.received(0, Payee::Sellers),
        6_000.0 * world.slots[0].sites,
        1e-12,
        &"outlay",
    );
    // Its home is no country of this scenario: the state pays from abroad, and the buyer's country nothing.
    let abroad = world.countries.len();
    assert_eq!(state.purse.outlay.of(0, None), 0.0);
    assert_eq!(
        state.purse.outlay.of(abroad, None),
        state.purse.outlay.received(0, Payee::Sellers)
    );
}

const BAN: &str =
    "[levers.ban.procurement_ban]\nin_force = 2022-01-01\ndeadline = 2025-12-31\nscope = { vendors = [\"alpha\"] }\n";

/// Sites of alpha's radios that stand at the end of a day, mean over replicates.
fn standing(s: &Simulation, on: Day) -> f64 {
    let alpha = vendor(s, "alpha");
    let of = |k: u64| {
        let stacks = watch(s, k).1.stacks_at(s.world(), on);
        let slots = s.world().slots.iter().zip(stacks);
        let held = slots.filter(|(slot, x)| slot.layer != Layer::Core && x.is_some_and(|x| x.seller[RU] == alpha));
        held.map(|(slot, _)| slot.sites).sum::<f64>()
    };
    (0..10).map(of).sum::<f64>() / 10.0
}

fn refund(money: &str, patience: f64) -> Simulation {
    with(
        "reimbursement",
        &format!(
            "patience_years = {patience}\nappropriations = [{money}]\n{FROM}scope = {{ vendors = [\"alpha\"] }}\n"
        ),
        BAN,
    )
}

#[test]
fn with_money_from_the_start_nobody_waits() {
    let s = refund("{ date = 2022-01-01, usd = 1e12 }", 3.0);
    for k in 0..5 {
        let plain = base(BAN);
        assert_eq!(
            behaviour(&plain, &play(&plain, k)),
            behaviour(&s, &play(&s, k)),
            "a catalogue sum changes no choice"
        );
    }
}

#[test]
fn without_money_kit_stays_past_its_deadline_until_money_or_patience_ends() {
    let plain = base(BAN);
    let deadline = day(2025, 12, 31);
    let soon = refund("{ date = 2024-01-01, usd = 1e12 }", 50.0);
    let late = refund("{ date = 2028-01-01, usd = 1e12 }", 50.0);
    let never = refund("{ date = 2022-01-01, usd = 1 }", 3.0);
    assert!(
        standing(&late, deadline) > standing(&soon, deadline),
        "no money has come by the deadline"
    );
    assert!(standing(&late, deadline) > standing(&plain, deadline));
    let held = watch(&late, 0).1.held_back;
    assert!(
        !held.is_empty() && held.iter().all(|h| h.0 < day(2028, 1, 1) && h.2 > deadline),
        "and the trace says so"
    );
    assert!(watch(&plain, 0).1.held_back.is_empty());
    // Money came in 2028, patience ended in 2028: two years of crews later it is gone.
    for s in [&late, &never] {
        assert!(standing(s, day(2027, 12, 31)) > 0.0);
        assert_eq!(standing(s, day(2031, 12, 31)), 0.0);
    }
    let months = |s: &Simulation| {
        let of = |k| {
            let record = play(s, k);
            let table = Table {
                simulation: s,
                record: &record,
            };
            table.world("site_months_late", "all").iter().skip(1).sum::<f64>()
        };
        (0..10).map(of).sum::<f64>()
    };
    assert!(
        months(&late) > months(&soon) && months(&never) > months(&plain),
        "the delay is in the measure"
    );
}

#[test]
fn first_come_first_served_to_the_last_dollar() {
    let s = refund("{ date = 2022-01-01, usd = 1e8 }", 0.0);
    let world = s.world();
    let lever = world
        .scenario
        .levers
        .iter()
        .position(|l| l.name == "test")
        .expect("the lever");
    let mut state = State::new(world, &Luck::new(1, 0));
    state.today = day(2022, 1, 1);
    for (i, named) in world.scenario.levers.iter().enumerate() {
        named.lever.act(i, Moment::Announced, world, &mut state);
        named.lever.act(i, Moment::InForce, world, &mut state);
    }
    let (alpha, beta) = (vendor(&s, "alpha"), vendor(&s, "beta"));
    let slot = world.operators[0]
        .slots
        .clone()
        .find(|i| world.slots[*i].layer == Layer::Ran(0))
        .expect("a slot");
    let award = |old| Award {
        slot,
        forced: true,
        old: Some([old; 2]),
        seller: [beta; 2],
        buys: [true; 2],
        arch: Arch::Closed,
        is_virtual: false,
        price: 1.0,
        cost: [0.0; 2],
        switching: 10_000.0,
    };
    let info = &world.slots[slot];
    let bill = info.sites * (info.price + 10_000.0);
    let mut paid = 0.0;
    while paid < 1e8 {
        state.purse.repaid = [0.0; 3]; // another award
        world.scenario.levers[lever]
            .lever
            .awarded(lever, &award(alpha), world, &mut state);
        let now: f64 = 1e6
            * (0..world.countries.len())
                .map(|c| state.purse.outlay.of(c, None))
                .sum::<f64>();
        crate::common::assert_close(
            now,
            (paid + bill).min(1e8),
            1e-12,
            &"the catalogue sum, or what is left",
        );
        paid = now;
    }
    world.scenario.levers[lever]
        .lever
        .awarded(lever, &award(beta), world, &mut state);
    let after = 1e6
        * (0..world.countries.len())
            .map(|c| state.purse.outlay.of(c, None))
            .sum::<f64>();
    assert_eq!(after, paid, "kit of others is not paid for");
}
