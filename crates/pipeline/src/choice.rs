//! Which block encoding a system gets.

use crate::facts::SystemFacts;
use qnewton_circuit::cost;
use qnewton_encoding::composition::self_inverse;
use qnewton_encoding::{
    BlockEncoding, Candidate, Comparison, EncodingError, EncodingOptions, Method, compare, encode,
    encode_cheapest,
};
use qnewton_matrix::{Scalar, SparseMatrix};
use qnewton_qlsa::polynomial::relative_degree;

/// How the block encoding is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EncodingChoice {
    /// The method; `None` takes the cheapest.
    pub method: Option<Method>,
    /// The allowed error ||alpha <0|U|0> - A|| in units of ||A||: methods that can trade it for gates do. 0 asks for an
    /// encoding that is exact up to rounding.
    pub relative_error: f64,
    /// Whether the automatic choice may take methods that need eigenvectors or singular vectors of A.
    pub allow_spectral: bool,
}

impl EncodingChoice {
    /// The choice of a method, exact.
    pub fn of(method: Method) -> Self {
        EncodingChoice { method: Some(method), ..EncodingChoice::default() }
    }

    /// Options in units of A.
    pub fn options(&self, facts: &SystemFacts) -> EncodingOptions {
        EncodingOptions {
            error: self.relative_error * facts.spectrum.norm,
            allow_spectral: self.allow_spectral,
            self_inverse: false,
        }
    }
}

/// The queries that solving to relative error `epsilon` takes at a subnormalization alpha, the degree of the inversion
/// polynomial at alpha / sigma_min; alpha / ||A|| for a singular matrix, which is as good for comparing.
pub fn queries(facts: &SystemFacts, epsilon: f64) -> impl Fn(f64) -> f64 + use<> {
    let (norm, smallest) = (facts.spectrum.norm, facts.spectrum.smallest);
    let regular = facts.spectrum.condition_number.is_some();
    move |alpha| if regular { relative_degree(smallest / alpha, epsilon) } else { alpha / norm }
}

/// Encodes the padded matrix of a system.
pub fn encode_chosen<S: Scalar>(
    padded: &SparseMatrix<S>,
    facts: &SystemFacts,
    choice: &EncodingChoice,
    epsilon: f64,
) -> Result<BlockEncoding, EncodingError> {
    let options = choice.options(facts);
    match choice.method {
        Some(method) => encode(padded, method, &options),
        None => encode_cheapest(padded, &options, &queries(facts, epsilon)),
    }
}

/// An encoding with U^2 = 1 of a symmetric matrix, for walks; a method whose encodings are not is made so.
pub(crate) fn encode_for_walk(
    padded: &SparseMatrix<f64>,
    facts: &SystemFacts,
    choice: &EncodingChoice,
    queries: &dyn Fn(f64) -> f64,
) -> Result<BlockEncoding, EncodingError> {
    let options = EncodingOptions { self_inverse: true, ..choice.options(facts) };
    match choice.method {
        Some(method) => self_inverse(&encode(padded, method, &options)?),
        None => encode_cheapest(padded, &options, queries),
    }
}

/// The encoding with the fewest `cx` gates in all queries, whose number depends on alpha and on whether U^2 = 1.
pub(crate) fn encode_preferably_hermitian(
    padded: &SparseMatrix<f64>,
    facts: &SystemFacts,
    choice: &EncodingChoice,
    queries: &dyn Fn(f64, bool) -> f64,
) -> Result<BlockEncoding, EncodingError> {
    let options = choice.options(facts);
    if let Some(method) = choice.method {
        return encode(padded, method, &options);
    }
    let any = encode_cheapest(padded, &options, &|alpha| queries(alpha, false))?;
    if !facts.symmetric {
        return Ok(any);
    }
    let options = EncodingOptions { self_inverse: true, ..options };
    let Ok(hermitian) = encode_cheapest(padded, &options, &|alpha| queries(alpha, true)) else {
        return Ok(any);
    };
    let total = |encoding: &BlockEncoding| {
        let gates = cost(&encoding.circuit)?.two_qubit() as f64;
        Ok::<f64, EncodingError>(gates * queries(encoding.alpha, encoding.hermitian))
    };
    Ok(if total(&hermitian)? <= total(&any)? { hermitian } else { any })
}

/// All methods for the padded matrix of a system, the cheapest first.
pub fn compare_encodings<S: Scalar>(
    padded: &SparseMatrix<S>,
    facts: &SystemFacts,
    choice: &EncodingChoice,
    epsilon: f64,
    comparison: Comparison,
) -> Result<Vec<Candidate>, EncodingError> {
    compare(padded, &choice.options(facts), &queries(facts, epsilon), comparison)
}
