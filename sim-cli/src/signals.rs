//! Ctrl-C and SIGTERM: the first asks to stop, the second ends at once.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::{Builder, Runtime};

use crate::exit::{Exit, Failure, Result};

/// The small runtime that watches signals and shows progress. Replicates never run on it.
///
/// # Errors
/// Where the platform gives no thread.
pub fn runtime() -> Result<Runtime> {
    let built = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("watch")
        .enable_all()
        .build();
    built.map_err(|error| Failure::CouldNotGoOn(format!("cannot start the watching thread: {error}")))
}

/// A flag that the first signal sets; the second ends the process with [`Exit::Interrupted`].
///
/// # Errors
/// Where signals cannot be watched.
pub fn watch(runtime: &Runtime) -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let _in_runtime = runtime.enter();
    let mut signals =
        Signals::new().map_err(|error| Failure::CouldNotGoOn(format!("cannot watch for Ctrl-C: {error}")))?;
    runtime.spawn(async move {
        signals.next().await;
        flag.store(true, Ordering::Relaxed);
        signals.next().await;
        process::exit(Exit::Interrupted as i32);
    });
    Ok(stop)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
