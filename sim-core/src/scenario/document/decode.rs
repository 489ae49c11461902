//! A document, and decoding it into a domain type.

use super::context::{Context, NumberUse, Pedigree};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::fields::Table;
use super::locate::step;
use super::nested::read_table;
use super::path::{join, split};
use super::spec::TableSpec;
use super::tree::{Files, Node};
use super::units::Units;

/// A scenario after `extends`, as a tree of values that know where they were written.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) root: Node,
    pub(super) files: Files,
}

/// A domain type and what was learnt on reading it.
#[derive(Debug, Clone)]
pub struct Decoded<T> {
    /// The validated value.
    pub value: T,
    /// Every number of the document, given or defaulted, sorted by path.
    pub numbers: Vec<NumberUse>,
    /// What is odd but allowed.
    pub warnings: Diagnostics,
}

impl<T> Decoded<T> {
    /// The pedigrees, sorted by path.
    pub fn pedigrees(&self) -> impl Iterator<Item = &Pedigree> {
        self.numbers.iter().filter_map(|n| n.pedigree.as_ref())
    }
}

/// Lists the keys of a domain type.
#[must_use]
pub fn describe<T: Table>() -> TableSpec {
    super::nested::describe(&T::fields)
}

impl Document {
    /// Decodes and checks the whole document.
    ///
    /// # Errors
    /// All faults at once, sorted by place.
    pub fn decode<T: Table>(&self, units: &Units) -> Result<Decoded<T>, Diagnostics> {
        self.decode_or(units, |_, faults| faults)
    }

    /// As [`Document::decode`]; where there are faults, `more` may add what else is wrong. What it is given of the value holds
    /// stand-ins where a fault lies.
    ///
    /// # Errors
    /// All faults at once, sorted by place.
    pub fn decode_or<T: Table>(
        &self,
        units: &Units,
        more: impl FnOnce(&T, Diagnostics) -> Diagnostics,
    ) -> Result<Decoded<T>, Diagnostics> {
        let mut cx = Context::new(self.files.clone(), units.clone());
        let value = read_table(&mut cx, &self.root, String::new(), &T::fields);
        cx.resolve();
        finish(cx, value, more)
    }

    /// Decodes one section at the top of the document by itself, `None` where the document has none: what
    /// the rest needs before it can be read, such as the rates of `[money]`. References to other sections
    /// are not looked up.
    ///
    /// # Errors
    /// All faults of the section at once, sorted by place.
    pub fn decode_section<T: Table>(&self, key: &str, units: &Units) -> Result<Option<Decoded<T>>, Diagnostics> {
        let Some(node) = self.root.get(key) else {
            return Ok(None);
        };
        let mut cx = Context::new(self.files.clone(), units.clone());
        let value = read_table(&mut cx, node, join("", key), &T::fields);
        finish(cx, value, |_, faults| faults).map(Some)
    }

    /// An error at a path, for rules that only the whole decoded document can check; it points at the
    /// path or, where nothing stands there, at the nearest table above it.
    #[must_use]
    pub fn error_at(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        let segments = split(path).unwrap_or_default();
        let mut node = &self.root;
        let mut reached = 0;
        while let Some(next) = segments.get(reached).and_then(|segment| step(node, segment)) {
            node = next;
            reached += 1;
        }
        let fault = Diagnostic::error(&self.files, node.origin, message).key(path);
        if reached == segments.len() {
            fault.found(self.files.excerpt(node.origin))
        } else {
            fault
        }
    }

    /// The tree of values.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The texts that the document was read from.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }
}

fn finish<T>(
    mut cx: Context,
    value: T,
    more: impl FnOnce(&T, Diagnostics) -> Diagnostics,
) -> Result<Decoded<T>, Diagnostics> {
    let faults = Diagnostics::new(cx.take_faults());
    if faults.has_errors() {
        return Err(more(&value, faults));
    }
    let mut numbers = cx.numbers;
    numbers.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Decoded {
        value,
        numbers,
        warnings: faults,
    })
}
