//! `qnewton phases`.

mod angles;
mod convention;
mod targets;

use crate::failure::Failure;
use crate::files::{check_targets, stated};
use crate::options::{OutputOptions, epsilon};
use crate::output::{note, print, print_document};
use crate::plot;
use crate::progress::Interrupt;
use crate::text::{self, Facts};
use angles::Angles;
use clap::{Args, Subcommand, ValueEnum};
use convention::{ConventionName, Converted};
use qnewton::matrix::write_vector;
use qnewton::pipeline::SCHEMA_VERSION;
use qnewton::qlsa::phases::{
    PhaseAlgorithm, PhaseError, PhaseFactors, corner_polynomials, phase_factors, phase_factors_by,
};
use qnewton::qlsa::polynomial::ChebyshevSeries;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Instant;
use targets::{Coefficients, Exponential, Filter, Inverse, Part, Sign};

const EXAMPLES: &str = "\
Examples:
  qnewton phases inverse --kappa 100 --epsilon 1e-2                      show degree and errors
  qnewton phases inverse --kappa 1000 --epsilon 1e-6 -o phases.npy       write d + 1 angles
  qnewton phases sign --gap 0.01 --epsilon 1e-6 --plot sign.svg          draw it
  qnewton phases coefficients c.npy --convention pennylane -o phases.npy

U = e^(i phi_0 Z) W e^(i phi_1 Z) ... W e^(i phi_d Z) with W = exp(i arccos(x) X) has Re <0|U|0> =
P(x) / normalization. The other conventions are in docs/theory/phases.md.";

/// Options of `qnewton phases`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Phases {
    #[command(subcommand)]
    target: Target,
}

/// The function that the polynomial approximates.
#[derive(Debug, Subcommand)]
enum Target {
    /// 1/x for 1/kappa <= |x| <= 1
    #[command(after_help = "\
Examples:
  qnewton phases inverse --kappa 100 --epsilon 1e-2 -o phases.npy
  qnewton phases inverse --kappa 1000 --epsilon 1e-6 --form absolute --plot inverse.svg --json")]
    Inverse(Inverse),
    /// sign(x) for |x| >= gap
    #[command(after_help = "Examples:\n  qnewton phases sign --gap 0.01 --epsilon 1e-6 -o phases.npy")]
    Sign(Sign),
    /// Eigenstate filter: 1 at x = 0, and 0 for |x| >= gap
    #[command(after_help = "Examples:\n  qnewton phases filter --gap 0.01 --epsilon 1e-6 -o phases.npy")]
    Filter(Filter),
    /// exp(-i t x): cos(t x) and sin(t x), one list of phases each, with one normalization
    #[command(after_help = "\
Examples:
  qnewton phases exp --time 20 --epsilon 1e-6 -o exp.npy     writes exp.cosine.npy and exp.sine.npy

exp(-i t x) = normalization (P_cosine(x) - i P_sine(x)), with error at most epsilon.")]
    Exp(Exponential),
    /// A polynomial of even or odd parity, given by its Chebyshev coefficients
    #[command(after_help = "\
Examples:
  qnewton phases coefficients c.npy -o phases.npy                    as it is: |P| must stay below 1
  qnewton phases coefficients c.npy --max-norm 0.9 -o phases.npy     scaled to that maximum")]
    Coefficients(Coefficients),
}

/// What is done with the phases.
#[derive(Debug, Args)]
struct PhaseOptions {
    /// What the angles mean
    #[arg(long, value_name = "NAME", default_value = "wx")]
    convention: ConventionName,
    /// How the angles are computed
    #[arg(long, value_name = "NAME", default_value = "auto")]
    algorithm: AlgorithmName,
    /// Write the angles in radians: NumPy if the name ends in .npy, else MatrixMarket
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the coefficients of T_0 .. T_d of the normalized polynomial, in the same format
    #[arg(long, value_name = "FILE")]
    polynomial: Option<PathBuf>,
    /// Draw the polynomial, its target and its error as SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    show: OutputOptions,
}

/// How phase factors are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AlgorithmName {
    /// The faster one
    Auto,
    /// Newton's method: up to degree 2000, also where max |P| = 1
    Newton,
    /// Completion and inverse non-linear Fourier transform: any degree, max |P| < 1
    InverseTransform,
}

impl AlgorithmName {
    fn find(self, polynomial: &ChebyshevSeries) -> Result<PhaseFactors, PhaseError> {
        match self {
            AlgorithmName::Auto => phase_factors(polynomial),
            AlgorithmName::Newton => phase_factors_by(PhaseAlgorithm::Newton, polynomial),
            AlgorithmName::InverseTransform => phase_factors_by(PhaseAlgorithm::InverseTransform, polynomial),
        }
    }
}

/// The maximum modulus on [-1, 1] that a polynomial is scaled to.
#[derive(Clone, Copy, Debug, Args)]
struct MaxNormOption {
    /// Scale the polynomial to this maximum modulus, between 0 and 1
    #[arg(long, value_name = "M", default_value_t = 0.99, value_parser = epsilon, allow_hyphen_values = true)]
    max_norm: f64,
}

/// The document of `qnewton phases --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    target: &'a str,
    degree: usize,
    normalization: f64,
    max_norm: f64,
    polynomial_error: f64,
    phase_residual: f64,
    seconds: f64,
    convention: &'a str,
    algorithm: &'static str,
    corner_phase: f64,
    form: &'a str,
    output: Option<String>,
    polynomial_file: Option<String>,
    plot_file: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartFields>,
}

/// One of several polynomials of a document.
#[derive(Clone, Serialize)]
struct PartFields {
    part: &'static str,
    degree: usize,
    max_norm: f64,
    polynomial_error: f64,
    phase_residual: f64,
    corner_phase: f64,
    output: Option<String>,
    polynomial_file: Option<String>,
}

/// A polynomial with its phases.
struct Computed {
    part: Part,
    /// P / normalization.
    normalized: ChebyshevSeries,
    max_norm: f64,
    /// In the convention asked for.
    angles: Angles,
    algorithm: PhaseAlgorithm,
    corner_phase: f64,
    residual: f64,
    /// What the angles implement, times the normalization.
    implemented: Option<ChebyshevSeries>,
}

impl Phases {
    pub(crate) fn run(self, interrupt: &Interrupt) -> Result<(), Failure> {
        let start = Instant::now();
        let (name, options, max_norm) = match &self.target {
            Target::Inverse(command) => ("inverse", &command.options, Some(command.max_norm.max_norm)),
            Target::Sign(command) => ("sign", &command.options, Some(command.max_norm.max_norm)),
            Target::Filter(command) => ("filter", &command.options, Some(command.max_norm.max_norm)),
            Target::Exp(command) => ("exp", &command.options, Some(command.max_norm.max_norm)),
            Target::Coefficients(command) => ("coefficients", &command.options, command.max_norm),
        };
        check_targets(options.output.iter().chain(&options.polynomial).chain(&options.plot))?;
        let parts = match &self.target {
            Target::Inverse(command) => command.parts(),
            Target::Sign(command) => command.parts(),
            Target::Filter(command) => command.parts(),
            Target::Exp(command) => command.parts(),
            Target::Coefficients(command) => command.parts(),
        }?;
        let (computed, normalization) = compute(parts, max_norm, options)?;
        let seconds = start.elapsed().as_secs_f64();
        if interrupt.is_set() {
            return Err(Failure::Cancelled);
        }
        for one in &computed {
            if let Some(path) = &options.output {
                one.angles.write(&one.file(path))?;
            }
            if let Some(path) = &options.polynomial {
                write_vector(one.file(path), &full_coefficients(&one.normalized))?;
            }
        }
        if let Some(path) = &options.plot {
            let curves: Vec<_> = computed.iter().filter_map(Computed::curve).collect();
            plot::write(path, &curves, matches!(self.target, Target::Inverse(_)))?;
        }
        show(&document(name, &computed, normalization, seconds, options), options)
    }
}

impl Computed {
    /// The file of this part: `exp.npy` becomes `exp.cosine.npy`.
    fn file(&self, path: &Path) -> PathBuf {
        let Some(part) = self.part.name else { return path.to_owned() };
        match path.extension() {
            Some(extension) => path.with_extension(format!("{part}.{}", extension.to_string_lossy())),
            None => path.with_extension(part),
        }
    }

    fn fields(&self, options: &PhaseOptions) -> PartFields {
        let file = |path: &Option<PathBuf>| path.as_ref().map(|path| stated(&self.file(path)));
        PartFields {
            part: self.part.name.unwrap_or_default(),
            degree: self.normalized.degree(),
            max_norm: self.max_norm,
            polynomial_error: self.part.error,
            phase_residual: self.residual,
            corner_phase: self.corner_phase,
            output: file(&options.output),
            polynomial_file: file(&options.polynomial),
        }
    }

    fn curve(&self) -> Option<plot::Curve<'_>> {
        let implemented = self.implemented.as_ref()?;
        Some(plot::Curve {
            name: self.part.name,
            label: self.part.function.label(),
            error_label: self.part.function.error_label(),
            points: implemented.evaluate_on_grid((4 * implemented.degree()).max(1 << 14)),
            odd: implemented.degree() % 2 == 1,
            target: Box::new(|x| self.part.function.value(x)),
            error: Box::new(|x, value| self.part.function.error(x, value)),
            bound: self.part.error,
        })
    }
}

/// Normalizes the parts together and finds the phases of each.
fn compute(
    parts: Vec<Part>,
    max_norm: Option<f64>,
    options: &PhaseOptions,
) -> Result<(Vec<Computed>, f64), Failure> {
    let norms: Vec<f64> = parts.iter().map(|part| part.series.max_norm().value).collect();
    let largest = norms.iter().copied().fold(0.0, f64::max);
    let normalization = max_norm.map_or(1.0, |max_norm| largest / max_norm);
    if !(normalization > 0.0 && normalization.is_finite()) {
        let message = format!("a polynomial of maximum modulus {largest} cannot be scaled");
        return Err(Failure::with_hint(message, "leave out --max-norm"));
    }
    let computed = parts.into_iter().zip(norms).map(|(part, norm)| {
        let normalized = if max_norm.is_some() {
            part.series.scaled(1.0 / normalization).map_err(Failure::work)?
        } else {
            part.series.clone()
        };
        let factors = options.algorithm.find(&normalized).map_err(phase_failure)?;
        let implemented = match options.plot {
            Some(_) => {
                let corner = corner_polynomials(&factors.angles).map_err(Failure::work)?.0;
                Some(corner.scaled(normalization).map_err(Failure::work)?)
            }
            None => None,
        };
        let Converted { angles, algorithm, corner_phase, residual } =
            options.convention.convert(&normalized, &factors).map_err(phase_failure)?;
        let max_norm = norm / normalization;
        Ok(Computed { part, normalized, max_norm, angles, algorithm, corner_phase, residual, implemented })
    });
    Ok((computed.collect::<Result<_, Failure>>()?, normalization))
}

fn phase_failure(error: PhaseError) -> Failure {
    match error {
        PhaseError::TooLarge { .. } | PhaseError::TooLargeOnCircle { .. } => {
            Failure::with_hint(error, "--max-norm 0.99 scales the polynomial")
        }
        error => Failure::work(error),
    }
}

fn document<'a>(
    target: &'a str,
    computed: &[Computed],
    normalization: f64,
    seconds: f64,
    options: &PhaseOptions,
) -> Document<'a> {
    let parts: Vec<PartFields> = computed.iter().map(|one| one.fields(options)).collect();
    let largest = |figure: fn(&PartFields) -> f64| parts.iter().map(figure).fold(0.0, f64::max);
    let single = match parts.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    Document {
        schema_version: SCHEMA_VERSION,
        target,
        degree: parts.iter().map(|part| part.degree).max().unwrap_or(0),
        normalization,
        max_norm: largest(|part| part.max_norm),
        // Several parts are the real and the imaginary part of one function.
        polynomial_error: parts.iter().map(|part| part.polynomial_error).fold(0.0, f64::hypot),
        phase_residual: largest(|part| part.phase_residual),
        seconds,
        convention: options.convention.name(),
        algorithm: computed.last().map_or("", |one| one.algorithm.name()),
        corner_phase: single.map_or(f64::NAN, |part| part.corner_phase),
        form: computed.first().map_or("absolute", |one| one.part.function.form()),
        output: single.and_then(|part| part.output.clone()),
        polynomial_file: single.and_then(|part| part.polynomial_file.clone()),
        plot_file: options.plot.as_deref().map(stated),
        parts: if single.is_some() { Vec::new() } else { parts },
    }
}

fn show(document: &Document<'_>, options: &PhaseOptions) -> Result<(), Failure> {
    if options.show.json {
        return print_document(document);
    }
    let mut facts = Facts::default();
    facts.add("target", document.target);
    if document.parts.is_empty() {
        facts.add("degree", text::count(document.degree as u64));
    }
    for part in &document.parts {
        facts.add("degree", format!("{} ({})", text::count(part.degree as u64), part.part));
    }
    facts.add("normalization", text::number(document.normalization));
    facts.add("max norm", text::number(document.max_norm));
    let error = text::bound(document.polynomial_error);
    facts.add("error", format!("at most {error} of the polynomial ({})", document.form));
    let residual = text::bound(document.phase_residual);
    facts.add("error", format!("at most {residual} of the phases, before normalization"));
    facts.add("convention", document.convention);
    facts.add("time", text::seconds(document.seconds));
    print(&facts.render())?;
    let several = document.parts.iter().flat_map(|part| part.output.iter().chain(&part.polynomial_file));
    let single = document.output.iter().chain(&document.polynomial_file);
    for file in single.chain(several).chain(&document.plot_file) {
        note(options.show.quiet, &format!("wrote {file}"));
    }
    if options.output.is_none() {
        note(
            options.show.quiet,
            "nothing is kept: -o phases.npy writes the angles, --json prints the figures",
        );
    }
    Ok(())
}

/// The coefficients of T_0, T_1, .. T_d.
fn full_coefficients(series: &ChebyshevSeries) -> Vec<f64> {
    (0..=series.degree()).map(|degree| series.coefficient(degree)).collect()
}
