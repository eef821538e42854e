//! Measuring what a circuit leaves.

use qnewton_circuit::{BitId, Circuit, CircuitError};

/// The circuit with a measurement of every register of the entry at its end, each into bits of its own, `measured_REGISTER`.
///
/// # Errors
///
/// [`CircuitError::NoEntry`].
pub fn measured(circuit: &Circuit) -> Result<Circuit, CircuitError> {
    let mut entry = circuit.entry()?.clone();
    for register in entry.registers().to_vec() {
        if register.len > 0 {
            let bits = entry.add_bits(format!("measured_{}", register.name), register.len as usize);
            for (qubit, bit) in register.qubits().zip(bits.start..) {
                entry.measure(qubit, BitId(bit));
            }
        }
    }
    let mut result = circuit.clone();
    result.replace(circuit.entry_id()?, entry);
    Ok(result)
}
