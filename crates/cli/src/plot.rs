//! Pictures of polynomials, their targets and their errors, as SVG.

use crate::failure::Failure;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use qnewton::matrix::write_atomically;
use std::ops::Range;
use std::path::Path;

/// Width and height of a picture.
const SIZE: (u32, u32) = (960, 760);
/// Each curve has this many columns, so that the file stays small at any degree.
const COLUMNS: usize = 600;
/// Smaller errors are drawn here.
const SMALLEST_ERROR: f64 = 1e-17;
const COLOURS: [RGBColor; 2] = [RGBColor(31, 119, 180), RGBColor(214, 39, 40)];
const TARGET_COLOUR: RGBColor = RGBColor(215, 215, 215);

/// A polynomial to draw.
pub(crate) struct Curve<'a> {
    /// What tells it from the other one, if there are two.
    pub(crate) name: Option<&'a str>,
    /// The target as a formula.
    pub(crate) label: String,
    /// The error as a formula.
    pub(crate) error_label: &'a str,
    /// Pairs (x, P(x)), of each x and -x at least one, in any order.
    pub(crate) points: Vec<(f64, f64)>,
    /// Whether P(-x) = -P(x); else P(-x) = P(x).
    pub(crate) odd: bool,
    /// The target, where there is one.
    pub(crate) target: Box<dyn Fn(f64) -> Option<f64> + 'a>,
    /// The error of a value at x, where there is a target.
    pub(crate) error: Box<dyn Fn(f64, f64) -> Option<f64> + 'a>,
    /// What the error is at most.
    pub(crate) bound: f64,
}

/// Draws the curves above and their errors below. `logarithmic`: on decades of x > 0, for functions that grow
/// towards x = 0; else on [-1, 1].
pub(crate) fn write(path: &Path, curves: &[Curve<'_>], logarithmic: bool) -> Result<(), Failure> {
    let mut svg = String::new();
    let sampled: Vec<Sampled> = curves.iter().map(|curve| Sampled::new(curve, logarithmic)).collect();
    draw(&mut svg, curves, &sampled, logarithmic)
        .map_err(|error| Failure::work(format!("cannot draw {}: {error}", path.display())))?;
    Ok(write_atomically(path, |writer| writer.write_all(svg.as_bytes()))?)
}

/// Columns of a curve, left to right; both axes hold decimal logarithms where they are logarithmic.
struct Sampled {
    values: Vec<(f64, f64)>,
    target: Vec<Vec<(f64, f64)>>,
    error: Vec<Vec<(f64, f64)>>,
}

impl Sampled {
    fn new(curve: &Curve<'_>, logarithmic: bool) -> Self {
        let mirror = |(x, value): (f64, f64)| (-x, if curve.odd { -value } else { value });
        let folded = curve.points.iter().map(|&point| if point.0 < 0.0 { mirror(point) } else { point });
        let mut points: Vec<(f64, f64)> = folded.collect();
        if !logarithmic {
            points.extend(points.clone().into_iter().map(mirror));
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let scale = |value: f64| if logarithmic { value.abs().max(f64::MIN_POSITIVE).log10() } else { value };
        let (start, end) = if logarithmic {
            let lowest = points.iter().find(|point| (curve.target)(point.0).is_some());
            // A little of what lies below the target is part of the picture.
            (lowest.map_or(0.1, |point| point.0).log10() - 0.7, 0.0)
        } else {
            (-1.0, 1.0)
        };
        points.retain(|point| scale(point.0) >= start);
        let column_of = |x: f64| ((scale(x) - start) / (end - start) * COLUMNS as f64).floor();
        let (mut values, mut target, mut error) = (Vec::new(), Vec::new(), Vec::new());
        for column in points.chunk_by(|a, b| column_of(a.0) == column_of(b.0)) {
            // Both extremes keep fast oscillations visible.
            let (mut low, mut high) = (column[0], column[0]);
            for &point in column {
                low = if point.1 < low.1 { point } else { low };
                high = if point.1 > high.1 { point } else { high };
            }
            let (first, second) = if low.0 < high.0 { (low, high) } else { (high, low) };
            values.extend([first, second].map(|(x, value)| (scale(x), scale(value))));
            let middle = column[column.len() / 2].0;
            target.push((curve.target)(middle).map(|value| (scale(middle), scale(value))));
            let largest = column.iter().filter_map(|&(x, value)| (curve.error)(x, value)).reduce(f64::max);
            error.push(largest.map(|error| (scale(middle), error.max(SMALLEST_ERROR).log10())));
        }
        Sampled { values, target: pieces(&target), error: pieces(&error) }
    }
}

/// Runs of points without gaps.
fn pieces(points: &[Option<(f64, f64)>]) -> Vec<Vec<(f64, f64)>> {
    points
        .chunk_by(|a, b| a.is_some() == b.is_some())
        .map(|piece| piece.iter().flatten().copied().collect::<Vec<_>>())
        .filter(|piece| !piece.is_empty())
        .collect()
}

type DrawingError = DrawingAreaErrorKind<std::io::Error>;
type Panel<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

fn draw(
    svg: &mut String,
    curves: &[Curve<'_>],
    sampled: &[Sampled],
    logarithmic: bool,
) -> Result<(), DrawingError> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (above, below) = root.split_vertically(SIZE.1 * 56 / 100);
    let places = sampled.iter().flat_map(|one| &one.values).map(|point| point.0);
    let across = if logarithmic { range(places, 0.0, 0.0).start..0.0 } else { -1.0..1.0 };
    // Room above the curves, and below the errors, for the legends.
    let room = 0.16 * curves.len() as f64 + 0.06;
    let values = sampled.iter().flat_map(|one| &one.values).map(|point| point.1);
    let heights = range(values, 0.05, if logarithmic { 0.05 } else { room });
    let axis = Axis::new(&across, logarithmic);
    let mut panel = panel(&above, axis.clone(), Axis::new(&heights, logarithmic), "P(x)")?;
    for ((curve, sampled), colour) in curves.iter().zip(sampled).zip(COLOURS) {
        let name = curve.name.map_or("P".to_string(), |name| format!("P, {name}"));
        // Wide and light below the polynomial, or it would hide the target.
        line(&mut panel, &sampled.target, TARGET_COLOUR.stroke_width(7), &curve.label)?;
        line(&mut panel, std::slice::from_ref(&sampled.values), colour.stroke_width(2), &name)?;
    }
    legend(&mut panel, SeriesLabelPosition::UpperRight)?;

    let bounds = curves.iter().map(|curve| curve.bound).filter(|bound| *bound > 0.0);
    let errors = sampled.iter().flat_map(|one| one.error.iter().flatten()).map(|point| point.1);
    let heights =
        range(errors.chain(bounds.map(|bound| bound.max(SMALLEST_ERROR).log10())), room + 0.1, 0.12);
    let label = curves.first().map_or("error", |curve| curve.error_label);
    let mut panel = self::panel(&below, axis, Axis::new(&heights, true), label)?;
    for ((curve, sampled), colour) in curves.iter().zip(sampled).zip(COLOURS) {
        let name = curve.name.map_or("error".to_string(), |name| format!("error, {name}"));
        line(&mut panel, &sampled.error, colour.stroke_width(1), &name)?;
        // A polynomial that is its own target has no bound to show.
        if curve.bound > 0.0 {
            let height = curve.bound.max(SMALLEST_ERROR).log10();
            level(&mut panel, &across, height, colour, &format!("at most {:.1e}", curve.bound))?;
        }
    }
    legend(&mut panel, SeriesLabelPosition::LowerRight)?;
    root.present()
}

/// An empty panel with its grid.
fn panel<'a, 'b>(
    area: &'a DrawingArea<SVGBackend<'b>, Shift>,
    across: Axis,
    upwards: Axis,
    label: &str,
) -> Result<Panel<'a, 'b>, DrawingError> {
    let mut panel = ChartBuilder::on(area)
        .margin(14)
        .x_label_area_size(46)
        .y_label_area_size(82)
        .build_cartesian_2d(across, upwards)?;
    panel
        .configure_mesh()
        .x_labels(9)
        .y_labels(7)
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.12))
        .label_style(("sans-serif", 15))
        .axis_desc_style(("sans-serif", 17))
        .x_desc("x")
        .y_desc(label)
        .draw()?;
    Ok(panel)
}

fn line(
    panel: &mut Panel<'_, '_>,
    pieces: &[Vec<(f64, f64)>],
    style: ShapeStyle,
    label: &str,
) -> Result<(), DrawingError> {
    for (index, piece) in pieces.iter().enumerate() {
        let series = panel.draw_series(LineSeries::new(piece.iter().copied(), style))?;
        if index == 0 {
            series.label(label).legend(move |(x, y)| PathElement::new([(x, y), (x + 26, y)], style));
        }
    }
    Ok(())
}

/// A horizontal dashed line.
fn level(
    panel: &mut Panel<'_, '_>,
    across: &Range<f64>,
    height: f64,
    colour: RGBColor,
    label: &str,
) -> Result<(), DrawingError> {
    let style = colour.stroke_width(2);
    let ends = [(across.start, height), (across.end, height)];
    panel
        .draw_series(DashedLineSeries::new(ends, 7, 6, style))?
        .label(label)
        .legend(move |(x, y)| DashedPathElement::new([(x, y), (x + 26, y)], 7, 6, style));
    Ok(())
}

fn legend<'b: 'a, 'a>(panel: &mut Panel<'a, 'b>, position: SeriesLabelPosition) -> Result<(), DrawingError> {
    panel
        .configure_series_labels()
        .position(position)
        .margin(12)
        .legend_area_size(34)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 15))
        .draw()
}

/// The range of the values, never empty, with shares of its length added below and above.
fn range(values: impl Iterator<Item = f64>, below: f64, above: f64) -> Range<f64> {
    let finite = values.filter(|value| value.is_finite());
    let (low, high) = finite
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return -1.0..1.0;
    }
    // A constant is drawn in the middle.
    let (low, high) = if high - low > 1e-9 { (low, high) } else { (low - 0.5, high + 0.5) };
    let length = high - low;
    low - below * length..high + above * length
}

/// A linear axis, or one of decimal logarithms with its marks at powers of ten.
#[derive(Clone)]
struct Axis {
    coordinate: RangedCoordf64,
    logarithmic: bool,
}

impl Axis {
    fn new(range: &Range<f64>, logarithmic: bool) -> Self {
        Axis { coordinate: range.clone().into(), logarithmic }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        self.coordinate.map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        let Range { start, end } = self.coordinate.range();
        if !self.logarithmic || end - start < 1.5 {
            return self.coordinate.key_points(hint);
        }
        let step = ((end - start) / hint.max_num_points().max(1) as f64).ceil().max(1.0);
        let first = (start / step).ceil();
        (0..).map(|k| (first + f64::from(k)) * step).take_while(|mark| *mark <= end).collect()
    }

    fn range(&self) -> Range<f64> {
        self.coordinate.range()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        format!("{value}")
    }

    fn format_ext(&self, value: &f64) -> String {
        match (self.logarithmic, value.fract() == 0.0) {
            (true, true) => format!("1e{value}"),
            (true, false) => format!("{:.1e}", 10f64.powf(*value)),
            // The sums that lead to a mark leave rounding errors.
            (false, _) => crate::text::number((value * 1e9).round() / 1e9 + 0.0),
        }
    }
}
