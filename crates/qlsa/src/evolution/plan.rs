//! The numbers of an inversion by phase estimation of an evolution.

use super::error::EvolutionError;
use super::simulation::{Evolution, evolution};
use crate::polynomial::{PolynomialError, SineInverse, sine_inverse, sine_inverse_order};

/// Evolutions, clock and table for one matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct EvolutionPlan {
    /// alpha of the encoding.
    pub alpha: f64,
    /// The time t, psi = t A.
    pub time: f64,
    /// Qubits of the clock.
    pub clock_qubits: usize,
    /// The polynomial F(psi) close to 1/psi that is applied.
    pub inverse: SineInverse,
    /// The largest modulus of a value of the table: the circuit implements F/normalization.
    pub normalization: f64,
    /// Queries of the matrix, each controlled by one qubit.
    pub queries: u64,
    /// Share of the relative error of x that the polynomial has, as an operator.
    pub polynomial_error: f64,
    /// Share of the relative error of x that the evolutions have: a bound to first order, far above what they do.
    pub evolution_error: f64,
    /// G_k/normalization.
    pub(super) table: Vec<f64>,
    /// One for each lower qubit of the clock.
    pub(super) evolutions: Vec<Evolution>,
}

/// The largest psi of the spectrum: far enough from pi for a short remainder.
const LARGEST_PHASE: f64 = 2.0;
/// The longest table takes some 100 MB.
const CLOCK_LIMIT: usize = 22;
/// The share of the error that the evolutions may have.
const EVOLUTION_SHARE: f64 = 0.25;
/// Evolutions that leak less are not computed: 1 - |P|^2 would be little more than rounding.
const SMALLEST_LEAK: f64 = 1e-8;

impl EvolutionPlan {
    /// For a symmetric matrix with singular values in [`smallest`, `norm`\] in an encoding with this alpha, and a relative
    /// error `epsilon` in (0, 1) of the solution. The clock has the fewest qubits with which all psi are up to 2, and the
    /// time is the shortest that it allows, so that the evolutions together take about (2 alpha/smallest) ln(2/epsilon)
    /// queries and some more for each. Errors below about 2e-7 q^2 norm/smallest for q qubits of the clock are refused.
    pub fn new(alpha: f64, smallest: f64, norm: f64, epsilon: f64) -> Result<Self, EvolutionError> {
        let check = |name, value: f64, valid: bool, accepted| {
            if valid { Ok(()) } else { Err(EvolutionError::OutOfRange { name, value, accepted }) }
        };
        check("smallest", smallest, smallest > 0.0 && smallest <= norm, "(0, norm]")?;
        check("norm", norm, norm <= alpha * (1.0 + 1e-9) && norm.is_finite(), "[smallest, alpha]")?;
        check("epsilon", epsilon, epsilon > 0.0 && epsilon < 1.0, "(0, 1)")?;
        let polynomial_epsilon = (1.0 - EVOLUTION_SHARE) * epsilon;
        let (largest, qubits, inverse, table) = fit(smallest / norm, polynomial_epsilon)?;
        let time = largest / norm;
        let normalization = table.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));

        // An evolution within delta on the signal's |0> leaks at most sqrt(2 delta) to |1>. After m of them the part on |0> is
        // off by m delta and by what leaked and returned, m (m - 1) delta; on |1> there is at most m sqrt(2 delta). The
        // projected operator has the first one twice and the square of the second one.
        let sensitivity = (2 * qubits as u64).pow(2) as f64 * largest * normalization;
        let allowed = EVOLUTION_SHARE * epsilon / sensitivity;
        if allowed < SMALLEST_LEAK {
            let attainable = SMALLEST_LEAK * sensitivity / EVOLUTION_SHARE;
            return Err(PolynomialError::BelowRounding { requested: epsilon, attainable }.into());
        }
        let evolutions = (0..qubits)
            .map(|bit| evolution(alpha * time * 0.5 * 2f64.powi(bit as i32), allowed))
            .collect::<Result<Vec<_>, _>>()?;
        let worst = evolutions.iter().fold(0.0f64, |worst, evolution| worst.max(evolution.error));
        Ok(EvolutionPlan {
            alpha,
            time,
            clock_qubits: qubits + 1,
            normalization,
            queries: 4 * evolutions.iter().map(|evolution| evolution.degree).sum::<u64>(),
            polynomial_error: inverse.error,
            evolution_error: sensitivity * worst,
            inverse,
            table: table.iter().map(|value| (value / normalization).clamp(-1.0, 1.0)).collect(),
            evolutions,
        })
    }

    /// x/||b|| over the projected amplitudes.
    pub fn unit_scale(&self) -> f64 {
        self.time * self.normalization
    }
}

/// The largest psi, the lower qubits of the clock, the polynomial, and its table.
fn fit(ratio: f64, epsilon: f64) -> Result<(f64, usize, SineInverse, Vec<f64>), EvolutionError> {
    for qubits in 1..CLOCK_LIMIT {
        let longest = 2f64.powi(qubits as i32) - 1.0;
        let fits = |largest: f64| sine_inverse_order(largest * ratio, epsilon) <= longest;
        if !fits(LARGEST_PHASE) {
            continue;
        }
        let (mut low, mut high) = (0.0, LARGEST_PHASE);
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if fits(middle) { high = middle } else { low = middle }
        }
        let inverse = sine_inverse(high * ratio, high, epsilon)?;
        if let Some(table) = inverse.table(qubits) {
            return Ok((high, qubits, inverse, table));
        }
    }
    let order = sine_inverse_order(LARGEST_PHASE * ratio, epsilon);
    if !order.is_finite() {
        let limit = 1 << (CLOCK_LIMIT - 1);
        return Err(PolynomialError::DegreeTooHigh { degree: order, limit }.into());
    }
    Err(EvolutionError::Clock { qubits: (order + 1.0).log2().ceil() as usize + 1, limit: CLOCK_LIMIT })
}
