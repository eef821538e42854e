//! Matrix inversion by phase estimation (Harrow, Hassidim, Lloyd, arXiv 0811.3171) on the qubitized walk.
//!
//! The clock has K = 2^t values. L = K/2 of them, y = 0 .. L - 1 in superposition on the lower t - 1 qubits, apply
//! W^(2y - L + 1); the Fourier transform over all K values writes the eigenphase theta mod pi as the k next to
//! theta_k = pi k/K; a flag is rotated by a table of values G(theta_k); then everything is undone, but with one walk
//! step more. With h_j = (1/K) sum over k of e^(-i theta_k) G(theta_k) e^(-2 pi i j k/K) the projected operator is
//!
//! sum over y, y' < L of h_(y - y') W^(2(y - y') + 1) / L = sum over |j| < L of (1 - |j|/L) h_j W^(2j + 1).
//!
//! The odd step is needed because 1/cos changes its sign from theta to theta + pi and odd differences of
//! exponents tell these apart. Values with G(pi - theta) = -G(theta) are a sum of b_n cos(n theta_k) over odd n < K,
//! h_j = h_(-j-1) = b_(2j+1)/2, and <0|W^n|0> = <0|W^-n|0> = T_n(A / alpha). So the operator is f(A / alpha),
//!
//! f(x) = sum over odd n < K of (1 - n/K) b_n T_n(x),
//!
//! exactly: the finite clock damps the n-th coefficient by 1 - n/K and does nothing else. (L = K would alias:
//! h_j and h_(j-K) are the same, but j and j - K both occur.) A table whose coefficients are those of an odd
//! polynomial P of degree below K over these factors therefore applies P itself ([`EigenvalueTable::corrected`]).

use crate::polynomial::{ChebyshevSeries, Parity, PolynomialError};
use crate::solver::SolverCircuit;
use crate::state_preparation::symbolic_amplitudes;
use crate::walk::{Walk, WalkError, WalkSolver, odd_coefficients};
use num_complex::Complex64;
use qnewton_circuit::{
    AngleTable, Axis, Call, Circuit, Control, Definition, DefinitionId, Gate, QubitId, Structured,
};
use qnewton_encoding::BlockEncoding;
use rustfft::FftPlanner;
use std::f64::consts::PI;

/// The clocks that are accepted: two qubits make the shortest walk, the longest table takes some 100 MB.
const CLOCK_QUBITS: std::ops::RangeInclusive<usize> = 2..=22;

/// Clocks without values have fewer qubits, so that their queries can be counted.
const SYMBOLIC_CLOCK_LIMIT: usize = 63;

/// Qubits of the smallest clock that applies polynomials of this degree exactly: 2^t > degree, t >= 2.
pub fn clock_qubits(degree: usize) -> usize {
    let position = degree.checked_ilog2().map_or(0, |position| position as usize);
    (position + 1).max(*CLOCK_QUBITS.start())
}

/// Calls of the encoding and its inverse for a polynomial of this degree on the smallest clock, 2^t - 1.
pub fn queries(degree: usize) -> u64 {
    queries_of_clock(clock_qubits(degree))
}

/// Calls of the encoding and its inverse with a clock of t qubits, 2^t - 1; `u64::MAX` from t = 64 on.
pub fn queries_of_clock(clock_qubits: usize) -> u64 {
    1u64.checked_shl(clock_qubits as u32).unwrap_or(0).wrapping_sub(1)
}

/// What the flag is rotated by: values G(theta_k), theta_k = pi k/K, with G(pi - theta) = -G(theta).
#[derive(Clone, Debug, PartialEq)]
pub struct EigenvalueTable {
    values: Vec<f64>,
}

impl EigenvalueTable {
    /// The table that makes a clock apply an odd polynomial exactly; its degree must be below 2^`clock_qubits`.
    pub fn corrected(series: &ChebyshevSeries, clock_qubits: usize) -> Result<Self, WalkError> {
        let coefficients = odd_coefficients(series)?;
        let size = clock_size(clock_qubits)?;
        if series.degree() >= size {
            let accepted = format!("{} or more", self::clock_qubits(series.degree()));
            return Err(WalkError::Clock { qubits: clock_qubits, accepted });
        }
        // Sum of b_(2j+1) e^(i (2j+1) theta_k) = e^(i theta_k) times a transform of length K.
        let mut buffer = vec![Complex64::ZERO; size];
        for (j, (entry, coefficient)) in buffer.iter_mut().zip(coefficients).enumerate() {
            *entry = (coefficient / undamped(j, size)).into();
        }
        FftPlanner::new().plan_fft_inverse(size).process(&mut buffer);
        let value = |(k, entry): (usize, &Complex64)| (entry * Complex64::cis(angle(k, size))).re;
        Ok(EigenvalueTable { values: buffer.iter().enumerate().map(value).collect() })
    }

    /// The table of the textbook: 1/cos(theta_k) where the cosine is at least `a` in modulus, cos(theta_k)/a^2 elsewhere.
    /// What it applies is [`EigenvalueTable::applied`], with [`EigenvalueTable::relative_error`].
    pub fn uncorrected(a: f64, clock_qubits: usize) -> Result<Self, WalkError> {
        check_band(a)?;
        let size = clock_size(clock_qubits)?;
        let value = |k: usize| {
            // sin(pi/2 - theta_k) is 0 at the middle, and its mirror images are exact.
            let cosine = (PI * (size as f64 / 2.0 - k as f64) / size as f64).sin();
            if cosine.abs() >= a { 1.0 / cosine } else { cosine / (a * a) }
        };
        let values: Vec<f64> = (0..size).map(value).collect();
        if values.iter().all(|value| value.is_finite()) {
            return Ok(EigenvalueTable { values });
        }
        Err(PolynomialError::OutOfRange { name: "a", value: a, accepted: "[1e-150, 1]" }.into())
    }

    /// G(theta_k), k = 0 .. 2^t - 1.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Qubits t of the clock.
    pub fn clock_qubits(&self) -> usize {
        self.values.len().trailing_zeros() as usize
    }

    /// The largest modulus of a value, by which the circuit divides.
    pub fn normalization(&self) -> f64 {
        self.values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
    }

    /// The odd polynomial f that phase estimation with this table applies, of degree 2^t - 1.
    pub fn applied(&self) -> Result<ChebyshevSeries, PolynomialError> {
        let size = self.values.len();
        let twisted = |(k, value): (usize, &f64)| Complex64::from_polar(*value, -angle(k, size));
        let mut buffer: Vec<Complex64> = self.values.iter().enumerate().map(twisted).collect();
        FftPlanner::new().plan_fft_forward(size).process(&mut buffer);
        let coefficient = |(j, entry): (usize, &Complex64)| undamped(j, size) * 2.0 / size as f64 * entry.re;
        let coefficients = buffer.iter().take(size / 2).enumerate().map(coefficient).collect();
        ChebyshevSeries::new(coefficients, Some(Parity::Odd))
    }

    /// An upper bound on [`a`, 1] of |1 - x f(x)|, at most 2% above the maximum: values on a fine grid and what a
    /// polynomial of that degree can do between its points (Ehlich, Zeller, Math. Z. 86, 1964).
    pub fn relative_error(&self, a: f64) -> Result<f64, WalkError> {
        check_band(a)?;
        // 1 - x f(x) is a polynomial of degree K/2 in x^2; 8 Chebyshev nodes for each degree.
        let count = 4 * self.values.len();
        let point = |index: usize| {
            let y = (PI * (index as f64 + 0.5) / count as f64).cos();
            (0.5 * ((1.0 + a * a) + (1.0 - a * a) * y)).sqrt()
        };
        let points: Vec<f64> = (0..count).map(point).collect();
        let values = self.applied()?.evaluate_many(&points);
        let errors = points.iter().zip(values).map(|(x, value)| (1.0 - x * value).abs());
        Ok(errors.fold(0.0, f64::max) / (PI / 16.0).cos())
    }
}

/// The circuit that prepares b and applies an odd polynomial of A / alpha by phase estimation with the smallest clock and
/// the table that makes it exact.
pub fn phase_estimation_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    series: &ChebyshevSeries,
) -> Result<WalkSolver, WalkError> {
    let table = EigenvalueTable::corrected(series, clock_qubits(series.degree()))?;
    tabulated_circuit(encoding, rhs, &table)
}

/// The circuit that prepares b and applies to A / alpha what [`EigenvalueTable::applied`] says; `normalization` is
/// that of the table.
///
/// `encoding` must be its own inverse, `rhs` has one real amplitude for each value of `system`; its norm does not matter.
/// Registers: those of the encoding, `clock`, `inverse`.
pub fn tabulated_circuit(
    encoding: &BlockEncoding,
    rhs: &[f64],
    table: &EigenvalueTable,
) -> Result<WalkSolver, WalkError> {
    let normalization = table.normalization();
    let angle = |value: &f64| 2.0 * (value / normalization).clamp(-1.0, 1.0).acos();
    let angles = AngleTable::Dense(table.values.iter().map(angle).collect());
    let solver = build(Walk::new(encoding, rhs)?, table.clock_qubits(), angles);
    Ok(WalkSolver { solver, normalization })
}

/// The circuit of any odd polynomial of a degree on the smallest clock and any right-hand side, for its cost: tables have
/// lengths only.
pub fn phase_estimation_symbolic(encoding: &BlockEncoding, degree: u64) -> Result<SolverCircuit, WalkError> {
    let qubits = clock_qubits(degree as usize);
    if qubits >= SYMBOLIC_CLOCK_LIMIT {
        let accepted = format!("less than {SYMBOLIC_CLOCK_LIMIT}");
        return Err(WalkError::Clock { qubits, accepted });
    }
    let walk = Walk::tabulated(encoding, symbolic_amplitudes(encoding.system_qubits))?;
    Ok(build(walk, qubits, symbolic_amplitudes(qubits)))
}

/// `angles` are those of the flag, one for each value of the clock.
fn build(mut walk: Walk, clock_qubits: usize, angles: AngleTable) -> SolverCircuit {
    let powers = add_powers(&mut walk, clock_qubits - 1);
    let fourier = add_inverse_fourier_transform(&mut walk.circuit, clock_qubits);
    let rotate = add_rotation(&mut walk.circuit, clock_qubits, angles);

    let (mut main, own) = walk.definition("main", &[("clock", clock_qubits), ("inverse", 1)]);
    let clock = &own[..clock_qubits];
    let directions = &clock[..clock.len() - 1];
    let last = directions[directions.len() - 1];
    let powers = Call::new(powers, walk.qubits().chain(directions.iter().copied()));
    walk.begin(&mut main);
    directions.iter().for_each(|&qubit| main.gate(Gate::H, &[qubit], &[]));
    main.call(powers.clone());
    // W^(-n') W W^n: the last segment forwards ends with R in one direction, W with R, the first one backwards
    // begins with R in the other.
    walk.controlled_reflection(&mut main, Control { qubit: last, on: true });
    walk.segment(&mut main, 1);
    main.conjugate(Call::new(fourier, clock.iter().copied()), Call::new(rotate, own.iter().copied()));
    walk.controlled_reflection(&mut main, Control { qubit: last, on: false });
    main.call(powers.inverted());
    directions.iter().for_each(|&qubit| main.gate(Gate::H, &[qubit], &[]));
    walk.finish(main, queries_of_clock(clock_qubits))
}

/// |y> with 2^k queries in the direction of bit k, forwards where it is 1: W^(2y - 2^m + 1) but for a reflection at
/// the end where bit m - 1 is 1, for equal superpositions of all y on m `clock` qubits and |0> on what is projected.
fn add_powers(walk: &mut Walk, qubits: usize) -> DefinitionId {
    let (mut definition, clock) = walk.definition("walk_powers", &[("clock", qubits)]);
    for (position, &qubit) in clock.iter().enumerate() {
        walk.segment(&mut definition, 1 << position);
        if position + 1 < qubits {
            walk.controlled_reflection(&mut definition, Control { qubit, on: true });
        }
    }
    // So far a qubit tells whether the direction stays; all sets of directions were equally likely before and are so
    // after they are made of that.
    for pair in clock.windows(2).rev() {
        definition.gate(Gate::Cx, &[pair[1], pair[0]], &[]);
        definition.gate(Gate::X, &[pair[0]], &[]);
    }
    walk.circuit.add(definition)
}

/// |y> -> sum over k of e^(-2 pi i y k/K) |k> / sqrt(K), bit i of k on the qubit that is i-th from the end.
pub(crate) fn add_inverse_fourier_transform(circuit: &mut Circuit, qubits: usize) -> DefinitionId {
    let mut definition = Definition::new(circuit.fresh_name("inverse_fourier_transform"));
    let clock: Vec<QubitId> = definition.add_register("clock", qubits).qubits().collect();
    for (high, &target) in clock.iter().enumerate().rev() {
        definition.gate(Gate::H, &[target], &[]);
        for (low, &control) in clock[..high].iter().enumerate() {
            definition.gate(Gate::Cp, &[control, target], &[-PI * 0.5f64.powi((high - low) as i32)]);
        }
    }
    circuit.add(definition)
}

/// e^(-i theta_k) cos(angle_k / 2), which is G(theta_k) / normalization, on the |0> of `inverse`, k in the order that the
/// Fourier transform leaves.
fn add_rotation(circuit: &mut Circuit, clock_qubits: usize, angles: AngleTable) -> DefinitionId {
    let angles = circuit.add_angles(angles);
    let mut definition = Definition::new(circuit.fresh_name("rotate_inverse"));
    let selects: Vec<QubitId> = definition.add_register("clock", clock_qubits).qubits().rev().collect();
    let target = definition.add_register("inverse", 1).qubit(0);
    for (bit, &qubit) in selects.iter().enumerate() {
        // theta_k for k = 2^bit.
        definition.gate(Gate::P, &[qubit], &[-PI * 0.5f64.powi((clock_qubits - bit) as i32)]);
    }
    definition.push_structured(Structured::MultiplexedRotation { axis: Axis::Y, selects, target, angles });
    circuit.add(definition)
}

/// theta_k = pi k/K.
fn angle(k: usize, size: usize) -> f64 {
    PI * k as f64 / size as f64
}

/// 1 - n/K for n = 2j + 1: what a clock leaves of the coefficient of T_n.
fn undamped(j: usize, size: usize) -> f64 {
    (size as f64 - (2 * j + 1) as f64) / size as f64
}

fn clock_size(clock_qubits: usize) -> Result<usize, WalkError> {
    if CLOCK_QUBITS.contains(&clock_qubits) {
        return Ok(1 << clock_qubits);
    }
    let accepted = format!("{} to {}", CLOCK_QUBITS.start(), CLOCK_QUBITS.end());
    Err(WalkError::Clock { qubits: clock_qubits, accepted })
}

fn check_band(a: f64) -> Result<(), PolynomialError> {
    if a > 0.0 && a <= 1.0 {
        return Ok(());
    }
    Err(PolynomialError::OutOfRange { name: "a", value: a, accepted: "(0, 1]" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polynomial::inverse_relative;
    use proptest::prelude::*;

    /// The amplitude of k after the Fourier transform, at an eigenphase of W.
    fn clock_amplitude(size: usize, k: usize, theta: f64) -> Complex64 {
        let half = size / 2;
        let term = |y: usize| {
            let exponent = 2.0 * y as f64 - half as f64 + 1.0;
            Complex64::cis(theta * exponent - 2.0 * PI * (y * k % size) as f64 / size as f64)
        };
        (0..half).map(term).sum::<Complex64>() / ((half * size) as f64).sqrt()
    }

    /// f(cos theta): what is applied at both eigenphases, averaged.
    fn applied_by_definition(table: &EigenvalueTable, theta: f64) -> f64 {
        let size = table.values.len();
        let at = |theta: f64| {
            let term = |k: usize| {
                let value = Complex64::from_polar(table.values[k], theta - angle(k, size));
                clock_amplitude(size, k, theta).norm_sqr() * value
            };
            (0..size).map(term).sum::<Complex64>()
        };
        let mean = 0.5 * (at(theta) + at(-theta));
        assert!(mean.im.abs() < 1e-12 * table.normalization());
        mean.re
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_clock_damps_coefficients_by_known_factors(
            qubits in 2usize..6,
            coefficients in proptest::collection::vec(-1.0..1.0f64, 16),
            theta in 0.0..PI,
        ) {
            let size = 1 << qubits;
            let series = ChebyshevSeries::new(coefficients[..size / 2].to_vec(), Some(Parity::Odd)).unwrap();
            // Values of the series itself, no correction.
            let values = (0..size).map(|k| series.evaluate(angle(k, size).cos())).collect();
            let table = EigenvalueTable { values };
            let damped = (0..size / 2).map(|j| series.coefficients()[j] * undamped(j, size)).collect();
            let damped = ChebyshevSeries::new(damped, Some(Parity::Odd)).unwrap();
            let found = applied_by_definition(&table, theta);
            prop_assert!((found - damped.evaluate(theta.cos())).abs() < 1e-11);
            prop_assert!((found - table.applied().unwrap().evaluate(theta.cos())).abs() < 1e-11);
            let corrected = EigenvalueTable::corrected(&series, qubits).unwrap();
            let found = applied_by_definition(&corrected, theta);
            prop_assert!((found - series.evaluate(theta.cos())).abs() < 1e-10 * corrected.normalization());
        }

        #[test]
        fn the_textbook_table_applies_what_is_said(qubits in 2usize..7, a in 0.05..1.0f64, theta in 0.0..PI) {
            let table = EigenvalueTable::uncorrected(a, qubits).unwrap();
            let found = applied_by_definition(&table, theta);
            let x = theta.cos();
            prop_assert!((found - table.applied().unwrap().evaluate(x)).abs() < 1e-11 / a);
            if x >= a {
                prop_assert!((1.0 - x * found).abs() <= table.relative_error(a).unwrap());
            }
        }
    }

    #[test]
    fn the_bias_of_the_textbook_falls_as_the_clock_grows() {
        let errors: Vec<f64> = (4..14)
            .map(|qubits| EigenvalueTable::uncorrected(0.1, qubits).unwrap().relative_error(0.1).unwrap())
            .collect();
        for pair in errors.windows(2).skip(2) {
            assert!(pair[1] < 0.7 * pair[0], "{errors:?}");
        }
    }

    #[test]
    fn a_corrected_table_has_the_error_of_its_polynomial() {
        let polynomial = inverse_relative(0.1, 1e-6).unwrap();
        let qubits = clock_qubits(polynomial.degree);
        for more in 0..3 {
            let table = EigenvalueTable::corrected(&polynomial.series, qubits + more).unwrap();
            let error = table.relative_error(0.1).unwrap();
            assert!((0.99..1.03).contains(&(error / polynomial.error)), "{error} {}", polynomial.error);
        }
    }

    #[test]
    fn the_smallest_clock_is_taken() {
        for (degree, qubits) in [(0, 2), (1, 2), (3, 2), (5, 3), (7, 3), (9, 4), (529, 10)] {
            assert_eq!((clock_qubits(degree), queries(degree)), (qubits, (1 << qubits) - 1));
        }
        assert_eq!(queries_of_clock(64), u64::MAX);
        let series = ChebyshevSeries::new(vec![1.0; 3], Some(Parity::Odd)).unwrap();
        for qubits in [0, 1, 2, 23, usize::MAX] {
            assert!(matches!(EigenvalueTable::corrected(&series, qubits), Err(WalkError::Clock { .. })));
        }
        for a in [0.0, -1.0, 1.5, f64::NAN] {
            assert!(matches!(EigenvalueTable::uncorrected(a, 5), Err(WalkError::Polynomial(_))));
        }
    }
}
