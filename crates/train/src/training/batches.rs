//! The samples of each step.

use super::{MAX_STEPS, TrainError, TrainingLength};
use crate::data::Dataset;
use crate::random::{Generator, Purpose};

/// The batches of a training, epoch by epoch in a new random order.
pub(crate) struct Batches<'a> {
    data: &'a Dataset,
    size: usize,
    generator: Generator,
    /// The samples of the current epoch that are still to come.
    remaining: Vec<usize>,
}

impl<'a> Batches<'a> {
    pub(crate) fn new(data: &'a Dataset, size: Option<usize>, seed: u64) -> Result<Self, TrainError> {
        let samples = data.samples();
        let size = size.unwrap_or(samples);
        if !(1..=samples).contains(&size) {
            return Err(TrainError::BatchSize { batch_size: size, samples });
        }
        let generator = Generator::new(seed, Purpose::Batches);
        Ok(Self { data, size, generator, remaining: Vec::new() })
    }

    /// The samples of the next step.
    pub(crate) fn next_batch(&mut self) -> Dataset {
        if self.size == self.data.samples() {
            return self.data.clone();
        }
        if self.remaining.is_empty() {
            self.remaining = self.generator.permutation(self.data.samples());
        }
        let kept = self.remaining.len().saturating_sub(self.size);
        self.data.select(&self.remaining.split_off(kept))
    }

    /// The number of steps of a training.
    pub(crate) fn steps(&self, length: TrainingLength) -> Result<usize, TrainError> {
        let steps = match length {
            TrainingLength::Steps(steps) => steps,
            TrainingLength::Epochs(epochs) => epochs.saturating_mul(self.data.samples().div_ceil(self.size)),
        };
        if steps > MAX_STEPS { Err(TrainError::Steps { steps }) } else { Ok(steps) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::tests::random_data;

    #[test]
    fn an_epoch_holds_every_sample_once() {
        let data = random_data(10, 1, 2, 3);
        let mut batches = Batches::new(&data, Some(4), 0).unwrap();
        assert_eq!(batches.steps(TrainingLength::Epochs(2)).unwrap(), 6);
        let mut epoch = || -> Vec<f64> {
            [4, 4, 2]
                .iter()
                .flat_map(|size| {
                    let batch = batches.next_batch();
                    assert_eq!(batch.samples(), *size);
                    batch.inputs().iter().copied().collect::<Vec<_>>()
                })
                .collect()
        };
        let (first, second) = (epoch(), epoch());
        assert_ne!(first, second);
        let sorted = |mut values: Vec<f64>| {
            values.sort_unstable_by(f64::total_cmp);
            values
        };
        assert_eq!(sorted(first), sorted(data.inputs().iter().copied().collect()));
        assert_eq!(sorted(second), sorted(data.inputs().iter().copied().collect()));
    }

    #[test]
    fn the_whole_set_keeps_its_order() {
        let data = random_data(10, 1, 2, 3);
        assert_eq!(Batches::new(&data, None, 0).unwrap().next_batch(), data);
        assert_eq!(Batches::new(&data, Some(10), 0).unwrap().next_batch(), data);
    }

    #[test]
    fn sizes_and_lengths_out_of_range_are_refused() {
        let data = random_data(10, 1, 2, 3);
        for size in [0, 11] {
            assert!(matches!(
                Batches::new(&data, Some(size), 0),
                Err(TrainError::BatchSize { samples: 10, .. })
            ));
        }
        let batches = Batches::new(&data, Some(3), 0).unwrap();
        assert!(matches!(
            batches.steps(TrainingLength::Epochs(usize::MAX)),
            Err(TrainError::Steps { steps: usize::MAX })
        ));
        assert!(batches.steps(TrainingLength::Steps(MAX_STEPS + 1)).is_err());
        assert_eq!(batches.steps(TrainingLength::Steps(0)).unwrap(), 0);
    }
}
