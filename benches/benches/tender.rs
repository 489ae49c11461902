//! One tender: the equilibrium of the bids with 64 alternatives, and a tender of the reference world from
//! the terms to the winner.

use std::hint::black_box;

use benches::alternatives::{self, sixty_four};
use benches::{FirstDay, simulation};
use criterion::{Criterion, criterion_group, criterion_main};
use sim_core::draws::{Decision, Luck, StreamKey};
use sim_core::market::equilibrium::Workspace;
use sim_core::market::switching::Attachment;
use sim_core::market::tender::{Continuation, lambdas};
use sim_core::market::terms::{Buyer, Rules};
use sim_core::world::Layer;

fn equilibrium(c: &mut Criterion) {
    let alternatives = sixty_four(&Luck::new(2020, 0));
    assert_eq!(alternatives.len(), 64);
    let spec = alternatives::spec(&alternatives);
    let mut workspace = Workspace::new();
    let start = {
        let found = workspace.solve(&spec).expect("a valid tender");
        assert!(found.converged);
        found.effective_margins.to_vec()
    };
    let mut group = c.benchmark_group("tender/equilibrium");
    group.bench_function("64-cold", |b| {
        b.iter(|| workspace.solve(black_box(&spec)).expect("a valid tender").logsum)
    });
    group.bench_function("64-warm", |b| {
        b.iter(|| {
            workspace
                .solve_from(black_box(&spec), Some(&start))
                .expect("a valid tender")
                .logsum
        })
    });
    group.finish();
}

fn of_the_world(c: &mut Criterion) {
    let simulation = simulation("world-2020", &[]);
    let world = simulation.world();
    let luck = simulation.luck(0);
    let FirstDay {
        state,
        posted,
        mut desk,
    } = FirstDay::new(&simulation, &luck);
    let lambda = lambdas(world);
    let slot = (0..world.slots.len())
        .find(|s| matches!(world.slots[*s].layer, Layer::Ran(_)) && state.slots[*s].stack.is_some())
        .expect("some kit stands");
    let info = &world.slots[slot];
    let buyer = Buyer {
        country: &world.countries[info.country],
        rules: Rules::Country(info.country, world.operators[info.operator].mark),
        operator: Some((info.operator, &world.operators[info.operator])),
        slot: info,
    };
    let stack = state.slots[slot].stack;
    let attached = Attachment {
        stack: stack.as_ref(),
        legacy: state.legacy(world, slot),
        life_left: [0.0; 2],
    };
    let ages = [world.scenario.contract.term_years; 2];
    desk.offer
        .prepare(world, &state, &posted, &buyer, Some(&attached), ages, true, world.start);
    println!(
        "tender/world-2020: {} of {} with {} alternatives",
        world.slot_id(slot),
        world.operators[info.operator].id,
        desk.offer.alternatives.len()
    );

    let mut group = c.benchmark_group("tender/world-2020");
    group.bench_function("prepare", |b| {
        b.iter(|| {
            desk.offer
                .prepare(world, &state, &posted, &buyer, Some(&attached), ages, true, world.start);
            desk.offer.values.len()
        });
    });
    group.bench_function("whole", |b| {
        let mut cycle = 0;
        b.iter(|| {
            cycle += 1;
            desk.offer
                .prepare(world, &state, &posted, &buyer, Some(&attached), ages, true, world.start);
            let key = StreamKey {
                kind: Decision::Tender,
                entity: world.operators[info.operator].key,
                lot: 0,
                cycle,
                cause: 0,
            };
            let solved = desk
                .bidding
                .solve(&desk.offer, world, &lambda, Continuation::default())
                .expect("a valid tender");
            solved.draw(&mut luck.stream(key).into())
        });
    });
    group.finish();
}

criterion_group!(benches, equilibrium, of_the_world);
criterion_main!(benches);
