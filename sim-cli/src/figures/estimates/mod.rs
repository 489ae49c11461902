//! `07-uk-ladder`: what rules cost by the model, from mechanism alone, beside what was published before they came.
//!
//! Nothing was fitted to these estimates. Each row is a world against its base in paired replicates; the bill is what published ones
//! count (kit, work on site, integration), summed without discount to a year that is stated.

mod draw;
mod rows;
mod words;

use super::date::Date;
use super::error::{FigureError, Result};
use super::note::{Note, Spec};
use super::number::fixed;
use super::page::{Drawing, Page};
use super::plot::{PlotRow, PlotTable};
use super::summary::{Key, Stats, SummaryTable};
use super::{Figure, gather};
use draw::{LEGEND, Line, draw_panel, legend, panel_height};
use rows::{AGAINST, BILL_SHARE, ESTIMATES, MONTHS, NET, NEW_PRICE, OUTLAY, PANELS, PUBLISHED, SOURCES, Unit};
pub(super) use rows::{BILL, CAP, EARLY, REFRESH, REMOVAL, STOP};
pub(crate) use rows::{BILL_FOLD, BILL_STEP, over};
use words::words;

/// Published estimates from mechanism.
pub struct Estimates;

const NAME: &str = "07-uk-ladder";

/// An open end as a bound that can be drawn: nothing below, the number itself above.
fn told(low: f64, high: f64) -> Stats {
    let (from, to) = (
        if low.is_finite() { low } else { 0.0 },
        if high.is_finite() { high } else { low },
    );
    Stats {
        mean: from.midpoint(to),
        quantiles: [f64::NAN; 5],
        ci: Some((from, to)),
    }
}

/// `F298, up to 2`.
fn named(id: &str, low: f64, high: f64) -> String {
    let show = |x: f64| fixed(x, if x.abs() < 10.0 && x.fract().abs() > 1e-9 { 1 } else { 0 });
    match (low.is_finite(), high.is_finite()) {
        (true, true) if low == high => format!("{} ({id})", show(low)),
        (true, true) => format!("{} to {} ({id})", show(low), show(high)),
        (true, false) => format!("at least {} ({id})", show(low)),
        _ => format!("up to {} ({id})", show(high)),
    }
}

impl Figure for Estimates {
    fn name(&self) -> &'static str {
        NAME
    }

    fn measures(&self) -> &'static [&'static str] {
        &["operator_cost", "site_months_late", "price_paid"]
    }

    fn differences(&self) -> &'static [&'static str] {
        &[BILL, OUTLAY, BILL_SHARE, MONTHS, NEW_PRICE, BILL_STEP, BILL_FOLD]
    }

    fn sources(&self) -> &'static [&'static str] {
        &SOURCES
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        for estimate in &ESTIMATES {
            let unit = Unit::of(estimate.panel, estimate.measure);
            let panel = PANELS.iter().find(|(id, ..)| *id == estimate.panel);
            let plot_row = |quantity: &str, label: &str, stats: Stats| PlotRow {
                panel: estimate.panel.to_owned(),
                panel_label: panel.map_or("", |(_, name, _)| name).to_owned(),
                series: estimate.id.to_owned(),
                label: label.to_owned(),
                quantity: quantity.to_owned(),
                unit: unit.name().to_owned(),
                time: Date::end_of(estimate.until),
                stats: Some(stats),
            };
            let of = |measure: &str| -> Option<Stats> {
                let key = Key {
                    place: ("bloc", estimate.place),
                    ..Key::world(estimate.world, measure)
                };
                let found = table.differences(&key);
                let at = found.iter().find(|row| row.time == Date::end_of(estimate.until))?;
                unit.convert(&at.stats?, spec)
            };
            let Some(model) = of(estimate.measure) else { continue };
            rows.push(plot_row(estimate.measure, estimate.text, model));
            if let Some(net) = of(OUTLAY).filter(|_| estimate.measure == BILL) {
                rows.push(plot_row(NET, estimate.text, net));
            }
            for id in estimate.sources {
                let published = spec.published.iter().find(|p| p.id == *id);
                if let Some((low, high)) = published.and_then(|p| unit.read(p, spec)) {
                    rows.push(plot_row(PUBLISHED, &named(id, low, high), told(low, high)));
                }
            }
        }
        for against in &AGAINST {
            let Some(own) = rows.iter().find(|row| row.series == against.id).cloned() else {
                continue;
            };
            let part = over(against.over);
            let key = Key {
                place: ("bloc", against.world.1),
                part: &part,
                ..Key::world(against.world.0, against.measure)
            };
            let found = table.differences(&key);
            let at = found.iter().find(|row| row.time == Date::end_of(against.until));
            let (unit, stats) = match (against.measure, at.and_then(|row| row.stats)) {
                (BILL_FOLD, stats) => ("ratio", stats),
                (_, stats) => {
                    let unit = PANELS.iter().find(|(id, ..)| *id == own.panel).map(|(.., unit)| *unit);
                    (own.unit.as_str(), unit.and_then(|unit| unit.convert(&stats?, spec)))
                }
            };
            if stats.is_some() {
                rows.push(PlotRow {
                    quantity: against.measure.to_owned(),
                    unit: unit.to_owned(),
                    time: Date::end_of(against.until),
                    stats,
                    ..own.clone()
                });
            }
        }
        gather::finish(
            NAME,
            rows,
            "worlds of the British ladder and of the European estimates, as `results/figures.toml` lists them",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        if plot.rows.is_empty() {
            return Err(FigureError::NoSeries {
                figure: NAME,
                wanted: "at least one row with numbers".to_owned(),
                hint: "make its CSV again with `oransim figures --only`".to_owned(),
            });
        }
        let panels = plot.panels();
        let lines: Vec<Vec<Line>> = panels.iter().map(|(id, _)| Line::of_panel(plot, id)).collect();
        let height = lines.iter().map(|rows| panel_height(rows.len())).sum::<f64>() + LEGEND;
        let page = Page::begin(NAME, words(plot, note), height, note);
        let mut y = page.body.y;
        legend(&page.sheet, page.body.x, y);
        y += LEGEND;
        for ((_, label), rows) in panels.iter().zip(&lines) {
            draw_panel(&page, y, label, rows)?;
            y += panel_height(rows.len());
        }
        Ok(page.finish())
    }
}
#[cfg(test)]
mod tests {
    use super::rows::{EARLY_AS_BEFORE, LOW, REFRESH_AS_BEFORE};
    use super::words::{Side, beside, model_of, published_of, title};
    use super::*;
    use crate::figures::history::Published;
    use crate::figures::summary::SummaryRow;

    fn spec() -> Spec {
        let published = |id: &str, low: f64, high: f64, unit: &str| Published {
            id: id.to_owned(),
            low,
            high,
            unit: unit.to_owned(),
        };
        Spec {
            rates: vec![
                ("gbp_2020".to_owned(), 1.25),
                ("eur_2019".to_owned(), 1.1),
                ("usd_2019".to_owned(), 1.0),
            ],
            published: vec![
                published("F300", 500.0, 500.0, "GBP m"),
                published("F298", f64::NEG_INFINITY, 2.0, "GBP bn"),
                published("F301", 1.5, 1.5, "GBP bn"),
                published("F299", 2.0, 3.0, "years"),
                published("F320", -25.0, -10.0, "%"),
                published("F305", 55.0, 55.0, "EUR bn"),
                published("F308", 3.3, 3.3, "USD bn"),
            ],
            ..Spec::default()
        }
    }

    fn table(values: &[(&str, &str, &str, i32, f64)]) -> SummaryTable {
        let row = |(world, place, measure, year, mean): &(&str, &str, &str, i32, f64)| SummaryRow {
            scenario: (*world).to_owned(),
            time: Date::end_of(*year),
            measure: (*measure).to_owned(),
            unit: "musd_2020".to_owned(),
            component: "ran".to_owned(),
            generation: "all".to_owned(),
            place_kind: "bloc".to_owned(),
            place: (*place).to_owned(),
            vendor: "all".to_owned(),
            part: "all".to_owned(),
            stats: Some(Stats {
                mean: *mean,
                quantiles: [*mean; 5],
                ci: Some((0.9 * mean, 1.1 * mean)),
            }),
        };
        SummaryTable {
            rows: Vec::new(),
            differences: values.iter().map(row).collect(),
        }
    }

    fn note() -> Note {
        Note {
            scenarios: vec!["a".to_owned()],
            seed: 1,
            replicates: 9,
            uncertainty: super::super::Uncertainty::Fixed,
            version: "0".to_owned(),
            manifest: "0123456789abcdef".to_owned(),
        }
    }

    #[test]
    fn money_is_told_in_the_unit_of_what_was_published() {
        let plot = Estimates
            .plotted(&table(&[("uk-cap-2030", "uk", BILL, 2024, 625.0)]), &spec())
            .expect("plotted");
        // 625 million dollars at 1.25 a pound are half a billion pounds, as published of BT.
        assert!((model_of(&plot, "cap").expect("a row").mean - 0.5).abs() < 1e-12);
        assert_eq!(published_of(&plot, "cap"), Some((0.5, 0.5)));
        assert_eq!(
            title(&beside(&plot)),
            "The model meets the one published estimate of a ban"
        );
    }

    #[test]
    fn dollars_of_the_year_become_euros_of_it_and_the_fold_is_computed() {
        let plot = Estimates
            .plotted(
                &table(&[
                    (EARLY.0, EARLY.1, BILL, 2023, 11_000.0),
                    (EARLY.0, EARLY.1, BILL, 2030, 8_800.0),
                    (REFRESH_AS_BEFORE.0, REFRESH_AS_BEFORE.1, BILL, 2030, 2_200.0),
                ]),
                &spec(),
            )
            .expect("plotted");
        let (low, _) = published_of(&plot, LOW).expect("published");
        assert!((low - 3.0).abs() < 1e-12);
        let words = words(&plot, &note());
        assert!(
            words.subtitle.contains("a ratio of 4.0.")
                && words
                    .subtitle
                    .contains("The published ratio is 18, but compares bills of different years, to 2023 and to 2030."),
            "over the same years: {}",
            words.subtitle
        );
        assert_eq!(words.title, "The model lies below all 2 published estimates of bans");
        assert!(
            words.notes[0].ends_with(
                "The 95% intervals of the mean miss of what was published: from below, Out by 2022, fewer bidders, billed to 2023: 55 \
                 (F305); Out at end of life, as many bidders, to 2030: 3.0 (F308)."
            ),
            "ten and two billion are neither 55 nor 3: {}",
            words.notes[0]
        );
    }

    #[test]
    fn a_rise_without_a_bidder_is_a_fall_with_it() {
        let plot = Estimates
            .plotted(&table(&[("uk-barred-2030", "uk", NEW_PRICE, 2023, 0.25)]), &spec())
            .expect("plotted");
        assert!((model_of(&plot, "bidder").expect("a row").mean - 20.0).abs() < 1e-12);
        assert_eq!(published_of(&plot, "bidder"), Some((10.0, 25.0)));
    }

    #[test]
    fn drawn_again_from_its_numbers_it_is_the_same() {
        let plot = Estimates
            .plotted(
                &table(&[
                    ("uk-cap-2030", "uk", BILL, 2027, 300.0),
                    ("uk-purchase-ban-2030", "uk", BILL, 2027, 400.0),
                    ("uk-removal-2030", "uk", BILL, 2027, 500.0),
                    ("uk-removal-2030", "uk", OUTLAY, 2027, 200.0),
                    ("uk-removal-2030", "uk", MONTHS, 2027, 0.2),
                ]),
                &spec(),
            )
            .expect("plotted");
        let svg = Estimates.draw(&plot, &note()).expect("drawn");
        assert!(svg.contains("rise in the order of the rules"));
        let csv = plot.to_csv(&note()).expect("written");
        let (read, same) = PlotTable::from_csv(csv.as_bytes()).expect("read");
        assert_eq!(Estimates.draw(&read, &same).expect("drawn again"), svg);
        assert!(svg.contains("up to 2 (F298)"));
    }

    /// What lies between the ends is named part by part: years billed, bidders, removal before its time.
    #[test]
    fn the_parts_between_the_ends_are_all_named() {
        let mut table = table(&[
            (EARLY.0, EARLY.1, BILL, 2023, 13_200.0),
            (EARLY.0, EARLY.1, BILL, 2030, 9_900.0),
            (EARLY_AS_BEFORE.0, EARLY_AS_BEFORE.1, BILL, 2030, 8_800.0),
            (REFRESH.0, REFRESH.1, BILL, 2030, 2_750.0),
            (REFRESH_AS_BEFORE.0, REFRESH_AS_BEFORE.1, BILL, 2030, 2_200.0),
        ]);
        let mut fold = table.differences[4].clone();
        BILL_FOLD.clone_into(&mut fold.measure);
        fold.part = over(EARLY.0);
        fold.stats = fold.stats.map(|stats| Stats {
            mean: 4.5,
            ci: Some((3.9, 5.4)),
            ..stats
        });
        table.differences.push(fold);
        let words = words(&Estimates.plotted(&table, &spec()).expect("plotted"), &note());
        assert!(
            words.subtitle.starts_with(
                "When kit must go and how many may bid are disputed: to 2030 a ban in Europe costs EUR 9.0 billion if kit goes by 2022 \
                 and fewer bid, 2.0 if it goes at its end of life and as many bid, a ratio of 4.5 (95% interval 3.9 to 5.4 by \
                 bootstrap)."
            ),
            "{}",
            words.subtitle
        );
        // 7 = 1 + 6 = 0.5 + 6.5 billion euros, and 3 more of other years.
        assert!(
            words.notes[0].contains(
                "fewer bidders account for 1.0 where kit goes early and 0.5 where it goes at its end; the rest, 6.0 or 6.5, is removal \
                 before kit was due. Billed to 2023 alone the former is 3.0 more."
            ),
            "{}",
            words.notes[0]
        );
    }

    /// Means in the order of the rules are not enough: each step is tested in pairs.
    #[test]
    fn the_british_order_is_claimed_only_where_each_step_can_be_told() {
        let said = |steps: Option<[(f64, f64); 2]>, stop: f64| {
            let mut table = table(&[
                (CAP.0, CAP.1, BILL, 2027, 300.0),
                (STOP.0, STOP.1, BILL, 2027, stop),
                (REMOVAL.0, REMOVAL.1, BILL, 2027, 500.0),
            ]);
            for (k, (mean, half)) in steps.into_iter().flatten().enumerate() {
                let mut step = table.differences[k + 1].clone();
                BILL_STEP.clone_into(&mut step.measure);
                step.part = over([CAP.0, STOP.0][k]);
                step.stats = step.stats.map(|stats| Stats {
                    mean,
                    ci: Some((mean - half, mean + half)),
                    ..stats
                });
                table.differences.push(step);
            }
            words(&Estimates.plotted(&table, &spec()).expect("plotted"), &note()).subtitle
        };
        let paired = said(Some([(20.0, 10.0), (180.0, 90.0)]), 320.0);
        assert!(
            paired.contains("step by step in paired replicates: GBP 0.24, 0.26 and 0.40"),
            "{paired}"
        );
        let unsure = said(Some([(20.0, 30.0), (180.0, 90.0)]), 320.0);
        assert!(
            unsure.contains("in the mean alone (a step cannot be told from zero"),
            "{unsure}"
        );
        let unpaired = said(None, 320.0);
        assert!(
            unpaired.contains("in the mean alone (their intervals overlap)"),
            "{unpaired}"
        );
        assert!(said(None, 200.0).contains("do not rise in the order"));
    }

    #[test]
    fn the_title_counts_what_was_published() {
        use Side::{Above, Below, Meets};
        let said = |sides: &[Side]| title(&sides.iter().map(|side| ((), (), *side)).collect::<Vec<_>>());
        assert_eq!(said(&[]), "What rules cost by the model, beside what was published");
        assert_eq!(
            said(&[Below, Meets, Below]),
            "The model lies below 2 of 3 published estimates of bans"
        );
        assert_eq!(
            said(&[Above, Meets]),
            "The model lies above 1 of 2 published estimates of bans"
        );
        assert_eq!(
            said(&[Below, Above, Below]),
            "The model lies below 2 and above 1 of 3 published estimates of bans"
        );
        assert_eq!(
            said(&[Meets, Meets]),
            "The model meets all 2 published estimates of bans"
        );
        assert_eq!(
            said(&[Above]),
            "The model lies above the one published estimate of a ban"
        );
    }

    /// Of a row with two published numbers each counts: one may be met and the other missed.
    #[test]
    fn each_published_number_of_a_row_counts() {
        let plot = Estimates
            .plotted(&table(&[(REMOVAL.0, REMOVAL.1, BILL, 2027, 700.0)]), &spec())
            .expect("plotted");
        let sides: Vec<(&str, Side)> = beside(&plot).into_iter().map(|(_, said, side)| (said, side)).collect();
        assert_eq!(sides, [("1.5 (F301)", Side::Below), ("up to 2 (F298)", Side::Meets)]);
    }

    #[test]
    fn every_source_of_a_row_is_asked_for() {
        for id in ESTIMATES.iter().flat_map(|e| e.sources) {
            assert!(SOURCES.contains(id), "{id}");
        }
    }
}
