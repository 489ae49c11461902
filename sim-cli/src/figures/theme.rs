//! Colours, dashes and sizes that all figures share.

/// A colour of a series: as a line or area, and darker for text on white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    /// Lines, bands, areas.
    pub line: Rgb,
    /// Text: the same hue with a contrast of at least 4.5 to white (WCAG 2.2, 1.4.3).
    pub text: Rgb,
}

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// The palette of Okabe and Ito ("Color Universal Design", 2008), which readers with colour-vision
/// deficiency can tell apart, ordered so that neighbours also differ in grey. Yellow comes last: as a
/// line on white it is the weakest.
pub const PALETTE: [Ink; 8] = [
    Ink {
        line: (0, 114, 178),
        text: (0, 98, 155),
    }, // blue
    Ink {
        line: (213, 94, 0),
        text: (180, 76, 0),
    }, // vermillion
    Ink {
        line: (0, 158, 115),
        text: (0, 115, 84),
    }, // bluish green
    Ink {
        line: (204, 121, 167),
        text: (160, 70, 120),
    }, // reddish purple
    Ink {
        line: (230, 159, 0),
        text: (143, 92, 0),
    }, // orange
    Ink {
        line: (86, 180, 233),
        text: (20, 112, 168),
    }, // sky blue
    Ink {
        line: (0, 0, 0),
        text: (0, 0, 0),
    }, // black
    Ink {
        line: (240, 228, 66),
        text: (112, 104, 0),
    }, // yellow
];

/// Dash patterns, told apart without colour; the first is solid.
pub const DASHES: [&str; 8] = ["", "7 3", "2 2.5", "9 3 2 3", "12 3", "5 2 1.5 2 1.5 2", "3 4", "1.2 2"];

/// Groups of sellers (`group:untrusted`): a grey that no seller has.
pub const GROUP: Ink = Ink {
    line: (90, 90, 90),
    text: (70, 70, 70),
};

/// Text that matters less than a title.
pub const QUIET: Rgb = (89, 89, 89);
/// Text.
pub const TEXT: Rgb = (26, 26, 26);
/// Grid lines.
pub const GRID: Rgb = (224, 224, 224);
/// Axis lines and marks.
pub const AXIS: Rgb = (115, 115, 115);

/// Width of every figure in pixels. Printed on A4 between margins (170 mm) a pixel is 0.67 points, so
/// the smallest text below comes out at 7 points.
pub const WIDTH: f64 = 720.0;
/// Space kept free at the left and right edge.
pub const MARGIN: f64 = 14.0;
/// Size of the title.
pub const TITLE_SIZE: f64 = 18.0;
/// Size of the line under it.
pub const SUBTITLE_SIZE: f64 = 13.0;
/// Size of labels and of names of panels.
pub const LABEL_SIZE: f64 = 12.0;
/// Size of numbers on axes.
pub const TICK_SIZE: f64 = 11.0;
/// Size of the notes at the foot.
pub const NOTE_SIZE: f64 = 10.5;

/// Ink and dash of the series at `index`; beyond eight they repeat with shifted dashes.
pub fn series(index: usize) -> (Ink, &'static str) {
    let round = index / PALETTE.len();
    (PALETTE[index % PALETTE.len()], DASHES[(index + round) % DASHES.len()])
}

/// Half way to white.
pub fn pale((r, g, b): Rgb) -> Rgb {
    let half = |c: u8| c / 2 + 127;
    (half(r), half(g), half(b))
}

/// `#rrggbb`.
pub fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance after WCAG 2.2.
    fn luminance((r, g, b): Rgb) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                libm::pow((c + 0.055) / 1.055, 2.4)
            }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    #[test]
    fn every_text_colour_can_be_read_on_white() {
        let inks = PALETTE.iter().map(|ink| ink.text);
        for colour in inks.chain([GROUP.text, QUIET, TEXT]) {
            let contrast = 1.05 / (luminance(colour) + 0.05);
            assert!(contrast >= 4.5, "{colour:?}: {contrast:.2}");
        }
    }

    #[test]
    fn no_two_of_sixteen_series_look_alike() {
        for a in 0..16 {
            for b in 0..a {
                assert_ne!(series(a), series(b));
            }
        }
    }
}
