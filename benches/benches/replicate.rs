//! One replicate of the shipped scenarios, from the first day to the last.

use benches::{play, print_work, simulation};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn replicate(c: &mut Criterion) {
    let mut group = c.benchmark_group("replicate");
    group.sample_size(20);
    for id in ["minimal", "world-2020"] {
        let simulation = simulation(id, &[]);
        print_work(&format!("replicate/{id}"), &simulation);
        group.bench_function(BenchmarkId::from_parameter(id), |b| {
            let mut k = 0;
            b.iter(|| {
                k += 1;
                play(&simulation, k)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, replicate);
criterion_main!(benches);
