//! Adam.

use ndarray::{Array2, Zip};

use super::{Optimizer, OptimizerError, StepContext, Update, check_decay, check_learning_rate, shape_memory};

/// Adam (Kingma and Ba 2015, algorithm 1): exponential means of gradient and squared gradient, corrected for
/// their start at zero.
#[derive(Clone, Debug)]
pub struct Adam {
    learning_rate: f64,
    first_decay: f64,
    second_decay: f64,
    stabilizer: f64,
    steps_taken: i32,
    first_moment: Vec<Array2<f64>>,
    second_moment: Vec<Array2<f64>>,
}

impl Adam {
    /// Adam with the given learning rate (above 0), decay rates 0.9 and 0.999, and 1e-8 added to the
    /// denominator.
    ///
    /// # Errors
    /// The learning rate is out of range.
    pub fn new(learning_rate: f64) -> Result<Self, OptimizerError> {
        Self::with_decays(learning_rate, 0.9, 0.999)
    }

    /// Adam with the given learning rate (above 0) and decay rates of the first and second moment (0 to
    /// below 1).
    ///
    /// # Errors
    /// A setting out of range.
    pub fn with_decays(
        learning_rate: f64,
        first_decay: f64,
        second_decay: f64,
    ) -> Result<Self, OptimizerError> {
        check_learning_rate(learning_rate)?;
        check_decay("the first decay rate", first_decay)?;
        check_decay("the second decay rate", second_decay)?;
        Ok(Self { learning_rate, first_decay, second_decay, ..Self::default() })
    }
}

impl Default for Adam {
    /// Learning rate 0.01, decay rates 0.9 and 0.999.
    fn default() -> Self {
        Self {
            learning_rate: 0.01,
            first_decay: 0.9,
            second_decay: 0.999,
            stabilizer: 1e-8,
            steps_taken: 0,
            first_moment: Vec::new(),
            second_moment: Vec::new(),
        }
    }
}

impl Optimizer for Adam {
    fn describe(&self) -> String {
        let Self { learning_rate, first_decay, second_decay, .. } = self;
        format!("Adam (learning rate {learning_rate}, decay rates {first_decay} and {second_decay})")
    }

    fn update(&mut self, context: &StepContext<'_>) -> Result<Update, OptimizerError> {
        shape_memory(&mut self.second_moment, context.gradients);
        if !shape_memory(&mut self.first_moment, context.gradients) {
            self.steps_taken = 0;
        }
        self.steps_taken = self.steps_taken.saturating_add(1);
        let first_correction = 1.0 - self.first_decay.powi(self.steps_taken);
        let second_correction = 1.0 - self.second_decay.powi(self.steps_taken);
        let mut steps = Vec::with_capacity(context.gradients.len());
        for ((first, second), gradient) in
            self.first_moment.iter_mut().zip(&mut self.second_moment).zip(context.gradients)
        {
            let mut step = Array2::zeros(gradient.dim());
            Zip::from(&mut step).and(first).and(second).and(gradient).for_each(
                |step, first, second, slope| {
                    *first = self.first_decay * *first + (1.0 - self.first_decay) * slope;
                    *second = self.second_decay * *second + (1.0 - self.second_decay) * slope * slope;
                    let scale = (*second / second_correction).sqrt() + self.stabilizer;
                    *step = self.learning_rate * (*first / first_correction) / scale;
                },
            );
            steps.push(step);
        }
        Ok(Update { steps, records: vec![None; context.gradients.len()] })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::network::Network;
    use crate::network::tests::random_data;

    /// The steps that Adam takes for a sequence of gradients of one weight.
    fn steps(adam: &mut Adam, slopes: &[f64]) -> Vec<f64> {
        let network = Network::he(&[1, 1], 0).unwrap();
        let batch = random_data(1, 1, 1, 0);
        let step_of = |(step, slope): (usize, &f64)| {
            let gradients = [array![[*slope]]];
            let context = StepContext { step, network: &network, batch: &batch, gradients: &gradients };
            adam.update(&context).unwrap().steps.remove(0)[[0, 0]]
        };
        slopes.iter().enumerate().map(step_of).collect()
    }

    #[test]
    fn equal_gradients_give_steps_of_the_learning_rate() {
        for slope in [3.0, -1e-3] {
            for step in steps(&mut Adam::new(0.1).unwrap(), &[slope; 5]) {
                assert!((step - 0.1 * slope.signum()).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn the_second_step_is_the_one_computed_by_hand() {
        let second = steps(&mut Adam::with_decays(1.0, 0.5, 0.75).unwrap(), &[2.0, -1.0])[1];
        // m = 0.5 * 1 - 0.5 = 0, so the step vanishes; with another decay it does not.
        assert!(second.abs() < 1e-15);
        let second = steps(&mut Adam::with_decays(1.0, 0.0, 0.75).unwrap(), &[2.0, -1.0])[1];
        // v = (0.75 * 1 + 0.25) / (1 - 0.5625).
        assert!((second + 1.0 / (1.0_f64 / 0.4375).sqrt()).abs() < 1e-7);
    }
}
