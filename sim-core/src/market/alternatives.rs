//! The catalogue of all alternatives, and those that stand in one tender.
//!
//! An alternative has a fixed *position*, the address of its shock in a tender's stream: it depends on the
//! vendors' order alone, never on what else stands, so a ban or an exit takes no luck from others, and a vendor
//! that is added at the end of the scenario moves no position.

use super::terms::Terms;
use crate::world::{Arch, BB, NO_VENDOR, RU, Stack, VendorIx};

/// What kind of alternative it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One vendor's closed bundle.
    Closed,
    /// An open stack of one vendor.
    OpenSingle,
    /// Radio and baseband of two vendors.
    OpenMulti,
    /// A new radio to the baseband that stands.
    PartialRu,
    /// A new baseband to the radio that stands.
    PartialBb,
    /// Keep and extend.
    Keep,
}

/// Nests of the tree of choice.
pub const NESTS: usize = 4;
/// The nest of keep and extend.
pub const KEEP_NEST: u8 = 3;

impl Kind {
    /// Its nest; a partial renewal that leaves one seller is in the nest of its open stacks ([`Alternative::nest`]).
    #[must_use]
    pub fn nest(self) -> u8 {
        match self {
            Kind::Closed => 0,
            Kind::OpenSingle => 1,
            Kind::OpenMulti | Kind::PartialRu | Kind::PartialBb => 2,
            Kind::Keep => KEEP_NEST,
        }
    }

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Closed => "closed",
            Kind::OpenSingle => "open_single",
            Kind::OpenMulti => "open_multi",
            Kind::PartialRu | Kind::PartialBb => "partial",
            Kind::Keep => "keep",
        }
    }
}

/// One alternative: what would stand after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    /// Its kind.
    pub kind: Kind,
    /// Sellers of radio and baseband afterwards ([`NO_VENDOR`] for the radio of a core).
    pub seller: [VendorIx; 2],
    /// Whether the baseband afterwards is virtual.
    pub is_virtual: bool,
}

/// Positions of the per-vendor alternatives: four for each of the vendors that an index can name. Pairs follow.
const PAIRS_FROM: u32 = 4 * 256;

impl Alternative {
    /// Place of the alternative in the catalogue: the address of its shock.
    ///
    /// Per-vendor kinds take four places a vendor; pairs follow in the square-shell order of Rosenberg and Strong, in
    /// which pairs of the first n vendors fill the first n^2 places.
    #[must_use]
    pub fn position(&self) -> u32 {
        let [ru, bb] = self.seller.map(u32::from);
        match self.kind {
            Kind::Closed => 4 * bb,
            Kind::PartialRu => 4 * ru + 1,
            Kind::PartialBb => 4 * bb + 2,
            Kind::Keep => 3,
            Kind::OpenSingle | Kind::OpenMulti => {
                let shell = ru.max(bb);
                PAIRS_FROM + shell * shell + shell + ru - bb
            }
        }
    }

    /// The nest of what stands afterwards.
    #[must_use]
    pub fn nest(&self) -> u8 {
        let partial = matches!(self.kind, Kind::PartialRu | Kind::PartialBb);
        if partial && self.seller[RU] == self.seller[BB] {
            Kind::OpenSingle.nest()
        } else {
            self.kind.nest()
        }
    }

    /// Which components are bought new.
    #[must_use]
    pub fn buys(&self) -> [bool; 2] {
        match self.kind {
            Kind::Keep => [false, false],
            Kind::PartialRu => [true, false],
            Kind::PartialBb => [false, true],
            _ => [self.seller[RU] != NO_VENDOR, true],
        }
    }

    /// Architecture of what stands afterwards.
    #[must_use]
    pub fn arch(&self, held: Option<&Stack>) -> Arch {
        match self.kind {
            Kind::Closed => Arch::Closed,
            Kind::Keep => held.map_or(Arch::Closed, |s| s.arch),
            _ if self.seller[RU] == self.seller[BB] => Arch::OpenSingle,
            _ => Arch::OpenMulti,
        }
    }

    /// Weight of the components that come from the seller that stands.
    #[must_use]
    pub fn same_sellers(&self, stack: &Stack, weight: [f64; 2]) -> f64 {
        [RU, BB]
            .into_iter()
            .filter(|k| self.seller[*k] == stack.seller[*k])
            .map(|k| weight[k])
            .sum()
    }

    /// Whether the two components come from two sellers.
    #[must_use]
    pub fn is_multi(&self) -> bool {
        self.seller[RU] != self.seller[BB] && self.seller[RU] != NO_VENDOR
    }
}

/// Place of the shock of a nest.
#[must_use]
pub fn nest_position(nest: usize) -> u32 {
    4 * (nest as u32 + 1) + 3
}

/// A vendor's bundle in its own architecture: a closed stack, or a core.
#[must_use]
pub fn bundle(terms: &Terms, v: VendorIx) -> Alternative {
    Alternative {
        kind: Kind::Closed,
        seller: [if terms.is_core { NO_VENDOR } else { v }, v],
        is_virtual: false,
    }
}

/// Whether a vendor's bundle may be bought.
#[must_use]
pub fn sells_bundle(terms: &Terms, v: VendorIx) -> bool {
    let s = terms.seller(v);
    if terms.is_core {
        s.may_sell[BB]
    } else {
        s.closed && s.may_sell == [true; 2]
    }
}

/// Whether a vendor sells a component for open stacks.
#[must_use]
pub fn sells_open(terms: &Terms, v: VendorIx, component: usize) -> bool {
    let seller = terms.seller(v);
    seller.open && seller.may_sell[component]
}

/// Whether an open stack is of one vendor or of two.
fn open_kind(radio: VendorIx, baseband: VendorIx) -> Kind {
    if radio == baseband {
        Kind::OpenSingle
    } else {
        Kind::OpenMulti
    }
}

/// The open stack of a radio and a baseband, of one vendor or of two.
#[must_use]
pub fn open_stack(terms: &Terms, radio: VendorIx, baseband: VendorIx) -> Alternative {
    Alternative {
        kind: open_kind(radio, baseband),
        seller: [radio, baseband],
        is_virtual: terms.seller(baseband).is_virtual,
    }
}

/// Lists each open stack that may be bought, of one vendor or of two.
fn list_pairs(terms: &Terms, out: &mut Vec<Alternative>) {
    let vendors = terms.vendors() as VendorIx;
    let mut basebands = [(NO_VENDOR, false); VendorIx::MAX as usize];
    let mut count = 0;
    for v in (0..vendors).filter(|v| sells_open(terms, *v, BB)) {
        basebands[count] = (v, terms.seller(v).is_virtual);
        count += 1;
    }
    for radio in (0..vendors).filter(|v| sells_open(terms, *v, RU)) {
        out.extend(basebands[..count].iter().map(|&(baseband, is_virtual)| Alternative {
            kind: open_kind(radio, baseband),
            seller: [radio, baseband],
            is_virtual,
        }));
    }
}

/// Lists what may lawfully be bought in a tender, keep and extend apart, in a fixed order: partial renewals come last.
pub fn list(terms: &Terms, held: Option<&Stack>, out: &mut Vec<Alternative>) {
    out.clear();
    let vendors = terms.vendors() as VendorIx;
    let bundles = (0..vendors).filter(|v| sells_bundle(terms, *v));
    out.extend(bundles.map(|v| bundle(terms, v)));
    list_pairs(terms, out);
    let Some(stack) = held.filter(|s| s.is_open()) else {
        return;
    };
    for v in (0..vendors).filter(|v| terms.seller(*v).open) {
        if terms.seller(v).may_sell[RU] && terms.may_run[BB] {
            out.push(Alternative {
                kind: Kind::PartialRu,
                seller: [v, stack.seller[BB]],
                is_virtual: stack.is_virtual,
            });
        }
        if terms.seller(v).may_sell[BB] && terms.may_run[RU] {
            out.push(Alternative {
                kind: Kind::PartialBb,
                seller: [stack.seller[RU], v],
                is_virtual: terms.seller(v).is_virtual,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_distinct_and_stable_when_a_vendor_is_added() {
        let mut seen = std::collections::BTreeSet::new();
        for ru in 0..200u8 {
            for bb in 0..200u8 {
                let kind = if ru == bb { Kind::OpenSingle } else { Kind::OpenMulti };
                let p = Alternative {
                    kind,
                    seller: [ru, bb],
                    is_virtual: false,
                }
                .position();
                assert!(seen.insert(p), "pair {ru},{bb} shares its position");
                let shell = u32::from(ru.max(bb)) + 1;
                assert!(
                    p < PAIRS_FROM + shell * shell,
                    "pairs of the first n vendors fill the first n^2 places"
                );
            }
            for kind in [Kind::Closed, Kind::PartialRu, Kind::PartialBb] {
                assert!(
                    seen.insert(
                        Alternative {
                            kind,
                            seller: [ru, ru],
                            is_virtual: false
                        }
                        .position()
                    )
                );
            }
        }
        assert!(
            seen.insert(
                Alternative {
                    kind: Kind::Keep,
                    seller: [0, 0],
                    is_virtual: false
                }
                .position()
            )
        );
        for nest in 0..NESTS {
            assert!(seen.insert(nest_position(nest)), "nest {nest} shares its position");
        }
    }
}
