//! The next tenders of one type: what can be read from them.

use super::game::{Future, Game, Horizon, NextTender};
use super::stopping::retender_value;
use super::typical::TypicalCosts;
use crate::market::equilibrium::{MAX_SELLERS, NOBODY};
use crate::market::list_price::AverageBuyer;
use crate::world::{Layer, VendorIx, World};

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
    pub(super) region: usize,
    pub(super) layer: usize,
    typical: TypicalCosts,
    /// Vendors that ever sell here, and the number of each vendor of the world among them.
    vendors: Vec<VendorIx>,
    numbers: Vec<u8>,
    /// Openness and sellers of radio and baseband of each kit.
    kits: Vec<(bool, [VendorIx; 2])>,
    /// Kit of each (closed, open) x vendor of the world.
    kit_of: [Vec<usize>; 2],
    /// Kits of two sellers, if they are solved on their own: the place of the first.
    pairs: Option<usize>,
    pub(super) future: Future,
    price: f64,
    /// `Pi_j(k)` as share of price, by seller and kit, the unknown one included.
    profits: Vec<f64>,
    /// What the buyer reads; the last is the mean of all, for kit that is not known here.
    read: Vec<Kit>,
    fall: f64,
    keep_discount: f64,
    /// What the first tender offered just before a lever or a launch: value less cost of each purchase, share of price.
    offered: Vec<f64>,
    pub(super) solved: bool,
}

impl TypeTable {
    pub(super) fn new(world: &World, buyer: &AverageBuyer, pairs: bool) -> Self {
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
            .filter(|v| !is_core && (info(**v).may_open || info(**v).open_from.is_some()))
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
            let all = 0..world.vendors.len() as VendorIx;
            let found = all.map(|v| place(open, v).or_else(|| place(!open, v)));
            found.map(|k| k.unwrap_or(unknown)).collect()
        };
        Self {
            region: buyer.region(),
            layer: index,
            typical: TypicalCosts::new(world, buyer),
            numbers,
            kit_of: [of(false), of(true)],
            future: Future::default(),
            profits: vec![0.0; vendors.len() * (unknown + 1)],
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
    #[inline]
    #[must_use]
    pub fn kit(&self, open: bool, vendor: VendorIx) -> usize {
        let kits = &self.kit_of[usize::from(open)];
        kits.get(usize::from(vendor)).map_or(self.unknown(), |k| *k)
    }

    /// The kits of the closed or open parts of all vendors of the world.
    #[must_use]
    pub fn kits_of(&self, open: bool) -> &[usize] {
        &self.kit_of[usize::from(open)]
    }

    /// Whether the kit of every two sellers is solved on its own.
    #[must_use]
    pub fn solves_pairs(&self) -> bool {
        self.pairs.is_some()
    }

    /// The kit that stands for a part of a stack: its seller's, or that of both sellers where pairs are solved on their own.
    #[inline]
    #[must_use]
    pub fn kit_of_part(&self, open: bool, seller: [VendorIx; 2], part: usize) -> usize {
        let pair = match self.pairs {
            Some(first) if open && seller[0] != seller[1] => self.pair(first, seller),
            _ => None,
        };
        pair.unwrap_or_else(|| self.kit(open, seller[part]))
    }

    /// The kit of two sellers, among those from `first` on.
    fn pair(&self, first: usize, seller: [VendorIx; 2]) -> Option<usize> {
        let found = self.kits[first..].iter().position(|k| k.1 == seller);
        found.map(|k| first + k)
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
            n => self.profits(usize::from(n))[kit],
        }
    }

    /// `Pi_j` of one seller, by its number, with each kit, share of price; the last is the unknown one.
    #[must_use]
    pub fn profits(&self, number: usize) -> &[f64] {
        let kits = self.kits.len() + 1;
        &self.profits[number * kits..][..kits]
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
    pub(super) fn start_from(&mut self, older: &Self) {
        if self.region == older.region && self.vendors == older.vendors && self.kits == older.kits {
            self.future = older.future.scaled(self.price / older.price);
        }
    }

    /// Takes over what the game of this type has come to.
    pub(super) fn publish(&mut self, game: &Game) {
        for (number, row) in self.profits.chunks_exact_mut(self.kits.len() + 1).enumerate() {
            for (kit, share) in row.iter_mut().enumerate().take(self.kits.len()) {
                *share = self.future.profits(kit)[number] / self.price;
            }
        }
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
        self.keep_discount = game.buyer_discount[Horizon::Keep as usize];
    }

    /// Whether what is offered differs from what was before the lever or launch.
    pub(super) fn has_news(&self, game: &Game) -> bool {
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

    pub(super) fn remember_offer(&mut self, game: &Game) {
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
