//! What is estimated for: a system that there is, or a matrix of a family of any size.

use super::{CostEstimate, EstimateRequest, SpectralBounds, estimate};
use crate::assemble::{Problem, Solver, encode};
use crate::choice::EncodingChoice;
use crate::compile::{Clock, CompileOptions, padded_matrix, scaling_ratio};
use crate::documents::Seconds;
use crate::error::PipelineError;
use crate::facts::SystemFacts;
use qnewton_circuit::{Circuit, Definition};
use qnewton_encoding::composition::{sum, tensor};
use qnewton_encoding::{BlockEncoding, Boundary, EncodingError, Family};
use qnewton_matrix::{GramFactor, Interval, LinearSystem, SparseMatrix};
use std::f64::consts::PI;

/// A matrix with bounds of its spectrum.
#[derive(Clone, Debug)]
pub struct EstimateTarget {
    /// Facts about it.
    pub facts: SystemFacts,
    /// The facts with the bound of the condition number that was given.
    bounded: SystemFacts,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Matrix {
        padded: SparseMatrix<f64>,
        /// What a scaling makes of relative errors.
        stretch: f64,
        factor: Option<GramFactor>,
    },
    Family(Family),
}

impl EstimateTarget {
    /// The matrix of a system; a right-hand side does not matter. With a `condition_number`, an upper bound, solvers have
    /// to cope with that one; it must not be less than the true one.
    pub fn of_system(system: &LinearSystem, condition_number: Option<f64>) -> Result<Self, PipelineError> {
        let facts = SystemFacts::of_system(system)?;
        facts.check_regular()?;
        let padded = padded_matrix(&system.matrix, &facts);
        let bounded = facts.bounded(condition_number)?;
        let stretch = scaling_ratio(system.scaling.as_deref());
        let kind = Kind::Matrix { padded, stretch, factor: system.factor.clone() };
        Ok(EstimateTarget { facts, bounded, kind })
    }

    /// A family. Its condition number has a closed form if the matrix is definite; else it must be given.
    pub fn of_family(family: &Family, condition_number: Option<f64>) -> Result<Self, PipelineError> {
        let kind = Kind::Family(family.clone());
        let mut facts = SystemFacts::of_family(family);
        let Some(SpectralBounds { smallest, largest, positive_definite }) = family_bounds(family) else {
            let given = condition_number.ok_or(PipelineError::UnknownConditionNumber)?;
            // All that is known is that it is at least 1.
            let mut bounded = facts.clone();
            bounded.spectrum.condition_number = Some(1.0);
            bounded.spectrum.smallest = bounded.spectrum.norm;
            return Ok(EstimateTarget { facts, bounded: bounded.bounded(Some(given))?, kind });
        };
        if smallest <= 0.0 {
            return Err(PipelineError::Singular { sigma_min: smallest, norm: largest });
        }
        let spectrum = &mut facts.spectrum;
        spectrum.smallest = smallest;
        spectrum.smallest_interval = Interval { lower: smallest, upper: smallest };
        spectrum.condition_number = Some(largest / smallest);
        spectrum.positive_definite = Some(positive_definite);
        Ok(EstimateTarget { bounded: facts.bounded(condition_number)?, facts, kind })
    }

    /// The spectrum that solvers have to cope with.
    pub fn bounds(&self) -> SpectralBounds {
        SpectralBounds::from(&self.bounded)
    }

    /// The encoding that a solver takes, chosen as for a compilation, and what one execution costs.
    pub fn estimate(
        &self,
        solver: Solver,
        epsilon: f64,
        choice: &EncodingChoice,
    ) -> Result<TargetEstimate, PipelineError> {
        let mut clock = Clock::default();
        let (encoding, shift) = self.encode(solver, epsilon, choice)?;
        clock.stage("encoding");
        let stretch = match &self.kind {
            Kind::Matrix { stretch, .. } => *stretch,
            Kind::Family(_) => 1.0,
        };
        let bounds = self.bounds();
        let request = EstimateRequest {
            solver,
            bounds,
            epsilon: epsilon / stretch,
            shift,
            solution_norm: None,
            gram: self.facts.gram,
        };
        let cost = estimate(&encoding, &request)?;
        clock.stage("estimate");
        Ok(TargetEstimate { encoding, shift, cost, seconds: clock.seconds })
    }

    fn encode(
        &self,
        solver: Solver,
        epsilon: f64,
        choice: &EncodingChoice,
    ) -> Result<(BlockEncoding, f64), PipelineError> {
        match &self.kind {
            Kind::Matrix { padded, stretch, factor } => {
                let options = CompileOptions {
                    epsilon,
                    encoding: *choice,
                    solver: Some(solver),
                    ..CompileOptions::default()
                };
                // Encodings depend on the matrix alone.
                let problem = Problem {
                    facts: &self.bounded,
                    padded,
                    rhs: &[],
                    solution_norm: 0.0,
                    options: &options,
                    stretch: *stretch,
                    deflated: false,
                    factor: factor.as_ref(),
                };
                encode(solver, &problem)
            }
            Kind::Family(family) => {
                if let Some(method) = choice.method {
                    let reason = "a family has an encoding of its own".to_string();
                    return Err(EncodingError::NotApplicable { method: method.name(), reason }.into());
                }
                match solver {
                    Solver::Gram => Err(PipelineError::NoFactor),
                    Solver::QsvtPositive => Ok(without_diagonal(family)?),
                    _ => Ok((family.encode()?, 0.0)),
                }
            }
        }
    }
}

/// What a solver of a target costs.
#[derive(Clone, Debug)]
pub struct TargetEstimate {
    /// The block encoding.
    pub encoding: BlockEncoding,
    /// It is one of A - shift I.
    pub shift: f64,
    /// One execution.
    pub cost: CostEstimate,
    /// Seconds per stage.
    pub seconds: Seconds,
}

/// The ends of the singular spectrum of a family in closed form, if it is definite or semidefinite: eigenvalues of
/// tridiagonal Toeplitz matrices of dimension N are d + 2 e cos(k pi/(N + 1)), k = 1, ..., N, those of circulant ones
/// d + 2 e cos(2 k pi/N).
pub fn family_bounds(family: &Family) -> Option<SpectralBounds> {
    // 1 - cos of the angle next to 0, without cancellation.
    let gap = |qubits: usize, boundary: Boundary| match boundary {
        Boundary::Open => 2.0 * (0.5 * PI / (2f64.powi(qubits as i32) + 1.0)).sin().powi(2),
        Boundary::Periodic => 0.0,
    };
    let axis = |qubits: usize, diagonal: f64, off_diagonal: f64, boundary: Boundary| {
        let (diagonal, neighbours) = (diagonal.abs(), 2.0 * off_diagonal.abs());
        let gap = neighbours * gap(qubits, boundary);
        ((diagonal - neighbours) + gap, (diagonal + neighbours) - gap)
    };
    let (smallest, largest, positive_definite) = match family {
        Family::Laplacian { boundary, qubits } => {
            let axes = qubits.iter().map(|&qubits| axis(qubits, 2.0, -1.0, *boundary));
            let (smallest, largest) = axes.fold((0.0, 0.0), |sum, axis| (sum.0 + axis.0, sum.1 + axis.1));
            (smallest, largest, smallest > 0.0)
        }
        Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal, boundary } => {
            let (smallest, largest) = axis(*qubits, *diagonal, *off_diagonal, *boundary);
            (smallest, largest, *diagonal > 0.0 && smallest > 0.0)
        }
        Family::BandedWalsh { .. } => return None,
    };
    (smallest >= 0.0).then_some(SpectralBounds { smallest, largest, positive_definite })
}

/// The encoding of a matrix of a family less its constant diagonal, and that diagonal.
fn without_diagonal(family: &Family) -> Result<(BlockEncoding, f64), EncodingError> {
    let line = |qubits: usize, off_diagonal: f64, boundary: Boundary| {
        Family::TridiagonalToeplitz { qubits, diagonal: 0.0, off_diagonal, boundary }.encode()
    };
    match family {
        Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal, boundary } if *off_diagonal != 0.0 => {
            Ok((line(*qubits, *off_diagonal, *boundary)?, *diagonal))
        }
        Family::Laplacian { boundary, qubits } => {
            // The neighbours along each axis, on all others the identity.
            let mut axes = Vec::new();
            for (position, &axis) in qubits.iter().enumerate() {
                let low = identity(qubits[..position].iter().sum());
                let high = identity(qubits[position + 1..].iter().sum());
                let line = line(axis, -1.0, *boundary)?;
                let line = low.map_or(Ok(line.clone()), |low| tensor(&line, &low))?;
                axes.push(high.map_or(Ok(line.clone()), |high| tensor(&high, &line))?);
            }
            let parts: Vec<(f64, &BlockEncoding)> = axes.iter().map(|axis| (1.0, axis)).collect();
            Ok((sum(&parts)?, 2.0 * qubits.len() as f64))
        }
        _ => Ok((family.encode()?, 0.0)),
    }
}

/// The identity on so many qubits; none on no qubit.
fn identity(qubits: usize) -> Option<BlockEncoding> {
    let mut definition = Definition::new("identity");
    definition.add_register("system", qubits);
    let mut circuit = Circuit::new();
    circuit.add(definition);
    (qubits > 0).then(|| BlockEncoding {
        circuit,
        name: "identity".to_string(),
        system_qubits: qubits,
        projected: Vec::new(),
        alpha: 1.0,
        truncation: 0.0,
        hermitian: true,
        spectral: false,
    })
}
