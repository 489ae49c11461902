//! The valuation of the whole installed base at one measurement date: who stands where, and how locked in.

use benches::{FirstDay, simulation};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sim_core::measure::Cube;
use sim_core::measure::stocks::{fill, valuation_order};

fn valuation(c: &mut Criterion) {
    let mut group = c.benchmark_group("valuation");
    for id in ["minimal", "world-2020"] {
        let simulation = simulation(id, &[]);
        let world = simulation.world();
        let FirstDay {
            state,
            posted,
            mut desk,
        } = FirstDay::new(&simulation, &simulation.luck(0));
        let mut cube = Cube::new(world, false);
        let order = valuation_order(world);
        let valuations = fill(&mut cube, world, &state, &posted, &mut desk, &order, world.start, None);
        println!("valuation/{id}: {valuations} valuations");
        group.throughput(Throughput::Elements(valuations));
        group.bench_function(BenchmarkId::from_parameter(id), |b| {
            b.iter(|| {
                cube.clear(true);
                fill(&mut cube, world, &state, &posted, &mut desk, &order, world.start, None)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, valuation);
criterion_main!(benches);
