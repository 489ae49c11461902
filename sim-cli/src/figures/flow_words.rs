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
                 moves between them). “Leave”: share of a seller’s tendered sites that go to another."
            ),
            "Intervals are for means over replicates; half-widths of years are added, whatever the pairing, so they are wide.".to_owned(),
            note.spread("They"),
        ],
        description: "Matrix of sites awarded, old seller by new seller, one a world.".to_owned(),
    };
    let Some((base, others)) = worlds.split_first() else {
        return words;
    };
    let size = |d: &Difference| sites(d.mean.abs());
    let told = |d: &Difference| match d.interval {
        Some((low, high)) => format!("{} (95% interval {} to {})", sites(d.mean), sites(low), sites(high)),
        None => sites(d.mean),
    };
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
    let changes = others.iter().flat_map(|world| {
        let moves = pairs().filter(|(from, to)| from != to);
        moves.map(|(from, to)| {
            let change = Difference::between(&base.flows[from][to], &world.flows[from][to]);
            ((world.label, from, to), change)
        })
    });
    if let Some(((policy, from, to), change)) = foremost(changes.collect()) {
        let (from, to) = (name(from), name(to));
        words.title = match change.direction() {
            Direction::Rise => format!("“{policy}” moves {} more from {from} to {to}", size(&change)),
            Direction::Fall => format!("“{policy}” keeps {} from going from {from} to {to}", size(&change)),
            Direction::Unclear => format!("Effect of “{policy}” on who wins whose sites cannot be told from zero"),
        };
        let said = format!(". Under “{policy}”, from {from} to {to}: {} more.", told(&change));
        words.subtitle.push_str(&said);
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
