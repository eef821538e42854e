//! Principal components of a table of samples.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, Par};
use ndarray::{Array2, Axis};

use super::DataError;

/// The `count` directions of largest variance of `centred` (samples x features, every column of mean 0), as
/// orthonormal columns (features x count) in order of falling variance. The component of largest magnitude of
/// each is positive, so that the signs do not depend on the eigenvalue routine.
///
/// # Errors
/// The eigenvalue routine does not converge.
pub(super) fn principal_components(centred: &Array2<f64>, count: usize) -> Result<Array2<f64>, DataError> {
    let features = centred.ncols();
    let covariance = centred.t().dot(centred) / centred.nrows() as f64;
    let matrix = Mat::from_fn(features, features, |row, column| covariance[[row, column]]);
    let mut eigenvectors = Mat::<f64>::zeros(features, features);
    let mut eigenvalues = faer::diag::Diag::<f64>::zeros(features);
    // One thread, whatever the global setting: the result must not depend on the number of threads.
    let scratch =
        self_adjoint_evd_scratch::<f64>(features, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    self_adjoint_evd(
        matrix.as_ref(),
        eigenvalues.as_mut(),
        Some(eigenvectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|error| DataError::PrincipalComponents { reason: format!("{error:?}") })?;
    // Eigenvalues rise with the index.
    let mut components =
        Array2::from_shape_fn((features, count), |(row, column)| eigenvectors[(row, features - 1 - column)]);
    for mut component in components.axis_iter_mut(Axis(1)) {
        let largest = component
            .iter()
            .fold(0.0_f64, |largest, value| if value.abs() > largest.abs() { *value } else { largest });
        if largest < 0.0 {
            component.mapv_inplace(|value| -value);
        }
    }
    Ok(components)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Generator, Purpose};

    #[test]
    fn components_are_orthonormal_uncorrelated_and_ordered() {
        let mut generator = Generator::new(11, Purpose::Weights);
        let mut samples =
            Array2::from_shape_fn((40, 6), |(_, column)| (column + 1) as f64 * generator.standard_normal());
        // Correlated columns, so that the components are not the coordinates.
        for mut row in samples.rows_mut() {
            row[0] += row[5];
            row[2] -= row[4];
        }
        let centred = &samples - &samples.mean_axis(Axis(0)).unwrap();
        let components = principal_components(&centred, 4).unwrap();
        let gram = components.t().dot(&components);
        assert!((&gram - &Array2::<f64>::eye(4)).iter().all(|entry| entry.abs() < 1e-13));
        let projected = centred.dot(&components);
        let covariance = projected.t().dot(&projected) / 40.0;
        let variances = covariance.diag().to_vec();
        assert!(variances.windows(2).all(|pair| pair[0] >= pair[1]));
        for ((row, column), entry) in covariance.indexed_iter() {
            assert!(row == column || entry.abs() < 1e-12 * variances[0]);
        }
        // No direction has more variance than the first.
        let direction = centred.row(0).to_owned() / centred.row(0).dot(&centred.row(0)).sqrt();
        let along = centred.dot(&direction);
        assert!(along.dot(&along) / 40.0 <= variances[0] * (1.0 + 1e-12));
        for component in components.columns() {
            let largest = component.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap();
            assert!(largest > 0.0);
        }
    }
}
