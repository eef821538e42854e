//! Whether two circuits do the same: by what they say, by their matrices, or on random states.

use crate::error::PipelineError;
use crate::execute::{ExecuteOptions, predict_seconds, refuse_if_slow, refuse_if_too_large};
use crate::fingerprint::fingerprint;
use num_complex::Complex64;
use qnewton_circuit::{Circuit, Kind, QubitId, count};
use qnewton_core::Monitor;
use qnewton_statevector::{Program, RunOptions, StateVector, block, project};
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;
use serde::Serialize;

/// Up to this many qubits all columns are compared, if that is fast enough.
const MATRIX_QUBITS: usize = 11;

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub struct EqualOptions {
    /// Whether the states from |0...0> alone are to be the same.
    pub state_only: bool,
    /// Number of random states where the matrices are too large, at least 1.
    pub states: usize,
    /// Seed of the random states.
    pub seed: u64,
    /// The largest difference that counts as none.
    pub tolerance: f64,
    /// The limit of time, for each of all executions together.
    pub execute: ExecuteOptions,
}

impl Default for EqualOptions {
    fn default() -> Self {
        EqualOptions {
            state_only: false,
            states: 4,
            seed: 0,
            tolerance: 1e-9,
            execute: ExecuteOptions::default(),
        }
    }
}

/// How two circuits were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EqualMethod {
    /// They say the same, definition by definition.
    Structure,
    /// All columns of their matrices.
    Matrix,
    /// Random states: equal ones are equal with certainty, different ones are told apart with probability 1.
    RandomStates,
    /// The states from |0...0>.
    State,
}

/// What a comparison found. A circuit on more qubits is compared where the others begin and end in |0>.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Equality {
    /// How.
    pub method: EqualMethod,
    /// Number of qubits that both have.
    pub qubits: usize,
    /// Number of columns or states that were compared.
    pub compared: usize,
    /// Largest norm of the difference of two columns or states.
    pub distance: f64,
    /// The same, up to a global phase.
    pub distance_up_to_phase: f64,
    /// That phase, in radians: the second circuit is e^(i phase) times the first.
    pub phase: f64,
    /// Whether `distance` is within the tolerance.
    pub equal: bool,
    /// Whether `distance_up_to_phase` is.
    pub equal_up_to_phase: bool,
}

/// Compares two unitary circuits, qubit by qubit in the order of their declarations, whatever their registers are called.
///
/// Refused if one measures or resets, or if executing them would take longer than the limit.
pub fn equal(
    first: &Circuit,
    second: &Circuit,
    options: &EqualOptions,
    monitor: &dyn Monitor,
) -> Result<Equality, PipelineError> {
    let circuits = [first, second];
    for circuit in circuits {
        let counts = count(circuit)?;
        if counts.get(Kind::Measure) > 0 || counts.get(Kind::Reset) > 0 {
            return Err(PipelineError::NotComparable);
        }
    }
    let qubits = first.entry()?.qubit_count().min(second.entry()?.qubit_count());
    let judge = |method, differences: Differences| differences.judged(method, qubits, options.tolerance);
    if fingerprint(first) == fingerprint(second) {
        return Ok(judge(EqualMethod::Structure, Differences::default()));
    }
    let common: Vec<QubitId> = (0..qubits as u32).map(QubitId).collect();
    let mut differences = Differences::default();
    if options.state_only {
        refuse_if_slow(&circuits, 0, &options.execute)?;
        let [left, right] = columns(circuits, &common, &[unit(0, qubits)], monitor)?;
        differences.add(&left, &right);
        return Ok(judge(EqualMethod::State, differences));
    }
    let seconds = predict_seconds(first)? + predict_seconds(second)?;
    if qubits <= MATRIX_QUBITS && seconds * (1u64 << qubits) as f64 <= options.execute.time_limit {
        let matrix = |circuit| block(circuit, &common, 0..1 << qubits, monitor);
        differences.add(&matrix(first)?, &matrix(second)?);
        return Ok(judge(EqualMethod::Matrix, differences));
    }
    let states = options.states.max(1);
    refuse_if_slow(&circuits.repeat(states), 0, &options.execute)?;
    let mut generator = Pcg64::seed_from_u64(options.seed);
    for _ in 0..states {
        let [left, right] = columns(circuits, &common, &[random(qubits, &mut generator)], monitor)?;
        differences.add(&left, &right);
    }
    Ok(judge(EqualMethod::RandomStates, differences))
}

/// Pairs of vectors that are to be the same.
#[derive(Default)]
struct Differences {
    pairs: Vec<(Vec<Complex64>, Vec<Complex64>)>,
}

impl Differences {
    fn add(&mut self, left: &[Vec<Complex64>], right: &[Vec<Complex64>]) {
        self.pairs.extend(left.iter().cloned().zip(right.iter().cloned()));
    }

    fn judged(&self, method: EqualMethod, qubits: usize, tolerance: f64) -> Equality {
        let overlap: Complex64 = self
            .pairs
            .iter()
            .flat_map(|(left, right)| left.iter().zip(right))
            .map(|(a, b)| a.conj() * b)
            .sum();
        let phase = if overlap.norm() > 0.0 { overlap.arg() } else { 0.0 };
        let largest = |factor: Complex64| {
            let norm = |(left, right): &(Vec<Complex64>, Vec<Complex64>)| {
                left.iter().zip(right).map(|(a, b)| (factor * a - b).norm_sqr()).sum::<f64>().sqrt()
            };
            // A sum that is not a number must not look like 0.
            self.pairs.iter().map(norm).fold(0.0, |most: f64, next| if next <= most { most } else { next })
        };
        let (distance, distance_up_to_phase) = (largest(Complex64::ONE), largest(Complex64::cis(phase)));
        Equality {
            method,
            qubits,
            compared: self.pairs.len(),
            distance,
            distance_up_to_phase,
            phase,
            equal: distance <= tolerance,
            equal_up_to_phase: distance_up_to_phase <= tolerance,
        }
    }
}

fn unit(index: usize, qubits: usize) -> Vec<Complex64> {
    let mut state = vec![Complex64::ZERO; 1 << qubits];
    state[index] = Complex64::ONE;
    state
}

/// A state that is uniform among all.
fn random(qubits: usize, generator: &mut Pcg64) -> Vec<Complex64> {
    let mut draw = || -> f64 { StandardNormal.sample(generator) };
    let state: Vec<Complex64> = (0..1usize << qubits).map(|_| Complex64::new(draw(), draw())).collect();
    let norm = state.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt();
    state.into_iter().map(|amplitude| amplitude / norm).collect()
}

/// What both circuits make of states of the common qubits, where the others are |0> before and after.
fn columns(
    circuits: [&Circuit; 2],
    common: &[QubitId],
    states: &[Vec<Complex64>],
    monitor: &dyn Monitor,
) -> Result<[Vec<Vec<Complex64>>; 2], PipelineError> {
    let of = |circuit: &Circuit| -> Result<Vec<Vec<Complex64>>, PipelineError> {
        let program = Program::<f64>::new(circuit)?;
        refuse_if_too_large(&program)?;
        let mut results = Vec::with_capacity(states.len());
        for state in states {
            let mut amplitudes = vec![Complex64::ZERO; 1 << program.qubits()];
            amplitudes[..state.len()].copy_from_slice(state);
            let mut vector = StateVector::from_amplitudes(&amplitudes)?;
            program.run(&mut vector, &RunOptions::default(), monitor)?;
            results.push(project(&vector, common)?);
        }
        Ok(results)
    };
    Ok([of(circuits[0])?, of(circuits[1])?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use qnewton_core::Silent;

    fn circuit(body: &str) -> Circuit {
        qnewton_qasm::read(&format!("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n{body}")).unwrap().circuit
    }

    fn compared(first: &str, second: &str, options: &EqualOptions) -> Equality {
        equal(&circuit(first), &circuit(second), options, &Silent).unwrap()
    }

    #[test]
    fn gates_and_their_decompositions_are_equal() {
        let options = EqualOptions::default();
        let swap = compared(
            "qubit[2] a; swap a[0], a[1];",
            "qubit[2] b; cx b[0], b[1]; cx b[1], b[0]; cx b[0], b[1];",
            &options,
        );
        assert_eq!((swap.method, swap.equal, swap.compared), (EqualMethod::Matrix, true, 4));
        let phase = compared("qubit q; p(0.6) q;", "qubit q; rz(0.6) q;", &options);
        assert!(!phase.equal && phase.equal_up_to_phase && (phase.phase + 0.3).abs() < 1e-12);
        let other = compared("qubit q; h q;", "qubit q; x q;", &options);
        assert!(!other.equal && !other.equal_up_to_phase && other.distance > 0.7);
        let text = compared("qubit q; h q;", "qubit q; // the same\nh   q;", &options);
        assert_eq!((text.method, text.equal), (EqualMethod::Structure, true));
    }

    #[test]
    fn states_alone_and_ancillas() {
        let options = EqualOptions::default();
        let state = EqualOptions { state_only: true, ..options };
        // The same on |0>, not on |1>.
        let (plain, bell) = ("qubit[2] q; h q[0]; cx q[0], q[1];", "qubit[2] q; h q[1]; cx q[1], q[0];");
        assert!(!compared(plain, bell, &options).equal && compared(plain, bell, &state).equal);
        // An ancilla that ends in |0>, and one that does not.
        let with = "qubit[2] q; qubit a; h q[0]; cx q[0], a; cx q[0], a; cx q[0], q[1];";
        assert!(compared(plain, with, &options).equal && compared(with, plain, &options).equal);
        assert!(!compared(plain, &format!("{with} cx q[0], a;"), &options).equal);
    }

    #[test]
    fn random_states_tell_large_circuits_apart() {
        let ladder = |angle: f64| {
            let steps: String = (0..13)
                .map(|k| format!("h q[{k}]; cx q[{k}], q[{}]; ry({angle}) q[{k}];", (k + 1) % 13))
                .collect();
            format!("qubit[13] q; {steps}")
        };
        let options = EqualOptions::default();
        let same = compared(&ladder(0.5), &format!("{} x q[3]; x q[3];", ladder(0.5)), &options);
        assert_eq!((same.method, same.equal, same.compared), (EqualMethod::RandomStates, true, 4));
        let different = compared(&ladder(0.5), &ladder(0.5 + 1e-6), &options);
        assert!(!different.equal_up_to_phase && different.distance > 1e-7);
    }

    #[test]
    fn measurements_are_refused() {
        let measured = circuit("qubit q; bit c; c = measure q;");
        assert!(equal(&measured, &circuit("qubit q;"), &EqualOptions::default(), &Silent).is_err());
    }
}
