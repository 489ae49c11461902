//! The rows: which world answers which published estimate, by which measure, in which unit.

use super::super::history::Published;
use super::super::note::Spec;
use super::super::summary::Stats;

pub(in crate::figures) const BILL: &str = "extra_bill";
pub(super) const OUTLAY: &str = "extra_outlay";
pub(super) const BILL_SHARE: &str = "extra_bill_share";
pub(super) const MONTHS: &str = "extra_months_late";
pub(super) const NEW_PRICE: &str = "new_price_change";
/// Quantities beside the measures of the model.
pub(super) const PUBLISHED: &str = "published";
pub(super) const NET: &str = "net";
/// What a bill adds to that of a world with the same luck, by world and by [`over`].
pub(crate) const BILL_STEP: &str = "extra_bill_step";
/// How many times as much the world of [`over`] costs.
pub(crate) const BILL_FOLD: &str = "extra_bill_fold";

/// The part of the two measures above: the world that a bill is set against.
pub(crate) fn over(world: &str) -> String {
    format!("over:{world}")
}

/// How numbers of the model become those of a panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// Billions of a money that the scenario has a rate of.
    Billion(&'static str),
    /// As it stands.
    Months,
    /// A share in per cent.
    Percent,
    /// The fall, in per cent, when what was taken away is given back: `x / (1 + x)` of a rise `x`.
    FallPercent,
}

/// One row: a world against its base, and what was published of it.
pub(super) struct Estimate {
    pub(super) panel: &'static str,
    pub(super) id: &'static str,
    pub(super) text: &'static str,
    pub(super) world: &'static str,
    pub(super) place: &'static str,
    pub(super) measure: &'static str,
    pub(super) until: i32,
    pub(super) sources: &'static [&'static str],
}

/// Id, name and unit of the panels.
pub(super) const PANELS: [(&str, &str, Unit); 4] = [
    (
        "bill",
        "British rules: bill beyond that without a rule, GBP billion of 2020",
        Unit::Billion("gbp_2020"),
    ),
    (
        "months",
        "Delay beyond that without a rule, months a site",
        Unit::Months,
    ),
    ("share", "A key supplier that may not bid: per cent", Unit::Percent),
    (
        "europe",
        "A ban in Europe: bill beyond that without one, EUR billion of 2019",
        Unit::Billion("eur_2019"),
    ),
];

const fn row(
    panel: &'static str,
    id: &'static str,
    text: &'static str,
    (world, place): (&'static str, &'static str),
    measure: &'static str,
    until: i32,
    sources: &'static [&'static str],
) -> Estimate {
    Estimate {
        panel,
        id,
        text,
        world,
        place,
        measure,
        until,
        sources,
    }
}

/// World and bloc of each rule.
pub(in crate::figures) const CAP: (&str, &str) = ("uk-cap-2030", "uk");
pub(in crate::figures) const STOP: (&str, &str) = ("uk-purchase-ban-2030", "uk");
pub(in crate::figures) const REMOVAL: (&str, &str) = ("uk-removal-2030", "uk");
pub(super) const BARRED: (&str, &str) = ("uk-barred-2030", "uk");
pub(in crate::figures) const EARLY: (&str, &str) = ("europe-early-2030", "europe31");
pub(super) const EARLY_AS_BEFORE: (&str, &str) = ("europe-early-contested-2030", "europe31");
pub(in crate::figures) const REFRESH: (&str, &str) = ("europe-refresh-2030", "europe31");
pub(super) const REFRESH_AS_BEFORE: (&str, &str) = ("europe-refresh-contested-2030", "europe31");
/// Ids of the two rows that the European estimates stand for.
pub(super) const HIGH: &str = "europe-high";
pub(super) const LOW: &str = "europe-low";
/// The early row over the years of the late one, and the same with as many bidders.
pub(super) const HIGH_TO_2030: &str = "early-2030";
pub(super) const ALIKE_TO_2030: &str = "early-as-before-2030";
pub(super) const REFRESHED: &str = "refresh";
pub(super) const LADDER: [&str; 3] = ["cap-2027", "stop", "removal"];

/// Two worlds of which a bill is set against the other in each replicate: the row that it belongs to, measure, worlds, year.
pub(super) struct Against {
    pub(super) id: &'static str,
    pub(super) measure: &'static str,
    pub(super) world: (&'static str, &'static str),
    pub(super) over: &'static str,
    pub(super) until: i32,
}

pub(super) const AGAINST: [Against; 3] = [
    Against {
        id: "stop",
        measure: BILL_STEP,
        world: STOP,
        over: CAP.0,
        until: 2027,
    },
    Against {
        id: "removal",
        measure: BILL_STEP,
        world: REMOVAL,
        over: STOP.0,
        until: 2027,
    },
    Against {
        id: LOW,
        measure: BILL_FOLD,
        world: REFRESH_AS_BEFORE,
        over: EARLY.0,
        until: 2030,
    },
];

pub(super) const ESTIMATES: [Estimate; 15] = [
    row(
        "bill",
        "cap",
        "Cap of 35%, to 2024 (published: BT alone)",
        CAP,
        BILL,
        2024,
        &["F300"],
    ),
    row("bill", "cap-2027", "the same, to 2027", CAP, BILL, 2027, &[]),
    row(
        "bill",
        "stop",
        "and no purchase from 2021, to 2027",
        STOP,
        BILL,
        2027,
        &[],
    ),
    row(
        "bill",
        "removal",
        "and removal by 2027, to 2027",
        REMOVAL,
        BILL,
        2027,
        &["F301", "F298"],
    ),
    row(
        "months",
        "cap-months",
        "United Kingdom: cap of 35%",
        CAP,
        MONTHS,
        2024,
        &[],
    ),
    row(
        "months",
        "removal-months",
        "United Kingdom: removal by 2027",
        REMOVAL,
        MONTHS,
        2027,
        &["F299"],
    ),
    row(
        "months",
        "europe-months",
        "Europe: out by the end of 2022",
        EARLY,
        MONTHS,
        2023,
        &["F306"],
    ),
    row(
        "share",
        "barred",
        "United Kingdom: rise of the bill, to 2027",
        BARRED,
        BILL_SHARE,
        2027,
        &["F315"],
    ),
    row(
        "share",
        "bidder",
        "Fall of the price to new buyers when it bids",
        BARRED,
        NEW_PRICE,
        2023,
        &["F320"],
    ),
    row(
        "europe",
        HIGH,
        "Out by 2022, fewer bidders, billed to 2023",
        EARLY,
        BILL,
        2023,
        &["F305"],
    ),
    row(
        "europe",
        "early-as-before",
        "the same, as many bidders as before",
        EARLY_AS_BEFORE,
        BILL,
        2023,
        &[],
    ),
    row(
        "europe",
        HIGH_TO_2030,
        "Out by 2022, fewer bidders, billed to 2030",
        EARLY,
        BILL,
        2030,
        &[],
    ),
    row(
        "europe",
        ALIKE_TO_2030,
        "the same, as many bidders as before",
        EARLY_AS_BEFORE,
        BILL,
        2030,
        &[],
    ),
    row(
        "europe",
        REFRESHED,
        "Out at end of life, fewer bidders, to 2030",
        REFRESH,
        BILL,
        2030,
        &[],
    ),
    row(
        "europe",
        LOW,
        "Out at end of life, as many bidders, to 2030",
        REFRESH_AS_BEFORE,
        BILL,
        2030,
        &["F308"],
    ),
];

/// Every id of [`ESTIMATES`], once.
pub(super) const SOURCES: [&str; 9] = ["F300", "F301", "F298", "F299", "F306", "F315", "F320", "F305", "F308"];

impl Unit {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Billion(money) => money,
            Self::Months => "months",
            Self::Percent | Self::FallPercent => "per cent",
        }
    }

    /// Of a row: the change of a price is told as a fall.
    pub(super) fn of(panel: &str, measure: &str) -> Self {
        let found = PANELS.iter().find(|(id, ..)| *id == panel);
        match measure {
            NEW_PRICE => Self::FallPercent,
            _ => found.map_or(Self::Percent, |(.., unit)| *unit),
        }
    }

    /// Statistics of the model in this unit.
    pub(super) fn convert(self, stats: &Stats, spec: &Spec) -> Option<Stats> {
        Some(match self {
            Self::Billion(money) => stats.scaled(1e-3 / rate(spec, money)?),
            Self::Months => *stats,
            Self::Percent => stats.scaled(100.0),
            Self::FallPercent => {
                let fall = |x: f64| 100.0 * x / (1.0 + x);
                Stats {
                    mean: fall(stats.mean),
                    quantiles: stats.quantiles.map(fall),
                    ci: stats.ci.map(|(low, high)| (fall(low), fall(high))),
                }
            }
        })
    }

    /// Ends of a published estimate in this unit: an open end stays infinite.
    pub(super) fn read(self, published: &Published, spec: &Spec) -> Option<(f64, f64)> {
        let scale = match (self, published.unit.as_str()) {
            (Self::Billion(money), unit) => {
                let mut words = unit.split_whitespace();
                let (currency, size) = (words.next()?, words.next()?);
                let size = match size {
                    "bn" => 1.0,
                    "m" => 1e-3,
                    _ => return None,
                };
                // A sum in another money is of the same year.
                let year = money.rsplit_once('_').map_or("", |(_, year)| year);
                let own = format!("{}_{year}", currency.to_lowercase());
                size * rate(spec, &own)? / rate(spec, money)?
            }
            (Self::Months, "months") | (Self::Percent, "%") => 1.0,
            (Self::Months, "years") => 12.0,
            // A fall of 25% to 10% is written as a change.
            (Self::FallPercent, "%") => return Some((-published.high, -published.low)),
            _ => return None,
        };
        Some((published.low * scale, published.high * scale))
    }
}

/// US dollars of 2020 of a unit of money.
fn rate(spec: &Spec, money: &str) -> Option<f64> {
    spec.rates.iter().find(|(unit, _)| unit == money).map(|(_, rate)| *rate)
}
