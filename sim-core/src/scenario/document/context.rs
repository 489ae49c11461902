//! What decoding gathers on its way: faults, ids, references, numbers and their pedigrees.

use super::diagnostic::{Diagnostic, Place};
use super::path::nearest;
use super::spec::{Kind, Number, list_words};
use super::tree::{Files, Node, Origin};
use super::units::Units;
use std::collections::BTreeMap;

/// A number of the document, given or standing at its default.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberUse {
    /// Its path.
    pub path: String,
    /// Its value, in the unit of its key.
    pub value: f64,
    /// Unit and range of the key.
    pub number: Number,
    /// Where it stands; `None` for a default.
    pub origin: Option<Origin>,
    /// Who says so; `None` for a number that stands alone and for a default.
    pub pedigree: Option<Pedigree>,
}

/// Why a number has its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Pedigree {
    /// Path of the number.
    pub path: String,
    /// The value as written, in `unit`.
    pub value: f64,
    /// Unit of `value`, `low` and `high`: the one given, else the unit of the key.
    pub unit: String,
    /// Lower end of the plausible range.
    pub low: Option<f64>,
    /// Upper end of the plausible range.
    pub high: Option<f64>,
    /// Which kind of ground it has.
    pub kind: PedigreeKind,
    /// The source id, the formula, or the reason.
    pub text: String,
    /// What stood here before `--set` replaced it.
    pub was: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// Which kind of ground a number has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PedigreeKind {
    /// A row of the table of sources.
    Source,
    /// A formula over rows of the table of sources.
    Derived,
    /// A reason, with a range.
    Assumption,
    /// Set on the command line over a number that had a pedigree.
    Set,
}

impl PedigreeKind {
    /// The key that carries it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Derived => "derived",
            Self::Assumption => "assumption",
            Self::Set => "was",
        }
    }
}

/// A name that must be an id of a kind, looked up when all ids are known.
struct Reference {
    kind: Kind,
    id: String,
    path: String,
    origin: Origin,
}

/// What decoding gathers.
pub(super) struct Context {
    pub(super) files: Files,
    pub(super) units: Units,
    pub(super) faults: Vec<Diagnostic>,
    pub(super) numbers: Vec<NumberUse>,
    ids: BTreeMap<&'static str, BTreeMap<String, Origin>>,
    references: Vec<Reference>,
    number_paths: Vec<(String, String, Origin)>,
}

impl Context {
    pub(super) fn new(files: Files, units: Units) -> Self {
        Self {
            files,
            units,
            faults: Vec::new(),
            numbers: Vec::new(),
            ids: BTreeMap::new(),
            references: Vec::new(),
            number_paths: Vec::new(),
        }
    }

    pub(super) fn fault(
        &mut self,
        origin: Origin,
        key: &str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let fault = Diagnostic::error(&self.files, origin, message).key(key);
        self.faults.push(fault);
        // Just pushed, so the list is not empty.
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    /// A fault of a value: what was found is quoted as written.
    pub(super) fn bad_value(
        &mut self,
        node: &Node,
        key: &str,
        message: impl Into<String>,
        allowed: impl Into<String>,
    ) -> &mut Diagnostic {
        let found = self.files.excerpt(node.origin).to_owned();
        let fault = Diagnostic::error(&self.files, node.origin, message)
            .key(key)
            .found(found)
            .allowed(allowed);
        self.faults.push(fault);
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    pub(super) fn wrong_kind(
        &mut self,
        node: &Node,
        key: &str,
        allowed: impl Into<String>,
    ) -> &mut Diagnostic {
        let message = format!("{} cannot stand here", node.kind());
        self.bad_value(node, key, message, allowed)
    }

    pub(super) fn define(&mut self, kind: Kind, id: &str, origin: Origin) {
        // A second definition is refused where the array is read; the first one stands here.
        self.ids
            .entry(kind.name)
            .or_default()
            .entry(id.to_owned())
            .or_insert(origin);
    }

    pub(super) fn refer(&mut self, kind: Kind, id: &str, path: &str, origin: Origin) {
        self.references.push(Reference {
            kind,
            id: id.to_owned(),
            path: path.to_owned(),
            origin,
        });
    }

    pub(super) fn refer_to_number(&mut self, target: String, path: &str, origin: Origin) {
        self.number_paths.push((target, path.to_owned(), origin));
    }

    /// Looks up every reference, now that every id and every number is known.
    pub(super) fn resolve(&mut self) {
        let none = BTreeMap::new();
        for reference in std::mem::take(&mut self.references) {
            let Reference {
                kind,
                id,
                path,
                origin,
            } = reference;
            let ids = self.ids.get(kind.name).unwrap_or(&none);
            if ids.contains_key(&id) || kind.words.contains(&id.as_str()) {
                continue;
            }
            let near = nearest(
                &id,
                ids.keys()
                    .map(String::as_str)
                    .chain(kind.words.iter().copied()),
            );
            let mut fault = Diagnostic::error(
                &self.files,
                origin,
                format!("there is no {} `{id}`", kind.name),
            )
            .key(path)
            .found(self.files.excerpt(origin));
            fault.allowed = Some(match ids.len() {
                0 => format!("the id of a {}, of which this scenario has none", kind.name),
                n if n <= 12 => list_words(
                    ids.keys()
                        .map(String::as_str)
                        .chain(kind.words.iter().copied()),
                ),
                n => format!("the id of one of the {n} entries of `{}`", kind.name),
            });
            fault.hint = near.map(|near| format!("did you mean `{near}`?"));
            if let Some(near) = near.and_then(|near| ids.get(near)) {
                fault = fault.related("it stands here", Place::new(&self.files, *near));
            }
            self.faults.push(fault);
        }
        for (target, path, origin) in std::mem::take(&mut self.number_paths) {
            if self.numbers.iter().any(|n| n.path == target) {
                continue;
            }
            let near = nearest(&target, self.numbers.iter().map(|n| n.path.as_str()));
            let mut fault = Diagnostic::error(
                &self.files,
                origin,
                format!("no number stands at `{target}`"),
            )
            .key(path)
            .allowed("the quoted path of a number of this scenario");
            fault.hint = near.map(|near| format!("did you mean `{near}`?"));
            self.faults.push(fault);
        }
    }
}
