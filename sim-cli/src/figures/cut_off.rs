//! `14-cut-off`: a seller that is cut off from parts: its stock, its sales, and who sells instead.

use super::date::Date;
use super::ends::{self, EndLabel, LEADER};
use super::error::Result;
use super::grid::Grid;
use super::note::{Note, Spec};
use super::number::fixed;
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel, look, percent_tick};
use super::plot::{PlotRow, PlotTable};
use super::summary::{Key, Stats, SummaryTable};
use super::words::{Difference, Direction, INTERVAL_NOTE, foremost};
use super::{Figure, gather};

/// Stock and sales under a cut-off.
pub struct CutOff;

const STOCK: &str = "inventory_months";
const SALES: &str = "share_sales";
/// Sellers drawn beside the one that is cut off; the CSV holds all.
const OTHERS: usize = 4;
const LABEL_ROOM: f64 = 100.0;

impl Figure for CutOff {
    fn name(&self) -> &'static str {
        "14-cut-off"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[STOCK, SALES]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let worlds = gather::worlds(table, spec);
        let stocks = |vendor: &str| -> Vec<PlotRow> {
            let of = |(id, title): &(String, String)| {
                let key = Key {
                    vendor,
                    ..Key::world(id, STOCK)
                };
                gather::rows(
                    (STOCK, "Stock, months of usual sales"),
                    (id, title),
                    &table.series(&key),
                )
            };
            worlds.iter().flat_map(of).collect()
        };
        let sales = |(vendor, name): &(String, String)| -> Vec<PlotRow> {
            let of = |(id, title): &(String, String)| {
                let key = Key {
                    vendor,
                    ..Key::world(id, SALES)
                };
                gather::rows((vendor, name), (id, title), &table.series(&key))
            };
            worlds.iter().flat_map(of).collect()
        };
        let is_defined = |rows: &[PlotRow]| rows.iter().any(|row| row.stats.is_some());
        let mut rows = Vec::new();
        // The first seller with a stock is the one that the figure is about, and comes first: so the base does, which has no stock.
        let target = spec.vendors.iter().find(|(id, _)| is_defined(&stocks(id)));
        if let Some(target) = target
            && is_defined(&sales(target))
        {
            rows.extend(sales(target));
            rows.extend(stocks(&target.0));
            let others = spec
                .vendors
                .iter()
                .filter(|v| *v != target && !v.0.starts_with("group:"));
            rows.extend(others.flat_map(sales).filter(|row| row.stats.is_some()));
            rows.extend(gather::marks(spec, |_| "all".to_owned()));
        }
        gather::finish(
            self.name(),
            rows,
            "`inventory_months`, which a run records if `[measures] extra` names it, of a seller that is cut off, and `share_sales`",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let worlds = plot.series();
        let panels = drawn(plot);
        let mut grid = Grid::of(panels.len(), 2, 190.0);
        // The numbers of the second column's y axis stand beside the labels of the first.
        grid.right = LABEL_ROOM + LEADER + 42.0;
        grid.above += gather::mark_room(plot);
        let height = grid.body_height() + gather::AXIS_TITLE;
        let page = Page::begin(self.name(), words(plot, &panels, span, note), height, note);
        gather::y_title(&page, "Share of world sales, per cent; stock in months");
        let factor = |panel: &str| if panel == STOCK { 1.0 } else { 100.0 };
        let points = |panel: &str, world: &str| -> Vec<(Date, Stats)> {
            let quantity = if panel == STOCK { STOCK } else { SALES };
            let points = plot.points(panel, world, quantity);
            points.iter().map(|(t, s)| (*t, s.scaled(factor(panel)))).collect()
        };
        for (i, (id, label)) in panels.iter().enumerate() {
            let frame = grid.frame(i, page.body.y + gather::AXIS_TITLE);
            let reach = worlds.iter().flat_map(|(world, _)| points(id, world));
            let reach: Vec<f64> = reach.flat_map(|(_, s)| s.quantiles).collect();
            let show = if *id == STOCK { fixed } else { percent_tick };
            let y = Axis::numbers(reach.into_iter(), true, 1.0, 5, show);
            let years = Axis::years(span, (frame.width / 46.0) as usize);
            let mut panel = Panel::new(&page.sheet, frame, years, y)?;
            panel.grid(false, true)?;
            let beyond = grid.right - 46.0;
            panel.marks(&plot.marks(id), beyond);
            gather::panel_title(&page.sheet, &frame, grid.above, label, beyond);
            for (w, (world, _)) in worlds.iter().enumerate() {
                panel.bands(&points(id, world), look(w).0)?;
            }
            let mut labels = Vec::new();
            for (w, (world, title)) in worlds.iter().enumerate() {
                let (ink, dash) = look(w);
                let curve = points(id, world);
                panel.median(&curve, ink, dash, 1.8)?;
                if let Some((_, last)) = curve.last() {
                    labels.push(EndLabel {
                        name: (*title).to_owned(),
                        value: show(last.median(), 1),
                        at: last.median(),
                        ink,
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

/// What a world changes in a seller's share of sales against the base, by date.
fn changes(plot: &PlotTable, seller: &str, world: &str, base: &str) -> Vec<(Date, Difference)> {
    let here = plot.points(seller, base, SALES);
    let there = plot.points(seller, world, SALES);
    let both = here.iter().filter_map(|(time, own)| {
        let (_, other) = there.iter().find(|(t, _)| t == time)?;
        Some((*time, Difference::between(own, other)))
    });
    both.collect()
}

/// The seller that is cut off, its stock, and the others whose sales differ most between worlds, or are largest.
fn drawn(plot: &PlotTable) -> Vec<(&str, &str)> {
    let panels = plot.panels();
    let worlds = plot.series();
    let base = worlds.first().map_or("", |world| world.0);
    let own = panels.len().min(2);
    let mut others: Vec<(f64, (&str, &str))> = (panels[own..].iter())
        .map(|panel| {
            let moved = (worlds.iter().skip(1)).filter_map(|world| foremost(changes(plot, panel.0, world.0, base)));
            let moved = moved.map(|(_, d)| d.mean.abs()).fold(0.0, f64::max);
            let size = plot.points(panel.0, base, SALES).last().map_or(0.0, |(_, s)| s.mean);
            (if worlds.len() > 1 { moved } else { size }, *panel)
        })
        .collect();
    others.sort_by(|a, b| b.0.total_cmp(&a.0));
    let others = others.into_iter().take(OTHERS).map(|(_, panel)| panel);
    panels[..own].iter().copied().chain(others).collect()
}

fn words(plot: &PlotTable, panels: &[(&str, &str)], span: (Date, Date), note: &Note) -> Words {
    let mut words = Words {
        title: String::new(),
        subtitle: String::new(),
        notes: vec![
            "Stock: months of the seller’s usual sales that its scarcest cut-off parts last. Share of sales: of radio networks, world. Each \
             panel has its own scale."
                .to_owned(),
            INTERVAL_NOTE.to_owned(),
            note.bands(),
        ],
        description: "Line charts, one line a world: months of stock of the seller that is cut off, its share of sales, and those of \
                      others."
            .to_owned(),
    };
    let worlds = plot.series();
    let (Some((base, base_label)), Some((target, name))) = (worlds.first(), panels.first()) else {
        return words;
    };
    let policies = worlds.iter().skip(1).filter_map(|(id, label)| {
        let (time, change) = changes(plot, target, id, base).pop()?;
        Some(((*id, *label, time), change))
    });
    let Some(((policy, label, time), change)) = foremost(policies.collect()) else {
        let curve = plot.points(target, base, SALES);
        if let (Some((_, first)), Some((_, last))) = (curve.first(), curve.last()) {
            let year = span.1.nearest_year_end();
            let change = Difference::between(first, last);
            let size = change.size_in_points();
            words.title = match change.direction() {
                Direction::Rise => format!("Cut off, {name} gains {size} of world sales by {year}"),
                Direction::Fall => format!("Cut off, {name} loses {size} of world sales by {year}"),
                Direction::Unclear => format!("Change in {name}’s share of sales by {year} cannot be told from zero"),
            };
            words.subtitle = format!("{base_label}: {}.", change.in_points());
        }
        return words;
    };
    let year = time.nearest_year_end();
    let size = change.size_in_points();
    words.title = match change.direction() {
        Direction::Fall => format!("“{label}” costs {name} {size} of sales in {year}"),
        Direction::Rise => format!("“{label}” brings {name} {size} of sales in {year}"),
        Direction::Unclear => format!("Effect of “{label}” on {name}’s share of sales cannot be told from zero"),
    };
    words.subtitle = format!("Against {base_label} in {year}, means: {name} {}", change.in_points());
    // The last year is told first, whatever the size: a year picked for its size would flatter the effect.
    if let Some((worst, most)) = foremost(changes(plot, target, policy, base)).filter(|(worst, _)| *worst != time) {
        words.notes.insert(
            1,
            format!(
                "The effect on {name} is largest in {}: {}.",
                worst.nearest_year_end(),
                most.in_points()
            ),
        );
    }
    let at = |seller: &str, world: &str| {
        let points = plot.points(seller, world, SALES);
        points.into_iter().find(|(t, _)| *t == time).map(|(_, stats)| stats)
    };
    let others = panels.iter().skip(2).filter_map(|(id, other)| {
        let change = Difference::between(&at(id, base)?, &at(id, policy)?);
        Some((*other, change))
    });
    if let Some((other, change)) = foremost(others.collect()) {
        words.subtitle.push_str(&format!("; {other} {}", change.in_points()));
    }
    let out = plot.points(STOCK, policy, STOCK);
    let out = out.iter().find(|(_, stats)| stats.median() <= 0.0);
    words.subtitle.push_str(&match out {
        Some((time, _)) => format!(". {name}’s stock is gone by the end of {}.", time.nearest_year_end()),
        None => format!(". {name}’s stock is never gone."),
    });
    words
}
