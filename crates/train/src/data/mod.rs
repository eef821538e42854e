//! Labelled samples, and the embedded handwritten digits.

mod digits;
mod principal;

use ndarray::{Array2, Axis};
use thiserror::Error;

pub use digits::{DIGITS_ATTRIBUTION, DIGITS_PIXELS, DigitsOptions, digits};

/// Labelled samples for classification: finite inputs, at least one sample, every label below `classes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    inputs: Array2<f64>,
    labels: Vec<usize>,
    classes: usize,
}

impl Dataset {
    /// A data set from `inputs` (samples x features) and one label per sample.
    ///
    /// # Errors
    /// No sample or no feature, a number of labels other than that of samples, a label that is not below
    /// `classes`, or an input that is not finite.
    pub fn new(inputs: Array2<f64>, labels: Vec<usize>, classes: usize) -> Result<Self, DataError> {
        let (samples, features) = inputs.dim();
        if samples == 0 || features == 0 {
            return Err(DataError::Empty { samples, features });
        }
        if labels.len() != samples {
            return Err(DataError::LabelCount { labels: labels.len(), samples });
        }
        if let Some(sample) = labels.iter().position(|label| *label >= classes) {
            return Err(DataError::Label { sample, label: labels[sample], classes });
        }
        if let Some(((sample, feature), value)) = inputs.indexed_iter().find(|(_, value)| !value.is_finite())
        {
            return Err(DataError::NotFinite { sample, feature, value: *value });
        }
        Ok(Self { inputs, labels, classes })
    }

    /// The inputs, samples x features.
    pub fn inputs(&self) -> &Array2<f64> {
        &self.inputs
    }

    /// The label of every sample.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The number of classes; labels are below it.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The number of samples.
    pub fn samples(&self) -> usize {
        self.inputs.nrows()
    }

    /// The number of features of one sample.
    pub fn features(&self) -> usize {
        self.inputs.ncols()
    }

    /// The samples of the given rows, which exist and are at least one.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        Self {
            inputs: self.inputs.select(Axis(0), rows),
            labels: rows.iter().map(|row| self.labels[*row]).collect(),
            classes: self.classes,
        }
    }
}

/// A data set to train on and another to test on, without common samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The samples to train on.
    pub train: Dataset,
    /// The samples to test on.
    pub test: Dataset,
}

/// Why there is no such data set.
#[derive(Debug, Error, PartialEq)]
pub enum DataError {
    /// No sample or no feature.
    #[error("a data set needs samples and features, this one is {samples} x {features}")]
    Empty {
        /// Number of samples.
        samples: usize,
        /// Number of features.
        features: usize,
    },
    /// The number of labels differs from the number of samples.
    #[error("{labels} labels for {samples} samples, one for each is needed")]
    LabelCount {
        /// Number of labels.
        labels: usize,
        /// Number of samples.
        samples: usize,
    },
    /// A label that no class has.
    #[error("sample {sample} has label {label}, with {classes} classes a label is below {classes}")]
    Label {
        /// Index of the sample.
        sample: usize,
        /// Its label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
    /// An infinite or undefined input.
    #[error("feature {feature} of sample {sample} is {value}, a finite number is needed")]
    NotFinite {
        /// Index of the sample.
        sample: usize,
        /// Index of the feature.
        feature: usize,
        /// The value found there.
        value: f64,
    },
    /// A number of classes that the digits do not offer.
    #[error("{classes} classes of digits asked for, 2 to 10 are available")]
    Classes {
        /// The number asked for.
        classes: usize,
    },
    /// A number of features that the digits do not offer.
    #[error("{features} features of the digits asked for, 1 to 64 are available")]
    Features {
        /// The number asked for.
        features: usize,
    },
    /// A share of test samples that leaves no sample on one side.
    #[error(
        "the share of test samples is {fraction}, it must lie between 0 and 1 and leave samples on both sides"
    )]
    TestFraction {
        /// The share asked for.
        fraction: f64,
    },
    /// The embedded file cannot be read.
    #[error("the embedded digits are damaged at line {line}: {reason}")]
    Damaged {
        /// Line of the table, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The covariance has no computable eigenvectors.
    #[error("the principal components of the inputs cannot be computed: {reason}")]
    PrincipalComponents {
        /// What the eigenvalue routine said.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_data_set_rejects_what_a_network_could_not_use() {
        let inputs = array![[1.0, 2.0], [3.0, 4.0]];
        assert!(Dataset::new(inputs.clone(), vec![0, 1], 2).is_ok());
        assert_eq!(
            Dataset::new(inputs.clone(), vec![0], 2),
            Err(DataError::LabelCount { labels: 1, samples: 2 })
        );
        assert_eq!(
            Dataset::new(inputs, vec![0, 2], 2),
            Err(DataError::Label { sample: 1, label: 2, classes: 2 })
        );
        assert_eq!(
            Dataset::new(array![[0.0, f64::INFINITY]], vec![0], 1),
            Err(DataError::NotFinite { sample: 0, feature: 1, value: f64::INFINITY })
        );
        assert_eq!(
            Dataset::new(Array2::zeros((0, 3)), vec![], 2),
            Err(DataError::Empty { samples: 0, features: 3 })
        );
    }
}
