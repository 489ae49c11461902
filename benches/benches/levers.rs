//! What levers cost. A lever that is absent, or stands at strength 0, is not scheduled and should cost nothing that can be
//! measured: the first two lines of each group are the same work. The others say what levers that act cost.

use benches::{minimal_with, play, simulation};
use criterion::{Criterion, criterion_group, criterion_main};
use sim_core::lever::CATALOGUE;
use sim_core::run::Simulation;

#[allow(dead_code, reason = "the bench needs the examples alone")]
#[path = "../../sim-core/tests/common/levers.rs"]
mod examples;

/// The smallest world and its neighbour, with examples of these kinds; `more`: a line of each lever's own.
fn with(kinds: &[&str], more: &str) -> Simulation {
    let mut text = examples::NEIGHBOUR.to_owned();
    for (kind, keys, _) in examples::EACH.iter().filter(|(kind, ..)| kinds.contains(kind)) {
        text += &format!("[levers.{}.{kind}]\n{more}\n{keys}\n", kind.replace('_', "-"));
    }
    minimal_with(&text)
}

fn levers(c: &mut Criterion) {
    let every: Vec<&str> = CATALOGUE.iter().map(|v| v.key).collect();
    let mut group = c.benchmark_group("levers/minimal");
    let worlds = [
        ("none", with(&[], "")),
        ("all-kinds-at-zero", with(&every, "strength = 0")),
        ("procurement-ban", with(&["procurement_ban"], "")),
        ("share-cap", with(&["share_cap"], "")),
        ("licence-condition", with(&["licence_condition"], "")),
        ("adoption-fund", with(&["adoption_fund"], "")),
        ("norms", with(&["norms"], "")),
    ];
    for (name, simulation) in &worlds {
        let mut k = 0;
        group.bench_function(*name, |b| {
            b.iter(|| {
                k = (k + 1) % 64;
                play(simulation, k)
            });
        });
    }
    group.finish();
    let mut group = c.benchmark_group("levers/world-2020");
    group.sample_size(10);
    for (name, id) in [
        ("none", "world-2020"),
        ("one-ban", "eu-ban"),
        ("all-three-legs", "all-three"),
    ] {
        let simulation = simulation(id, &[]);
        group.bench_function(name, |b| b.iter(|| play(&simulation, 0)));
    }
    group.finish();
}

criterion_group!(benches, levers);
criterion_main!(benches);
