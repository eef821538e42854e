//! What stands in the boxes.

use crate::angle::Angle;
use crate::definition::Definition;
use crate::ids::BitId;
use crate::operation::{Arguments, Call};
use std::f64::consts::PI;

/// Angles in parentheses, four digits each; nothing for none.
pub(super) fn angles(angles: &[Angle], parameters: &[String]) -> String {
    if angles.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = angles.iter().map(|angle| expression(angle, parameters)).collect();
    format!("({})", shown.join(", "))
}

fn expression(angle: &Angle, parameters: &[String]) -> String {
    let mut text = String::new();
    for (parameter, factor) in &angle.terms {
        let name = parameters.get(parameter.index()).map_or("?", String::as_str);
        let sign = match (*factor < 0.0, text.is_empty()) {
            (true, _) => "-",
            (false, true) => "",
            (false, false) => "+",
        };
        let magnitude = factor.abs();
        let factor = if magnitude == 1.0 { String::new() } else { format!("{} ", number(magnitude)) };
        text.push_str(&format!("{sign}{factor}{name}"));
    }
    if text.is_empty() {
        return number(angle.constant);
    }
    if angle.constant != 0.0 {
        let sign = if angle.constant < 0.0 { "-" } else { "+" };
        text.push_str(&format!("{sign}{}", number(angle.constant.abs())));
    }
    text
}

/// Multiples of pi/16 as such, other numbers with four digits.
fn number(value: f64) -> String {
    let sixteenths = value * 16.0 / PI;
    let whole = sixteenths.round();
    if whole != 0.0 && whole.abs() <= 64.0 && (sixteenths - whole).abs() < 1e-12 * whole.abs() {
        let mut denominator = 16;
        let mut numerator = whole as i64;
        while denominator > 1 && numerator % 2 == 0 {
            (denominator, numerator) = (denominator / 2, numerator / 2);
        }
        let sign = if numerator < 0 { "-" } else { "" };
        let factor = if numerator.abs() == 1 { String::new() } else { numerator.abs().to_string() };
        let divisor = if denominator == 1 { String::new() } else { format!("/{denominator}") };
        return format!("{sign}{factor}pi{divisor}");
    }
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e4).contains(&magnitude) {
        let text = format!("{value:.4}");
        return text.trim_end_matches('0').trim_end_matches('.').to_string();
    }
    format!("{value:.3e}")
}

/// `name(angles)^-1 x repetitions`.
pub(super) fn call(callee: &str, call: &Call, parameters: &[String]) -> String {
    let arguments = match &call.arguments {
        Arguments::Fixed(fixed) => angles(fixed, parameters),
        Arguments::Table(_) => "(table)".to_string(),
    };
    let inverse = if call.inverse { "^-1" } else { "" };
    let repetitions = if call.repetitions == 1 { String::new() } else { format!(" x{}", call.repetitions) };
    format!("{callee}{arguments}{inverse}{repetitions}")
}

/// `c[0]`, or the register's name alone where it is one bit.
pub(super) fn bit(body: &Definition, bit: BitId) -> String {
    let index = bit.index() as u32;
    let holds = |register: &&crate::definition::BitRegister| {
        (register.start..register.start + register.len).contains(&index)
    };
    match body.bit_registers().iter().find(holds) {
        Some(register) if register.len == 1 => register.name.clone(),
        Some(register) => format!("{}[{}]", register.name, index - register.start),
        None => format!("bit {index}"),
    }
}

/// `if c[0], !c[1]: `
pub(super) fn condition(body: &Definition, bits: &[(BitId, bool)]) -> String {
    let shown: Vec<String> = bits
        .iter()
        .map(|&(id, value)| format!("{}{}", if value { "" } else { "!" }, bit(body, id)))
        .collect();
    format!("if {}: ", shown.join(", "))
}
