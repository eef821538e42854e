//! LS-FABLE: S-FABLE with the arccosine replaced by its slope, so that every entry of A is one rotation and nothing has
//! to be transformed (Kuklinski, Rempfer, arXiv 2401.04234, section on the lazy variant).
//!
//! With B = H^n A H^n as in [`crate::s_fable`] and a slope s, the flag turns by pi - 2 s B, whose Walsh coefficients
//! are pi at mask 0 and -2 s a / N for each entry a: at most nnz + 1 rotations. The flag's amplitude is
//! cos(pi/2 - s B) = sin(s B), and the block that of g sin(s B) / alpha with alpha = N g, g about 1 / s.
//!
//! A complex entry x + i y of s B needs rotations about X as well. With the flag rotated, Rx(2y) and then
//! Ry(pi - 2x) leave sin x cos y + i cos x sin y; with the flag reflected, Rx(y), Ry(pi - 2x), Z, Rx(y) leave
//! sin x + i sin y cos x, and the whole is inverted when y changes sign, as the mirrored entry of a Hermitian matrix
//! does.
//!
//! What alpha results: |sin x - x| <= |x|^3 / 6, so in the Frobenius norm the error is at most s^2 max|B|^2 ||A||_F / 6,
//! and an error epsilon needs alpha = N max|B| sqrt(||A||_F / (6 epsilon)), larger than S-FABLE's by the root. Complex
//! entries have 1/3 in place of 1/6. Up to N = 1024 the error is computed from all entries of B instead, with the
//! factor g that makes it smallest; this allows slopes about twice as large. Up to N = 4096 the sum of all |B|^6 takes
//! the place of max|B|^4 ||A||_F^2, and beyond that max|B| <= min(sum |a| / N, sqrt(||A||_1 ||A||_inf)) is inserted.

use crate::dyadic::exclusive_or_term;
use crate::error::EncodingError;
use crate::fable::SEARCHED_QUBITS;
use crate::fable::threshold::{Entries, Frame, budget};
use crate::lcu::{
    Preparation, Registers, conjugate, is_complex, prepare_terms, projected, rotation, signature,
};
use crate::method::Method;
use crate::s_fable::{Transformed, in_walsh_frame};
use crate::template::{Filled, Template};
use qnewton_circuit::{AngleTable, Axis, Circuit, Gate, QubitId};
use qnewton_matrix::{Scalar, SparseMatrix};
use std::f64::consts::PI;
use std::sync::Arc;

/// An alpha above this multiple of FABLE's, N max|a|, is refused: FABLE needs no more than N^2 rotations for an exact
/// encoding.
const ALPHA_LIMIT: f64 = 1000.0;

/// Masks have two bits for each qubit.
const MASK_QUBITS: usize = 62;

/// Slopes times max|B| up to this are considered; a sine beyond is no line in any sense.
const STEEPEST: f64 = 1.5;

/// Up to 2^this entries of B, the slope is refined with all of them, which takes a dozen passes.
const REFINED_QUBITS: usize = 20;

/// How far the alpha may grow when the rounding at that alpha is taken off the error that is allowed.
const GROWTH: f64 = 1.5;

/// A slope, and what comes of it.
#[derive(Clone, Copy)]
struct Slope {
    /// s, per unit of B / max|a|.
    slope: f64,
    /// g, the same for A.
    factor: f64,
    /// Bound of the error, in units of max|a|.
    error: f64,
}

/// The template for a matrix of dimension 2^n, n >= 1, that is not zero; `error` as in
/// [`crate::EncodingOptions::error`]. What it costs is a bound: equal entries do not matter, zeros do.
pub(crate) fn template_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    error: f64,
) -> Result<Template<S>, EncodingError> {
    let n = matrix.rows().trailing_zeros() as usize;
    if 2 * n > MASK_QUBITS {
        return Err(crate::select::too_large(Method::LsFable, matrix.rows(), 2 * n));
    }
    let complex = is_complex(matrix);
    let slope = slope_for(matrix, hermitian, error)?;
    let tables = Tables::symbolic(1 << (2 * n), matrix.nnz() as u64, complex);
    Ok(Template {
        method: Method::LsFable,
        system_qubits: n,
        projected: projected(),
        alpha: alpha(matrix, slope),
        hermitian,
        spectral: false,
        circuit: circuit(n, tables, hermitian)?,
        fill: Arc::new(move |matrix: &SparseMatrix<S>| {
            if is_complex(matrix) && !complex {
                return Err(EncodingError::Pattern { method: Method::LsFable.name() });
            }
            let slope = slope_for(matrix, hermitian, error)?;
            let tables = Tables::of(matrix, hermitian, complex, slope.slope);
            Ok(Filled {
                circuit: circuit(n, tables, hermitian)?,
                alpha: alpha(matrix, slope),
                truncation: matrix.max_abs() * slope.error,
            })
        }),
    })
}

fn alpha<S: Scalar>(matrix: &SparseMatrix<S>, slope: Slope) -> f64 {
    matrix.rows() as f64 * slope.factor * matrix.max_abs()
}

/// The steepest slope whose error, with the rounding at the alpha that results, is at most `error`.
fn slope_for<S: Scalar>(
    matrix: &SparseMatrix<S>,
    hermitian: bool,
    error: f64,
) -> Result<Slope, EncodingError> {
    let refuse = |reason: String| EncodingError::NotApplicable { method: Method::LsFable.name(), reason };
    if error <= 0.0 {
        return Err(refuse("a linear arccosine is never exact: allow an error".to_string()));
    }
    let (size, scale) = (matrix.rows() as f64, matrix.max_abs());
    let exact = size * scale;
    let too_small =
        || refuse(format!("an error of {error:e} is within the rounding at the alpha that it needs"));
    let within = |alpha: f64| {
        let slope = budget(matrix, error, alpha, size * size)
            .and_then(|budget| steepest(matrix, hermitian, budget / scale));
        slope.ok_or_else(too_small)
    };
    let first = within(exact)?;
    let alpha = GROWTH * size * scale * first.factor;
    if alpha > GROWTH * ALPHA_LIMIT * exact {
        return Err(refuse(format!(
            "an error of {error:e} needs alpha = {:.3e}, more than {ALPHA_LIMIT} times that of `{}`, {exact:.3e}",
            alpha / GROWTH,
            Method::Fable.name(),
        )));
    }
    let slope = within(alpha)?;
    if size * scale * slope.factor > alpha { Err(too_small()) } else { Ok(slope) }
}

/// The steepest slope for an error of `allowed`, all in units of max|a|; `None` if rounding is larger.
fn steepest<S: Scalar>(matrix: &SparseMatrix<S>, hermitian: bool, allowed: f64) -> Option<Slope> {
    let n = matrix.rows().trailing_zeros() as usize;
    let scale = matrix.max_abs();
    let third = if is_complex(matrix) { 1.0 / 3.0 } else { 1.0 / 6.0 };
    if 2 * n <= SEARCHED_QUBITS {
        let transformed = Transformed::of(matrix, hermitian);
        let (largest, sixth) = transformed.largest_and_sum_of_sixth_powers();
        let safe = cubic(third * sixth.sqrt(), STEEPEST / largest, allowed);
        return if 2 * n <= REFINED_QUBITS {
            refined(&transformed, n, hermitian, safe, STEEPEST / largest, allowed)
        } else {
            Some(safe)
        };
    }
    let sum: f64 = matrix.values().iter().map(|value| value.magnitude() / scale).sum();
    let sums = (matrix.max_row_sum() / scale) * (matrix.max_column_sum() / scale);
    let largest = (sum / matrix.rows() as f64).min(sums.sqrt());
    let bend = third * largest * largest * matrix.frobenius_norm() / scale;
    Some(cubic(bend, STEEPEST / largest, allowed))
}

/// The slope for an error of at most bend * slope^2, with 1 / slope for a factor.
fn cubic(bend: f64, limit: f64, allowed: f64) -> Slope {
    let slope = (allowed / bend).sqrt().min(limit);
    Slope { slope, factor: 1.0 / slope, error: bend * slope * slope }
}

/// A steeper one from all entries of B: the error grows with the square of the slope, nearly.
fn refined(
    transformed: &Transformed,
    n: usize,
    hermitian: bool,
    safe: Slope,
    limit: f64,
    allowed: f64,
) -> Option<Slope> {
    let mut best: Option<Slope> = None;
    let mut slope = safe.slope;
    for _ in 0..16 {
        let found = linearised(transformed, n, hermitian, slope, allowed);
        let fits = found.error <= allowed;
        if fits && best.is_none_or(|best| best.slope < slope) {
            best = Some(found);
        }
        if fits && (found.error >= 0.98 * allowed || slope == limit) {
            break;
        }
        let ratio = (0.99 * allowed / found.error.max(f64::MIN_POSITIVE)).sqrt();
        slope = (slope * ratio).min(limit);
    }
    best
}

/// The factor g for which g sin(s B) is nearest to B in the Frobenius norm, and the bound of the difference.
fn linearised(transformed: &Transformed, n: usize, reflect: bool, slope: f64, enough: f64) -> Slope {
    let length = transformed.entries.real.len();
    let is_real = transformed.entries.imaginary.is_none();
    let pair = |index: usize| {
        let entry = transformed.get(index);
        let (x, y) = (slope * entry.re, slope * entry.im);
        let amplitude = if is_real {
            (x.sin(), 0.0)
        } else if reflect {
            (x.sin(), y.sin() * x.cos())
        } else {
            (x.sin() * y.cos(), x.cos() * y.sin())
        };
        (entry, amplitude)
    };
    let (mut product, mut square) = (0.0, 0.0);
    for (entry, (re, im)) in (0..length).map(pair) {
        product += re * entry.re + im * entry.im;
        square += re * re + im * im;
    }
    let factor = product / square;
    let (real, imaginary): (Vec<f64>, Vec<f64>) = (0..length)
        .map(pair)
        .map(|(entry, (re, im))| (factor * re - entry.re, factor * im - entry.im))
        .unzip();
    let difference = Entries { real, imaginary: (!is_real).then_some(imaginary) };
    Slope { slope, factor, error: difference.norm_bound(n, Frame::Walsh, enough) }
}

/// The angles about Y, and those about X if there are complex entries.
struct Tables {
    real: AngleTable,
    imaginary: Option<AngleTable>,
}

impl Tables {
    fn symbolic(length: u64, entries: u64, complex: bool) -> Self {
        let table = |terms| AngleTable::SymbolicWalsh { length, terms };
        Tables { real: table(entries + 1), imaginary: complex.then(|| table(entries)) }
    }

    fn of<S: Scalar>(matrix: &SparseMatrix<S>, reflect: bool, complex: bool, slope: f64) -> Self {
        let n = matrix.rows().trailing_zeros() as usize;
        let unit = slope / (matrix.rows() as f64 * matrix.max_abs());
        let table = |part: &dyn Fn(S) -> f64, factor: f64, constant: f64| {
            let mut terms: Vec<(u64, f64)> = matrix
                .iter()
                .map(|(row, column, value)| {
                    let mask = (row ^ column) as u64 | (row as u64) << n;
                    (mask, if mask == 0 { constant } else { 0.0 } + factor * part(value))
                })
                .filter(|term| term.1 != 0.0)
                .collect();
            terms.sort_unstable_by_key(|term| term.0);
            if constant != 0.0 && terms.first().is_none_or(|term| term.0 != 0) {
                terms.insert(0, (0, constant));
            }
            AngleTable::WalshSparse { length: 1 << (2 * n), coefficients: terms }
        };
        let turns = if reflect { 1.0 } else { 2.0 };
        Tables {
            real: table(&S::real_part, -2.0 * unit, PI),
            imaginary: complex.then(|| table(&S::imaginary_part, turns * unit, 0.0)),
        }
    }
}

/// The circuit for n system qubits.
fn circuit(n: usize, tables: Tables, reflect: bool) -> Result<Circuit, EncodingError> {
    let mut circuit = Circuit::new();
    let real = circuit.add_angles(tables.real);
    let imaginary = tables.imaginary.map(|table| circuit.add_angles(table));
    let outer = prepare_terms(&mut circuit, Preparation::Uniform, n);
    let (mut definition, (system, term, flag)) = signature("apply_terms", n, n);
    let selects: Vec<QubitId> = system.qubits().chain(term.qubits()).collect();
    if let Some(table) = imaginary {
        definition.push_structured(rotation(Axis::X, selects.clone(), flag, table));
    }
    definition.push_structured(rotation(Axis::Y, selects.clone(), flag, real));
    if reflect {
        definition.gate(Gate::Z, &[flag], &[]);
        if let Some(table) = imaginary {
            definition.push_structured(rotation(Axis::X, selects, flag, table));
        }
    }
    exclusive_or_term(&mut circuit, &mut definition, &Registers { system, term, work: None });
    let inner = circuit.add(definition);
    if let Some(outer) = outer {
        conjugate(&mut circuit, outer, inner, n, n);
    }
    Ok(in_walsh_frame(circuit, n)?)
}
