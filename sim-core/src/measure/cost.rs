//! Cost: what operators and states lay out.

use super::{Component, Dims, Field, Measure, PLAIN, Parts, Recorded};

/// Parts of `operator_cost`.
pub const COSTS: [&str; 5] = ["price", "switching", "integration", "running", "extension"];

/// The family, in the order of tables.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "operator_cost",
        unit: "musd_2020",
        is_flow: true,
        is_bounded: false,
        doc: "Outlays of operators by part: price is net of what help and credit are worth to the buyer, lever's or seller's; extension is the growth of upkeep with age, of all kit",
        equation: "sum of money, not discounted",
        recorded: Recorded::Everywhere,
        parts: Parts::Named(&COSTS),
        dims: PLAIN,
        value: |v, c| {
            1e-6 * v.cube.sum(
                c.place,
                c.component,
                c.generation,
                &c.vendors,
                Field::CostPrice as usize + c.part,
                false,
            )
        },
    },
    Measure {
        name: "public_outlay",
        unit: "musd_2020",
        is_flow: true,
        is_bounded: false,
        doc: "Public money paid by the countries of a place, wherever it is spent, in all and by the lever that spends it; what is tied to no purchase is of the radio network, what is paid for cores stands apart",
        equation: "sum of money, not discounted",
        recorded: Recorded::World,
        parts: Parts::Lever,
        dims: Dims {
            components: &[Component::Ran, Component::Core],
            ..PLAIN
        },
        value: |v, c| {
            if c.place >= v.world.first_operator_place {
                return f64::NAN; // states pay, operators do not
            }
            let lever = (c.part != usize::MAX).then_some(c.part);
            v.public_money(c, lever)
        },
    },
];
