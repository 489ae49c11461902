//! What it is worth to a buyer that its kit is open: the option to change a part of it at the next tender.

use super::game::{Future, Game, Horizon, Solver};
use crate::market::choice::Tree;
use crate::market::equilibrium::{NOBODY, SolveError};

/// Value of meeting the next tender with open instead of closed kit, money a site on the day of that tender, at three sets of prices. All
/// three count what the buyer meets after that tender in full, whatever its foresight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionValue {
    /// Both at list prices: the option alone.
    pub at_given_prices: f64,
    /// Both at the margins that sellers ask of the closed kit, alternative by alternative: they know the buyer and not that it may leave.
    pub at_frozen_prices: f64,
    /// Each at the bids that it would get: less what sellers charge for the option, or more, where it makes them compete.
    pub net: f64,
}

/// The option value of an open kit over a closed one of the same type, in a table that is closed.
///
/// # Errors
/// As [`Solver::solve`].
pub fn option_value(
    game: &Game,
    future: &Future,
    solver: &mut Solver,
    closed: usize,
    open: usize,
) -> Result<OptionValue, SolveError> {
    let nests = game.lambda.len();
    let asked: Vec<f64> = solver.solve(game, future, closed)?.effective_margins.to_vec();
    // Margins of the closed kit's bids; a partial renewal is asked what its seller asks in the same nest, less what it is worth later.
    let frozen = |kit: usize, a: usize| {
        let tender = &game.tenders[kit];
        let priced = &tender.alternatives[a];
        let mut price = priced.cost;
        for j in priced.setters.iter().filter(|j| **j != NOBODY).map(|j| usize::from(*j)) {
            let parts = tender.links[a].iter().enumerate();
            let later: f64 = parts
                .filter_map(|(part, l)| l.map(|l| (part, l)))
                .map(|(part, l)| {
                    game.weight[part] * game.seller_discount[l.horizon as usize][part][j] * future.profits(l.kit)[j]
                })
                .sum();
            let effective = asked[j * nests + usize::from(priced.nest)];
            if effective.is_nan() {
                return tender.list_prices[a];
            }
            price += effective - later;
        }
        price
    };
    let listed = |kit: usize, a: usize| game.tenders[kit].list_prices[a];
    let worth = |kit: usize, price: &dyn Fn(usize, usize) -> f64| worth_at(game, future, kit, price);
    Ok(OptionValue {
        at_given_prices: worth(open, &listed) - worth(closed, &listed),
        at_frozen_prices: worth(open, &frozen) - worth(closed, &frozen),
        net: future.value(game, open) - future.value(game, closed),
    })
}

/// `V` of a kit if its next tender had these prices: expected maximum, unseen future and chain.
fn worth_at(game: &Game, future: &Future, kit: usize, price: &dyn Fn(usize, usize) -> f64) -> f64 {
    let tender = &game.tenders[kit];
    let then: Vec<f64> = (tender.links.iter())
        .map(|links| future.continuation(game, kit, links))
        .collect();
    let value: Vec<f64> = (tender.alternatives.iter().zip(&then).enumerate())
        .map(|(a, (alternative, then))| {
            let price = if alternative.setter_mask() == 0 {
                0.0
            } else {
                price(kit, a)
            };
            alternative.value + game.foresight * then - price
        })
        .collect();
    let nest: Vec<u8> = tender.alternatives.iter().map(|a| a.nest).collect();
    let tree = Tree {
        mu: game.mu,
        lambda: &game.lambda,
        nest: &nest,
        value: &value,
    };
    let mut inclusive = vec![0.0; game.lambda.len()];
    let mut shares = vec![0.0; value.len()];
    let expected = tree.shares(&mut inclusive, &mut shares);
    let unseen: f64 = shares
        .iter()
        .zip(&then)
        .map(|(p, c)| p * (1.0 - game.foresight) * c)
        .sum();
    expected + unseen + game.buyer_discount[Horizon::Life as usize] * game.chain(kit)
}
