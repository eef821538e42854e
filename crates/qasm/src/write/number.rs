//! Angles as text that reads back as the same `f64`.

use qnewton_circuit::Angle;

/// Appends the shortest decimal that rounds to `value`, always with a decimal point.
pub(super) fn push_number(out: &mut Vec<u8>, value: f64) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format(value).as_bytes();
    match text.iter().position(|&byte| byte == b'e') {
        Some(exponent) if !text.contains(&b'.') => {
            out.extend_from_slice(&text[..exponent]);
            out.extend_from_slice(b".0");
            out.extend_from_slice(&text[exponent..]);
        }
        _ => out.extend_from_slice(text),
    }
}

/// Appends an affine expression in the parameters, e.g. `-0.5*p00 + p01 + 0.25`.
pub(super) fn push_angle(out: &mut Vec<u8>, angle: &Angle, parameters: &[String]) {
    if angle.terms.is_empty() {
        return push_number(out, angle.constant);
    }
    for (position, &(parameter, factor)) in angle.terms.iter().enumerate() {
        let size = if position == 0 {
            if factor < 0.0 {
                out.push(b'-');
            }
            factor.abs()
        } else {
            push_sign(out, factor)
        };
        if size != 1.0 {
            push_number(out, size);
            out.push(b'*');
        }
        out.extend_from_slice(parameters[parameter.index()].as_bytes());
    }
    if angle.constant != 0.0 {
        let size = push_sign(out, angle.constant);
        push_number(out, size);
    }
}

fn push_sign(out: &mut Vec<u8>, value: f64) -> f64 {
    out.extend_from_slice(if value < 0.0 { b" - " } else { b" + " });
    value.abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use qnewton_circuit::ParameterId;

    fn number(value: f64) -> String {
        let mut out = Vec::new();
        push_number(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_have_a_point_and_read_back() {
        assert_eq!(number(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(number(2.0), "2.0");
        assert_eq!(number(-0.0), "-0.0");
        assert_eq!(number(1e-7), "1.0e-7");
        assert_eq!(number(-1e300), "-1.0e+300");
        assert_eq!(number(5e-324).parse(), Ok(5e-324));
    }

    #[test]
    fn affine_angles_read_like_formulas() {
        let parameters = ["p00".to_string(), "p01".to_string()];
        let text = |constant: f64, terms: &[(u32, f64)]| {
            let terms = terms.iter().map(|&(parameter, factor)| (ParameterId(parameter), factor)).collect();
            let mut out = Vec::new();
            push_angle(&mut out, &Angle { constant, terms }, &parameters);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(0.25, &[(0, -0.5), (1, 1.0)]), "-0.5*p00 + p01 + 0.25");
        assert_eq!(text(-1.0, &[(0, 1.0), (1, -1.0)]), "p00 - p01 - 1.0");
        assert_eq!(text(0.0, &[(1, -1.0)]), "-p01");
        assert_eq!(text(0.5, &[]), "0.5");
    }
}
