//! The queue, tested three ways: written cases, stale handles, and a naive twin.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{Calendar, Day, Handle, Phase, ScheduleError, Scheduled};

fn day(n: i32) -> Day {
    Day::from_days_since_epoch(n).expect("in range")
}

/// Day, phase, rank, sequence, event.
type Entry = (Day, Phase, u32, u64, u32);

/// The naive twin: all pending events in one sorted vector.
#[derive(Default, Clone)]
struct SortedVec {
    pending: Vec<Entry>,
    next: u64,
}

impl SortedVec {
    fn schedule(&mut self, time: Day, phase: Phase, rank: u32, event: u32) -> u64 {
        let entry = (time, phase, rank, self.next, event);
        let place = self.pending.partition_point(|other| *other < entry);
        self.pending.insert(place, entry);
        self.next += 1;
        entry.3
    }

    fn cancel(&mut self, sequence: u64) -> bool {
        let place = self.pending.iter().position(|entry| entry.3 == sequence);
        place.map(|at| self.pending.remove(at)).is_some()
    }

    fn pop(&mut self) -> Option<Entry> {
        (!self.pending.is_empty()).then(|| self.pending.remove(0))
    }
}

fn parts(taken: Option<Scheduled<u32>>) -> Option<Entry> {
    taken.map(|s| (s.time, s.phase, s.rank, s.sequence, s.event))
}

/// Plays `operations` seeded operations on both; returns how many events were taken and cancelled.
fn play_against_twin(seed: u64, operations: u64) -> (u64, u64) {
    let mut luck = ChaCha8Rng::seed_from_u64(seed);
    let mut calendar = Calendar::new(day(-500));
    let mut twin = SortedVec::default();
    let mut handles: Vec<(Handle, u64)> = Vec::new();
    let (mut taken, mut cancelled) = (0, 0);
    let (mut now, mut now_phase) = (day(-500), Phase(0));
    for step in 0..operations {
        // The load swells and ebbs, so that the heap is empty at times and deep at others; storms
        // of cancellation make it sweep.
        let (fill, drain) = match (step / 4096) % 4 {
            0 => (60, 80),
            1 => (30, 75),
            2 => (45, 55),
            _ => (25, 35),
        };
        let dice = luck.next_u32() % 100;
        if dice < fill && twin.pending.len() < 900 {
            let time = now.add_days((luck.next_u32() % 60) as i32);
            let phase = Phase((luck.next_u32() % 4) as u8);
            // Few ranks, so that many tie, and the highest.
            let rank = [0, 1, 2, (1 << 20) - 1][(luck.next_u32() % 4) as usize];
            let event = luck.next_u32();
            let scheduled = calendar.schedule_ranked(time, phase, rank, event);
            if (time, phase) < (now, now_phase) {
                assert!(matches!(scheduled, Err(ScheduleError::PastEvent { .. })));
            } else {
                let sequence = twin.schedule(time, phase, rank, event);
                handles.push((scheduled.expect("not in the past"), sequence));
            }
        } else if dice < drain {
            assert_eq!(calendar.peek_time(), twin.pending.first().map(|entry| entry.0));
            let expected = twin.pop();
            if let Some(entry) = expected {
                (now, now_phase) = (entry.0, entry.1);
                taken += 1;
            }
            assert_eq!(parts(calendar.pop()), expected);
        } else if !handles.is_empty() {
            // Mostly recent handles, some long stale; a third of them are kept to be tried again.
            let reach = (handles.len() as u32).min(1 + luck.next_u32() % 1500);
            let at = handles.len() - 1 - (luck.next_u32() % reach) as usize;
            let (handle, sequence) = handles[at];
            if dice % 3 != 0 {
                handles.swap_remove(at);
            }
            let pending = calendar.is_pending(handle);
            let hit = calendar.cancel(handle);
            assert_eq!((pending, hit), (hit, twin.cancel(sequence)));
            assert!(!calendar.cancel(handle), "cancelling is idempotent");
            cancelled += u64::from(hit);
        }
        assert_eq!(calendar.len(), twin.pending.len());
        assert_eq!(calendar.now(), now);
        if now > day(100_000) {
            // Near the last accepted day the dice would pile up: start a new calendar.
            calendar = Calendar::new(day(-500));
            twin = SortedVec::default();
            handles.clear();
            (now, now_phase) = (day(-500), Phase(0));
        }
    }
    loop {
        let expected = twin.pop();
        assert_eq!(parts(calendar.pop()), expected);
        if expected.is_none() {
            return (taken, cancelled);
        }
    }
}

#[test]
fn a_million_operations_against_a_sorted_vector() {
    let (taken, cancelled) = play_against_twin(1, 1_000_000);
    assert!(taken > 150_000 && cancelled > 50_000, "{taken} {cancelled}");
}

#[test]
#[ignore = "ten million operations take some tens of seconds"]
fn ten_million_operations_against_a_sorted_vector() {
    for seed in 2..12 {
        play_against_twin(seed, 1_000_000);
    }
}

#[test]
fn day_then_phase_then_order_of_scheduling() {
    let mut calendar = Calendar::new(day(0));
    for (time, phase, event) in [
        (5, 1, 'e'),
        (5, 0, 'c'),
        (5, 0, 'd'),
        (1, 255, 'b'),
        (0, 0, 'a'),
        (5, 1, 'f'),
    ] {
        calendar.schedule(day(time), Phase(phase), event).expect("future");
    }
    assert_eq!(calendar.len(), 6);
    assert_eq!(calendar.peek_time(), Some(day(0)));
    let order: String = std::iter::from_fn(|| calendar.pop().map(|s| s.event)).collect();
    assert_eq!(order, "abcdef");
    assert!(calendar.is_empty());
    assert_eq!(calendar.now(), day(5));
    assert_eq!(calendar.peek_time(), None);
}

#[test]
fn of_one_phase_the_lower_rank_comes_first_whenever_it_was_scheduled() {
    let mut calendar = Calendar::new(day(0));
    let mut put = |rank: u32, event: char| calendar.schedule_ranked(day(5), Phase(1), rank, event).expect("future");
    let moved = put(1, 'b');
    for (rank, event) in [(2, 'c'), (u32::MAX, 'd'), (u32::MAX - 1, 'e'), (0, 'a')] {
        put(rank, event);
    }
    // What is taken out and put back comes when it would have come.
    assert!(calendar.cancel(moved));
    calendar.schedule_ranked(day(5), Phase(1), 1, 'b').expect("future");
    calendar
        .schedule_ranked(day(5), Phase(0), 9, '0')
        .expect("an earlier phase");
    let mut order = String::new();
    while let Some(next) = calendar.pop() {
        order.push(next.event);
        if next.event == 'c' {
            // Below the rank that was played last: it is next.
            calendar
                .schedule_ranked(next.time, next.phase, 0, 'x')
                .expect("the present");
        }
    }
    assert_eq!(order, "0abcxde");
}

#[test]
fn the_past_is_refused_and_the_present_is_not() {
    let mut calendar = Calendar::new(day(-10));
    assert_eq!(
        calendar.schedule(day(-11), Phase(0), 'x'),
        Err(ScheduleError::PastEvent {
            time: day(-11),
            phase: Phase(0),
            now: day(-10),
            now_phase: Phase(0)
        })
    );
    calendar.schedule(day(-10), Phase(2), 'a').expect("the present");
    assert_eq!(calendar.pop().map(|s| s.event), Some('a'));
    // The same day, but an earlier phase: its place in the order has gone by.
    let error = calendar
        .schedule(day(-10), Phase(1), 'x')
        .expect_err("an earlier phase");
    assert_eq!(
        error.to_string(),
        "an event for 1969-12-22, phase 1, cannot be scheduled: the calendar has reached \
         1969-12-22, phase 2"
    );
    calendar.schedule(day(-10), Phase(2), 'b').expect("the present");
    let next = calendar.pop().expect("one event");
    assert_eq!((next.event, next.sequence), ('b', 1));
    assert!(calendar.is_empty());
}

#[test]
fn a_stale_handle_touches_nobody() {
    let mut calendar = Calendar::new(day(0));
    let first = calendar.schedule(day(1), Phase(0), 1).expect("future");
    assert!(calendar.is_pending(first));
    assert!(calendar.cancel(first));
    assert!(!calendar.cancel(first));
    // The next event takes the memory of the first.
    let second = calendar.schedule(day(1), Phase(0), 2).expect("future");
    assert!(!calendar.is_pending(first) && !calendar.cancel(first));
    assert_eq!(calendar.len(), 1);
    assert_eq!(calendar.pop().map(|s| s.event), Some(2));
    assert!(!calendar.cancel(second));
    assert_eq!(calendar.pop(), None);
    let mut other = Calendar::<u8>::new(day(0));
    assert!(!other.cancel(second));
}

#[test]
fn cancelling_all_leaves_no_memory_of_dead_keys() {
    let mut calendar = Calendar::new(day(0));
    for round in 0..200 {
        let handles: Vec<Handle> = (0..100)
            .map(|n| calendar.schedule(day(1000 + n), Phase(0), n).expect("future"))
            .collect();
        for handle in handles {
            assert!(calendar.cancel(handle));
        }
        assert!(calendar.is_empty(), "round {round}");
    }
    // 20,000 events went through: the keys that stay are bounded by the constant of the sweep.
    assert!(format!("{calendar:?}").len() < 20_000);
    assert_eq!(calendar.peek_time(), None);
}

#[test]
fn pop_until_stops_at_the_day() {
    let mut calendar = Calendar::new(day(0));
    for n in [3, 7, 9] {
        calendar.schedule(day(n), Phase(0), n).expect("future");
    }
    let mut seen = Vec::new();
    while let Some(next) = calendar.pop_until(day(7)) {
        seen.push(next.event);
    }
    assert_eq!(seen, [3, 7]);
    assert_eq!((calendar.now(), calendar.len()), (day(7), 1));
}

#[test]
fn a_clone_plays_the_same_tail() {
    let mut luck = ChaCha8Rng::seed_from_u64(9);
    let mut calendar = Calendar::new(day(0));
    let mut handles = Vec::new();
    for event in 0..5000_u32 {
        let time = calendar.now().add_days((luck.next_u32() % 300) as i32);
        let phase = Phase(3 + (luck.next_u32() % 3) as u8);
        if let Ok(handle) = calendar.schedule(time, phase, event) {
            handles.push(handle);
        }
        if event % 5 == 0 {
            calendar.pop();
        }
        if event % 7 == 0 {
            calendar.cancel(handles[(luck.next_u32() as usize) % handles.len()]);
        }
    }
    // Taken with the root open, which is the state between two events of a run.
    calendar.pop();
    let mut half = calendar.clone();
    let tail = |calendar: &mut Calendar<u32>| {
        let mut trace = Vec::new();
        while let Some(next) = calendar.pop() {
            // A handle from before the split holds in both halves.
            calendar.cancel(handles[(next.event as usize * 31) % handles.len()]);
            if next.event % 3 == 0 {
                calendar
                    .schedule(next.time.add_days(40), next.phase, next.event + 1)
                    .expect("future");
            }
            trace.push((next.time, next.phase, next.sequence, next.event));
        }
        trace
    };
    let trace = tail(&mut calendar);
    assert!(trace.len() > 1000 && trace.is_sorted());
    assert_eq!(tail(&mut half), trace);
}

#[test]
fn errors_may_cross_threads() {
    fn crosses<T: std::error::Error + Send + Sync + 'static>() {}
    crosses::<ScheduleError>();
    crosses::<super::DayError>();
    crosses::<crate::inference::UnpairedError>();
    let error: Box<dyn std::error::Error> = Box::new(ScheduleError::Full);
    assert_eq!(error.to_string(), "the calendar can hold no more events");
}
