//! A document, and decoding it into a domain type.

use super::context::{Context, NumberUse, Pedigree};
use super::diagnostic::{Diagnostics, Severity};
use super::fields::Table;
use super::nested::read_table;
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
        let mut cx = Context::new(self.files.clone(), units.clone());
        let value = read_table(&mut cx, &self.root, String::new(), &T::fields);
        cx.resolve();
        let faults = Diagnostics::new(cx.take_faults());
        let mut numbers = cx.numbers;
        if faults.iter().any(|d| d.severity == Severity::Error) {
            return Err(faults);
        }
        numbers.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Decoded {
            value,
            numbers,
            warnings: faults,
        })
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
