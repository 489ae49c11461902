//! One SVG while it is written: elements in drawing order, coordinates to a tenth of a pixel.

use std::cell::RefCell;
use std::rc::Rc;

use super::backend::Pen;
use super::font::{self, Weight};
use super::number::coordinate;
use super::theme::{Rgb, hex};

/// A rectangle in pixels, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

/// Where a text is anchored horizontally.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Text begins at x.
    Start,
    /// Text is centred on x.
    Middle,
    /// Text ends at x.
    End,
}

/// Size, weight, colour and anchor of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextStyle {
    /// Size in pixels.
    pub size: f64,
    /// Weight.
    pub weight: Weight,
    /// Colour.
    pub colour: Rgb,
    /// Anchor.
    pub anchor: Anchor,
    /// Whether a white rim keeps the text readable over lines.
    pub rim: bool,
}

impl TextStyle {
    /// Regular text that begins at x.
    pub fn new(size: f64, colour: Rgb) -> Self {
        Self {
            size,
            weight: Weight::Regular,
            colour,
            anchor: Anchor::Start,
            rim: false,
        }
    }

    /// The same in bold.
    pub fn bold(mut self) -> Self {
        self.weight = Weight::Bold;
        self
    }

    /// The same with another anchor.
    pub fn anchored(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }

    /// The same with a white rim.
    pub fn rimmed(mut self) -> Self {
        self.rim = true;
        self
    }
}

/// What the sheet and the plotters pens on it share.
#[derive(Debug, Default)]
pub(super) struct Ground {
    /// Elements so far, one a line.
    pub(super) body: String,
    /// `stroke-dasharray` of the next lines; empty: solid.
    pub(super) dash: &'static str,
    /// Size in pixels.
    pub(super) size: (f64, f64),
}

/// An SVG in the making.
#[derive(Debug)]
pub struct Sheet {
    ground: Rc<RefCell<Ground>>,
}

impl Sheet {
    /// An empty sheet of a size in pixels.
    pub fn new(width: f64, height: f64) -> Self {
        let ground = Ground {
            size: (width, height),
            ..Ground::default()
        };
        Self {
            ground: Rc::new(RefCell::new(ground)),
        }
    }

    /// A plotters backend that writes on this sheet.
    pub fn pen(&self) -> Pen {
        Pen::on(Rc::clone(&self.ground))
    }

    /// Sets the dash pattern of the lines to come.
    pub fn dash(&self, pattern: &'static str) {
        self.ground.borrow_mut().dash = pattern;
    }

    /// Writes one line of text with its base line at `y`.
    pub fn text(&self, x: f64, y: f64, text: &str, style: TextStyle) {
        let anchor = match style.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = match style.weight {
            Weight::Regular => "",
            Weight::Bold => " font-weight=\"700\"",
        };
        let rim = if style.rim {
            " stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        } else {
            ""
        };
        self.push(&format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{weight}{anchor}{rim}>{}</text>",
            coordinate(x),
            coordinate(y),
            coordinate(style.size),
            hex(style.colour),
            escape(text),
        ));
    }

    /// Writes one line of text whose capitals are centred on `y`.
    pub fn text_centred(&self, x: f64, y: f64, text: &str, style: TextStyle) {
        self.text(x, y + style.size * font::CAP_HEIGHT / 2.0, text, style);
    }

    /// A straight or broken line.
    pub fn line(&self, points: &[(f64, f64)], colour: Rgb, width: f64) {
        let dash = self.ground.borrow().dash;
        let dash = if dash.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dash}\"")
        };
        self.push(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{dash}/>",
            joined(points),
            hex(colour),
            coordinate(width),
        ));
    }

    /// A small dot with a white rim.
    pub fn dot(&self, x: f64, y: f64, radius: f64, colour: Rgb) {
        self.push(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"#ffffff\" stroke-width=\"1\"/>",
            coordinate(x),
            coordinate(y),
            coordinate(radius),
            hex(colour),
        ));
    }

    fn push(&self, element: &str) {
        let body = &mut self.ground.borrow_mut().body;
        body.push_str(element);
        body.push('\n');
    }

    /// The finished file. `id` makes the ids in it unique on a page that holds several figures;
    /// `title` and `description` are its text for readers who do not see it.
    pub fn finish(self, id: &str, title: &str, description: &str) -> String {
        let ground = self.ground.borrow();
        let (width, height) = (coordinate(ground.size.0), coordinate(ground.size.1));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             font-family=\"{}\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n{}</svg>\n",
            font::FAMILY,
            escape(title),
            escape(description),
            hex((255, 255, 255)),
            ground.body,
        )
    }
}

/// Points as SVG wants them.
pub(super) fn joined(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{},{}", coordinate(*x), coordinate(*y)))
        .collect();
    points.join(" ")
}

/// Text as SVG content; control characters, which XML forbids, become blanks.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::theme;
    use super::*;

    #[test]
    fn names_cannot_break_the_file() {
        let sheet = Sheet::new(10.0, 10.0);
        sheet.text(1.0, 2.0, "A<b>&\"c\"\u{1}", TextStyle::new(12.0, theme::TEXT));
        let svg = sheet.finish("x", "T & t", "d");
        assert!(svg.contains(">A&lt;b&gt;&amp;&quot;c&quot; </text>"), "{svg}");
        assert!(svg.contains("<title id=\"x-title\">T &amp; t</title>"));
    }
}
