//! What one training step knows of the next: singular values move by at most the norm of what changed (Weyl).

use crate::conditioning::combine;
use crate::lanczos::Interval;
use crate::sparse::SparseMatrix;
use crate::spectrum::Spectrum;

/// A matrix and the intervals of both ends of its singular spectrum, of the step before.
#[derive(Clone, Debug, PartialEq)]
pub struct WarmStart {
    matrix: SparseMatrix<f64>,
    norm: Interval,
    smallest: Interval,
}

impl WarmStart {
    /// From the spectrum of the matrix.
    pub fn new(matrix: SparseMatrix<f64>, spectrum: &Spectrum) -> Self {
        WarmStart { matrix, norm: spectrum.norm_interval, smallest: spectrum.smallest_interval }
    }

    /// Intervals of norm and smallest singular value of the next matrix, in units in which its largest entry is near 1, where
    /// `next` has been brought; `None` if it has another shape.
    pub(super) fn moved(&self, next: &SparseMatrix<f64>, unit: f64) -> Option<[Interval; 2]> {
        if (self.matrix.rows(), self.matrix.cols()) != (next.rows(), next.cols()) {
            return None;
        }
        let before = self.matrix.scale(unit);
        let change = combine(next, &before, |after, before| after - before);
        let drift = change.frobenius_norm().min((change.max_row_sum() * change.max_column_sum()).sqrt());
        let moved = |interval: Interval| Interval {
            lower: (interval.lower * unit - drift).max(0.0),
            upper: interval.upper * unit + drift,
        };
        Some([moved(self.norm), moved(self.smallest)])
    }
}
