//! Sums and scalars.

use super::{Part, composed_name, mismatch, qubits};
use crate::error::EncodingError;
use crate::lcu::qubits_for;
use crate::method::BlockEncoding;
use qnewton_circuit::{
    Angle, AngleTable, Axis, Call, Circuit, Control, Definition, Gate, QubitId, Structured,
};
use std::f64::consts::PI;

/// The encoding of factor times A: alpha grows by |factor|, and a negative factor is a global phase.
///
/// A factor of 0 or one that is not finite is an error.
pub fn scaled(encoding: &BlockEncoding, factor: f64) -> Result<BlockEncoding, EncodingError> {
    check_factor(factor)?;
    let mut result = encoding.clone();
    result.alpha *= factor.abs();
    result.truncation *= factor.abs();
    if factor < 0.0 {
        let mut circuit = Circuit::new();
        let part = Part::import(&mut circuit, encoding)?;
        let mut definition = encoding.circuit.entry()?.same_signature();
        definition.name = circuit.fresh_name("negated");
        definition.global_phase(&Angle::from(PI));
        let operands = (0..encoding.circuit.entry()?.operand_count() as u32).map(QubitId);
        definition.call(Call::new(part.definition, operands));
        circuit.add(definition);
        result.circuit = circuit;
    }
    Ok(result)
}

/// The encoding of the sum of factor times A over all parts, which act on systems of the same size (linear combination
/// of unitaries: Childs, Wiebe, arXiv 1202.5822). alpha = sum |factor| alpha; the parts share their ancillas.
///
/// Registers: `system`, `selector` and `ancilla`.
pub fn sum(parts: &[(f64, &BlockEncoding)]) -> Result<BlockEncoding, EncodingError> {
    let Some((_, first)) = parts.first() else {
        return Err(mismatch("sum", "there is nothing to add".into()));
    };
    let system_qubits = first.system_qubits;
    if let Some((_, other)) = parts.iter().find(|(_, part)| part.system_qubits != system_qubits) {
        let reason = format!("systems of {system_qubits} and of {} qubits do not add", other.system_qubits);
        return Err(mismatch("sum", reason));
    }
    parts.iter().try_for_each(|(factor, _)| check_factor(*factor))?;
    if let [(factor, only)] = parts {
        return scaled(only, *factor);
    }
    let weights: Vec<f64> = parts.iter().map(|(factor, part)| factor.abs() * part.alpha).collect();
    let mut circuit = Circuit::new();
    let imported =
        parts.iter().map(|(_, part)| Part::import(&mut circuit, part)).collect::<Result<Vec<_>, _>>()?;
    let selector_qubits = qubits_for(parts.len());
    let ancillas = imported.iter().map(|part| part.ancillas).max().unwrap_or(0);
    let mut amplitudes: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
    amplitudes.resize(1 << selector_qubits, 0.0);
    let prepare = prepare_selector(&mut circuit, selector_qubits, amplitudes);

    let mut select = Definition::new(circuit.fresh_name("select"));
    let (system, selector, ancilla) = registers(&mut select, system_qubits, selector_qubits, ancillas);
    for (position, (part, (factor, _))) in imported.iter().zip(parts).enumerate() {
        let controls: Vec<Control> = selector
            .clone()
            .enumerate()
            .map(|(bit, qubit)| Control { qubit, on: position >> bit & 1 == 1 })
            .collect();
        if *factor < 0.0 {
            // A factor -1 where the selector has this value.
            let (target, others) = match controls.split_first() {
                Some((target, others)) => (*target, others.to_vec()),
                None => continue,
            };
            let gate = |definition: &mut Definition| {
                definition.controlled_gate(&others, Gate::Z, &[target.qubit], &[]);
            };
            if target.on {
                gate(&mut select);
            } else {
                select.gate(Gate::X, &[target.qubit], &[]);
                gate(&mut select);
                select.gate(Gate::X, &[target.qubit], &[]);
            }
        }
        select.call(part.call(system.clone(), ancilla.clone()).controlled(controls));
    }
    let select = circuit.add(select);

    let mut entry = Definition::new(circuit.fresh_name("block_encoding"));
    let (system, selector, ancilla) = registers(&mut entry, system_qubits, selector_qubits, ancillas);
    let all = system.chain(selector.clone()).chain(ancilla);
    entry.conjugate(Call::new(prepare, selector), Call::new(select, all));
    circuit.add(entry);
    let operands: Vec<&BlockEncoding> = parts.iter().map(|(_, part)| *part).collect();
    Ok(BlockEncoding {
        circuit,
        name: composed_name("sum", &operands),
        system_qubits,
        projected: projected(ancillas),
        alpha: weights.iter().sum(),
        truncation: parts.iter().map(|(factor, part)| factor.abs() * part.truncation).sum(),
        hermitian: operands.iter().all(|part| part.hermitian),
        spectral: operands.iter().any(|part| part.spectral),
    })
}

/// The encoding of A + shift times the identity, which needs one qubit and one controlled use of the encoding, no
/// second encoding. alpha grows by |shift|. A shift of 0 changes nothing.
///
/// Registers: `system`, `selector` (on |1> the identity acts) and `ancilla`.
pub fn plus_identity(encoding: &BlockEncoding, shift: f64) -> Result<BlockEncoding, EncodingError> {
    if shift == 0.0 {
        return Ok(encoding.clone());
    }
    check_factor(shift)?;
    let system_qubits = encoding.system_qubits;
    let mut circuit = Circuit::new();
    let part = Part::import(&mut circuit, encoding)?;
    let alpha = encoding.alpha + shift.abs();
    let prepare = prepare_selector(&mut circuit, 1, vec![encoding.alpha.sqrt(), shift.abs().sqrt()]);
    let mut select = Definition::new(circuit.fresh_name("select"));
    let (system, selector, ancilla) = registers(&mut select, system_qubits, 1, part.ancillas);
    let controls = selector.clone().map(|qubit| Control { qubit, on: false });
    select.call(part.call(system, ancilla).controlled(controls));
    if shift < 0.0 {
        selector.for_each(|qubit| select.gate(Gate::Z, &[qubit], &[]));
    }
    let select = circuit.add(select);
    let mut entry = Definition::new(circuit.fresh_name("block_encoding"));
    let (system, selector, ancilla) = registers(&mut entry, system_qubits, 1, part.ancillas);
    let all = system.chain(selector.clone()).chain(ancilla);
    entry.conjugate(Call::new(prepare, selector), Call::new(select, all));
    circuit.add(entry);
    Ok(BlockEncoding {
        circuit,
        name: format!("{} + identity", encoding.name),
        projected: projected(part.ancillas),
        alpha,
        ..encoding.clone()
    })
}

fn check_factor(factor: f64) -> Result<(), EncodingError> {
    if factor == 0.0 || !factor.is_finite() {
        return Err(mismatch("sum", format!("the factor {factor} is zero or not finite")));
    }
    Ok(())
}

/// |0> -> sum of the amplitudes, normalized.
fn prepare_selector(
    circuit: &mut Circuit,
    count: usize,
    amplitudes: Vec<f64>,
) -> qnewton_circuit::DefinitionId {
    let mut definition = Definition::new(circuit.fresh_name("prepare_selector"));
    let selector = definition.add_register("selector", count);
    if let [first, second] = amplitudes[..] {
        let angle = 2.0 * second.atan2(first);
        definition.gate(Axis::Y.rotation(), &[selector.qubit(0)], &[angle]);
    } else {
        let amplitudes = circuit.add_angles(AngleTable::Dense(amplitudes));
        definition.push_structured(Structured::StatePreparation {
            qubits: selector.qubits().collect(),
            amplitudes,
        });
    }
    circuit.add(definition)
}

/// The registers of a sum; `ancilla` is left out if empty.
fn registers(
    definition: &mut Definition,
    system: usize,
    selector: usize,
    ancilla: usize,
) -> (
    impl Iterator<Item = QubitId> + Clone + use<>,
    impl Iterator<Item = QubitId> + Clone + use<>,
    impl Iterator<Item = QubitId> + Clone + use<>,
) {
    let system = definition.add_register("system", system);
    let selector = definition.add_register("selector", selector);
    let ancilla = (ancilla > 0).then(|| definition.add_register("ancilla", ancilla));
    (system.qubits(), selector.qubits(), qubits(ancilla.as_ref()))
}

fn projected(ancillas: usize) -> Vec<String> {
    let mut names = vec!["selector".to_string()];
    if ancillas > 0 {
        names.push("ancilla".to_string());
    }
    names
}
