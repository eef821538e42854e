//! A right-hand side that a circuit prepares.

use super::{GivenError, check_unitary};
use crate::compile::norm;
use num_complex::Complex64;
use qnewton_circuit::{Angle, Call, Circuit, Definition, QubitId, count};
use qnewton_core::Monitor;
use qnewton_statevector::{Program, RunOptions, StateVector};
use std::f64::consts::{FRAC_PI_2, PI};

/// Imaginary parts and amplitudes of padding up to this come from angles of 12 digits, and are counted as errors.
const TOLERANCE: f64 = 1e-10;

/// A circuit that prepares b / ||b|| from |0>, and what it prepares.
#[derive(Clone, Debug)]
pub struct GivenRightHandSide {
    /// The circuit with its global phase taken off.
    circuit: Circuit,
    /// What it prepares, of norm 1, padding included.
    amplitudes: Vec<f64>,
    /// Bound of the distance between the two.
    error: f64,
    unknowns: usize,
}

impl GivenRightHandSide {
    /// Executes a circuit for a system of so many unknowns. It must have exactly as many qubits as the solution, in one
    /// register or several, the first one least significant.
    ///
    /// Its amplitudes must be real up to one global phase. That phase is taken between -90 degrees, excluded, and 90, so
    /// amplitudes that are real keep their sign.
    pub fn new(circuit: &Circuit, unknowns: usize, monitor: &dyn Monitor) -> Result<Self, GivenError> {
        check_unitary(circuit)?;
        let expected = unknowns.next_power_of_two().trailing_zeros().max(1) as usize;
        let found = circuit.entry()?.operand_count();
        if found != expected {
            return Err(GivenError::Qubits { found, expected, unknowns });
        }
        let program = Program::<f64>::new(circuit)?;
        let mut state = StateVector::zero(program.qubits())?;
        program.run(&mut state, &RunOptions::default(), monitor)?;
        // Ancillas that definitions declare come behind and end in |0>.
        let amplitudes: Vec<Complex64> = state.iter().take(1 << expected).collect();
        let phase = global_phase(&amplitudes);
        let turned: Vec<Complex64> =
            amplitudes.iter().map(|amplitude| amplitude * Complex64::cis(-phase)).collect();
        let largest = turned.iter().map(|amplitude| amplitude.im.abs()).fold(0.0, f64::max);
        if largest > TOLERANCE {
            return Err(GivenError::Complex { largest });
        }
        let padding = turned.iter().enumerate().skip(unknowns);
        if let Some((row, amplitude)) = padding.max_by(|a, b| a.1.norm().total_cmp(&b.1.norm()))
            && amplitude.norm() > TOLERANCE
        {
            return Err(GivenError::Padding { row, modulus: amplitude.norm(), unknowns });
        }
        let mut real: Vec<f64> =
            turned.iter().enumerate().map(|(row, a)| if row < unknowns { a.re } else { 0.0 }).collect();
        let length = norm(&real);
        real.iter_mut().for_each(|value| *value /= length);
        let distance = turned.iter().zip(&real).map(|(a, b)| (a - b).norm_sqr()).sum::<f64>().sqrt();
        // Each gate rounds, in the executor and wherever else it is executed.
        let rounding = 4.0
            * f64::EPSILON
            * (1.0 + count(&qnewton_circuit::lower(circuit, Default::default())?)?.total() as f64);
        Ok(GivenRightHandSide {
            circuit: without_phase(circuit, phase)?,
            amplitudes: real,
            error: distance + rounding,
            unknowns,
        })
    }

    /// The circuit, which prepares real amplitudes.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The same on a larger register, whose further qubits stay 0.
    pub(crate) fn circuit_on(&self, qubits: usize) -> Result<Circuit, GivenError> {
        let own = self.circuit.entry()?.operand_count();
        if qubits <= own {
            return Ok(self.circuit.clone());
        }
        let mut circuit = Circuit::new();
        let callee = circuit.import(&self.circuit)?;
        let mut definition = Definition::new(circuit.fresh_name("prepare"));
        definition.add_register("system", qubits);
        definition.call(Call::new(callee, (0..own as u32).map(QubitId)));
        circuit.add(definition);
        Ok(circuit)
    }

    /// The amplitudes times a norm, one for each unknown.
    pub fn right_hand_side(&self, norm: f64) -> Result<Vec<f64>, GivenError> {
        if !(norm > 0.0 && norm.is_finite()) {
            return Err(GivenError::Norm { norm });
        }
        Ok(self.amplitudes.iter().take(self.unknowns).map(|amplitude| norm * amplitude).collect())
    }

    /// Bound of the distance between b / ||b|| and what is prepared.
    pub(crate) fn error(&self) -> f64 {
        self.error
    }

    /// Refuses a right-hand side that is no multiple of what is prepared.
    pub(crate) fn check(&self, rhs: &[f64]) -> Result<(), GivenError> {
        let length = norm(rhs);
        let difference: Vec<f64> =
            rhs.iter().zip(&self.amplitudes).map(|(value, amplitude)| value / length - amplitude).collect();
        if rhs.len() == self.unknowns && norm(&difference) <= 1e-14 {
            return Ok(());
        }
        Err(GivenError::OtherRightHandSide)
    }
}

/// The phase e^(i phi), phi in (-pi/2, pi/2], off which the amplitudes are closest to real ones: their squares sum to
/// e^(2 i phi) times a positive number.
fn global_phase(amplitudes: &[Complex64]) -> f64 {
    let phase = 0.5 * amplitudes.iter().map(|amplitude| amplitude * amplitude).sum::<Complex64>().arg();
    // Rounding must not decide between the ends.
    if phase <= 1e-9 - FRAC_PI_2 { phase + PI } else { phase }
}

/// The circuit with a global phase taken off.
fn without_phase(given: &Circuit, phase: f64) -> Result<Circuit, GivenError> {
    let mut circuit = Circuit::new();
    let callee = circuit.import(given)?;
    let qubits = given.entry()?.operand_count();
    let mut definition = Definition::new(circuit.fresh_name("prepare"));
    definition.add_register("system", qubits);
    definition.call(Call::new(callee, (0..qubits as u32).map(QubitId)));
    if phase != 0.0 {
        definition.global_phase(&Angle::from(-phase));
    }
    circuit.add(definition);
    Ok(circuit)
}
