//! Numbers about the solution that need no entry of it: inner products and quadratic forms.

use super::error::ReadoutError;
use super::outcomes::{draw, probabilities};
use super::{Readable, ReadoutOptions};
use crate::compile::norm;
use crate::execute::ExecuteOptions;
use qnewton_circuit::QubitId;
use qnewton_core::Monitor;
use qnewton_encoding::{EncodingOptions, encode_cheapest};
use qnewton_matrix::SparseMatrix;
use qnewton_qlsa::readout::{ReadoutCircuit, expectation_circuit, interference_circuit};
use rand::SeedableRng;
use rand_pcg::Pcg64;
use std::time::Instant;

/// A number that was estimated from shots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate; its mean over the shots is exact, up to second order in the error of a norm that had to be read.
    pub value: f64,
    /// Its standard deviation, judged from the counts.
    pub standard_error: f64,
    /// Runs of circuits.
    pub shots: u64,
    /// Seconds that computing the outcomes took: not those of a device.
    pub seconds: f64,
}

/// <c, x> by interference with the state c / ||c||: the difference of the success frequencies at the two values of the
/// control is 2 u v <a, c> / ||c||, see [`qnewton_qlsa::readout`]; `system` need not be read.
///
/// With the weight w = 1 / (1 + sqrt p) of the solver, which has the least variance, the standard error is at most
/// scale ||c|| (1 + sqrt p) / (2 sqrt shots): independent of N. An error if c is 0 or not of one entry for each
/// unknown. What was solved for classically is added exactly.
pub fn overlap(
    readable: &Readable,
    vector: &[f64],
    options: &ReadoutOptions,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Estimate, ReadoutError> {
    readable.check_length(vector.len())?;
    let system = readable.system()?;
    // <c, S y> = <S c, y>.
    let mut reference = readable.scaled(vector);
    let length = norm(&reference);
    reference.resize(1 << system.len(), 0.0);
    // Any weight is unbiased; the prediction may be off, or 0 by underflow.
    let weight = 1.0 / (1.0 + readable.success_probability.clamp(1e-12, 1.0).sqrt());
    let circuit = interference_circuit(readable.solver, &reference, weight)?;
    let factor = length / (2.0 * (weight * (1.0 - weight)).sqrt());
    let factor = Factor { value: factor, power: 1 };
    let estimate = difference(readable, &circuit, factor, options, execute_options, monitor)?;
    let added = readable.added.map_or(0.0, |added| dot(vector, added));
    Ok(Estimate { value: estimate.value + added, ..estimate })
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// x^T M x by a Hadamard test of a block encoding of M behind the solver: alpha times the difference of the
/// frequencies, at the two values of the control, with which all other registers but `system` read 0, see
/// [`qnewton_qlsa::readout`].
///
/// The variance is at most (p + ||M a / alpha||^2) / (2 shots) in units of (scale^2 alpha)^2: the standard error is at
/// most alpha scale ||y|| / sqrt shots, y = x without scaling. Of a matrix that is not symmetric it is the symmetric
/// part that counts. The encoding is exact, the one with the least gates times alpha^2. An error if M is not N x N.
///
/// With x = u + a, a solved for classically, it is u^T M u + <(M + M^T) a, u> + a^T M a: half of the shots go to the
/// [`overlap`] in the middle.
pub fn quadratic_form(
    readable: &Readable,
    matrix: &SparseMatrix<f64>,
    options: &ReadoutOptions,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Estimate, ReadoutError> {
    let Some(added) = readable.added else {
        return pure_quadratic_form(readable, matrix, options, execute_options, monitor);
    };
    readable.check_length(matrix.rows())?;
    readable.check_length(matrix.cols())?;
    let rest = Readable { added: None, ..*readable };
    let image = matrix.mul_vec(added);
    let both: Vec<f64> =
        image.iter().zip(matrix.transpose().mul_vec(added)).map(|(left, right)| left + right).collect();
    let half = ReadoutOptions { shots: options.shots / 2, ..*options };
    let other = ReadoutOptions { shots: options.shots - half.shots, seed: options.seed.wrapping_add(1) };
    let form = pure_quadratic_form(&rest, matrix, &half, execute_options, monitor)?;
    let cross = overlap(&rest, &both, &other, execute_options, monitor)?;
    Ok(Estimate {
        value: form.value + cross.value + dot(added, &image),
        standard_error: form.standard_error.hypot(cross.standard_error),
        shots: form.shots + cross.shots,
        seconds: form.seconds + cross.seconds,
    })
}

/// The quadratic form where nothing was solved for classically.
fn pure_quadratic_form(
    readable: &Readable,
    matrix: &SparseMatrix<f64>,
    options: &ReadoutOptions,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Estimate, ReadoutError> {
    readable.check_length(matrix.rows())?;
    readable.check_length(matrix.cols())?;
    let size = 1 << readable.system()?.len();
    // (S y)^T M (S y) = y^T (S M S) y, and where the solution is padding M is 0.
    let scaling = readable.scaled(&vec![1.0; readable.n]);
    let entries =
        matrix.iter().map(|(row, column, value)| (row, column, scaling[row] * value * scaling[column]));
    let padded = SparseMatrix::from_triplets(size, size, entries)?;
    let encoding = encode_cheapest(&padded, &EncodingOptions::default(), &|alpha| alpha * alpha)?;
    let circuit = expectation_circuit(readable.solver, &encoding)?;
    let factor = Factor { value: encoding.alpha, power: 2 };
    difference(readable, &circuit, factor, options, execute_options, monitor)
}

/// What a difference of frequencies is multiplied by: `value` and a power of the factor between amplitudes and solution.
struct Factor {
    value: f64,
    power: i32,
}

/// The difference of the success frequencies at the two values of the control, times a factor.
fn difference(
    readable: &Readable,
    circuit: &ReadoutCircuit,
    factor: Factor,
    options: &ReadoutOptions,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Estimate, ReadoutError> {
    let start = Instant::now();
    options.check()?;
    let selected: Vec<QubitId> = circuit.system.iter().copied().chain([circuit.control]).collect();
    let mut generator = Pcg64::seed_from_u64(options.seed);
    let system = &circuit.system;
    let scale = readable.read_scale(options.shots, system, &mut generator, execute_options, monitor)?;
    let runs = options.shots - scale.shots;
    let queries = readable.solver.queries;
    let outcomes = probabilities(&circuit.circuit, &selected, queries, execute_options, monitor)?;
    let (zero, one) = outcomes.split_at(outcomes.len() / 2);
    let at_control = [zero.iter().sum(), one.iter().sum()];
    let counts = draw(&at_control, runs, &mut generator)?;
    let (plus, minus, runs) = (counts[0] as f64, counts[1] as f64, runs as f64);
    let mean = (plus - minus) / runs;
    let variance = ((plus + minus) / runs - mean * mean) / runs;
    let value = factor.value * scale.value.powi(factor.power);
    // That of the scale counts as often as its power says.
    let scaling = f64::from(factor.power) * scale.deviation * value * mean;
    Ok(Estimate {
        value: value * mean,
        standard_error: (value * variance.max(0.0).sqrt()).hypot(scaling),
        shots: options.shots,
        seconds: start.elapsed().as_secs_f64(),
    })
}
