//! How many copies of a state it takes to read its amplitudes.

use serde::Serialize;

/// How the solution is read from the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadOut {
    /// Sampling: `ceil(2 N / epsilon^2)` copies of a state with N real amplitudes.
    ///
    /// Half of the copies, M, are measured in the computational basis; sqrt(n_i / M) estimates |x_i|. The other half
    /// is prepared as (|0>|x> + |1>|x'>) / sqrt 2, x' from those estimates, and a Hadamard gate on the first qubit
    /// sends index i to the branch that agrees with its sign (the scheme of Kerenidis and Prakash,
    /// arXiv 1808.09266, section 4). With M x_i^2 = t, entry i then has an expected squared error of at most
    /// 0.958 / M: 1/4 from the magnitude for large t, and the most, with wrong signs, near t = 1.4. So
    /// E ||x' - x||^2 <= 0.958 N / M <= epsilon^2 for every state. Controlling the circuit is not charged extra.
    #[default]
    Sampling,
    /// `ceil(N / epsilon)` uses of the circuit: the scaling that is possible with coherent access to the circuit and
    /// its inverse (van Apeldoorn, Cornelissen, Gilyén, Nannicini, arXiv 2111.08180), logarithms and constants left
    /// out in favour of the quantum computer.
    Coherent,
}

impl ReadOut {
    /// The name on the command line and in documents.
    pub fn name(self) -> &'static str {
        match self {
            ReadOut::Sampling => "sampling",
            ReadOut::Coherent => "coherent",
        }
    }

    /// The read-out of that name.
    pub fn from_name(name: &str) -> Option<ReadOut> {
        [ReadOut::Sampling, ReadOut::Coherent].into_iter().find(|read_out| read_out.name() == name)
    }

    /// Number of successful executions that N signed numbers take at relative 2-norm error `epsilon`. The norm comes
    /// with them: from s successes the success probability, whose root is the norm, is known to 1 / (2 sqrt s).
    pub fn executions(self, unknowns: u64, epsilon: f64) -> f64 {
        let unknowns = unknowns as f64;
        match self {
            ReadOut::Sampling => (2.0 * unknowns / (epsilon * epsilon)).ceil(),
            ReadOut::Coherent => (unknowns / epsilon).ceil(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64Mcg;

    /// Numbers of outcomes among `copies` measurements.
    fn sample(probabilities: &[f64], copies: u64, random: &mut Pcg64Mcg) -> Vec<u64> {
        let mut counts = vec![0; probabilities.len()];
        for _ in 0..copies {
            let mut rest: f64 = random.random();
            let outcome = probabilities.iter().position(|probability| {
                rest -= probability;
                rest < 0.0
            });
            counts[outcome.unwrap_or(probabilities.len() - 1)] += 1;
        }
        counts
    }

    /// The squared error of one read-out by sampling.
    fn squared_error(x: &[f64], copies: u64, random: &mut Pcg64Mcg) -> f64 {
        let half = copies / 2;
        let magnitudes: Vec<f64> = x.iter().map(|value| value * value).collect();
        let counts = sample(&magnitudes, half, random);
        let estimate: Vec<f64> = counts.iter().map(|&count| (count as f64 / half as f64).sqrt()).collect();
        let branch = |sign: f64| {
            x.iter().zip(&estimate).map(move |(value, guess)| ((value + sign * guess) / 2.0).powi(2))
        };
        let counts = sample(&branch(1.0).chain(branch(-1.0)).collect::<Vec<_>>(), copies - half, random);
        let (plus, minus) = counts.split_at(x.len());
        let signed = estimate.iter().zip(plus.iter().zip(minus));
        let read = signed.map(|(guess, (plus, minus))| if plus >= minus { *guess } else { -guess });
        read.zip(x).map(|(read, value)| (read - value).powi(2)).sum()
    }

    #[test]
    fn the_number_of_copies_reads_flat_and_uneven_states_to_epsilon() {
        let (unknowns, epsilon) = (32, 0.2);
        let copies = ReadOut::Sampling.executions(unknowns, epsilon) as u64;
        assert_eq!(copies, 1600);
        let sign = |index: u64| if index.is_multiple_of(2) { -1.0 } else { 1.0 };
        let flat: Vec<f64> = (0..unknowns).map(sign).collect();
        let decaying: Vec<f64> = (0..unknowns).map(|index| sign(index) * 0.7f64.powi(index as i32)).collect();
        // All entries but one have M x_i^2 = 1.4, the worst case.
        let uneven: Vec<f64> = (0..unknowns)
            .map(|index| {
                if index == 0 {
                    (1.0f64 - 31.0 * 1.4 / 800.0).sqrt()
                } else {
                    sign(index) * (1.4f64 / 800.0).sqrt()
                }
            })
            .collect();
        let mut random = Pcg64Mcg::seed_from_u64(7);
        let means = [flat, decaying, uneven].map(|state| {
            let norm = state.iter().map(|value| value * value).sum::<f64>().sqrt();
            let state: Vec<f64> = state.iter().map(|value| value / norm).collect();
            (0..40).map(|_| squared_error(&state, copies, &mut random)).sum::<f64>()
                / 40.0
                / (epsilon * epsilon)
        });
        // A flat state takes a quarter of the budget, one with few large entries less, the worst one most of it.
        assert!(means[0] > 0.2 && means[0] < 0.3, "{means:?}");
        assert!(means[1] < means[0], "{means:?}");
        assert!(means[2] > 0.8 && means[2] < 1.0, "{means:?}");
    }

    #[test]
    fn coherent_read_out_scales_with_one_over_epsilon() {
        assert_eq!(ReadOut::Coherent.executions(1000, 0.01), 1e5);
        assert_eq!(ReadOut::Sampling.executions(1000, 0.01), 2e7);
    }
}
