//! One tender: the equilibrium of the bids with 64 alternatives, a tender of the reference world from the terms to the
//! winner, and the one of its tenders with foresight that comes nearest to 64 alternatives.

use std::hint::black_box;

use benches::alternatives::{self, sixty_four};
use benches::{FirstDay, simulation};
use criterion::{Criterion, criterion_group, criterion_main};
use sim_core::draws::{Decision, Luck, StreamKey};
use sim_core::market::equilibrium::Workspace;
use sim_core::market::list_price;
use sim_core::market::switching::Attachment;
use sim_core::market::tender::{Continuation, Desk, lambdas};
use sim_core::market::terms::{Buyer, Rules};
use sim_core::world::{Layer, State, World};

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
        .find(|s| of_slot(world, &state, *s).is_some())
        .expect("some kit stands");
    let info = &world.slots[slot];
    let (buyer, attached) = of_slot(world, &state, slot).expect("it does");
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

/// Alternatives of the largest tender that is asked for.
const FULL: usize = 64;

/// A slot with kit, as a tender of it is prepared.
fn of_slot<'a>(world: &'a World, state: &'a State, slot: usize) -> Option<(Buyer<'a>, Attachment<'a>)> {
    let info = &world.slots[slot];
    let stack = state.slots[slot]
        .stack
        .as_ref()
        .filter(|_| matches!(info.layer, Layer::Ran(_)))?;
    let operator = &world.operators[info.operator];
    let buyer = Buyer {
        country: &world.countries[info.country],
        rules: Rules::Country(info.country, operator.mark),
        operator: Some((info.operator, operator)),
        slot: info,
    };
    let attached = Attachment {
        stack: Some(stack),
        legacy: state.legacy(world, slot),
        life_left: [0.0; 2],
    };
    Some((buyer, attached))
}

/// A tender with foresight, as a run holds it: values and what follows each alternative by the next-tender table, the
/// equilibrium from posted margins, and the draw of the winner. `full-64` starts from filled terms, `full-64-from-terms`
/// fills them too.
fn full(c: &mut Criterion) {
    let simulation = simulation("world-2020", &[]);
    let (world, luck) = (simulation.world(), simulation.luck(0));
    let FirstDay {
        state,
        mut posted,
        mut desk,
    } = FirstDay::new(&simulation, &luck);
    let table = simulation
        .next_tenders()
        .expect("sellers of the reference world look ahead");
    let buyers = simulation.average_buyers();
    list_price::post_ahead(world, &state, &mut posted, buyers, Some(table), &mut desk, world.start);
    let lambda = lambdas(world);
    let ages = [world.scenario.contract.term_years; 2];
    let future = |slot: usize| {
        let info = &world.slots[slot];
        let region = world.countries[info.country].region;
        Continuation {
            outlook: table.outlook(
                region,
                info.layer.index(world),
                world.operators[info.operator].foresight,
            ),
        }
    };
    // The world as it stands on its first day, tendered on the first day of the year in which most is on offer.
    let mut found = (usize::MAX, 0, world.start);
    for day in (0..)
        .map(|years| world.start.plus_years(f64::from(years)))
        .take_while(|day| *day < world.end)
    {
        for slot in 0..world.slots.len() {
            let Some((buyer, attached)) = of_slot(world, &state, slot) else {
                continue;
            };
            desk.offer.prepare_ahead(
                world,
                &state,
                &posted,
                &buyer,
                Some(&attached),
                ages,
                true,
                future(slot),
                day,
            );
            let away = desk.offer.alternatives.len().abs_diff(FULL);
            if away < found.0 {
                found = (away, slot, day);
            }
        }
    }
    let (_, slot, day) = found;
    let (buyer, attached) = of_slot(world, &state, slot).expect("some kit stands");
    let info = &world.slots[slot];
    let mut cycle = 0;
    let mut rest = |desk: &mut Desk| {
        cycle += 1;
        let key = StreamKey {
            kind: Decision::Tender,
            entity: world.operators[info.operator].key,
            lot: 0,
            cycle,
            cause: 0,
        };
        let solved = desk
            .bidding
            .solve(&desk.offer, world, &lambda, future(slot))
            .expect("a valid tender");
        let winner = solved.draw(&mut luck.stream(key).into());
        (winner, solved.equilibrium.converged, solved.equilibrium.work)
    };
    let whole = |desk: &mut Desk| {
        desk.offer.prepare_ahead(
            world,
            &state,
            &posted,
            &buyer,
            Some(&attached),
            ages,
            true,
            future(slot),
            day,
        );
    };
    whole(&mut desk);
    let (_, converged, work) = rest(&mut desk);
    println!(
        "tender/full-64: {} of {} on {day} with {} alternatives; converged: {converged}, {work:?}",
        world.slot_id(slot),
        world.operators[info.operator].id,
        desk.offer.alternatives.len()
    );
    let mut group = c.benchmark_group("tender");
    group.bench_function("full-64", |b| {
        b.iter(|| {
            desk.offer.evaluate_ahead(Some(&attached), ages, future(slot));
            rest(&mut desk)
        });
    });
    group.bench_function("full-64-from-terms", |b| {
        b.iter(|| {
            whole(&mut desk);
            rest(&mut desk)
        });
    });
    group.finish();
}

criterion_group!(benches, equilibrium, of_the_world, full);
criterion_main!(benches);
