//! `04-shares-by-region`: the sellers' shares of sites over time in each region, on one scale.

use super::error::Result;
use super::multiples::{self, SHARE};
use super::note::{Note, Spec};
use super::number::percent;
use super::page::{Drawing, Page, Words};
use super::plot::{PlotRow, PlotTable};
use super::summary::{Key, SummaryTable};
use super::words::{Difference, Direction, INTERVAL_NOTE, foremost};
use super::{Figure, gather};

/// Shares of sites by seller and region, in the first world of the spec.
pub struct SharesByRegion;

/// What is given: the title of the world shown.
const WORLD: &str = "world";

impl Figure for SharesByRegion {
    fn name(&self) -> &'static str {
        "04-shares-by-region"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[SHARE]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        let worlds = gather::worlds(table, spec);
        let sellers = multiples::sellers(table, spec);
        if let Some((world, title)) = worlds.first() {
            for (region, region_name) in &regions(table, spec) {
                for (vendor, name) in &sellers {
                    let key = Key {
                        vendor,
                        place: ("bloc", region),
                        ..Key::world(world, SHARE)
                    };
                    let series = table.series(&key);
                    rows.extend(gather::rows((region, region_name), (vendor, name), &series));
                }
            }
            if let Some(first) = rows.first().map(|row: &PlotRow| row.time) {
                rows.push(PlotRow::given(WORLD, title, first));
            }
        }
        gather::finish(self.name(), rows, "`share_sites` of blocs, component ran")
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let drawn = multiples::Drawn::of(plot);
        let years = (span.0.nearest_year_end(), span.1.nearest_year_end());
        let words = words(plot, &drawn, years, note);
        let grid = multiples::grid(plot, 250.0);
        let page = Page::begin(self.name(), words, grid.body_height() + gather::AXIS_TITLE, note);
        gather::y_title(&page, "Share of sites, per cent; the same scale in every region");
        multiples::draw(&page, plot, &drawn, grid, span)?;
        Ok(page.finish())
    }
}

/// The regions of the spec, or all blocs of the table under their ids.
fn regions(table: &SummaryTable, spec: &Spec) -> Vec<(String, String)> {
    if !spec.regions.is_empty() {
        return spec.regions.clone();
    }
    let mut regions: Vec<(String, String)> = Vec::new();
    for row in table.rows.iter().filter(|row| row.place_kind == "bloc") {
        if !regions.iter().any(|(id, _)| *id == row.place) {
            regions.push((row.place.clone(), row.place.clone()));
        }
    }
    regions
}

fn words(plot: &PlotTable, drawn: &multiples::Drawn, (first_year, year): (i32, i32), note: &Note) -> Words {
    let (subject, who) = drawn.subject(plot);
    let changes: Vec<_> = (plot.panels().into_iter())
        .filter_map(|(id, label)| {
            let points = plot.points(id, subject, SHARE);
            let (from, to) = (points.first()?.1, points.last()?.1);
            Some(((label, from, to), Difference::between(&from, &to)))
        })
        .collect();
    let id = note.scenarios.first().map_or("", String::as_str);
    let world = plot.given(WORLD).unwrap_or(id);
    let mut notes = vec![
        format!("World: {world} ({id}). A site with several sellers counts by the weights of its components."),
        note.bands(),
    ];
    notes.extend(drawn.others_note());
    notes.push(INTERVAL_NOTE.to_owned());
    let description = (changes.iter())
        .map(|((label, from, to), _)| {
            let (a, b) = (percent(from.median()), percent(to.median()));
            format!("{label}: {who} {a} in {first_year}, {b} in {year}.")
        })
        .collect::<Vec<_>>()
        .join(" ");
    let (title, subtitle) = match foremost(changes) {
        None => (String::new(), String::new()),
        Some(((region, from, to), change)) => {
            let title = match change.direction() {
                Direction::Rise => format!("{who} gain most in {region} by {year}"),
                Direction::Fall => format!("{who} lose most in {region} by {year}"),
                Direction::Unclear => {
                    format!("No region’s change in {who} by {year} can be told from zero")
                }
            };
            let subtitle = format!(
                "{world}, {region}: mean share of sites {} in {first_year}, {} in {year}, {}.",
                percent(from.mean),
                percent(to.mean),
                change.in_points()
            );
            (title, subtitle)
        }
    };
    Words {
        title,
        subtitle,
        notes,
        description: format!(
            "Line charts of the sellers' shares of sites, one panel a region on one scale. {description}"
        ),
    }
}
