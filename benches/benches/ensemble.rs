//! An ensemble on one thread and on two: what another core is worth. Replicates share nothing but the
//! world, so the time should fall in proportion.

use benches::{play, simulation};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use sim_core::record::ReplicateRecord;

fn ensemble(c: &mut Criterion) {
    let mut group = c.benchmark_group("ensemble");
    group.sample_size(10);
    for (id, replicates) in [("minimal", 64_u64), ("world-2020", 8)] {
        let simulation = simulation(id, &[]);
        group.throughput(Throughput::Elements(replicates));
        for threads in [1, 2] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            group.bench_function(BenchmarkId::new(id, threads), |b| {
                b.iter(|| {
                    pool.install(|| {
                        (0..replicates)
                            .into_par_iter()
                            .map(|k| play(&simulation, k))
                            .collect::<Vec<ReplicateRecord>>()
                    })
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, ensemble);
criterion_main!(benches);
