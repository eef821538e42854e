//! The linear system that a layer meets during training.

use ndarray::Array2;
use qnewton_core::Monitor;

use crate::data::DIGITS_ATTRIBUTION;
use crate::hessian::{check_dimension, layer_hessian};
use crate::optimizer::Optimizer;
use crate::training::{Batches, TrainError, TrainingConfig, prepare, train_on_batches};

/// A layer's Newton system `H x = g`, neither damped nor pruned, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedSystem {
    /// The exact Hessian block, N x N, symmetric positive semidefinite.
    pub hessian: Array2<f64>,
    /// The gradient, of length N; zero if the layer is dead.
    pub gradient: Vec<f64>,
    /// How to obtain the system again, and whose data are in it; several lines.
    pub provenance: String,
}

/// The system of `layer` (0 for the first layer of weights) in the step that would follow the training that
/// `config` describes, on that step's batch.
///
/// # Errors
/// As [`crate::train`]; a layer that does not exist or is too large for a dense Hessian block is found before
/// training.
pub fn layer_system(
    config: &TrainingConfig,
    layer: usize,
    optimizer: &mut dyn Optimizer,
    monitor: &dyn Monitor,
) -> Result<ExportedSystem, TrainError> {
    let (mut network, data) = prepare(config)?;
    check_dimension(&network, layer)?;
    let mut batches = Batches::new(&data.train, config.batch_size, config.seed)?;
    let log = train_on_batches(config, &data, &mut network, &mut batches, optimizer, monitor)?;
    let batch = batches.next_batch();
    let hessian = layer_hessian(&network, &batch, layer)?;
    let gradients = network.gradients(&batch)?;
    let sizes: Vec<String> = config.layers.iter().map(usize::to_string).collect();
    let (outputs, inputs) = network.weights()[layer].dim();
    let batches = config.batch_size.map_or("all".to_owned(), |size| format!("batches of {size}"));
    let provenance = format!(
        "Exact Hessian block and gradient of layer {layer} ({outputs} x {inputs} weights, index output * {inputs} \
         + input) of the ReLU network {sizes} without biases.\n\
         Mean softmax cross-entropy {loss:.4} on {samples} of {train} training samples (test share {share}), after \
         {steps} steps of {optimizer} on {batches}, seed {seed}.\n\
         Digits 0 to {last} of {DIGITS_ATTRIBUTION}.",
        sizes = sizes.join("-"),
        loss = gradients.evaluation.loss,
        samples = batch.samples(),
        train = log.train_samples,
        share = config.test_fraction,
        steps = log.steps.len(),
        optimizer = log.optimizer,
        seed = config.seed,
        last = data.train.classes() - 1,
    );
    Ok(ExportedSystem { hessian, gradient: gradients.layers[layer].iter().copied().collect(), provenance })
}

#[cfg(test)]
mod tests {
    use qnewton_core::Silent;

    use super::*;
    use crate::optimizer::{OptimizerError, Sgd, StepContext, Update};
    use crate::training::{TrainingLength, train};

    /// Descends as SGD does, and keeps the system of one step.
    struct Witness {
        sgd: Sgd,
        step: usize,
        layer: usize,
        seen: Option<(Array2<f64>, Vec<f64>)>,
    }

    impl Optimizer for Witness {
        fn describe(&self) -> String {
            self.sgd.describe()
        }

        fn update(&mut self, context: &StepContext<'_>) -> Result<Update, OptimizerError> {
            if context.step == self.step {
                let hessian = layer_hessian(context.network, context.batch, self.layer)?;
                self.seen = Some((hessian, context.gradients[self.layer].iter().copied().collect()));
            }
            self.sgd.update(context)
        }
    }

    #[test]
    fn the_system_is_the_one_that_training_meets() {
        for batch_size in [None, Some(300)] {
            let config = TrainingConfig {
                layers: vec![4, 5, 3],
                length: TrainingLength::Steps(7),
                batch_size,
                ..TrainingConfig::default()
            };
            let mut witness = Witness { sgd: Sgd::default(), step: 6, layer: 1, seen: None };
            train(&config, &mut witness, &Silent).unwrap();
            let shorter = TrainingConfig { length: TrainingLength::Steps(6), ..config };
            let exported = layer_system(&shorter, 1, &mut Sgd::default(), &Silent).unwrap();
            assert_eq!(Some((exported.hessian, exported.gradient)), witness.seen);
        }
    }

    #[test]
    fn the_provenance_tells_how_to_obtain_the_system_again() {
        let config = TrainingConfig {
            layers: vec![4, 4, 3],
            length: TrainingLength::Steps(100),
            batch_size: Some(200),
            seed: 9,
            ..TrainingConfig::default()
        };
        let system = layer_system(&config, 1, &mut Sgd::default(), &Silent).unwrap();
        assert_eq!((system.hessian.dim(), system.gradient.len()), ((12, 12), 12));
        let expected = [
            "Exact Hessian block and gradient of layer 1 (3 x 4 weights, index output * 4 + input) of the ReLU \
             network 4-4-3 without biases.",
            "Mean softmax cross-entropy 0.0212 on 200 of 430 training samples (test share 0.2), after 100 steps of \
             SGD (learning rate 0.1, momentum 0.9) on batches of 200, seed 9.",
            "Digits 0 to 2 of E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine \
             Learning Repository, 1998, CC BY 4.0.",
        ];
        assert_eq!(system.provenance.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn layers_that_do_not_exist_are_refused_before_training() {
        /// Must not be asked for a step.
        struct Untouched;
        impl Optimizer for Untouched {
            fn describe(&self) -> String {
                String::new()
            }
            fn update(&mut self, _context: &StepContext<'_>) -> Result<Update, OptimizerError> {
                panic!("training began")
            }
        }
        let refused = |layers: &[usize], layer| {
            let config = TrainingConfig { layers: layers.to_vec(), ..TrainingConfig::default() };
            layer_system(&config, layer, &mut Untouched, &Silent).unwrap_err().to_string()
        };
        assert_eq!(
            refused(&[8, 8, 8], 2),
            "layer 2 of a network with 2 layers of weights, 0 to 1 is accepted"
        );
        assert_eq!(
            refused(&[64, 200, 10], 0),
            "the Hessian block of layer 0 has dimension 12800, at most 8192 is accepted"
        );
    }
}
