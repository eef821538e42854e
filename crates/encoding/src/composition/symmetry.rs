//! Adjoints, controls, and encodings that are their own inverse.

use super::{Part, composed_name, qubits};
use crate::error::EncodingError;
use crate::method::BlockEncoding;
use qnewton_circuit::{Call, Circuit, Control, Definition, Gate, QubitId};

/// The encoding of the adjoint of A: the inverse circuit.
pub fn adjoint(encoding: &BlockEncoding) -> Result<BlockEncoding, EncodingError> {
    if encoding.hermitian {
        return Ok(encoding.clone());
    }
    let mut circuit = Circuit::new();
    let part = Part::import(&mut circuit, encoding)?;
    let mut definition = encoding.circuit.entry()?.same_signature();
    definition.name = circuit.fresh_name("adjoint");
    let operands = (0..encoding.circuit.entry()?.operand_count() as u32).map(QubitId);
    definition.call(Call::new(part.definition, operands).inverted());
    circuit.add(definition);
    Ok(BlockEncoding { circuit, name: composed_name("adjoint", &[encoding]), ..encoding.clone() })
}

/// The circuit of the encoding under one control: registers `control`, then those of the encoding. Only what must be
/// controlled is.
pub fn controlled(encoding: &BlockEncoding) -> Result<Circuit, EncodingError> {
    let mut circuit = Circuit::new();
    let part = Part::import(&mut circuit, encoding)?;
    let mut definition = Definition::new(circuit.fresh_name("controlled"));
    let control = definition.add_register("control", 1).qubit(0);
    let mut operands = Vec::new();
    for register in encoding.circuit.entry()?.registers() {
        if register.kind == qnewton_circuit::RegisterKind::Operand {
            let copy = definition.add_register(register.name.clone(), register.len as usize);
            operands.extend(copy.qubits());
        }
    }
    definition.call(Call::new(part.definition, operands).controlled([Control { qubit: control, on: true }]));
    circuit.add(definition);
    Ok(circuit)
}

/// The encoding of [[0, A], [A^dagger, 0]], whose singular values are those of A and which is Hermitian for every A:
/// one more system qubit, the most significant one, and both U and its inverse under its control.
///
/// Registers: `system` and `ancilla` (if not empty).
pub fn hermitian_dilation(encoding: &BlockEncoding) -> Result<BlockEncoding, EncodingError> {
    let mut circuit = Circuit::new();
    let part = Part::import(&mut circuit, encoding)?;
    let mut definition = Definition::new(circuit.fresh_name("block_encoding"));
    let system = definition.add_register("system", encoding.system_qubits + 1);
    let ancilla = (part.ancillas > 0).then(|| definition.add_register("ancilla", part.ancillas));
    let side = system.qubit(encoding.system_qubits);
    exchange(&mut definition, &part, encoding.system_qubits, side, qubits(ancilla.as_ref()));
    circuit.add(definition);
    Ok(BlockEncoding {
        circuit,
        name: composed_name("hermitian_dilation", &[encoding]),
        system_qubits: encoding.system_qubits + 1,
        projected: ancilla.iter().map(|register| register.name.clone()).collect(),
        hermitian: true,
        ..encoding.clone()
    })
}

/// An encoding of the same Hermitian A with U^2 = 1, which walk operators need: one more qubit in (|0> + |1>)/sqrt(2)
/// that U and its inverse exchange (Low, Chuang, arXiv 1610.06546, lemma 10). An encoding that is its own inverse comes
/// back unchanged; for a matrix that is not Hermitian the result encodes (A + A^dagger)/2.
///
/// Registers: `system`, `side` and `ancilla` (if not empty).
pub fn self_inverse(encoding: &BlockEncoding) -> Result<BlockEncoding, EncodingError> {
    if encoding.hermitian {
        return Ok(encoding.clone());
    }
    let mut circuit = Circuit::new();
    let part = Part::import(&mut circuit, encoding)?;
    let mut prepare = Definition::new(circuit.fresh_name("superpose"));
    let qubit = prepare.add_register("side", 1).qubit(0);
    prepare.gate(Gate::H, &[qubit], &[]);
    let prepare = circuit.add(prepare);
    let signature = |definition: &mut Definition| {
        let system = definition.add_register("system", encoding.system_qubits);
        let side = definition.add_register("side", 1).qubit(0);
        let ancilla = (part.ancillas > 0).then(|| definition.add_register("ancilla", part.ancillas));
        (system, side, ancilla)
    };
    let mut inner = Definition::new(circuit.fresh_name("exchange"));
    let (_, side, ancilla) = signature(&mut inner);
    exchange(&mut inner, &part, encoding.system_qubits, side, qubits(ancilla.as_ref()));
    let inner = circuit.add(inner);
    let mut definition = Definition::new(circuit.fresh_name("block_encoding"));
    let (system, side, ancilla) = signature(&mut definition);
    let all = system.qubits().chain([side]).chain(qubits(ancilla.as_ref()));
    definition.conjugate(Call::new(prepare, [side]), Call::new(inner, all));
    circuit.add(definition);
    let names = ["side"].into_iter().chain(ancilla.iter().map(|register| register.name.as_str()));
    Ok(BlockEncoding {
        circuit,
        name: composed_name("self_inverse", &[encoding]),
        projected: names.map(str::to_string).collect(),
        hermitian: true,
        ..encoding.clone()
    })
}

/// X on `side` times (U where it is 1, the inverse where it is 0).
fn exchange(
    definition: &mut Definition,
    part: &Part,
    system_qubits: usize,
    side: QubitId,
    ancillas: impl Iterator<Item = QubitId> + Clone,
) {
    let system = || (0..system_qubits as u32).map(QubitId);
    let call = || part.call(system(), ancillas.clone());
    definition.call(call().controlled([Control { qubit: side, on: true }]));
    definition.call(call().inverted().controlled([Control { qubit: side, on: false }]));
    definition.gate(Gate::X, &[side], &[]);
}
