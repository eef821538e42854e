//! What amplitudes should be, without any circuit: polynomials of the matrix by three-term recurrences.

use crate::compile::norm;
use crate::error::PipelineError;
use crate::manifest::{EvolutionRecord, GramRecord, PolynomialRecord, PositiveRecord, ReflectionRecord};
use qnewton_matrix::{EigenDecomposition, SparseMatrix, add_to_diagonal, symmetric_eigen_decomposition};
use qnewton_qlsa::polynomial::{
    ChebyshevSeries, PositiveRange, inverse_positive, inverse_relative, kernel_reflection, sine_inverse,
};

/// P(A / alpha) b / ||b|| / normalization in the direction of the inverse, by T_(k+1) = 2 M T_k - T_(k-1) with M
/// alternating between A^T / alpha and A / alpha.
pub(super) fn polynomial_of(
    matrix: &SparseMatrix<f64>,
    alpha: f64,
    rhs: &[f64],
    record: &PolynomialRecord,
) -> Result<(Vec<f64>, usize), PipelineError> {
    if let Some(reflection) = &record.reflection {
        return reflection_of(matrix, alpha, rhs, record, reflection);
    }
    if let Some(evolution) = &record.evolution {
        return evolution_of(matrix, rhs, record, evolution);
    }
    if let Some(positive) = &record.positive {
        return positive_polynomial_of(matrix, alpha, rhs, record, positive);
    }
    if let Some(gram) = &record.gram {
        return gram_polynomial_of(matrix, alpha, rhs, record, gram);
    }
    let polynomial = inverse_relative(record.interval.min(1.0), record.epsilon)?;
    let series: &ChebyshevSeries = &polynomial.series;
    let transpose = matrix.transpose();
    let scale = norm(rhs);
    let mut even: Vec<f64> = rhs.iter().map(|value| value / scale).collect();
    even.resize(matrix.rows(), 0.0);
    let mut odd: Vec<f64> = transpose.mul_vec(&even).iter().map(|value| value / alpha).collect();
    let mut sum = vec![0.0; matrix.rows()];
    for order in (1..=series.degree()).step_by(2) {
        let coefficient = series.coefficient(order);
        sum.iter_mut().zip(&odd).for_each(|(sum, term)| *sum += coefficient * term);
        let advance = |matrix: &SparseMatrix<f64>, from: &[f64], to: &mut Vec<f64>| {
            let product = matrix.mul_vec(from);
            to.iter_mut().zip(product).for_each(|(to, product)| *to = 2.0 * product / alpha - *to);
        };
        advance(matrix, &odd, &mut even);
        advance(&transpose, &even, &mut odd);
    }
    sum.iter_mut().for_each(|value| *value /= record.normalization);
    Ok((sum, polynomial.degree))
}

/// P(G / alpha) b / ||b|| / normalization on the right singular vectors of G, P even, with G and G^T in turn.
fn gram_polynomial_of(
    gradients: &SparseMatrix<f64>,
    alpha: f64,
    rhs: &[f64],
    record: &PolynomialRecord,
    gram: &GramRecord,
) -> Result<(Vec<f64>, usize), PipelineError> {
    let series = gram.units(alpha).polynomial(record.interval, record.epsilon)?.series;
    let transpose = gradients.transpose();
    let scale = norm(rhs);
    let mut even: Vec<f64> = rhs.iter().map(|value| value / scale).collect();
    even.resize(gradients.rows(), 0.0);
    let mut odd: Vec<f64> = gradients.mul_vec(&even).iter().map(|value| value / alpha).collect();
    let mut sum = vec![0.0; gradients.rows()];
    for order in (0..=series.degree()).step_by(2) {
        let factor = series.coefficient(order) / record.normalization;
        sum.iter_mut().zip(&even).for_each(|(sum, term)| *sum += factor * term);
        let advance = |matrix: &SparseMatrix<f64>, from: &[f64], to: &mut Vec<f64>| {
            let product = matrix.mul_vec(from);
            to.iter_mut().zip(product).for_each(|(to, product)| *to = 2.0 * product / alpha - *to);
        };
        advance(&transpose, &odd, &mut even);
        advance(gradients, &even, &mut odd);
    }
    Ok((sum, series.degree()))
}

/// P(B / alpha) b / ||b|| / normalization for B = A - shift I, P of no parity.
fn positive_polynomial_of(
    matrix: &SparseMatrix<f64>,
    alpha: f64,
    rhs: &[f64],
    record: &PolynomialRecord,
    &PositiveRecord { shift, lower, upper }: &PositiveRecord,
) -> Result<(Vec<f64>, usize), PipelineError> {
    let range = PositiveRange { shift, scale: alpha, lower, upper };
    let series = inverse_positive(&range, record.epsilon)?.series;
    let shifted = add_to_diagonal(matrix, -shift);
    let scale = norm(rhs);
    let mut current: Vec<f64> = rhs.iter().map(|value| value / scale).collect();
    current.resize(matrix.rows(), 0.0);
    let mut next: Vec<f64> = shifted.mul_vec(&current).iter().map(|value| value / alpha).collect();
    let mut sum = vec![0.0; matrix.rows()];
    for order in 0..=series.degree() {
        let factor = series.coefficient(order) / record.normalization;
        sum.iter_mut().zip(&current).for_each(|(sum, term)| *sum += factor * term);
        let product = shifted.mul_vec(&next);
        current.iter_mut().zip(product).for_each(|(value, product)| *value = 2.0 * product / alpha - *value);
        std::mem::swap(&mut current, &mut next);
    }
    Ok((sum, series.degree()))
}

/// What a reflection about the kernel of G = (1 - b'b'^T) M, M = A/alpha (+) 1/norm, makes of (0, b), where it is on the
/// level of A: P(|G|) by T_(k+1)(H) = 2 H T_k(H) - T_(k-1)(H) for H = 2 G^T G - 1, since T_2k(x) = T_k(2 x^2 - 1).
fn reflection_of(
    matrix: &SparseMatrix<f64>,
    alpha: f64,
    rhs: &[f64],
    record: &PolynomialRecord,
    &ReflectionRecord { gap, error, norm: estimate }: &ReflectionRecord,
) -> Result<(Vec<f64>, usize), PipelineError> {
    let series = kernel_reflection(gap, error)?.series;
    let transpose = matrix.transpose();
    let length = norm(rhs);
    let mut b: Vec<f64> = rhs.iter().map(|value| value / length).collect();
    b.resize(matrix.rows(), 0.0);
    let quarter = |[x, z]: &[Vec<f64>; 2]| {
        let mut image = [matrix.mul_vec(x), z.clone()];
        image[0].iter_mut().for_each(|value| *value /= alpha);
        image[1].iter_mut().for_each(|value| *value /= estimate);
        // b' = (b, b)/sqrt(2).
        let along = 0.5 * image.iter().flat_map(|part| part.iter().zip(&b)).map(|(v, b)| v * b).sum::<f64>();
        for part in &mut image {
            part.iter_mut().zip(&b).for_each(|(value, b)| *value -= along * b);
        }
        let mut back = [transpose.mul_vec(&image[0]), image[1].clone()];
        back[0].iter_mut().for_each(|value| *value /= alpha);
        back[1].iter_mut().for_each(|value| *value /= estimate);
        back
    };
    // H v, then 2 H v - w.
    let step = |v: &[Vec<f64>; 2], factor: f64, w: &[Vec<f64>; 2]| {
        let mut next = quarter(v);
        for level in 0..2 {
            for (position, value) in next[level].iter_mut().enumerate() {
                *value = factor * (2.0 * *value - v[level][position]) - w[level][position];
            }
        }
        next
    };
    let zero = [vec![0.0; matrix.rows()], vec![0.0; matrix.rows()]];
    let mut current = [vec![0.0; matrix.rows()], b.clone()];
    let mut next = step(&current, 1.0, &zero);
    let mut sum = vec![0.0; matrix.rows()];
    for order in (0..=series.degree()).step_by(2) {
        let factor = series.coefficient(order) / record.normalization;
        sum.iter_mut().zip(&current[0]).for_each(|(sum, term)| *sum += factor * term);
        let after = step(&next, 2.0, &current);
        current = std::mem::replace(&mut next, after);
    }
    Ok((sum, series.degree()))
}

/// F(t A) b / ||b|| / normalization by the eigenvectors of A.
fn evolution_of(
    matrix: &SparseMatrix<f64>,
    rhs: &[f64],
    record: &PolynomialRecord,
    evolution: &EvolutionRecord,
) -> Result<(Vec<f64>, usize), PipelineError> {
    let EvolutionRecord { smallest, norm: largest, time, .. } = *evolution;
    // The time was chosen such that the degree just suffices: rounding must not ask for one more.
    let (lower, upper) = (time * smallest * (1.0 + 1e-12), time * largest);
    let inverse = sine_inverse(lower.min(upper), upper, record.epsilon)?;
    let EigenDecomposition { values, vectors } = symmetric_eigen_decomposition(&matrix.to_dense())?;
    let length = norm(rhs) * record.normalization;
    let mut sum = vec![0.0; matrix.rows()];
    for (value, vector) in values.iter().zip(vectors.columns()) {
        let along: f64 = rhs.iter().zip(vector).map(|(b, entry)| b * entry).sum();
        let factor = inverse.evaluate(time * value) * along / length;
        sum.iter_mut().zip(vector).for_each(|(sum, entry)| *sum += factor * entry);
    }
    Ok((sum, inverse.degree()))
}
