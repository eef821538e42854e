//! Solves the shipped systems with up to 64 unknowns with every solver for which that takes seconds, three right-hand
//! sides each, and sets the error that was measured against the one that was asked for: a table on standard output, and
//! the picture that the documentation shows.
//!
//! `cargo run --release -p qnewton-tests --example accuracy -- docs/pictures/accuracy.svg`

use plotters::prelude::*;
use qnewton::core::Silent;
use qnewton::matrix::{LinearSystem, SpectrumOptions, smallest_singular_vectors};
use qnewton::pipeline::{CompileOptions, ExecuteOptions, PipelineError, Solver, solve};
use qnewton_tests::{SOLVABLE, root, system};
use std::error::Error;

const SOLVERS: [(Solver, RGBColor); 6] = [
    (Solver::Qsvt, RGBColor(31, 119, 180)),
    (Solver::QsvtPositive, RGBColor(255, 127, 14)),
    (Solver::Shortcut, RGBColor(44, 160, 44)),
    (Solver::Adiabatic, RGBColor(148, 103, 189)),
    (Solver::Cks, RGBColor(127, 127, 127)),
    (Solver::Hhl, RGBColor(214, 39, 40)),
];

/// Executions that are predicted to take longer are left out.
const TIME_LIMIT: f64 = 3.0;

/// A name and the entries.
type RightHandSide = (&'static str, Vec<f64>);

/// The gradient, a random right-hand side, and the smallest left singular vector, whose solution is the largest.
fn right_hand_sides(system: &LinearSystem) -> Result<[RightHandSide; 3], Box<dyn Error>> {
    let gradient = system.rhs.clone().unwrap_or_default();
    // Weyl's sequence: nothing that a matrix would know of.
    let random = (1..=system.dimension()).map(|i| (i as f64 * 0.618_033_988_749_895).fract() - 0.5).collect();
    let (left, _, _) = smallest_singular_vectors(&system.matrix, &SpectrumOptions::default())?;
    Ok([("gradient", gradient), ("random", random), ("smallest singular vector", left)])
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).map_or_else(|| root().join("docs/pictures/accuracy.svg"), Into::into);
    let mut points: Vec<(Solver, f64, f64)> = Vec::new();
    println!("| system | solver | epsilon | largest measured error | right-hand side | queries | seconds |");
    println!("|---|---|---|---|---|---|---|");
    for name in SOLVABLE {
        let base = system(name);
        let sides = right_hand_sides(&base)?;
        for (solver, _) in SOLVERS {
            for exponent in 1..=6 {
                let epsilon = 10f64.powi(-exponent);
                let options = CompileOptions { solver: Some(solver), epsilon, ..CompileOptions::default() };
                let limits = ExecuteOptions { time_limit: TIME_LIMIT, ..ExecuteOptions::default() };
                let mut worst: Option<(f64, &str, u64, f64)> = None;
                let mut reason = None;
                for (side, rhs) in &sides {
                    let system = LinearSystem { rhs: Some(rhs.clone()), ..base.clone() };
                    match solve(&system, &options, &limits, &Silent) {
                        Ok(report) => {
                            let seconds = report.seconds.values().sum();
                            let found =
                                (report.relative_error, *side, report.compiled.solver.queries, seconds);
                            points.push((solver, epsilon, report.relative_error));
                            assert!(report.holds(), "{name} {} {epsilon} {side}", solver.name());
                            if worst.is_none_or(|(error, ..)| found.0 > error) {
                                worst = Some(found);
                            }
                        }
                        Err(PipelineError::NotPositiveDefinite { .. }) => {
                            reason = Some("not definite".into())
                        }
                        Err(error) => reason = Some(error.to_string()),
                    }
                }
                let solver = solver.name();
                match (worst, reason) {
                    (_, Some(reason)) => println!("| {name} | {solver} | 1e-{exponent} | {reason} | | | |"),
                    (Some((error, side, queries, seconds)), None) => println!(
                        "| {name} | {solver} | 1e-{exponent} | {error:.1e} | {side} | {queries} | {seconds:.2} |"
                    ),
                    (None, None) => {}
                }
            }
        }
    }
    draw(&path, &points)
}

fn draw(path: &std::path::Path, points: &[(Solver, f64, f64)]) -> Result<(), Box<dyn Error>> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (900, 620)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(20)
            .x_label_area_size(50)
            .y_label_area_size(80)
            .build_cartesian_2d((2e-7..0.5f64).log_scale(), (1e-13..1.0f64).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("relative error that was asked for")
            .y_desc("relative error that was measured")
            .x_label_formatter(&|value| format!("{value:.0e}"))
            .y_label_formatter(&|value| format!("{value:.0e}"))
            .label_style(("sans-serif", 15))
            .draw()?;
        chart.draw_series(LineSeries::new([(2e-7, 2e-7), (0.5, 0.5)], BLACK.mix(0.5)))?;
        for (position, (solver, colour)) in SOLVERS.into_iter().enumerate() {
            // Side by side, so that solvers do not hide one another.
            let shift = 10f64.powf(0.1 * (position as f64 - 2.5));
            let mine = points.iter().filter(|(other, ..)| *other == solver);
            chart
                .draw_series(mine.map(|&(_, epsilon, error)| {
                    Circle::new((epsilon * shift, error.max(1e-13)), 3, colour.mix(0.7).filled())
                }))?
                .label(solver.name())
                .legend(move |(x, y)| Circle::new((x + 8, y), 4, colour.filled()));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .background_style(WHITE.mix(0.9))
            .border_style(BLACK.mix(0.3))
            .label_font(("sans-serif", 15))
            .draw()?;
        area.present()?;
    }
    std::fs::write(path, svg)?;
    eprintln!("wrote {}", path.display());
    Ok(())
}
