//! The wedge (L2): lock-in as the gap that switching cost drives between the incumbent and its best rival.
//!
//! At posted list prices, `u_a(h)` is the value of alternative `a` to the operator with its stack `h`, `u_a(0)` to its
//! unattached twin; `i` is the incumbent's best alternative, `r` the best in which it does not supply the component:
//! ```text
//! K = [u_i(h) - u_r(h)] - [u_i(0) - u_r(0)]
//! ```
//! Quality, price, taste and risk are the same for both buyers and drop out, so that K is the difference of two
//! itemised bills and its parts sum to it exactly. What the twin would prefer anyway, `u_i(0) - u_r(0)`, is
//! the preference gap: it stands beside K and is never part of it.
//!
//! Two moments are valued in one pass. *At end of life* no kit has life left (the lock-in curve). *Today* (the lock-in
//! index) a change brings the next purchase forward and breaks the contract, while the incumbent's path leaves the
//! kit in place to its end. Partial renewals are no rival here: at end of life the path that changes one
//! component and renews the other with its own seller stands for them, so that both buyers buy the same. Today that path leaves the other
//! component of an open stack in place to its end.

use super::alternatives::{self, Alternative, Kind};
use super::pairs::PairRow;
use super::switching::{Attachment, BROUGHT_FORWARD, Bills, CONTRACT_BREAK, INTEGRATION, ONBOARDING};
use super::terms::{SellerTerms, Terms};
use crate::world::{Arch, BB, NO_VENDOR, Neighbour, RU, Stack, VendorIx};

/// One wedge of one component at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wedge {
    /// The incumbent's best alternative.
    pub incumbent: Alternative,
    /// The rival's.
    pub rival: Alternative,
    /// K by item, money per site; the sum is K.
    pub parts: [f64; 7],
    /// List price of the incumbent's alternative.
    pub list_price: f64,
    /// Lead of the incumbent with the unattached twin, money per site.
    pub preference_gap: f64,
}

impl Wedge {
    /// K, money per site.
    #[must_use]
    pub fn money(&self) -> f64 {
        self.parts.iter().sum()
    }

    /// L2: K over the list price of the incumbent's alternative.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.money() / self.list_price
    }
}

/// The wedges of both components, at end of life and today; `None` where the incumbent or any rival may not sell.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Wedges {
    /// At end of life, by component.
    pub at_end: [Option<Wedge>; 2],
    /// Today, by component.
    pub today: [Option<Wedge>; 2],
}

/// Best alternative so far.
#[derive(Debug, Clone, Copy)]
struct Best {
    value: f64,
    alternative: Option<Alternative>,
}

const NONE: Best = Best {
    value: f64::NEG_INFINITY,
    alternative: None,
};

impl Best {
    fn offer(&mut self, value: f64, a: Alternative) {
        if value > self.value {
            *self = Best {
                value,
                alternative: Some(a),
            };
        }
    }
}

impl Best {
    /// Offers the pair of a radio with a baseband, at list price.
    fn offer_pair(&mut self, row: &PairRow, terms: &Terms, baseband: VendorIx) {
        let a = alternatives::open_stack(terms, row.radio(), baseband);
        let pair = row.with(baseband, a.is_virtual);
        let price = pair.cost + pair.list_margin;
        self.offer(pair.flow - pair.bill.iter().sum::<f64>() - price, a);
    }
}

/// Which components of a stack an alternative takes from another seller, as bits: radio 1, baseband 2.
fn changed(stack: &Stack, a: &Alternative) -> usize {
    usize::from(a.seller[RU] != stack.seller[RU]) | usize::from(a.seller[BB] != stack.seller[BB]) << 1
}

/// What leaving the running stack today costs beside the path itself, as (brought forward, contract break), by which components change
/// (see [`changed`]).
///
/// Kit with life left that is removed brings its next purchase forward, at list price, and breaks the contract with its seller. Where the
/// fronthaul is open the part that stays runs to its end; a closed stack goes as a whole.
fn leaving_today(terms: &Terms, left: [f64; 2], stack: &Stack) -> [(f64, f64); 4] {
    let nest = usize::from(renewal(stack).kind.nest());
    let of = |component: usize| {
        let seller = stack.seller[component];
        if left[component] <= 0.0 || seller == NO_VENDOR {
            return (0.0, 0.0);
        }
        let t = terms.seller(seller);
        let shared = if stack.arch == Arch::OpenMulti {
            1.0
        } else {
            terms.weight[component]
        };
        let price = t.cost[component] + shared * t.list_margin[nest];
        (
            price * terms.share_of_life(left[component]),
            price * (terms.break_fee_share + t.grant) * left[component] / terms.term,
        )
    };
    let (radio, baseband) = (of(RU), of(BB));
    let all = radio.0 + baseband.0;
    if stack.is_open() {
        [(0.0, 0.0), radio, baseband, (all, radio.1 + baseband.1)]
    } else {
        [
            (0.0, 0.0),
            (all, radio.1),
            (all, baseband.1),
            (all, radio.1 + baseband.1),
        ]
    }
}

/// The best alternatives at end of life by which components they change: all that a valuation on any day needs, since
/// what leaving costs today depends on that alone. Kit of the same sellers in the same network shares one scan.
#[derive(Debug, Clone, Copy)]
pub struct Scan {
    best: [Option<Candidate>; 4],
}

/// An alternative that may be a side of a wedge, with all that a wedge takes from it.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    alternative: Alternative,
    /// Value at list price to the operator at end of life.
    value: f64,
    /// Bill of the operator.
    attached: [f64; 7],
    /// Bill of its unattached twin, see [`Bills::of_twin`].
    twin: [f64; 2],
    /// Value at list price to the twin.
    twin_value: f64,
    list_price: f64,
}

impl Candidate {
    fn new(terms: &Terms, bills: &TwoBills, value: f64, a: Alternative) -> Self {
        let twin = bills.twin.of_twin(terms, &a);
        let list_price = terms.list_price(&a);
        Self {
            alternative: a,
            value,
            attached: bills.attached.of(terms, &a),
            twin,
            twin_value: terms.flow(&a, None) - (twin[0] + twin[1]) - list_price,
            list_price,
        }
    }
}

/// A bill over that of another alternative, less the same for the twin, item by item. `bill`: the operator's, of `of`.
fn excess(of: &Candidate, bill: &[f64; 7], over: &Candidate) -> [f64; 7] {
    let mut parts: [f64; 7] = std::array::from_fn(|item| bill[item] - over.attached[item]);
    parts[ONBOARDING] -= of.twin[0] - over.twin[0];
    parts[INTEGRATION] -= of.twin[1] - over.twin[1];
    parts
}

/// The stack bought again as it is.
fn renewal(stack: &Stack) -> Alternative {
    let kind = match stack.arch {
        Arch::Closed => Kind::Closed,
        Arch::OpenSingle => Kind::OpenSingle,
        Arch::OpenMulti => Kind::OpenMulti,
    };
    Alternative {
        kind,
        seller: stack.seller,
        is_virtual: stack.is_virtual,
    }
}

/// Slack of the bound in [`scan`], share of price: sums in another order differ by less.
const SLACK: f64 = 1e-9;

/// Scans all that may be bought today at list prices, partial renewals left out.
///
/// A stack is worth at most what its two parts are worth alone, so it is looked at in full only where that bound could
/// beat the best of its class: the result is that of looking at all.
#[must_use]
pub fn scan(terms: &Terms, bills: &TwoBills, stack: &Stack) -> Scan {
    let mut best = [NONE; 4];
    let full = |a: &Alternative| bills.at_list(terms, stack, a);
    // The renewal of what stands, even where its seller may not sell any more: a ban does not unlock the kit that it forbids.
    let renewal = renewal(stack);
    best[0].offer(full(&renewal), renewal);
    for &(v, bound) in &bills.bundles {
        let a = alternatives::bundle(terms, v);
        let class = &mut best[changed(stack, &a)];
        if bound >= class.value {
            class.offer(full(&a), a);
        }
    }
    offer_pairs(terms, bills, stack, &mut best);
    let mut scan = Scan { best: [None; 4] };
    for (side, found) in scan.best.iter_mut().zip(&best) {
        if let Some(a) = found.alternative {
            *side = Some(Candidate::new(terms, bills, found.value, a));
        }
    }
    scan
}

/// Offers the open stacks to the best of their classes, see [`scan`].
fn offer_pairs(terms: &Terms, bills: &TwoBills, stack: &Stack, best: &mut [Best; 4]) {
    let joint = terms.open_gap[0] + terms.open_risk + terms.operations - SLACK * terms.price;
    let basebands = bills.basebands.as_slice();
    let standing = stack.seller[BB];
    let top = basebands
        .iter()
        .fold(f64::NEG_INFINITY, |top, (_, half)| top.max(*half));
    let of_standing = basebands.iter().find(|(v, _)| *v == standing).copied();
    for radio in &bills.radios {
        let half = radio.half - joint;
        let changes = usize::from(radio.seller != stack.seller[RU]);
        let class = |baseband: VendorIx| changes | usize::from(baseband != standing) << 1;
        // All stacks of this radio but that with the standing baseband are in one class; its pairs are at most as good there as with
        // the best baseband.
        if half + top >= best[changes | 2].value {
            let mut row: Option<PairRow> = None;
            for &(baseband, its_half) in basebands {
                let class = &mut best[class(baseband)];
                if baseband == radio.seller {
                    radio.offer_single(terms, bills, stack, class);
                } else if half + its_half >= class.value {
                    let row = row.get_or_insert_with(|| PairRow::new(terms, &bills.attached, radio.seller));
                    class.offer_pair(row, terms, baseband);
                }
            }
        } else {
            radio.offer_single(terms, bills, stack, &mut best[class(radio.seller)]);
            if let Some((baseband, its_half)) = of_standing.filter(|(v, _)| *v != radio.seller) {
                let class = &mut best[changes];
                if half + its_half >= class.value {
                    let row = PairRow::new(terms, &bills.attached, radio.seller);
                    class.offer_pair(&row, terms, baseband);
                }
            }
        }
    }
}

/// The bills of an operator with its stack at end of life, and of its unattached twin; with the most that each thing on sale is worth at
/// list price, by which [`scan`] passes over what cannot be best.
#[derive(Debug, Clone, Default)]
pub struct TwoBills {
    attached: Bills,
    twin: Bills,
    /// Closed bundles (and cores), with their bounds.
    bundles: Vec<(VendorIx, f64)>,
    /// Radios for open stacks.
    radios: Vec<Radio>,
    /// Basebands for open stacks, with their bounds in a stack of two sellers, joint items not yet taken off.
    basebands: Vec<(VendorIx, f64)>,
}

/// The bounds of a radio for open stacks.
#[derive(Debug, Clone, Copy)]
struct Radio {
    seller: VendorIx,
    /// In a stack of two sellers, joint items not yet taken off.
    half: f64,
    /// With the baseband of its own seller; minus infinity if that is not on sale.
    single: f64,
}

impl Radio {
    /// Offers its seller's own open stack, where that could be best.
    fn offer_single(&self, terms: &Terms, bills: &TwoBills, stack: &Stack, class: &mut Best) {
        if self.single > f64::NEG_INFINITY && self.single >= class.value {
            let a = alternatives::open_stack(terms, self.seller, self.seller);
            class.offer(bills.at_list(terms, stack, &a), a);
        }
    }
}

impl TwoBills {
    /// Prepares both.
    pub fn fill(&mut self, terms: &Terms, stack: &Stack, legacy: [Neighbour; 2]) {
        self.attached.fill(
            terms,
            Some(&Attachment {
                stack: Some(stack),
                legacy,
                life_left: [0.0; 2],
            }),
        );
        self.twin.fill(terms, None);
        self.bundles.clear();
        self.radios.clear();
        self.basebands.clear();
        for (v, t) in terms.sellers().iter().enumerate() {
            if t.may_sell != [false; 2] {
                self.bound(terms, v as VendorIx, t);
            }
        }
    }

    /// Bounds what a seller sells.
    fn bound(&mut self, terms: &Terms, v: VendorIx, t: &SellerTerms) {
        let slack = SLACK * terms.price;
        if terms.is_core {
            if t.may_sell[BB] {
                self.bundles.push((v, f64::INFINITY));
            }
            return;
        }
        let [closed, single, multi] = [Kind::Closed, Kind::OpenSingle, Kind::OpenMulti];
        let margin = |kind: Kind| t.list_margin[usize::from(kind.nest())];
        let worth = |component: usize, is_virtual: bool| {
            t.value[component] - t.cost[component] - self.attached.component(component, v, is_virtual)
        };
        let joins = self.attached.joining(terms, v);
        let radio = worth(RU, false);
        if t.closed && t.may_sell == [true; 2] {
            let joint = terms.closed_handicap + self.attached.onboarding(v, closed) + joins + margin(closed);
            self.bundles.push((v, radio + worth(BB, false) - joint + slack));
        }
        if t.open {
            let (soft, running) = if t.is_virtual {
                (t.virtual_aid, terms.virtual_running)
            } else {
                (0.0, 0.0)
            };
            let radio = radio + t.open_aid[RU];
            let baseband = worth(BB, t.is_virtual) + t.open_aid[BB] + soft - running;
            let taken_on = self.attached.onboarding(v, multi) + joins;
            if t.may_sell[RU] {
                let joint = terms.open_gap[1] + terms.open_risk + taken_on + margin(single);
                self.radios.push(Radio {
                    seller: v,
                    half: radio - taken_on - margin(multi),
                    single: if t.may_sell[BB] {
                        radio + baseband - joint + slack
                    } else {
                        f64::NEG_INFINITY
                    },
                });
            }
            if t.may_sell[BB] {
                self.basebands.push((v, baseband - taken_on - margin(multi)));
            }
        }
    }

    /// What an alternative is worth to the operator at list price.
    fn at_list(&self, terms: &Terms, stack: &Stack, a: &Alternative) -> f64 {
        terms.flow(a, Some(stack)) - self.attached.of(terms, a).iter().sum::<f64>() - terms.list_price(a)
    }

    /// The twin's.
    #[must_use]
    pub fn twin(&self) -> &Bills {
        &self.twin
    }
}

/// What removing one seller from a stack costs in switching, money per site, when `life_left` years of each component are left;
/// `removed` says which components it holds. The bill of the best way out over that of its own renewal, less the same for the twin,
/// with the unused life of what goes and the broken contract. `None` where there is no other seller.
///
/// A stack in which the seller comes back with the other component is no way out.
#[must_use]
pub fn removal(
    scan: &Scan,
    terms: &Terms,
    stack: &Stack,
    vendor: VendorIx,
    removed: [bool; 2],
    life_left: [f64; 2],
) -> Option<f64> {
    let leaving = leaving_today(terms, life_left, stack);
    let bits = usize::from(removed[RU]) | usize::from(removed[BB]) << 1;
    let stays = scan.best[0].as_ref()?;
    let ways = scan.best.iter().enumerate().filter(|(class, _)| class & bits == bits);
    let best = ways
        .filter_map(|(class, c)| {
            let c = c.as_ref().filter(|c| !c.alternative.seller.contains(&vendor))?;
            let cost = leaving[class].0 + leaving[class].1;
            Some((c.value - cost, c, cost))
        })
        .reduce(|x, y| if y.0 > x.0 { y } else { x })?;
    let (_, out, cost) = best;
    let bill: f64 = excess(out, &out.attached, stays).iter().sum();
    Some(bill + cost)
}

/// Values the installed stack at posted prices, from a scan of it. `life_left`: the years of life left of each component. No equilibrium is solved and nothing
/// allocated.
#[must_use]
pub fn value(scan: &Scan, terms: &Terms, stack: &Stack, life_left: [f64; 2]) -> Wedges {
    let leaving = leaving_today(terms, life_left, stack);
    let wedge = |component: usize, today: bool| -> Option<Wedge> {
        if stack.seller[component] == NO_VENDOR {
            return None;
        }
        let mut sides = [(f64::NEG_INFINITY, None); 2];
        for (class, best) in scan.best.iter().enumerate() {
            let Some(candidate) = best else { continue };
            // The incumbent of the component leaves the running stack in place to its end; a rival does not.
            let side = class >> component & 1;
            let cost = if today && side == 1 {
                leaving[class].0 + leaving[class].1
            } else {
                0.0
            };
            if candidate.value - cost > sides[side].0 {
                sides[side] = (candidate.value - cost, Some(candidate));
            }
        }
        let [i, r] = sides.map(|s| s.1);
        let (i, r) = (i?, r?);
        let mut of_rival = r.attached;
        if today {
            (of_rival[BROUGHT_FORWARD], of_rival[CONTRACT_BREAK]) = leaving[changed(stack, &r.alternative)];
        }
        Some(Wedge {
            incumbent: i.alternative,
            rival: r.alternative,
            parts: excess(r, &of_rival, i),
            list_price: i.list_price,
            preference_gap: i.twin_value - r.twin_value,
        })
    };
    Wedges {
        at_end: [wedge(RU, false), wedge(BB, false)],
        today: [wedge(RU, true), wedge(BB, true)],
    }
}
