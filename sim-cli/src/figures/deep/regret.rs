//! `12-regret`: how much worse each policy does than the best one would have, over all futures.

use sim_core::inference::quantile;
use sim_core::inference::regret::{Better, Payoffs, Rule, apply_rule, rank_stability};

use super::super::error::Result;
use super::super::font::{self, Weight};
use super::super::number::{fixed, percent};
use super::super::page::{Drawing, Page, Words};
use super::super::panel::{Axis, Panel};
use super::super::sheet::{Anchor, Rect, TextStyle};
use super::super::theme::{self, LABEL_SIZE, QUIET, TEXT, TICK_SIZE};
use super::{Deep, DeepRow, DeepRun, DeepTable, Explored, bootstrap, nothing, points, rounded};

/// Distribution of regret by policy.
pub struct Regret;

const NAME: &str = "12-regret";
/// Quantiles in thousandths, and their names in the table.
const QUANTILES: [(u32, &str); 7] = [
    (50, "regret_p05"),
    (250, "regret_p25"),
    (500, "regret_p50"),
    (750, "regret_p75"),
    (950, "regret_p95"),
    (900, NINE),
    (1000, "regret_max"),
];
/// The regret that nine of ten futures stay below: robust without hanging on the worst future drawn.
const NINE: &str = "regret_p90";
const MEAN: &str = "regret_mean";
const BEST: &str = "share_of_futures_best";
const GOOD: &str = "share_of_futures_not_failed";
const CHOSEN: &str = "chosen_by";
const AGAIN: &str = "chosen_again";
const THRESHOLD: &str = "threshold";
const RESAMPLES: u32 = 1000;
const ROW: f64 = 40.0;
const NAMES: f64 = 150.0;
const SHARES: f64 = 200.0;

impl Deep for Regret {
    fn name(&self) -> &'static str {
        NAME
    }

    fn rows(&self, run: &DeepRun, explored: &Explored) -> Result<Vec<DeepRow>> {
        let payoffs = Payoffs::new(&explored.outcomes(), Better::Low)
            .ok_or_else(|| nothing(NAME, "a future in which every policy has an outcome"))?;
        let (best, good) = (payoffs.share_best(), payoffs.satisficing(run.threshold));
        let mut rows = vec![DeepRow::new(
            "all",
            "Failed above",
            THRESHOLD,
            "share_of_price",
            run.threshold,
        )];
        for (policy, mut regret) in payoffs.regret().into_iter().enumerate() {
            regret.sort_unstable_by(f64::total_cmp);
            let (id, label) = (policy.to_string(), run.policy(policy));
            let row =
                |quantity: &str, unit: &str, value: f64| DeepRow::new(&id, &label, quantity, unit, rounded(value));
            for (q, name) in QUANTILES {
                rows.push(row(name, "share_of_price", quantile(&regret, q)));
            }
            let mean = regret.iter().sum::<f64>() / regret.len() as f64;
            rows.push(row(MEAN, "share_of_price", mean));
            rows.push(row(BEST, "share", best[policy]));
            rows.push(row(GOOD, "share", good[policy]));
        }
        let rules = [
            (Rule::Regret90, "smallest regret in nine of ten futures"),
            (Rule::MinimaxRegret, "smallest largest regret"),
            (Rule::Maximin, "best worst case"),
            (Rule::Laplace, "best mean"),
            (
                Rule::Satisficing {
                    threshold: run.threshold,
                },
                "fewest failures",
            ),
        ];
        for (rule, words) in rules {
            let winners = apply_rule(&payoffs, rule).winners;
            let Some(winner) = winners.first() else { continue };
            let mut draws = bootstrap(run, rule.name());
            let again = rank_stability(&payoffs, rule, RESAMPLES, &mut draws);
            rows.push(DeepRow::new(rule.name(), words, CHOSEN, "policy", *winner as f64));
            rows.push(DeepRow::new(
                rule.name(),
                words,
                AGAIN,
                "share",
                rounded(again[*winner]),
            ));
        }
        Ok(rows)
    }

    fn drawing(&self, table: &DeepTable) -> Result<Drawing> {
        let mut policies: Vec<&DeepRow> = table.of(NINE).collect();
        if policies.is_empty() {
            return Err(nothing(NAME, "the regret of at least one policy"));
        }
        policies.sort_by(|a, b| a.value.total_cmp(&b.value));
        let height = ROW * policies.len() as f64;
        let page = Page::begin_from(NAME, words(table, &policies), height + 64.0, &table.source.line());
        let frame = Rect {
            x: page.body.x + NAMES,
            y: page.body.y + 30.0,
            width: page.body.width - NAMES - SHARES,
            height,
        };
        let axis = Axis::numbers(table.of("regret_max").map(|row| 100.0 * row.value), true, 0.5, 6, fixed);
        let mut panel = Panel::new(&page.sheet, frame, axis, Axis::blank(0.0, policies.len() as f64))?;
        panel.grid(true, false)?;
        let head = TextStyle::new(TICK_SIZE, QUIET);
        page.sheet.text(page.body.x, page.body.y + 22.0, "Policy", head);
        let columns = [frame.right() + 76.0, frame.right() + 128.0, page.body.right()];
        let heads = [["Nine in ten", "within"], ["Best", "in"], ["Not failed", "in"]];
        for (x, lines) in columns.into_iter().zip(heads) {
            for (line, y) in lines.into_iter().zip([8.0, 22.0]) {
                page.sheet.text(x, page.body.y + y, line, head.anchored(Anchor::End));
            }
        }
        let title = "Regret in points of lock-in: what the best policy of that future would have done better";
        page.sheet.text(page.body.x, frame.bottom() + 34.0, title, head);
        for (i, row) in policies.iter().enumerate() {
            let middle = policies.len() as f64 - 0.5 - i as f64;
            let place = row.series.parse().unwrap_or(i);
            let (ink, _) = theme::series(place);
            let at = |quantity: &str| 100.0 * table.value(&row.series, quantity);
            for (low, high, half, opacity) in [
                ("regret_p05", NINE, 0.16, 0.25),
                ("regret_p25", "regret_p75", 0.26, 0.45),
            ] {
                let (low, high) = (at(low), at(high));
                let corners = vec![
                    (low, middle - half),
                    (high, middle - half),
                    (high, middle + half),
                    (low, middle + half),
                ];
                panel.area(corners, ink.line, opacity)?;
            }
            let median = at("regret_p50");
            panel.curve(&[(median, middle - 0.3), (median, middle + 0.3)], ink.line, 2.4, "")?;
            let y = panel.y(middle);
            page.sheet.dot(panel.x(at("regret_max")), y, 4.0, ink.line);
            let label = font::shorten(&row.label, LABEL_SIZE, Weight::Bold, NAMES - 10.0);
            page.sheet
                .text_centred(page.body.x, y, &label, TextStyle::new(LABEL_SIZE, ink.text).bold());
            let share = |quantity: &str| percent(table.value(&row.series, quantity));
            let said = [fixed(at(NINE), 1), share(BEST), share(GOOD)];
            for (x, said) in columns.into_iter().zip(said) {
                let style = TextStyle::new(LABEL_SIZE, TEXT).anchored(Anchor::End);
                page.sheet.text_centred(x, y, &said, style);
            }
        }
        Ok(page.finish())
    }
}

fn words(table: &DeepTable, policies: &[&DeepRow]) -> Words {
    let name = |place: f64| {
        let id = format!("{place}");
        let found = policies.iter().find(|row| row.series == id);
        found.map_or_else(|| id.clone(), |row| row.label.clone())
    };
    let first = policies[0];
    let best = |row: &DeepRow| percent(table.value(&row.series, BEST));
    let title = match policies {
        [first, second, ..] if first.value < second.value => format!(
            "In nine of ten futures “{}” is within {} points of the best policy",
            first.label,
            points(first.value, 1)
        ),
        _ => format!(
            "No policy of {} has the smallest regret in nine of ten futures alone",
            policies.len()
        ),
    };
    let mut chosen: Vec<(String, Vec<&str>)> = Vec::new();
    let mut unsteady = Vec::new();
    for row in table.of(CHOSEN) {
        let policy = name(row.value);
        match chosen.iter_mut().find(|(known, _)| *known == policy) {
            Some((_, rules)) => rules.push(&row.label),
            None => chosen.push((policy, vec![&row.label])),
        }
        if table.value(&row.series, AGAIN) < 0.9 {
            unsteady.push(row.label.as_str());
        }
    }
    let said: Vec<String> = (chosen.iter())
        .map(|(policy, rules)| format!("“{policy}” has the {}", rules.join(", the ")))
        .collect();
    let mut notes = vec![
        "Each future is one set of uncertain inputs, played by all policies with the same luck; no future is held to be \
         likelier than another. Rules of decision state attitudes and may disagree."
            .to_owned(),
        format!(
            "Line: median; dark: the middle half of the futures; pale: from the 5% to the 90% quantile, so that nine in ten \
             futures lie left of its end, at the number beside it; dot: the worst. Not failed: lock-in at most {}%. \
             Only lock-in is weighed here, not what a policy costs.",
            points(table.value("all", THRESHOLD), 0)
        ),
    ];
    if !unsteady.is_empty() {
        notes.push(format!(
            "Hangs on the futures that happened to be drawn (less than nine in ten resamples choose alike): {}.",
            unsteady.join(", ")
        ));
    }
    Words {
        title,
        subtitle: format!(
            "{}. “{}” is the best policy in {} of the futures. {}.",
            said.join("; "),
            first.label,
            best(first),
            {
                let outcome = table.outcome();
                let mut letters = outcome.chars();
                let initial = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
                format!("{initial}{}", letters.as_str())
            }
        ),
        notes,
        description: "Strip chart of regret, one row a policy, the smallest regret in nine of ten futures first."
            .to_owned(),
    }
}
