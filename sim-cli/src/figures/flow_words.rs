//! What `15-flows` says: between which sellers sites move, and what a policy changes in it.

use super::date::Date;
use super::flows::Matrix;
use super::note::Note;
use super::number::{fixed, percent};
use super::page::Words;
use super::words::{Difference, Direction, foremost};

/// `1.24 million sites`.
fn sites(count: f64) -> String {
    match count.abs() {
        size if size >= 995_000.0 => format!("{} million sites", fixed(count / 1e6, 2)),
        size if size >= 1000.0 => format!("{} thousand sites", fixed(count / 1e3, 0)),
        _ => format!("{} sites", fixed(count, 0)),
    }
}

/// `67 thousand sites (95% interval 56 thousand sites to 77 thousand sites)`.
fn told(d: &Difference) -> String {
    sites(d.mean) + &interval(d.interval)
}

/// `534 thousand sites fewer (95% interval ...)`: the sign is in the word.
fn more_or_fewer(d: &Difference) -> String {
    let (word, ends) = match d.interval {
        Some((low, high)) if d.mean < 0.0 => ("fewer", Some((-high, -low))),
        ends if d.mean < 0.0 => ("fewer", ends),
        ends => ("more", ends),
    };
    format!("{} {word}{}", sites(d.mean.abs()), interval(ends))
}

fn interval(ends: Option<(f64, f64)>) -> String {
    ends.map_or_else(String::new, |(low, high)| {
        format!(" (95% interval {} to {})", sites(low), sites(high))
    })
}

/// World, former and new seller.
type Move<'a> = (&'a str, usize, usize);

/// What each world changes in each flow between two sellers.
fn changes<'a>(base: &Matrix, others: &'a [Matrix]) -> Vec<(Move<'a>, Difference)> {
    let sellers = 0..base.sellers.len();
    let moves = |world: &'a Matrix| {
        let pairs = sellers
            .clone()
            .flat_map(|from| sellers.clone().map(move |to| (from, to)));
        let pairs = pairs.filter(|(from, to)| from != to);
        let change = |(from, to)| ((world.label, from, to), change(base, world, from, to));
        pairs.map(change).collect::<Vec<_>>()
    };
    others.iter().flat_map(moves).collect()
}

/// A world and a seller.
type Subject<'a> = (&'a str, usize);

/// What each world changes in the sites that each seller is awarded in all, and in those that it keeps. Half-widths of flows are added.
fn totals<'a>(base: &Matrix, others: &'a [Matrix]) -> Vec<(Subject<'a>, (Difference, Difference))> {
    let of = |world: &'a Matrix| {
        let total = move |seller: usize| {
            let all = (0..base.flows.len()).map(|from| change(base, world, from, seller));
            let sum = all.reduce(|a, b| plus(&a, &b)).unwrap_or(NO_CHANGE);
            ((world.label, seller), (sum, change(base, world, seller, seller)))
        };
        (0..base.sellers.len()).map(total).collect::<Vec<_>>()
    };
    others.iter().flat_map(of).collect()
}

const NO_CHANGE: Difference = Difference {
    mean: 0.0,
    interval: Some((0.0, 0.0)),
};

fn plus(a: &Difference, b: &Difference) -> Difference {
    let ends = a.interval.zip(b.interval);
    Difference {
        mean: a.mean + b.mean,
        interval: ends.map(|(a, b)| (a.0 + b.0, a.1 + b.1)),
    }
}

/// What a world changes in one flow: paired by replicate where that is known.
fn change(base: &Matrix, world: &Matrix, from: usize, to: usize) -> Difference {
    let paired = world.changes.get(from).and_then(|row| row.get(to));
    match paired {
        Some(change) => Difference::paired(change),
        None => Difference::between(&base.flows[from][to], &world.flows[from][to]),
    }
}

/// How the intervals are made, and how many flows were looked at for the one of the title.
fn how_tested(base: &Matrix, others: &[Matrix]) -> String {
    let how = match (base.is_summed(), others) {
        (false, _) => {
            "Intervals are for means over replicates; half-widths of years are added, whatever the pairing, so they are wide."
        }
        (true, []) => {
            "Intervals are for means over replicates of sums over all years; the half-widths of two flows are added."
        }
        (true, _) => {
            "Intervals are for means over replicates of sums over all years; those of changes are paired, as a replicate has the \
             same luck in both worlds; for all that a seller wins the half-widths of its flows are added."
        }
    };
    let changes = changes(base, others);
    // A flow that is nil in all replicates of both worlds is no test.
    let tested = changes
        .iter()
        .filter(|(_, d)| d.interval.is_some_and(|(low, high)| low < high));
    let tested = tested.count();
    if tested == 0 {
        return how.to_owned();
    }
    let clear = changes
        .iter()
        .filter(|(_, d)| d.direction() != Direction::Unclear)
        .count();
    format!(
        "{how} Of {tested} flows between two sellers {clear} can be told from those of the base; luck alone would bring one in \
         twenty. Where none can, shares may still differ (figure 03)."
    )
}

/// Title, subtitle and notes.
pub(super) fn words(worlds: &[Matrix], last: Date, note: &Note) -> Words {
    let year = last.nearest_year_end();
    let mut words = Words {
        title: String::new(),
        subtitle: String::new(),
        notes: vec![
            format!(
                "Means over replicates, sums over all tenders until the end of {year}; a site counts at each tender and \
                 in each generation, its radio and baseband by their weights. Grey: the seller stays (of “Others”, also \
                 moves between them). “Leave”: share of a seller’s tendered sites that go to another. What a seller wins in all counts \
                 new networks; of its own it keeps fewer also because fewer are its own once some are lost."
            ),
            note.spread("Intervals"),
        ],
        description: "Matrix of sites awarded, old seller by new seller, one a world.".to_owned(),
    };
    let Some((base, others)) = worlds.split_first() else {
        return words;
    };
    words.notes.insert(1, how_tested(base, others));
    let size = |d: &Difference| sites(d.mean.abs());
    let name = |seller: usize| base.sellers[seller].1;
    let pairs = || {
        let all = 0..base.sellers.len();
        all.clone().flat_map(move |from| all.clone().map(move |to| (from, to)))
    };
    let (total, moved) = base.renewed();
    words.subtitle = format!("{}: {} tendered again until {year}", base.label, sites(total));
    if total > 0.0 && (0.0..=total).contains(&moved) {
        words
            .subtitle
            .push_str(&format!(", {} of them won by another seller", percent(moved / total)));
    }
    let totals = totals(base, others);
    let sums = totals.iter().map(|(subject, (sum, _))| (*subject, *sum));
    if let Some(((policy, seller), sum)) = foremost(sums.collect()) {
        let who = name(seller);
        words.title = match sum.direction() {
            Direction::Rise => format!("“{policy}” brings {who} {} more by {year}", size(&sum)),
            Direction::Fall => format!("“{policy}” costs {who} {} by {year}", size(&sum)),
            Direction::Unclear => format!("This figure’s test cannot tell whom “{policy}” costs sites"),
        };
        words
            .subtitle
            .push_str(&format!(". Under “{policy}”, {who}: {}", more_or_fewer(&sum)));
        let is_it = |(subject, _): &&(Subject, (Difference, Difference))| *subject == (policy, seller);
        if let Some((_, (_, kept))) = totals.iter().find(is_it) {
            words
                .subtitle
                .push_str(&format!("; of its own it keeps {}", more_or_fewer(kept)));
        }
        let of_policy = changes(base, others)
            .into_iter()
            .filter(|((world, ..), _)| *world == policy);
        if let Some(((_, from, to), change)) = foremost(of_policy.collect()) {
            let (from, to) = (name(from), name(to));
            words.subtitle.push_str(&match change.direction() {
                Direction::Unclear => "; between which sellers sites move cannot be told".to_owned(),
                _ => format!("; from {from} to {to} go {}", more_or_fewer(&change)),
            });
        }
        words.subtitle.push('.');
        return words;
    }
    // Of each pair the way that the net flow goes.
    let nets = pairs().filter_map(|(from, to)| {
        let net = Difference::between(&base.flows[to][from], &base.flows[from][to]);
        (from != to && net.mean >= 0.0).then_some(((from, to), net))
    });
    if let Some(((from, to), net)) = foremost(nets.collect()) {
        let (from, to) = (name(from), name(to));
        words.title = match net.direction() {
            Direction::Unclear => format!("No net flow of sites between two sellers by {year} can be told from zero"),
            _ => format!("A net {} move from {from} to {to} by {year}", size(&net)),
        };
        words
            .subtitle
            .push_str(&format!(". Net from {from} to {to}: {}.", told(&net)));
    }
    words
}
