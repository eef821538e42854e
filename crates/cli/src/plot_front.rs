//! A Pareto front of seconds and cosines among all that was tried, as SVG.

use crate::failure::Failure;
use plotters::prelude::*;
use qnewton::matrix::write_atomically;
use std::path::Path;

const SIZE: (u32, u32) = (860, 560);
const TRIED: RGBColor = RGBColor(170, 170, 170);
const FRONT: RGBColor = RGBColor(31, 119, 180);
const BEST: RGBColor = RGBColor(214, 39, 40);

/// One thing that was tried.
pub(crate) struct Point {
    /// Finite, not negative.
    pub(crate) seconds: f64,
    pub(crate) cosine: f64,
    pub(crate) on_front: bool,
    pub(crate) best: bool,
}

/// Draws the points: the front is joined by lines, the best one has a ring.
pub(crate) fn write(path: &Path, title: &str, points: &[Point]) -> Result<(), Failure> {
    let mut svg = String::new();
    draw(&mut svg, title, points)
        .map_err(|error| Failure::work(format!("cannot draw {}: {error}", path.display())))?;
    Ok(write_atomically(path, |writer| writer.write_all(svg.as_bytes()))?)
}

fn draw(svg: &mut String, title: &str, points: &[Point]) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let place = |point: &Point| (point.seconds.max(f64::MIN_POSITIVE).log10(), point.cosine);
    let extent = |values: &mut dyn Iterator<Item = f64>, margin: f64| {
        let (low, high) = values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low <= high { low - margin..high + margin } else { 0.0..1.0 }
    };
    let across = extent(&mut points.iter().map(|point| place(point).0), 0.2);
    let upwards = extent(&mut points.iter().map(|point| point.cosine), 0.03);
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 17))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(across, upwards)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(7)
        .x_label_formatter(&|exponent| format!("{:.1e} s", 10f64.powf(*exponent)))
        .x_desc("predicted time")
        .y_desc("cosine to the reference step")
        .draw()?;
    let mut front: Vec<(f64, f64)> = points.iter().filter(|point| point.on_front).map(place).collect();
    front.sort_by(|one, other| one.0.total_cmp(&other.0));
    chart.draw_series(points.iter().map(|point| Circle::new(place(point), 3, TRIED.filled())))?;
    chart.draw_series(LineSeries::new(front.iter().copied(), FRONT.stroke_width(2)))?;
    chart.draw_series(front.into_iter().map(|place| Circle::new(place, 4, FRONT.filled())))?;
    let best = points.iter().filter(|point| point.best);
    chart.draw_series(best.map(|point| Circle::new(place(point), 7, BEST.stroke_width(2))))?;
    root.present()
}
