//! What decoding gathers on its way: faults, ids, references, numbers and their pedigrees.

use super::diagnostic::{Diagnostic, MAX_FAULTS, Place, Severity};
use super::domain::Number;
use super::names::Kind;
use super::path::nearest;
use super::tree::{Files, Node, Origin};
use super::units::Units;
use super::words::list_words;
use std::collections::{BTreeMap, BTreeSet};

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
    faults: Vec<Diagnostic>,
    /// Takes what is said of the faults that are too many to be kept.
    spare: Diagnostic,
    unkept: usize,
    warnings: usize,
    broken_rules: usize,
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
            spare: Diagnostic::without_place(""),
            unkept: 0,
            warnings: 0,
            broken_rules: 0,
            numbers: Vec::new(),
            ids: BTreeMap::new(),
            references: Vec::new(),
            number_paths: Vec::new(),
        }
    }

    /// How many errors there are so far.
    pub(super) fn errors(&self) -> usize {
        self.faults.len() + self.unkept - self.warnings
    }

    /// How many errors there are so far after which a value is a stand-in: all but rules over values that could be read.
    pub(super) fn unread(&self) -> usize {
        self.errors() - self.broken_rules
    }

    /// Notes that the next error is of a rule over values that could be read.
    pub(super) fn note_broken_rule(&mut self) {
        self.broken_rules += 1;
    }

    /// Notes what is odd but allowed.
    pub(super) fn warn(&mut self, origin: Origin, key: &str, message: impl Into<String>) -> &mut Diagnostic {
        self.warnings += 1;
        let fault = self.fault(origin, key, message);
        fault.severity = Severity::Warning;
        fault
    }

    /// The faults, with a last one that counts those that were too many.
    pub(super) fn take_faults(&mut self) -> Vec<Diagnostic> {
        let errors = self.errors() > 0;
        let mut faults = std::mem::take(&mut self.faults);
        if self.unkept > 0 {
            let message = format!("{} further faults are not shown", self.unkept);
            let last = Diagnostic::without_place(message).hint("correct the first ones and check again");
            // An error among those not shown is still an error.
            faults.push(if errors { last } else { last.warning() });
        }
        faults
    }

    pub(super) fn fault(&mut self, origin: Origin, key: &str, message: impl Into<String>) -> &mut Diagnostic {
        if self.faults.len() >= MAX_FAULTS {
            self.unkept += 1;
            return &mut self.spare;
        }
        let index = self.faults.len();
        self.faults
            .push(Diagnostic::error(&self.files, origin, message).key(key));
        // The index of what was just pushed.
        &mut self.faults[index]
    }

    /// A fault of a value: what was found is quoted as written.
    pub(super) fn bad_value(
        &mut self,
        node: &Node,
        key: &str,
        message: impl Into<String>,
        allowed: impl Into<String>,
    ) -> &mut Diagnostic {
        let found = Diagnostic::without_place("").found(self.files.excerpt(node.origin));
        let fault = self.fault(node.origin, key, message);
        fault.found = found.found;
        fault.allowed = Some(allowed.into());
        fault
    }

    pub(super) fn wrong_kind(&mut self, node: &Node, key: &str, allowed: impl Into<String>) -> &mut Diagnostic {
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
        let ids = std::mem::take(&mut self.ids);
        let none = BTreeMap::new();
        for reference in std::mem::take(&mut self.references) {
            let known = ids.get(reference.kind.name).unwrap_or(&none);
            let words = reference.kind.words;
            if !known.contains_key(&reference.id) && !words.contains(&reference.id.as_str()) {
                self.dangling(&reference, known);
            }
        }
        let numbers: BTreeSet<String> = self.numbers.iter().map(|n| n.path.clone()).collect();
        for (target, path, origin) in std::mem::take(&mut self.number_paths) {
            if numbers.contains(&target) {
                continue;
            }
            let near = self.nearest(&target, numbers.iter().map(String::as_str));
            let fault = self.fault(origin, &path, format!("no number stands at `{target}`"));
            fault.allowed = Some("the quoted path of a number of this scenario".to_owned());
            fault.hint = near.map(|near| format!("did you mean `{near}`?"));
        }
    }

    fn dangling(&mut self, reference: &Reference, known: &BTreeMap<String, Origin>) {
        let Reference { kind, id, path, origin } = reference;
        let candidates = || known.keys().map(String::as_str).chain(kind.words.iter().copied());
        let near = self.nearest(id, candidates());
        let place = near
            .and_then(|near| known.get(near))
            .map(|origin| Place::new(&self.files, *origin));
        let found = Diagnostic::without_place("").found(self.files.excerpt(*origin));
        let fault = self.fault(*origin, path, format!("there is no {} `{id}`", kind.name));
        fault.found = found.found;
        fault.allowed = Some(match known.len() {
            0 => format!("the id of a {}, of which this scenario has none", kind.name),
            n if n <= 12 => list_words(candidates()),
            n => format!("the id of one of the {n} entries of `{}`", kind.name),
        });
        fault.hint = near.map(|near| format!("did you mean `{near}`?"));
        fault
            .related
            .extend(place.map(|place| ("it stands here".to_owned(), place)));
    }

    /// The nearest candidate, as long as faults are kept: a look at all of them takes time.
    fn nearest<'c>(&self, word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
        if self.faults.len() < MAX_FAULTS {
            nearest(word, candidates)
        } else {
            None
        }
    }
}
