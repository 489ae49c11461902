//! `09-hindcast`: history played from its first day, beside what was observed, with its scores and those of its rivals; and how far
//! the same world drifts of itself when no rule is in force.

use super::date::Date;
use super::error::Result;
use super::hindcast_draw;
use super::history::{Known, Score};
use super::note::{Note, Spec};
use super::page::Drawing;
use super::plot::{PlotRow, PlotTable};
use super::summary::{Stats, SummaryRow, SummaryTable};
use super::words::Difference;
use super::{Figure, gather};

/// Hindcast, scores and drift.
pub struct Hindcast;

pub(super) const NAME: &str = "09-hindcast";
pub(super) const SALES: &str = "share_sales";
const CURVE: &str = "lock_in_curve";
const SITES: &str = "share_sites";
/// Panels that are no place.
pub(super) const OPEN: &str = "open";
pub(super) const SCORES: &str = "scores";
pub(super) const DRIFT: &str = "drift";
/// Quantities beside measures.
pub(super) const OBSERVED: &str = "observed";
pub(super) const FORECAST: &str = "forecast";
pub(super) const VERDICT: &str = "verdict";
pub(super) const ONE_YEAR: &str = "one_year";
pub(super) const FIVE_YEARS: &str = "five_years";
/// The row of several series together.
pub(super) const POOLED: &str = "pooled";
/// The rival whose scores are drawn; the others that were scored stand in the CSV.
pub(super) const PERSISTENCE: &str = "persistence";

/// A row of this figure without statistics.
fn empty(panel: (&str, &str), series: (&str, &str), quantity: &str, unit: &str, time: Date) -> PlotRow {
    PlotRow {
        panel: panel.0.to_owned(),
        panel_label: panel.1.to_owned(),
        series: series.0.to_owned(),
        label: series.1.to_owned(),
        quantity: quantity.to_owned(),
        unit: unit.to_owned(),
        time,
        stats: None,
    }
}

/// What is known, as statistics: a share that is bounded on one side alone lies between it and nothing, or all.
fn stats_of(known: &Known) -> Stats {
    let (low, high) = (known.low.max(0.0), known.high.min(1.0));
    Stats {
        mean: low.midpoint(high),
        quantiles: [f64::NAN; 5],
        ci: Some((low, high)),
    }
}

/// A plain number as statistics.
fn number(value: f64) -> Stats {
    Stats {
        mean: value,
        quantiles: [f64::NAN; 5],
        ci: None,
    }
}

/// `Dell’Oro 2022-02`, from the name of a file.
fn forecaster(by: &str) -> String {
    let (firm, rest) = by.split_once('-').unwrap_or((by, ""));
    let firm = match firm {
        "delloro" => "Dell’Oro",
        "omdia" => "Omdia",
        "abi" => "ABI",
        "rethink" => "Rethink",
        "strand" => "Strand",
        other => other,
    };
    format!("{firm} {}", rest.replace("before-", "before "))
        .trim()
        .to_owned()
}

/// The row of the run for what is known.
fn found<'a>(table: &'a SummaryTable, world: &str, known: &Known) -> Option<&'a SummaryRow> {
    table.rows.iter().find(|row| {
        row.scenario == world
            && row.time == known.time
            && row.measure == known.measure
            && row.component == "ran"
            && row.generation == known.generation
            && row.place == known.place
            && row.vendor == known.vendor
            && row.part == "all"
    })
}

impl Hindcast {
    /// Bands of the run beside what was observed of sales.
    fn sales(table: &SummaryTable, spec: &Spec, world: &str) -> Vec<PlotRow> {
        let mut rows = Vec::new();
        for place in ["world", "world_ex_china", "china"] {
            let label = place_name(place);
            for (vendor, name) in &spec.vendors {
                let of = |known: &&Known| known.measure == SALES && known.place == place && known.vendor == *vendor;
                for known in spec.known.iter().filter(of) {
                    let quantity = if known.by == OBSERVED { OBSERVED } else { FORECAST };
                    let base = empty((place, label), (vendor, name), quantity, "share", known.time);
                    if let Some(row) = found(table, world, known) {
                        rows.push(PlotRow {
                            quantity: SALES.to_owned(),
                            stats: row.stats,
                            ..base.clone()
                        });
                    }
                    rows.push(PlotRow {
                        stats: Some(stats_of(known)),
                        ..base
                    });
                }
            }
        }
        rows
    }

    /// What was observed and forecast of open networks, each beside the run at its own date.
    fn open(table: &SummaryTable, spec: &Spec, world: &str) -> Vec<PlotRow> {
        let mut known: Vec<&Known> = spec.known.iter().filter(|k| k.measure.starts_with("open_")).collect();
        known.sort_by(|a, b| {
            let key = |k: &Known| (k.measure.clone(), k.time, k.by != OBSERVED, k.by.clone());
            key(a).cmp(&key(b))
        });
        let mut rows = Vec::new();
        for known in known {
            let what = match (known.measure.as_str(), known.generation.as_str()) {
                ("open_share_sales", _) if known.place == "world_ex_china" => "sales outside China",
                ("open_share_sales", _) => "sales",
                (_, "all") => "sites",
                (_, generation) => &format!("{generation} sites"),
            };
            let year = known.time.nearest_year_end();
            let (quantity, by) = if known.by == OBSERVED {
                (OBSERVED, "Observed".to_owned())
            } else {
                (FORECAST, forecaster(&known.by))
            };
            let id = format!("{}:{}:{}:{year}", known.by, known.measure, known.generation);
            let label = format!("{by}, {what} {year} ({})", known.source);
            let base = empty((OPEN, "Open networks"), (&id, &label), quantity, "share", known.time);
            let stats = found(table, world, known).and_then(|row| row.stats);
            rows.push(PlotRow {
                quantity: "open_share".to_owned(),
                stats,
                ..base.clone()
            });
            rows.push(PlotRow {
                stats: Some(stats_of(known)),
                ..base
            });
        }
        rows
    }

    /// The scores, one row a number.
    fn scores(spec: &Spec, time: Date) -> Vec<PlotRow> {
        let mut rows = Vec::new();
        for score in &spec.scores {
            let id = [
                &score.measure,
                &score.generation,
                &score.place,
                &score.vendor,
                &score.rival,
            ]
            .map(String::as_str);
            let id = id.join("|");
            let label = label_of(score, spec);
            let panel = (SCORES, score.rival.as_str());
            for (quantity, value) in &score.values {
                if !value.is_nan() {
                    rows.push(PlotRow {
                        stats: Some(number(*value)),
                        ..empty(panel, (&id, &label), quantity, "", time)
                    });
                }
            }
            rows.push(empty(panel, (&id, &score.verdict), VERDICT, "", time));
        }
        rows
    }

    /// How far a world without rules moves of itself from its first day.
    fn drift(table: &SummaryTable, spec: &Spec, (world, title): (&str, &str)) -> Vec<PlotRow> {
        let rows = table.rows.iter();
        let own = rows.filter(|r| r.scenario == world && r.place == "world" && r.component == "ran");
        let own: Vec<&SummaryRow> = own.filter(|r| r.generation == "all" && r.part == "all").collect();
        let Some(start) = own.iter().map(|row| row.time).min() else {
            return Vec::new();
        };
        let named = |id: &str| spec.vendors.iter().find(|(v, _)| v == id).map(|(_, name)| name.clone());
        let series = (MAJORS.iter().filter_map(|v| Some((SITES, *v, named(v)?)))).chain(std::iter::once((
            CURVE,
            "all",
            "Lock-in curve".to_owned(),
        )));
        let mut rows = Vec::new();
        for (measure, vendor, name) in series {
            let at = |time: Date| {
                let of = |r: &&&SummaryRow| r.measure == measure && r.vendor == vendor && r.time == time;
                own.iter().find(of).and_then(|row| row.stats)
            };
            let Some(first) = at(start) else { continue };
            // The first day of a year is the end of the year before.
            let year = start.nearest_year_end();
            for (quantity, years) in [(ONE_YEAR, 1), (FIVE_YEARS, 5)] {
                let time = Date::end_of(year + years);
                let Some(last) = at(time) else { continue };
                let change = Difference::between(&first, &last);
                let stats = Stats {
                    mean: change.mean,
                    quantiles: [f64::NAN; 5],
                    ci: change.interval,
                };
                rows.push(PlotRow {
                    stats: Some(stats),
                    ..empty((DRIFT, title), (vendor, &name), quantity, "share", time)
                });
            }
        }
        rows
    }
}

/// Sellers whose drift is told.
const MAJORS: [&str; 5] = ["ericsson", "huawei", "nokia", "zte", "samsung"];

fn place_name(place: &str) -> &str {
    match place {
        "world" => "World",
        "world_ex_china" => "World without China",
        "china" => "China",
        other => other,
    }
}

/// `Huawei, world`.
fn label_of(score: &Score, spec: &Spec) -> String {
    if score.place == POOLED {
        let what = if score.measure == SALES {
            "sales"
        } else {
            &score.measure
        };
        return format!("All series of {what} together");
    }
    let place = place_name(&score.place);
    if score.vendor == "all" {
        let what = match score.measure.as_str() {
            "open_share_sales" => "Open share of sales",
            "open_share_specified" => "Open share of sites",
            other => other,
        };
        return format!("{what}, {}", place.to_lowercase());
    }
    let vendor = spec.vendors.iter().find(|(id, _)| *id == score.vendor);
    let vendor = vendor.map_or(score.vendor.as_str(), |(_, name)| name);
    format!(
        "{vendor}, {}",
        if score.place == "china" {
            place.to_owned()
        } else {
            place.replacen('W', "w", 1)
        }
    )
}

impl Figure for Hindcast {
    fn name(&self) -> &'static str {
        NAME
    }

    fn measures(&self) -> &'static [&'static str] {
        &[SALES, SITES, CURVE, "open_share_sales", "open_share_specified"]
    }

    /// The first world is scored; the second, where there is one, is the same without rules.
    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let worlds = gather::worlds(table, spec);
        let mut rows = Vec::new();
        if let (Some((world, _)), Some(last)) = (worlds.first(), spec.known.iter().map(|k| k.time).max()) {
            rows.extend(Self::sales(table, spec, world));
            rows.extend(Self::open(table, spec, world));
            rows.extend(Self::scores(spec, last));
            if let Some((world, title)) = worlds.get(1) {
                rows.extend(Self::drift(table, spec, (world, title)));
            }
        }
        gather::finish(
            NAME,
            rows,
            "a run beside what was observed, as `results/figures.toml` asks for it; `oransim score` scores any run",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        hindcast_draw::draw(plot, note)
    }
}

#[cfg(test)]
mod tests {
    use super::super::note::Uncertainty;
    use super::*;

    fn row(world: &str, (measure, place, vendor): (&str, &str, &str), time: Date, quantiles: [f64; 5]) -> SummaryRow {
        SummaryRow {
            scenario: world.to_owned(),
            time,
            measure: measure.to_owned(),
            unit: "share".to_owned(),
            component: "ran".to_owned(),
            generation: "all".to_owned(),
            place_kind: "world".to_owned(),
            place: place.to_owned(),
            vendor: vendor.to_owned(),
            part: "all".to_owned(),
            stats: Some(Stats {
                mean: quantiles[2],
                quantiles,
                ci: Some((quantiles[1], quantiles[3])),
            }),
        }
    }

    fn known(by: &str, (measure, vendor): (&str, &str), year: i32, low: f64, high: f64) -> Known {
        Known {
            by: by.to_owned(),
            time: Date::end_of(year),
            measure: measure.to_owned(),
            generation: "all".to_owned(),
            place: "world".to_owned(),
            vendor: vendor.to_owned(),
            low,
            high,
            source: "F1".to_owned(),
        }
    }

    fn made(skill: f64) -> PlotTable {
        let band = [0.2, 0.22, 0.25, 0.28, 0.3];
        let table = SummaryTable {
            rows: vec![
                row("h", (SALES, "world", "huawei"), Date::end_of(2020), band),
                row("h", ("open_share_sales", "world", "all"), Date::end_of(2026), band),
                row("free", (SITES, "world", "huawei"), Date::end_of(2018), [0.3; 5]),
                row("free", (SITES, "world", "huawei"), Date::end_of(2019), [0.32; 5]),
            ],
            differences: Vec::new(),
        };
        let pooled = Score {
            measure: SALES.to_owned(),
            generation: "all".to_owned(),
            place: POOLED.to_owned(),
            vendor: POOLED.to_owned(),
            rival: PERSISTENCE.to_owned(),
            values: vec![
                ("points", 7.0),
                ("crps", 0.02),
                ("rival_mean_abs_error", 0.01),
                ("skill", skill),
            ],
            verdict: "as it is: 7 points".to_owned(),
        };
        let spec = Spec {
            worlds: vec![
                ("h".to_owned(), "History".to_owned()),
                ("free".to_owned(), "No rule".to_owned()),
            ],
            vendors: vec![("huawei".to_owned(), "Huawei".to_owned())],
            known: vec![
                known(OBSERVED, (SALES, "huawei"), 2020, 0.33, 0.33),
                known("delloro-2022-02", ("open_share_sales", "all"), 2026, 0.15, 0.15),
                known("omdia-2020-12", ("open_share_sales", "all"), 2024, 0.09, f64::INFINITY),
            ],
            scores: vec![pooled],
            ..Spec::default()
        };
        Hindcast.plotted(&table, &spec).expect("plotted")
    }

    fn note() -> Note {
        Note {
            scenarios: vec!["h".to_owned(), "free".to_owned()],
            seed: 1,
            replicates: 9,
            uncertainty: Uncertainty::Fixed,
            version: "0".to_owned(),
            manifest: "0123456789abcdef".to_owned(),
        }
    }

    #[test]
    fn the_title_says_who_was_better_and_the_notes_where_forecasts_lie() {
        let worse = Hindcast.draw(&made(-0.5), &note()).expect("drawn");
        assert!(worse.contains("no better than assuming that shares stay"));
        assert!(
            Hindcast
                .draw(&made(0.2), &note())
                .expect("drawn")
                .contains("beats the rival")
        );
        // One of the two forecasts has a date that the run has: its 15% lies below the band of 20 to 30%.
        assert!(worse.contains("90% band meets 0, lies above 1 and below 0"), "{worse}");
        assert!(worse.contains("not in this run"));
        assert!(worse.contains("The 90% bands meet 0 of 1 shares of sales"));
    }

    #[test]
    fn drift_is_the_change_from_the_first_day() {
        let plot = made(0.0);
        let drift = plot.points(DRIFT, "huawei", ONE_YEAR);
        assert_eq!(drift.len(), 1);
        assert!((drift[0].1.mean - 0.02).abs() < 1e-12);
        assert!(plot.points(DRIFT, "huawei", FIVE_YEARS).is_empty());
    }

    #[test]
    fn drawn_again_from_its_numbers_it_is_the_same() {
        let plot = made(-0.5);
        let svg = Hindcast.draw(&plot, &note()).expect("drawn");
        let csv = plot.to_csv(&note()).expect("written");
        let (read, same) = PlotTable::from_csv(csv.as_bytes()).expect("read");
        assert_eq!(Hindcast.draw(&read, &same).expect("drawn again"), svg);
    }

    #[test]
    fn without_anything_known_there_is_no_such_figure() {
        let refused = Hindcast.plotted(&SummaryTable::default(), &Spec::default());
        assert!(refused.is_err());
    }
}
