//! Playing replicates: a pool of threads computes, one task writes, a ticker shows how far it is.
//!
//! Threads take the next replicate from one list, so which thread plays which is a matter of chance;
//! the results do not depend on it, since a replicate is a function of its index and tables are
//! written in the order of indices.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rayon::ThreadPoolBuilder;
use sim_core::record::Counters;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::console::Console;
use crate::engine::{Engine, ReplicateFailure};
use crate::exit::{Failure, Result};
use crate::progress::{Tally, View};
use crate::settings::Progress;
use crate::store::entry::{Entry, FailedReplicate};
use crate::store::segments::Segments;

/// Appended replicates are brought to the disk at most this often: a power cut costs no more.
const SYNC_EVERY: Duration = Duration::from_secs(5);
/// Finished replicates that may wait for the writer, so that memory stays bounded.
const WAITING: usize = 16;

/// What is needed to play.
pub struct Play<'a> {
    /// The worlds, in the order of the layouts of the segments.
    pub engines: &'a [&'a dyn Engine],
    /// What is to be played: replicate and world.
    pub tasks: &'a [(u64, usize)],
    /// Threads.
    pub jobs: usize,
    /// Set when the program is asked to stop.
    pub stop: &'a AtomicBool,
    /// Where the ticker runs.
    pub runtime: &'a Runtime,
    /// Where progress is shown.
    pub console: &'a Arc<Console>,
    /// How progress is shown.
    pub progress: Progress,
}

/// What was played.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Played {
    /// Replicates that left a record.
    pub records: u64,
    /// Replicates that failed.
    pub failures: u64,
    /// Work done by those that left a record.
    pub counters: Counters,
    /// Time from the first to the last.
    pub elapsed: Duration,
    /// Whether it was stopped before all were played.
    pub stopped: bool,
}

impl Played {
    /// Adds what was played after it.
    pub fn and(self, later: Self) -> Self {
        let mut both = Self {
            records: self.records + later.records,
            failures: self.failures + later.failures,
            counters: self.counters,
            elapsed: self.elapsed + later.elapsed,
            stopped: later.stopped,
        };
        both.count(&later.counters);
        both
    }

    fn count(&mut self, counters: &Counters) {
        let sum = &mut self.counters;
        sum.events += counters.events;
        sum.tenders += counters.tenders;
        sum.alternatives += counters.alternatives;
        sum.valuations += counters.valuations;
        sum.unsolved += counters.unsolved;
        sum.next_tenders += counters.next_tenders;
        sum.not_closed += counters.not_closed;
    }
}

type Message = (usize, u64, Entry);

impl Play<'_> {
    /// Plays all tasks, or as many as it can before it is stopped; each finished one is appended to
    /// the segments.
    ///
    /// # Errors
    /// Where the disk refuses; what was appended before stands.
    pub fn play(&self, segments: &mut Segments) -> Result<Played> {
        let began = Instant::now();
        let pool = ThreadPoolBuilder::new()
            .num_threads(self.jobs)
            .thread_name(|i| format!("replicate-{i}"))
            .build()
            .map_err(|error| Failure::CouldNotGoOn(format!("cannot start {} threads: {error}", self.jobs)))?;
        let before = segments.finished();
        let total = before + self.tasks.len() as u64;
        let tally = Arc::new(Tally::default());
        let view = Arc::new(View::new(self.progress, self.console, total, before));
        let ticker = {
            let (tally, view, console) = (Arc::clone(&tally), Arc::clone(&view), Arc::clone(self.console));
            self.runtime.spawn(async move {
                let mut tick = tokio::time::interval(view.period());
                loop {
                    tick.tick().await;
                    view.show(&tally, before, total, began, &console);
                }
            })
        };
        let (sender, receiver) = channel(WAITING);
        let next = AtomicUsize::new(0);
        // A writer that fails asks the players to stop, without touching the flag of the user.
        let broken = AtomicBool::new(false);
        let written = std::thread::scope(|scope| {
            let (next, broken) = (&next, &broken);
            let players = scope.spawn(move || {
                pool.broadcast(|_| self.player(next, broken, &sender));
            });
            let written = self.runtime.block_on(write(receiver, segments, &tally));
            broken.store(written.is_err(), Ordering::Relaxed);
            // A player cannot panic: what the engine does is caught.
            let _ = players.join();
            written
        });
        ticker.abort();
        view.show(&tally, before, total, began, self.console);
        view.end();
        let mut played = written?;
        played.elapsed = began.elapsed();
        played.stopped = played.records + played.failures < self.tasks.len() as u64;
        Ok(played)
    }

    fn player(&self, next: &AtomicUsize, broken: &AtomicBool, sender: &Sender<Message>) {
        while !self.stop.load(Ordering::Relaxed) && !broken.load(Ordering::Relaxed) {
            let Some((k, world)) = self.tasks.get(next.fetch_add(1, Ordering::Relaxed)).copied() else {
                return;
            };
            let Some(entry) = play_one(self.engines[world], k, self.stop) else {
                continue;
            };
            if sender.blocking_send((world, k, entry)).is_err() {
                return;
            }
        }
    }
}

/// Plays one replicate; `None` where it was stopped. A panic of the model is a failed replicate like
/// any other: the rest goes on.
fn play_one(engine: &dyn Engine, k: u64, stop: &AtomicBool) -> Option<Entry> {
    let failed = |message: String| {
        Some(Entry::Failure(FailedReplicate {
            time: String::new(),
            place: String::new(),
            message,
        }))
    };
    match catch_unwind(AssertUnwindSafe(|| engine.replicate(k, stop))) {
        Ok(Ok(record)) => {
            let (wanted, given) = (engine.dates().len() * engine.series().len(), record.values.len());
            if wanted != given {
                return failed(format!("internal error: {given} values where {wanted} are measured"));
            }
            Some(Entry::of(&record))
        }
        Ok(Err(ReplicateFailure::Stopped)) => None,
        Ok(Err(ReplicateFailure::Failed { time, place, message })) => {
            Some(Entry::Failure(FailedReplicate { time, place, message }))
        }
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            failed(format!("internal error: {}", text.unwrap_or_default()))
        }
    }
}

/// Appends what the players send until all of them have gone.
async fn write(mut receiver: Receiver<Message>, segments: &mut Segments, tally: &Tally) -> Result<Played> {
    let mut played = Played::default();
    let mut synced = Instant::now();
    while let Some((world, k, entry)) = receiver.recv().await {
        segments.append(world, k, &entry)?;
        match &entry {
            Entry::Record { counters, .. } => {
                played.records += 1;
                played.count(counters);
            }
            Entry::Failure(_) => {
                played.failures += 1;
                tally.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
        tally.done.fetch_add(1, Ordering::Relaxed);
        if synced.elapsed() >= SYNC_EVERY {
            segments.sync()?;
            synced = Instant::now();
        }
    }
    segments.sync()?;
    Ok(played)
}
