//! The exact Hessian block of one layer, and its product with a vector.
//!
//! With the other layers fixed, the outputs of a ReLU network are piecewise linear in the weights of one layer.
//! Inside a piece the second derivative of the outputs vanishes, so the Hessian block of the mean loss equals
//! the Gauss-Newton block
//!
//! `H = mean over samples of J^T (diag p - p p^T) J`,
//!
//! `J` the derivative of the outputs with respect to the weights and `p` the probabilities (Schraudolph 2002,
//! *Fast curvature matrix-vector products for second-order gradient descent*). Since the layer's
//! weights act on its inputs `a` alone, `J = D (x) a^T`, `D` (classes x outputs of the layer) being the
//! derivative with respect to what leaves the layer, and the block is a mean of Kronecker products
//!
//! `H[(o, i), (o', i')] = mean of M[o, o'] a[i] a[i']`,  `M = D^T (diag p - p p^T) D`.
//!
//! It is symmetric and positive semidefinite. The order of the weights is `o * inputs + i`. What it leaves out,
//! as any second derivative does, are the jumps of the gradient where a neuron switches, so a full Newton step
//! may overshoot.

use ndarray::{Array2, Array3, Axis, s};

use crate::data::Dataset;
use crate::network::{Network, NetworkError, Pass, mask_inactive};

/// The largest dimension of a Hessian block that is stored densely: 512 MiB.
pub const MAX_HESSIAN_DIMENSION: usize = 8192;

/// Samples that are worked on together: enough for efficient matrix products, few enough to bound the memory.
const CHUNK: usize = 256;

/// The Hessian of the mean loss on `data` with respect to the weights of `layer`, N x N with N the number of
/// these weights, exactly symmetric.
///
/// # Errors
/// The layer does not exist, its block exceeds [`MAX_HESSIAN_DIMENSION`], or `data` does not fit the network.
pub fn layer_hessian(network: &Network, data: &Dataset, layer: usize) -> Result<Array2<f64>, NetworkError> {
    check_dimension(network, layer)?;
    let (outputs, inputs) = network.weights()[layer].dim();
    let mut hessian = Array2::zeros((outputs * inputs, outputs * inputs));
    for start in (0..data.samples()).step_by(CHUNK) {
        let rows: Vec<usize> = (start..data.samples().min(start + CHUNK)).collect();
        let pass = network.forward(&data.select(&rows))?;
        add_chunk(&mut hessian, &pass.inputs[layer], &curvature_factors(network, &pass, layer));
    }
    hessian /= data.samples() as f64;
    for row in 0..hessian.nrows() {
        for column in 0..row {
            hessian[[row, column]] = hessian[[column, row]];
        }
    }
    Ok(hessian)
}

/// The product of the Hessian block of `layer` with `direction` (outputs x inputs of the layer), without
/// building the block: one forward and one backward sweep of directional derivatives (Pearlmutter 1994, *Fast
/// exact multiplication by the Hessian*, restricted to one layer).
///
/// # Errors
/// The layer does not exist, `direction` has another shape, or `data` does not fit the network.
pub fn layer_hessian_product(
    network: &Network,
    data: &Dataset,
    layer: usize,
    direction: &Array2<f64>,
) -> Result<Array2<f64>, NetworkError> {
    network.check_layer(layer)?;
    network.check_shape(layer, direction)?;
    let pass = network.forward(data)?;
    let following = &network.weights()[layer + 1..];
    let activations = &pass.inputs[layer + 1..];
    let mut change = pass.inputs[layer].dot(&direction.t());
    for (weights, activation) in following.iter().zip(activations) {
        mask_inactive(&mut change, activation);
        change = change.dot(&weights.t());
    }
    let mean_change = (&change * &pass.probabilities).sum_axis(Axis(1)).insert_axis(Axis(1));
    let mut signal = (change - &mean_change) * &pass.probabilities / data.samples() as f64;
    for (weights, activation) in following.iter().zip(activations).rev() {
        signal = signal.dot(weights);
        mask_inactive(&mut signal, activation);
    }
    Ok(signal.t().dot(&pass.inputs[layer]))
}

/// Whether the Hessian block of `layer` exists and can be stored.
pub(crate) fn check_dimension(network: &Network, layer: usize) -> Result<(), NetworkError> {
    network.check_layer(layer)?;
    let dimension = network.weights()[layer].len();
    if dimension > MAX_HESSIAN_DIMENSION {
        return Err(NetworkError::HessianDimension { layer, dimension });
    }
    Ok(())
}

/// Factors `E` (outputs of the layer x classes x samples) with `M[o, o'] = sum over c of E[o, c] E[o', c]` for
/// every sample: `E[o, c] = sqrt(p_c) (D[c, o] - sum over c' of p_c' D[c', o])`.
fn curvature_factors(network: &Network, pass: &Pass, layer: usize) -> Array3<f64> {
    let (samples, classes) = pass.probabilities.dim();
    // D of all samples below each other, class by class within a sample.
    let mut derivative =
        Array2::from_shape_fn(
            (samples * classes, classes),
            |(row, output)| {
                if row % classes == output { 1.0 } else { 0.0 }
            },
        );
    for following in (layer + 1..network.weights().len()).rev() {
        derivative = derivative.dot(&network.weights()[following]);
        for (sample, activation) in pass.inputs[following].rows().into_iter().enumerate() {
            let mut block = derivative.slice_mut(s![sample * classes..(sample + 1) * classes, ..]);
            for (neuron, value) in activation.iter().enumerate() {
                if *value == 0.0 {
                    block.column_mut(neuron).fill(0.0);
                }
            }
        }
    }
    let mut factors = Array3::zeros((derivative.ncols(), classes, samples));
    for (sample, probabilities) in pass.probabilities.rows().into_iter().enumerate() {
        let block = derivative.slice(s![sample * classes..(sample + 1) * classes, ..]);
        let mean = probabilities.dot(&block);
        for ((class, output), entry) in block.indexed_iter() {
            factors[[output, class, sample]] = probabilities[class].sqrt() * (entry - mean[output]);
        }
    }
    factors
}

/// Adds the samples' contributions to the upper block triangle of `hessian`: one matrix product per output.
fn add_chunk(hessian: &mut Array2<f64>, inputs: &Array2<f64>, factors: &Array3<f64>) {
    let outputs = factors.len_of(Axis(0));
    let (samples, width) = inputs.dim();
    for first in 0..outputs {
        // The inputs, weighted by M[first, second] for every second >= first, next to each other.
        let mut weighted = Array2::zeros((samples, (outputs - first) * width));
        for second in first..outputs {
            let weights = (&factors.index_axis(Axis(0), first) * &factors.index_axis(Axis(0), second))
                .sum_axis(Axis(0))
                .insert_axis(Axis(1));
            let start = (second - first) * width;
            weighted.slice_mut(s![.., start..start + width]).assign(&(inputs * &weights));
        }
        let mut rows = hessian.slice_mut(s![first * width..(first + 1) * width, first * width..]);
        rows += &inputs.t().dot(&weighted);
    }
}

#[cfg(test)]
mod tests {
    use num_dual::{DualNum, HyperDual64};
    use proptest::prelude::*;

    use super::*;
    use crate::data::{DigitsOptions, digits};
    use crate::network::tests::random_data;

    /// The mean loss, written for any kind of number, sample by sample.
    fn loss<T: DualNum<Primitive = f64> + Copy>(weights: &[Array2<T>], data: &Dataset) -> T {
        let mut total = T::from(0.0);
        for (sample, label) in data.inputs().rows().into_iter().zip(data.labels()) {
            let mut values: Vec<T> = sample.iter().map(|value| T::from(*value)).collect();
            for (layer, matrix) in weights.iter().enumerate() {
                if layer > 0 {
                    values.iter_mut().for_each(|value| {
                        if *value < T::from(0.0) {
                            *value = T::from(0.0);
                        }
                    });
                }
                values = matrix
                    .rows()
                    .into_iter()
                    .map(|row| {
                        row.iter()
                            .zip(&values)
                            .fold(T::from(0.0), |sum, (weight, value)| sum + *weight * *value)
                    })
                    .collect();
            }
            let sum = values.iter().fold(T::from(0.0), |sum, value| sum + value.exp());
            total += sum.ln() - values[*label];
        }
        total / data.samples() as f64
    }

    #[test]
    fn the_block_is_the_second_derivative_of_the_loss() {
        let network = Network::he(&[3, 4, 3, 3], 5).unwrap();
        let data = random_data(7, 3, 3, 8);
        for (layer, weights) in network.weights().iter().enumerate() {
            let hessian = layer_hessian(&network, &data, layer).unwrap();
            assert!(hessian.iter().any(|entry| entry.abs() > 1e-3));
            let columns = weights.ncols();
            for ((row, column), entry) in hessian.indexed_iter() {
                let mut dual: Vec<Array2<HyperDual64>> =
                    network.weights().iter().map(|matrix| matrix.mapv(HyperDual64::from)).collect();
                dual[layer][[row / columns, row % columns]].eps1 = 1.0;
                dual[layer][[column / columns, column % columns]].eps2 = 1.0;
                let exact = loss(&dual, &data).eps1eps2;
                assert!((entry - exact).abs() < 1e-14, "layer {layer} ({row}, {column}): {entry} {exact}");
            }
        }
    }

    #[test]
    fn the_block_is_the_slope_of_the_gradient() {
        let options = DigitsOptions { classes: 4, features: 5, ..DigitsOptions::default() };
        // More samples than one chunk, in chunks of unequal length.
        let data = digits(&options).unwrap().train;
        assert!(data.samples() > 2 * CHUNK);
        let network = Network::he(&[5, 6, 4], 2).unwrap();
        let width = 1e-7;
        for layer in 0..2 {
            let hessian = layer_hessian(&network, &data, layer).unwrap();
            let columns = network.weights()[layer].ncols();
            let mut compared = 0;
            for index in 0..hessian.nrows() {
                let moved = |distance: f64| {
                    let mut weights = network.weights().to_vec();
                    weights[layer][[index / columns, index % columns]] += distance;
                    Network::from_weights(weights).unwrap()
                };
                let active = |network: &Network| {
                    network.forward(&data).unwrap().inputs[1].mapv(|activation| activation > 0.0)
                };
                // The gradient jumps where a neuron switches.
                if active(&moved(width)) != active(&moved(-width)) {
                    continue;
                }
                compared += 1;
                let gradient = |distance| moved(distance).gradients(&data).unwrap().layers.swap_remove(layer);
                let slopes = (gradient(width) - gradient(-width)) / (2.0 * width);
                for (entry, slope) in hessian.row(index).iter().zip(&slopes) {
                    assert!((entry - slope).abs() < 1e-7, "{entry} {slope}");
                }
            }
            assert!(compared * 10 >= hessian.nrows() * 9);
        }
    }

    #[test]
    fn dimensions_are_those_of_the_layers() {
        for (sizes, layer, dimension) in [
            (vec![8, 8, 8], 0, 64),
            (vec![4, 4, 3], 1, 12),
            (vec![6, 5, 6], 1, 30),
            (vec![4, 4, 4], 0, 16),
            (vec![8, 16, 10], 1, 160),
        ] {
            let options = DigitsOptions {
                classes: sizes[sizes.len() - 1],
                features: sizes[0],
                ..DigitsOptions::default()
            };
            let network = Network::he(&sizes, 0).unwrap();
            let hessian = layer_hessian(&network, &digits(&options).unwrap().train, layer).unwrap();
            assert_eq!(hessian.dim(), (dimension, dimension));
            assert_eq!(hessian, hessian.t());
        }
    }

    #[test]
    fn blocks_that_do_not_exist_or_do_not_fit_are_refused() {
        let network = Network::he(&[100, 100, 2], 0).unwrap();
        let data = random_data(2, 100, 2, 0);
        assert_eq!(
            layer_hessian(&network, &data, 0),
            Err(NetworkError::HessianDimension { layer: 0, dimension: 10_000 })
        );
        assert_eq!(layer_hessian(&network, &data, 2), Err(NetworkError::Layer { layer: 2, layers: 2 }));
        let direction = Array2::zeros((2, 2));
        assert!(layer_hessian_product(&network, &data, 2, &direction).is_err());
        assert!(layer_hessian_product(&network, &data, 1, &direction).is_err());
        assert!(layer_hessian(&network, &random_data(2, 3, 2, 0), 1).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_block_is_semidefinite_and_agrees_with_the_product(
            sizes in prop::collection::vec(1_usize..7, 2..5),
            samples in 1_usize..300,
            seed in any::<u64>(),
        ) {
            let network = Network::he(&sizes, seed).unwrap();
            let data = random_data(samples, sizes[0], sizes[sizes.len() - 1], seed);
            for (layer, weights) in network.weights().iter().enumerate() {
                let hessian = layer_hessian(&network, &data, layer).unwrap();
                let scale = hessian.iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
                let matrix = faer::Mat::from_fn(weights.len(), weights.len(), |i, j| hessian[[i, j]]);
                let eigenvalues = matrix.self_adjoint_eigenvalues(faer::Side::Lower).unwrap();
                prop_assert!(eigenvalues[0] >= -1e-13 * scale * weights.len() as f64);
                // Some direction; any will do.
                let direction = weights.mapv(|weight| (3.0 * weight).sin());
                let flat = direction.flatten().to_owned();
                let product = layer_hessian_product(&network, &data, layer, &direction).unwrap();
                for (sparse, dense) in product.iter().zip(&hessian.dot(&flat)) {
                    prop_assert!((sparse - dense).abs() <= 1e-12 * (scale * weights.len() as f64));
                }
            }
        }
    }
}
