//! Predicted times against what is varied, on logarithmic scales, as SVG.

use crate::failure::Failure;
use plotters::prelude::*;
use qnewton::matrix::write_atomically;
use qnewton::scheduler::{Axis, SweepPoint};
use std::path::Path;

const SIZE: (u32, u32) = (1100, 820);
const QUANTUM: RGBColor = RGBColor(31, 119, 180);
const CLASSICAL: RGBColor = RGBColor(214, 39, 40);
/// Decades below and above which nothing is drawn.
const DECADES: (f64, f64) = (-40.0, 40.0);

/// Draws a panel for each axis with its present value.
pub(crate) fn write(path: &Path, title: &str, panels: &[(Axis, f64, &[SweepPoint])]) -> Result<(), Failure> {
    let mut svg = String::new();
    draw(&mut svg, title, panels)
        .map_err(|error| Failure::work(format!("cannot draw {}: {error}", path.display())))?;
    Ok(write_atomically(path, |writer| writer.write_all(svg.as_bytes()))?)
}

type DrawingError = DrawingAreaErrorKind<std::io::Error>;

fn draw(svg: &mut String, title: &str, panels: &[(Axis, f64, &[SweepPoint])]) -> Result<(), DrawingError> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let root = root.titled(title, ("sans-serif", 20))?;
    for (area, &(axis, present, points)) in root.split_evenly((2, 2)).iter().zip(panels) {
        let logarithms = |select: fn(&SweepPoint) -> f64| -> Vec<(f64, f64)> {
            let places = points.iter().map(|point| (point.value.log10(), select(point).log10()));
            places.filter(|(_, height)| (DECADES.0..=DECADES.1).contains(height)).collect()
        };
        let (quantum, classical) = (logarithms(|point| point.quantum), logarithms(|point| point.classical));
        let heights = || quantum.iter().chain(&classical).map(|place| place.1);
        let (low, high) =
            (heights().fold(f64::INFINITY, f64::min), heights().fold(f64::NEG_INFINITY, f64::max));
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        let across = first.value.log10()..last.value.log10();
        let upwards = if low < high { low - 1.0..high + 3.0 } else { -1.0..1.0 };
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(64)
            .build_cartesian_2d(across, upwards.clone())?;
        let decades = |value: &f64| format!("1e{value:.0}");
        chart
            .configure_mesh()
            .x_labels(7)
            .y_labels(7)
            .light_line_style(TRANSPARENT)
            .bold_line_style(BLACK.mix(0.12))
            .x_label_formatter(&decades)
            .y_label_formatter(&decades)
            .x_desc(description(axis))
            .y_desc("seconds")
            .label_style(("sans-serif", 13))
            .axis_desc_style(("sans-serif", 15))
            .draw()?;
        for (places, colour, name) in [(quantum, QUANTUM, "quantum"), (classical, CLASSICAL, "classical")] {
            let style = colour.stroke_width(2);
            chart
                .draw_series(LineSeries::new(places, style))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], style));
        }
        let here = present.log10();
        let line = [(here, upwards.start), (here, upwards.end)];
        chart
            .draw_series(LineSeries::new(line, BLACK.mix(0.4).stroke_width(1)))?
            .label("now")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 22, y)], BLACK.mix(0.4)));
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.85))
            .label_font(("sans-serif", 13))
            .draw()?;
    }
    root.present()
}

fn description(axis: Axis) -> &'static str {
    match axis {
        Axis::GateTime => "gate time in seconds",
        Axis::ConditionNumber => "condition number",
        Axis::Unknowns => "unknowns",
        Axis::Epsilon => "relative error",
    }
}
