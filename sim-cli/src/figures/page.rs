//! The frame of every figure: title, subtitle, drawing, notes and source, on a page of fixed width whose
//! height follows from the text.

use super::font::{self, Weight};
use super::note::Note;
use super::sheet::{Rect, Sheet, TextStyle};
use super::theme::{MARGIN, NOTE_SIZE, QUIET, SUBTITLE_SIZE, TEXT, TITLE_SIZE, WIDTH};

/// The words of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The finding, generated from the data, about twelve words.
    pub title: String,
    /// The number behind it with its interval, and what is measured.
    pub subtitle: String,
    /// What a reader must know at the foot, besides the source.
    pub notes: Vec<String>,
    /// For readers who do not see the figure: kind of chart, axes, values at the ends.
    pub description: String,
}

/// A finished figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The SVG.
    pub svg: String,
    /// The words on it.
    pub words: Words,
}

/// A figure in the making.
pub struct Page {
    /// What is drawn on.
    pub sheet: Sheet,
    /// Where the drawing goes.
    pub body: Rect,
    id: String,
    words: Words,
}

const GAP: f64 = 14.0;

impl Page {
    /// Writes the words and leaves `body_height` pixels between them.
    pub fn begin(figure: &str, words: Words, body_height: f64, note: &Note) -> Self {
        Self::begin_from(figure, words, body_height, &note.source())
    }

    /// The same with a source line of its own.
    pub fn begin_from(figure: &str, words: Words, body_height: f64, source: &str) -> Self {
        let room = WIDTH - 2.0 * MARGIN;
        let title = font::wrap(&words.title, TITLE_SIZE, Weight::Bold, room);
        let subtitle = font::wrap(&words.subtitle, SUBTITLE_SIZE, Weight::Regular, room);
        let mut foot = Vec::new();
        for text in words.notes.iter().map(String::as_str).chain([source]) {
            foot.extend(font::wrap(text, NOTE_SIZE, Weight::Regular, room));
        }
        let leading = |size: f64| 1.28 * size;
        let head =
            MARGIN + title.len() as f64 * leading(TITLE_SIZE) + 2.0 + subtitle.len() as f64 * leading(SUBTITLE_SIZE);
        let body = Rect {
            x: MARGIN,
            y: (head + GAP).round(),
            width: room,
            height: body_height,
        };
        let foot_top = body.bottom() + GAP;
        let height = foot_top + foot.len() as f64 * leading(NOTE_SIZE) + MARGIN / 2.0;

        let sheet = Sheet::new(WIDTH, height.ceil());
        let mut y = MARGIN;
        for line in &title {
            y += leading(TITLE_SIZE);
            let style = TextStyle::new(TITLE_SIZE, TEXT).bold();
            sheet.text(MARGIN, y - 0.28 * TITLE_SIZE, line, style);
        }
        y += 2.0;
        for line in &subtitle {
            y += leading(SUBTITLE_SIZE);
            let style = TextStyle::new(SUBTITLE_SIZE, TEXT);
            sheet.text(MARGIN, y - 0.28 * SUBTITLE_SIZE, line, style);
        }
        y = foot_top;
        for line in &foot {
            y += leading(NOTE_SIZE);
            let style = TextStyle::new(NOTE_SIZE, QUIET);
            sheet.text(MARGIN, y - 0.28 * NOTE_SIZE, line, style);
        }
        Self {
            sheet,
            body,
            id: figure.to_owned(),
            words,
        }
    }

    /// The finished figure.
    pub fn finish(self) -> Drawing {
        let description = format!("{} {}", self.words.subtitle, self.words.description);
        Drawing {
            svg: self.sheet.finish(&self.id, &self.words.title, &description),
            words: self.words,
        }
    }
}
