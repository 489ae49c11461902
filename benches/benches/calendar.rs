//! The event queue: the hold model (take one event, schedule its successor) and cancelling.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sim_core::calendar::{Calendar, Day, Phase};

/// Days until the successor of the n-th event: spread over eight years, in no order.
fn ahead(n: u64) -> i32 {
    (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as i32 % 2922 + 1
}

fn filled(pending: u64) -> Calendar<u64> {
    let start = Day::from_ymd(2020, 1, 1).expect("a day");
    let mut calendar = Calendar::new(start);
    for n in 0..pending {
        calendar
            .schedule(start.add_days(ahead(n)), Phase((n % 5) as u8), n)
            .expect("not full");
    }
    calendar
}

fn hold(c: &mut Criterion) {
    let mut group = c.benchmark_group("calendar/hold");
    for pending in [100_u64, 10_000, 1_000_000] {
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::from_parameter(pending), |b| {
            let mut calendar = filled(pending);
            let mut first = calendar.now();
            b.iter(|| {
                let next = calendar.pop().expect("it never empties");
                // Days end in the year 9999: long measurements begin again.
                if first.years_until(next.time) > 4000.0 {
                    calendar = filled(pending);
                    first = calendar.now();
                } else {
                    let day = next.time.add_days(ahead(next.sequence));
                    calendar.schedule(day, next.phase, next.event).expect("later than now");
                }
                black_box(next.time)
            });
        });
    }
    group.finish();
}

fn reschedule(c: &mut Criterion) {
    let mut group = c.benchmark_group("calendar/reschedule");
    let moves = 1000_u64;
    group.throughput(Throughput::Elements(moves));
    group.bench_function("10000", |b| {
        b.iter_batched(
            || {
                let mut calendar = filled(10_000);
                let start = calendar.now();
                let handles: Vec<_> = (0..moves)
                    .map(|n| {
                        calendar
                            .schedule(start.add_days(ahead(n)), Phase(4), n)
                            .expect("not full")
                    })
                    .collect();
                (calendar, handles)
            },
            |(mut calendar, handles)| {
                let start = calendar.now();
                for (n, handle) in handles.into_iter().enumerate() {
                    calendar.cancel(handle);
                    black_box(
                        calendar
                            .schedule(start.add_days(ahead(n as u64 + moves)), Phase(4), n as u64)
                            .ok(),
                    );
                }
                calendar
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, hold, reschedule);
criterion_main!(benches);
