//! The next-tender table of all types: when it is solved, and what can be read from it.

use super::closure::{self, Limits, Reached};
use super::game::{Future, Game, NextTender, Solver};
use super::outlook::{LookAhead, Outlook};
use super::stopping::retender_value;
use super::typical::{Day1, TypicalCosts, expected_maturity, prepare};
use crate::calendar::Day;
use crate::market::equilibrium::{MAX_SELLERS, NOBODY};
use crate::market::list_price::AverageBuyer;
use crate::market::posted::Posted;
use crate::market::tender::Offer;
use crate::scenario::Closure;
use crate::world::state::State;
use crate::world::{Layer, VendorIx, World};

/// Largest change left in a table that is iterated, in units of mu; see [`closure::stationary`] for the error that it leaves.
const TOLERANCE: f64 = 1e-3;
/// Most sweeps of one iteration.
const MOST_SWEEPS: u32 = 60;
/// A type is iterated anew after an announcement or launch that has moved what a tender of it offers by so much, share of mu; less is
/// left to its turn at a review.
const NEWS: f64 = 0.5;

/// What the buyer reads of one kit, shares of the type's price.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Kit {
    /// `V`.
    value: f64,
    /// `C`.
    chain: f64,
    /// `B`.
    best: f64,
    best_at_list: f64,
    running: f64,
}

/// The next tenders of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeTable {
    region: usize,
    layer: usize,
    typical: TypicalCosts,
    /// Vendors that ever sell here, and the number of each vendor of the world among them.
    vendors: Vec<VendorIx>,
    numbers: Vec<u8>,
    /// Openness and sellers of radio and baseband of each kit.
    kits: Vec<(bool, [VendorIx; 2])>,
    /// Kit of each (closed, open) x number.
    kit_of: [Vec<usize>; 2],
    /// Kits of two sellers, if they are solved on their own: the place of the first.
    pairs: Option<usize>,
    future: Future,
    price: f64,
    /// What the buyer reads; the last is the mean of all, for kit that is not known here.
    read: Vec<Kit>,
    fall: f64,
    keep_discount: f64,
    /// What the first tender offered just before a lever or a launch: value less cost of each purchase, share of price.
    offered: Vec<f64>,
    solved: bool,
}

impl TypeTable {
    fn new(world: &World, buyer: &AverageBuyer, pairs: bool) -> Self {
        let layer = buyer.slot().layer;
        let index = layer.index(world);
        let is_core = layer == Layer::Core;
        let sells = |v: usize| {
            let info = &world.vendors[v];
            buyer.country().sells[v]
                && (if is_core {
                    !info.core_cost.is_nan()
                } else {
                    info.generations[index]
                })
        };
        let vendors: Vec<VendorIx> = (0..world.vendors.len())
            .filter(|v| sells(*v))
            .map(|v| v as VendorIx)
            .take(MAX_SELLERS)
            .collect();
        let mut numbers = vec![NOBODY; world.vendors.len()];
        for (n, v) in vendors.iter().enumerate() {
            numbers[usize::from(*v)] = n as u8;
        }
        let info = |v: VendorIx| &world.vendors[usize::from(v)];
        let closed = vendors
            .iter()
            .filter(|v| is_core || info(**v).closed)
            .map(|v| (false, *v));
        let open = vendors
            .iter()
            .filter(|v| !is_core && (info(**v).may_open || info(**v).open_from.is_some_and(|d| d <= world.end)))
            .map(|v| (true, *v));
        let opens: Vec<VendorIx> = open.clone().map(|(_, v)| v).collect();
        let mut kits: Vec<(bool, [VendorIx; 2])> = closed.chain(open).map(|(open, v)| (open, [v; 2])).collect();
        let singles = kits.len();
        let pairs = pairs && !is_core;
        if pairs {
            let of_radio = |u: &VendorIx| opens.iter().map(move |v| (*u, *v)).collect::<Vec<_>>();
            let two = opens.iter().flat_map(of_radio).filter(|(u, v)| u != v);
            kits.extend(two.map(|(u, v)| (true, [u, v])));
        }
        let unknown = kits.len();
        let place = |open: bool, v: VendorIx| kits.iter().position(|k| *k == (open, [v; 2]));
        // Open parts of a seller that has none yet are looked up as its bundle, and a bundle of one that sells none as its parts.
        let of = |open: bool| {
            let found = vendors.iter().map(|v| place(open, *v).or_else(|| place(!open, *v)));
            found.map(|k| k.unwrap_or(unknown)).collect()
        };
        Self {
            region: buyer.region(),
            layer: index,
            typical: TypicalCosts::new(world, buyer),
            numbers,
            kit_of: [of(false), of(true)],
            future: Future::default(),
            vendors,
            pairs: pairs.then_some(singles),
            kits,
            price: buyer.slot().price,
            read: vec![Kit::default(); unknown + 1],
            fall: 0.0,
            keep_discount: 1.0,
            offered: Vec::new(),
            solved: false,
        }
    }

    /// Number of sellers.
    #[must_use]
    pub fn sellers(&self) -> usize {
        self.vendors.len()
    }

    /// The sellers.
    #[must_use]
    pub fn vendors(&self) -> &[VendorIx] {
        &self.vendors
    }

    /// Number of a vendor among the sellers of the type; [`NOBODY`] if it is none.
    #[must_use]
    pub fn number(&self, vendor: VendorIx) -> u8 {
        self.numbers.get(usize::from(vendor)).copied().unwrap_or(NOBODY)
    }

    /// Number of kits.
    #[must_use]
    pub fn kits(&self) -> usize {
        self.kits.len()
    }

    /// Openness and sellers of a kit; `None` for the unknown one.
    #[must_use]
    pub fn kit_of(&self, kit: usize) -> Option<(bool, [VendorIx; 2])> {
        self.kits.get(kit).copied()
    }

    /// The kit of a seller; [`TypeTable::unknown`] where the seller is not known here.
    #[must_use]
    pub fn kit(&self, open: bool, vendor: VendorIx) -> usize {
        match self.number(vendor) {
            NOBODY => self.unknown(),
            n => self.kit_of[usize::from(open)][usize::from(n)],
        }
    }

    /// The kit that stands for a part of a stack: its seller's, or that of both sellers where pairs are solved on their own.
    #[must_use]
    pub fn kit_of_part(&self, open: bool, seller: [VendorIx; 2], part: usize) -> usize {
        let pair = self.pairs.filter(|_| open && seller[0] != seller[1]).and_then(|first| {
            let found = self.kits[first..].iter().position(|k| k.1 == seller);
            found.map(|k| first + k)
        });
        pair.unwrap_or_else(|| self.kit(open, seller[part]))
    }

    /// The kit of which nothing is known: worth the mean of all to the buyer, and nothing to sellers.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.kits.len()
    }

    /// Mean costs of change in the type.
    #[must_use]
    pub fn typical(&self) -> &TypicalCosts {
        &self.typical
    }

    /// `Pi_j` with a kit, share of price; 0 for a vendor that is not known here.
    #[must_use]
    pub fn profit(&self, kit: usize, vendor: VendorIx) -> f64 {
        match self.number(vendor) {
            NOBODY => 0.0,
            _ if kit >= self.kits.len() => 0.0,
            n => self.future.profits(kit)[usize::from(n)] / self.price,
        }
    }

    /// `V`, share of price.
    #[must_use]
    pub fn value(&self, kit: usize) -> f64 {
        self.read[kit].value
    }

    /// Probability that the sellers of a kit stay at its next tender; `None` for the unknown one.
    #[must_use]
    pub fn stays(&self, kit: usize) -> Option<f64> {
        self.future.stays.get(kit).copied()
    }

    /// `C`, share of price.
    #[must_use]
    pub fn chain(&self, kit: usize) -> f64 {
        self.read[kit].chain
    }

    /// `B`, share of price.
    #[must_use]
    pub fn best(&self, kit: usize) -> f64 {
        self.read[kit].best
    }

    /// `s*`, share of price.
    #[must_use]
    pub fn best_at_list(&self, kit: usize) -> f64 {
        self.read[kit].best_at_list
    }

    /// `B*` so many re-tenders after the end of the kit's life, share of price.
    #[must_use]
    pub fn retender(&self, kit: usize, periods: f64) -> f64 {
        let k = &self.read[kit];
        retender_value(k.best, k.running - periods * self.fall, self.fall, self.keep_discount)
    }

    /// Whether any tender of the type has been solved.
    #[must_use]
    pub fn is_solved(&self) -> bool {
        self.solved
    }

    /// A generation that is new is expected to be traded as the one before it, to begin with.
    fn start_from(&mut self, older: &Self) {
        if self.region == older.region && self.vendors == older.vendors && self.kits == older.kits {
            self.future = older.future.scaled(self.price / older.price);
        }
    }

    /// Takes over what the game of this type has come to.
    fn publish(&mut self, game: &Game) {
        let share = 1.0 / self.price;
        let mut mean = Kit::default();
        let mut known = 0.0;
        for (kit, tender) in game.tenders.iter().enumerate() {
            if tender.alternatives.is_empty() {
                continue;
            }
            let k = Kit {
                value: self.future.value(game, kit) * share,
                chain: game.chain(kit) * share,
                best: self.future.best(kit) * share,
                best_at_list: tender.best_at_list * share,
                running: if tender.running.is_finite() {
                    tender.running * share
                } else {
                    f64::NEG_INFINITY
                },
            };
            self.read[kit] = k;
            mean.value += k.value;
            mean.chain += k.chain;
            mean.best += k.best;
            mean.best_at_list += k.best_at_list;
            known += 1.0;
        }
        if known > 0.0 {
            for x in [&mut mean.value, &mut mean.chain, &mut mean.best, &mut mean.best_at_list] {
                *x /= known;
            }
            mean.running = f64::NEG_INFINITY;
            let unknown = self.unknown();
            self.read[unknown] = mean;
            for (kit, tender) in game.tenders.iter().enumerate() {
                if tender.alternatives.is_empty() {
                    self.read[kit] = mean;
                }
            }
        }
        self.fall = game.fall * share;
        self.keep_discount = game.buyer_discount[super::game::Horizon::Keep as usize];
    }

    /// Whether what is offered differs from what was before the lever or launch.
    fn has_news(&self, game: &Game) -> bool {
        let Some(first) = game.tenders.iter().find(|t| !t.alternatives.is_empty()) else {
            return false;
        };
        let share = 1.0 / self.price;
        let threshold = NEWS * game.mu * share;
        let now = purchases(first);
        now.clone().count() != self.offered.len()
            || now
                .zip(&self.offered)
                .any(|(worth, before)| (worth * share - before).abs() > threshold)
    }

    fn remember_offer(&mut self, game: &Game) {
        self.offered.clear();
        if let Some(first) = game.tenders.iter().find(|t| !t.alternatives.is_empty()) {
            let share = 1.0 / self.price;
            self.offered.extend(purchases(first).map(|worth| worth * share));
        }
    }
}

/// Value less cost of each purchase of a tender.
fn purchases(tender: &NextTender) -> impl Iterator<Item = f64> + Clone + '_ {
    let bought = tender.alternatives.iter().filter(|a| a.setter_mask() != 0);
    bought.map(|a| a.value - a.cost)
}

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
            (Occasion::Whole, _) | (Occasion::Review, false) => Renewal::Iterate,
            (Occasion::Review, true) if turn == Some(i % every) => Renewal::Sweep,
            (Occasion::BeforeNews, true) => Renewal::Listen,
            (Occasion::AfterLaunch, _) | (Occasion::AfterNews, true) => Renewal::IfNews,
            _ => Renewal::Leave,
        };
        self.renew_types(world, state, posted, buyers, desk, today, how)
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
            let launched =
                table.layer >= world.gens.len() || state.first_launch(world, table.layer).is_some_and(|d| d <= today);
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
                tolerance: TOLERANCE,
                sweeps: MOST_SWEEPS,
            };
            let (future, solver) = (&mut table.future, &mut desk.solver);
            let reached = match (self.closure, renewal) {
                (Closure::OneTender, _) => closure::one_tender(game, future, solver),
                (_, Renewal::Sweep) => Reached {
                    closed: true,
                    ..closure::sweep(game, future, solver, 1.0)
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
