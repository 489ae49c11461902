//! What levers write on one day, against numbers worked by hand from what their docs say.

use crate::common::direction::{assert_same_values, chance, mean, minimal};
use crate::common::levers::NEIGHBOUR;
use crate::common::{assert_close, day, vendor};
use sim_core::calendar::Day;
use sim_core::lever::Moment;
use sim_core::market::posted::Posted;
use sim_core::run::Simulation;
use sim_core::world::outlay::Payee;
use sim_core::world::research::Research;
use sim_core::world::{BB, CORE, Layer, RU, State, VendorIx};

/// Two years are 730 or 731 days of 365.25 to the year.
const OF_DAYS: f64 = 2e-3;
/// The day on which the levers of these tests come into force.
const FROM: (i32, u8, u8) = (2021, 1, 1);

/// The first day of force of all levers of a world.
struct Desk<'a> {
    s: &'a Simulation,
    state: State,
}

impl<'a> Desk<'a> {
    /// The state before any lever.
    fn before(s: &'a Simulation) -> Self {
        let mut state = State::new(s.world(), &s.luck(0));
        state.today = day(FROM.0, FROM.1, FROM.2);
        Self { s, state }
    }

    /// Levers in force, in the order of the scenario.
    fn in_force(mut self) -> Self {
        for moment in [Moment::Announced, Moment::InForce] {
            for (i, named) in self.s.world().scenario.levers.iter().enumerate() {
                named.lever.act(i, moment, self.s.world(), &mut self.state);
            }
        }
        self
    }

    fn of(s: &'a Simulation) -> Self {
        Self::before(s).in_force()
    }

    /// A review of the levers on a day, after the last one.
    fn review(&mut self, on: Day) {
        let last = self.state.today;
        self.state.today = on;
        let posted = Posted::new(self.s.world(), &self.state);
        for (i, named) in self.s.world().scenario.levers.iter().enumerate() {
            named.lever.review(i, last, self.s.world(), &posted, &mut self.state);
        }
    }

    /// Sites that a vendor delivers until the next review.
    fn deliver(&mut self, vendor: &str, sites: f64) {
        let v = usize::from(self.vendor(vendor));
        self.state.volume[v] += sites;
    }

    fn vendor(&self, id: &str) -> VendorIx {
        vendor(self.s, id)
    }

    /// Months in the stockpile of alpha.
    fn months(&self) -> f64 {
        let months = self.state.supply.inventory_months(self.vendor("alpha"));
        months.expect("it is cut off")
    }

    /// All radio sites of a country are one vendor's.
    fn hand_all_to(&mut self, country: &str, vendor: &str) {
        let (world, v) = (self.s.world(), self.vendor(vendor));
        for (slot, info) in self.state.slots.iter_mut().zip(&world.slots) {
            let is_there = world.countries[info.country].id == country && info.layer != Layer::Core;
            if let Some(stack) = slot.stack.as_mut().filter(|_| is_there) {
                stack.seller = [v; 2];
            }
        }
    }

    /// Index of a country and of alpha in lists over countries and vendors.
    fn alpha_in(&self, country: &str) -> usize {
        let c = self.s.world().countries.iter().position(|c| c.id == country);
        self.state.conditions.at(c.expect("a country"), self.vendor("alpha"))
    }
}

fn cutoff(keys: &str) -> Simulation {
    minimal(&format!(
        "[levers.test.component_cutoff]\nin_force = 2021-01-01\nscope = {{ vendors = [\"alpha\"] }}\n{keys}\n"
    ))
}

/// Nothing comes from third parties or from home.
const FOR_GOOD: &str = "backfill_share = 0\nrecovery_per_year = 0\n";

#[test]
fn the_stockpile_is_what_networks_get_of_it_over_what_they_use() {
    // 12 months of usual use of all businesses; networks use half of it and get a quarter: 6 months of their own use.
    let stock = "inventory_months = 12\nnetwork_stock_share = 0.25\nnetwork_use_share = 0.5\n";
    assert_close(Desk::of(&cutoff(stock)).months(), 6.0, 1e-12, &"less than their part");
    let more = "inventory_months = 12\nnetwork_stock_share = 0.6\nnetwork_use_share = 0.2\n";
    assert_close(Desk::of(&cutoff(more)).months(), 36.0, 1e-12, &"more than their part");
    // Half a month's use a month, for the six months (183 days) of notice.
    let noticed = format!("announced = 2020-07-02\nstockpiling_months_per_month = 0.5\n{stock}");
    assert_close(Desk::of(&cutoff(&noticed)).months(), 9.0, 0.002, &"laid in before");
    let at_once = format!("stockpiling_months_per_month = 0.5\n{stock}");
    assert_close(Desk::of(&cutoff(&at_once)).months(), 6.0, 1e-12, &"without notice");
}

#[test]
fn the_stockpile_is_drawn_by_deliveries_over_usual_ones_and_by_what_is_missing() {
    let left = |keys: &str| {
        let s = cutoff(&format!("{FOR_GOOD}inventory_months = 12\n{keys}"));
        let mut desk = Desk::of(&s);
        desk.deliver("alpha", 1500.0);
        desk.review(day(2021, 4, 1));
        desk.months()
    };
    // 1,500 sites are three months of 6,000 a year, and six of 3,000.
    assert_close(left("usual_sites_per_year = 6000"), 9.0, 1e-12, &"as usual");
    assert_close(left("usual_sites_per_year = 3000"), 6.0, 1e-12, &"twice the usual");
    // Of what is used 0.5 x 0.8 x 0.5 = 0.2 no longer comes: 0.6 months of three.
    let part = "usual_sites_per_year = 6000\ntiers_share = 0.5\ncoalition_share = 0.8\nstrength = 0.5";
    assert_close(left(part), 11.4, 1e-12, &"a part comes");
    assert_close(
        left("usual_sites_per_year = 6000\ntiers_share = 0.5"),
        10.5,
        1e-12,
        &"half of the tiers",
    );
    assert_close(
        left("usual_sites_per_year = 6000\ncoalition_share = 0.8"),
        9.6,
        1e-12,
        &"most of the states",
    );
}

/// Cost factor, quality and months of delay of alpha's kit on a day, without a stockpile or with one that lasts.
fn shown(keys: &str, stock: f64, on: Day) -> [f64; 3] {
    let s = cutoff(&format!("inventory_months = {stock}\n{keys}"));
    let mut desk = Desk::of(&s);
    desk.review(on);
    let c = &desk.state.conditions;
    let v = usize::from(desk.vendor("alpha"));
    for k in [RU, BB, CORE] {
        assert_eq!(
            (c.cost[v][k], c.quality[v][k], c.wait[v][k]),
            (c.cost[v][RU], c.quality[v][RU], c.wait[v][RU])
        );
    }
    [c.cost[v][RU], c.quality[v][RU], 12.0 * c.wait[v][RU]]
}

#[track_caller]
fn assert_shown(found: [f64; 3], expected: [f64; 3], tolerance: f64) {
    for (x, y) in found.iter().zip(expected) {
        assert_close(*x, y, tolerance, &(found, expected));
    }
}

#[test]
fn what_is_missing_after_the_stock_out_costs_its_premium_and_its_loss() {
    // 0.4 of half of the kit is missing: 0.2 of it, at 60% more and 0.3 worse, in four fifths of the throughput: 4 months become 5.
    let keys = format!(
        "{FOR_GOOD}dependence_share = 0.5\ntiers_share = 0.5\ncoalition_share = 0.8\nscarcity_premium_share = 0.6\nscarcity_loss = 0.3\n"
    );
    let later = day(2023, 1, 1);
    assert_shown(shown(&keys, 0.0, later), [1.12, -0.06, 1.0], 0.005);
    assert_shown(shown(&keys, 600.0, later), [1.0, 0.0, 0.0], 1e-12);
}

#[test]
fn own_components_are_dearer_and_worse_as_far_as_they_have_come() {
    // Half of the gap closes in a year, three quarters in two: 0.75 of half of the kit at 40% more and 0.2 worse.
    let keys = "backfill_share = 0\nrecovery_per_year = 0.6931471805599453\ndependence_share = 0.5\n\
                indigenous_premium_share = 0.4\nindigenous_lag = 0.2\nscarcity_premium_share = 0\nscarcity_loss = 0\n";
    let later = day(2023, 1, 1);
    assert_shown(shown(keys, 600.0, later), [1.15, -0.075, 0.0], OF_DAYS);
    // Without a stockpile the quarter of the half that is still missing delays: 4 months x (1/8) / (7/8).
    assert_shown(shown(keys, 0.0, later), [1.15, -0.075, 4.0 / 7.0], 0.005);
}

#[test]
fn most_of_the_backfill_comes_in_its_years() {
    // Half of the backfill is kept away: half of the cut in the end, and 63.2% of that after its years.
    let cost = |years: f64, on: Day| {
        let keys = format!(
            "recovery_per_year = 0\nbackfill_share = 1\ncohesion_share = 0.5\nbackfill_years = {years}\n\
             dependence_share = 1\nscarcity_premium_share = 1\n"
        );
        shown(&keys, 0.0, on)[0]
    };
    assert_close(cost(2.0, day(2023, 1, 1)), 2.0 - 0.316_06, OF_DAYS, &"two years");
    assert_close(cost(4.0, day(2025, 1, 1)), 2.0 - 0.316_06, OF_DAYS, &"four years");
    assert_close(cost(0.01, day(2023, 1, 1)), 1.5, 1e-9, &"at once");
    assert!(
        cost(1.0, day(2023, 1, 1)) < cost(4.0, day(2023, 1, 1)) - 0.1,
        "later is worse"
    );
}

#[test]
fn the_lost_sales_of_allies_are_their_part_of_what_is_made() {
    // Alpha makes a site for 22,500 + 15,000 dollars, half of it of components; half of these are in question and 0.4 of them are
    // cut off: 0.1 of 37,500 dollars at 10,000 sites is 37.5 million, and half of it these states make good.
    let keys = "dependence_share = 0.5\ntiers_share = 0.5\ncoalition_share = 0.8\nsuppliers = { DEU = 0.5 }\ncompensation_share = 1\n";
    let paid = |parts: &str| {
        let s = cutoff(&format!("{keys}{parts}"));
        let mut desk = Desk::of(&s);
        desk.deliver("alpha", 10_000.0);
        desk.review(day(2021, 4, 1));
        desk.state.purse.outlay.of(0, None)
    };
    assert_close(paid("parts_share = 0.5"), 18.75, 1e-9, &"million dollars");
    assert_close(paid("parts_share = 0.2"), 7.5, 1e-9, &"fewer parts");
    assert_eq!(paid("parts_share = 0"), 0.0);
}

#[test]
fn a_cut_off_bites_by_the_tiers_and_the_states_that_it_covers() {
    let of = |share: &str| cutoff(&format!("{FOR_GOOD}inventory_months = 0\n{share}"));
    let (base, whole, tiers) = (minimal(""), of(""), of("tiers_share = 0.4"));
    let states = of("coalition_share = 0.4");
    let alpha = vendor(&base, "alpha");
    let [free, part, all] = [&base, &tiers, &whole].map(|s| mean(s, |w| chance(w, alpha, 2022, 2030)));
    assert!(all < part && part < free, "{all} {part} {free}");
    assert_same_values(&tiers, &states, 0, "what is covered is the product of the two");
    assert_same_values(&base, &of("tiers_share = 0"), 0, "no tier is forbidden");
    assert_same_values(&base, &of("coalition_share = 0"), 0, "nobody holds to it");
}

#[test]
fn a_country_that_is_supplied_by_the_target_takes_a_norm_over_more_slowly() {
    // Half of the gap (1 in Germany, 0 in the Netherlands) closes in a year; three quarters in two.
    let moved = |weight: f64, seller: &str| {
        let s = minimal(&format!(
            "{NEIGHBOUR}[levers.test.norms]\nin_force = 2021-01-01\nleaders = [\"DEU\"]\nrate_per_year = 0.6931471805599453\n\
             dependence_weight = {weight}\nscope = {{ vendors = [\"alpha\"], countries = [\"NLD\"] }}\n"
        ));
        let mut desk = Desk::of(&s);
        desk.hand_all_to("NLD", seller);
        desk.review(day(2023, 1, 1));
        desk.state.conditions.trust[desk.alpha_in("NLD")]
    };
    assert_close(moved(0.0, "alpha"), 0.75, OF_DAYS, &"dependence does not count");
    assert_close(moved(0.5, "alpha"), 0.5, OF_DAYS, &"at half the speed");
    assert_eq!(moved(1.0, "alpha"), 0.0, "wholly dependent");
    for weight in [0.5, 1.0] {
        assert_close(moved(weight, "beta"), 0.75, OF_DAYS, &"nothing depends on it");
    }
}

#[test]
fn counter_lobbying_works_most_where_the_target_is_depended_on() {
    let cut = |weight: f64| {
        let s = minimal(&format!(
            "{NEIGHBOUR}[levers.test.counter_lobbying]\nin_force = 2021-01-01\ncut_per_year = 0.04\nstrength = 0.5\n\
             dependence_weight = {weight}\nscope = {{ vendors = [\"alpha\"] }}\n"
        ));
        let mut desk = Desk::before(&s);
        desk.hand_all_to("DEU", "alpha");
        desk.hand_all_to("NLD", "beta");
        let mut desk = desk.in_force();
        let first = ["DEU", "NLD"].map(|c| desk.state.conditions.hazard[desk.alpha_in(c)]);
        // Read anew at each review.
        desk.hand_all_to("DEU", "beta");
        desk.review(day(2021, 4, 1));
        (first, desk.state.conditions.hazard[desk.alpha_in("DEU")])
    };
    for (weight, dependent, free) in [(1.0, -0.02, 0.0), (0.25, -0.02, -0.015), (0.0, -0.02, -0.02)] {
        let ([held, not_held], after) = cut(weight);
        assert_close(held, dependent, 1e-12, &weight);
        assert_close(not_held, free, 1e-12, &weight);
        assert_close(after, free, 1e-12, &"it has lost its customers");
    }
}

#[test]
fn a_coalition_presses_by_the_influence_of_who_has_a_rule_and_outsiders_feel_a_part() {
    let felt = |scope: &str, keys: &str| {
        let s = minimal(&format!(
            "{NEIGHBOUR}[levers.ban.procurement_ban]\nin_force = 2021-01-01\n\
             scope = {{ vendors = [\"alpha\"], countries = [\"NLD\"] }}\n\
             [levers.press.coalition_pressure]\nin_force = 2021-01-01\nh1_per_year = 0.2\n\
             scope = {{ vendors = [\"alpha\"], countries = [{scope}] }}\n{keys}\n"
        ));
        let mut desk = Desk::of(&s);
        desk.review(day(2021, 4, 1));
        ["DEU", "NLD"].map(|c| desk.state.conditions.hazard[desk.alpha_in(c)])
    };
    let both = "\"DEU\", \"NLD\"";
    #[track_caller]
    fn assert_felt(found: [f64; 2], expected: [f64; 2]) {
        for (x, y) in found.iter().zip(expected) {
            assert_close(*x, y, 1e-12, &(found, expected));
        }
    }
    // 12,000 of 47,000 sites.
    assert_felt(felt(both, ""), [0.2 * 12.0 / 47.0; 2]);
    // Three of four parts of the influence, and then all of it.
    assert_felt(felt(both, "influence = { NLD = 3, DEU = 1 }"), [0.15; 2]);
    assert_felt(felt(both, "influence = { NLD = 3 }"), [0.2; 2]);
    // Who is not of the coalition has no influence in it and feels its part.
    assert_felt(felt("\"NLD\"", ""), [0.0, 0.2]);
    assert_felt(felt("\"NLD\"", "outsiders_share = 0.25"), [0.05, 0.2]);
    assert_felt(
        felt("\"NLD\"", "outsiders_share = 1\ninfluence = { NLD = 1, DEU = 9 }"),
        [0.2; 2],
    );
}

fn merger(keys: &str) -> Simulation {
    minimal(&format!(
        "[research]\n[levers.test.merger]\nin_force = 2021-01-01\nbuyer = \"beta\"\ntarget = \"alpha\"\n{keys}\n"
    ))
}

#[test]
fn a_merger_makes_the_buyer_cheaper_by_its_synergy() {
    for (keys, factor) in [
        ("", 1.0),
        ("synergy_share = 0.2", 0.8),
        ("synergy_share = 0.2\nstrength = 0.5", 0.9),
    ] {
        let s = merger(keys);
        let desk = Desk::of(&s);
        for (v, cost) in desk.state.conditions.cost.iter().enumerate() {
            let expected = if v == usize::from(desk.vendor("beta")) {
                factor
            } else {
                1.0
            };
            for x in cost {
                assert_close(*x, expected, 1e-12, &keys);
            }
        }
    }
    // In the market a cheaper buyer sells more.
    let (none, some) = (merger(""), merger("synergy_share = 0.2"));
    let beta = vendor(&none, "beta");
    let [none, some] = [&none, &some].map(|s| mean(s, |w| chance(w, beta, 2022, 2036)));
    assert!(none < some, "{none} {some}");
}

#[test]
fn a_merger_adds_the_targets_income_for_research_to_the_buyers() {
    for (keys, moved) in [("", 1.0), ("strength = 0.25", 0.25)] {
        let s = merger(keys);
        let mut desk = Desk::before(&s);
        Research::begin(s.world(), &mut desk.state);
        let income = |desk: &Desk| {
            let research = desk.state.research.as_ref().expect("it is played");
            ["alpha", "beta", "gamma"].map(|v| research.income[usize::from(desk.vendor(v))])
        };
        let before = income(&desk);
        assert!(before[0] > 1e6 && before[1] > 1e6, "{before:?}");
        let after = income(&desk.in_force());
        assert_close(after[0], (1.0 - moved) * before[0], 1e-12, &keys);
        assert_close(after[1], before[1] + moved * before[0], 1e-12, &keys);
        assert_eq!(after[2], before[2]);
    }
}

fn equity(research: &str) -> Simulation {
    minimal(&format!(
        "[research]\n[levers.test.equity]\nin_force = 2021-01-01\ncost_of_capital_cut_per_year = 0\n\
         outlay = {{ payer = \"DEU\", usd_per_year = 1e9 }}\nscope = {{ vendors = [\"beta\", \"gamma\"] }}\n{research}\n"
    ))
}

#[test]
fn a_share_of_new_capital_is_research_of_those_who_get_it() {
    let s = equity("research_share = 0.6");
    let mut desk = Desk::of(&s);
    desk.review(day(2022, 1, 1));
    let funds = &desk.state.research.as_ref().expect("it is played").funds;
    // A year's billion: 600 million in two equal parts.
    for (v, musd) in [("alpha", 0.0), ("beta", 300.0), ("gamma", 300.0)] {
        assert_close(1e-6 * funds[usize::from(desk.vendor(v))], musd, OF_DAYS, &v);
    }
    let outlay = &desk.state.purse.outlay;
    assert_close(outlay.of(0, None), 1000.0, OF_DAYS, &"all of it is paid");
    assert_close(
        outlay.received(0, Payee::Works),
        600.0,
        OF_DAYS,
        &"and that part is used up",
    );
    assert_close(
        outlay.received(0, Payee::Sellers),
        400.0,
        OF_DAYS,
        &"the rest is theirs",
    );
    // In the market those who research more are the better ones.
    let (none, some) = (equity(""), equity("research_share = 0.6"));
    let beta = vendor(&none, "beta");
    let [none, some] = [&none, &some].map(|s| mean(s, |w| chance(w, beta, 2026, 2036)));
    assert!(none < some, "{none} {some}");
}
