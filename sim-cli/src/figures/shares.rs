//! `03-shares`: the sellers' shares of sites over time, one panel a world.

use super::error::Result;
use super::multiples::{self, SHARE};
use super::note::{Note, Spec};
use super::number::percent;
use super::page::{Drawing, Page, Words};
use super::plot::PlotTable;
use super::summary::{Key, SummaryTable};
use super::words::{Direction, Ends, Finding, INTERVAL_NOTE};
use super::{Figure, gather};

/// Shares of sites by seller and world.
pub struct Shares;

const WORLD: (&str, &str) = ("world", "world");

impl Figure for Shares {
    fn name(&self) -> &'static str {
        "03-shares"
    }

    fn measures(&self) -> &'static [&'static str] {
        &[SHARE]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        for (id, title) in &gather::worlds(table, spec) {
            for (vendor, name) in &multiples::sellers(table, spec) {
                let key = Key {
                    vendor,
                    place: WORLD,
                    ..Key::world(id, SHARE)
                };
                rows.extend(gather::rows((id, title), (vendor, name), &table.series(&key)));
            }
        }
        rows.extend(gather::marks(spec, str::to_owned));
        gather::finish(self.name(), rows, "`share_sites` of the world, component ran")
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let span = gather::span(self.name(), plot)?;
        let drawn = multiples::Drawn::of(plot);
        let words = words(plot, &drawn, span.1.nearest_year_end(), span.0.nearest_year_end(), note);
        let grid = multiples::grid(plot, 300.0);
        let page = Page::begin(self.name(), words, grid.body_height() + gather::AXIS_TITLE, note);
        gather::y_title(&page, "Share of sites, per cent");
        multiples::draw(&page, plot, &drawn, grid, span)?;
        Ok(page.finish())
    }
}

fn words(plot: &PlotTable, drawn: &multiples::Drawn, year: i32, first_year: i32, note: &Note) -> Words {
    let mut words = Words {
        title: String::new(),
        subtitle: String::new(),
        notes: vec![
            format!(
                "A site with several sellers counts by the weights of its components. {}",
                note.bands()
            ),
            INTERVAL_NOTE.to_owned(),
        ],
        description: format!(
            "Line charts of the sellers' shares of sites from {first_year} to {year}, one panel a world."
        ),
    };
    words.notes.extend(drawn.others_note());
    let subject = drawn.subject(plot);
    let panels = plot.panels();
    let ends: Vec<Ends> = (panels.iter())
        .filter_map(|(id, world)| {
            let points = plot.points(id, subject.0, SHARE);
            Some(Ends {
                world,
                first: points.first()?.1,
                last: points.last()?.1,
            })
        })
        .collect();
    let who = subject.1;
    match Finding::of(&ends) {
        None => {}
        Some(Finding::OverTime { ends, change }) => {
            let (a, b) = (percent(ends.first.mean), percent(ends.last.mean));
            words.title = match change.direction() {
                Direction::Rise => format!("{who}: share of sites rises from {a} to {b} by {year}"),
                Direction::Fall => format!("{who}: share of sites falls from {a} to {b} by {year}"),
                Direction::Unclear => {
                    format!("{who}: change in share by {year} cannot be told from zero")
                }
            };
            words.subtitle = format!(
                "{}: mean change from {first_year} to {year} {}.",
                ends.world,
                change.in_points()
            );
        }
        Some(Finding::Policy {
            base,
            policy,
            change,
            several,
        }) => {
            let (size, world) = (change.size_in_points(), policy.world);
            words.title = match change.direction() {
                Direction::Rise => {
                    format!("{who}: share {size} higher in {year} under “{world}”")
                }
                Direction::Fall => format!("{who}: share {size} lower in {year} under “{world}”"),
                Direction::Unclear if several => {
                    format!("{who}: no policy’s effect by {year} can be told from zero")
                }
                Direction::Unclear => {
                    format!("{who}: effect of “{world}” by {year} cannot be told from zero")
                }
            };
            words.subtitle = format!(
                "{world} against {}: mean {} against {} of sites, {}.",
                base.world,
                percent(policy.last.mean),
                percent(base.last.mean),
                change.in_points()
            );
        }
    }
    words
}
