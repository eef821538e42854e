//! The time of a dense factorization: straight lines between measurements, on logarithmic scales.

use serde::{Deserialize, Deserializer, Serialize};

/// Above the largest measured dimension the time is cubic in it.
const EXPONENT_ABOVE: f64 = 3.0;

/// Seconds as a function of the dimension: through measured pairs (dimension, seconds), never decreasing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Curve {
    anchors: Vec<(u64, f64)>,
}

impl Curve {
    /// Through measurements, in any order. Where a larger dimension was faster than a smaller one, the smaller one's time is
    /// taken for both.
    pub fn new(mut measurements: Vec<(u64, f64)>) -> Self {
        measurements.retain(|&(dimension, seconds)| dimension > 0 && seconds > 0.0 && seconds.is_finite());
        measurements.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        measurements.dedup_by_key(|measurement| measurement.0);
        let mut longest: f64 = 0.0;
        for measurement in &mut measurements {
            longest = longest.max(measurement.1);
            measurement.1 = longest;
        }
        Curve { anchors: measurements }
    }

    /// Seconds at a dimension. Below the smallest measured one they stay the same; without measurements they are infinite.
    pub fn seconds(&self, dimension: u64) -> f64 {
        let (Some(&first), Some(&last)) = (self.anchors.first(), self.anchors.last()) else {
            return f64::INFINITY;
        };
        if dimension <= first.0 {
            return first.1;
        }
        if dimension >= last.0 {
            return last.1 * (dimension as f64 / last.0 as f64).powf(EXPONENT_ABOVE);
        }
        let above = self.anchors.partition_point(|anchor| anchor.0 <= dimension);
        let (low, high) = (self.anchors[above - 1], self.anchors[above]);
        let share = (dimension as f64 / low.0 as f64).ln() / (high.0 as f64 / low.0 as f64).ln();
        low.1 * (high.1 / low.1).powf(share)
    }

    /// The measurements, in increasing order.
    pub fn anchors(&self) -> &[(u64, f64)] {
        &self.anchors
    }

    /// Operations per second of a factorization with `cubic` N^3 of them, at a dimension.
    pub(super) fn speed(&self, dimension: u64, cubic: f64) -> f64 {
        cubic * (dimension as f64).powi(3) / self.seconds(dimension)
    }
}

impl<'de> Deserialize<'de> for Curve {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Curve::new(Vec::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn powers_are_met_everywhere() {
        let curve = Curve::new([10u64, 100, 1000].map(|n| (n, 1e-12 * (n as f64).powi(3))).to_vec());
        for dimension in [10u64, 33, 100, 512, 1000, 4000] {
            let expected = 1e-12 * (dimension as f64).powi(3);
            assert!((curve.seconds(dimension) / expected - 1.0).abs() < 1e-12, "{dimension}");
        }
        assert_eq!(curve.seconds(3), curve.seconds(10));
        assert_eq!(Curve::default().seconds(3), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn longer_for_larger_dimensions_whatever_was_measured(
            measurements in prop::collection::vec((1u64..5000, 1e-7..1.0f64), 1..12), small in 1u64..9000, step in 0u64..9000
        ) {
            let curve = Curve::new(measurements);
            prop_assert!(curve.seconds(small) <= curve.seconds(small + step) * (1.0 + 1e-12));
        }
    }
}
