//! The embedded font: how wide a text is, and where a line of it breaks.
//!
//! Arimo has the advances of Arial and Helvetica, so what is measured here holds on a reader's machine
//! that lacks Arimo. The embedded cut carries no kerning: a width is the sum of the advances.

use std::sync::LazyLock;

use ttf_parser::Face;

/// The regular cut, as embedded.
pub const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Arimo-Regular.ttf");
/// The bold cut, as embedded.
pub const BOLD: &[u8] = include_bytes!("../../assets/fonts/Arimo-Bold.ttf");
/// Value of `font-family` in every figure.
pub const FAMILY: &str = "Arimo, Arial, 'Liberation Sans', Helvetica, sans-serif";

/// Height of capitals over the size of the font: centres a label on a line without guessing.
pub const CAP_HEIGHT: f64 = 0.688;
/// Depth below the base line over the size of the font.
pub const DESCENT: f64 = 0.212;

/// Weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Running text and labels.
    Regular,
    /// Titles and names of panels.
    Bold,
}

/// Advances of one cut, in fractions of the font size.
struct Advances {
    latin: Vec<Option<f64>>,
    missing: f64,
}

/// Code points beyond this one are not in the embedded cut, save for a little punctuation.
const TABLE: u32 = 0x2200 + 0x20;

impl Advances {
    fn of(data: &[u8]) -> Self {
        // An embedded file that does not parse is caught by the tests; a wide fixed advance would
        // then still give a readable figure.
        let Ok(face) = Face::parse(data, 0) else {
            return Self {
                latin: Vec::new(),
                missing: 1.0,
            };
        };
        let em = f64::from(face.units_per_em());
        let latin = (0..TABLE)
            .map(|code| {
                let glyph = face.glyph_index(char::from_u32(code)?)?;
                Some(f64::from(face.glyph_hor_advance(glyph)?) / em)
            })
            .collect();
        Self { latin, missing: 1.0 }
    }

    fn advance(&self, c: char) -> f64 {
        self.latin.get(c as usize).copied().flatten().unwrap_or(self.missing)
    }
}

static REGULAR_ADVANCES: LazyLock<Advances> = LazyLock::new(|| Advances::of(REGULAR));
static BOLD_ADVANCES: LazyLock<Advances> = LazyLock::new(|| Advances::of(BOLD));

/// Width of `text` in pixels at `size` pixels. A character that the font lacks counts a full em,
/// which is the widest that a fallback font will need.
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let advances = match weight {
        Weight::Regular => &*REGULAR_ADVANCES,
        Weight::Bold => &*BOLD_ADVANCES,
    };
    size * text.chars().map(|c| advances.advance(c)).sum::<f64>()
}

/// Breaks `text` at spaces into lines no wider than `limit` pixels. A single word wider than the limit
/// is cut between characters, so no line is ever too wide.
pub fn wrap(text: &str, size: f64, weight: Weight, limit: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if width(&joined, size, weight) <= limit {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if width(&line, size, weight) > limit && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// `text` itself if it fits `limit` pixels, else its beginning with an ellipsis.
pub fn shorten(text: &str, size: f64, weight: Weight, limit: f64) -> String {
    if width(text, size, weight) <= limit {
        return text.to_owned();
    }
    let mut short = text.to_owned();
    while short.pop().is_some() {
        let candidate = format!("{}…", short.trim_end());
        if width(&candidate, size, weight) <= limit {
            return candidate;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_font_has_the_published_advances_of_arial() {
        // Arial's advance table, in 1/2048 em: space 569, zero 1139, A 1366, M 1706, percent 1821.
        for (c, units) in [(' ', 569.0), ('0', 1139.0), ('A', 1366.0), ('M', 1706.0), ('%', 1821.0)] {
            let measured = width(&c.to_string(), 2048.0, Weight::Regular);
            assert!((measured - units).abs() < 1.5, "{c:?}: {measured}");
        }
    }

    #[test]
    fn digits_have_one_width_so_that_columns_of_numbers_align() {
        let zero = width("0", 10.0, Weight::Regular);
        for digit in "123456789".chars() {
            assert_eq!(width(&digit.to_string(), 10.0, Weight::Regular), zero);
        }
    }

    #[test]
    fn both_cuts_cover_what_the_figures_write() {
        for data in [REGULAR, BOLD] {
            let face = Face::parse(data, 0).expect("embedded font parses");
            for c in "Türkiye Côte d’Ivoire Česko Łódź ō – − × … · ± “”%,.0123456789".chars() {
                assert!(face.glyph_index(c).is_some(), "no glyph for {c:?}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_wrapped_line_is_too_wide_and_no_letter_is_lost(
            text in "[a-zA-Z ]{0,120}", limit in 20.0f64..300.0,
        ) {
            let lines = wrap(&text, 10.0, Weight::Regular, limit);
            for line in &lines {
                proptest::prop_assert!(width(line, 10.0, Weight::Regular) <= limit);
            }
            let kept: String = lines.concat().split_whitespace().collect();
            let given: String = text.split_whitespace().collect();
            proptest::prop_assert_eq!(kept, given);
            proptest::prop_assert!(
                width(&shorten(&text, 10.0, Weight::Bold, limit), 10.0, Weight::Bold) <= limit
            );
        }
    }
}
