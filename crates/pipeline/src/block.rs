//! A block encoding alone.

use crate::compile::{Clock, padded_matrix};
use crate::documents::Seconds;
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use qnewton_circuit::{Basis, Circuit, Counts, Depth, count, depth, lower};
use qnewton_core::Monitor;
use qnewton_encoding::{BlockEncoding, Certificate, Method, Verification, certify};
use qnewton_matrix::LinearSystem;

/// How a matrix is encoded.
#[derive(Clone, Debug, Default)]
pub struct BlockOptions {
    /// The method; `None` takes the cheapest.
    pub encoding: Option<Method>,
    /// The gates of the circuit.
    pub basis: Basis,
    /// Whether the encoding is executed for its certificate whatever its size.
    pub verify_encoding: bool,
}

/// A block encoding of a prepared matrix, lowered and counted.
#[derive(Clone, Debug)]
pub struct EncodedMatrix {
    /// The system's name.
    pub name: String,
    /// Facts about the matrix.
    pub facts: SystemFacts,
    /// The encoding of the padded matrix.
    pub encoding: BlockEncoding,
    /// How far it may be from the matrix.
    pub certificate: Certificate,
    /// The circuit in the basis.
    pub lowered: Circuit,
    /// The basis.
    pub basis: Basis,
    /// Gates.
    pub counts: Counts,
    /// Depth.
    pub depth: Depth,
    /// Seconds per stage.
    pub seconds: Seconds,
}

/// Encodes the matrix of a system, singular or not.
pub fn encode(
    system: &LinearSystem,
    options: &BlockOptions,
    monitor: &dyn Monitor,
) -> Result<EncodedMatrix, PipelineError> {
    let mut clock = Clock::default();
    monitor.begin("spectrum", 0);
    let facts = SystemFacts::of(&system.matrix)?;
    clock.stage("spectrum");
    monitor.check()?;
    monitor.begin("encoding", 0);
    let padded = padded_matrix(&system.matrix, &facts);
    let encoding = qnewton_encoding::encode(&padded, options.encoding)?;
    clock.stage("encoding");
    let verification = if options.verify_encoding { Verification::Forced } else { Verification::WhereItFits };
    let certificate = certify(&encoding, &padded, verification, monitor)?;
    clock.stage("certificate");
    monitor.check()?;
    monitor.begin("lowering", 0);
    let lowered = lower(&encoding.circuit, options.basis)?;
    let (counts, depth) = (count(&lowered)?, depth(&lowered)?);
    clock.stage("lowering");
    let name = system.name.clone();
    let basis = options.basis;
    Ok(EncodedMatrix {
        name,
        facts,
        encoding,
        certificate,
        lowered,
        basis,
        counts,
        depth,
        seconds: clock.seconds,
    })
}
