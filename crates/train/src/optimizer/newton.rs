//! Newton's method, layer by layer.

use ndarray::Array2;

use super::{Optimizer, OptimizerError, StepContext, Update, check_learning_rate};
use crate::hessian::layer_hessian;
use crate::solver::{LayerStep, LayerSystem, NewtonSolver};

/// Settings of [`Newton`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewtonOptions {
    /// Factor of the direction; above 0.
    pub learning_rate: f64,
    /// If given, every component of the direction is limited to this magnitude before the learning rate is
    /// applied; above 0.
    pub clip: Option<f64>,
}

impl Default for NewtonOptions {
    /// Learning rate 0.2, directions limited to 100 per component.
    ///
    /// All layers move at once and neurons switch on the way, so full steps diverge on the digits unless the
    /// damping is of the order of max|H_ij|; 0.2 converges from a damping of 0.05 max|H_ij| on. The limit is that
    /// of the Q-Newton experiments (arXiv 2405.00252).
    fn default() -> Self {
        Self { learning_rate: 0.2, clip: Some(100.0) }
    }
}

/// Newton's method with the exact Hessian block of each layer: every layer's system `H x = g` is set up at the
/// same weights, solved by a [`NewtonSolver`], and `learning_rate x` is subtracted.
///
/// A layer whose gradient is exactly zero stays as it is, and its system is not set up.
#[derive(Clone, Debug)]
pub struct Newton<S> {
    options: NewtonOptions,
    solver: S,
}

impl<S: NewtonSolver> Newton<S> {
    /// Newton's method that leaves the linear systems to `solver` (or to `&mut solver`, to look at it
    /// afterwards).
    ///
    /// # Errors
    /// A setting out of range.
    pub fn new(options: NewtonOptions, solver: S) -> Result<Self, OptimizerError> {
        check_learning_rate(options.learning_rate)?;
        if let Some(value) = options.clip.filter(|limit| limit.is_nan() || *limit <= 0.0) {
            let accepted = "a number above 0";
            return Err(OptimizerError::Setting { setting: "the limit of the direction", value, accepted });
        }
        Ok(Self { options, solver })
    }

    /// The solver's direction for one layer, clipped; and its record.
    fn solve(&mut self, system: &LayerSystem<'_>) -> Result<LayerStep, OptimizerError> {
        let layer = system.layer;
        let mut step =
            self.solver.solve(system).map_err(|source| OptimizerError::Solver { layer, source })?;
        let (found, expected) = (step.direction.len(), system.gradient.len());
        if found != expected {
            return Err(OptimizerError::DirectionLength { layer, found, expected });
        }
        if let Some(index) = step.direction.iter().position(|value| !value.is_finite()) {
            return Err(OptimizerError::DirectionValue { layer, index, value: step.direction[index] });
        }
        if let Some(limit) = self.options.clip {
            step.direction.iter_mut().for_each(|value| *value = value.clamp(-limit, limit));
        }
        Ok(step)
    }
}

impl<S: NewtonSolver> Optimizer for Newton<S> {
    fn describe(&self) -> String {
        let NewtonOptions { learning_rate, clip } = self.options;
        let clip = clip.map_or("none".to_owned(), |limit| limit.to_string());
        format!("Newton (learning rate {learning_rate}, clip {clip})")
    }

    fn update(&mut self, context: &StepContext<'_>) -> Result<Update, OptimizerError> {
        let layers = context.gradients.len();
        let mut update = Update { steps: Vec::with_capacity(layers), records: Vec::with_capacity(layers) };
        for (layer, gradient) in context.gradients.iter().enumerate() {
            if gradient.iter().all(|slope| *slope == 0.0) {
                update.steps.push(Array2::zeros(gradient.dim()));
                update.records.push(None);
                continue;
            }
            let hessian = layer_hessian(context.network, context.batch, layer)?;
            let flat: Vec<f64> = gradient.iter().copied().collect();
            let system = LayerSystem { step: context.step, layer, hessian: &hessian, gradient: &flat };
            let solved = self.solve(&system)?;
            let columns = gradient.ncols();
            update.steps.push(Array2::from_shape_fn(gradient.dim(), |(row, column)| {
                self.options.learning_rate * solved.direction[row * columns + column]
            }));
            update.records.push(Some(solved.record));
        }
        Ok(update)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Dataset;
    use crate::network::Network;
    use crate::network::tests::random_data;
    use crate::solver::SolverError;
    use crate::solver::tests::DenseSolver;

    /// One update of a fresh network by a Newton method.
    fn update<S: NewtonSolver>(
        newton: &mut Newton<S>,
        network: &Network,
        batch: &Dataset,
    ) -> Result<Update, OptimizerError> {
        let gradients = network.gradients(batch).unwrap().layers;
        newton.update(&StepContext { step: 0, network, batch, gradients: &gradients })
    }

    #[test]
    fn the_step_solves_the_damped_system() {
        let network = Network::he(&[3, 4, 3], 1).unwrap();
        let batch = random_data(30, 3, 3, 1);
        let options = NewtonOptions { learning_rate: 0.5, clip: None };
        let mut newton = Newton::new(options, DenseSolver { damping: 0.1 }).unwrap();
        let update = update(&mut newton, &network, &batch).unwrap();
        let gradients = network.gradients(&batch).unwrap().layers;
        for (layer, step) in update.steps.iter().enumerate() {
            let hessian = layer_hessian(&network, &batch, layer).unwrap();
            let shift = 0.1 * hessian.iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
            let direction = step.flatten().to_owned() / 0.5;
            let product = hessian.dot(&direction) + shift * &direction;
            for (left, right) in product.iter().zip(&gradients[layer]) {
                assert!((left - right).abs() < 1e-12);
            }
            assert_eq!(update.records[layer].as_ref().unwrap().dimension, step.len());
        }
    }

    #[test]
    fn directions_are_clipped_before_the_learning_rate() {
        let network = Network::he(&[2, 3], 1).unwrap();
        let batch = random_data(5, 2, 3, 1);
        let options = NewtonOptions { learning_rate: 0.5, clip: Some(1e-3) };
        let mut newton = Newton::new(options, DenseSolver { damping: 1e-6 }).unwrap();
        let update = update(&mut newton, &network, &batch).unwrap();
        assert!(update.steps[0].iter().all(|entry| entry.abs() == 0.5e-3));
    }

    #[test]
    fn a_layer_without_gradient_stays() {
        // Dead hidden neurons: neither layer has a gradient.
        let network =
            Network::from_weights(vec![ndarray::array![[-1.0]], ndarray::array![[1.0], [2.0]]]).unwrap();
        let batch = Dataset::new(ndarray::array![[1.0]], vec![0], 2).unwrap();
        let mut newton = Newton::new(NewtonOptions::default(), DenseSolver { damping: 0.1 }).unwrap();
        let update = update(&mut newton, &network, &batch).unwrap();
        assert!(update.steps.iter().all(|step| step.iter().all(|entry| *entry == 0.0)));
        assert_eq!(update.records, [None, None]);
    }

    /// A solver that always answers the same.
    struct Fixed(Result<Vec<f64>, &'static str>);

    impl NewtonSolver for Fixed {
        fn solve(&mut self, system: &LayerSystem<'_>) -> Result<LayerStep, SolverError> {
            let record = DenseSolver { damping: 1.0 }.solve(system)?.record;
            Ok(LayerStep { direction: self.0.clone()?, record })
        }
    }

    #[test]
    fn bad_answers_of_a_solver_are_errors() {
        let network = Network::he(&[2, 2], 1).unwrap();
        let batch = random_data(5, 2, 2, 1);
        let answer = |result| {
            let mut newton = Newton::new(NewtonOptions::default(), Fixed(result)).unwrap();
            update(&mut newton, &network, &batch)
        };
        assert!(answer(Ok(vec![0.0; 4])).is_ok());
        assert!(matches!(
            answer(Ok(vec![0.0; 3])),
            Err(OptimizerError::DirectionLength { layer: 0, found: 3, expected: 4 })
        ));
        assert!(matches!(
            answer(Ok(vec![0.0, f64::NAN, 0.0, 0.0])),
            Err(OptimizerError::DirectionValue { layer: 0, index: 1, .. })
        ));
        let message = answer(Err("singular")).unwrap_err().to_string();
        assert_eq!(message, "the linear system of layer 0 was not solved: singular");
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for (learning_rate, clip) in [(0.0, None), (f64::NAN, None), (1.0, Some(0.0)), (1.0, Some(f64::NAN))]
        {
            let options = NewtonOptions { learning_rate, clip };
            assert!(Newton::new(options, DenseSolver { damping: 0.1 }).is_err());
        }
    }
}
