//! Values of unknowns as users state them: real numbers, or complex ones of a system that was solved in its real form.

use crate::text;
use qnewton::matrix::{WriteError, complex_form_of_vector, write_vector};
use serde::{Serialize, Serializer};
use std::path::Path;

/// A solution, or part of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unknowns<'a> {
    values: &'a [f64],
    real_form: bool,
}

impl<'a> Unknowns<'a> {
    /// The values of the system that was solved, which may be the real form of another one.
    pub(crate) fn new(values: &'a [f64], real_form: bool) -> Self {
        Unknowns { values, real_form }
    }

    /// The beginning, for people.
    pub(crate) fn head(&self, shown: usize) -> String {
        if !self.real_form {
            return text::head(self.values, shown);
        }
        let complex = complex_form_of_vector(self.values);
        let numbers: Vec<String> = complex
            .iter()
            .take(shown)
            .map(|value| {
                let sign = if value.im.is_sign_negative() { '-' } else { '+' };
                format!("{}{sign}{}i", text::number(value.re), text::number(value.im.abs()))
            })
            .collect();
        let rest =
            if complex.len() > shown { format!(" ... ({} in all)", complex.len()) } else { String::new() };
        format!("{}{rest}", numbers.join(" "))
    }

    /// Writes them as a vector of either kind.
    pub(crate) fn write(&self, path: &Path) -> Result<(), WriteError> {
        match self.real_form {
            true => write_vector(path, &complex_form_of_vector(self.values)),
            false => write_vector(path, self.values),
        }
    }
}

impl Serialize for Unknowns<'_> {
    /// Numbers, or pairs of real and imaginary part.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.real_form {
            true => self.values.as_chunks::<2>().0.serialize(serializer),
            false => self.values.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_form_is_shown_as_complex_numbers() {
        let values = [1.0, -0.5, 0.25, 0.0, 3.0, 4.0];
        let (real, complex) = (Unknowns::new(&values, false), Unknowns::new(&values, true));
        assert_eq!(real.head(2), "1 -0.5 ... (6 in all)");
        assert_eq!(complex.head(2), "1-0.5i 0.25+0i ... (3 in all)");
        assert_eq!(serde_json::to_string(&complex).unwrap(), "[[1.0,-0.5],[0.25,0.0],[3.0,4.0]]");
        assert_eq!(serde_json::to_string(&real).unwrap(), "[1.0,-0.5,0.25,0.0,3.0,4.0]");
    }
}
