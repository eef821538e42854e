//! Newton's method for the phase factors of small degrees, at any modulus up to 1 (Dong, Lin, Ni, Wang, arXiv
//! 2307.12468).
//!
//! With phases phi_k = phi_(d-k) the first n = floor(d/2) + 1 of them are the unknowns, and the n equations
//! are Im <0|U(x_j)|0> = P(x_j) at the positive zeros x_j of T_2n, which determine a polynomial of definite
//! parity. <0|U|0> is linear in e^(i phi_k Z), so its derivative by phi_k is <0|U_k i Z V_k|0> where U = U_k
//! V_k is the sequence cut behind that factor; one pass from each end gives all of them in O(d). Where max |P|
//! = 1 the Jacobian is singular at the solution, and the convergence linear instead of quadratic.

use std::f64::consts::PI;

use num_complex::Complex64;
use qnewton_matrix::{Factorization, SparseMatrix};

use super::completion::palindromic_half;
use crate::polynomial::ChebyshevSeries;

/// Steps, halvings included, before the method gives up.
const STEP_LIMIT: usize = 60;

/// The first floor(d/2) + 1 symmetric phases, for the target in the imaginary part, or nothing if the
/// iteration gets nowhere.
pub(crate) fn symmetric_phases(target: &ChebyshevSeries) -> Option<Vec<f64>> {
    let count = target.coefficients().len();
    let degree = target.degree();
    let nodes: Vec<f64> = (0..count).map(|j| (PI * (2 * j + 1) as f64 / (4 * count) as f64).cos()).collect();
    let values: Vec<f64> = nodes.iter().map(|x| target.evaluate(*x)).collect();
    let mismatch = |phases: &[f64]| {
        let difference = nodes.iter().zip(&values).map(|(x, value)| corner(phases, degree, *x) - value);
        difference.fold(0.0, |largest: f64, value| largest.max(value.abs()))
    };
    // The phases of a small polynomial, to first order.
    let mut phases = palindromic_half(target);
    let mut error = mismatch(&phases);
    let mut damping = 1.0;
    let mut step: Option<Vec<f64>> = None;
    for _ in 0..STEP_LIMIT {
        let current = match step.take() {
            Some(step) => step,
            None => newton_step(&phases, degree, &nodes, &values)?,
        };
        let trial: Vec<f64> =
            phases.iter().zip(&current).map(|(phase, change)| phase - damping * change).collect();
        let trial_error = mismatch(&trial);
        if trial_error < error {
            (phases, error, damping) = (trial, trial_error, 1.0);
        } else if error < 1e-14 * count as f64 || damping < 1e-3 {
            // Rounding is all that is left, or no direction helps.
            break;
        } else {
            step = Some(current);
            damping *= 0.5;
        }
    }
    (error < 1e-10).then_some(phases)
}

/// J^-1 (F - P) at the nodes.
fn newton_step(phases: &[f64], degree: usize, nodes: &[f64], values: &[f64]) -> Option<Vec<f64>> {
    let count = nodes.len();
    let mut triplets = Vec::with_capacity(count * count);
    let mut excess = Vec::with_capacity(count);
    for (row, (x, value)) in nodes.iter().zip(values).enumerate() {
        let (corner, gradient) = corner_and_gradient(phases, degree, *x);
        excess.push(corner - value);
        triplets.extend(gradient.into_iter().enumerate().map(|(column, entry)| (row, column, entry)));
    }
    let jacobian = SparseMatrix::from_triplets(count, count, triplets).ok()?;
    let step = Factorization::new(&jacobian).ok()?.solve(&excess);
    step.iter().all(|change| change.is_finite()).then_some(step)
}

/// The row <0| e^(i phi_0 Z) W e^(i phi_1 Z) ... behind each of the first n phases.
fn rows(phases: &[f64], x: f64) -> Vec<[Complex64; 2]> {
    let s = Complex64::new(0.0, ((1.0 - x) * (1.0 + x)).sqrt());
    let mut row = [Complex64::ONE, Complex64::ZERO];
    let mut rows = Vec::with_capacity(phases.len());
    for (index, phase) in phases.iter().enumerate() {
        if index > 0 {
            row = [row[0] * x + row[1] * s, row[0] * s + row[1] * x];
        }
        let turn = Complex64::cis(*phase);
        row = [row[0] * turn, row[1] * turn.conj()];
        rows.push(row);
    }
    rows
}

/// The second half of the sequence, as a column: U = row column. By symmetry it is the transpose of a row.
fn second_half(rows: &[[Complex64; 2]], degree: usize, x: f64) -> [Complex64; 2] {
    let s = Complex64::new(0.0, ((1.0 - x) * (1.0 + x)).sqrt());
    // Factors n .. d mirror factors d - n .. 0, and a W stands before them.
    match (degree + 1).checked_sub(rows.len()) {
        Some(rest) if rest > 0 => {
            let [a, b] = rows[rest - 1];
            [a * x + b * s, a * s + b * x]
        }
        _ => [Complex64::ONE, Complex64::ZERO],
    }
}

/// Im <0|U(x)|0>.
fn corner(phases: &[f64], degree: usize, x: f64) -> f64 {
    let rows = rows(phases, x);
    let [a, b] = rows[rows.len() - 1];
    let [c, d] = second_half(&rows, degree, x);
    (a * c + b * d).im
}

/// Im <0|U(x)|0> and its derivatives by the phases, where one phase moves its mirror image too.
fn corner_and_gradient(phases: &[f64], degree: usize, x: f64) -> (f64, Vec<f64>) {
    let s = Complex64::new(0.0, ((1.0 - x) * (1.0 + x)).sqrt());
    let rows = rows(phases, x);
    let mut column = second_half(&rows, degree, x);
    let [a, b] = rows[rows.len() - 1];
    let corner = (a * column[0] + b * column[1]).im;
    let mut gradient = vec![0.0; phases.len()];
    for index in (0..phases.len()).rev() {
        let [a, b] = rows[index];
        // i Z between the row and the column.
        let derivative = (a * column[0] - b * column[1]).re;
        gradient[index] = if 2 * index == degree { derivative } else { 2.0 * derivative };
        let turn = Complex64::cis(phases[index]);
        let turned = [column[0] * turn, column[1] * turn.conj()];
        column = [turned[0] * x + turned[1] * s, turned[0] * s + turned[1] * x];
    }
    (corner, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_gradient_is_the_derivative(
            phases in prop::collection::vec(-1.0..1.0f64, 1..20),
            odd in any::<bool>(),
            x in -1.0..1.0f64,
            chosen in any::<prop::sample::Index>(),
        ) {
            let degree = 2 * (phases.len() - 1) + usize::from(odd);
            let k = chosen.index(phases.len());
            let (value, gradient) = corner_and_gradient(&phases, degree, x);
            prop_assert!((value - corner(&phases, degree, x)).abs() < 1e-14);
            let moved = |change: f64| {
                let mut moved = phases.clone();
                moved[k] += change;
                corner(&moved, degree, x)
            };
            prop_assert!(((moved(1e-5) - moved(-1e-5)) / 2e-5 - gradient[k]).abs() < 1e-8);
        }
    }
}
