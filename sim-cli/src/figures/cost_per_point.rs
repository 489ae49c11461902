//! `06-cost-per-point`: what a point of lock-in removed costs, policy by policy, and who bears it.

use sim_core::inference::{Interval, Verdict};

use super::error::Result;
use super::font::{self, Weight};
use super::note::{Note, Spec};
use super::number::{money, thousands};
use super::page::{Drawing, Page, Words};
use super::panel::{Axis, Panel};
use super::plot::{PlotRow, PlotTable};
use super::sheet::{Anchor, Rect, TextStyle};
use super::summary::{Key, Stats, SummaryTable};
use super::theme::{AXIS, Ink, LABEL_SIZE, PALETTE, QUIET, TEXT, TICK_SIZE};
use super::{Figure, gather};
use crate::output::differences::appraisal::{COST_PER_POINT, LOCK_IN};

/// Cost of a point of lock-in removed, with its parts.
pub struct CostPerPoint;

const PANEL: &str = "world";
/// Parts: id, name, colour.
const PARTS: [(&str, &str, Ink); 3] = [
    ("operators", "Operators’ outlays", PALETTE[0]),
    ("public", "Public outlay", PALETTE[4]),
    ("delay", "Delay", PALETTE[3]),
];
const ALL: &str = "all";

/// Room for the names of policies at the left and for their numbers at the right.
const NAME_ROOM: f64 = 150.0;
const VALUE_ROOM: f64 = 170.0;
const ROW_HEIGHT: f64 = 58.0;
/// Room above the bars for the legend, below them for the axis.
const ABOVE: f64 = 26.0;
const BELOW: f64 = 42.0;
/// Half the height of a bar, in rows.
const HALF_BAR: f64 = 0.21;

impl Figure for CostPerPoint {
    fn name(&self) -> &'static str {
        "06-cost-per-point"
    }

    fn measures(&self) -> &'static [&'static str] {
        &["lock_in_curve", "operator_cost", "site_months_late", "public_outlay"]
    }

    fn differences(&self) -> &'static [&'static str] {
        &[LOCK_IN, COST_PER_POINT]
    }

    fn plotted(&self, table: &SummaryTable, spec: &Spec) -> Result<PlotTable> {
        let mut rows = Vec::new();
        for (id, title) in gather::worlds(table, spec).iter().skip(1) {
            let mut add = |measure: &'static str, part: &str, quantity: String| {
                let key = Key {
                    part,
                    ..Key::world(id, measure)
                };
                let found = gather::rows((PANEL, "World"), (id, title), &table.differences(&key));
                rows.extend(found.into_iter().map(|row| PlotRow {
                    quantity: quantity.clone(),
                    ..row
                }));
            };
            add(LOCK_IN, ALL, LOCK_IN.to_owned());
            for part in [ALL].into_iter().chain(PARTS.iter().map(|part| part.0)) {
                add(COST_PER_POINT, part, quantity(part));
            }
        }
        gather::finish(
            self.name(),
            rows,
            "the appraisal of `oransim compare`, from `lock_in_curve`, `operator_cost`, `site_months_late` and \
             `public_outlay` of the world",
        )
    }

    fn drawing(&self, plot: &PlotTable, note: &Note) -> Result<Drawing> {
        let (_, last) = gather::span(self.name(), plot)?;
        let policies: Vec<Policy> = (plot.series().into_iter())
            .map(|(id, label)| Policy::of(plot, id, label))
            .collect();
        let height = ABOVE + ROW_HEIGHT * policies.len() as f64 + BELOW;
        let words = words(&policies, last.nearest_year_end(), note);
        let page = Page::begin(self.name(), words, height, note);
        let frame = Rect {
            x: page.body.x + NAME_ROOM,
            y: page.body.y + ABOVE,
            width: page.body.width - NAME_ROOM - VALUE_ROOM,
            height: height - ABOVE - BELOW,
        };
        let reach = policies.iter().flat_map(Policy::reach);
        let x = Axis::numbers(reach, true, 1.0, 5, thousands);
        let mut panel = Panel::new(&page.sheet, frame, x, Axis::blank(0.0, policies.len() as f64))?;
        panel.grid(true, false)?;
        let parts: Vec<usize> = (0..PARTS.len())
            .filter(|part| policies.iter().any(|policy| policy.part(*part) != 0.0))
            .collect();
        draw_legend(&page, &frame, &parts);
        for (i, policy) in policies.iter().enumerate() {
            let row = policies.len() as f64 - i as f64 - 0.5;
            policy.draw_bar(&page, &mut panel, row)?;
            policy.write(&page, &frame, panel.y(row));
        }
        let zero = panel.x(0.0);
        page.sheet.line(&[(zero, frame.y), (zero, frame.bottom())], AXIS, 1.0);
        page.sheet.text(
            frame.right(),
            frame.bottom() + 32.0,
            "Million US dollars of 2020 for one point",
            TextStyle::new(TICK_SIZE, QUIET).anchored(Anchor::End),
        );
        Ok(page.finish())
    }
}

fn quantity(part: &str) -> String {
    format!("{COST_PER_POINT}:{part}")
}

/// One policy.
struct Policy<'a> {
    label: &'a str,
    verdict: Verdict,
    total: Option<Stats>,
    parts: [Option<Stats>; PARTS.len()],
}

impl<'a> Policy<'a> {
    fn of(plot: &PlotTable, id: &str, label: &'a str) -> Self {
        let last = |quantity: &str| plot.points(PANEL, id, quantity).last().map(|(_, stats)| *stats);
        let interval = |stats: Option<Stats>| {
            let ends = stats.and_then(|stats| stats.ci);
            ends.map_or(Interval::UNDEFINED, |(low, high)| Interval { low, high })
        };
        let total = last(&quantity(ALL));
        Self {
            label,
            verdict: Verdict::of(interval(last(LOCK_IN)), interval(total)),
            total,
            parts: PARTS.map(|(part, ..)| last(&quantity(part))),
        }
    }

    /// Estimate and interval, where there is a price.
    fn price(&self) -> Option<(f64, (f64, f64))> {
        let has_price = matches!(self.verdict, Verdict::Dominant | Verdict::Priced);
        let total = self.total.filter(|_| has_price)?;
        Some((total.mean, total.ci?))
    }

    /// Mean of a part; 0 where there is no price.
    fn part(&self, part: usize) -> f64 {
        let stats = self.price().and(self.parts[part]);
        stats.map_or(0.0, |stats| stats.mean)
    }

    /// What the axis must hold.
    fn reach(&self) -> Vec<f64> {
        let Some((_, (low, high))) = self.price() else {
            return Vec::new();
        };
        let parts = (0..PARTS.len()).map(|part| self.part(part));
        let (up, down): (Vec<f64>, Vec<f64>) = parts.partition(|value| *value > 0.0);
        vec![low, high, up.iter().sum(), down.iter().sum()]
    }

    /// The parts, costs to the right of zero and savings to the left, and over them the whole with its interval.
    fn draw_bar(&self, page: &Page, panel: &mut Panel, row: f64) -> Result<()> {
        let Some((mean, (low, high))) = self.price() else {
            return Ok(());
        };
        let (mut up, mut down) = (0.0, 0.0);
        for (part, (.., ink)) in PARTS.iter().enumerate() {
            let value = self.part(part);
            let from = if value > 0.0 { &mut up } else { &mut down };
            let ends = [*from, *from + value].map(|x| (x, row - HALF_BAR, row + HALF_BAR));
            *from += value;
            if value != 0.0 {
                panel.band(&ends, ink.line, 0.85)?;
            }
        }
        let y = panel.y(row);
        let (from, to) = (panel.x(low), panel.x(high));
        page.sheet.line(&[(from, y), (to, y)], TEXT, 1.5);
        for end in [from, to] {
            page.sheet.line(&[(end, y - 4.0), (end, y + 4.0)], TEXT, 1.5);
        }
        page.sheet.dot(panel.x(mean), y, 4.0, TEXT);
        Ok(())
    }

    /// The name at the left of a row and what is to be said of it at the right.
    fn write(&self, page: &Page, frame: &Rect, y: f64) {
        let column = |text: &str, x: f64, room: f64, size: f64, weight: Weight, from: f64| {
            let mut lines = font::wrap(text, size, weight, room);
            lines.truncate(3);
            let leading = 1.2 * size;
            let style = TextStyle {
                weight,
                ..TextStyle::new(size, TEXT)
            };
            for (i, line) in lines.iter().enumerate() {
                let offset = i as f64 - from * (lines.len() as f64 - 1.0);
                page.sheet.text_centred(x, y + offset * leading, line, style);
            }
        };
        let name_room = NAME_ROOM - 14.0;
        column(self.label, page.body.x, name_room, LABEL_SIZE, Weight::Bold, 0.5);
        let (x, room) = (frame.right() + 14.0, VALUE_ROOM - 14.0);
        column(&self.said(), x, room, TICK_SIZE, Weight::Regular, 0.5);
    }

    /// The price in numbers, or why there is none.
    fn said(&self) -> String {
        let price = self.price().map_or_else(String::new, |(mean, (low, high))| {
            let [mean, low, high] = [mean, low, high].map(money);
            format!("{mean} ({low} to {high})")
        });
        match self.verdict {
            Verdict::Unclear => "Undefined: change in lock-in cannot be told from zero".to_owned(),
            Verdict::MoreLockIn => "Undefined: there is more lock-in".to_owned(),
            Verdict::Dominant => format!("{price} Dominant: less lock-in at lower cost"),
            Verdict::Priced if self.is_free() => format!("{price} Cost cannot be told from zero"),
            Verdict::Priced => price,
        }
    }

    /// Whether the price cannot be told from zero.
    fn is_free(&self) -> bool {
        self.price().is_some_and(|(_, (low, _))| low <= 0.0)
    }
}

/// Which colour is whose cost, above the bars.
fn draw_legend(page: &Page, frame: &Rect, parts: &[usize]) {
    let mut x = frame.x;
    let y = page.body.y + 8.0;
    for (_, name, ink) in parts.iter().map(|part| PARTS[*part]) {
        page.sheet.line(&[(x, y), (x + 12.0, y)], ink.line, 9.0);
        page.sheet
            .text_centred(x + 17.0, y, name, TextStyle::new(TICK_SIZE, ink.text));
        x += 17.0 + font::width(name, TICK_SIZE, Weight::Regular) + 16.0;
    }
    if !parts.is_empty() {
        page.sheet.line(&[(x, y), (x + 24.0, y)], TEXT, 1.5);
        page.sheet.dot(x + 12.0, y, 4.0, TEXT);
        let style = TextStyle::new(TICK_SIZE, TEXT);
        page.sheet.text_centred(x + 29.0, y, "Sum, 95% interval", style);
    }
}

/// Name, estimate and interval of a policy to speak of.
type Spoken<'a> = (&'a str, (f64, (f64, f64)));

/// The price of the first and, where there are several, of the last policy.
fn range(spoken: &[Spoken]) -> String {
    let interval = |(low, high): (f64, f64)| format!("(95% interval {} to {})", money(low), money(high));
    match spoken {
        [] => String::new(),
        [(label, (mean, ends))] => format!("{label}: USD {} million a point {}. ", money(*mean), interval(*ends)),
        [(first, (dear, dear_ends)), .., (last, (cheap, cheap_ends))] => format!(
            "From USD {} million a point {} under “{first}” to {} {} under “{last}”. ",
            money(*dear),
            interval(*dear_ends),
            money(*cheap),
            interval(*cheap_ends)
        ),
    }
}

/// Who pays less for policies of which the sum of all costs is lower. The sum holds delay: outlays are lower of themselves only
/// where they are without it.
fn at_less(dominant: &[&Policy]) -> &'static str {
    let all = |is: &dyn Fn(f64, f64) -> bool| dominant.iter().all(|policy| is(policy.part(0), policy.part(1)));
    if !all(&|operators, states| operators + states < 0.0) {
        "at lower cost to operators and states together, delay counted"
    } else if all(&|_, states| states == 0.0) {
        "with lower outlays of operators, without public outlay"
    } else if all(&|operators, states| operators <= 0.0 && states <= 0.0) {
        "with lower outlays of operators and states"
    } else if all(&|operators, states| operators < 0.0 && states >= 0.0) {
        "as operators save more than states spend"
    } else if all(&|operators, states| operators >= 0.0 && states < 0.0) {
        "as states save more than operators spend"
    } else {
        "with lower outlays of operators and states together"
    }
}

/// What states pay for a point under the policies that have a price.
fn public_outlay(policies: &[Policy]) -> String {
    let usd = |value: f64| match value {
        0.0 => "nothing".to_owned(),
        _ => format!("USD {} million", money(value)),
    };
    let mut paid: Vec<(&str, f64)> = (policies.iter())
        .filter(|policy| policy.price().is_some())
        .map(|policy| (policy.label, policy.part(1)))
        .collect();
    paid.sort_by(|a, b| a.1.total_cmp(&b.1));
    match &paid[..] {
        [] => String::new(),
        [(_, least), .., (_, most)] if least == most => {
            format!("Counted in: states pay {} a point under each. ", usd(*least))
        }
        [(_, one)] => format!("Counted in: states pay {} a point. ", usd(*one)),
        [(first, least), .., (last, most)] => format!(
            "Counted in: states pay from {} a point under “{first}” to {} under “{last}”. ",
            usd(*least),
            usd(*most)
        ),
    }
}

fn words(policies: &[Policy], year: i32, note: &Note) -> Words {
    let usd = |value: f64| match value / 1000.0 {
        billion if billion.abs() >= 1.0 => format!("USD {} billion", thousands(billion, 1)),
        _ => format!("USD {} million", money(value)),
    };
    let dominant: Vec<&Policy> = (policies.iter())
        .filter(|policy| policy.verdict == Verdict::Dominant)
        .collect();
    let at_less = at_less(&dominant);
    let free = policies
        .iter()
        .find(|policy| policy.verdict == Verdict::Priced && policy.is_free());
    // By price, the cheapest first; its lead is claimed only where its interval ends before all others begin.
    let mut priced: Vec<_> = (policies.iter())
        .filter(|policy| policy.verdict == Verdict::Priced)
        .filter_map(|policy| Some((policy.label, policy.price()?)))
        .collect();
    priced.sort_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let title = match (&dominant[..], free, &priced[..]) {
        // What is paid less for a point ranks nothing: less lock-in for the same sum would look better.
        ([policy], ..) => format!("“{}” removes lock-in {at_less}", policy.label),
        ([_, ..], ..) if dominant.len() == policies.len() => {
            format!("All {} policies remove lock-in {at_less}", policies.len())
        }
        ([_, ..], ..) => format!(
            "{} of {} policies remove lock-in {at_less}",
            dominant.len(),
            policies.len()
        ),
        ([], Some(policy), _) => {
            format!(
                "“{}” removes lock-in at a cost that cannot be told from zero",
                policy.label
            )
        }
        ([], None, []) => "No policy here can be said to remove lock-in: a point has no price".to_owned(),
        ([], None, [(label, (cost, _))]) if policies.len() > 1 => {
            format!("Only “{label}” removes lock-in: {} a point", usd(*cost))
        }
        ([], None, [(label, (cost, _))]) => format!("“{label}” removes a point of lock-in for {}", usd(*cost)),
        ([], None, [(label, (cost, (_, high))), others @ ..]) => {
            if others.iter().all(|(_, (_, (low, _)))| high < low) {
                format!("“{label}” removes lock-in most cheaply: {} a point", usd(*cost))
            } else {
                "No policy can be called the cheapest per point of lock-in".to_owned()
            }
        }
    };
    let mut spoken: Vec<Spoken> = (dominant.iter()).filter_map(|p| Some((p.label, p.price()?))).collect();
    spoken.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    if spoken.is_empty() {
        let one = free.map_or_else(|| priced.first().copied(), |p| Some((p.label, p.price()?)));
        spoken.extend(one);
    }
    let transfer = if dominant.is_empty() {
        ""
    } else {
        " Lower prices are a transfer from sellers, no saving to society."
    };
    let subtitle = format!(
        "{}{}Discounted cost beyond the base for each point by which discounted mean lock-in falls, world.{transfer} Operators’ \
         outlays hold prices, work, running, and upkeep and performance gap of old kit (“extension”); kit bought late is not \
         credited after {year}.",
        range(&spoken),
        public_outlay(policies)
    );
    let rows: Vec<String> = (policies.iter())
        .map(|policy| format!("{}: {}.", policy.label, policy.said()))
        .collect();
    Words {
        title,
        subtitle,
        notes: vec![
            format!(
                "One point: 0.01 of the discounted mean of the lock-in curve from the start to the end of {year}. Cost: \
                 operators’ outlays, public outlay, and site-months of delay at the value that the base gives them."
            ),
            format!(
                "Ratio of mean paired differences, with a 95% bootstrap interval over replicates. {}",
                note.spread("Intervals")
            ),
        ],
        description: format!(
            "Horizontal bars, one a policy, in parts by who bears the cost. {}",
            rows.join(" ")
        ),
    }
}
