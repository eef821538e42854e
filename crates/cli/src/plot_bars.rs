//! Horizontal bars on a logarithmic scale, as SVG.

use crate::failure::Failure;
use crate::text;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use qnewton::matrix::write_atomically;
use std::path::Path;

const WIDTH: u32 = 860;
const ROW: u32 = 30;
const TOP: u32 = 48;
const LEFT: i32 = 220;
const RIGHT: i32 = 110;
const COLOUR: RGBColor = RGBColor(31, 119, 180);
const MUTED: RGBColor = RGBColor(190, 190, 190);

/// One bar.
pub(crate) struct Bar {
    pub(crate) label: String,
    /// Positive.
    pub(crate) value: f64,
    /// Whether it is drawn in grey.
    pub(crate) muted: bool,
}

/// Draws the bars from top to bottom.
pub(crate) fn write(path: &Path, title: &str, bars: &[Bar]) -> Result<(), Failure> {
    let mut svg = String::new();
    draw(&mut svg, title, bars)
        .map_err(|error| Failure::work(format!("cannot draw {}: {error}", path.display())))?;
    Ok(write_atomically(path, |writer| writer.write_all(svg.as_bytes()))?)
}

fn draw(svg: &mut String, title: &str, bars: &[Bar]) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let height = TOP + ROW * bars.len().max(1) as u32 + 16;
    let root = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let style = |size: f64, horizontal| {
        ("sans-serif", size).into_text_style(&root).pos(Pos::new(horizontal, VPos::Center))
    };
    let heading = format!("{title} (logarithmic)");
    root.draw(&Text::new(heading, (LEFT, TOP as i32 / 2), style(17.0, HPos::Left)))?;
    // From the decade below the smallest bar, so that every bar has a length.
    let logarithms = || bars.iter().map(|bar| bar.value.log10());
    let start = logarithms().fold(f64::INFINITY, f64::min).floor() - 0.2;
    let end = logarithms().fold(f64::NEG_INFINITY, f64::max).max(start + 0.5);
    let across = f64::from(WIDTH as i32 - LEFT - RIGHT);
    for (position, bar) in bars.iter().enumerate() {
        let top = TOP as i32 + position as i32 * ROW as i32;
        let middle = top + ROW as i32 / 2;
        let length = (bar.value.log10() - start) / (end - start) * across;
        let right = LEFT + length.round() as i32;
        let colour = if bar.muted { MUTED } else { COLOUR };
        root.draw(&Rectangle::new([(LEFT, top + 5), (right, top + ROW as i32 - 5)], colour.filled()))?;
        root.draw(&Text::new(bar.label.clone(), (LEFT - 8, middle), style(14.0, HPos::Right)))?;
        root.draw(&Text::new(text::number(bar.value), (right + 6, middle), style(13.0, HPos::Left)))?;
    }
    root.present()
}
