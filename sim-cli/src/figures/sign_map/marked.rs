//! Where a run's world stands on the map, and the words of the figure.

use super::{BIDDERS, CELL, CHANGE, MOST, OBSERVED, SELLERS, TURN, WORLD};
use crate::figures::font::{self, Weight};
use crate::figures::number::fixed;
use crate::figures::page::{Page, Words};
use crate::figures::panel::Panel;
use crate::figures::sheet::{Anchor, TextStyle};
use crate::figures::theme::{LABEL_SIZE, TEXT};
use crate::figures::theory::{TheoryRow, TheoryTable};

/// What the theory says where the world stands, for one number of sellers.
#[derive(Debug, Clone, Copy)]
struct Place {
    sellers: usize,
    change: f64,
    turn: f64,
    bidders: f64,
}

/// The world on the map: it stands in every panel, filled where a tender has most nearly as many effective bidders.
pub(super) struct Marked<'a> {
    first: &'a TheoryRow,
    last: &'a TheoryRow,
    /// At the last date.
    places: Vec<Place>,
}

impl<'a> Marked<'a> {
    pub(super) fn of(table: &'a TheoryTable) -> Option<Self> {
        let of = |quantity: &'a str| (table.rows.iter()).filter(move |r| r.series == WORLD && r.quantity == quantity);
        let (first, last) = (of(OBSERVED).next()?, of(OBSERVED).next_back()?);
        let value = |quantity: &'a str, n: usize| {
            let mut rows = of(quantity).filter(|row| row.sellers == n as f64 && row.label == last.label);
            rows.next().map(|row| row.value)
        };
        let places = SELLERS.into_iter().map(|sellers| {
            Some(Place {
                sellers,
                change: value(CHANGE, sellers)?,
                turn: value(TURN, sellers)?,
                bidders: value(BIDDERS, sellers)?,
            })
        });
        Some(Self {
            first,
            last,
            places: places.collect::<Option<_>>()?,
        })
    }

    /// The panel in which a tender has most nearly as many effective bidders as the world's.
    fn nearest(&self) -> Option<&Place> {
        let gap = |place: &Place| (place.bidders - self.last.value).abs();
        self.places.iter().min_by(|a, b| gap(a).total_cmp(&gap(b)))
    }

    fn years(&self) -> String {
        if self.first.label == self.last.label {
            return self.last.label.clone();
        }
        format!("{} to {}", self.first.label, self.last.label)
    }

    /// A line from the first to the last date with a dot at its end. A wedge beyond the map stands at its edge; the notes tell it.
    pub(super) fn draw(&self, page: &Page, panel: &Panel, n: usize, world: &str) {
        let frame = panel.frame;
        let at = |row: &TheoryRow| (panel.x(row.switching_cost.min(MOST)), panel.y(row.patience));
        let (from, to) = (at(self.first), at(self.last));
        page.sheet.line(&[from, to], TEXT, 2.0);
        page.sheet.dot(to.0, to.1, 5.0, TEXT);
        if self.nearest().is_none_or(|place| place.sellers != n) {
            page.sheet.dot(to.0, to.1, 3.0, (255, 255, 255));
            return;
        }
        let lines = [(world, Weight::Bold), (&self.years(), Weight::Regular)];
        for (k, (text, weight)) in lines.into_iter().enumerate() {
            let text = font::shorten(text, LABEL_SIZE, weight, frame.width - 8.0);
            let half = 0.5 * font::width(&text, LABEL_SIZE, weight) + 4.0;
            let x = to.0.min(frame.right() - half).max(frame.x + half);
            let style = TextStyle {
                weight,
                ..TextStyle::new(LABEL_SIZE, TEXT).anchored(Anchor::Middle).rimmed()
            };
            page.sheet.text(x, to.1 + 19.0 + 15.0 * k as f64, &text, style);
        }
    }
}

pub(super) fn words(table: &TheoryTable, marked: Option<&Marked>) -> Words {
    let world = &table.source.world;
    let all = |raise: bool| marked.is_some_and(|m| m.places.iter().all(|place| (place.change > 0.0) == raise));
    let title = if marked.is_none() {
        "Switching costs raise prices where sellers are impatient and lower them where they are patient".to_owned()
    } else if all(true) {
        format!("In the theory of equal sellers, at {world}’s wedge, switching costs raise the prices paid")
    } else if all(false) {
        format!("In the theory of equal sellers, at {world}’s wedge, switching costs do not raise the prices paid")
    } else {
        format!(
            "In the theory of equal sellers, at {world}’s wedge, their number decides if switching costs raise prices"
        )
    };
    let subtitle = match marked {
        Some(m) => {
            let turns: Vec<String> = m.places.iter().map(|place| fixed(place.turn, 2)).collect();
            format!(
                "At its wedge of {} mu the sign turns at D = {}; its sellers have D = {}.",
                fixed(m.last.switching_cost, 1),
                turns.join(", "),
                fixed(m.last.patience, 2)
            )
        }
        None => "Mean price that attached buyers pay, by switching cost, patience and number of sellers.".to_owned(),
    };
    let mut notes = vec![
        "Equal sellers that see who is attached and bid for each buyer; one nest, no keep; mu is the scale of taste. D: what sellers’ \
         money of the next tender is worth in this one (look-ahead times discount over a contract). Black line: where the mean \
         price is that without switching costs, q the chance that a buyer stays; above it they lower prices. Prices of the \
         next-tender table that runs use; equilibrium of Cabral (2016), here for n sellers."
            .to_owned(),
    ];
    if let Some(m) = marked {
        let point = |row: &TheoryRow| {
            format!(
                "{}: wedge {} mu, {} effective bidders",
                row.label,
                fixed(row.switching_cost, 1),
                fixed(row.value, 1)
            )
        };
        let bidders: Vec<String> = (m.places.iter()).map(|place| fixed(place.bidders, 1)).collect();
        notes.push(format!(
            "Point: {world}. {}; {}. Wedge: lock-in curve over mu, both shares of price. D: from its [foresight] and contract term, bans              aside. A switching cost itself lowers the number of effective bidders: in the panels it is {} there. The point is filled where              that is nearest the world’s, hollow elsewhere. It places the world, which has unequal sellers and may keep its kit, and is              no forecast of its prices.",
            point(m.first),
            point(m.last),
            bidders.join(", ")
        ));
    }
    let ends: Vec<String> = (SELLERS.into_iter())
        .filter_map(|n| {
            let cells = table.series(CELL, CHANGE, n as f64);
            let least = cells.iter().map(|cell| cell.value).reduce(f64::min)?;
            let most = cells.iter().map(|cell| cell.value).reduce(f64::max)?;
            Some(format!("{n} sellers: {} to {} mu.", fixed(least, 1), fixed(most, 1)))
        })
        .collect();
    Words {
        title,
        subtitle,
        notes,
        description: format!(
            "Maps, one a number of sellers: switching cost from 0 to {} mu across, patience from 0 to 1 upwards, change of the mean \
             price as colour. {}",
            fixed(MOST, 0),
            ends.join(" ")
        ),
    }
}
