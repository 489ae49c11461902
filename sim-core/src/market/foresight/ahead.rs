//! What a table is worth to those who solve the tenders before it: discounted once a sweep, added up per alternative.

use super::game::{Future, Game, Horizon, NextTender};
use crate::world::{BB, RU};

/// Where the parts of an alternative lead: numbers of horizon, part and kit, with weights.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    at: [usize; 2],
    weight: [f64; 2],
}

/// A table as it stands before a sweep. Buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    kits: usize,
    /// `Pi_j` discounted, by horizon, part, kit and seller.
    profits: Vec<f64>,
    /// What a kit is worth to the buyer, not discounted, by horizon and kit; after a purchase `V`, of which `C` of the kit it has now
    /// is still to be taken.
    worth: Vec<f64>,
    places: Vec<Places>,
}

impl Ahead {
    /// Reads a table.
    pub(super) fn read(&mut self, game: &Game, future: &Future) {
        self.kits = game.tenders.len();
        self.profits.clear();
        for discount in game.seller_discount.as_flattened() {
            for kit in 0..self.kits {
                let row = discount.iter().zip(future.profits(kit));
                self.profits.extend(row.map(|(discount, profit)| discount * profit));
            }
        }
        self.worth.clear();
        let kits = 0..self.kits;
        self.worth.extend(kits.clone().map(|k| future.value(game, k)));
        let beyond = |k: usize, worth: f64| worth - game.tenders[k].best_at_list;
        self.worth
            .extend(kits.clone().map(|k| beyond(k, future.retender(game, k, 1.0))));
        self.worth.extend(kits.map(|k| beyond(k, future.best(k))));
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
        let kits = self.kits;
        let chain = game.chain(kit);
        continuation.clear();
        self.places.clear();
        for links in &tender.links {
            let mut places = Places::default();
            let mut sum = 0.0;
            for (part, link) in [RU, BB].into_iter().zip(links).filter(|(_, l)| l.weight > 0.0) {
                let horizon = link.horizon as usize;
                places.at[part] = (horizon * 2 + part) * kits + link.kit;
                places.weight[part] = link.weight;
                let mut then = self.worth[horizon * kits + link.kit];
                if link.horizon == Horizon::Life {
                    then -= chain;
                }
                sum += link.weight * game.buyer_discount[horizon] * then;
            }
            self.places.push(places);
            continuation.push(sum);
        }
        after.clear();
        after.reserve(game.sellers * self.places.len());
        for places in &self.places {
            let row = |part: usize| &self.profits[places.at[part] * game.sellers..][..game.sellers];
            let [radio, baseband] = places.weight;
            let both = row(RU).iter().zip(row(BB));
            after.extend(both.map(|(r, b)| radio * r + baseband * b));
        }
    }
}
