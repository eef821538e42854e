//! Pictures as SVG.

use super::{Item, Mark, Picture};
use std::fmt::Write;

/// Distance of wires, and of columns' edges, in pixels.
const WIRE: f64 = 36.0;
const GAP: f64 = 14.0;
const MARGIN: f64 = 16.0;
/// Width of a character of the font.
const CHARACTER: f64 = 7.3;
/// Half of a box's height.
const HALF: f64 = 13.0;
/// Bands of columns are at most so wide.
const BAND: f64 = 1800.0;

/// A standalone SVG document, black on white, in bands one below the other if the circuit is long.
pub fn svg(picture: &Picture) -> String {
    let mut widths = vec![2.0 * HALF; picture.columns];
    for item in &picture.items {
        if let Some(width) = widths.get_mut(item.column) {
            *width = width.max(item_width(item));
        }
    }
    let names = picture.wires.iter().map(|name| name.chars().count()).max().unwrap_or(0) as f64 * CHARACTER;
    let start = MARGIN + names + GAP;
    let bands = bands(&widths);
    let band_height = picture.wires.len() as f64 * WIRE + MARGIN;
    let mut body = String::new();
    let mut right = start;
    for (number, band) in bands.iter().enumerate() {
        let top = MARGIN + number as f64 * band_height;
        let mut centres = vec![0.0; picture.columns];
        let mut x = start;
        for column in band.clone() {
            centres[column] = x + widths[column] / 2.0;
            x += widths[column] + GAP;
        }
        right = right.max(x);
        let y = |wire: usize| top + (wire as f64 + 0.5) * WIRE;
        for (wire, name) in picture.wires.iter().enumerate() {
            let (y, end) = (y(wire), x);
            let _ = writeln!(
                body,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text><line x1=\"{:.1}\" y1=\"{y:.1}\" \
                 x2=\"{end:.1}\" y2=\"{y:.1}\"/>",
                start - GAP,
                y + 4.0,
                escaped(name),
                start - GAP / 2.0,
            );
        }
        for item in picture.items.iter().filter(|item| band.contains(&item.column)) {
            draw(item, centres[item.column], item_width(item), &y, &mut body);
        }
    }
    let mut height = MARGIN + bands.len().max(1) as f64 * band_height;
    let mut lines = picture.notes.clone();
    if picture.omitted > 0 {
        lines.insert(0, format!("... and {} operations more", picture.omitted));
    }
    for line in &lines {
        let _ = writeln!(body, "<text x=\"{MARGIN}\" y=\"{:.1}\">{}</text>", height, escaped(line));
        right = right.max(MARGIN + line.chars().count() as f64 * CHARACTER);
        height += 18.0;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w:.0}\" height=\"{h:.0}\" viewBox=\"0 0 {w:.0} {h:.0}\" \
         font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"12\" stroke-width=\"1\">\n\
         <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <style>line{{stroke:black}}text{{fill:black;stroke:none}}.box{{fill:white;stroke:black}}\
         .dot{{fill:black;stroke:black}}.ring{{fill:white;stroke:black}}</style>\n{body}</svg>\n",
        w = right + MARGIN,
        h = height + MARGIN,
        title = escaped(&picture.name),
    )
}

/// Ranges of columns that fit into a band each.
fn bands(widths: &[f64]) -> Vec<std::ops::Range<usize>> {
    let mut bands = Vec::new();
    let (mut first, mut used) = (0, 0.0);
    for (column, width) in widths.iter().enumerate() {
        if used + width + GAP > BAND && column > first {
            bands.push(first..column);
            (first, used) = (column, 0.0);
        }
        used += width + GAP;
    }
    if first < widths.len() || bands.is_empty() {
        bands.push(first..widths.len());
    }
    bands
}

fn item_width(item: &Item) -> f64 {
    if item.barrier || item.box_wires() == 0 {
        return 2.0 * HALF;
    }
    let numbers = if item.box_wires() == 1 { 0 } else { item.box_wires().to_string().len() + 1 };
    (item.label.chars().count() + numbers) as f64 * CHARACTER + 12.0
}

fn draw(item: &Item, x: f64, width: f64, y: &dyn Fn(usize) -> f64, out: &mut String) {
    let (first, last) = item.span();
    if item.barrier {
        let (top, bottom) = (y(first) - HALF, y(last) + HALF);
        let _ = writeln!(
            out,
            "<line x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" stroke-dasharray=\"4 3\"/>"
        );
        return;
    }
    if first < last {
        let _ =
            writeln!(out, "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>", y(first), y(last));
    }
    if let Some((top, bottom)) = item.box_span() {
        let (left, above) = (x - width / 2.0, y(top) - HALF);
        let height = y(bottom) - y(top) + 2.0 * HALF;
        let _ = writeln!(
            out,
            "<rect class=\"box\" x=\"{left:.1}\" y=\"{above:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            if item.box_wires() == 1 { x } else { x + CHARACTER },
            (y(top) + y(bottom)) / 2.0 + 4.0,
            escaped(&item.label)
        );
    }
    for &(wire, mark) in &item.marks {
        let y = y(wire);
        let _ = match mark {
            Mark::Control { on } => {
                let class = if on { "dot" } else { "ring" };
                writeln!(out, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>")
            }
            Mark::Not => writeln!(
                out,
                "<circle class=\"ring\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"9\"/><line x1=\"{:.1}\" y1=\"{y:.1}\" \
                 x2=\"{:.1}\" y2=\"{y:.1}\"/><line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>",
                x - 9.0,
                x + 9.0,
                y - 9.0,
                y + 9.0
            ),
            Mark::Swap => writeln!(
                out,
                "<line x1=\"{l:.1}\" y1=\"{t:.1}\" x2=\"{r:.1}\" y2=\"{b:.1}\"/><line x1=\"{l:.1}\" y1=\"{b:.1}\" \
                 x2=\"{r:.1}\" y2=\"{t:.1}\"/>",
                l = x - 5.0,
                r = x + 5.0,
                t = y - 5.0,
                b = y + 5.0
            ),
            Mark::Box(_) if item.box_wires() == 1 => Ok(()),
            Mark::Box(number) => {
                let left = x - width / 2.0 + 4.0;
                writeln!(out, "<text x=\"{left:.1}\" y=\"{:.1}\" opacity=\"0.6\">{number}</text>", y + 4.0)
            }
        };
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
