//! Pictures for terminals.

use super::{Item, Mark, Picture};

/// A line per wire and one between wires, in bands of at most `width` characters, at least one column each.
pub fn text(picture: &Picture, width: usize) -> String {
    let mut out = String::new();
    let names = picture.wires.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut columns: Vec<Vec<&Item>> = vec![Vec::new(); picture.columns];
    for item in &picture.items {
        if let Some(column) = columns.get_mut(item.column) {
            column.push(item);
        }
    }
    let widths: Vec<usize> =
        columns.iter().map(|column| column.iter().map(|item| item_width(item)).max().unwrap_or(1)).collect();
    let room = width.saturating_sub(names + 3);
    let mut first = 0;
    loop {
        // A column takes its width and a piece of wire.
        let (mut last, mut used) = (first, 0);
        while last < columns.len() && (last == first || used + widths[last] < room) {
            used += widths[last] + 1;
            last += 1;
        }
        if first > 0 {
            out.push('\n');
        }
        band(picture, &columns[first..last], &widths[first..last], names, &mut out);
        first = last;
        if first >= columns.len() {
            break;
        }
    }
    if picture.omitted > 0 {
        out.push_str(&format!("... and {} operations more\n", picture.omitted));
    }
    for note in &picture.notes {
        out.push_str(&format!("{note}\n"));
    }
    out
}

/// The label between its edges; boxes of several wires number these.
fn item_width(item: &Item) -> usize {
    match item.box_wires() {
        _ if item.barrier => 1,
        0 => 1,
        1 => item.label.chars().count() + 2,
        wires => number_width(wires) + 1 + item.label.chars().count() + 2,
    }
}

fn number_width(wires: usize) -> usize {
    wires.saturating_sub(1).to_string().len()
}

fn band(picture: &Picture, columns: &[Vec<&Item>], widths: &[usize], names: usize, out: &mut String) {
    for (wire, name) in picture.wires.iter().enumerate() {
        let mut line = format!("{name:>names$}: ");
        let mut between = " ".repeat(names + 2);
        for (column, &width) in columns.iter().zip(widths) {
            line.push('─');
            between.push(' ');
            let found = column.iter().find(|item| {
                let (first, last) = item.span();
                (first..=last).contains(&wire)
            });
            match found {
                Some(item) => {
                    line.push_str(&on_wire(item, wire, width));
                    between.push_str(&below_wire(item, wire, width));
                }
                None => {
                    line.push_str(&"─".repeat(width));
                    between.push_str(&" ".repeat(width));
                }
            }
        }
        line.push('─');
        out.push_str(line.trim_end());
        out.push('\n');
        if wire + 1 < picture.wires.len() {
            out.push_str(between.trim_end());
            out.push('\n');
        }
    }
}

/// `text` in the middle of `width` characters.
fn centred(text: &str, width: usize, fill: &str) -> String {
    let length = text.chars().count();
    let left = width.saturating_sub(length) / 2;
    let right = width.saturating_sub(length + left);
    format!("{}{text}{}", fill.repeat(left), fill.repeat(right))
}

fn on_wire(item: &Item, wire: usize, width: usize) -> String {
    let mark = item.marks.iter().find(|(other, _)| *other == wire).map(|(_, mark)| *mark);
    if item.barrier {
        return centred(if mark.is_some() { "░" } else { "─" }, width, "─");
    }
    let within = item.box_span().is_some_and(|(first, last)| (first..=last).contains(&wire));
    match mark {
        Some(Mark::Control { on }) if within => {
            centred(&edges(if on { "●" } else { "○" }, item, false), width, "─")
        }
        Some(Mark::Control { on: true }) => centred("●", width, "─"),
        Some(Mark::Control { on: false }) => centred("○", width, "─"),
        Some(Mark::Swap) => centred("×", width, "─"),
        Some(Mark::Not) => centred("⊕", width, "─"),
        Some(Mark::Box(_)) if item.box_wires() == 1 => centred(&format!("┤{}├", item.label), width, "─"),
        Some(Mark::Box(number)) => centred(&edges(&number.to_string(), item, true), width, "─"),
        // A wire that passes behind.
        None if within => centred(&edges("─", item, false), width, "─"),
        None => centred("┼", width, "─"),
    }
}

/// A box of several wires: the number of the wire, and on the first one the label.
fn edges(number: &str, item: &Item, takes_part: bool) -> String {
    let digits = number_width(item.box_wires());
    let first = takes_part && number == "0";
    let label = if first { item.label.clone() } else { " ".repeat(item.label.chars().count()) };
    let (left, right) = if takes_part { ('┤', '├') } else { ('│', '│') };
    format!("{left}{number:<digits$} {label}{right}")
}

fn below_wire(item: &Item, wire: usize, width: usize) -> String {
    let (_, last) = item.span();
    if wire >= last {
        return " ".repeat(width);
    }
    if item.barrier {
        return centred("░", width, " ");
    }
    if let Some((first, last)) = item.box_span()
        && (first..last).contains(&wire)
    {
        let inner = item_width(item).saturating_sub(2);
        return centred(&format!("│{}│", " ".repeat(inner)), width, " ");
    }
    centred("│", width, " ")
}
