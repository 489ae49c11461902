//! The tender of 64 alternatives that benchmarks and counted workloads solve.

use sim_core::draws::Luck;
use sim_core::market::equilibrium::{Alternative, TenderSpec};

/// Dissimilarities of the four nests.
const LAMBDA: [f64; 4] = [1.0, 0.6, 0.6, 1.0];

/// Seven sellers: seven closed bundles, seven open stacks of one seller, 42 of two, seven partial renewals, and keep. The
/// first is the incumbent and leads by four times the taste scale.
#[must_use]
pub fn sixty_four(luck: &Luck) -> Vec<Alternative> {
    let mut draws = luck.for_path("benches.tender");
    let mut value = |held: bool| 3750.0 * (2.0 * draws.next_normal() + if held { 4.0 } else { 0.0 });
    let mut all: Vec<Alternative> = (0..7)
        .map(|j| Alternative::single(0, j, value(j == 0), 41_000.0))
        .collect();
    all.extend((0..7).map(|j| Alternative::single(1, j, value(j == 0), 41_000.0)));
    for radio in 0..7 {
        for baseband in (0..7).filter(|b| *b != radio) {
            all.push(Alternative::pair(
                2,
                radio,
                baseband,
                value(radio == 0 || baseband == 0),
                41_000.0,
            ));
        }
    }
    all.extend((0..7).map(|j| Alternative {
        suppliers: [0, j],
        ..Alternative::single(2, j, value(j == 0), 16_000.0)
    }));
    all.push(Alternative::unpriced(3, -40_000.0));
    all
}

/// The tender over these alternatives: seven sellers, the taste scale of the reference world, nothing after it.
#[must_use]
pub fn spec(alternatives: &[Alternative]) -> TenderSpec<'_> {
    TenderSpec {
        mu: 3750.0,
        lambda: &LAMBDA,
        alternatives,
        sellers: 7,
        after: None,
        margin_caps: None,
    }
}
