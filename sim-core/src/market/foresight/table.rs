//! The next-tender table of all types: when each is solved.

use super::closure::{self, Limits, Reached};
use super::game::{Future, Game, Solver};
use super::outlook::{LookAhead, Outlook};
pub use super::type_table::TypeTable;
use super::typical::{Day1, expected_maturity, prepare};
use crate::calendar::Day;
use crate::market::list_price::AverageBuyer;
use crate::market::posted::Posted;
use crate::market::tender::Offer;
use crate::scenario::Closure;
use crate::world::World;
use crate::world::state::State;

/// Largest change left in a table that is iterated, in units of mu; see [`closure::stationary`] for the error that it leaves.
const TOLERANCE: f64 = 1e-3;
/// The same where list prices, on which the table rests, are about to be posted anew, so that it will be closed again. In `world-2020` the
/// table of the first day is then off the one that list prices and table reach if they are solved in turn for ever by .0014 mu on average and .010
/// at the 99th percentile (.0017 and .024 with all rounds closed to [`TOLERANCE`]: what is left is of the rounds, not of the drafts).
const DRAFT: f64 = 5e-2;
/// The same where a lever or a launch has changed what is offered: the renewals in turn that follow move values by a hundred times as much.
const NEWS: f64 = 1e-2;
/// Most sweeps of one iteration.
const MOST_SWEEPS: u32 = 60;

/// Buffers with which tables are solved.
#[derive(Debug, Default)]
pub struct Desk {
    offer: Offer,
    game: Game,
    solver: Solver,
    ahead: Option<Posted>,
}

/// Why the table is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Everything, until it reproduces itself.
    Whole,
    /// Everything, but roughly: a first table, on which list prices are posted before it is closed.
    Draft,
    /// A market review: a part of the types, each in its turn, is brought up to what is posted by one sweep; a type that has no table yet
    /// gets it.
    Review,
    /// A lever is about to act, or a generation to be launched: what is offered is noted, so that afterwards what *it* changes is told from
    /// what has drifted since a type was last renewed. Else a rule in one country would renew the tables of all.
    BeforeNews,
    /// A lever has acted: types are iterated whose tenders it has changed. One that has no table yet gets it at its review, as it would
    /// without: a lever that changes nothing must leave no trace.
    AfterNews,
    /// A generation has been launched: the same, and types that have no table yet get it.
    AfterLaunch,
}

/// The next-tender table of a world: one [`TypeTable`] for each average buyer.
#[derive(Debug, Clone, PartialEq)]
pub struct NextTenders {
    types: Vec<TypeTable>,
    /// Type of each region and layer.
    index: Vec<Option<usize>>,
    layers: usize,
    sellers: LookAhead,
    closure: Closure,
    refresh_reviews: u32,
    reviews: u32,
}

impl NextTenders {
    /// An empty table; `None` where nobody looks ahead, so that nothing is computed at all.
    #[must_use]
    pub fn new(world: &World, buyers: &[AverageBuyer]) -> Option<Self> {
        Self::with_pairs(world, buyers, false)
    }

    /// As [`NextTenders::new`]; `pairs`: the kit of every two sellers is solved on its own, which squares the table. To measure what
    /// the mean over parts leaves out.
    #[must_use]
    pub fn with_pairs(world: &World, buyers: &[AverageBuyer], pairs: bool) -> Option<Self> {
        let f = &world.scenario.foresight;
        let somebody = f.seller_look_ahead > 0.0 || world.operators.iter().any(|o| o.foresight > 0.0) || f.buyer > 0.0;
        if f.closure == Closure::None || !somebody {
            return None;
        }
        let layers = world.gens.len() + 1;
        let types: Vec<TypeTable> = buyers.iter().map(|b| TypeTable::new(world, b, pairs)).collect();
        let mut index = vec![None; world.regions.len() * layers];
        for (i, t) in types.iter().enumerate() {
            index[t.region * layers + t.layer] = Some(i);
        }
        Some(Self {
            types,
            index,
            layers,
            sellers: LookAhead {
                weight: f.seller_look_ahead,
                rate: f.seller_discount_rate,
            },
            closure: f.closure,
            refresh_reviews: f.refresh_reviews,
            reviews: 0,
        })
    }

    /// The table of a region and layer.
    #[must_use]
    pub fn of(&self, region: usize, layer: usize) -> Option<&TypeTable> {
        let i = (*self.index.get(region * self.layers + layer)?)?;
        self.types.get(i)
    }

    /// What a buyer of foresight `foresight` and those who bid to it see; `None` where its type has no table yet.
    #[must_use]
    pub fn outlook(&self, region: usize, layer: usize, foresight: f64) -> Option<Outlook<'_>> {
        let table = self.of(region, layer).filter(|t| t.is_solved())?;
        Some(Outlook {
            table,
            foresight,
            sellers: self.sellers,
        })
    }

    /// All types, in the order of the average buyers.
    #[must_use]
    pub fn types(&self) -> &[TypeTable] {
        &self.types
    }

    /// How much sellers look ahead.
    #[must_use]
    pub fn sellers(&self) -> LookAhead {
        self.sellers
    }

    /// Brings the table up to the day, as far as the occasion asks.
    #[allow(clippy::too_many_arguments)]
    pub fn renew(
        &mut self,
        occasion: Occasion,
        world: &World,
        state: &State,
        posted: &Posted,
        buyers: &[AverageBuyer],
        desk: &mut Desk,
        today: Day,
    ) -> Reached {
        let every = self.refresh_reviews as usize;
        // On the first day the table is of that day.
        let turn = (self.reviews > 0).then_some(self.reviews as usize % every);
        if occasion == Occasion::Review {
            self.reviews += 1;
        }
        let how = |i: usize, t: &TypeTable| match (occasion, t.is_solved()) {
            (Occasion::Whole | Occasion::Draft, _) | (Occasion::Review, false) => Renewal::Iterate,
            (Occasion::Review, true) if turn == Some(i % every) => Renewal::Sweep,
            (Occasion::BeforeNews, true) => Renewal::Listen,
            (Occasion::AfterLaunch, _) | (Occasion::AfterNews, true) => Renewal::IfNews,
            _ => Renewal::Leave,
        };
        let tolerance = match occasion {
            Occasion::Draft => DRAFT,
            Occasion::Whole => TOLERANCE,
            _ => NEWS,
        };
        self.renew_types(world, state, posted, buyers, desk, today, tolerance, how)
    }

    /// The game of a type today with its table, for experiments: what the next tenders offer, and what they are worth.
    ///
    /// `None` where the type has no table yet or nothing may be bought.
    #[allow(clippy::too_many_arguments)]
    #[must_use]
    pub fn game(
        &self,
        region: usize,
        layer: usize,
        world: &World,
        state: &State,
        posted: &Posted,
        buyers: &[AverageBuyer],
        today: Day,
    ) -> Option<(Game, Future)> {
        let i = (*self.index.get(region * self.layers + layer)?)?;
        let (table, buyer) = (self.types.get(i)?, buyers.get(i)?);
        let mut ahead = posted.clone();
        expect_maturity(&mut ahead, state, world);
        let day = Day1 {
            world,
            state,
            ahead: &ahead,
            today,
        };
        let (mut offer, mut game) = (Offer::default(), Game::default());
        let any = prepare(&day, buyer, table, self.sellers, false, &mut offer, &mut game);
        (any && table.is_solved()).then(|| (game, table.future.clone()))
    }

    #[allow(clippy::too_many_arguments)]
    fn renew_types(
        &mut self,
        world: &World,
        state: &State,
        posted: &Posted,
        buyers: &[AverageBuyer],
        desk: &mut Desk,
        today: Day,
        tolerance: f64,
        how: impl Fn(usize, &TypeTable) -> Renewal,
    ) -> Reached {
        let ahead = desk.ahead.get_or_insert_with(|| posted.clone());
        ahead.clone_from(posted);
        expect_maturity(ahead, state, world);
        let day = Day1 {
            world,
            state,
            ahead,
            today,
        };
        let mut all = Reached {
            closed: true,
            ..Reached::default()
        };
        for (i, buyer) in buyers.iter().enumerate() {
            let (before, rest) = self.types.split_at_mut(i);
            let table = &mut rest[0];
            let launched = table.layer >= world.gens.len() || state.is_launched(world, table.layer);
            let mut renewal = how(i, table);
            if !launched || renewal == Renewal::Leave {
                continue;
            }
            let (offer, game) = (&mut desk.offer, &mut desk.game);
            if renewal == Renewal::Listen {
                prepare(&day, buyer, table, self.sellers, true, offer, game);
                table.remember_offer(game);
                continue;
            }
            if renewal == Renewal::IfNews {
                let any = prepare(&day, buyer, table, self.sellers, true, offer, game);
                if !any || table.is_solved() && !table.has_news(game) {
                    continue;
                }
                renewal = Renewal::Iterate;
            }
            if !prepare(&day, buyer, table, self.sellers, false, offer, game) {
                continue;
            }
            if !table.is_solved() {
                table.future = Future::nil(game);
                if let Some(older) = before.last().filter(|t| t.is_solved()) {
                    table.start_from(older);
                }
            }
            let limits = Limits {
                tolerance,
                sweeps: MOST_SWEEPS,
            };
            let (future, solver) = (&mut table.future, &mut desk.solver);
            let reached = match (self.closure, renewal) {
                (Closure::OneTender, _) => closure::one_tender(game, future, solver),
                (_, Renewal::Sweep) => Reached {
                    closed: true,
                    ..closure::renewal(game, future, solver)
                },
                _ => closure::stationary(game, future, solver, limits),
            };
            table.solved = true;
            table.publish(game);
            all = all.with(reached);
        }
        all
    }
}

/// Puts the maturity of the next tender in the place of today's.
fn expect_maturity(ahead: &mut Posted, state: &State, world: &World) {
    let years = world.scenario.foresight.maturity_horizon_years;
    let interfaces = state.interfaces.iter().zip(&world.scenario.interfaces);
    let supported = interfaces.zip(state.conditions.support);
    for (m, ((interface, scenario), support)) in ahead.maturity.iter_mut().zip(supported) {
        *m = expected_maturity(interface, scenario, support, years);
    }
}

/// What happens to one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renewal {
    Leave,
    Sweep,
    Iterate,
    Listen,
    IfNews,
}
