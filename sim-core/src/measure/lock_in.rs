//! Lock-in: the wedge (L2), what bids make of it, state dependence (L1), premium (L3), efficiency (L4), tenure (L5).

use super::cube::part_field;
use super::{ByVendor, COMPONENTS, Dims, Field, HEADLINE, Measure, PLAIN, Parts, Recorded, ratio};
use crate::market::switching::ITEMS;

/// Parts of a measure that is computed without and with the buyer's shocks.
const SHOCKS: [&str; 2] = ["without_shocks", "with_shocks"];

/// A measure of lock-in by incumbent, world and blocs.
const BY_INCUMBENT: Dims = Dims {
    vendors: ByVendor::Wide,
    ..PLAIN
};

/// The family, in the order of tables.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "lock_in_curve",
        unit: "share_of_price",
        is_flow: false,
        is_bounded: false,
        doc: "Wedge (L2) of each site at its own end of life, over the list price of the incumbent's alternative, site-weighted",
        equation: "sum sites K/p / sum sites; K = [u_i(h) - u_r(h)] - [u_i(0) - u_r(0)] at list prices, no life left",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: Dims {
            components: COMPONENTS,
            countries: true,
            ..HEADLINE
        },
        value: |v, c| v.mean(c, Field::Curve, Field::CurveSites),
    },
    Measure {
        name: "lock_in_index",
        unit: "share_of_price",
        is_flow: false,
        is_bounded: false,
        doc: "Wedge (L2) of each site as if tendered on that date",
        equation: "as lock_in_curve with the life left today: what leaves brings its next purchase forward and breaks its contract",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: Dims {
            generations: false,
            ..HEADLINE
        },
        value: |v, c| v.mean(c, Field::Index, Field::IndexSites),
    },
    Measure {
        name: "lock_in_part",
        unit: "share_of_price",
        is_flow: false,
        is_bounded: false,
        doc: "Parts of lock_in_index by cause; they sum to it",
        equation: "[bill_r(h) - bill_i(h)] - [bill_r(0) - bill_i(0)], item by item, over p",
        recorded: Recorded::Everywhere,
        parts: Parts::Named(&ITEMS),
        dims: PLAIN,
        value: |v, c| {
            ratio(
                v.cube
                    .sum(c.place, c.component, c.generation, &c.vendors, part_field(c.part), true),
                v.sites(c, Field::IndexSites),
            )
        },
    },
    Measure {
        name: "lock_in_cost_per_site",
        unit: "usd_2020_per_site",
        is_flow: false,
        is_bounded: false,
        doc: "Wedge of each site as if tendered on that date, in money",
        equation: "sum sites K / sum sites",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::IndexMoney, Field::IndexSites),
    },
    Measure {
        name: "lock_in_awarded",
        unit: "share_of_price",
        is_flow: true,
        is_bounded: false,
        doc: "Wedge at the bills of the awards made: price_captured plus price_protected",
        equation: "sum sites K/p / sum sites over awards that an incumbent defended, of whole stacks on both sides of the wedge",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::AwardWedge, Field::CapturedSites),
    },
    Measure {
        name: "price_captured",
        unit: "share_of_price",
        is_flow: true,
        is_bounded: false,
        doc: "Part of the wedge that the incumbent takes in price, over awards: change of its margin less the rival's against the unattached twin",
        equation: "[m_i(h) - m_r(h)] - [m_i(0) - m_r(0)], over p",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Captured, Field::CapturedSites),
    },
    Measure {
        name: "price_protected",
        unit: "share_of_price",
        is_flow: true,
        is_bounded: false,
        doc: "Part of the wedge that is left as the incumbent's lead after bids, over awards",
        equation: "[(u-p)_i(h) - (u-p)_r(h)] - [(u-p)_i(0) - (u-p)_r(0)], over p",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Protected, Field::CapturedSites),
    },
    Measure {
        name: "preference_gap",
        unit: "share_of_price",
        is_flow: false,
        is_bounded: false,
        doc: "Lead of the incumbent with the unattached twin, at list prices: what is not lock-in",
        equation: "u_i(0) - u_r(0), over p",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Preference, Field::CurveSites),
    },
    Measure {
        name: "state_dependence",
        unit: "probability",
        is_flow: true,
        is_bounded: false,
        doc: "Causal state dependence (L1) of tenders: how much likelier a seller wins because it is installed; bids solved again, and frozen. Taste alone gives 0",
        equation: "P_i(i installed) - mean_k P_i(k installed), labels of the whole stack exchanged; P_i given that the component is bought",
        recorded: Recorded::Never,
        parts: Parts::Named(&["resolved", "frozen"]),
        dims: BY_INCUMBENT,
        value: |v, c| {
            let sum = [Field::DependenceResolved, Field::DependenceFrozen][c.part];
            v.mean(c, sum, Field::DependenceSites)
        },
    },
    Measure {
        name: "price_premium",
        unit: "share_of_price",
        is_flow: true,
        is_bounded: false,
        doc: "Premium (L3) of buyers with kit over their unattached twin for the same whole stack, by who won: `kept` the sellers that stood, `switched` others, who pay to get in; `all` nets the two",
        equation: "[p_a(h) - p_a(0)] over the list price of a",
        recorded: Recorded::World,
        parts: Parts::WithWhole(&["kept", "switched"]),
        dims: BY_INCUMBENT,
        value: |v, c| {
            let [kept, switched] = [c.part != 1, c.part != 0].map(f64::from);
            let sum =
                |kept_field, switched_field| kept * v.sites(c, kept_field) + switched * v.sites(c, switched_field);
            ratio(
                sum(Field::KeptPremium, Field::SwitchedPremium),
                sum(Field::KeptPremiumSites, Field::SwitchedPremiumSites),
            )
        },
    },
    Measure {
        name: "price_paid",
        unit: "usd_2020_per_site",
        is_flow: true,
        is_bounded: false,
        doc: "Price paid a site, by buyers without and with kit",
        equation: "sum sites p / sum sites over awards of whole stacks",
        recorded: Recorded::Everywhere,
        parts: Parts::Named(&["new", "attached"]),
        dims: PLAIN,
        value: |v, c| {
            let (money, sites) = if c.part == 0 {
                (Field::NewPrice, Field::NewSites)
            } else {
                (Field::AttachedPrice, Field::AttachedSites)
            };
            v.mean(c, money, sites)
        },
    },
    Measure {
        name: "retention_rate",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Share of sites in awards of the component, where the incumbent could bid, in which it was chosen again",
        equation: "sites kept / sites defended",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: Dims {
            generations: false,
            ..HEADLINE
        },
        value: |v, c| v.mean(c, Field::Retained, Field::Defended),
    },
    Measure {
        name: "anchor_rate",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Share of sites where a generation is bought for the first time above an older one, and the seller of the older one's baseband could bid, in which it won the new layer too",
        equation: "sites won by the seller below / such sites",
        recorded: Recorded::Never,
        parts: Parts::Whole,
        dims: Dims {
            vendors: ByVendor::Wide,
            ..PLAIN
        },
        value: |v, c| v.mean(c, Field::AnchorKept, Field::AnchorSites),
    },
    Measure {
        name: "handicapped_retention",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Share of sites in awards of whole stacks (L4a) where the incumbent was chosen although its unattached twin would take another at the same bids",
        equation: "i wins, and argmax_a [u_a(0) - p_a(h)] is another seller's",
        recorded: Recorded::World,
        parts: Parts::Named(&SHOCKS),
        dims: PLAIN,
        value: |v, c| {
            let sum = [Field::Handicapped, Field::HandicappedWithShocks][c.part];
            v.mean(c, sum, Field::JudgedSites)
        },
    },
    Measure {
        name: "inefficient_retention",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Share of sites in awards of whole stacks (L4b) where the incumbent was chosen although another yields more value less unit cost (subsidies and added royalties left out, as transfers) and real switching and integration cost",
        equation: "i wins, and argmax_a [value_a - real cost_a - real bill_a(h)] is another seller's",
        recorded: Recorded::World,
        parts: Parts::Named(&SHOCKS),
        dims: PLAIN,
        value: |v, c| {
            let sum = [Field::WronglyKept, Field::WronglyKeptWithShocks][c.part];
            v.mean(c, sum, Field::JudgedSites)
        },
    },
    Measure {
        name: "inefficient_switching",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Share of sites in awards of whole stacks (L4c) where another was chosen although the incumbent yields more value less unit cost and real cost, counted alike",
        equation: "i loses, and argmax_a [value_a - real cost_a - real bill_a(h)] is i's",
        recorded: Recorded::World,
        parts: Parts::Named(&SHOCKS),
        dims: PLAIN,
        value: |v, c| {
            let sum = [Field::WronglyLost, Field::WronglyLostWithShocks][c.part];
            v.mean(c, sum, Field::JudgedSites)
        },
    },
    Measure {
        name: "switching_hazard",
        unit: "per_year",
        is_flow: true,
        is_bounded: false,
        doc: "Yearly rate at which sites leave a seller (L5): events over exposure, which neither spells cut off by the window nor the length bias of a sample of spells in progress distort",
        equation: "h = sites lost to another seller / site-years in service",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: BY_INCUMBENT,
        value: |v, c| v.mean(c, Field::Lost, Field::Service),
    },
    Measure {
        name: "tenure_years",
        unit: "years",
        is_flow: true,
        is_bounded: false,
        doc: "Expected years that a seller stays at a site (L5) at the hazard of the window; undefined where nobody left",
        equation: "1 / h (of a Markov chain: 1 / (1 - p_ii) periods)",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: BY_INCUMBENT,
        value: |v, c| v.mean(c, Field::Service, Field::Lost),
    },
    Measure {
        name: "half_life_years",
        unit: "years",
        is_flow: true,
        is_bounded: false,
        doc: "Years until half of the sites have changed hands at the hazard of the window (L5)",
        equation: "ln 2 / h",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| core::f64::consts::LN_2 * v.mean(c, Field::Service, Field::Lost),
    },
    Measure {
        name: "mean_age_at_renewal",
        unit: "years",
        is_flow: true,
        is_bounded: false,
        doc: "Age of kit on the day on which its successor stands, forced removals among them",
        equation: "sum sites age / sum sites",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::ReplacedAge, Field::Replaced),
    },
    Measure {
        name: "keep_rate",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Share of sites with kit in tenders that fell due in which it was kept and extended",
        equation: "sites kept on / sites due",
        recorded: Recorded::World,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::KeptOnSites, Field::DueSites),
    },
];
