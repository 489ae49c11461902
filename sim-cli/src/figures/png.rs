//! The same SVG as pixels, with the embedded font: for slides, and for eyes in tests.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};

use super::error::{FigureError, Result};
use super::font;

/// Largest width or height in pixels; beyond it an image helps nobody and memory runs out.
const LARGEST: f32 = 20_000.0;

/// The embedded font and no other: the picture must not depend on what a machine has installed.
static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(font::REGULAR.to_vec());
    fonts.load_font_data(font::BOLD.to_vec());
    Arc::new(fonts)
});

/// Parses an SVG with the embedded font.
pub(super) fn tree(svg: &str) -> Result<usvg::Tree> {
    let options = usvg::Options {
        fontdb: Arc::clone(&FONTS),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).map_err(|e| FigureError::Render(e.to_string()))
}

/// The SVG as a PNG, `scale` pixels for one pixel of the SVG: 1 for a screen, 3 for print (about 300
/// dots an inch on A4).
///
/// # Errors
/// [`FigureError::Render`] if the text is no SVG, or the scale is not above zero, or the image would be
/// wider or higher than 20,000 pixels.
pub fn render(svg: &str, scale: f32) -> Result<Vec<u8>> {
    let tree = tree(svg)?;
    let size = tree.size();
    let (width, height) = (size.width() * scale, size.height() * scale);
    // A NaN scale must be refused too, hence ranges and not comparisons.
    if !(1.0..=LARGEST).contains(&width) || !(1.0..=LARGEST).contains(&height) {
        return Err(FigureError::Render(format!(
            "scale {scale} makes an image of {width} by {height} pixels; each must be 1 to {LARGEST}"
        )));
    }
    let mut pixels = tiny_skia::Pixmap::new(width.ceil() as u32, height.ceil() as u32)
        .ok_or_else(|| FigureError::Render("no memory for the image".to_owned()))?;
    let transform = tiny_skia::Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| FigureError::Render(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::sheet::{Sheet, TextStyle};
    use super::super::theme;
    use super::*;

    fn dark_pixels(png: &[u8]) -> usize {
        let image = tiny_skia::Pixmap::decode_png(png).expect("a PNG");
        (image.pixels().iter())
            .filter(|p| p.red() < 100 && p.green() < 100 && p.blue() < 100)
            .count()
    }

    fn words(text: &str, bold: bool) -> Vec<u8> {
        let sheet = Sheet::new(120.0, 40.0);
        let style = TextStyle::new(16.0, theme::TEXT);
        sheet.text(5.0, 25.0, text, if bold { style.bold() } else { style });
        render(&sheet.finish("x", "", ""), 2.0).expect("renders")
    }

    #[test]
    fn text_leaves_pixels_and_bold_leaves_more() {
        assert_eq!(dark_pixels(&words("", false)), 0);
        let regular = dark_pixels(&words("Lock-in 24%", false));
        assert!(regular > 500, "{regular}");
        assert!(dark_pixels(&words("Lock-in 24%", true)) > regular * 5 / 4);
    }

    #[test]
    fn what_cannot_be_rendered_is_an_error() {
        assert!(render("no svg", 1.0).is_err());
        let svg = Sheet::new(10.0, 10.0).finish("x", "", "");
        for scale in [0.0, -1.0, f32::NAN, 1e9] {
            assert!(render(&svg, scale).is_err(), "{scale}");
        }
    }
}
