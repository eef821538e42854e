//! A block encoding from elsewhere.

use super::{GivenError, check_unitary};
use num_complex::Complex64;
use qnewton_circuit::{Call, Circuit, Definition, QubitId, Register, RegisterKind};
use qnewton_core::Monitor;
use qnewton_encoding::BlockEncoding;
use qnewton_statevector::{Program, block};

/// Circuits of up to so many qubits are executed on all columns to see whether they are their own inverse.
const SELF_INVERSE_LIMIT: usize = 10;

/// ||U^2 - 1||, Frobenius norm, up to which a circuit is taken for its own inverse.
const SELF_INVERSE_TOLERANCE: f64 = 1e-12;

/// A circuit U with <0|U|0> = A / alpha on one of its registers, all others projected on |0>.
#[derive(Clone, Debug)]
pub struct GivenBlock {
    encoding: BlockEncoding,
}

impl GivenBlock {
    /// Takes the circuit for an encoding on the register `system`, little-endian. What it encodes is looked at where it is
    /// compiled. Its other registers get names that start with `block_`.
    ///
    /// Circuits of up to 10 qubits are executed to see whether U^2 = 1; larger ones are taken as if it did not hold, which
    /// costs a little more.
    pub fn new(
        circuit: &Circuit,
        system: &str,
        alpha: f64,
        monitor: &dyn Monitor,
    ) -> Result<Self, GivenError> {
        check_unitary(circuit)?;
        if !(alpha > 0.0 && alpha.is_finite()) {
            return Err(GivenError::Alpha { alpha });
        }
        let entry = circuit.entry()?;
        let is_operand = |register: &&Register| register.kind == RegisterKind::Operand && register.len > 0;
        let Some(rows) = entry.register(system).filter(is_operand) else {
            let list = |register: &Register| format!("`{}` ({})", register.name, register.len);
            let found = entry.registers().iter().map(list).collect::<Vec<_>>().join(", ");
            return Err(GivenError::NoSystem { name: system.to_string(), found });
        };
        let mut wrapped = Circuit::new();
        let callee = wrapped.import(&circuit.clone().with_prefix("block_"))?;
        let mut definition = Definition::new(wrapped.fresh_name("block_encoding"));
        let own = definition.add_register("system", rows.len as usize);
        let mut projected = Vec::new();
        let mut operands = Vec::new();
        for register in entry.registers().iter().filter(is_operand) {
            if register.name == system {
                operands.extend(own.qubits());
                continue;
            }
            let name = format!("block_{}", register.name);
            operands.extend(definition.add_register(name.clone(), register.len as usize).qubits());
            projected.push(name);
        }
        definition.call(Call::new(callee, operands));
        wrapped.add(definition);
        let encoding = BlockEncoding {
            hermitian: is_self_inverse(circuit, monitor)?,
            circuit: wrapped,
            name: "custom".to_string(),
            system_qubits: rows.len as usize,
            projected,
            alpha,
            truncation: 0.0,
            spectral: false,
        };
        Ok(GivenBlock { encoding })
    }

    /// The encoding.
    pub fn encoding(&self) -> &BlockEncoding {
        &self.encoding
    }

    /// Refuses a matrix of another size.
    pub(crate) fn check_size(&self, rows: usize) -> Result<(), GivenError> {
        let found = self.encoding.system_qubits;
        let needed = rows.next_power_of_two().trailing_zeros().max(1) as usize;
        let fits = rows.is_power_of_two() && rows > 1;
        if fits && found == needed {
            return Ok(());
        }
        let expected = if fits {
            needed.to_string()
        } else {
            format!("to be padded to {} rows, and then {needed}", 1u64 << needed)
        };
        Err(GivenError::SystemSize { found, expected, rows })
    }
}

/// Whether U^2 = 1; false for circuits that are not executed for it.
fn is_self_inverse(circuit: &Circuit, monitor: &dyn Monitor) -> Result<bool, GivenError> {
    let qubits = circuit.entry()?.operand_count();
    if Program::<f64>::new(circuit)?.qubits() > SELF_INVERSE_LIMIT {
        return Ok(false);
    }
    let mut twice = Circuit::new();
    let callee = twice.import(circuit)?;
    let mut definition = Definition::new(twice.fresh_name("twice"));
    definition.add_register("operands", qubits);
    let operands: Vec<QubitId> = (0..qubits as u32).map(QubitId).collect();
    definition.call(Call::new(callee, operands.iter().copied()).repeated(2));
    twice.add(definition);
    let columns = block(&twice, &operands, 0..1 << qubits, monitor)?;
    let mut squares = 0.0;
    for (j, column) in columns.iter().enumerate() {
        let identity = |i: usize| Complex64::from(if i == j { 1.0 } else { 0.0 });
        squares += column.iter().enumerate().map(|(i, entry)| (entry - identity(i)).norm_sqr()).sum::<f64>();
    }
    Ok(squares.sqrt() <= SELF_INVERSE_TOLERANCE)
}
