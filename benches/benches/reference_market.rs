//! The reference market through the library's public interface, beside a floor written by hand. Both play whole runs, set-up and all; the throughput is
//! in tenders. Lines printed first show that they play the same market, and compare the quickest
//! of many runs played by turns.

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::reference_floor;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sim_core::draws::Luck;
use sim_core::measure::herfindahl;
use sim_core::run::reference;

/// Nanoseconds a tender of the quickest run of each, played by turns: what a shared machine disturbs least.
fn by_turns(operators: u32, turns: u64) -> [f64; 2] {
    let mut quickest = [f64::INFINITY; 2];
    for k in 0..turns {
        let begin = Instant::now();
        let ours = black_box(reference::play(operators, &Luck::new(1, k))).tenders;
        quickest[0] = quickest[0].min(begin.elapsed().as_nanos() as f64 / ours as f64);
        let begin = Instant::now();
        let theirs = black_box(reference_floor::play(operators as usize, k)).1;
        quickest[1] = quickest[1].min(begin.elapsed().as_nanos() as f64 / theirs as f64);
    }
    quickest
}

fn reference_market(c: &mut Criterion) {
    let runs = 20;
    let ours: f64 = (0..runs)
        .map(|k| reference::play(10_000, &Luck::new(1, k)).years[29].hhi)
        .sum();
    let floors: f64 = (0..runs)
        .map(|k| herfindahl(reference_floor::play(10_000, k).0.into_iter()))
        .sum();
    let n = runs as f64;
    println!(
        "reference_market: HHI at the end with 10,000 operators {:.4}, of the floor {:.4}",
        ours / n,
        floors / n
    );
    for (operators, turns) in [(100, 5_000), (10_000, 100), (1_000_000, 3)] {
        let [library, floor] = by_turns(operators, turns);
        println!(
            "reference_market: {operators} operators: library {library:.0} ns a tender, floor {floor:.0}, ratio {:.2}",
            library / floor
        );
    }

    let mut group = c.benchmark_group("reference_market");
    for operators in [100_u32, 10_000, 1_000_000] {
        // About 30/7 tenders an operator.
        group.throughput(Throughput::Elements(u64::from(operators) * 30 / 7));
        if operators > 100_000 {
            group.sample_size(10).measurement_time(Duration::from_secs(20));
        }
        group.bench_function(BenchmarkId::new("library", operators), |b| {
            let mut k = 0;
            b.iter(|| {
                k += 1;
                reference::play(operators, &Luck::new(1, k))
            });
        });
        group.bench_function(BenchmarkId::new("floor", operators), |b| {
            let mut k = 0;
            b.iter(|| {
                k += 1;
                reference_floor::play(operators as usize, k)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, reference_market);
criterion_main!(benches);
