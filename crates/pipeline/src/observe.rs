//! What a run is asked to observe, in the words of its circuit: registers instead of qubits.

use crate::error::PipelineError;
use num_complex::Complex64;
use qnewton_circuit::{Circuit, QubitId};
use qnewton_matrix::AnyMatrix;
use qnewton_statevector::{Observable, PauliSum};

/// An expectation value that is asked for, of all qubits or of one register.
#[derive(Clone, Debug)]
pub struct ObservableRequest {
    /// What it is called in results.
    pub name: String,
    /// The observable.
    pub kind: ObservableKind,
    /// The register whose qubits it numbers; without it all qubits, in the order of their declaration.
    pub register: Option<String>,
}

/// An observable.
#[derive(Clone, Debug)]
pub enum ObservableKind {
    /// The text of a sum of Pauli products: see [`qnewton_statevector::pauli`].
    Pauli(String),
    /// A square matrix with at most as many rows as the qubits have values.
    Matrix(AnyMatrix),
}

/// An expectation value.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// What it is of.
    pub name: String,
    /// The register, if it was of one.
    pub register: Option<String>,
    /// The value; its imaginary part is 0 for Pauli sums, and for averages over trajectories.
    pub value: Complex64,
    /// Standard error of an average over trajectories.
    pub standard_error: Option<f64>,
}

impl ObservableRequest {
    /// The observable on the qubits of a circuit.
    pub(crate) fn resolve(&self, circuit: &Circuit) -> Result<Observable, PipelineError> {
        let refuse = |problem: String| Err(PipelineError::Request { problem });
        let qubits = match &self.register {
            None => (0..circuit.entry()?.qubit_count() as u32).map(QubitId).collect(),
            Some(name) => register_qubits(circuit, name)?,
        };
        let entries = match &self.kind {
            ObservableKind::Pauli(text) => {
                return match PauliSum::parse(text, qubits.len()) {
                    Ok(sum) => Ok(Observable::Pauli { sum, qubits }),
                    Err(error) => refuse(format!("{}: {error}", self.name)),
                };
            }
            ObservableKind::Matrix(matrix) => {
                let (rows, columns) = (matrix.rows(), matrix.cols());
                let size = 1usize.checked_shl(qubits.len() as u32).unwrap_or(usize::MAX);
                if rows != columns || rows > size {
                    let count = qubits.len();
                    let problem = format!(
                        "{}: a {rows} x {columns} matrix is no observable of {count} qubits, a square one of at most \
                         {size} rows is",
                        self.name
                    );
                    return refuse(problem);
                }
                match matrix {
                    AnyMatrix::Real(matrix) => {
                        matrix.iter().map(|(row, column, value)| (row, column, value.into())).collect()
                    }
                    AnyMatrix::Complex(matrix) => matrix.iter().collect(),
                }
            }
        };
        Ok(Observable::Matrix { entries, qubits })
    }
}

/// Qubits and the values they must have, from texts `REGISTER=VALUE` or `REGISTER[i]=VALUE`. Values are decimal, or binary
/// behind `0b`.
pub(crate) fn post_selection(
    circuit: &Circuit,
    texts: &[String],
) -> Result<Vec<(QubitId, bool)>, PipelineError> {
    let mut values: Vec<(QubitId, bool)> = Vec::new();
    for text in texts {
        let refuse = |problem: &str| PipelineError::Request { problem: format!("`{text}`: {problem}") };
        let (name, value) =
            text.split_once('=').ok_or_else(|| refuse("REGISTER=VALUE or REGISTER[i]=VALUE is needed"))?;
        let (name, value) = (name.trim(), value.trim());
        let number = match value.strip_prefix("0b") {
            Some(digits) => u64::from_str_radix(digits, 2),
            None => value.parse(),
        };
        let number =
            number.map_err(|_| refuse("the value is a whole number, or binary digits behind `0b`"))?;
        let qubits = match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            None => register_qubits(circuit, name)?,
            Some((register, index)) => {
                let qubits = register_qubits(circuit, register)?;
                let index = index.parse().ok().filter(|&index: &usize| index < qubits.len());
                let index = index.ok_or_else(|| refuse("the register has no such qubit"))?;
                vec![qubits[index]]
            }
        };
        if qubits.len() < 64 && number >> qubits.len() != 0 {
            return Err(refuse(&format!("the value does not fit {} qubits", qubits.len())));
        }
        for (bit, qubit) in qubits.into_iter().enumerate() {
            if values.iter().any(|&(other, _)| other == qubit) {
                return Err(refuse("a qubit has one value only"));
            }
            values.push((qubit, bit < 64 && number >> bit & 1 == 1));
        }
    }
    Ok(values)
}

fn register_qubits(circuit: &Circuit, name: &str) -> Result<Vec<QubitId>, PipelineError> {
    let entry = circuit.entry()?;
    match entry.register(name) {
        Some(register) => Ok(register.qubits().collect()),
        None => {
            let names: Vec<String> =
                entry.registers().iter().map(|register| format!("`{}`", register.name)).collect();
            let problem = format!("there is no register `{name}`, but {}", names.join(", "));
            Err(PipelineError::Request { problem })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qnewton_circuit::Definition;

    fn circuit() -> Circuit {
        let mut definition = Definition::new("main");
        definition.add_register("a", 2);
        definition.add_register("b", 3);
        let mut circuit = Circuit::new();
        circuit.add(definition);
        circuit
    }

    #[test]
    fn registers_and_qubits_have_values() {
        let found = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
            post_selection(&circuit(), &texts).map_err(|error| error.to_string())
        };
        let expected = |values: &[(u32, bool)]| Ok(values.iter().map(|&(q, on)| (QubitId(q), on)).collect());
        assert_eq!(found(&["b=5"]), expected(&[(2, true), (3, false), (4, true)]));
        assert_eq!(found(&["b = 0b011"]), expected(&[(2, true), (3, true), (4, false)]));
        assert_eq!(found(&["b[1]=1", "a[0]=0"]), expected(&[(3, true), (0, false)]));
        for (texts, said) in [
            (&["b=8"][..], "does not fit 3 qubits"),
            (&["c=0"], "no register `c`, but `a`, `b`"),
            (&["b[3]=0"], "no such qubit"),
            (&["b=1", "b[0]=1"], "one value only"),
            (&["b"], "REGISTER=VALUE"),
            (&["b=-1"], "whole number"),
        ] {
            let error = found(texts).unwrap_err();
            assert!(error.contains(said), "{texts:?}: {error}");
        }
    }
}
