//! What of all that is on sale may be a side of a wedge.
//!
//! A wedge needs the best alternatives by which components they change. A stack is worth at most what its two parts are worth alone, less
//! what every stack of its kind bears, so that each seller is bounded once and few stacks are looked at in full.

use crate::market::alternatives::{self, Alternative, Kind};
use crate::market::pairs::PairRow;
use crate::market::switching::{Attachment, Bills};
use crate::market::terms::{SellerTerms, Terms};
use crate::world::{Arch, BB, Neighbour, RU, Stack, VendorIx};

/// An alternative looked at in full.
#[derive(Debug, Clone, Copy)]
struct Look {
    alternative: Alternative,
    /// Bill of the operator.
    bill: [f64; 7],
    /// Flow of value: the same to the twin, as nothing that is kept is among the alternatives.
    flow: f64,
    list_price: f64,
}

impl Look {
    /// At any alternative.
    fn at(terms: &Terms, bills: &TwoBills, a: Alternative) -> Self {
        Self {
            alternative: a,
            bill: bills.attached.of(terms, &a),
            flow: terms.flow(&a, None),
            list_price: terms.list_price(&a),
        }
    }

    /// At the pair of a radio with a baseband.
    fn at_pair(row: &PairRow, terms: &Terms, baseband: VendorIx) -> Self {
        let a = alternatives::open_stack(terms, row.radio(), baseband);
        let pair = row.with(baseband, a.is_virtual);
        Self {
            alternative: a,
            bill: pair.bill,
            flow: pair.flow,
            list_price: pair.cost + pair.list_margin,
        }
    }
}

/// Best alternative so far.
#[derive(Debug, Clone, Copy)]
struct Best {
    value: f64,
    found: Option<Look>,
}

const NONE: Best = Best {
    value: f64::NEG_INFINITY,
    found: None,
};

impl Best {
    /// What it is worth to the operator at list price counts.
    fn offer(&mut self, found: Look) {
        let value = found.flow - found.bill.iter().sum::<f64>() - found.list_price;
        if value > self.value {
            *self = Self {
                value,
                found: Some(found),
            };
        }
    }
}

/// Which components of a stack an alternative takes from another seller, as bits: radio 1, baseband 2.
pub(super) fn changed(stack: &Stack, a: &Alternative) -> usize {
    usize::from(a.seller[RU] != stack.seller[RU]) | usize::from(a.seller[BB] != stack.seller[BB]) << 1
}

/// The best alternatives at end of life by which components they change: all that a valuation on any day needs, since
/// what leaving costs today depends on that alone. Kit of the same sellers in the same network shares one scan.
#[derive(Debug, Clone, Copy)]
pub struct Scan {
    pub(super) best: [Option<Candidate>; 4],
}

/// An alternative that may be a side of a wedge, with all that a wedge takes from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) alternative: Alternative,
    /// Value at list price to the operator at end of life.
    pub(super) value: f64,
    /// Bill of the operator.
    pub(super) attached: [f64; 7],
    /// Bill of its unattached twin, see [`Bills::of_twin`].
    pub(super) twin: [f64; 2],
    /// Value at list price to the twin.
    pub(super) twin_value: f64,
    pub(super) list_price: f64,
}

impl Candidate {
    fn new(terms: &Terms, bills: &TwoBills, value: f64, found: &Look) -> Self {
        let twin = bills.twin.of_twin(terms, &found.alternative);
        Self {
            alternative: found.alternative,
            value,
            attached: found.bill,
            twin,
            twin_value: found.flow - (twin[0] + twin[1]) - found.list_price,
            list_price: found.list_price,
        }
    }
}

/// The stack bought again as it is.
pub(super) fn renewal(stack: &Stack) -> Alternative {
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
    // The renewal of what stands, even where its seller may not sell any more: a ban does not unlock the kit that it forbids.
    best[0].offer(Look::at(terms, bills, renewal(stack)));
    for &(v, bound) in &bills.bundles {
        let a = alternatives::bundle(terms, v);
        let class = &mut best[changed(stack, &a)];
        if bound >= class.value {
            class.offer(Look::at(terms, bills, a));
        }
    }
    offer_pairs(terms, bills, stack, &mut best);
    let mut scan = Scan { best: [None; 4] };
    for (side, best) in scan.best.iter_mut().zip(&best) {
        *side = best
            .found
            .as_ref()
            .map(|found| Candidate::new(terms, bills, best.value, found));
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
                    radio.offer_single(terms, bills, class);
                } else if half + its_half >= class.value {
                    let row = row.get_or_insert_with(|| PairRow::new(terms, &bills.attached, radio.seller));
                    class.offer(Look::at_pair(row, terms, baseband));
                }
            }
        } else {
            radio.offer_single(terms, bills, &mut best[class(radio.seller)]);
            if let Some((baseband, its_half)) = of_standing.filter(|(v, _)| *v != radio.seller) {
                let class = &mut best[changes];
                if half + its_half >= class.value {
                    let row = PairRow::new(terms, &bills.attached, radio.seller);
                    class.offer(Look::at_pair(&row, terms, baseband));
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
    fn offer_single(&self, terms: &Terms, bills: &TwoBills, class: &mut Best) {
        if self.single > f64::NEG_INFINITY && self.single >= class.value {
            let a = alternatives::open_stack(terms, self.seller, self.seller);
            class.offer(Look::at(terms, bills, a));
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

    /// The twin's.
    #[must_use]
    pub fn twin(&self) -> &Bills {
        &self.twin
    }
}
