//! Angles: affine expressions in the parameters of a definition.

use crate::ids::ParameterId;

/// An angle in radians: `constant + sum(factor * parameter)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Angle {
    /// The part that depends on no parameter.
    pub constant: f64,
    /// Parameters with their factors, by increasing parameter, no factor zero.
    pub terms: Vec<(ParameterId, f64)>,
}

impl Angle {
    /// The angle that is `parameter` itself.
    pub fn parameter(parameter: ParameterId) -> Self {
        Angle { constant: 0.0, terms: vec![(parameter, 1.0)] }
    }

    /// The value, if no parameter occurs.
    pub fn literal(&self) -> Option<f64> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The value for given parameters; a parameter that is not given counts as NaN.
    pub fn evaluate(&self, parameters: &[f64]) -> f64 {
        self.terms.iter().fold(self.constant, |sum, &(parameter, factor)| {
            sum + factor * parameters.get(parameter.index()).copied().unwrap_or(f64::NAN)
        })
    }

    /// `factor` times this angle.
    pub fn scaled(&self, factor: f64) -> Self {
        if factor == 0.0 {
            return Angle::default();
        }
        Angle {
            constant: self.constant * factor,
            terms: self.terms.iter().map(|&(parameter, f)| (parameter, f * factor)).collect(),
        }
    }

    /// The sum of this angle and `other`.
    pub fn plus(&self, other: &Angle) -> Self {
        let mut sum = self.clone();
        sum.constant += other.constant;
        for &(parameter, factor) in &other.terms {
            match sum.terms.binary_search_by_key(&parameter, |&(p, _)| p) {
                Ok(position) => {
                    sum.terms[position].1 += factor;
                    if sum.terms[position].1 == 0.0 {
                        sum.terms.remove(position);
                    }
                }
                Err(position) => sum.terms.insert(position, (parameter, factor)),
            }
        }
        sum
    }

    /// The angle after the parameters are replaced by `arguments`; a missing argument counts as NaN.
    pub fn substitute(&self, arguments: &[Angle]) -> Self {
        let mut result = Angle::from(self.constant);
        for &(parameter, factor) in &self.terms {
            match arguments.get(parameter.index()) {
                Some(argument) => result = result.plus(&argument.scaled(factor)),
                None => result.constant = f64::NAN,
            }
        }
        result
    }
}

impl From<f64> for Angle {
    fn from(constant: f64) -> Self {
        Angle { constant, terms: Vec::new() }
    }
}

impl std::ops::Neg for Angle {
    type Output = Angle;
    fn neg(self) -> Angle {
        self.scaled(-1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_scale_and_substitution_agree_with_evaluation() {
        let (p, q) = (Angle::parameter(ParameterId(0)), Angle::parameter(ParameterId(1)));
        let angle = p.scaled(2.0).plus(&q.scaled(-0.5)).plus(&Angle::from(0.25));
        assert_eq!(angle.evaluate(&[1.0, 4.0]), 0.25);
        let arguments = [q.plus(&Angle::from(1.0)), p.clone()];
        assert_eq!(angle.substitute(&arguments).evaluate(&[3.0, 5.0]), angle.evaluate(&[6.0, 3.0]));
        assert_eq!(p.plus(&(-p.clone())), Angle::default());
        assert!(angle.evaluate(&[1.0]).is_nan());
    }
}
