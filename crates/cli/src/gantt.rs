//! Gantt charts of timelines, as SVG or inside a web page. Every bar says what it is when the pointer rests on it.

use crate::failure::Failure;
use crate::text;
use qnewton::matrix::write_atomically;
use qnewton::scheduler::{Placement, Solver, Timeline};
use std::fmt::Write;
use std::path::Path;

const LEFT: f64 = 110.0;
const ACROSS: f64 = 900.0;
const RIGHT: f64 = 40.0;
const TOP: f64 = 62.0;
const ROW: f64 = 24.0;
const CHARACTER: f64 = 6.2;
/// Batches of more jobs are drawn by how busy machines are.
const MOST_BARS: usize = 400;
/// More machines of a kind share rows.
const MOST_ROWS: usize = 32;
/// Columns of a row that shows how busy machines are.
const COLUMNS: usize = 225;
const KINDS: [(Solver, &str, &str); 2] =
    [(Solver::Classical, "worker", "#1f77b4"), (Solver::Quantum, "device", "#d62728")];

/// Draws the timeline of systems with these names: a web page if the file is called `.html` or `.htm`, else an SVG.
pub(crate) fn write(path: &Path, timeline: &Timeline, names: &[&str]) -> Result<(), Failure> {
    let svg = drawn(timeline, names);
    let page = path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("html") || extension.eq_ignore_ascii_case("htm")
    });
    let content = if page {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Timeline</title></head>\n\
             <body>\n{svg}</body>\n</html>\n"
        )
    } else {
        svg
    };
    Ok(write_atomically(path, |writer| writer.write_all(content.as_bytes()))?)
}

/// A row of the chart: machines of one kind, from the first to the one before the last, and what they do.
struct Row<'a> {
    kind: usize,
    machines: std::ops::Range<usize>,
    placements: Vec<&'a Placement>,
}

impl Row<'_> {
    fn label(&self) -> String {
        let std::ops::Range { start, end } = self.machines;
        let name = KINDS[self.kind].1;
        if end - start == 1 { format!("{name} {start}") } else { format!("{name}s {start}-{}", end - 1) }
    }
}

fn rows(timeline: &Timeline) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (kind, &(solver, ..)) in KINDS.iter().enumerate() {
        let on_kind = || timeline.placements.iter().filter(|placement| placement.kind == solver);
        let machines = on_kind().map(|placement| placement.machine + 1).max().unwrap_or(0);
        let shared = machines.div_ceil(MOST_ROWS).max(1);
        let first = rows.len();
        rows.extend((0..machines).step_by(shared).map(|start| Row {
            kind,
            machines: start..machines.min(start + shared),
            placements: Vec::new(),
        }));
        for placement in on_kind() {
            rows[first + placement.machine / shared].placements.push(placement);
        }
    }
    rows
}

fn drawn(timeline: &Timeline, names: &[&str]) -> String {
    let rows = rows(timeline);
    let bars = timeline.placements.len() <= MOST_BARS && rows.iter().all(|row| row.machines.len() == 1);
    let per_second = if timeline.makespan > 0.0 { ACROSS / timeline.makespan } else { 0.0 };
    let bottom = TOP + ROW * rows.len() as f64;
    let (width, height) = (LEFT + ACROSS + RIGHT, bottom + 34.0);
    let heading = format!(
        "{} systems, done after {}; lower bound {}{}",
        timeline.placements.len(),
        text::seconds(timeline.makespan),
        text::seconds(timeline.lower_bound),
        if bars { "" } else { "; darker: busier" }
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{heading}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"15\">{heading}</text>\n"
    );
    for tick in 0..=4 {
        let (x, time) = (LEFT + ACROSS * f64::from(tick) / 4.0, timeline.makespan * f64::from(tick) / 4.0);
        let label = if tick == 0 { "0".to_string() } else { text::seconds(time) };
        // Writing to a string does not fail.
        let _ = writeln!(
            svg,
            "<line x1=\"{x}\" y1=\"{TOP}\" x2=\"{x}\" y2=\"{bottom}\" stroke=\"#ccc\"/>\
             <text x=\"{x}\" y=\"{:.0}\" text-anchor=\"middle\">{label}</text>",
            bottom + 18.0
        );
    }
    let mut legend = LEFT;
    for (kind, &(_, name, colour)) in KINDS.iter().enumerate() {
        if rows.iter().any(|row| row.kind == kind) {
            let long = ["classical", "quantum"][kind];
            let _ = writeln!(
                svg,
                "<rect x=\"{legend}\" y=\"38\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\
                 <text x=\"{}\" y=\"48\">{long} {name}s</text>",
                legend + 18.0
            );
            legend += 150.0;
        }
    }
    for (position, row) in rows.iter().enumerate() {
        let top = TOP + ROW * position as f64;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            top + 16.0,
            row.label()
        );
        if bars {
            draw_bars(&mut svg, row, names, top, per_second);
        } else {
            draw_shades(&mut svg, row, timeline.makespan, top);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// One bar for each job, with its name where there is room.
fn draw_bars(svg: &mut String, row: &Row<'_>, names: &[&str], top: f64, per_second: f64) {
    for placement in &row.placements {
        let name = escaped(names.get(placement.job).copied().unwrap_or_default());
        let (x, width) =
            (LEFT + placement.start * per_second, (placement.end - placement.start) * per_second);
        let _ = writeln!(
            svg,
            "<g><title>{name}: {} to {}, {}</title><rect x=\"{x:.2}\" y=\"{:.0}\" width=\"{:.2}\" height=\"{:.0}\" \
             fill=\"{}\" stroke=\"white\" stroke-width=\"0.5\"/>",
            text::seconds(placement.start),
            text::seconds(placement.end),
            row.label(),
            top + 3.0,
            width.max(0.5),
            ROW - 6.0,
            KINDS[row.kind].2,
        );
        if name.chars().count() as f64 * CHARACTER + 6.0 < width {
            let _ = writeln!(
                svg,
                "<text x=\"{:.2}\" y=\"{:.0}\" fill=\"white\" font-size=\"11\" pointer-events=\"none\">{name}</text>",
                x + 3.0,
                top + 16.0
            );
        }
        svg.push_str("</g>\n");
    }
}

/// The share of the time for which the machines of the row are busy, column by column, as shades.
fn draw_shades(svg: &mut String, row: &Row<'_>, makespan: f64, top: f64) {
    let column = makespan / COLUMNS as f64;
    let mut busy = vec![0.0; COLUMNS];
    let mut jobs = vec![0_usize; COLUMNS];
    for placement in &row.placements {
        // Casts of floats saturate.
        let first = ((placement.start / column) as usize).min(COLUMNS - 1);
        let last = ((placement.end / column) as usize).min(COLUMNS - 1);
        for index in first..=last {
            let (start, end) = (index as f64 * column, (index + 1) as f64 * column);
            busy[index] += (placement.end.min(end) - placement.start.max(start)).max(0.0);
            jobs[index] += 1;
        }
    }
    for (index, (busy, jobs)) in busy.into_iter().zip(jobs).enumerate() {
        let share = (busy / (column * row.machines.len() as f64)).min(1.0);
        if jobs == 0 || share.is_nan() {
            continue;
        }
        let _ = writeln!(
            svg,
            "<g><title>{}, {} to {}: {jobs} systems, {:.0} % busy</title><rect x=\"{:.1}\" y=\"{:.0}\" \
             width=\"{:.1}\" height=\"{:.0}\" fill=\"{}\" fill-opacity=\"{:.2}\"/></g>",
            row.label(),
            text::seconds(index as f64 * column),
            text::seconds((index + 1) as f64 * column),
            100.0 * share,
            LEFT + ACROSS * index as f64 / COLUMNS as f64,
            top + 3.0,
            ACROSS / COLUMNS as f64,
            ROW - 6.0,
            KINDS[row.kind].2,
            0.08 + 0.92 * share,
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use qnewton::scheduler::{Job, Machines, TimelineOptions, timeline};

    fn example(jobs: usize, machines: Machines) -> String {
        let batch: Vec<Job> = (0..jobs)
            .map(|job| Job {
                release: 0.0,
                classical: 1.0 + (job % 7) as f64,
                quantum: 1.0 + (job % 5) as f64,
                classical_movement: 0.0,
                quantum_movement: 0.25,
            })
            .collect();
        let found = timeline(&batch, machines, &TimelineOptions::default()).unwrap();
        drawn(&found, &vec!["<A>.mtx"; jobs])
    }

    #[test]
    fn few_jobs_are_bars_with_their_names() {
        let svg = example(5, Machines { classical: 2, quantum: 1 });
        assert_eq!(svg.matches("<title>&lt;A&gt;.mtx: ").count(), 5);
        assert!(!svg.contains("<A>"));
        for label in [">worker 0<", ">worker 1<", ">device 0<", "classical workers", "quantum devices"] {
            assert!(svg.contains(label), "{label}");
        }
    }

    #[test]
    fn many_jobs_and_machines_are_shades_of_a_bounded_number() {
        let svg = example(3000, Machines { classical: 100, quantum: 40 });
        assert!(svg.contains("workers 0-3") && svg.contains("devices 0-1") && svg.contains("% busy"));
        assert!(!svg.contains(".mtx"));
        assert!(svg.len() < 64 * COLUMNS * 300);
    }
}
