//! What is wrong with a scenario, where, and what to do about it.

use super::tree::{Files, Origin};
use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be used.
    Error,
    /// The scenario is used, but not quite as written.
    Warning,
}

/// A place in a text with the line that stands there, so that it can be shown without the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Order in which the texts were read: faults are sorted by it, then by line and column.
    pub order: u32,
    /// Name of the file, or `--set`.
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
    /// The line as written; of a long line, the part around the column.
    pub text: String,
    /// How many characters of the line are left out before `text`.
    pub skipped: u32,
    /// How many characters to underline, at least 1.
    pub width: u32,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where; `None` for a file that could not be read at all.
    pub place: Option<Place>,
    /// Path of the key, empty where there is none.
    pub key: String,
    /// What was found, as written and shortened.
    pub found: Option<String>,
    /// What is allowed.
    pub allowed: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// A second place that matters, with a word on why.
    pub related: Vec<(String, Place)>,
}

/// No more faults of one kind of work are gathered: who has so many looks at the first ones.
pub(super) const MAX_FAULTS: usize = 500;

/// The longest text of a value or of a line that a message shows, in characters.
const SHOWN: usize = 160;

impl Place {
    /// The place of an origin.
    #[must_use]
    pub fn new(files: &Files, origin: Origin) -> Self {
        let (file, position, line) = files.locate(origin);
        let excerpt = files.excerpt(origin);
        let width = excerpt.chars().take(SHOWN).take_while(|c| *c != '\n').count().max(1);
        // A long line is shown from a little before the fault, so that the caret stays in sight.
        let long = line.chars().nth(SHOWN).is_some();
        let skipped = if long {
            position.column.saturating_sub(1 + SHOWN as u32 / 2)
        } else {
            0
        };
        let text = line.chars().skip(skipped as usize).take(SHOWN).collect();
        Self {
            order: origin.file.0,
            file: file.to_owned(),
            line: position.line,
            column: position.column,
            text,
            skipped,
            width: width as u32,
        }
    }
}

impl Diagnostic {
    /// An error at an origin.
    #[must_use]
    pub fn error(files: &Files, origin: Origin, message: impl Into<String>) -> Self {
        Self {
            place: Some(Place::new(files, origin)),
            ..Self::without_place(message)
        }
    }

    /// An error that has no place in a text.
    #[must_use]
    pub fn without_place(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            place: None,
            key: String::new(),
            found: None,
            allowed: None,
            hint: None,
            related: Vec::new(),
        }
    }

    /// The same fault as a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Adds the path of the key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// Adds what was found, on one line and shortened.
    #[must_use]
    pub fn found(mut self, found: impl AsRef<str>) -> Self {
        let found = shorten(found.as_ref());
        self.found = (!found.is_empty()).then_some(found);
        self
    }

    /// Adds what is allowed.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, why: impl Into<String>, place: Place) -> Self {
        self.related.push((why.into(), place));
        self
    }

    fn rank(&self) -> (u32, u32, u32) {
        self.place.as_ref().map_or((0, 0, 0), |p| (p.order, p.line, p.column))
    }
}

/// Keeps the start of a long text, on one line.
fn shorten(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(SHOWN)
        .take_while(|c| !matches!(c, '\n' | '\r'))
        .collect();
    let cut = short.len() < text.trim_end().len();
    if cut {
        short.push_str(" ...");
    }
    short
}

impl fmt::Display for Diagnostic {
    /// Plain text: the fault, where it stands with the line and a caret, what was found, what is allowed,
    /// and a hint. Without a line end at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{word}: {}", self.message)?;
        let gutter = self
            .place
            .iter()
            .chain(self.related.iter().map(|(_, place)| place))
            .map(|place| place.line.to_string().len())
            .max()
            .unwrap_or(1);
        if let Some(place) = &self.place {
            draw(f, place, gutter, "")?;
        }
        for (why, place) in &self.related {
            draw(f, place, gutter, why)?;
        }
        let notes = [
            ("key", (!self.key.is_empty()).then_some(&self.key)),
            ("found", self.found.as_ref()),
            ("allowed", self.allowed.as_ref()),
            ("hint", self.hint.as_ref()),
        ];
        for (name, note) in notes {
            if let Some(note) = note {
                write!(f, "\n{:gutter$} = {name}: {note}", "")?;
            }
        }
        Ok(())
    }
}

/// Draws one place: `file:line:column`, the line, and carets under it.
fn draw(f: &mut fmt::Formatter<'_>, place: &Place, gutter: usize, why: &str) -> fmt::Result {
    let Place { file, line, column, .. } = place;
    write!(f, "\n{:gutter$}--> {file}:{line}:{column}", "")?;
    if !why.is_empty() {
        write!(f, " ({why})")?;
    }
    // Tabs take one column here, so that carets stand under what they point at.
    let shown: String = place
        .text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let before = place.column.saturating_sub(1 + place.skipped) as usize;
    let room = shown.chars().count().saturating_sub(before).max(1);
    let carets = "^".repeat((place.width as usize).min(room));
    write!(f, "\n{:gutter$} |", "")?;
    write!(f, "\n{line:>gutter$} | {}", shown.trim_end())?;
    write!(f, "\n{:gutter$} | {:before$}{carets}", "", "")
}

/// All faults of a scenario, sorted by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Sorts faults by place; faults without a place come first.
    #[must_use]
    pub fn new(mut list: Vec<Diagnostic>) -> Self {
        list.sort_by_key(Diagnostic::rank);
        Self { list }
    }

    /// The faults in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many faults there are, warnings included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Adds the faults of another list, keeping the order by place.
    pub fn extend(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
        self.list.sort_by_key(Diagnostic::rank);
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { list: vec![diagnostic] }
    }
}

impl fmt::Display for Diagnostics {
    /// The faults, an empty line between two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.list.iter().enumerate() {
            if i > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
