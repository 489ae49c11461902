//! `08-exit-cost`: what removing a seller would cost and how long it would take, by the deadline that is set.

use super::Figure;
use super::date::Date;
use super::ends::{self, EndLabel, LEADER};
use super::error::Result;
use super::gather;
use super::grid::Grid;
use super::note::{Note, Spec};
use super::number::{fixed, percent};
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel, look};
use super::plot::{PlotRow, PlotTable};
use super::summary::{Stats, SummaryRow, SummaryTable};
use super::theme::{GROUP, Ink};
use super::words::{Difference, Direction};

/// Bill and time of a removal by its deadline.
pub struct ExitCost;

const COST: &str = "exit_cost";
const YEARS: &str = "exit_years";
/// The series of the deadline itself: what a removal that is in time takes.
const IN_TIME: &str = "in time";
/// Sellers drawn; the CSV holds all.
const DRAWN: usize = 4;
const LABEL_ROOM: f64 = 86.0;
/// What is given: the rate at which bills are discounted, as `5%`.
const DISCOUNT: &str = "discount_rate";
/// Bills that are apart by less than this share are the same.
const SAME: f64 = 1e-6;

impl Figure for ExitCost {
    fn name(&self) -> &'static str {
        "08-exit-cost"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[YEARS, COST]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        if let Some((world, _)) = gather::worlds(table, spec).first() {
            for (place, said) in [("world_ex_china", "outside China"), ("world", "world")] {
                rows = of_place(table, spec, (world, place, said));
                if !rows.is_empty() {
                    break;
                }
            }
        }
        if let (Some(rate), Some(first)) = (spec.discount_rate, rows.first().map(|row| row.time)) {
            let text = fixed(100.0 * rate, 1);
            let text = format!("{}%", text.strip_suffix(".0").unwrap_or(&text));
            rows.push(PlotRow::given(DISCOUNT, &text, first));
        }
        gather::finish(
            self.name(),
            rows,
            "`exit_years` and `exit_cost` of the world or the world without China, which a run records if `[measures] extra` names them",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let sellers = drawn(plot);
        let panels = plot.panels();
        let mut grid = Grid::of(panels.len(), 2, 250.0);
        // The numbers of the second y axis stand beside the labels of the first panel.
        grid.right = LABEL_ROOM + LEADER + 30.0;
        let page = Page::begin(
            self.name(),
            words(plot, &sellers, span, note),
            grid.body_height() + gather::AXIS_TITLE,
            note,
        );
        gather::y_title(&page, "By the day on which all of a seller’s radio kit must be gone");
        for (i, (panel_id, label)) in panels.iter().enumerate() {
            let frame = grid.frame(i, page.body.y + gather::AXIS_TITLE);
            let points = |seller: &str| -> Vec<(Date, Stats)> {
                let factor = if *panel_id == COST { 1e-3 } else { 1.0 };
                let points = plot.points(panel_id, seller, panel_id);
                points.iter().map(|(t, s)| (*t, s.scaled(factor))).collect()
            };
            let reach = sellers
                .iter()
                .flat_map(|(id, ..)| points(id))
                .flat_map(|(_, s)| s.quantiles);
            let y = Axis::numbers(reach, true, 1.0, 6, fixed);
            let years = Axis::years(span, (frame.width / 40.0) as usize);
            let mut panel = Panel::new(&page.sheet, frame, years, y)?;
            panel.grid(false, true)?;
            gather::panel_title(&page.sheet, &frame, grid.above, label, grid.right - 34.0);
            for (id, _, ink, _) in &sellers {
                panel.bands(&points(id), *ink)?;
            }
            let mut labels = Vec::new();
            for (id, name, ink, dash) in &sellers {
                let curve = points(id);
                panel.median(&curve, *ink, dash, 1.8)?;
                for (t, s) in &curve {
                    page.sheet.dot(panel.x(t.days()), panel.y(s.median()), 2.6, ink.line);
                }
                if let Some((_, last)) = curve.last() {
                    labels.push(EndLabel {
                        name: (*name).to_owned(),
                        value: fixed(last.median(), 1),
                        at: last.median(),
                        ink: *ink,
                    });
                }
            }
            let range = (frame.y - 2.0, frame.bottom() + 8.0);
            ends::write(&page.sheet, &panel, &labels, LABEL_ROOM, range);
            if i + 1 == panels.len() {
                gather::year_title(&page.sheet, &frame);
            }
        }
        Ok(page.finish())
    }
}

/// The rows of the first date of a place, with deadlines as dates.
fn of_place(table: &SummaryTable, spec: &Spec, (world, place, said): (&str, &str, &str)) -> Vec<PlotRow> {
    let is_here = |r: &&SummaryRow| {
        (r.measure == COST || r.measure == YEARS)
            && r.scenario == world
            && r.place == place
            && r.component == "ran"
            && r.generation == "all"
    };
    let found: Vec<&SummaryRow> = table.rows.iter().filter(is_here).collect();
    let defined = found.iter().filter(|r| r.stats.is_some());
    let Some(first) = defined.map(|r| r.time).min() else {
        return Vec::new();
    };
    // The first date is mostly the first day of a year: the end of the year before it.
    let year = first.nearest_year_end();
    let mut rows = Vec::new();
    for (measure, label) in [
        (COST, format!("Bill, USD billion of 2020, {said}")),
        (YEARS, format!("Years needed from the end of {year}, {said}")),
    ] {
        let mut deadlines = Vec::new();
        for (vendor, name) in &spec.vendors {
            let mut own: Vec<(Date, Stats)> = (found.iter())
                .filter(|r| r.measure == measure && r.time == first && r.vendor == *vendor)
                .filter_map(|r| Some((Date::parse(&r.part)?, r.stats?)))
                .collect();
            own.sort_by_key(|(date, _)| *date);
            for (deadline, stats) in own {
                if !deadlines.contains(&deadline) {
                    deadlines.push(deadline);
                }
                rows.push(row(measure, &label, (vendor, name), deadline, stats));
            }
        }
        if measure == YEARS {
            deadlines.sort_unstable();
            for deadline in deadlines {
                let years = (deadline.days() - first.days()) / 365.25;
                let stats = Stats {
                    mean: years,
                    quantiles: [years; 5],
                    ci: Some((years, years)),
                };
                rows.push(row(measure, &label, (IN_TIME, "In time"), deadline, stats));
            }
        }
    }
    rows
}

fn row(measure: &str, panel: &str, (id, name): (&str, &str), time: Date, stats: Stats) -> PlotRow {
    PlotRow {
        panel: measure.to_owned(),
        panel_label: panel.to_owned(),
        series: id.to_owned(),
        label: name.to_owned(),
        quantity: measure.to_owned(),
        unit: if measure == COST { "musd_2020" } else { "years" }.to_owned(),
        time,
        stats: Some(stats),
    }
}

/// Id, name and look of a seller.
type Drawn<'a> = (&'a str, &'a str, Ink, &'static str);

/// The sellers with the largest first bills, under the colours that they have in other figures, and the deadline itself.
fn drawn(plot: &PlotTable) -> Vec<Drawn<'_>> {
    let sellers = plot.series().into_iter().filter(|(id, _)| *id != IN_TIME);
    let mut found: Vec<(f64, Drawn)> = (sellers.enumerate())
        .map(|(i, (id, name))| {
            let bill = plot.points(COST, id, COST).first().map_or(0.0, |(_, s)| s.mean);
            let (ink, dash) = look(i);
            (bill, (id, name, ink, dash))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut sellers: Vec<Drawn> = found.into_iter().take(DRAWN).map(|(_, drawn)| drawn).collect();
    if plot.rows.iter().any(|row| row.series == IN_TIME) {
        sellers.push((IN_TIME, "In time", GROUP, "1.5 2"));
    }
    sellers
}

/// The first deadline from which on the bill stays what it is at the last: by then all kit has reached the end of its life.
fn settled(bills: &[(Date, Stats)]) -> Option<usize> {
    let last = bills.last()?.1.mean;
    let is_same = |(_, stats): &&(Date, Stats)| (stats.mean - last).abs() <= SAME * last.abs();
    Some(bills.len() - bills.iter().rev().take_while(is_same).count())
}

fn words(plot: &PlotTable, sellers: &[Drawn], span: (Date, Date), note: &Note) -> Words {
    let early = span.0.nearest_year_end();
    let rate = plot
        .given(DISCOUNT)
        .map_or_else(String::new, |rate| format!(" at {rate} a year"));
    let mut words = Words {
        title: String::new(),
        subtitle: String::new(),
        notes: vec![
            format!(
                "Bill: the switching bill alone (work, unused life, broken contracts, training, integration), discounted{rate}, which of \
                 itself makes a later bill smaller; not what other sellers charge more or do worse. Kit whose life ends before the \
                 deadline goes then, the rest on the deadline. Years: until the last site is changed with the crews that each operator \
                 has; above the grey line crews are too few."
            ),
            "The sellers with the largest bills are drawn; the CSV holds all.".to_owned(),
            note.bands(),
        ],
        description: "Two line charts by deadline: bill of removal, and years that it takes; one line a seller."
            .to_owned(),
    };
    let Some((id, name, ..)) = sellers.first() else {
        return words;
    };
    let bills = plot.points(COST, id, COST);
    let (Some((_, first)), Some(settled)) = (bills.first(), settled(&bills)) else {
        return words;
    };
    let (date, last) = &bills[settled];
    let late = date.nearest_year_end();
    let is_last = settled + 1 == bills.len();
    let change = Difference::between(first, last);
    let size = percent((change.mean / first.mean).abs());
    words.title = match change.direction() {
        _ if settled == 0 && !is_last => format!("Waiting changes nothing in the discounted bill of removing {name}"),
        Direction::Fall if !is_last => format!(
            "Waiting to the end of the kit’s life (by {late}) cuts the discounted bill of removing {name} by {size}; \
             later deadlines change nothing"
        ),
        Direction::Rise if !is_last => format!(
            "Waiting to the end of the kit’s life (by {late}) raises the discounted bill of removing {name} by {size}; \
             later deadlines change nothing"
        ),
        Direction::Fall => format!("Waiting until {late} cuts the discounted bill of removing {name} by {size}"),
        Direction::Rise => format!("Waiting until {late} raises the discounted bill of removing {name} by {size}"),
        Direction::Unclear => {
            format!("What waiting changes in the discounted bill of removing {name} cannot be told from zero")
        }
    };
    let number = |value: f64| fixed(value / 1e3, 1);
    let is_degenerate = |s: &Stats| s.ci.is_some_and(|(low, high)| number(low) == number(high));
    let billion = |s: &Stats| match s.ci {
        Some((low, high)) if !is_degenerate(s) => format!(
            "USD {} billion (95% interval {} to {})",
            number(s.mean),
            number(low),
            number(high)
        ),
        _ => format!("USD {} billion", number(s.mean)),
    };
    words.subtitle = format!(
        "{name}: {} if gone by the end of {early}, {} by that of {late}{}, in present value, discounted{rate}.",
        billion(first),
        billion(last),
        if is_last { "" } else { " or later" }
    );
    if is_degenerate(first) || is_degenerate(last) {
        words.notes.push(
            "Replicates differ here in the luck of tastes alone, since all is valued at the start: intervals narrower than the digits \
             told are left out."
                .to_owned(),
        );
    }
    if let Some((_, years)) = plot.points(YEARS, id, YEARS).first() {
        words
            .subtitle
            .push_str(&format!(" The earliest deadline takes {} years.", fixed(years.mean, 1)));
    }
    words
}
