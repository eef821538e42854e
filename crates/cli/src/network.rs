//! Options of the commands that train a network.

use crate::options::at_least_one;
use clap::Args;
use qnewton::train::{TrainingConfig, TrainingLength};

/// The network and its training.
#[derive(Debug, Args)]
pub(crate) struct NetworkOptions {
    /// Layer sizes: inputs (1 to 64), hidden layers, classes (2 to 10)
    #[arg(long, value_name = "SIZES", value_delimiter = ',', default_value = "8,8,8", value_parser = at_least_one)]
    pub(crate) layers: Vec<usize>,
    /// Samples per step; all, if not given
    #[arg(long, value_name = "B", value_parser = at_least_one)]
    pub(crate) batch: Option<usize>,
    /// Seed of the split of the data, the initial weights and the batches
    #[arg(long, value_name = "S", default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) seed: u64,
}

impl NetworkOptions {
    /// The library's configuration.
    pub(crate) fn config(&self, steps: usize) -> TrainingConfig {
        TrainingConfig {
            layers: self.layers.clone(),
            length: TrainingLength::Steps(steps),
            batch_size: self.batch,
            // About ten evaluations, whatever the length.
            evaluate_every: steps.div_ceil(10).max(1),
            seed: self.seed,
            ..TrainingConfig::default()
        }
    }
}
