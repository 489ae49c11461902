//! Standard output and standard error, as the rest of the program sees them.

use std::io::{IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};

use crate::exit::{Failure, Result};

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    fn on(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            // https://no-color.org: any value but the empty one.
            Self::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

/// Where results and notes go.
pub struct Console {
    out: Mutex<Box<dyn Write + Send>>,
    err: Mutex<Box<dyn Write + Send>>,
    /// Results and notes are left out; errors are not.
    quiet: bool,
    color_out: bool,
    color_err: bool,
    err_is_terminal: bool,
}

impl Console {
    /// The console of this process.
    pub fn of_process(color: Color, quiet: bool) -> Self {
        let err_is_terminal = std::io::stderr().is_terminal();
        Self {
            out: Mutex::new(Box::new(std::io::stdout())),
            err: Mutex::new(Box::new(std::io::stderr())),
            quiet,
            color_out: color.on(std::io::stdout().is_terminal()),
            color_err: color.on(err_is_terminal),
            err_is_terminal,
        }
    }

    /// A console that writes elsewhere, without colour.
    pub fn writing_to(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>, quiet: bool) -> Self {
        Self {
            out: Mutex::new(out),
            err: Mutex::new(err),
            quiet,
            color_out: false,
            color_err: false,
            err_is_terminal: false,
        }
    }

    /// Whether standard error is a terminal.
    pub fn err_is_terminal(&self) -> bool {
        self.err_is_terminal
    }

    /// Whether the headline and notes are left out.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Results, on standard output.
    ///
    /// # Errors
    /// [`Failure::ClosedPipe`] where nobody reads any more; [`Failure::CouldNotGoOn`] otherwise.
    pub fn print(&self, text: &str) -> Result<()> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::CouldNotGoOn(format!("cannot write to standard output: {error}")),
        })
    }

    /// Findings on standard output; left out with `--quiet`, which leaves errors alone.
    ///
    /// # Errors
    /// As [`Console::print`].
    pub fn show(&self, text: &str) -> Result<()> {
        if self.quiet { Ok(()) } else { self.print(text) }
    }

    /// A line for a person, on standard error; left out with `--quiet`.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.line(text);
        }
    }

    /// A warning, on standard error.
    pub fn warn(&self, text: &str) {
        let word = self.paint_err("1;33", "warning");
        self.line(&format!("{word}: {text}"));
    }

    /// An error, on standard error.
    pub fn error(&self, text: &str) {
        let word = self.paint_err("1;31", "error");
        self.line(&format!("{word}: {text}"));
    }

    /// A line on standard error whatever the settings: progress for machines.
    pub fn line(&self, text: &str) {
        let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody can be told that standard error is closed.
        let _ = writeln!(err, "{text}");
    }

    /// Bold text for standard output.
    pub fn bold(&self, text: &str) -> String {
        if self.color_out {
            format!("\x1b[1m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn paint_err(&self, code: &str, text: &str) -> String {
        if self.color_err {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
