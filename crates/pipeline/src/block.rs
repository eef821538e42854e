//! A block encoding alone.

use crate::choice::EncodingChoice;
use crate::compile::Clock;
use crate::documents::Seconds;
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use crate::source::MatrixSource;
use qnewton_circuit::{
    Basis, Circuit, Counts, Depth, MagicCounts, Pass, cost, count, depth, magic_counts_of_gates,
};
use qnewton_core::Monitor;
use qnewton_encoding::{BlockEncoding, Certificate, Verification};

/// The accuracy of a solver that encodings are ranked for where no solver is asked for.
pub const RANKING_EPSILON: f64 = 1e-2;

/// How a matrix is encoded.
#[derive(Clone, Debug, Default)]
pub struct BlockOptions {
    /// How the method is chosen.
    pub encoding: EncodingChoice,
    /// The gates of the circuit.
    pub basis: Basis,
    /// Whether the encoding is executed for its certificate whatever its size.
    pub verify_encoding: bool,
}

/// A block encoding of a prepared matrix, lowered and counted.
#[derive(Clone, Debug)]
pub struct EncodedMatrix {
    /// The matrix' name.
    pub name: String,
    /// Facts about the matrix.
    pub facts: SystemFacts,
    /// The shift, if the matrix comes from gradients.
    pub shift: Option<f64>,
    /// The encoding of the padded matrix.
    pub encoding: BlockEncoding,
    /// How far it may be from the matrix.
    pub certificate: Certificate,
    /// The circuit in the basis.
    pub lowered: Circuit,
    /// The basis.
    pub basis: Basis,
    /// Gates before those vanish that the values of the tables make trivial: single-qubit gates and `cx`.
    pub closed_form: Counts,
    /// T gates and rotations before the gates of the basis are merged.
    pub magic: MagicCounts,
    /// Gates.
    pub counts: Counts,
    /// Depth.
    pub depth: Depth,
    /// Seconds per stage.
    pub seconds: Seconds,
}

/// Encodes a matrix, singular or not.
pub fn encode(
    source: &MatrixSource,
    options: &BlockOptions,
    monitor: &dyn Monitor,
) -> Result<EncodedMatrix, PipelineError> {
    let mut clock = Clock::default();
    monitor.begin("spectrum", 0);
    let facts = source.facts()?;
    clock.stage("spectrum");
    monitor.check()?;
    monitor.begin("encoding", 0);
    let encoding = source.encode(&facts, &options.encoding, RANKING_EPSILON)?;
    clock.stage("encoding");
    let verification = if options.verify_encoding { Verification::Forced } else { Verification::WhereItFits };
    let certificate = source.certify(&encoding, &facts, verification, monitor)?;
    clock.stage("certificate");
    monitor.check()?;
    monitor.begin("lowering", 0);
    let mut lowered = encoding.circuit.clone();
    let mut magic = MagicCounts::default();
    for &pass in Pass::ALL {
        lowered = pass.run(&lowered, options.basis)?;
        if pass == Pass::Structures {
            magic = magic_counts_of_gates(&lowered)?;
        }
    }
    clock.stage("lowering");
    let (counts, depth) = (count(&lowered)?, depth(&lowered)?);
    let closed_form = cost(&encoding.circuit)?;
    clock.stage("counting");
    Ok(EncodedMatrix {
        name: source.name.clone(),
        facts,
        shift: source.shift(),
        encoding,
        certificate,
        lowered,
        basis: options.basis,
        closed_form,
        magic,
        counts,
        depth,
        seconds: clock.seconds,
    })
}
