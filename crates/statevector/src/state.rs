//! State vectors.

use crate::error::ExecutorError;
use crate::memory::{check_memory, memory_available};
use crate::real::{Real, widen};
use crate::simd::Amplitudes;
use num_complex::{Complex, Complex64};
use num_traits::Zero;
use qnewton_circuit::QubitId;
use rayon::prelude::*;

/// Amplitudes per partial sum: sums are the same for every number of threads.
pub(crate) const CHUNK: usize = 1 << 12;

/// The amplitudes of a pure state. Qubit 0 is the least significant bit of an index.
///
/// Amplitudes are reached by their logical index only; where they are stored is nobody else's business.
#[derive(Clone, Debug, PartialEq)]
pub struct StateVector<R: Real = f64> {
    qubits: usize,
    amplitudes: Amplitudes<R>,
}

impl<R: Real> StateVector<R> {
    /// |0...0>, if the memory that is available now suffices.
    pub fn zero(qubits: usize) -> Result<Self, ExecutorError> {
        Self::basis(qubits, 0)
    }

    /// |0...0>, if `available` bytes suffice.
    pub fn zero_within(qubits: usize, available: u128) -> Result<Self, ExecutorError> {
        check_memory::<R>(qubits, available)?;
        let needed = crate::memory::memory_needed::<R>(qubits);
        let mut amplitudes = Amplitudes::zero(1usize << qubits).map_err(|_| ExecutorError::Memory {
            qubits,
            needed,
            available,
        })?;
        amplitudes[0] = Complex::from(R::one());
        Ok(StateVector { qubits, amplitudes })
    }

    /// |index>; an error if the index needs more qubits.
    pub fn basis(qubits: usize, index: usize) -> Result<Self, ExecutorError> {
        let mut state = Self::zero_within(qubits, memory_available())?;
        if index >= state.amplitudes.len() {
            let problem = format!("basis state {index} needs more than {qubits} qubits");
            return Err(ExecutorError::State { problem });
        }
        state.amplitudes.swap(0, index);
        Ok(state)
    }

    /// A state with given amplitudes, which are copied: 2^n of them, finite, of norm 1 within [`Real::NORM_TOLERANCE`].
    pub fn from_amplitudes(amplitudes: &[Complex<R>]) -> Result<Self, ExecutorError> {
        let refuse = |problem: String| Err(ExecutorError::State { problem });
        if !amplitudes.len().is_power_of_two() {
            return refuse(format!("{} amplitudes are given, a power of two is needed", amplitudes.len()));
        }
        if let Some(index) = amplitudes.iter().position(|a| !(a.re.is_finite() && a.im.is_finite())) {
            return refuse(format!("amplitude {index} is not finite"));
        }
        let mut state = StateVector::zero(amplitudes.len().trailing_zeros() as usize)?;
        state.amplitudes.copy_from_slice(amplitudes);
        let norm = state.norm();
        if (norm - 1.0).abs() > R::NORM_TOLERANCE {
            return refuse(format!("the norm of the amplitudes is {norm}, it must be 1"));
        }
        Ok(state)
    }

    /// Number of qubits.
    pub fn qubits(&self) -> usize {
        self.qubits
    }

    /// The amplitude of |index>; zero for an index that the qubits cannot represent.
    pub fn amplitude(&self, index: usize) -> Complex<R> {
        self.amplitudes.get(index).copied().unwrap_or_else(Complex::zero)
    }

    /// The amplitudes by increasing index.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Complex<R>> + '_ {
        self.amplitudes.iter().copied()
    }

    /// The Euclidean norm.
    pub fn norm(&self) -> f64 {
        self.sum(|_, amplitude| widen(amplitude).norm_sqr()).sqrt()
    }

    /// The probability that `qubit` is measured as 1; an error if there is no such qubit.
    pub fn probability(&self, qubit: QubitId) -> Result<f64, ExecutorError> {
        check_qubits(&[qubit], self.qubits)?;
        let bit = 1usize << qubit.index();
        Ok(self.sum(|index, amplitude| if index & bit != 0 { widen(amplitude).norm_sqr() } else { 0.0 }))
    }

    /// The inner product <self|other>; an error if the numbers of qubits differ.
    pub fn inner_product(&self, other: &StateVector<R>) -> Result<Complex64, ExecutorError> {
        if self.qubits != other.qubits {
            return Err(ExecutorError::Qubits { expected: self.qubits, found: other.qubits });
        }
        let partial = |(left, right): (&[Complex<R>], &[Complex<R>])| -> Complex64 {
            left.iter().zip(right).map(|(&a, &b)| widen(a).conj() * widen(b)).sum()
        };
        let (left, right) = (&self.amplitudes, &other.amplitudes);
        let partials: Vec<Complex64> = if left.len() >= crate::regions::PARALLEL_FROM {
            left.par_chunks(CHUNK).zip(right.par_chunks(CHUNK)).map(partial).collect()
        } else {
            left.chunks(CHUNK).zip(right.chunks(CHUNK)).map(partial).collect()
        };
        Ok(partials.into_iter().sum())
    }

    /// Sums `term` over all amplitudes, in an order that does not depend on the number of threads.
    pub(crate) fn sum(&self, term: impl Fn(usize, Complex<R>) -> f64 + Sync) -> f64 {
        sum_over(&self.amplitudes, term)
    }

    /// Back to |0...0>.
    pub fn reset(&mut self) {
        self.amplitudes.fill(Complex::zero());
        self.amplitudes[0] = Complex::from(R::one());
    }

    pub(crate) fn amplitudes(&self) -> &[Complex<R>] {
        &self.amplitudes
    }

    pub(crate) fn amplitudes_mut(&mut self) -> &mut [Complex<R>] {
        &mut self.amplitudes
    }
}

/// See [`StateVector::sum`].
pub(crate) fn sum_over<R: Real>(
    amplitudes: &[Complex<R>],
    term: impl Fn(usize, Complex<R>) -> f64 + Sync,
) -> f64 {
    partial_sums(amplitudes, term).into_iter().sum()
}

/// The sums of [`sum_over`] over [`CHUNK`] amplitudes each.
pub(crate) fn partial_sums<R: Real>(
    amplitudes: &[Complex<R>],
    term: impl Fn(usize, Complex<R>) -> f64 + Sync,
) -> Vec<f64> {
    let partial = |(chunk, amplitudes): (usize, &[Complex<R>])| -> f64 {
        amplitudes.iter().enumerate().map(|(offset, &a)| term(chunk * CHUNK + offset, a)).sum()
    };
    if amplitudes.len() >= crate::regions::PARALLEL_FROM {
        amplitudes.par_chunks(CHUNK).enumerate().map(partial).collect()
    } else {
        amplitudes.chunks(CHUNK).enumerate().map(partial).collect()
    }
}

/// Refuses qubits that do not exist or occur twice.
pub(crate) fn check_qubits(selected: &[QubitId], qubits: usize) -> Result<(), ExecutorError> {
    for (position, qubit) in selected.iter().enumerate() {
        let problem = if qubit.index() >= qubits {
            format!("qubit {} does not exist, the state has {qubits} qubits", qubit.0)
        } else if selected[..position].contains(qubit) {
            format!("qubit {} is selected twice", qubit.0)
        } else {
            continue;
        };
        return Err(ExecutorError::Selection { problem });
    }
    Ok(())
}
