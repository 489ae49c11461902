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
//! kit in place to its end and puts its renewal off until then. Partial renewals are no rival here: at end of life the path that changes one
//! component and renews the other with its own seller stands for them, so that both buyers buy the same. Today that path leaves the other
//! component of an open stack in place to its end.

mod scan;

use super::alternatives::Alternative;
use super::switching::{BROUGHT_FORWARD, CONTRACT_BREAK, INTEGRATION, ONBOARDING, SWAP};
use super::terms::Terms;
use crate::world::{Arch, BB, NO_VENDOR, RU, Stack, VendorIx};
use scan::{Candidate, changed, renewal};
pub use scan::{Scan, TwoBills, scan};

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

/// What leaving the running stack today costs beside the path itself, money per site.
#[derive(Debug, Clone, Copy, Default)]
struct Leaving {
    /// Work of the incumbent's own renewal, which its path puts off to the end of life.
    work: f64,
    /// The next purchase, brought forward.
    brought_forward: f64,
    contract_break: f64,
}

impl Leaving {
    fn sum(&self) -> f64 {
        self.work + self.brought_forward + self.contract_break
    }
}

/// What leaving costs, by which components change (see [`changed`]).
///
/// Kit with life left that is removed brings its next purchase forward, at list price, and breaks the contract with its seller; the
/// incumbent's path puts its renewal off to the end of that life, price and work alike. Where the fronthaul is open the part that stays runs
/// to its end; a closed stack goes as a whole.
fn leaving_today(terms: &Terms, left: [f64; 2], stack: &Stack) -> [Leaving; 4] {
    let nest = usize::from(renewal(stack).kind.nest());
    let of = |component: usize| {
        let seller = stack.seller[component];
        if left[component] <= 0.0 || seller == NO_VENDOR {
            return Leaving::default();
        }
        let t = terms.seller(seller);
        let shared = if stack.arch == Arch::OpenMulti {
            1.0
        } else {
            terms.weight[component]
        };
        let price = t.cost[component] + shared * t.list_margin[nest];
        let later = terms.share_of_life(left[component]);
        Leaving {
            work: later * terms.renewal_work_share * terms.work(component, stack.is_virtual),
            brought_forward: later * price,
            contract_break: price * (terms.break_fee_share + stack.grant[component]) * left[component] / terms.term,
        }
    };
    let (radio, baseband) = (of(RU), of(BB));
    let all = Leaving {
        work: radio.work + baseband.work,
        brought_forward: radio.brought_forward + baseband.brought_forward,
        contract_break: radio.contract_break + baseband.contract_break,
    };
    let none = Leaving::default();
    if stack.is_open() {
        [none, radio, baseband, all]
    } else {
        let of_one = |part: Leaving| Leaving {
            contract_break: part.contract_break,
            ..all
        };
        [none, of_one(radio), of_one(baseband), all]
    }
}

/// A bill over that of another alternative, less the same for the twin, item by item. `bill`: the operator's, of `of`.
fn excess(of: &Candidate, bill: &[f64; 7], over: &Candidate) -> [f64; 7] {
    let mut parts: [f64; 7] = std::array::from_fn(|item| bill[item] - over.attached[item]);
    parts[ONBOARDING] -= of.twin[0] - over.twin[0];
    parts[INTEGRATION] -= of.twin[1] - over.twin[1];
    parts
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
            let cost = leaving[class].sum();
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
            let cost = if today && side == 1 { leaving[class].sum() } else { 0.0 };
            if candidate.value - cost > sides[side].0 {
                sides[side] = (candidate.value - cost, Some(candidate));
            }
        }
        let [i, r] = sides.map(|s| s.1);
        let (i, r) = (i?, r?);
        let mut of_rival = r.attached;
        if today {
            let leaving = &leaving[changed(stack, &r.alternative)];
            of_rival[SWAP] += leaving.work;
            of_rival[BROUGHT_FORWARD] = leaving.brought_forward;
            of_rival[CONTRACT_BREAK] = leaving.contract_break;
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
