//! `10-sensitivity`: which uncertain inputs decide how large lock-in is, and how much is luck.

use sim_core::design::morris_step;
use sim_core::inference::sensitivity::{luck_share, morris_effects};

use super::super::error::Result;
use super::super::font::{self, Weight};
use super::super::number::fixed;
use super::super::page::{Drawing, Page, Words};
use super::super::panel::{Axis, Panel};
use super::super::sheet::{Anchor, Rect, TextStyle};
use super::super::theme::{GROUP, LABEL_SIZE, PALETTE, QUIET, TEXT, TICK_SIZE};
use super::{Deep, DeepRow, DeepRun, DeepTable, Explored, bootstrap, nothing, points, rounded};

/// Size of the effect of each input, by Morris's method.
pub struct Sensitivity;

const NAME: &str = "10-sensitivity";
const SIZE: &str = "mu_star";
const DIRECTION: &str = "mu";
const CURVE: &str = "sigma";
const LUCK: &str = "luck_sd";
const RESAMPLES: u32 = 1000;
/// Inputs drawn; the CSV holds all.
const DRAWN: usize = 12;
const ROW: f64 = 21.0;
const NAMES: f64 = 262.0;

impl Deep for Sensitivity {
    fn name(&self) -> &'static str {
        NAME
    }

    fn rows(&self, run: &DeepRun, explored: &Explored) -> Result<Vec<DeepRow>> {
        let outcomes = explored.outcomes();
        let first = outcomes
            .first()
            .ok_or_else(|| nothing(NAME, "a design with outcomes"))?;
        let mut draws = bootstrap(run, NAME);
        let effects = morris_effects(&explored.futures, first, morris_step(), RESAMPLES, &mut draws)
            .map_err(|error| nothing(NAME, &format!("a morris design ({error})")))?;
        let mut order: Vec<usize> = (0..effects.len()).collect();
        order.sort_by(|a, b| effects[*b].mu_star.total_cmp(&effects[*a].mu_star));
        let mut rows = Vec::new();
        for input in order {
            let (path, effect) = (&explored.inputs[input], &effects[input]);
            let row = |quantity: &str, value: f64| {
                DeepRow::new(path, &run.label(path), quantity, "share_of_price", rounded(value))
            };
            let [low, high] = [effect.interval.low, effect.interval.high].map(rounded);
            rows.push(row(SIZE, effect.mu_star).between(low, high));
            rows.push(row(DIRECTION, effect.mu));
            rows.push(row(CURVE, effect.sigma));
        }
        // Luck that works differently in each future is what blurs the effects; all of it blurs one run.
        if let Some(luck) = explored.values.first().and_then(|futures| luck_share(futures)) {
            let sd = (luck.common_luck + luck.own_luck).sqrt();
            rows.push(DeepRow::new(
                "luck",
                "Luck: spread of single runs",
                LUCK,
                "share_of_price",
                rounded(sd),
            ));
        }
        Ok(rows)
    }

    fn drawing(&self, table: &DeepTable) -> Result<Drawing> {
        let drawn: Vec<&DeepRow> = table.of(SIZE).take(DRAWN).collect();
        if drawn.is_empty() {
            return Err(nothing(NAME, "the effect of at least one input"));
        }
        let luck = table.of(LUCK).next();
        let lines = drawn.len() + usize::from(luck.is_some());
        let height = ROW * lines as f64;
        let page = Page::begin_from(NAME, words(table, &drawn), height + 54.0, &table.source.line());
        let frame = Rect {
            x: page.body.x + NAMES,
            y: page.body.y + 18.0,
            width: page.body.width - NAMES - 54.0,
            height,
        };
        let reach = drawn.iter().flat_map(|row| [row.value, row.between[1]]);
        let reach = reach.chain(luck.map(|row| row.value)).map(|value| 100.0 * value);
        let axis = Axis::numbers(reach, true, 0.5, 6, fixed);
        let mut panel = Panel::new(&page.sheet, frame, axis, Axis::blank(0.0, lines as f64))?;
        panel.grid(true, false)?;
        let head = TextStyle::new(TICK_SIZE, QUIET);
        page.sheet.text(
            page.body.x,
            page.body.y + 8.0,
            "Input, from the low to the high end of its range",
            head,
        );
        let title = "Mean change of lock-in, points (either way); line: 95% interval; + raises, − lowers, ± both";
        let end = head.anchored(Anchor::End);
        page.sheet.text(page.body.right(), frame.bottom() + 32.0, title, end);
        for (i, row) in drawn.iter().enumerate() {
            let y = panel.y(lines as f64 - 0.5 - i as f64);
            name(&page, y, &row.label);
            let at = |value: f64| panel.x(100.0 * value);
            if row.between[0].is_finite() {
                let whisker = [(at(row.between[0]), y), (at(row.between[1]), y)];
                page.sheet.line(&whisker, PALETTE[0].line, 2.0);
            }
            page.sheet.dot(at(row.value), y, 4.0, PALETTE[0].line);
            let (mu, size) = (table.value(&row.series, DIRECTION), row.value);
            let sign = match mu / size {
                share if share > 0.5 => "+",
                share if share < -0.5 => "−",
                _ => "±",
            };
            let text = format!("{sign} {}", points(row.value, 1));
            let right = at(row.between[1].max(row.value)) + 8.0;
            let style = TextStyle::new(TICK_SIZE, PALETTE[0].text);
            page.sheet.text_centred(right, y, &text, style);
        }
        if let Some(row) = luck {
            let y = panel.y(0.5);
            name(&page, y, &row.label);
            page.sheet.dot(panel.x(100.0 * row.value), y, 4.0, GROUP.line);
            let style = TextStyle::new(TICK_SIZE, GROUP.text);
            page.sheet
                .text_centred(panel.x(100.0 * row.value) + 8.0, y, &points(row.value, 1), style);
        }
        Ok(page.finish())
    }
}

fn name(page: &Page, y: f64, label: &str) {
    let text = font::shorten(label, LABEL_SIZE, Weight::Regular, NAMES - 12.0);
    page.sheet
        .text_centred(page.body.x, y, &text, TextStyle::new(LABEL_SIZE, TEXT));
}

fn words(table: &DeepTable, drawn: &[&DeepRow]) -> Words {
    let name = |row: &DeepRow| format!("“{}”", row.label);
    let outcome = table.outcome();
    let title = match drawn {
        [first, second, third, ..] if second.between[0] > third.between[1] => {
            format!("{} and {} decide the {outcome}", name(first), name(second))
        }
        [first, second, ..] if first.between[0] > second.between[1] => {
            format!("{} decides the {outcome} more than any other input", name(first))
        }
        [first, second, ..] => format!("{} and {} move the {outcome} most", name(first), name(second)),
        _ => format!("What decides the {outcome}"),
    };
    let mut subtitle = String::new();
    if let [first, second, ..] = drawn {
        subtitle = format!(
            "Over its range the first moves lock-in by {} points on average, the second by {}",
            points(first.value, 1),
            points(second.value, 1)
        );
        if first.between[0] <= second.between[1] {
            subtitle.push_str("; this sample cannot say which matters more");
        }
        subtitle.push('.');
    }
    Words {
        title,
        subtitle,
        notes: vec![
            "Elementary effects (Morris): one input moves at a time, the others stand where the design has put them. A sign \
             is given where effects mostly go one way. Effects include interactions; what is not varied has none. No added rule."
                .to_owned(),
            format!(
                "The {} inputs with the largest effects are drawn; the CSV holds all {}.",
                drawn.len(),
                table.of(SIZE).count()
            ),
        ],
        description: "Dot chart, one row an input, the largest effect first; the last row is luck.".to_owned(),
    }
}
