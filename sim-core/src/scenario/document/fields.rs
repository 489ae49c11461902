//! The reader of tables: one description that decodes, checks and documents.

use super::context::Context;
use super::path::join;
use super::spec::{FieldSpec, Shape, TableSpec};
use super::tree::{Entry, Node, Origin};

/// A table of a scenario file that becomes a value of this type.
pub trait Table: Sized {
    /// Reads each key by one call of `f`, in the order in which the docs shall list them.
    ///
    /// Which keys are asked for may not depend on values: with nothing to read (when the schema is made)
    /// the same calls must be made. Shapes that depend on a word are told apart by a key, through
    /// [`Fields::one_of`]. A type may not contain itself.
    fn fields(f: &mut Fields<'_>) -> Self;
}

/// Reads the keys of one table, or only describes them.
///
/// A call that finds a fault records it and returns a stand-in, so that all faults of a document come at
/// once; the caller never sees an `Err`. A value made of stand-ins never leaves [`super::Document::decode`].
pub struct Fields<'a> {
    pub(super) cx: &'a mut Context,
    pub(super) mode: Mode<'a>,
    pub(super) path: String,
}

pub(super) enum Mode<'a> {
    /// Read this table.
    Decode {
        entries: &'a [Entry],
        origin: Origin,
        asked: Vec<&'static str>,
        unread_before: usize,
    },
    /// Record what would be read.
    Describe(TableSpec),
    /// Make a value out of stand-ins.
    StandIn,
}

/// What a call finds.
pub(super) enum Found<'a> {
    /// The key stands.
    Node(&'a Node),
    /// The key does not stand, which is a fault of the table where it is required.
    Absent(Origin),
    /// There is nothing to read.
    Nothing,
}

impl<'a> Fields<'a> {
    pub(super) fn decode(cx: &'a mut Context, entries: &'a [Entry], origin: Origin, path: String) -> Self {
        let unread_before = cx.unread();
        let asked = Vec::new();
        let mode = Mode::Decode {
            entries,
            origin,
            asked,
            unread_before,
        };
        Self { cx, mode, path }
    }

    /// Path of this table, for messages of the caller's own.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether keys are only being described: what calls return then means nothing.
    #[must_use]
    pub fn is_describing(&self) -> bool {
        !matches!(self.mode, Mode::Decode { .. })
    }

    /// Whether a key stands in the table.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        match &self.mode {
            Mode::Decode { entries, .. } => entries.iter().any(|e| e.key == key),
            _ => false,
        }
    }

    /// Refuses the table unless `ok`, for rules over more than one key; the fault points at `key`, or at
    /// the table where it has no such key.
    ///
    /// Does nothing where a value of the table could not be read: it is then a stand-in. Rules that are broken are all told.
    pub fn require(&mut self, ok: bool, key: &str, message: impl Into<String>, allowed: impl Into<String>) {
        self.require_hinted(ok, key, message, allowed, None);
    }

    /// As [`Fields::require`], with what to do.
    pub fn require_hinted(
        &mut self,
        ok: bool,
        key: &str,
        message: impl Into<String>,
        allowed: impl Into<String>,
        hint: Option<String>,
    ) {
        let Mode::Decode {
            entries,
            origin,
            unread_before,
            ..
        } = &self.mode
        else {
            return;
        };
        if ok || self.cx.unread() > *unread_before {
            return;
        }
        self.cx.note_broken_rule();
        let fault = match entries.iter().find(|e| e.key == key) {
            Some(entry) => {
                let path = join(&self.path, key);
                self.cx.bad_value(&entry.node, &path, message, allowed)
            }
            None => {
                let origin = *origin;
                let fault = self.cx.fault(origin, &self.path, message);
                fault.allowed = Some(allowed.into());
                fault
            }
        };
        fault.hint = hint;
    }

    /// Warns unless `ok`: the document is used as it stands. The warning points as [`Fields::require`] does.
    pub fn warn_unless(&mut self, ok: bool, key: &str, message: impl Into<String>, hint: impl Into<String>) {
        let Mode::Decode { entries, origin, .. } = &self.mode else {
            return;
        };
        if ok {
            return;
        }
        let entry = entries.iter().find(|e| e.key == key);
        let origin = entry.map_or(*origin, |e| e.node.origin);
        let path = entry.map_or_else(|| self.path.clone(), |_| join(&self.path, key));
        self.cx.warn(origin, &path, message).hint = Some(hint.into());
    }

    /// Finds a key, or describes it.
    pub(super) fn find(
        &mut self,
        key: &'static str,
        doc: &'static str,
        presence: Presence,
        shape: impl FnOnce() -> Shape,
    ) -> Found<'a> {
        match &mut self.mode {
            Mode::Decode {
                entries, origin, asked, ..
            } => {
                let entries: &'a [Entry] = entries;
                asked.push(key);
                match entries.iter().find(|e| e.key == key) {
                    Some(entry) => Found::Node(&entry.node),
                    None => Found::Absent(*origin),
                }
            }
            Mode::Describe(spec) => {
                spec.fields.push(FieldSpec {
                    key,
                    doc,
                    required: matches!(presence, Presence::Required),
                    default: match presence {
                        Presence::Default(text) => Some(text),
                        _ => None,
                    },
                    shape: shape(),
                });
                Found::Nothing
            }
            Mode::StandIn => Found::Nothing,
        }
    }

    /// Finds a required key; its absence is a fault.
    pub(super) fn find_required(
        &mut self,
        key: &'static str,
        doc: &'static str,
        shape: impl Fn() -> Shape,
    ) -> Option<&'a Node> {
        match self.find(key, doc, Presence::Required, &shape) {
            Found::Node(node) => Some(node),
            Found::Absent(origin) => {
                let place = if self.path.is_empty() {
                    "the scenario".to_owned()
                } else {
                    format!("`{}`", self.path)
                };
                let allowed = super::words::allowed(&shape());
                let path = join(&self.path, key);
                let fault = self.cx.fault(origin, &path, format!("{place} lacks the key `{key}`"));
                fault.allowed = Some(allowed);
                fault.hint = Some(format!("`{key}`: {doc}"));
                None
            }
            Found::Nothing => None,
        }
    }

    /// Finds a key that may be absent.
    pub(super) fn find_optional(
        &mut self,
        key: &'static str,
        doc: &'static str,
        shape: impl FnOnce() -> Shape,
    ) -> Option<&'a Node> {
        match self.find(key, doc, Presence::Optional, shape) {
            Found::Node(node) => Some(node),
            _ => None,
        }
    }

    /// Finds a key that has a default.
    pub(super) fn find_or(
        &mut self,
        key: &'static str,
        doc: &'static str,
        default: String,
        shape: impl FnOnce() -> Shape,
    ) -> Option<&'a Node> {
        match self.find(key, doc, Presence::Default(default), shape) {
            Found::Node(node) => Some(node),
            _ => None,
        }
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(&mut self) {
        let Mode::Decode { entries, asked, .. } = &self.mode else {
            return;
        };
        for entry in *entries {
            if asked.contains(&entry.key.as_str()) {
                continue;
            }
            let path = join(&self.path, &entry.key);
            super::words::unknown_key(self.cx, entry, &path, &self.path, asked);
        }
    }
}

/// Whether a key must stand.
pub(super) enum Presence {
    Required,
    Optional,
    Default(String),
}
