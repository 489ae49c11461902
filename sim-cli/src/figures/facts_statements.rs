//! The statements of `18-facts`: what history showed, and the number of the model that answers.

use sim_core::market::foresight::equal_sellers::{EqualSellers, EqualSellersError, sign_map};
use sim_core::market::foresight::game::Solver;
use sim_core::market::foresight::outlook::LookAhead;

use super::estimates::{CAP, EARLY, REFRESH, REMOVAL, STOP};

/// A number of a run that a statement is about.
pub(super) struct Number {
    pub measure: &'static str,
    pub vendor: &'static str,
    pub place: (&'static str, &'static str),
    pub part: &'static str,
    /// The end of a year; with a year before it, the change since the end of that.
    pub year: i32,
    pub since: Option<i32>,
}

/// Bills of two rules, each beyond that of its own base, to the end of a year.
pub(super) struct Bills {
    /// World and bloc of the lesser.
    pub from: (&'static str, &'static str),
    /// World and bloc of the greater.
    pub to: (&'static str, &'static str),
    /// The greater is compared with so many times the lesser.
    pub times: f64,
    pub year: i32,
}

/// What answers a statement.
pub(super) enum Source {
    /// The first world.
    Run(Number),
    /// Two worlds against their bases.
    Bills(Bills),
    /// A function of the model, in units of mu; exact.
    Theory(fn() -> Result<f64, EqualSellersError>),
}

/// What the number must be for the statement to hold.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    Above(f64),
    Below(f64),
}

/// One statement about history.
pub(super) struct Statement {
    /// Names it in the numbers beside the figure.
    pub id: &'static str,
    /// The fact that it belongs to.
    pub fact: &'static str,
    pub text: &'static str,
    pub history: &'static str,
    pub source: Source,
    pub bound: Bound,
    /// Mechanism suspected where it does not hold.
    pub remark: &'static str,
}

const WORLD: (&str, &str) = ("world", "world");
const EX_CHINA: (&str, &str) = ("world_ex_china", "world_ex_china");

const fn at(measure: &'static str, vendor: &'static str, place: (&'static str, &'static str), year: i32) -> Number {
    Number {
        measure,
        vendor,
        place,
        part: "all",
        year,
        since: None,
    }
}

const fn part(number: Number, part: &'static str) -> Number {
    Number { part, ..number }
}

const fn change(number: Number, since: i32) -> Number {
    Number {
        since: Some(since),
        ..number
    }
}

/// Switching cost of the statements of theory, in mu: about that of a wedge of three eighths of a price and mu of .075.
const DEAR: f64 = 5.0;
/// Patience of sellers a contract cycle, where a statement is of patient ones.
const PATIENT: f64 = 0.9;

/// Change of the mean price that attached buyers of a duopoly pay by a switching cost.
fn price_change(patience: f64) -> Result<f64, EqualSellersError> {
    let cells = sign_map(2, &[DEAR], &[patience], &mut Solver::default())?;
    Ok(cells.first().map_or(f64::NAN, |cell| cell.change))
}

/// What half the switching cost gives new and attached buyers of a duopoly over their lives: at frozen prices and at those that follow.
fn gains(
    read: fn(&sim_core::market::foresight::equal_sellers::BuyerOutcome) -> f64,
) -> Result<[f64; 2], EqualSellersError> {
    let look = LookAhead {
        weight: 1.0,
        rate: 0.09,
    };
    let patience = look.discount(0.0, 8.0);
    let mut solver = Solver::default();
    let mut market = |switching_cost: f64| {
        let market = EqualSellers {
            sellers: 2,
            switching_cost,
            patience,
        };
        market.prices(&mut solver)
    };
    let (frozen, following) = (market(DEAR)?, market(DEAR / 2.0)?);
    let before = read(&frozen.met_with(DEAR, patience));
    let gain = |prices: sim_core::market::foresight::equal_sellers::RolePrices| {
        read(&prices.met_with(DEAR / 2.0, patience)) - before
    };
    Ok([gain(frozen), gain(following)])
}

pub(super) const STATEMENTS: [Statement; 18] = [
    Statement {
        id: "1a",
        fact: "1 Retention",
        text: "In 2019 over a tenth of awarded sites went to the incumbent although the same buyer without kit would have chosen another",
        history: "Sellers kept far more than price and quality explain",
        source: Source::Run(part(at("handicapped_retention", "all", WORLD, 2019), "with_shocks")),
        bound: Bound::Above(0.1),
        remark: "the anchor between generations and work on site weigh too little against lasting tastes",
    },
    Statement {
        id: "1b",
        fact: "1 Retention",
        text: "In 2020 the seller of a site’s 4G won its first 5G more often than not",
        history: "5G on 4G favours the incumbent (F223)",
        source: Source::Run(at("anchor_rate", "all", WORLD, 2020)),
        bound: Bound::Above(0.5),
        remark: "the anchor between generations weighs too little against other sellers’ bids",
    },
    Statement {
        id: "2a",
        fact: "2 Huawei",
        text: "Its share of sales outside China falls from 2019 to 2022",
        history: "23% to 21% by 2020 (F015, F016)",
        source: Source::Run(change(at("share_sales", "huawei", EX_CHINA, 2022), 2019)),
        bound: Bound::Below(0.0),
        remark: "distrust and fear of a ban weigh little against its price outside the countries with a rule",
    },
    Statement {
        id: "2b",
        fact: "2 Huawei",
        text: "Its share of world sales loses less than three points in 2020",
        history: "32% to 33% (F001, F002)",
        source: Source::Run(change(at("share_sales", "huawei", WORLD, 2020), 2019)),
        bound: Bound::Above(-0.03),
        remark: "China's first 5G tenders are too small, or too early, in the run",
    },
    Statement {
        id: "3",
        fact: "3 Ahead of a ban",
        text: "Its share of British sales falls in 2020, when the ban is announced and not yet in force",
        history: "Orders went elsewhere from July 2020 (F202, F258)",
        source: Source::Run(change(at("share_sales", "huawei", ("bloc", "uk"), 2020), 2019)),
        bound: Bound::Below(0.0),
        remark: "few tenders fall into one year of one country; the fear of removal before a rule is small",
    },
    Statement {
        id: "4a",
        fact: "4 Open networks",
        text: "Under 1% of sites are open at the end of 2020",
        history: "Under 1% (F126)",
        source: Source::Run(at("open_share_specified", "all", WORLD, 2020)),
        bound: Bound::Below(0.01),
        remark: "sites that stand open at the start and the entrants' pace of building",
    },
    Statement {
        id: "4b",
        fact: "4 Open networks",
        text: "A burst: the open share of sales rises from 2019 to 2022",
        history: "Doubled in 2021 and again in 2022, over 5% then (F129, F132, F131)",
        source: Source::Run(change(at("open_share_sales", "all", WORLD, 2022), 2019)),
        bound: Bound::Above(0.0),
        remark: "entrants build too late or too little",
    },
    Statement {
        id: "4d",
        fact: "4 Open networks",
        text: "A dip when the entrants’ build-outs end: the open share of sales is lower in 2024 than in 2022",
        history: "Sales fell in 2023 and forecasts with them (F154, F156)",
        source: Source::Run(change(at("open_share_sales", "all", WORLD, 2024), 2022)),
        bound: Bound::Below(0.0),
        remark: "large sellers open their lines on dates that are typed in, at no cost, and buyers take them for the option to leave",
    },
    Statement {
        id: "4c",
        fact: "4 Open networks",
        text: "Radio and baseband of two sellers stay under 5% of sites in 2025",
        history: "Growth was led by awards to one seller",
        source: Source::Run(at("open_share_multi_vendor", "all", WORLD, 2025)),
        bound: Bound::Below(0.05),
        remark: "integration and operation of two sellers cost too little in the run",
    },
    Statement {
        id: "5a",
        fact: "5 Cost of rules",
        text: "A British purchase stop on top of the cap costs more than the cap alone, by 2027",
        history: "GBP 0.5 bn for BT’s cap, then more (F300, F301)",
        source: Source::Bills(Bills {
            from: CAP,
            to: STOP,
            times: 1.0,
            year: 2027,
        }),
        bound: Bound::Above(0.0),
        remark: "the stop bites where the cap has cleared already, and other sellers bid nearly as low",
    },
    Statement {
        id: "5b",
        fact: "5 Cost of rules",
        text: "Removal by 2027 costs more than the purchase stop",
        history: "Up to GBP 2 bn in all (F298)",
        source: Source::Bills(Bills {
            from: STOP,
            to: REMOVAL,
            times: 1.0,
            year: 2027,
        }),
        bound: Bound::Above(0.0),
        remark: "most kit reaches its end before the deadline",
    },
    Statement {
        id: "5c",
        fact: "5 Cost of rules",
        text: "Early removal in Europe costs more than twice what removal at the end of life does, by 2030",
        history: "EUR 55 bn or USD 3.5 bn: mostly due anyway, or not (F305, F308, F309)",
        source: Source::Bills(Bills {
            from: REFRESH,
            to: EARLY,
            times: 2.0,
            year: 2030,
        }),
        bound: Bound::Above(0.0),
        remark: "kit that goes early saves its own renewal later",
    },
    Statement {
        id: "6a",
        fact: "6 Openness is not diversity",
        text: "The open share of sites rises from 2020 to 2025",
        history: "It rose until 2022 (F128 to F132)",
        source: Source::Run(change(at("open_share_specified", "all", WORLD, 2025), 2020)),
        bound: Bound::Above(0.0),
        remark: "nobody but the entrants buys open",
    },
    Statement {
        id: "6b",
        fact: "6 Openness is not diversity",
        text: "Concentration of sites rises over the same years",
        history: "It can: sales rose by about half in HHI from 2000 to 2019 (F365)",
        source: Source::Run(change(at("hhi_sites", "all", WORLD, 2025), 2020)),
        bound: Bound::Above(0.0),
        remark: "rules take sites from the largest seller",
    },
    Statement {
        id: "7a",
        fact: "7 Price level",
        text: "Switching costs raise the mean price of a duopoly whose sellers do not look ahead (change in mu)",
        history: "Theory: both signs, by patience and number of bidders",
        source: Source::Theory(|| price_change(0.0)),
        bound: Bound::Above(0.0),
        remark: "an error of the equilibrium: V14 of the known answers has the sign",
    },
    Statement {
        id: "7b",
        fact: "7 Price level",
        text: "They lower it where sellers are patient (change in mu)",
        history: "Theory: both signs, by patience and number of bidders",
        source: Source::Theory(|| price_change(PATIENT)),
        bound: Bound::Below(0.0),
        remark: "an error of the equilibrium: V14 of the known answers has the sign",
    },
    Statement {
        id: "8a",
        fact: "8 Who gains",
        text: "Halving the switching cost gives attached buyers less than frozen prices suggest (difference in mu)",
        history: "Theory: sellers charge for the freedom to leave",
        source: Source::Theory(|| gains(|o| o.attached_value).map(|[frozen, following]| following - frozen)),
        bound: Bound::Below(0.0),
        remark: "sellers who do not respond to what buyers could do",
    },
    Statement {
        id: "8b",
        fact: "8 Who gains",
        text: "In a duopoly it hurts new buyers (gain over life in mu)",
        history: "Theory: the bargain before the rip-off goes",
        source: Source::Theory(|| gains(|o| o.new_value).map(|[_, following]| following)),
        bound: Bound::Below(0.0),
        remark: "more sellers than two, or impatient ones",
    },
];
