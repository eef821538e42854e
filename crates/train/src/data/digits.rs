//! The UCI optical digits, embedded in the program.

use std::io::Read;

use flate2::read::GzDecoder;
use ndarray::{Array2, Axis};

use super::principal::principal_components;
use super::{DataError, Dataset, Split};
use crate::random::{Generator, Purpose};

/// Whose data they are, and under which licence; belongs to whatever is derived from them.
pub const DIGITS_ATTRIBUTION: &str = "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, \
     UCI Machine Learning Repository, 1998, CC BY 4.0";

/// The number of pixels of one digit, and so the largest number of features.
pub const DIGITS_PIXELS: usize = 64;

const DIGITS: usize = 10;
const COMPRESSED: &[u8] = include_bytes!("../../data/digits.csv.gz");

/// Which digits, reduced how, and split how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DigitsOptions {
    /// The digits 0 to `classes` - 1 are kept; 2 to 10.
    pub classes: usize,
    /// 64: the pixels themselves. 1 to 63: that many principal components of the training samples.
    pub features: usize,
    /// The share of samples to test on, above 0 and below 1.
    pub test_fraction: f64,
    /// Decides which samples are tested on.
    pub seed: u64,
}

impl Default for DigitsOptions {
    /// All digits, all pixels, one fifth to test on, seed 0.
    fn default() -> Self {
        Self { classes: DIGITS, features: DIGITS_PIXELS, test_fraction: 0.2, seed: 0 }
    }
}

/// The embedded handwritten digits (1797 samples of all ten; see [`DIGITS_ATTRIBUTION`]), centred, reduced to
/// `features` and scaled.
///
/// Centre, components and scale come from the training samples alone and are applied to both sides. The scale
/// is one number for all features, chosen so that a feature of the training samples has mean square 1 on
/// average: what He initialisation expects, and, unlike one scale per feature, it neither distorts distances
/// nor raises pixels that hardly vary.
///
/// # Errors
/// `classes`, `features` or `test_fraction` out of range.
pub fn digits(options: &DigitsOptions) -> Result<Split, DataError> {
    let DigitsOptions { classes, features, test_fraction, seed } = *options;
    if !(2..=DIGITS).contains(&classes) {
        return Err(DataError::Classes { classes });
    }
    if !(1..=DIGITS_PIXELS).contains(&features) {
        return Err(DataError::Features { features });
    }
    let (pixels, labels) = embedded()?;
    let kept: Vec<usize> = (0..labels.len()).filter(|row| labels[*row] < classes).collect();
    let test_count = (test_fraction * kept.len() as f64).round();
    // Also false for NaN.
    if !(test_count >= 1.0 && test_count < kept.len() as f64) {
        return Err(DataError::TestFraction { fraction: test_fraction });
    }
    let order = Generator::new(seed, Purpose::Split).permutation(kept.len());
    let rows: Vec<usize> = order.into_iter().map(|position| kept[position]).collect();
    let (test_rows, train_rows) = rows.split_at(test_count as usize);

    let train_pixels = pixels.select(Axis(0), train_rows);
    let centre = train_pixels.sum_axis(Axis(0)) / train_rows.len() as f64;
    let centred = train_pixels - &centre;
    let directions = match features {
        DIGITS_PIXELS => Array2::eye(DIGITS_PIXELS),
        count => principal_components(&centred, count)?,
    };
    let train = centred.dot(&directions);
    let mean_square = train.iter().map(|value| value * value).sum::<f64>() / train.len() as f64;
    let scale = if mean_square > 0.0 { mean_square.sqrt().recip() } else { 1.0 };
    let test = (pixels.select(Axis(0), test_rows) - &centre).dot(&directions);
    let labels_of = |rows: &[usize]| rows.iter().map(|row| labels[*row]).collect();
    Ok(Split {
        train: Dataset::new(train * scale, labels_of(train_rows), classes)?,
        test: Dataset::new(test * scale, labels_of(test_rows), classes)?,
    })
}

/// Pixels (samples x 64, 0 to 16) and labels of the embedded table.
fn embedded() -> Result<(Array2<f64>, Vec<usize>), DataError> {
    let mut text = String::new();
    GzDecoder::new(COMPRESSED)
        .read_to_string(&mut text)
        .map_err(|error| DataError::Damaged { line: 1, reason: error.to_string() })?;
    let mut pixels = Vec::new();
    let mut labels = Vec::new();
    for (index, row) in text.lines().enumerate() {
        let damaged = |reason| DataError::Damaged { line: index + 1, reason };
        let numbers: Vec<u8> = row
            .split(',')
            .map(|field| field.parse().map_err(|error| damaged(format!("`{field}`: {error}"))))
            .collect::<Result<_, _>>()?;
        match numbers.split_last() {
            Some((label, image)) if image.len() == DIGITS_PIXELS => {
                pixels.extend(image.iter().map(|pixel| f64::from(*pixel)));
                labels.push(usize::from(*label));
            }
            _ => return Err(damaged(format!("{} numbers, 65 expected", numbers.len()))),
        }
    }
    let pixels = Array2::from_shape_vec((labels.len(), DIGITS_PIXELS), pixels)
        .map_err(|error| DataError::Damaged { line: 1, reason: error.to_string() })?;
    Ok((pixels, labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_is_the_published_one() {
        let (pixels, labels) = embedded().unwrap();
        assert_eq!(pixels.dim(), (1797, 64));
        assert!(pixels.iter().all(|pixel| (0.0..=16.0).contains(pixel)));
        let per_digit: Vec<usize> =
            (0..10).map(|digit| labels.iter().filter(|label| **label == digit).count()).collect();
        assert_eq!(per_digit, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }

    #[test]
    fn training_features_are_centred_uncorrelated_and_of_unit_mean_square() {
        let options = DigitsOptions { classes: 4, features: 5, ..DigitsOptions::default() };
        let Split { train, test } = digits(&options).unwrap();
        assert_eq!(train.samples() + test.samples(), 178 + 182 + 177 + 183);
        assert_eq!(test.samples(), 144);
        assert_eq!((train.features(), test.features(), train.classes()), (5, 5, 4));
        let covariance = train.inputs().t().dot(train.inputs()) / train.samples() as f64;
        assert!((covariance.diag().sum() / 5.0 - 1.0).abs() < 1e-12);
        for ((row, column), entry) in covariance.indexed_iter() {
            assert!(row == column || entry.abs() < 1e-12);
        }
        let mean = train.inputs().sum_axis(Axis(0)) / train.samples() as f64;
        assert!(mean.iter().all(|entry| entry.abs() < 1e-12));
    }

    #[test]
    fn sixty_four_features_are_the_pixels_up_to_shift_and_scale() {
        let split = digits(&DigitsOptions::default()).unwrap();
        // The first pixel of all images is empty: it stays a constant 0 and is not scaled up.
        assert!(split.train.inputs().column(0).iter().all(|value| *value == 0.0));
        // Pixels are whole numbers, so differences within a column are multiples of the scale.
        let column = split.train.inputs().column(20);
        let mut levels = column.to_vec();
        levels.sort_unstable_by(f64::total_cmp);
        levels.dedup();
        assert_eq!(levels.len(), 17);
        let step = levels[1] - levels[0];
        assert!(levels.windows(2).all(|pair| ((pair[1] - pair[0]) / step - 1.0).abs() < 1e-9));
    }

    #[test]
    fn the_seed_decides_the_split() {
        let split = |seed| digits(&DigitsOptions { features: 3, seed, ..DigitsOptions::default() }).unwrap();
        assert_eq!(split(1), split(1));
        assert_ne!(split(1).test.labels(), split(2).test.labels());
    }

    #[test]
    fn options_out_of_range_are_refused() {
        let refused = |options| digits(&options).unwrap_err();
        let default = DigitsOptions::default();
        assert_eq!(refused(DigitsOptions { classes: 1, ..default }), DataError::Classes { classes: 1 });
        assert_eq!(refused(DigitsOptions { classes: 11, ..default }), DataError::Classes { classes: 11 });
        assert_eq!(refused(DigitsOptions { features: 0, ..default }), DataError::Features { features: 0 });
        assert_eq!(refused(DigitsOptions { features: 65, ..default }), DataError::Features { features: 65 });
        for fraction in [0.0, 1.0, -0.5, f64::NAN, f64::INFINITY] {
            let error = refused(DigitsOptions { test_fraction: fraction, ..default });
            assert!(matches!(error, DataError::TestFraction { .. }), "{fraction}");
        }
    }
}
