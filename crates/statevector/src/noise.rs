//! Noise: Pauli channels after gates and errors of reading, by quantum trajectories.
//!
//! After a gate on k qubits, its controls among them, the depolarising channel rho -> (1 - p) rho + p (I / 2^k) (x)
//! Tr_k rho acts on these k qubits together: with probability p one of the 4^k Pauli products, the identity among them,
//! drawn uniformly. That is the parameter of `depolarizing_error(p, k)` in Qiskit Aer; the probability that something
//! other than the identity acts is p (1 - 4^-k). The Pauli channel acts on each of the k qubits by itself. The mean of
//! |psi><psi| over trajectories is the density matrix that the channels give.

use crate::error::ExecutorError;
use crate::kernels::Operator;
use crate::measurement::Stream;
use num_complex::Complex64;
use qnewton_circuit::lower::{allocate_ancillas, expand_controls, lower_structures};
use qnewton_circuit::{Circuit, Gate, Operation};

/// What goes wrong, and how often. The default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// p of the depolarising channel after every gate.
    pub depolarising: f64,
    /// Probabilities of X, Y and Z after every gate, on each of its qubits.
    pub pauli: [f64; 3],
    /// Probabilities that a measurement says 1 where the qubit is 0, and 0 where it is 1. The qubit itself is projected
    /// to what it is.
    pub readout: [f64; 2],
}

impl Noise {
    /// An error unless all probabilities, and the sum of those of a Pauli channel, are between 0 and 1.
    pub fn check(&self) -> Result<(), ExecutorError> {
        let [x, y, z] = self.pauli;
        let all = [self.depolarising, x, y, z, self.readout[0], self.readout[1]];
        // 0.1 + 0.2 + 0.7 may be a little above 1.
        if all.iter().all(|p| (0.0..=1.0).contains(p)) && x + y + z <= 1.0 + 1e-12 {
            return Ok(());
        }
        let problem =
            "probabilities of noise are between 0 and 1, and those of X, Y and Z add up to at most 1";
        Err(ExecutorError::Selection { problem: problem.to_string() })
    }

    /// What happens after a gate on the qubits at `positions`.
    pub(crate) fn draw(&self, positions: &[u8], random: &mut Stream) -> Vec<(u8, Operator)> {
        let mut drawn = Vec::new();
        if self.depolarising > 0.0 && random.uniform() < self.depolarising {
            for &position in positions {
                drawn.extend(pauli(random.bits() >> 62).map(|operator| (position, operator)));
            }
        }
        let [x, y, z] = self.pauli;
        if x + y + z > 0.0 {
            for &position in positions {
                let number = random.uniform();
                let which = [x, x + y, x + y + z].iter().position(|&limit| number < limit);
                let operator = which.and_then(|which| pauli(which as u64 + 1));
                drawn.extend(operator.map(|operator| (position, operator)));
            }
        }
        drawn
    }

    /// What is read where a measurement gave `outcome`.
    pub(crate) fn read(&self, outcome: bool, random: &mut Stream) -> bool {
        let wrong = self.readout[usize::from(outcome)];
        outcome != (wrong > 0.0 && random.uniform() < wrong)
    }

    /// The same for the lowest `bits` bits of an outcome.
    pub(crate) fn read_all(&self, outcome: u64, bits: usize, random: &mut Stream) -> u64 {
        (0..bits).fold(0, |read, bit| read | u64::from(self.read(outcome >> bit & 1 == 1, random)) << bit)
    }
}

/// X, Y and Z for 1, 2 and 3.
fn pauli(which: u64) -> Option<Operator> {
    let (zero, one, i) = (Complex64::new(0.0, 0.0), Complex64::new(1.0, 0.0), Complex64::I);
    match which {
        1 => Some(Operator::Flip),
        2 => Some(Operator::new([zero, -i, i, zero])),
        3 => Some(Operator::new([one, zero, zero, -one])),
        _ => None,
    }
}

/// The same circuit gate by gate, for noise that follows gates: as it is if all it consists of are gates; else, if it has
/// structured operations or calls under controls, lowered to single-qubit gates and `cx`. Identity gates stay gates.
pub fn gate_by_gate(circuit: &Circuit) -> Result<Circuit, ExecutorError> {
    let composite = circuit.definitions().iter().any(|definition| {
        definition.operations().iter().any(|operation| matches!(operation, Operation::Structured(_)))
            || definition.all_calls().any(|call| !call.controls.is_empty())
    });
    let lowered;
    let circuit = if composite {
        lowered = lower_structures(&expand_controls(&allocate_ancillas(circuit)?)?, true)?;
        &lowered
    } else {
        circuit
    };
    let mut result = Circuit::new();
    for table in circuit.tables() {
        result.add_table(table.clone());
    }
    for definition in circuit.definitions() {
        let mut copy = definition.same_signature();
        for &operation in definition.operations() {
            match operation {
                // The executor leaves identities out, but not other gates that happen to be the identity.
                Operation::Gate(gate) if gate.gate == Gate::I => copy.gate(Gate::U, gate.qubits(), &[0.0; 3]),
                operation => copy.copy_operation(definition, operation),
            }
        }
        result.add(copy);
    }
    result.set_entry(circuit.entry_id()?);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_probabilities() {
        let accepted = Noise { depolarising: 1.0, pauli: [0.1, 0.2, 0.7], readout: [0.0, 1.0] };
        assert_eq!(accepted.check(), Ok(()));
        for refused in [
            Noise { depolarising: 1.1, ..Noise::default() },
            Noise { depolarising: f64::NAN, ..Noise::default() },
            Noise { pauli: [0.5, 0.5, 0.1], ..Noise::default() },
            Noise { readout: [-0.1, 0.0], ..Noise::default() },
        ] {
            assert!(refused.check().is_err(), "{refused:?}");
        }
    }
}
