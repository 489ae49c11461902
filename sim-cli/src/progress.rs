//! Progress on standard error: a bar for people, lines of JSON for machines.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::console::Console;
use crate::settings::Progress;

/// Counts that the writer raises and the view shows.
#[derive(Debug, Default)]
pub struct Tally {
    /// Finished replicates, failed ones included.
    pub done: AtomicU64,
    /// Failed replicates.
    pub failed: AtomicU64,
}

/// How the counts are shown.
pub enum View {
    /// A bar.
    Bar(ProgressBar),
    /// Lines of JSON.
    Json,
    /// Nothing.
    Nothing,
}

impl View {
    /// The view that was asked for; `total` replicates, of which `before` were finished earlier.
    pub fn new(progress: Progress, console: &Console, total: u64, before: u64) -> Self {
        let bar = match progress {
            Progress::Bar => true,
            Progress::Auto => console.err_is_terminal() && !console.is_quiet(),
            Progress::Json => return Self::Json,
            Progress::None => false,
        };
        if !bar {
            return Self::Nothing;
        }
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        // A template that does not parse would be a slip in this line: the plain style serves then.
        let template = "{bar:30} {human_pos}/{human_len} replicates, {elapsed} gone, {eta} left {msg}";
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_position(before);
        bar.reset_eta();
        Self::Bar(bar)
    }

    /// How often it wants to be shown.
    pub fn period(&self) -> Duration {
        match self {
            Self::Bar(_) => Duration::from_millis(200),
            _ => Duration::from_secs(1),
        }
    }

    /// Shows the counts.
    pub fn show(&self, tally: &Tally, before: u64, total: u64, began: Instant, console: &Console) {
        let done = tally.done.load(Ordering::Relaxed);
        let failed = tally.failed.load(Ordering::Relaxed);
        match self {
            Self::Bar(bar) => {
                bar.set_position(done + before);
                if failed > 0 {
                    bar.set_message(format!("({failed} failed)"));
                }
            }
            Self::Json => {
                let elapsed = began.elapsed().as_secs_f64();
                let left = total.saturating_sub(before + done) as f64;
                let eta = (done > 0).then(|| (elapsed * left / done as f64 * 10.0).round() / 10.0);
                let line = json!({
                    "event": "progress",
                    "done": before + done,
                    "total": total,
                    "failed": failed,
                    "elapsed_seconds": (elapsed * 10.0).round() / 10.0,
                    "eta_seconds": eta,
                });
                console.line(&line.to_string());
            }
            Self::Nothing => {}
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
