//! The functions that polynomials are made for, and the options of each.

use super::{MaxNormOption, PhaseOptions};
use crate::failure::Failure;
use crate::options::{epsilon, positive};
use clap::{Args, ValueEnum};
use qnewton::matrix::read_vector;
use qnewton::qlsa::polynomial::{
    Approximation, ChebyshevSeries, InverseForm, PolynomialError, cosine, eigenstate_filter,
    inverse_absolute, inverse_relative, sign, sine,
};
use std::f64::consts::FRAC_1_SQRT_2;
use std::path::PathBuf;

/// More coefficients are refused: the phases would take tens of gigabytes.
const MOST_COEFFICIENTS: usize = (1 << 24) + 1;

/// Options of `qnewton phases inverse`.
#[derive(Debug, Args)]
pub(super) struct Inverse {
    /// Condition number: the polynomial approximates 1/x on [1/K, 1], at least 1
    #[arg(long, value_name = "K", value_parser = kappa, allow_hyphen_values = true)]
    kappa: f64,
    /// Largest accepted error there
    #[arg(long, value_name = "E", value_parser = positive, allow_hyphen_values = true)]
    epsilon: f64,
    /// How the error is measured
    #[arg(long, default_value = "relative")]
    form: Form,
    #[command(flatten)]
    pub(super) max_norm: MaxNormOption,
    #[command(flatten)]
    pub(super) options: PhaseOptions,
}

/// Options of `qnewton phases sign`.
#[derive(Debug, Args)]
pub(super) struct Sign {
    /// The sign is approximated for |x| >= G
    #[arg(long, value_name = "G", value_parser = positive, allow_hyphen_values = true)]
    gap: f64,
    /// Largest accepted error there
    #[arg(long, value_name = "E", value_parser = epsilon, allow_hyphen_values = true)]
    epsilon: f64,
    #[command(flatten)]
    pub(super) max_norm: MaxNormOption,
    #[command(flatten)]
    pub(super) options: PhaseOptions,
}

/// Options of `qnewton phases filter`.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// What lies at |x| >= G is suppressed
    #[arg(long, value_name = "G", value_parser = positive, allow_hyphen_values = true)]
    gap: f64,
    /// Largest accepted modulus there
    #[arg(long, value_name = "E", value_parser = epsilon, allow_hyphen_values = true)]
    epsilon: f64,
    #[command(flatten)]
    pub(super) max_norm: MaxNormOption,
    #[command(flatten)]
    pub(super) options: PhaseOptions,
}

/// Options of `qnewton phases exp`.
#[derive(Debug, Args)]
pub(super) struct Exponential {
    /// The time t, of either sign
    #[arg(long, value_name = "T", value_parser = finite, allow_hyphen_values = true)]
    time: f64,
    /// Largest accepted error on [-1, 1]
    #[arg(long, value_name = "E", value_parser = epsilon, allow_hyphen_values = true)]
    epsilon: f64,
    #[command(flatten)]
    pub(super) max_norm: MaxNormOption,
    #[command(flatten)]
    pub(super) options: PhaseOptions,
}

/// Options of `qnewton phases coefficients`.
#[derive(Debug, Args)]
pub(super) struct Coefficients {
    /// The coefficients of T_0, T_1, T_2, ..., a NumPy array of one dimension or a MatrixMarket vector
    file: PathBuf,
    /// Scale the polynomial to this maximum modulus, between 0 and 1
    #[arg(long, value_name = "M", value_parser = epsilon, allow_hyphen_values = true)]
    pub(super) max_norm: Option<f64>,
    #[command(flatten)]
    pub(super) options: PhaseOptions,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// |1/x - P(x)|
    Absolute,
    /// |1 - x P(x)|
    Relative,
}

/// A polynomial of definite parity and what it approximates.
#[derive(Debug)]
pub(super) struct Part {
    /// What tells it from the other part, if there are two.
    pub(super) name: Option<&'static str>,
    /// P itself, not normalized.
    pub(super) series: ChebyshevSeries,
    /// Upper bound of the error in the measure of the function.
    pub(super) error: f64,
    pub(super) function: Function,
}

/// What a polynomial approximates, and where.
#[derive(Debug)]
pub(super) enum Function {
    Inverse { lowest: f64, form: InverseForm },
    Sign { gap: f64 },
    Filter { gap: f64 },
    Cosine { time: f64 },
    Sine { time: f64 },
    Polynomial(ChebyshevSeries),
}

impl Inverse {
    pub(super) fn parts(&self) -> Result<Vec<Part>, Failure> {
        let lowest = 1.0 / self.kappa;
        let polynomial = match self.form {
            Form::Absolute => inverse_absolute(lowest, self.epsilon),
            Form::Relative => inverse_relative(lowest, self.epsilon),
        }
        .map_err(polynomial_failure)?;
        let function = Function::Inverse { lowest, form: polynomial.form };
        Ok(vec![Part { name: None, series: polynomial.series, error: polynomial.error, function }])
    }
}

impl Sign {
    pub(super) fn parts(&self) -> Result<Vec<Part>, Failure> {
        single(sign(self.gap, self.epsilon), Function::Sign { gap: self.gap })
    }
}

impl Filter {
    pub(super) fn parts(&self) -> Result<Vec<Part>, Failure> {
        single(eigenstate_filter(self.gap, self.epsilon), Function::Filter { gap: self.gap })
    }
}

impl Exponential {
    pub(super) fn parts(&self) -> Result<Vec<Part>, Failure> {
        // Both errors at right angles add up to epsilon.
        let (time, epsilon) = (self.time, FRAC_1_SQRT_2 * self.epsilon);
        let mut parts = single(cosine(time, epsilon), Function::Cosine { time })?;
        parts.extend(single(sine(time, epsilon), Function::Sine { time })?);
        for (part, name) in parts.iter_mut().zip(["cosine", "sine"]) {
            part.name = Some(name);
        }
        Ok(parts)
    }
}

impl Coefficients {
    pub(super) fn parts(&self) -> Result<Vec<Part>, Failure> {
        let in_file = |problem: String| Failure::work(format!("{}: {problem}", self.file.display()));
        let coefficients = read_vector(&self.file).map_err(Failure::work)?;
        if coefficients.len() > MOST_COEFFICIENTS {
            let number = coefficients.len();
            return Err(in_file(format!("{number} coefficients; at most {MOST_COEFFICIENTS} are supported")));
        }
        let series = ChebyshevSeries::from_full(&coefficients).map_err(|error| in_file(error.to_string()))?;
        let function = Function::Polynomial(series.clone());
        Ok(vec![Part { name: None, series, error: 0.0, function }])
    }
}

impl Function {
    /// The value at x, where something is promised about it.
    pub(super) fn value(&self, x: f64) -> Option<f64> {
        match self {
            Function::Inverse { lowest, .. } => (x.abs() >= *lowest).then(|| 1.0 / x),
            Function::Sign { gap } => (x.abs() >= *gap).then(|| x.signum()),
            Function::Filter { gap } => (x.abs() >= *gap).then_some(0.0),
            Function::Cosine { time } => Some((time * x).cos()),
            Function::Sine { time } => Some((time * x).sin()),
            Function::Polynomial(series) => Some(series.evaluate(x)),
        }
    }

    /// The error of the value p at x, in this function's measure.
    pub(super) fn error(&self, x: f64, p: f64) -> Option<f64> {
        let value = self.value(x)?;
        Some(match self {
            Function::Inverse { form: InverseForm::Relative, .. } => (1.0 - x * p).abs(),
            _ => (value - p).abs(),
        })
    }

    /// The measure.
    pub(super) fn form(&self) -> &'static str {
        match self {
            Function::Inverse { form: InverseForm::Relative, .. } => "relative",
            _ => "absolute",
        }
    }

    /// The function as a formula.
    pub(super) fn label(&self) -> String {
        match self {
            Function::Inverse { .. } => "1/x".to_string(),
            Function::Sign { .. } => "sign(x)".to_string(),
            Function::Filter { .. } => "0 outside of the gap".to_string(),
            Function::Cosine { time } => format!("cos({time} x)"),
            Function::Sine { time } => format!("sin({time} x)"),
            Function::Polynomial(_) => "the given polynomial".to_string(),
        }
    }

    /// The error as a formula.
    pub(super) fn error_label(&self) -> &'static str {
        match self {
            Function::Inverse { form: InverseForm::Relative, .. } => "|1 - x P(x)|",
            Function::Inverse { .. } => "|1/x - P(x)|",
            _ => "|P(x) - target|",
        }
    }
}

fn single(
    approximation: Result<Approximation, PolynomialError>,
    function: Function,
) -> Result<Vec<Part>, Failure> {
    let Approximation { series, error } = approximation.map_err(polynomial_failure)?;
    Ok(vec![Part { name: None, series, error, function }])
}

/// Values out of range are wrong usage; what cannot be done for these values is failed work.
fn polynomial_failure(error: PolynomialError) -> Failure {
    match error {
        PolynomialError::OutOfRange { name, value, accepted } => {
            Failure::Usage(format!("--{name} {value} must lie in {accepted}"))
        }
        error => Failure::work(error),
    }
}

fn kappa(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (1.0..f64::INFINITY).contains(&number) => Ok(number),
        _ => Err("a number that is at least 1 is needed".to_string()),
    }
}

fn finite(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| "a number is needed".to_string())
}
