//! What a table is worth to those who solve the tenders before it: discounted once a sweep, added up per alternative.

use super::game::{Future, Game, HORIZONS, Horizon, Link, NextTender};
use crate::world::{BB, RU};

/// A table as it stands before a sweep. A part of an alternative leads to a *place* in it: horizon, part and kit; what has no such part
/// leads to the last place, which is worth nothing. Buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    kits: usize,
    /// A row for each place, all discounted and by the weight of the part: `Pi_j` of each seller, what the kit is worth to the buyer (after a
    /// purchase `V`), and by what part `C` of the kit it has now is to be taken from that.
    rows: Vec<f64>,
}

/// Columns of a row beyond those of sellers.
const BUYER: usize = 2;

impl Ahead {
    /// Reads a table.
    pub(super) fn read(&mut self, game: &Game, future: &Future) {
        self.kits = game.tenders.len();
        self.rows.clear();
        for horizon in [Horizon::Life, Horizon::Keep, Horizon::Part] {
            let h = horizon as usize;
            for (part, weight) in game.weight.iter().enumerate() {
                let scale = weight * game.buyer_discount[h];
                for kit in 0..self.kits {
                    let row = game.seller_discount[h][part].iter().zip(future.profits(kit));
                    self.rows
                        .extend(row.map(|(discount, profit)| weight * discount * profit));
                    let beyond = |worth: f64| worth - game.tenders[kit].best_at_list;
                    let (worth, chain) = match horizon {
                        Horizon::Life => (future.value(game, kit), scale),
                        Horizon::Keep => (beyond(future.retender(game, kit, 1.0)), 0.0),
                        Horizon::Part => (beyond(future.best(kit)), 0.0),
                    };
                    self.rows.extend([scale * worth, chain]);
                }
            }
        }
        self.rows.resize(self.rows.len() + game.sellers + BUYER, 0.0);
    }

    fn place(&self, link: Option<Link>, part: usize) -> usize {
        let nothing = HORIZONS * 2 * self.kits;
        link.map_or(nothing, |l| (l.horizon as usize * 2 + part) * self.kits + l.kit)
    }

    /// Fills what the buyer adds to each alternative at foresight 1, and `W_j(a)`, a row for each alternative.
    pub(super) fn fill(
        &self,
        game: &Game,
        kit: usize,
        tender: &NextTender,
        continuation: &mut Vec<f64>,
        after: &mut Vec<f64>,
    ) {
        let chain = game.chain(kit);
        let width = game.sellers + BUYER;
        continuation.clear();
        after.resize(game.sellers * tender.links.len(), 0.0);
        // Every entry is overwritten: nothing needs clearing.
        let mut rest = after.as_mut_slice();
        for [radio, baseband] in &tender.links {
            let (row, others) = rest.split_at_mut(game.sellers);
            rest = others;
            let radio = &self.rows[self.place(*radio, RU) * width..][..width];
            let baseband = &self.rows[self.place(*baseband, BB) * width..][..width];
            for ((sum, r), b) in row.iter_mut().zip(radio).zip(baseband) {
                *sum = r + b;
            }
            let both = |column: usize| radio[column] + baseband[column];
            continuation.push(both(game.sellers) - chain * both(game.sellers + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::foresight::Link;

    /// Against the sums of the module docs, link by link.
    #[test]
    fn all_at_once_is_link_by_link() {
        let link = |kit, horizon| Some(Link { kit, horizon });
        let links = vec![
            [link(0, Horizon::Life), link(1, Horizon::Part)],
            [link(2, Horizon::Keep), link(2, Horizon::Keep)],
            Link::whole(1),
        ];
        let tender = |best_at_list, running| NextTender {
            links: links.clone(),
            best_at_list,
            running,
            ..NextTender::default()
        };
        let game = Game {
            sellers: 2,
            weight: [0.6, 0.4],
            tenders: vec![tender(1.0, 0.5), tender(2.0, 0.7), tender(1.5, 0.9)],
            seller_discount: std::array::from_fn(|h| {
                [0.3, 0.5].map(|d| vec![d + 0.1 * h as f64, 0.7 * d + 0.05 * h as f64])
            }),
            buyer_discount: [0.5, 0.9, 0.8],
            fall: 0.2,
            ..Game::default()
        };
        let mut future = Future::nil(&game);
        for (i, x) in future.values.iter_mut().enumerate() {
            *x = 1.0 + (i * i % 7) as f64;
        }
        let mut ahead = Ahead::default();
        ahead.read(&game, &future);
        let (mut continuation, mut after) = (Vec::new(), Vec::new());
        for (kit, tender) in game.tenders.iter().enumerate() {
            ahead.fill(&game, kit, tender, &mut continuation, &mut after);
            for (a, links) in tender.links.iter().enumerate() {
                let expected = future.continuation(&game, kit, links);
                assert!((continuation[a] - expected).abs() < 1e-14, "{kit} {a}");
                for j in 0..2 {
                    let worth = |part: usize| {
                        let Some(l) = links[part] else { return 0.0 };
                        let discount = game.seller_discount[l.horizon as usize][part][j];
                        game.weight[part] * discount * future.profits(l.kit)[j]
                    };
                    let found = after[a * game.sellers + j];
                    assert!((found - worth(RU) - worth(BB)).abs() < 1e-14, "{kit} {a} {j}");
                }
            }
        }
    }
}
