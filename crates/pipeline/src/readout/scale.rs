//! The factor between amplitudes and solution, where it has to be read too.
//!
//! Of a solver that leaves the direction, scale = s ||b|| / (alpha sqrt q), q the success probability of the circuit
//! with the further query, s = +-1 ([`crate::norm`]). Its amplitude s sqrt q along b is read like any other: runs of the
//! circuit alone give q, runs in interference with b tell s. What the image of a solution leaves beside b is of second
//! order in the error of the solution.

use super::budget::{Allocation, norm_shots};
use super::error::ReadoutError;
use super::estimator::Counts;
use super::outcomes::{draw, probabilities};
use super::{Readable, UNCERTAIN};
use crate::compile::norm;
use crate::execute::ExecuteOptions;
use qnewton_circuit::QubitId;
use qnewton_core::Monitor;
use qnewton_encoding::BlockEncoding;
use qnewton_qlsa::readout::{interference_circuit, norm_circuit};
use rand_pcg::Pcg64;

/// How amplitudes become the solution.
#[derive(Clone, Copy, Debug)]
pub enum Scale<'a> {
    /// y = scale * unnormalised projected amplitudes.
    Known(f64),
    /// The amplitudes have the direction of y, up to a sign.
    FurtherQuery {
        /// The encoding of the matrix that the solver's queries are of.
        encoding: &'a BlockEncoding,
        /// The right-hand side, without padding.
        rhs: &'a [f64],
        /// Predicted probability that the further query succeeds, given that the solver did. It shares the shots and
        /// biases nothing.
        probability: f64,
    },
}

/// What is known of the factor.
pub(super) struct ReadScale {
    pub(super) value: f64,
    /// Expected relative deviation, root mean square.
    pub(super) deviation: f64,
    /// Runs that it took.
    pub(super) shots: u64,
    /// Whether the sign may be the other one.
    pub(super) sign_uncertain: bool,
}

impl Readable<'_> {
    /// Reads the factor, if it is not known, with as many of the shots as serve the solution best.
    pub(super) fn read_scale(
        &self,
        shots: u64,
        system: &[QubitId],
        generator: &mut Pcg64,
        options: &ExecuteOptions,
        monitor: &dyn Monitor,
    ) -> Result<ReadScale, ReadoutError> {
        let (encoding, rhs, probability) = match self.scale {
            Scale::Known(value) => {
                return Ok(ReadScale { value, deviation: 0.0, shots: 0, sign_uncertain: false });
            }
            Scale::FurtherQuery { encoding, rhs, probability } => (encoding, rhs, probability),
        };
        self.check_length(rhs.len())?;
        let shots = norm_shots(shots, self.n, self.success_probability, probability)?;
        let allocation = Allocation::of(shots, 1)?;
        let solver = norm_circuit(self.solver, encoding)?;
        let mut reference = rhs.to_vec();
        reference.resize(1 << system.len(), 0.0);
        let alone = probabilities(&solver.circuit, system, solver.queries, options, monitor)?;
        let circuit = interference_circuit(&solver, &reference, allocation.solver_weight)?;
        let selected: Vec<QubitId> = circuit.system.iter().copied().chain([circuit.control]).collect();
        let both = probabilities(&circuit.circuit, &selected, solver.queries, options, monitor)?;
        let (plus, minus) = both.split_at(alone.len());
        let total = |probabilities: &[f64]| probabilities.iter().sum::<f64>();
        let magnitudes = draw(&[total(&alone)], allocation.magnitude_shots, generator)?;
        let signed = draw(&[total(plus), total(minus)], allocation.interference_shots, generator)?;
        let counts = Counts { alone: magnitudes[0], plus: signed[0], minus: signed[1] };
        let amplitude = counts.amplitude(&allocation, 1);
        // The mean is near 0 while the sign is open, the magnitude is not.
        let magnitude = amplitude.mean.hypot(amplitude.deviation);
        let sign = if amplitude.mean < 0.0 { -1.0 } else { 1.0 };
        Ok(ReadScale {
            value: sign * norm(rhs) / (encoding.alpha * magnitude),
            deviation: amplitude.deviation / magnitude,
            shots,
            sign_uncertain: amplitude.wrong_sign >= UNCERTAIN,
        })
    }
}
