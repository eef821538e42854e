//! Gradient descent with momentum.

use ndarray::Array2;

use super::{Optimizer, OptimizerError, StepContext, Update, check_decay, check_learning_rate, shape_memory};

/// Gradient descent with momentum, stochastic if the batches are: `v <- momentum v + g`, step
/// `learning_rate v`.
#[derive(Clone, Debug)]
pub struct Sgd {
    learning_rate: f64,
    momentum: f64,
    velocity: Vec<Array2<f64>>,
}

impl Sgd {
    /// Gradient descent with the given learning rate (above 0) and momentum (0 to below 1).
    ///
    /// # Errors
    /// A setting out of range.
    pub fn new(learning_rate: f64, momentum: f64) -> Result<Self, OptimizerError> {
        check_learning_rate(learning_rate)?;
        check_decay("the momentum", momentum)?;
        Ok(Self { learning_rate, momentum, velocity: Vec::new() })
    }
}

impl Default for Sgd {
    /// Learning rate 0.1, momentum 0.9: stable on the digits with all samples in a batch.
    fn default() -> Self {
        Self { learning_rate: 0.1, momentum: 0.9, velocity: Vec::new() }
    }
}

impl Optimizer for Sgd {
    fn describe(&self) -> String {
        format!("SGD (learning rate {}, momentum {})", self.learning_rate, self.momentum)
    }

    fn update(&mut self, context: &StepContext<'_>) -> Result<Update, OptimizerError> {
        shape_memory(&mut self.velocity, context.gradients);
        for (velocity, gradient) in self.velocity.iter_mut().zip(context.gradients) {
            velocity.zip_mut_with(gradient, |velocity, slope| *velocity = self.momentum * *velocity + slope);
        }
        Ok(Update {
            steps: self.velocity.iter().map(|velocity| velocity * self.learning_rate).collect(),
            records: vec![None; context.gradients.len()],
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::network::Network;
    use crate::network::tests::random_data;

    #[test]
    fn momentum_sums_a_geometric_series() {
        let network = Network::he(&[1, 2], 0).unwrap();
        let batch = random_data(1, 1, 2, 0);
        let gradients = [array![[1.0], [-2.0]]];
        let mut sgd = Sgd::new(0.1, 0.5).unwrap();
        let mut steps = (0..3).map(|step| {
            let context = StepContext { step, network: &network, batch: &batch, gradients: &gradients };
            sgd.update(&context).unwrap().steps.remove(0)[[0, 0]]
        });
        for expected in [0.1, 0.15, 0.175] {
            assert!((steps.next().unwrap() - expected).abs() < 1e-16);
        }
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for (learning_rate, momentum) in
            [(0.0, 0.0), (-1.0, 0.0), (f64::NAN, 0.0), (f64::INFINITY, 0.0), (0.1, 1.0), (0.1, -0.1)]
        {
            assert!(Sgd::new(learning_rate, momentum).is_err());
        }
        let message = Sgd::new(0.1, 1.5).unwrap_err().to_string();
        assert_eq!(message, "the momentum is 1.5, a number from 0 to below 1 is accepted");
    }
}
