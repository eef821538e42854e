//! Options that several commands share, and how their values are read.

use crate::failure::Failure;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use qnewton::circuit::Basis;
use qnewton::encoding::Method;
use qnewton::matrix::{PruneRule, SystemError};
use qnewton::pipeline::{Amplification, EncodingChoice, NormEstimate, Solver};
use qnewton::qasm::{Dialect, Style, WriteError};
use qnewton::{CompileOptions, ExecuteOptions, LinearSystem, Preparation};
use std::path::Path;

/// How results are shown.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OutputOptions {
    /// Print one JSON document on standard output and nothing else there
    #[arg(long)]
    pub(crate) json: bool,
    /// Show no progress and no notes
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// What is done to a matrix before it is compiled.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PreparationOptions {
    /// Add F times the largest magnitude of the matrix to its diagonal
    #[arg(long, value_name = "F", default_value_t = 0.0, value_parser = non_negative, allow_hyphen_values = true)]
    pub(crate) damping: f64,
    /// Keep at most K entries per row, the largest first
    #[arg(long, value_name = "K", value_parser = at_least_one, allow_hyphen_values = true)]
    pub(crate) prune: Option<usize>,
    /// Which entries `--prune` keeps
    #[arg(long, value_name = "RULE", default_value = "symmetric", requires = "prune", value_parser = prune_rule_parser())]
    pub(crate) prune_rule: PruneRule,
    /// Solve (S A S) y = S b, x = S y, where S A S has a diagonal of +-1: often better conditioned
    #[arg(long)]
    pub(crate) jacobi: bool,
}

impl From<PreparationOptions> for Preparation {
    fn from(options: PreparationOptions) -> Self {
        let PreparationOptions { damping, prune, prune_rule, jacobi } = options;
        Preparation { damping, prune, prune_rule, jacobi }
    }
}

/// Whether a file holds the matrix or gradients of it.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct GramOptions {
    /// The file holds per-sample gradients G, B x N: the matrix is (1/B) G^T G + LAMBDA I, and b has length N
    #[arg(long, conflicts_with_all = ["damping", "prune", "jacobi"])]
    gram: bool,
    /// With --gram: the multiple of the identity that is added, at least 0
    #[arg(
        long,
        value_name = "LAMBDA",
        default_value_t = 0.0,
        requires = "gram",
        value_parser = non_negative,
        allow_hyphen_values = true
    )]
    shift: f64,
}

impl GramOptions {
    /// The system of a file, without a right-hand side.
    pub(crate) fn load(
        self,
        path: &Path,
        preparation: PreparationOptions,
    ) -> Result<LinearSystem, SystemError> {
        if self.gram {
            return LinearSystem::load_gram(path, None, self.shift);
        }
        LinearSystem::load(path, None, &preparation.into())
    }
}

/// How a matrix is encoded.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct EncodingOptions {
    /// The block encoding; `auto` takes the cheapest that applies
    #[arg(long, value_name = "METHOD", default_value = "auto", value_parser = encoding_parser())]
    pub(crate) encoding: Encoding,
    /// Allowed error of the block encoding in units of ||A||, operator norm: methods that can trade it for gates do
    #[arg(long, value_name = "E", default_value_t = 0.0, value_parser = non_negative, allow_hyphen_values = true)]
    pub(crate) encoding_error: f64,
    /// Let `auto` take methods that need eigenvectors or singular vectors of A, which a solver would not have
    #[arg(long)]
    pub(crate) allow_spectral: bool,
    /// The gates of the circuit: `u3,cx` or `rz,sx,x,cx`
    #[arg(long, value_name = "GATES", default_value = "u3,cx", value_parser = basis)]
    pub(crate) basis: Basis,
}

/// Whether the block encoding is executed.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct CertificateOptions {
    /// Execute the block encoding for its certificate whatever its size
    #[arg(long)]
    pub(crate) verify: bool,
}

/// A block-encoding method or the choice among them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoding(pub(crate) Option<Method>);

impl EncodingOptions {
    /// The library's choice of an encoding.
    pub(crate) fn choice(self) -> EncodingChoice {
        EncodingChoice {
            method: self.encoding.0,
            relative_error: self.encoding_error,
            allow_spectral: self.allow_spectral,
        }
    }
}

/// The accuracy that is promised.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AccuracyOptions {
    /// Largest accepted relative error of x, between 0 and 1
    #[arg(long, value_name = "E", default_value_t = 1e-2, value_parser = epsilon, allow_hyphen_values = true)]
    pub(crate) epsilon: f64,
}

/// The algorithm.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SolverOptions {
    /// The linear-system algorithm; `auto` takes the one with the fewest expected `cx`
    #[arg(long, value_name = "NAME", default_value = "auto", value_parser = solver_parser())]
    pub(crate) solver: SolverName,
    /// Where `shortcut` gets the estimate of the norm of the solution that it needs
    #[arg(long, value_name = "SOURCE", default_value = "classical", value_parser = norm_estimate_parser())]
    pub(crate) norm_estimate: NormEstimate,
}

/// How often a circuit succeeds.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AmplificationOptions {
    /// How the success probability is raised; the promise stays the same
    #[arg(long, value_name = "HOW", default_value = "none", value_parser = amplification_parser())]
    pub(crate) amplification: Amplification,
}

/// What is known of the matrix.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct SpectrumOptions {
    /// A bound of the condition number to make polynomials for, in place of the computed one; refused if it is smaller
    #[arg(long, value_name = "K", value_parser = condition_number, allow_hyphen_values = true)]
    pub(crate) condition_number: Option<f64>,
}

/// What is solved for classically.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct DeflationOptions {
    /// Solve for K eigenpairs of smallest magnitude classically, the circuit for the rest: its condition number is that of
    /// the other eigenvalues. A must be symmetric
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub(crate) deflate: usize,
}

/// An algorithm or the choice among them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SolverName(pub(crate) Option<Solver>);

/// How OpenQASM is written.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct StyleOptions {
    /// The form of the file; without it the first that the dialect takes: `hierarchical`, or else `flat`
    #[arg(long, value_name = "STYLE", value_parser = style_parser())]
    style: Option<StyleName>,
    /// The tool that the file is for: its gates, its statements, and what it means by them
    #[arg(long, value_name = "TOOL", default_value = "openqasm3", value_parser = dialect_parser())]
    dialect: DialectName,
}

/// A style.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StyleName(Style);

/// A dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DialectName(pub(crate) Dialect);

impl StyleOptions {
    /// The style and the dialect, if they go together.
    pub(crate) fn checked(self) -> Result<(Style, Dialect), Failure> {
        let dialect = self.dialect.0;
        Ok((checked_style(self.style, dialect)?, dialect))
    }
}

/// The style that is asked for, if the dialect takes it; without one its default.
pub(crate) fn checked_style(style: Option<StyleName>, dialect: Dialect) -> Result<Style, Failure> {
    match style {
        None => Ok(dialect.default_style()),
        Some(StyleName(style)) if dialect.styles().contains(&style) => Ok(style),
        Some(StyleName(style)) => Err(Failure::usage(WriteError::Style { dialect, style })),
    }
}

/// How long executions may take.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct TimeOptions {
    /// Refuse executions that are predicted to take longer
    #[arg(long, value_name = "SECONDS", default_value_t = 600.0, value_parser = positive, allow_hyphen_values = true)]
    pub(crate) time_limit: f64,
}

impl From<TimeOptions> for ExecuteOptions {
    fn from(options: TimeOptions) -> Self {
        ExecuteOptions { time_limit: options.time_limit, ..ExecuteOptions::default() }
    }
}

/// How circuits are executed.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ExecutionOptions {
    #[command(flatten)]
    time: TimeOptions,
    /// Execute every operation as it stands, in a pass of its own: no gates joined, no definitions as matrices
    #[arg(long)]
    exact_gates: bool,
    /// Threads of an execution; all processors if absent. Results do not depend on it
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    threads: Option<usize>,
}

impl From<ExecutionOptions> for ExecuteOptions {
    fn from(options: ExecutionOptions) -> Self {
        let ExecutionOptions { time, exact_gates, threads } = options;
        ExecuteOptions { exact_gates, threads, ..time.into() }
    }
}

/// The library's options of a compilation.
pub(crate) fn compile_options(
    solver: SolverOptions,
    encoding: EncodingOptions,
    accuracy: AccuracyOptions,
    certificate: CertificateOptions,
    spectrum: SpectrumOptions,
    deflation: DeflationOptions,
) -> CompileOptions {
    CompileOptions {
        epsilon: accuracy.epsilon,
        solver: solver.solver.0,
        encoding: encoding.choice(),
        basis: encoding.basis,
        verify_encoding: certificate.verify,
        deflate: deflation.deflate,
        condition_number: spectrum.condition_number,
        norm_estimate: solver.norm_estimate,
        amplification: Amplification::None,
        ..CompileOptions::default()
    }
}

/// A number that is finite and above 0.
pub(crate) fn positive(text: &str) -> Result<f64, String> {
    number(text, "a number above 0", |value| value > 0.0 && value.is_finite())
}

fn prune_rule_parser() -> impl TypedValueParser<Value = PruneRule> {
    let values = PruneRule::ALL.map(|rule| {
        PossibleValue::new(rule.name()).help(match rule {
            PruneRule::Symmetric => "entries (i, j) and (j, i) together, the diagonal always",
            PruneRule::Paper => {
                "the largest of each row for itself (arXiv 2405.00252), which breaks symmetry"
            }
        })
    });
    PossibleValuesParser::new(values).try_map(|name| PruneRule::from_name(&name).ok_or("no such rule"))
}

/// A number that is finite and not below 0.
pub(crate) fn non_negative(text: &str) -> Result<f64, String> {
    number(text, "a number that is at least 0", |value| value >= 0.0 && value.is_finite())
}

/// A number that is finite and at least 1.
fn condition_number(text: &str) -> Result<f64, String> {
    number(text, "a number that is at least 1", |value| value >= 1.0 && value.is_finite())
}

/// A whole number above 0.
pub(crate) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("a whole number that is at least 1 is needed".to_string()),
    }
}

/// A number strictly between 0 and 1.
pub(crate) fn epsilon(text: &str) -> Result<f64, String> {
    number(text, "a number between 0 and 1, both excluded,", |value| value > 0.0 && value < 1.0)
}

pub(crate) fn number(text: &str, needed: &str, accepted: impl Fn(f64) -> bool) -> Result<f64, String> {
    text.parse().ok().filter(|&value| accepted(value)).ok_or_else(|| format!("{needed} is needed"))
}

pub(crate) fn basis(text: &str) -> Result<Basis, String> {
    let names: Vec<String> = Basis::ALL.iter().map(|basis| format!("`{}`", basis.name())).collect();
    Basis::from_name(text).ok_or_else(|| format!("accepted are {}", names.join(" and ")))
}

fn encoding_parser() -> impl TypedValueParser<Value = Encoding> {
    let methods =
        Method::ALL.iter().map(|method| PossibleValue::new(method.name()).help(method.description()));
    let automatic = PossibleValue::new("auto").help("the cheapest that applies");
    PossibleValuesParser::new(std::iter::once(automatic).chain(methods))
        .map(|name| Encoding(Method::from_name(&name)))
}

pub(crate) fn style_parser() -> impl TypedValueParser<Value = StyleName> {
    let styles = Style::ALL.iter().map(|style| PossibleValue::new(style.name()).help(style.description()));
    PossibleValuesParser::new(styles).map(|name| StyleName(Style::from_name(&name).unwrap_or_default()))
}

pub(crate) fn dialect_parser() -> impl TypedValueParser<Value = DialectName> {
    let dialects =
        Dialect::ALL.iter().map(|dialect| PossibleValue::new(dialect.name()).help(dialect.description()));
    PossibleValuesParser::new(dialects).map(|name| DialectName(Dialect::from_name(&name).unwrap_or_default()))
}

fn norm_estimate_parser() -> impl TypedValueParser<Value = NormEstimate> {
    let sources =
        NormEstimate::ALL.iter().map(|source| PossibleValue::new(source.name()).help(source.description()));
    PossibleValuesParser::new(sources).map(|name| {
        NormEstimate::ALL.iter().copied().find(|source| source.name() == name).unwrap_or_default()
    })
}

fn amplification_parser() -> impl TypedValueParser<Value = Amplification> {
    let ways = Amplification::ALL.iter().map(|way| PossibleValue::new(way.name()).help(way.description()));
    PossibleValuesParser::new(ways)
        .map(|name| Amplification::ALL.iter().copied().find(|way| way.name() == name).unwrap_or_default())
}

fn solver_parser() -> impl TypedValueParser<Value = SolverName> {
    let solvers =
        Solver::ALL.iter().map(|solver| PossibleValue::new(solver.name()).help(solver.description()));
    let automatic = PossibleValue::new("auto").help("the cheapest that applies");
    PossibleValuesParser::new(std::iter::once(automatic).chain(solvers))
        .map(|name| SolverName(Solver::from_name(&name)))
}
