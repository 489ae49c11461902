//! A plotters backend that writes tenths of a pixel.
//!
//! plotters maps data to whole pixels, which makes slow curves jagged, and its own SVG backend writes
//! them so. Here plotters draws on a canvas ten times as large and every coordinate is written with one
//! decimal; dash patterns, which plotters' styles cannot carry, come from the sheet.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

use super::number::coordinate;
use super::sheet::{Ground, joined};
use super::theme::hex;

/// Units of the backend in a pixel.
pub const UNITS: f64 = 10.0;

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// A handle with which plotters draws on a sheet.
#[derive(Debug, Clone)]
pub struct Pen {
    ground: Rc<RefCell<Ground>>,
}

impl Pen {
    pub(super) fn on(ground: Rc<RefCell<Ground>>) -> Self {
        Self { ground }
    }

    fn push(&self, element: &str) {
        let body = &mut self.ground.borrow_mut().body;
        body.push_str(element);
        body.push('\n');
    }

    fn stroke<S: BackendStyle>(&self, points: &[BackendCoord], style: &S) {
        let dash = self.ground.borrow().dash;
        let dash = if dash.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dash}\"")
        };
        self.push(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}{dash} \
             stroke-linejoin=\"round\"/>",
            joined(&pixels(points)),
            hex(style.color().rgb),
            coordinate(f64::from(style.stroke_width()) / UNITS),
            opacity("stroke-opacity", style.color()),
        ));
    }
}

fn pixels(points: &[BackendCoord]) -> Vec<(f64, f64)> {
    let pixel = |v: i32| f64::from(v) / UNITS;
    points.iter().map(|(x, y)| (pixel(*x), pixel(*y))).collect()
}

/// The attribute for a colour that is not opaque. Opacities of figures are constants with two decimals.
fn opacity(attribute: &str, colour: BackendColor) -> String {
    if colour.alpha >= 1.0 {
        String::new()
    } else {
        format!(" {attribute}=\"{:.2}\"", colour.alpha)
    }
}

impl DrawingBackend for Pen {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.ground.borrow().size;
        ((width * UNITS) as u32, (height * UNITS) as u32)
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        if style.color().alpha > 0.0 {
            self.stroke(&[from, to], style);
        }
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Done {
        let corners = [from, (to.0, from.1), to, (from.0, to.1)];
        if fill {
            self.fill_polygon(corners, style)
        } else {
            self.draw_path(corners.into_iter().chain([from]), style)
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        if style.color().alpha > 0.0 && points.len() > 1 {
            self.stroke(&points, style);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, corners: I, style: &S) -> Done {
        let points: Vec<BackendCoord> = corners.into_iter().collect();
        if style.color().alpha > 0.0 {
            self.push(&format!(
                "<polygon points=\"{}\" fill=\"{}\"{}/>",
                joined(&pixels(&points)),
                hex(style.color().rgb),
                opacity("fill-opacity", style.color()),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sheet::Sheet;
    use plotters::prelude::*;

    #[test]
    fn a_plotters_element_comes_out_in_tenths_of_a_pixel() {
        let sheet = Sheet::new(20.0, 10.0);
        let area = sheet.pen().into_drawing_area();
        assert_eq!(area.dim_in_pixel(), (200, 100));
        let style = Color::stroke_width(&RGBColor(1, 2, 3).mix(0.5), 16);
        sheet.dash("7 3");
        area.draw(&PathElement::new([(0, 0), (123, 45)], style)).expect("draws");
        let svg = sheet.finish("x", "", "");
        let line = "<polyline points=\"0,0 12.3,4.5\" fill=\"none\" stroke=\"#010203\" stroke-width=\"1.6\" \
                    stroke-opacity=\"0.50\" stroke-dasharray=\"7 3\" stroke-linejoin=\"round\"/>";
        assert!(svg.contains(line), "{svg}");
    }
}
