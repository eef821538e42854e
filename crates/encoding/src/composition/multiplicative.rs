//! Products and tensor products.

use super::{Part, composed_name, mismatch, qubits};
use crate::error::EncodingError;
use crate::method::BlockEncoding;
use qnewton_circuit::{Circuit, Definition};

/// The encoding of A B: alpha is the product of both, and each part keeps its own ancillas, because those of the first
/// must still be |0> when the second has acted (Gilyén, Su, Low, Wiebe, arXiv 1806.01838, lemma 53).
///
/// Registers: `system`, `left_ancilla` and `right_ancilla`, those that are not empty.
pub fn product(left: &BlockEncoding, right: &BlockEncoding) -> Result<BlockEncoding, EncodingError> {
    if left.system_qubits != right.system_qubits {
        let (a, b) = (left.system_qubits, right.system_qubits);
        return Err(mismatch("product", format!("systems of {a} and of {b} qubits do not multiply")));
    }
    let mut result = pair("product", left, right, left.system_qubits)?;
    // A product of Hermitian matrices is Hermitian only if they commute.
    result.hermitian = false;
    Ok(result)
}

/// The encoding of the Kronecker product A (x) B, the index of B being the less significant one: gates add, alphas
/// multiply.
///
/// Registers: `system` (first the qubits of B), `left_ancilla` and `right_ancilla`, those that are not empty.
pub fn tensor(left: &BlockEncoding, right: &BlockEncoding) -> Result<BlockEncoding, EncodingError> {
    pair("kronecker", left, right, left.system_qubits + right.system_qubits)
}

/// Both encodings one after the other: on the same system, or on its two halves.
fn pair(
    operation: &'static str,
    left: &BlockEncoding,
    right: &BlockEncoding,
    system_qubits: usize,
) -> Result<BlockEncoding, EncodingError> {
    let shared = system_qubits == left.system_qubits;
    let mut circuit = Circuit::new();
    let left_part = Part::import(&mut circuit, left)?;
    let right_part = Part::import(&mut circuit, right)?;
    let mut definition = Definition::new(circuit.fresh_name("block_encoding"));
    let system = definition.add_register("system", system_qubits);
    let mut projected = Vec::new();
    let mut ancilla = |definition: &mut Definition, name: &str, len: usize| {
        (len > 0).then(|| {
            projected.push(name.to_string());
            definition.add_register(name, len)
        })
    };
    let left_ancilla = ancilla(&mut definition, "left_ancilla", left_part.ancillas);
    let right_ancilla = ancilla(&mut definition, "right_ancilla", right_part.ancillas);
    let first = if shared { 0 } else { right.system_qubits };
    let right_system = system.qubits().take(right.system_qubits);
    definition.call(right_part.call(right_system, qubits(right_ancilla.as_ref())));
    definition.call(left_part.call(system.qubits().skip(first), qubits(left_ancilla.as_ref())));
    circuit.add(definition);
    Ok(BlockEncoding {
        circuit,
        name: composed_name(operation, &[left, right]),
        system_qubits,
        projected,
        alpha: left.alpha * right.alpha,
        truncation: left.truncation * right.alpha + (left.alpha + left.truncation) * right.truncation,
        hermitian: left.hermitian && right.hermitian,
        spectral: left.spectral || right.spectral,
    })
}
