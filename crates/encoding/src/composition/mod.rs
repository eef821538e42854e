//! Block encodings from block encodings: sums, products, tensor products, scalars, adjoints, shifts, dilations.
//!
//! Each result is a block encoding with the register `system` first; what it projects on |0> is in `projected`.
//! Controls reach only what must be controlled: the outer parts of conjugations (preparations of terms, changes of
//! basis) stay as they are. Errors by construction propagate with the norms |A| <= alpha of what is encoded.

mod linear;
mod multiplicative;
mod symmetry;

pub use linear::{plus_identity, scaled, sum};
pub use multiplicative::{product, tensor};
pub use symmetry::{adjoint, controlled, hermitian_dilation, self_inverse};

use crate::error::EncodingError;
use crate::method::BlockEncoding;
use qnewton_circuit::{Call, Circuit, DefinitionId, QubitId, Register};

/// An encoding inside another circuit.
struct Part {
    definition: DefinitionId,
    /// Qubits beyond the system's.
    ancillas: usize,
}

impl Part {
    /// Copies the definitions of an encoding into `circuit`.
    fn import(circuit: &mut Circuit, encoding: &BlockEncoding) -> Result<Self, EncodingError> {
        let ancillas = encoding.circuit.entry()?.operand_count() - encoding.system_qubits;
        Ok(Part { definition: circuit.import(&encoding.circuit)?, ancillas })
    }

    /// A call on a system and the first of some ancillas.
    fn call(
        &self,
        system: impl IntoIterator<Item = QubitId>,
        ancillas: impl IntoIterator<Item = QubitId>,
    ) -> Call {
        Call::new(self.definition, system.into_iter().chain(ancillas.into_iter().take(self.ancillas)))
    }
}

/// The qubits of a register that may be missing.
pub(crate) fn qubits(
    register: Option<&Register>,
) -> impl DoubleEndedIterator<Item = QubitId> + Clone + use<> {
    register.map_or(0..0, |register| register.start..register.start + register.len).map(QubitId)
}

/// The name of a composition: `sum(sparse, dyadic)`.
fn composed_name(operation: &str, parts: &[&BlockEncoding]) -> String {
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    format!("{operation}({})", names.join(", "))
}

/// Parts of a composition that do not fit together.
fn mismatch(operation: &'static str, reason: String) -> EncodingError {
    EncodingError::NotApplicable { method: operation, reason }
}
