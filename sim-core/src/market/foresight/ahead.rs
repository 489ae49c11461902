//! What a table is worth to those who solve the tenders before it: discounted once a sweep, added up per alternative.

use super::game::{Future, Game, HORIZONS, Horizon, Link, NextTender};
use crate::world::{BB, RU};

/// A table as it stands before a sweep. A part of an alternative leads to a *place* in it: horizon, part and kit; what has no such part
/// leads to the last place, which is worth nothing. Buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    kits: usize,
    /// `Pi_j`, discounted and by the weight of the part, by place and seller.
    profits: Vec<f64>,
    /// What a kit is worth to the buyer, not discounted, by horizon and kit; after a purchase `V`, of which `C` of the kit it has now
    /// is still to be taken.
    worth: Vec<f64>,
    /// Places of radio and baseband of each alternative.
    places: Vec<[usize; 2]>,
}

impl Ahead {
    /// Reads a table.
    pub(super) fn read(&mut self, game: &Game, future: &Future) {
        self.kits = game.tenders.len();
        self.profits.clear();
        for by_part in &game.seller_discount {
            for (weight, discount) in game.weight.iter().zip(by_part) {
                for kit in 0..self.kits {
                    let row = discount.iter().zip(future.profits(kit));
                    self.profits
                        .extend(row.map(|(discount, profit)| weight * discount * profit));
                }
            }
        }
        self.profits.resize(self.profits.len() + game.sellers, 0.0);
        self.worth.clear();
        let kits = 0..self.kits;
        self.worth.extend(kits.clone().map(|k| future.value(game, k)));
        let beyond = |k: usize, worth: f64| worth - game.tenders[k].best_at_list;
        self.worth
            .extend(kits.clone().map(|k| beyond(k, future.retender(game, k, 1.0))));
        self.worth.extend(kits.map(|k| beyond(k, future.best(k))));
    }

    /// Number of the last place.
    fn nothing(&self) -> usize {
        HORIZONS * 2 * self.kits
    }

    fn place(&self, link: Option<Link>, part: usize) -> usize {
        link.map_or(self.nothing(), |l| (l.horizon as usize * 2 + part) * self.kits + l.kit)
    }

    /// Fills what the buyer adds to each alternative at foresight 1, and `W_j(a)`, a row for each alternative.
    pub(super) fn fill(
        &mut self,
        game: &Game,
        kit: usize,
        tender: &NextTender,
        continuation: &mut Vec<f64>,
        after: &mut Vec<f64>,
    ) {
        let chain = game.chain(kit);
        continuation.clear();
        self.places.clear();
        for [radio, baseband] in &tender.links {
            let places = [self.place(*radio, RU), self.place(*baseband, BB)];
            self.places.push(places);
            let mut sum = 0.0;
            for (weight, link) in game.weight.iter().zip([radio, baseband]) {
                let Some(link) = link else { continue };
                let horizon = link.horizon as usize;
                let mut then = self.worth[horizon * self.kits + link.kit];
                if link.horizon == Horizon::Life {
                    then -= chain;
                }
                sum += weight * game.buyer_discount[horizon] * then;
            }
            continuation.push(sum);
        }
        after.clear();
        after.reserve(game.sellers * self.places.len());
        for [radio, baseband] in &self.places {
            let row = |place: usize| self.profits[place * game.sellers..][..game.sellers].iter();
            after.extend(row(*radio).zip(row(*baseband)).map(|(r, b)| r + b));
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
        for (i, x) in future.values_mut().iter_mut().enumerate() {
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
