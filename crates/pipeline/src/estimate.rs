//! What solving would cost, without values: the circuits of the solvers with tables that have lengths only, counted in
//! closed form. Nothing depends on the number of unknowns but the number of qubits.

use crate::assemble::Solver;
use crate::error::PipelineError;
use qnewton_circuit::{Circuit, Counts, cost};
use qnewton_encoding::BlockEncoding;
use qnewton_qlsa::polynomial::{PositiveRange, relative_degree};
use qnewton_qlsa::positive::walk_polynomial_symbolic;
use qnewton_qlsa::qsvt::inverse_direction_symbolic;

/// The spectrum that a solver has to cope with, in units of A.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SpectralBounds {
    /// A lower bound of the singular values: solver `qsvt` and an encoding of A.
    SingularValues {
        /// The bound.
        smallest: f64,
    },
    /// Bounds of the eigenvalues of a positive definite A: solver `qsvt-positive` and an encoding of A - shift I.
    Eigenvalues {
        /// Lower bound, positive.
        smallest: f64,
        /// Upper bound.
        largest: f64,
        /// The shift.
        shift: f64,
    },
}

/// The closed-form cost of one execution.
#[derive(Clone, Debug)]
pub struct CostEstimate {
    /// The solver.
    pub solver: Solver,
    /// Degree of the polynomial.
    pub degree: u64,
    /// Queries of the matrix.
    pub queries: u64,
    /// Single-qubit gates and `cx`, before values let gates vanish.
    pub counts: Counts,
    /// Qubits, work qubits included.
    pub qubits: usize,
    /// The circuit without values.
    pub circuit: Circuit,
}

/// Degrees beyond this have no use and no exact floating-point number.
const DEGREE_LIMIT: u64 = 1 << 52;

/// The cost of solving to a relative error `epsilon` with any right-hand side, encoded matrix and polynomial of these sizes.
pub fn estimate(
    encoding: &BlockEncoding,
    bounds: &SpectralBounds,
    epsilon: f64,
) -> Result<CostEstimate, PipelineError> {
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(PipelineError::Epsilon { epsilon });
    }
    let (solver, degree, kappa) = match *bounds {
        SpectralBounds::SingularValues { smallest } => {
            let kappa = encoding.alpha / smallest;
            let degree =
                if smallest > 0.0 { relative_degree((1.0 / kappa).min(1.0), epsilon) } else { f64::NAN };
            (Solver::Qsvt, degree, kappa)
        }
        SpectralBounds::Eigenvalues { smallest, largest, shift } => {
            let range = PositiveRange { shift, scale: encoding.alpha, lower: smallest, upper: largest };
            let degree = if smallest > 0.0 { range.degree(epsilon) } else { f64::NAN };
            (Solver::QsvtPositive, degree, largest / smallest)
        }
    };
    if !(degree >= 0.0 && degree <= DEGREE_LIMIT as f64) {
        return Err(PipelineError::DegreeTooLarge { degree, kappa, limit: DEGREE_LIMIT });
    }
    let degree = degree as u64;
    let symbolic = match solver {
        Solver::QsvtPositive => walk_polynomial_symbolic(encoding, degree)?,
        _ => inverse_direction_symbolic(encoding, degree)?,
    };
    let counts = cost(&symbolic.circuit)?;
    let qubits = qnewton_circuit::lower::allocate_ancillas(&symbolic.circuit)?.entry()?.qubit_count();
    Ok(CostEstimate { solver, degree, queries: symbolic.queries, counts, qubits, circuit: symbolic.circuit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::{CompileOptions, compile};
    use qnewton_core::Silent;
    use qnewton_encoding::{Boundary, Family};
    use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix};

    fn tridiagonal(size: usize) -> LinearSystem {
        let pairs = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
        let entry = |i: usize, j: usize| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0 - 0.01 * (i + j) as f64 / size as f64,
            _ => 0.0,
        };
        let matrix =
            SparseMatrix::from_triplets(size, size, pairs.map(|(i, j)| (i, j, entry(i, j)))).unwrap();
        let rhs = (0..size).map(|i| (i as f64 + 0.3).sin()).collect();
        LinearSystem::new("tridiagonal", matrix, Some(rhs), &Preparation::default()).unwrap()
    }

    #[test]
    fn estimates_are_the_costs_of_compiled_circuits() {
        for size in [4, 16] {
            for &solver in &[Solver::Qsvt, Solver::QsvtPositive] {
                let options = CompileOptions { solver: Some(solver), ..CompileOptions::default() };
                let compiled = compile(&tridiagonal(size), &options, &Silent).unwrap();
                // Bounds that lead to the degree of the compiled circuit.
                let polynomial = &compiled.polynomial;
                let bounds = match polynomial.positive {
                    None => SpectralBounds::SingularValues {
                        smallest: polynomial.interval * compiled.encoding.alpha,
                    },
                    Some(positive) => SpectralBounds::Eigenvalues {
                        smallest: positive.lower,
                        largest: positive.upper,
                        shift: positive.shift,
                    },
                };
                let found = estimate(&compiled.encoding, &bounds, polynomial.epsilon).unwrap();
                assert_eq!((found.solver, found.degree), (solver, compiled.degree));
                assert_eq!(found.queries, compiled.solver.queries);
                assert_eq!(found.qubits, compiled.qubits);
                assert_eq!(found.counts, cost(&compiled.solver.circuit).unwrap());
            }
        }
    }

    #[test]
    fn a_trillion_unknowns_cost_little_more_than_their_right_hand_side() {
        let family = |diagonal| Family::TridiagonalToeplitz {
            qubits: 40,
            diagonal,
            off_diagonal: -1.0,
            boundary: Boundary::Open,
        };
        let whole = family(2.0 + 4e-8).encode().unwrap();
        let bounds = SpectralBounds::SingularValues { smallest: 4e-8 };
        let qsvt = estimate(&whole, &bounds, 1e-2).unwrap();
        // Preparing an arbitrary right-hand side takes 2^40 - 2 cx of it.
        let without_rhs = |found: &CostEstimate| found.counts.two_qubit() - ((1 << 40) - 2);
        assert!(qsvt.degree > 500_000_000 && without_rhs(&qsvt) > u128::from(qsvt.queries) * 300);
        let off_diagonal = family(0.0).encode().unwrap();
        let bounds = SpectralBounds::Eigenvalues { smallest: 4e-8, largest: 4.0 + 4e-8, shift: 2.0 + 4e-8 };
        let positive = estimate(&off_diagonal, &bounds, 1e-2).unwrap();
        assert!(positive.degree < 30_000 && without_rhs(&positive) < without_rhs(&qsvt) / 1_000);
    }

    #[test]
    fn what_has_no_degree_is_refused() {
        let encoding =
            crate::compile::compile(&tridiagonal(4), &CompileOptions::default(), &Silent).unwrap().encoding;
        for smallest in [0.0, -1.0, f64::NAN, 1e-30] {
            assert!(estimate(&encoding, &SpectralBounds::SingularValues { smallest }, 1e-2).is_err());
        }
        let bounds = SpectralBounds::Eigenvalues { smallest: -1.0, largest: 1.0, shift: 0.0 };
        assert!(estimate(&encoding, &bounds, 1e-2).is_err());
        assert!(estimate(&encoding, &SpectralBounds::SingularValues { smallest: 0.5 }, 0.0).is_err());
    }
}
