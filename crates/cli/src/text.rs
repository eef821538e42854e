//! Text for people: numbers, aligned facts, tables.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// Aligned lines `label  value`. A label that repeats the one before it is left out.
#[derive(Debug, Default)]
pub(crate) struct Facts(Vec<(String, String)>);

impl Facts {
    /// Adds a line.
    pub(crate) fn add(&mut self, label: &str, value: impl Into<String>) {
        self.0.push((label.to_string(), value.into()));
    }

    /// The lines.
    pub(crate) fn render(&self) -> String {
        let width = self.0.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        let mut last = "";
        for (label, value) in &self.0 {
            let shown = if label == last { "" } else { label };
            text.push_str(format!("{shown:<width$}  {value}").trim_end());
            text.push('\n');
            last = label;
        }
        text
    }
}

/// A table whose columns after the first `left` are numbers, aligned to the right.
pub(crate) fn table(header: &[&str], left: usize, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for (position, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if position >= left {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if text.is_empty() {
        text.push('\n');
    }
    text
}

/// A number with at most six significant digits.
pub(crate) fn number(value: f64) -> String {
    significant(value, 6)
}

fn significant(value: f64, digits: usize) -> String {
    let magnitude = value.abs();
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    if !(1e-3..1e6).contains(&magnitude) {
        return format!("{value:.*e}", digits.min(5) - 1);
    }
    let decimals = (digits as i32 - 1 - magnitude.log10().floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// A bound or an error, with two significant digits.
pub(crate) fn bound(value: f64) -> String {
    if value == 0.0 { "0".to_string() } else { format!("{value:.1e}") }
}

/// A whole number in groups of three digits.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A span of time, with three significant digits.
pub(crate) fn seconds(value: f64) -> String {
    const UNITS: [(&str, f64); 10] = [
        ("years", 365.25 * 86400.0),
        ("days", 86400.0),
        ("h", 3600.0),
        ("min", 60.0),
        ("s", 1.0),
        ("ms", 1e-3),
        ("us", 1e-6),
        ("ns", 1e-9),
        ("ps", 1e-12),
        ("fs", 1e-15),
    ];
    if !value.is_finite() {
        return "never".to_string();
    }
    // The next smaller unit stays in use up to twice the larger one.
    let unit = UNITS.iter().find(|(_, size)| value >= if *size > 1.0 { 2.0 * size } else { *size });
    let &(name, size) = unit.unwrap_or(&("s", 1.0));
    format!("{} {name}", significant(value / size, 3))
}

/// An amount of memory.
pub(crate) fn bytes(bytes: u128) -> String {
    const UNITS: [&str; 7] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{} {}", number((value * 10.0).round() / 10.0), UNITS[unit])
}

/// The beginning of a vector.
pub(crate) fn head(vector: &[f64], shown: usize) -> String {
    let numbers: Vec<String> = vector.iter().take(shown).map(|&value| number(value)).collect();
    let rest = if vector.len() > shown { format!(" ... ({} in all)", vector.len()) } else { String::new() };
    format!("{}{rest}", numbers.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_not_wrong() {
        let shown: Vec<String> =
            [0.0, 1.0, -0.5, 1234567.0, 999999.0, 0.00012345, 2.0 / 3.0, f64::INFINITY, 100.0]
                .map(number)
                .to_vec();
        assert_eq!(shown, ["0", "1", "-0.5", "1.2346e6", "999999", "1.2345e-4", "0.666667", "inf", "100"]);
        assert_eq!([1, 1000, 20725, 1234567].map(count), ["1", "1 000", "20 725", "1 234 567"]);
        assert_eq!([512, 1 << 30, 16 << 60].map(bytes), ["512 bytes", "1 GiB", "16 EiB"]);
        let times = [1.3e-18, 2e-9, 2e-5, 0.5, 30.0, 119.0, 7200.0, 1e6, 1e9, 2.3e15, f64::INFINITY];
        assert_eq!(
            times.map(seconds).join(", "),
            "1.30e-18 s, 2 ns, 20 us, 500 ms, 30 s, 119 s, 2 h, 11.6 days, 31.7 years, 7.29e7 years, never"
        );
    }

    #[test]
    fn facts_and_tables_are_aligned() {
        let mut facts = Facts::default();
        facts.add("system", "2 unknowns");
        facts.add("system", "norm 1");
        facts.add("n", "2");
        insta::assert_snapshot!(
            facts.render()
                + &table(
                    &["gate", "number"],
                    1,
                    [vec!["u3".to_string(), "12".to_string()], vec!["cx".to_string(), "3".to_string()],]
                )
        );
        assert_eq!(head(&[1.0, 2.0, 3.0], 2), "1 2 ... (3 in all)");
    }
}
