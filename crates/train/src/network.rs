//! Dense ReLU networks without biases, and their softmax cross-entropy loss.

use ndarray::{Array2, Axis, Zip};
use serde::Serialize;
use thiserror::Error;

use crate::data::Dataset;
use crate::random::{Generator, Purpose};

/// The largest number of neurons of one layer.
pub const MAX_LAYER_SIZE: usize = 4096;

/// The largest number of weights of a network.
pub const MAX_PARAMETERS: usize = 1 << 24;

/// A dense network: between layers ReLU, after the last one softmax; no biases. Layer `l` has the weights
/// `W_l` (outputs x inputs) and maps the samples `A_l` (samples x inputs) to `A_l W_l^T`.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    weights: Vec<Array2<f64>>,
}

/// How well a network does on a data set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Mean softmax cross-entropy, in nats.
    pub loss: f64,
    /// Share of samples whose class has the largest output; of equal outputs the first one counts.
    pub accuracy: f64,
}

/// The loss on a data set and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// Loss and accuracy at which the derivatives are taken.
    pub evaluation: Evaluation,
    /// Derivative of the mean loss with respect to each layer's weights (outputs x inputs).
    pub layers: Vec<Array2<f64>>,
}

/// Why a network cannot be made, or cannot be used with these arguments.
#[derive(Debug, Error, PartialEq)]
pub enum NetworkError {
    /// No layer of weights.
    #[error("a network needs at least 2 layer sizes, inputs and outputs; {count} given")]
    TooFewSizes {
        /// Number of sizes given.
        count: usize,
    },
    /// A layer without neurons, or with too many.
    #[error("layer size {size} at position {position}, 1 to {MAX_LAYER_SIZE} is accepted")]
    LayerSize {
        /// Position in the list of sizes, 0 being the inputs.
        position: usize,
        /// The size given.
        size: usize,
    },
    /// Too many weights altogether.
    #[error("a network of {parameters} weights, at most {MAX_PARAMETERS} are accepted")]
    TooManyParameters {
        /// Number of weights asked for.
        parameters: usize,
    },
    /// Two layers that do not follow each other.
    #[error("layer {layer} takes {inputs} inputs, but the layer before it has {outputs} outputs")]
    Chain {
        /// Index of the second layer.
        layer: usize,
        /// Its inputs.
        inputs: usize,
        /// Outputs of the layer before.
        outputs: usize,
    },
    /// A data set that does not fit the network.
    #[error(
        "samples of {features} features and {classes} classes do not fit a network of {inputs} inputs and \
         {outputs} outputs"
    )]
    Data {
        /// Features of the data set.
        features: usize,
        /// Classes of the data set.
        classes: usize,
        /// Inputs of the network.
        inputs: usize,
        /// Outputs of the network.
        outputs: usize,
    },
    /// A layer that the network does not have.
    #[error("layer {layer} of a network with {layers} layers of weights, 0 to {last} is accepted", last = .layers - 1)]
    Layer {
        /// Index asked for.
        layer: usize,
        /// Number of layers of weights.
        layers: usize,
    },
    /// A Hessian block too large to store.
    #[error(
        "the Hessian block of layer {layer} has dimension {dimension}, at most {max} is accepted",
        max = crate::hessian::MAX_HESSIAN_DIMENSION
    )]
    HessianDimension {
        /// Index of the layer.
        layer: usize,
        /// Number of its weights.
        dimension: usize,
    },
    /// Arrays shaped unlike the weights they belong to.
    #[error("the array for layer {layer} is {rows} x {columns}, its weights are {outputs} x {inputs}")]
    Shape {
        /// Index of the layer.
        layer: usize,
        /// Rows of the array.
        rows: usize,
        /// Columns of the array.
        columns: usize,
        /// Outputs of the layer.
        outputs: usize,
        /// Inputs of the layer.
        inputs: usize,
    },
}

/// What one forward pass leaves behind.
pub(crate) struct Pass {
    /// The samples that enter each layer, samples x inputs.
    pub(crate) inputs: Vec<Array2<f64>>,
    /// Softmax of the outputs, samples x classes.
    pub(crate) probabilities: Array2<f64>,
    /// Loss and accuracy.
    pub(crate) evaluation: Evaluation,
}

impl Network {
    /// A network of the given layer `sizes` (inputs, hidden layers, outputs) with He's initialisation: normal
    /// weights of mean 0 and variance 2 / inputs of the layer (He et al. 2015, equation 10), drawn from `seed`.
    ///
    /// # Errors
    /// Fewer than two sizes, or sizes outside the accepted range.
    pub fn he(sizes: &[usize], seed: u64) -> Result<Self, NetworkError> {
        Self::check_sizes(sizes)?;
        let mut generator = Generator::new(seed, Purpose::Weights);
        let weights = sizes
            .windows(2)
            .map(|pair| {
                let deviation = (2.0 / pair[0] as f64).sqrt();
                Array2::from_shape_fn((pair[1], pair[0]), |_| deviation * generator.standard_normal())
            })
            .collect();
        Ok(Self { weights })
    }

    /// A network with the given weights (outputs x inputs of each layer).
    ///
    /// # Errors
    /// No layer, sizes outside the accepted range, or layers that do not follow each other.
    pub fn from_weights(weights: Vec<Array2<f64>>) -> Result<Self, NetworkError> {
        let sizes: Vec<usize> =
            weights.first().map(Array2::ncols).into_iter().chain(weights.iter().map(Array2::nrows)).collect();
        Self::check_sizes(&sizes)?;
        for (layer, matrix) in weights.iter().enumerate() {
            if matrix.ncols() != sizes[layer] {
                return Err(NetworkError::Chain { layer, inputs: matrix.ncols(), outputs: sizes[layer] });
            }
        }
        Ok(Self { weights })
    }

    /// The weights of every layer, outputs x inputs.
    pub fn weights(&self) -> &[Array2<f64>] {
        &self.weights
    }

    /// The layer sizes: inputs, hidden layers, outputs.
    pub fn sizes(&self) -> Vec<usize> {
        std::iter::once(self.inputs()).chain(self.weights.iter().map(Array2::nrows)).collect()
    }

    /// Loss and accuracy on `data`.
    ///
    /// # Errors
    /// `data` does not fit the network.
    pub fn evaluate(&self, data: &Dataset) -> Result<Evaluation, NetworkError> {
        Ok(self.forward(data)?.evaluation)
    }

    /// The gradient of the mean loss on `data`, by backpropagation. Where ReLU has no derivative, at 0, it
    /// counts as 0.
    ///
    /// # Errors
    /// `data` does not fit the network.
    pub fn gradients(&self, data: &Dataset) -> Result<Gradients, NetworkError> {
        let pass = self.forward(data)?;
        let mut signal = pass.probabilities;
        for (mut row, label) in signal.rows_mut().into_iter().zip(data.labels()) {
            row[*label] -= 1.0;
        }
        signal /= data.samples() as f64;
        let mut layers = Vec::with_capacity(self.weights.len());
        for (layer, (weights, inputs)) in self.weights.iter().zip(&pass.inputs).enumerate().rev() {
            layers.push(signal.t().dot(inputs));
            if layer > 0 {
                signal = signal.dot(weights);
                mask_inactive(&mut signal, inputs);
            }
        }
        layers.reverse();
        Ok(Gradients { evaluation: pass.evaluation, layers })
    }

    /// Subtracts `steps[l]` (outputs x inputs) from the weights of each layer `l`.
    ///
    /// # Errors
    /// The number or a shape of the steps differs from the layers; the weights are unchanged then.
    pub fn subtract(&mut self, steps: &[Array2<f64>]) -> Result<(), NetworkError> {
        if steps.len() != self.weights.len() {
            return Err(NetworkError::Layer { layer: steps.len(), layers: self.weights.len() });
        }
        for (layer, step) in steps.iter().enumerate() {
            self.check_shape(layer, step)?;
        }
        for (weights, step) in self.weights.iter_mut().zip(steps) {
            *weights -= step;
        }
        Ok(())
    }

    pub(crate) fn forward(&self, data: &Dataset) -> Result<Pass, NetworkError> {
        if data.features() != self.inputs() || data.classes() != self.outputs() {
            return Err(NetworkError::Data {
                features: data.features(),
                classes: data.classes(),
                inputs: self.inputs(),
                outputs: self.outputs(),
            });
        }
        let mut inputs = Vec::with_capacity(self.weights.len());
        let mut samples = data.inputs().clone();
        for (layer, weights) in self.weights.iter().enumerate() {
            let mut outputs = samples.dot(&weights.t());
            if layer + 1 < self.weights.len() {
                // Not f64::max, which would turn an undefined value into 0 and hide that training diverged.
                outputs.mapv_inplace(|value| if value <= 0.0 { 0.0 } else { value });
            }
            inputs.push(std::mem::replace(&mut samples, outputs));
        }
        let evaluation = softmax(&mut samples, data.labels());
        Ok(Pass { inputs, probabilities: samples, evaluation })
    }

    pub(crate) fn check_layer(&self, layer: usize) -> Result<(), NetworkError> {
        if layer < self.weights.len() {
            Ok(())
        } else {
            Err(NetworkError::Layer { layer, layers: self.weights.len() })
        }
    }

    /// Whether `array` is shaped like the weights of `layer`, which exists.
    pub(crate) fn check_shape(&self, layer: usize, array: &Array2<f64>) -> Result<(), NetworkError> {
        let (outputs, inputs) = self.weights[layer].dim();
        let (rows, columns) = array.dim();
        if (rows, columns) == (outputs, inputs) {
            Ok(())
        } else {
            Err(NetworkError::Shape { layer, rows, columns, outputs, inputs })
        }
    }

    pub(crate) fn check_sizes(sizes: &[usize]) -> Result<(), NetworkError> {
        if sizes.len() < 2 {
            return Err(NetworkError::TooFewSizes { count: sizes.len() });
        }
        if let Some(position) = sizes.iter().position(|size| !(1..=MAX_LAYER_SIZE).contains(size)) {
            return Err(NetworkError::LayerSize { position, size: sizes[position] });
        }
        let parameters = sizes.windows(2).map(|pair| pair[0] * pair[1]).sum();
        if parameters > MAX_PARAMETERS {
            return Err(NetworkError::TooManyParameters { parameters });
        }
        Ok(())
    }

    fn inputs(&self) -> usize {
        self.weights.first().map_or(0, Array2::ncols)
    }

    fn outputs(&self) -> usize {
        self.weights.last().map_or(0, Array2::nrows)
    }
}

/// Zeroes what flows back into neurons that passed nothing on.
pub(crate) fn mask_inactive(signal: &mut Array2<f64>, activations: &Array2<f64>) {
    Zip::from(signal).and(activations).for_each(|entry, activation| {
        if *activation == 0.0 {
            *entry = 0.0;
        }
    });
}

/// Turns outputs (samples x classes) into probabilities; loss and accuracy for the labels.
fn softmax(outputs: &mut Array2<f64>, labels: &[usize]) -> Evaluation {
    let mut loss = 0.0;
    let mut hits = 0_usize;
    for (mut row, label) in outputs.axis_iter_mut(Axis(0)).zip(labels) {
        let mut best = 0;
        for (class, value) in row.iter().enumerate() {
            if *value > row[best] {
                best = class;
            }
        }
        hits += usize::from(best == *label);
        // With the largest output at 0 no exponential overflows and the sum is at least 1.
        let largest = row[best];
        row.mapv_inplace(|value| value - largest);
        let label_output = row[*label];
        row.mapv_inplace(f64::exp);
        let sum = row.sum();
        row /= sum;
        loss += sum.ln() - label_output;
    }
    let samples = labels.len() as f64;
    Evaluation { loss: loss / samples, accuracy: hits as f64 / samples }
}

#[cfg(test)]
pub(crate) mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    /// Random samples with random labels.
    pub(crate) fn random_data(samples: usize, features: usize, classes: usize, seed: u64) -> Dataset {
        let mut generator = Generator::new(seed, Purpose::Split);
        let inputs = Array2::from_shape_fn((samples, features), |_| generator.standard_normal());
        let labels = (0..samples).map(|_| (generator.uniform() * classes as f64) as usize).collect();
        Dataset::new(inputs, labels, classes).unwrap()
    }

    #[test]
    fn a_network_of_zero_weights_guesses() {
        let network = Network::from_weights(vec![Array2::zeros((4, 3)), Array2::zeros((5, 4))]).unwrap();
        let data = random_data(20, 3, 5, 1);
        let evaluation = network.evaluate(&data).unwrap();
        assert!((evaluation.loss - 5.0_f64.ln()).abs() < 1e-14);
    }

    #[test]
    fn loss_and_accuracy_of_a_case_computed_by_hand() {
        // Hidden layer: relu(x), relu(-x); outputs are these two.
        let network = Network::from_weights(vec![array![[1.0], [-1.0]], Array2::eye(2)]).unwrap();
        let data = Dataset::new(array![[2.0], [-1.0], [3.0]], vec![0, 1, 1], 2).unwrap();
        let evaluation = network.evaluate(&data).unwrap();
        let expected =
            ((1.0 + (-2.0_f64).exp()).ln() + (1.0 + (-1.0_f64).exp()).ln() + (1.0 + 3.0_f64.exp()).ln())
                / 3.0;
        assert!((evaluation.loss - expected).abs() < 1e-14);
        assert!((evaluation.accuracy - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn huge_outputs_do_not_overflow_and_undefined_ones_show() {
        let data = Dataset::new(array![[1.0]], vec![1], 2).unwrap();
        let loss =
            |weights: Vec<Array2<f64>>| Network::from_weights(weights).unwrap().evaluate(&data).unwrap().loss;
        assert_eq!(loss(vec![array![[1e4], [-1e4]]]), 2e4);
        assert!(loss(vec![array![[f64::NAN]], array![[1.0], [2.0]]]).is_nan());
        assert!(loss(vec![array![[1e200]], array![[1e200], [1e200]]]).is_nan());
    }

    #[test]
    fn he_weights_have_the_variance_of_he() {
        let network = Network::he(&[50, 200, 100], 4).unwrap();
        for (weights, inputs) in network.weights().iter().zip([50.0, 200.0]) {
            let variance = weights.iter().map(|weight| weight * weight).sum::<f64>() / weights.len() as f64;
            assert!((variance * inputs / 2.0 - 1.0).abs() < 0.05);
        }
        assert_eq!(network.sizes(), [50, 200, 100]);
        assert_eq!(network, Network::he(&[50, 200, 100], 4).unwrap());
        assert_ne!(network, Network::he(&[50, 200, 100], 5).unwrap());
    }

    #[test]
    fn bad_sizes_and_shapes_are_refused() {
        assert_eq!(Network::he(&[3], 0), Err(NetworkError::TooFewSizes { count: 1 }));
        assert_eq!(Network::he(&[3, 0, 2], 0), Err(NetworkError::LayerSize { position: 1, size: 0 }));
        assert!(matches!(Network::he(&[usize::MAX, 2], 0), Err(NetworkError::LayerSize { position: 0, .. })));
        assert!(matches!(
            Network::he(&[4096, 4096, 4096], 0),
            Err(NetworkError::TooManyParameters { parameters: 33_554_432 })
        ));
        assert_eq!(
            Network::from_weights(vec![Array2::zeros((2, 3)), Array2::zeros((4, 5))]),
            Err(NetworkError::Chain { layer: 1, inputs: 5, outputs: 2 })
        );
        let mut network = Network::he(&[3, 2], 0).unwrap();
        assert!(matches!(network.evaluate(&random_data(2, 4, 2, 0)), Err(NetworkError::Data { .. })));
        assert!(matches!(network.evaluate(&random_data(2, 3, 3, 0)), Err(NetworkError::Data { .. })));
        assert!(network.subtract(&[]).is_err());
        assert!(network.subtract(&[Array2::zeros((3, 2))]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn gradients_are_the_slopes_of_the_loss(
            sizes in prop::collection::vec(1_usize..6, 2..5),
            samples in 1_usize..7,
            seed in any::<u64>(),
        ) {
            let network = Network::he(&sizes, seed).unwrap();
            let data = random_data(samples, sizes[0], sizes[sizes.len() - 1], seed);
            let gradients = network.gradients(&data).unwrap();
            prop_assert_eq!(gradients.evaluation, network.evaluate(&data).unwrap());
            let width = 1e-6;
            for (layer, gradient) in gradients.layers.iter().enumerate() {
                for (index, slope) in gradient.indexed_iter() {
                    let loss = |distance: f64| {
                        let mut moved = network.weights().to_vec();
                        moved[layer][index] += distance;
                        Network::from_weights(moved).unwrap().evaluate(&data).unwrap().loss
                    };
                    let difference = (loss(width) - loss(-width)) / (2.0 * width);
                    prop_assert!((difference - slope).abs() < 1e-7 * (1.0 + slope.abs()), "{difference} {slope}");
                }
            }
        }
    }
}
