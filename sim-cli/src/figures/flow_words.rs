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

/// World, former and new seller.
type Move<'a> = (&'a str, usize, usize);

/// What each world changes in each flow between two sellers: paired by replicate where that is known.
fn changes<'a>(base: &Matrix, others: &'a [Matrix]) -> Vec<(Move<'a>, Difference)> {
    let sellers = 0..base.sellers.len();
    let moves = |world: &'a Matrix| {
        let pairs = sellers
            .clone()
            .flat_map(|from| sellers.clone().map(move |to| (from, to)));
        let pairs = pairs.filter(|(from, to)| from != to);
        let change = |(from, to): (usize, usize)| {
            let paired = world.changes.get(from).and_then(|row| row.get(to));
            let change = match paired {
                Some(change) => Difference::paired(change),
                None => Difference::between(&base.flows[from][to], &world.flows[from][to]),
            };
            ((world.label, from, to), change)
        };
        pairs.map(change).collect::<Vec<_>>()
    };
    others.iter().flat_map(moves).collect()
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
             same luck in both worlds."
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
                 moves between them). “Leave”: share of a seller’s tendered sites that go to another."
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
    if let Some(((policy, from, to), change)) = foremost(changes(base, others)) {
        let (from, to) = (name(from), name(to));
        words.title = match change.direction() {
            Direction::Rise => format!("“{policy}” moves {} more from {from} to {to}", size(&change)),
            Direction::Fall => format!("“{policy}” keeps {} from going from {from} to {to}", size(&change)),
            Direction::Unclear => {
                format!("This figure’s test cannot tell between which sellers “{policy}” moves sites")
            }
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
