//! Openness: what was bought open, and what was made of it.

use super::{Dims, Field, Measure, PLAIN, Parts, Recorded, ratio};
use crate::scenario::INTERFACES;

/// The family, in the order of tables.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "open_share_specified",
        unit: "share",
        is_flow: false,
        is_bounded: true,
        doc: "Share of sites with open fronthaul",
        equation: "sites with open fronthaul / sites",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: Dims {
            generations: true,
            ..PLAIN
        },
        value: |v, c| v.mean(c, Field::Open, Field::Sites),
    },
    Measure {
        name: "open_share_sales",
        unit: "share",
        is_flow: true,
        is_bounded: true,
        doc: "Share of sales that is of stacks with open fronthaul, capacity added to them among it",
        equation: "payments for open stacks / all payments",
        recorded: Recorded::Never,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| {
            let money = |field| v.money_of(c, &c.vendors, field);
            ratio(money(Field::OpenSales), money(Field::Sales))
        },
    },
    Measure {
        name: "open_share_exercised",
        unit: "share",
        is_flow: false,
        is_bounded: true,
        doc: "Share of sites where a part of an open stack has been changed for another seller's",
        equation: "such sites / sites",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Exercised, Field::Sites),
    },
    Measure {
        name: "open_share_multi_vendor",
        unit: "share",
        is_flow: false,
        is_bounded: true,
        doc: "Share of sites with radio and baseband of two sellers",
        equation: "such sites / sites",
        recorded: Recorded::Everywhere,
        parts: Parts::Whole,
        dims: PLAIN,
        value: |v, c| v.mean(c, Field::Multi, Field::Sites),
    },
    Measure {
        name: "interface_maturity",
        unit: "maturity",
        is_flow: false,
        is_bounded: false,
        doc: "Maturity of each interface, 0 to 1",
        equation: "dM/dt = a (1 - M) - b M, with losses at releases and generations",
        recorded: Recorded::Everywhere,
        parts: Parts::Named(&INTERFACES),
        dims: Dims {
            world_only: true,
            ..PLAIN
        },
        value: |v, c| v.posted.maturity[c.part],
    },
    Measure {
        name: "pair_experience",
        unit: "sites",
        is_flow: false,
        is_bounded: false,
        doc: "Sites on which radio and baseband of two sellers have been made to work together so far, in networks and in test centres",
        equation: "sum over pairs of different sellers of sites delivered",
        recorded: Recorded::Never,
        parts: Parts::Whole,
        dims: Dims {
            world_only: true,
            ..PLAIN
        },
        value: |v, _| {
            let sellers = v.everyone.len();
            let pairs = v.state.pair_sites.iter().enumerate();
            let mixed = pairs.filter(|(pair, _)| pair / sellers != pair % sellers);
            mixed.map(|(_, sites)| sites).sum()
        },
    },
];
