//! Linear combination of Chebyshev polynomials by walk steps (Childs, Kothari, Somma, arXiv 1511.02306, section 4).
//!
//! An odd P = sum of c_n T_n becomes a superposition of exponents: a register `power` is prepared with amplitudes
//! +-sqrt|c_n|, selects W^n, and is unprepared with amplitudes sqrt|c_n|, which leaves P(A / alpha) / sum|c_n|. The
//! published unary selection controls every query; folds of one walk ([`crate::walk`]) control none, need no phase
//! factors, and reach all odd n up to the degree d with d queries, ceil(log2((d + 1)/2)) qubits and as many
//! controlled reflections.

use crate::polynomial::ChebyshevSeries;
use crate::solver::SolverCircuit;
use crate::state_preparation::{add_tabulated_preparation, symbolic_amplitudes};
use crate::walk::{Walk, WalkError, WalkSolver, odd_coefficients};
use qnewton_circuit::{AngleTable, Call, Control};
use qnewton_encoding::BlockEncoding;
use std::f64::consts::PI;

/// Calls of the encoding for an odd polynomial of this degree (of the next one, if it is even).
pub fn queries(degree: usize) -> u64 {
    degree as u64 | 1
}

/// Qubits of the register `power` for an odd polynomial of this degree.
pub fn power_qubits(degree: usize) -> usize {
    foldable(degree as u64).checked_ilog2().map_or(0, |position| position as usize + 1)
}

/// The circuit that prepares b and applies an odd polynomial of A / alpha; `normalization` is the sum of the moduli
/// of the coefficients.
///
/// `encoding` must be its own inverse, `rhs` has one real amplitude for each value of `system`; its norm does not matter.
/// Registers: those of the encoding, then `power` (if not empty).
pub fn chebyshev_sum_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    series: &ChebyshevSeries,
) -> Result<WalkSolver, WalkError> {
    let coefficients = odd_coefficients(series)?;
    let degree = series.degree() as u64;
    let normalization: f64 = coefficients.iter().map(|value| value.abs()).sum();
    let (folded, straight) = segments(degree);
    let amplitudes = amplitudes(coefficients, &folded, straight);
    let moduli = amplitudes.iter().map(|value| value.abs()).collect();
    let powers = Powers {
        signed: AngleTable::Dense(amplitudes),
        moduli: AngleTable::Dense(moduli),
        is_negative: coefficients[0] < 0.0,
    };
    let solver = build(Walk::new(encoding, rhs)?, degree, powers);
    Ok(WalkSolver { solver, normalization })
}

/// The circuit of any odd polynomial of a degree (of the next one, if it is even) and any right-hand side, for its cost:
/// tables have lengths only.
pub fn chebyshev_sum_symbolic(encoding: &BlockEncoding, degree: u64) -> Result<SolverCircuit, WalkError> {
    let walk = Walk::tabulated(encoding, symbolic_amplitudes(encoding.system_qubits))?;
    let amplitudes = symbolic_amplitudes(segments(degree).0.len());
    Ok(build(walk, degree, Powers { signed: amplitudes.clone(), moduli: amplitudes, is_negative: false }))
}

/// What the register `power` is prepared with.
struct Powers {
    /// The signed amplitudes and their moduli.
    signed: AngleTable,
    moduli: AngleTable,
    /// Whether the first coefficient is: where it is the only one, there is no register.
    is_negative: bool,
}

fn build(mut walk: Walk, degree: u64, powers: Powers) -> SolverCircuit {
    let (folded, straight) = segments(degree);
    let Powers { signed, moduli, is_negative } = powers;
    let preparations = (!folded.is_empty()).then(|| {
        [("prepare_powers", signed), ("prepare_power_moduli", moduli)].map(|(name, amplitudes)| {
            let name = walk.circuit.fresh_name(name);
            add_tabulated_preparation(&mut walk.circuit, &name, folded.len(), amplitudes)
        })
    });
    let more = [("power", folded.len())];
    let (mut main, power) = walk.definition("main", if folded.is_empty() { &[] } else { &more });
    walk.begin(&mut main);
    match preparations {
        Some([prepare, _]) => main.call(Call::new(prepare, power.iter().copied())),
        None if is_negative => main.global_phase(&PI.into()),
        None => {}
    }
    for (&queries, &qubit) in folded.iter().zip(&power) {
        walk.segment(&mut main, queries);
        walk.controlled_reflection(&mut main, Control { qubit, on: true });
    }
    walk.segment(&mut main, straight);
    if let Some([_, unprepare]) = preparations {
        main.call(Call::new(unprepare, power.iter().copied()).inverted());
    }
    walk.finish(main, degree | 1)
}

/// The queries that may run backwards, (d - 1)/2.
fn foldable(degree: u64) -> u64 {
    degree.saturating_sub(1).div_ceil(2)
}

/// Queries of the segments that may run backwards, such that the sums of their subsets are all numbers up to the sum
/// of all; and the queries of the last segment.
fn segments(degree: u64) -> (Vec<u64>, u64) {
    let mut rest = foldable(degree);
    let straight = rest + 1;
    let mut folded = Vec::new();
    while rest > 0 {
        let queries = rest.min(1 << folded.len());
        folded.push(queries);
        rest -= queries;
    }
    (folded, straight)
}

/// sign(c_n) sqrt|c_n| at the first value of `power` that selects W^n, 0 at others.
fn amplitudes(coefficients: &[f64], folded: &[u64], straight: u64) -> Vec<f64> {
    let mut amplitudes = vec![0.0; 1 << folded.len()];
    let mut placed = vec![false; coefficients.len()];
    for (value, amplitude) in amplitudes.iter_mut().enumerate() {
        let index = exponent(value, folded, straight) / 2;
        if !std::mem::replace(&mut placed[index], true) {
            *amplitude = coefficients[index].signum() * coefficients[index].abs().sqrt();
        }
    }
    amplitudes
}

/// The exponent that a value of `power` selects, odd and between 1 and the degree: a segment has the direction of the
/// next one where its bit is 1.
fn exponent(value: usize, folded: &[u64], straight: u64) -> usize {
    let (mut sum, mut direction) = (straight as i64, 1);
    for (position, &queries) in folded.iter().enumerate().rev() {
        if value >> position & 1 == 0 {
            direction = -direction;
        }
        sum += direction * queries as i64;
    }
    sum.unsigned_abs() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_reach_every_odd_exponent_with_as_many_queries() {
        for degree in (1usize..=301).step_by(2) {
            let (folded, straight) = segments(degree as u64);
            assert_eq!(folded.iter().sum::<u64>() + straight, queries(degree));
            assert_eq!(folded.len(), power_qubits(degree));
            assert_eq!(1 << folded.len(), degree.div_ceil(2).next_power_of_two());
            let mut reached = vec![false; degree.div_ceil(2)];
            for value in 0..1 << folded.len() {
                let exponent = exponent(value, &folded, straight);
                assert!(exponent % 2 == 1 && exponent <= degree);
                reached[exponent / 2] = true;
            }
            assert!(reached.iter().all(|reached| *reached), "{degree}");
        }
    }

    #[test]
    fn all_coefficients_are_placed_once() {
        for degree in [1usize, 3, 5, 7, 9, 21, 33] {
            let coefficients: Vec<f64> =
                (0..=degree / 2).map(|k| (k as f64 + 0.5) * (-1f64).powi(k as i32)).collect();
            let (folded, straight) = segments(degree as u64);
            let amplitudes = amplitudes(&coefficients, &folded, straight);
            let mut found = vec![0.0; coefficients.len()];
            for (value, amplitude) in amplitudes.iter().enumerate() {
                found[exponent(value, &folded, straight) / 2] += amplitude * amplitude.abs();
            }
            assert!(found.iter().zip(&coefficients).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}
