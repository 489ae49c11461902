//! Keyed luck: opening a stream, and the shocks of one tender from it.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sim_core::draws::{Decision, Luck, StreamKey, stable_hash};

fn key(cycle: u32) -> StreamKey {
    StreamKey {
        kind: Decision::Tender,
        entity: stable_hash("north"),
        lot: 3,
        cycle,
        cause: 0,
    }
}

fn draws(c: &mut Criterion) {
    let luck = Luck::new(2020, 17);
    let mut group = c.benchmark_group("draws");
    group.bench_function("open", |b| {
        let mut cycle = 0;
        b.iter(|| {
            cycle += 1;
            luck.stream(black_box(key(cycle)))
        });
    });
    group.throughput(Throughput::Elements(64));
    group.bench_function("64-uniforms", |b| {
        let mut out = [0.0; 64];
        let mut cycle = 0;
        b.iter(|| {
            cycle += 1;
            luck.stream(key(cycle)).fill_uniform(&mut out, 0);
            black_box(&out);
        });
    });
    group.bench_function("64-gumbels", |b| {
        let mut out = [0.0; 64];
        let mut cycle = 0;
        b.iter(|| {
            cycle += 1;
            luck.stream(key(cycle)).fill_gumbel(&mut out, 0);
            black_box(&out);
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("one-stream-a-gumbel", |b| {
        let mut cycle = 0;
        b.iter(|| {
            cycle += 1;
            luck.stream(key(cycle)).gumbel_at(17)
        });
    });
    group.finish();
}

criterion_group!(benches, draws);
criterion_main!(benches);
