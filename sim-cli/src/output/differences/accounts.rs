//! What one replicate of one world says about one place: its lock-in curve, and what was paid there.

use crate::engine::Valuation;
use crate::store::layout::{Layout, SeriesLabel};
use sim_core::inference::Discounting;

/// Whose cost a part of [`Amounts`] is, in the order of its fields and by byte.
pub const PARTS: [&str; 3] = ["delay", "operators", "public"];

/// Present values of one replicate, million US dollars of 2020, in the order of [`PARTS`].
pub type Amounts = [f64; 3];

/// Where the numbers of one place lie in the records of one world.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Series in a record.
    width: usize,
    curve: usize,
    /// The parts of each amount, to be summed; none where the world has no such series.
    amounts: [Vec<usize>; 3],
    /// Component of the cost series.
    pub component: String,
}

/// Whether the label is about all sellers and generations of a place.
fn is_whole(label: &SeriesLabel, place: (&str, &str)) -> bool {
    (label.place_kind.as_str(), label.place.as_str()) == place && label.generation == "all" && label.vendor == "all"
}

impl Account {
    /// The account of a place; `None` where the world has no lock-in curve or no operators' cost there.
    pub fn of(layout: &Layout, place: (&str, &str)) -> Option<Self> {
        let curve = (layout.series.iter()).position(|label| {
            label.measure == "lock_in_curve"
                && label.component == "ran"
                && label.part == "all"
                && is_whole(label, place)
        })?;
        let (operators, component) = parts(layout, "operator_cost", place)?;
        let or_none = |measure| parts(layout, measure, place).map_or_else(Vec::new, |found| found.0);
        Some(Self {
            width: layout.series.len(),
            curve,
            amounts: [or_none("site_months_late"), operators, or_none("public_outlay")],
            component,
        })
    }

    /// The lock-in curve of a record, by date.
    pub fn curve(&self, record: &[f64]) -> Vec<f64> {
        self.by_date(record, &[self.curve])
    }

    /// The present values of a record; a world without a series of public outlay pays none.
    pub fn amounts(&self, record: &[f64], discounting: &Discounting, valuation: Valuation) -> Amounts {
        let [months, operators, public] =
            [0, 1, 2].map(|part| discounting.present_value(&self.by_date(record, &self.amounts[part])));
        [1e-6 * valuation.site_month_usd * months, operators, public]
    }

    /// The sum of some series at each date.
    fn by_date(&self, record: &[f64], series: &[usize]) -> Vec<f64> {
        let dates = record.chunks_exact(self.width.max(1));
        dates.map(|date| series.iter().map(|s| date[*s]).sum()).collect()
    }
}

/// The series that make up a measure at a place, and their component: all components together if the measure
/// has them, else the radio network. Its parts, or its whole where it has no parts.
fn parts(layout: &Layout, measure: &str, place: (&str, &str)) -> Option<(Vec<usize>, String)> {
    ["all", "ran"].into_iter().find_map(|component| {
        let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let series = layout.series.iter().enumerate();
            let there = series.filter(|(_, label)| {
                label.measure == measure
                    && label.component == component
                    && is_whole(label, place)
                    && wanted(&label.part)
            });
            there.map(|(s, _)| s).collect()
        };
        let parts = of(&|part| part != "all");
        let found = if parts.is_empty() {
            of(&|part| part == "all")
        } else {
            parts
        };
        (!found.is_empty()).then(|| (found, component.to_owned()))
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A layout from `measure component part` at the world.
    pub fn layout(id: &str, series: &[&str], dates: &[i32]) -> Layout {
        let label = |text: &&str| {
            let words: Vec<&str> = text.split(' ').collect();
            SeriesLabel {
                measure: words[0].into(),
                unit: "1".into(),
                component: words[1].into(),
                generation: "all".into(),
                place_kind: "world".into(),
                place: "world".into(),
                vendor: "all".into(),
                part: words[2].into(),
            }
        };
        Layout {
            id: id.into(),
            dates: dates.to_vec(),
            series: series.iter().map(label).collect(),
        }
    }

    #[test]
    fn parts_are_summed_and_discounted() {
        let series = [
            "lock_in_curve ran all",
            "lock_in_curve ru all",
            "operator_cost ran price",
            "operator_cost ran running",
            "site_months_late ran all",
        ];
        let layout = layout("w", &series, &[0, 1461, 2922]);
        let account = Account::of(&layout, ("world", "world")).unwrap();
        assert_eq!(account.component, "ran");
        let nan = f64::NAN;
        let record = [
            [0.5, 9.0, nan, nan, nan],
            [0.4, 9.0, 100.0, 21.0, 121.0],
            [0.3, 9.0, 0.0, 0.0, 0.0],
        ]
        .concat();
        assert_eq!(account.curve(&record), [0.5, 0.4, 0.3]);
        let valuation = Valuation {
            discount_rate: libm::log(1.1),
            site_month_usd: 2000.0,
        };
        let discounting = Discounting::new(&layout.dates, valuation.discount_rate);
        // Flows of the first four years count from their middle: exp(-2 ln 1.1) = 1/1.21.
        let [delay, operators, public] = account.amounts(&record, &discounting, valuation);
        assert!((operators - 100.0).abs() < 1e-9 && (delay - 0.2).abs() < 1e-12);
        assert_eq!(public, 0.0);
    }

    #[test]
    fn a_whole_network_is_taken_before_its_radio_part_and_parts_before_their_sum() {
        let series = [
            "lock_in_curve ran all",
            "operator_cost all all",
            "operator_cost all core",
            "operator_cost all price",
            "operator_cost ran price",
            "public_outlay all fund",
            "public_outlay all swap",
        ];
        let layout = layout("w", &series, &[0, 1461]);
        let account = Account::of(&layout, ("world", "world")).unwrap();
        assert_eq!(account.component, "all");
        let record = [[0.5; 7], [0.5, 50.0, 2.0, 3.0, 70.0, 11.0, 13.0]].concat();
        let plain = Discounting::new(&layout.dates, 0.0);
        assert_eq!(account.amounts(&record, &plain, Valuation::default()), [0.0, 5.0, 24.0]);
        assert!(Account::of(&layout, ("bloc", "eu")).is_none());
    }
}
