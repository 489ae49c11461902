//! Cost against the number of clusters: `minimal` cut into 1, 10 and 100 times as many phases of the
//! replacement cycle. Time a cluster should stay level.

use benches::{minimal_with_cohorts, play, print_work};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn scaling(c: &mut Criterion) {
    let mut group = c.benchmark_group("scaling/clusters");
    group.sample_size(10);
    for cohorts in [4, 40, 400] {
        let simulation = minimal_with_cohorts(cohorts);
        print_work(&format!("scaling/clusters/{cohorts}"), &simulation);
        group.throughput(Throughput::Elements(simulation.world().cluster_count() as u64));
        group.bench_function(BenchmarkId::from_parameter(cohorts), |b| {
            let mut k = 0;
            b.iter(|| {
                k += 1;
                play(&simulation, k)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, scaling);
criterion_main!(benches);
