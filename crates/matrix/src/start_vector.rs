//! Random start vectors for iterations.

use std::f64::consts::TAU;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::sparse::euclidean_norm;

/// A vector that is uniformly distributed on the unit sphere, the same for the same seed.
pub(crate) fn random_unit_vector(dimension: usize, seed: u64) -> Vec<f64> {
    let mut generator = Pcg64::seed_from_u64(seed);
    // Box and Muller's transform; 1 - u lies in (0, 1], so the logarithm is finite.
    let normal: Vec<f64> = (0..dimension)
        .map(|_| {
            let (radius, angle) = (1.0 - generator.random::<f64>(), generator.random::<f64>());
            (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
        })
        .collect();
    let norm = euclidean_norm(&normal);
    normal.into_iter().map(|value| value / norm).collect()
}
