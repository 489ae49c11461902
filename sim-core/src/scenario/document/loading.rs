//! Loading of a document and decoding it into a domain type.

use super::context::{Context, NumberUse, Pedigree};
use super::diagnostic::{Diagnostic, Diagnostics, Severity};
use super::fields::Table;
use super::nested::read_table;
use super::parse::parse_file;
use super::spec::TableSpec;
use super::tree::{Files, Node};
use super::units::Units;

/// Where texts come from: the file system of the binary, or a map in a test.
pub trait ReadFiles {
    /// The text of a file.
    ///
    /// # Errors
    /// A short reason, such as "no such file".
    fn read(&self, path: &str) -> Result<String, String>;
}

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

/// Reads one text that does not extend another.
///
/// # Errors
/// Every syntax error.
pub fn parse(name: &str, text: &str) -> Result<Document, Diagnostics> {
    let mut files = Files::default();
    let id = files.add(name.to_owned(), text.to_owned());
    match parse_file(&files, id) {
        Ok(root) => Ok(Document { root, files }),
        Err(faults) => Err(Diagnostics::new(faults)),
    }
}

/// Reads a scenario and all that it extends.
///
/// # Errors
/// Every fault of reading, syntax and merging.
pub fn load(files: &dyn ReadFiles, path: &str) -> Result<Document, Diagnostics> {
    let text = files
        .read(path)
        .map_err(|why| Diagnostic::without_place(format!("cannot read {path}: {why}")))?;
    parse(path, &text)
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
        let Context {
            faults,
            mut numbers,
            ..
        } = cx;
        let faults = Diagnostics::new(faults);
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
