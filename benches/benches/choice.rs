//! Nested logit over 64 alternatives in four nests: probabilities, and the draw of a winner.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use sim_core::draws::{Decision, Luck, StreamKey, stable_hash};
use sim_core::market::choice::Tree;

const LAMBDA: [f64; 4] = [1.0, 0.6, 0.6, 1.0];

fn choice(c: &mut Criterion) {
    let luck = Luck::new(2020, 0);
    let mut values = luck.for_path("benches.choice");
    let value: Vec<f64> = (0..64).map(|_| 10_000.0 * values.next_normal()).collect();
    // One keep at the end; the others by turns in the first three nests.
    let nest: Vec<u8> = (0..64_u8).map(|a| if a == 63 { 3 } else { a % 3 }).collect();
    let tree = Tree {
        mu: 3750.0,
        lambda: &LAMBDA,
        nest: &nest,
        value: &value,
    };
    let (mut inclusive, mut shares) = ([0.0; 4], [0.0; 64]);

    let mut group = c.benchmark_group("choice");
    group.bench_function("shares-64", |b| {
        b.iter(|| black_box(&tree).shares(&mut inclusive, &mut shares))
    });
    tree.inclusive(&mut inclusive);
    group.bench_function("draw-64", |b| {
        let mut cycle = 0;
        b.iter(|| {
            cycle += 1;
            let key = StreamKey {
                kind: Decision::Tender,
                entity: stable_hash("north"),
                lot: 0,
                cycle,
                cause: 0,
            };
            let mut nests = luck.stream(key);
            let mut inside = nests.clone();
            tree.draw(
                &inclusive,
                |g| nests.gumbel_at(g as u32),
                |a| inside.gumbel_at(4 + a as u32),
            )
        });
    });
    group.finish();
}

criterion_group!(benches, choice);
criterion_main!(benches);
