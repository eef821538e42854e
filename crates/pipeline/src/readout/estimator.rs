//! From counts to a signed amplitude.

use super::budget::Allocation;

/// Nodes of a lobe's quadrature on either side of its maximum.
const NODES: i32 = 64;

/// Half the width of a lobe's quadrature, in units of 1 / sqrt(shots): the lobe is below e^-36 of its maximum outside.
const REACH: f64 = 6.0;

/// Outcomes that belong to one unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Runs of the solver alone that read it.
    pub alone: u64,
    /// Runs with the reference that read it at control 0, mean M_2 (u a + v r)^2 / 2.
    pub plus: u64,
    /// At control 1, mean M_2 (u a - v r)^2 / 2.
    pub minus: u64,
}

/// What counts say about an amplitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amplitude {
    /// The estimate.
    pub mean: f64,
    /// Its expected deviation, root mean square.
    pub deviation: f64,
    /// The probability that the sign is the other one.
    pub wrong_sign: f64,
}

impl Counts {
    /// The amplitude of one of `n` unknowns: mean and deviation of what it may be after these counts, all values having
    /// been equally likely before. The mean has the least expected squared error; it is near 0 while the sign is open,
    /// where the likeliest value would be off by twice the amplitude if its sign is wrong.
    ///
    /// The likelihood of counts with these means, all but independent of those of other unknowns, is a^(2c) (a + g)^(2
    /// k_+) (a - g)^(2 k_-) e^(-M a^2), g = v r / u, M = M_1 + w M_2, r = 1 / sqrt N. Between its zeros the logarithm
    /// is concave with second derivative at most -2 M: at most four lobes, no wider than Gaussians of variance 1 / (2
    /// M). All of it is smooth, so the trapezoid rule converges faster than any power.
    pub fn amplitude(&self, allocation: &Allocation, n: usize) -> Amplitude {
        let likelihood = Likelihood::new(self, allocation, n);
        let lobes = likelihood.lobes();
        let highest = lobes.iter().map(|lobe| lobe.logarithm).fold(f64::NEG_INFINITY, f64::max);
        let step = REACH / f64::from(NODES) / likelihood.shots.sqrt();
        let (mut total, mut negative, mut first) = (0.0, 0.0, 0.0);
        let mut values = Vec::with_capacity(lobes.len() * (2 * NODES as usize + 1));
        for lobe in &lobes {
            for node in -NODES..=NODES {
                let a = lobe.maximum + f64::from(node) * step;
                if a <= lobe.from || a >= lobe.to {
                    continue;
                }
                let weight = (lobe.logarithm - highest + likelihood.above(lobe.maximum, a)).exp();
                total += weight;
                first += weight * a;
                negative += if a < 0.0 { weight } else { 0.0 };
                values.push((a, weight));
            }
        }
        let mean = first / total;
        let variance = values.iter().map(|(a, weight)| weight * (a - mean) * (a - mean)).sum::<f64>() / total;
        let negative = negative / total;
        Amplitude { mean, deviation: variance.sqrt(), wrong_sign: negative.min(1.0 - negative) }
    }
}

/// The likelihood of an amplitude: a product of even powers, and a Gaussian.
struct Likelihood {
    /// Zeros that have counts, increasing, with the powers 2 k.
    zeros: Vec<(f64, f64)>,
    /// M.
    shots: f64,
}

/// What lies between two zeros of the likelihood.
struct Lobe {
    from: f64,
    to: f64,
    maximum: f64,
    logarithm: f64,
}

impl Likelihood {
    fn new(counts: &Counts, allocation: &Allocation, n: usize) -> Self {
        let weight = allocation.solver_weight;
        let reference = ((1.0 - weight) / weight / n as f64).sqrt();
        let mut zeros = vec![(-reference, counts.plus), (0.0, counts.alone), (reference, counts.minus)];
        zeros.retain(|(_, count)| *count > 0);
        let zeros = zeros.into_iter().map(|(zero, count)| (zero, 2.0 * count as f64)).collect();
        Likelihood { zeros, shots: allocation.effective_shots() }
    }

    fn logarithm(&self, a: f64) -> f64 {
        let powers: f64 = self.zeros.iter().map(|(zero, power)| power * (a - zero).abs().ln()).sum();
        powers - self.shots * a * a
    }

    /// The logarithm at `a` less that at `origin`, both between the same zeros. Large counts cancel in a difference of
    /// the two logarithms, not here.
    fn above(&self, origin: f64, a: f64) -> f64 {
        let distance = a - origin;
        let power = |(zero, power): &(f64, f64)| power * (distance / (origin - zero)).ln_1p();
        self.zeros.iter().map(power).sum::<f64>() - self.shots * distance * (a + origin)
    }

    fn slope(&self, a: f64) -> f64 {
        let powers: f64 = self.zeros.iter().map(|(zero, power)| power / (a - zero)).sum();
        powers - 2.0 * self.shots * a
    }

    fn lobes(&self) -> Vec<Lobe> {
        // At a distance d beyond all zeros the slope is at most 2 K / d - 2 M d, K the sum of the counts.
        let powers: f64 = self.zeros.iter().map(|(_, power)| power).sum();
        let beyond = (powers / 2.0 / self.shots).sqrt() + 1.0 / self.shots.sqrt();
        let outermost = self.zeros.iter().map(|(zero, _)| zero.abs()).fold(0.0, f64::max);
        let mut ends = vec![-outermost - beyond];
        ends.extend(self.zeros.iter().map(|(zero, _)| *zero));
        ends.push(outermost + beyond);
        let outside = ends.len() - 2;
        let lobe = |(position, pair): (usize, &[f64])| {
            let maximum = self.maximum(pair[0], pair[1]);
            // Outside the outermost zeros nothing ends the lobe.
            let from = if position == 0 { f64::NEG_INFINITY } else { pair[0] };
            let to = if position == outside { f64::INFINITY } else { pair[1] };
            Lobe { from, to, maximum, logarithm: self.logarithm(maximum) }
        };
        ends.windows(2).enumerate().map(lobe).collect()
    }

    /// Where the slope, which decreases, is 0, to a small part of a lobe's width.
    fn maximum(&self, mut from: f64, mut to: f64) -> f64 {
        let near = 1e-3 / self.shots.sqrt();
        while to - from > near {
            let middle = from + (to - from) / 2.0;
            if middle <= from || middle >= to {
                break;
            }
            if self.slope(middle) > 0.0 { from = middle } else { to = middle }
        }
        from + (to - from) / 2.0
    }
}
