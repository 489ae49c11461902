//! The next-tender table: closing it on the first day, and its part in a review.

use benches::{FirstDay, simulation};
use criterion::{Criterion, criterion_group, criterion_main};
use sim_core::draws::Luck;
use sim_core::market::foresight::table::Desk;
use sim_core::market::foresight::{NextTenders, Occasion};

const AHEAD: [(&str, &str); 2] = [("foresight.seller_look_ahead", "1"), ("foresight.buyer", "0.5")];

fn foresight(c: &mut Criterion) {
    let simulation = simulation("world-2020", &AHEAD);
    let (world, buyers) = (simulation.world(), simulation.average_buyers());
    let FirstDay { state, posted, .. } = FirstDay::new(&simulation, &Luck::new(1, 0));
    let mut desk = Desk::default();
    let mut group = c.benchmark_group("foresight");
    group.sample_size(20);
    let empty = NextTenders::new(world, buyers).expect("sellers look ahead");
    let mut closed = empty.clone();
    let reached = closed.renew(Occasion::Whole, world, &state, &posted, buyers, &mut desk, world.start);
    println!("foresight/world-2020: closing the table takes {reached:?}");
    group.bench_function("close from nothing", |b| {
        b.iter(|| {
            let mut table = empty.clone();
            table.renew(Occasion::Whole, world, &state, &posted, buyers, &mut desk, world.start)
        });
    });
    group.bench_function("review", |b| {
        let mut table = closed.clone();
        b.iter(|| table.renew(Occasion::Review, world, &state, &posted, buyers, &mut desk, world.start));
    });
    group.bench_function("news that is none", |b| {
        let mut table = closed.clone();
        b.iter(|| {
            table.renew(
                Occasion::AfterNews,
                world,
                &state,
                &posted,
                buyers,
                &mut desk,
                world.start,
            )
        });
    });
    group.finish();
}

criterion_group!(benches, foresight);
criterion_main!(benches);
