//! How shots are shared, what error they leave, and how many an error takes.

use super::error::ReadoutError;
use qnewton_core::{ErrorLedger, Stage};

/// Counts in which the reference alone would show for each unknown.
///
/// An amplitude with t counts beside L of the reference has outcomes (sqrt t +- sqrt L)^2 / 2 at the two values of the
/// control. A wrong sign has a probability of about exp(-2 min(t, L)), so L must be large enough not to be what
/// limits signs, and small enough to leave the shots to the solver.
const REFERENCE_COUNTS: f64 = 10.0;

/// The error of a read-out is held to so many of its standard deviations. Squared, it is a sum of squares of nearly normal
/// numbers; of all such sums with a given mean, that of a single number has the heaviest tail at this point, and exceeds
/// it with a probability of 0.27 %.
const DEVIATIONS: f64 = 3.0;

/// What few counts per entry may add to [`expected_error`].
const FEW_COUNTS: f64 = 1.3;

/// The largest number of shots that a double counts.
const MOST_SHOTS: u64 = 1 << 53;

/// How shots are shared between the solver alone (magnitudes) and the solver in interference with a reference (signs
/// and magnitudes).
///
/// With the weight w of the solver, c runs of M_1 read j alone, and k_+ and k_- of M_2 at the two values of the
/// control; the means are M_1 a^2 and M_2 (u a +- v r)^2 / 2, u^2 = w, v^2 = 1 - w. The Fisher information about a is 4
/// M_1 from the first and 4 w M_2 from the others, *whatever the reference*: (2 M_1 a)^2 / (M_1 a^2), and (M_2 u (u a
/// +- v r))^2 / (M_2 (u a +- v r)^2 / 2) twice. So an estimate from all counts has the variance 1 / (4 (M_1 + w M_2))
/// per entry: interference costs only the weight that the reference takes. A reference that resembles the solution
/// gains nothing; it rather loses, since where u a = v r one outcome of the control never comes and its information
/// with it. The linear estimate, the difference of the frequencies over 2 u v r, has on average over the entries at
/// best the variance (1 + sqrt p)^2 / (4 M_2), at w = 1 / (1 + sqrt p), and (1 + p) / (2 M_2) at w = 1/2.
///
/// The reference is uniform over the N unknowns and as weak as signs allow: 1 - w = 10 N / M_2, at most 1/2. It then
/// takes 10 N shots from the solver, however many there are. For many counts any share of the shots leaves the same
/// error; amplitudes of about one count may lack their sign with few runs of interference. Simulated, the expected
/// squared error of an entry, 1/4 in units of 1 / (M_1 + w M_2) for many counts and at most that for none, is in
/// between up to 0.35, 0.42 or 0.68 with M_1 a quarter, half or three quarters of the shots. A control doubles the `cx`
/// of a solver, so that a shot costs 1.75, 1.5 or 1.25 runs of the solver alone: half is best or nearly so throughout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allocation {
    /// Runs of the solver alone.
    pub magnitude_shots: u64,
    /// Runs of the solver in interference with the reference.
    pub interference_shots: u64,
    /// The weight w of the solver in these.
    pub solver_weight: f64,
}

impl Allocation {
    /// For `n` unknowns; an error unless there are 4 to 2^53 shots.
    pub fn of(shots: u64, n: usize) -> Result<Self, ReadoutError> {
        if !(4..=MOST_SHOTS).contains(&shots) {
            return Err(ReadoutError::Shots { shots, least: 4 });
        }
        let magnitude_shots = shots / 2;
        let interference_shots = shots - magnitude_shots;
        let reference_weight = (REFERENCE_COUNTS * n as f64 / interference_shots as f64).min(0.5);
        Ok(Allocation { magnitude_shots, interference_shots, solver_weight: 1.0 - reference_weight })
    }

    /// M_1 + w M_2: the number of runs of the solver that would tell as much.
    pub fn effective_shots(&self) -> f64 {
        self.magnitude_shots as f64 + self.solver_weight * self.interference_shots as f64
    }
}

/// Expected ||x_hat - x|| / ||x||, root mean square, from `shots` at a success probability p in (0, 1]: with
/// M = M_1 + w M_2 of [`Allocation`] it is sqrt((N - p) / (4 p M)).
///
/// The covariance of the estimates is (1 - a a^T) / (4 M) where every entry has many counts: its trace is (N - p) / (4
/// M), and ||a||^2 = p. Where entries have about one count it is more by up to a factor of 1.3. An error beyond 1 means
/// that nothing is known. For x = S y the entries are meant to be of the same size in units of S. Infinite where
/// nothing can be read.
pub fn expected_error(shots: u64, n: usize, success_probability: f64) -> f64 {
    match Allocation::of(shots, n) {
        Ok(allocation) if success_probability > 0.0 => {
            let spread = (n as f64 - success_probability).max(0.0);
            (spread / (4.0 * success_probability * allocation.effective_shots())).sqrt()
        }
        _ => f64::INFINITY,
    }
}

/// The shots whose [`expected_error`] is `error`: 10 N + (N - p) / (4 p error^2), or 4/3 of the last term alone where
/// that is less than three times the first. At least 4; `u64::MAX` where no number would do.
pub fn shots_for(error: f64, n: usize, success_probability: f64) -> u64 {
    if !(error > 0.0 && success_probability > 0.0) {
        return u64::MAX;
    }
    let reference = REFERENCE_COUNTS * n as f64;
    let spread = (n as f64 - success_probability).max(0.0);
    let effective = spread / (4.0 * success_probability * error * error);
    // At most half of the runs of interference, a quarter of all, goes to the reference.
    let shots = (effective + reference).min(effective * 4.0 / 3.0).ceil().max(4.0);
    if shots <= MOST_SHOTS as f64 { shots as u64 } else { u64::MAX }
}

/// The ledger of a solver with what reading from shots adds, by its expected error. It holds with a probability of
/// 99.7 %.
pub fn with_read_out(solver: &ErrorLedger, expected_error: f64) -> ErrorLedger {
    let mut ledger = solver.clone();
    ledger.add(Stage::ReadOut, DEVIATIONS * expected_error);
    ledger
}

/// The expected error that shots must leave so that [`with_read_out`] stays within `bound`, however few counts an entry
/// has.
pub(super) fn expected_within(bound: f64) -> f64 {
    bound / (DEVIATIONS * FEW_COUNTS)
}

/// Of `shots` those that read norm and sign of a solution whose direction the others read: as many as leave the least
/// error, with q the probability that the further query succeeds, given that the solver did. An error unless there are
/// 8 to 2^53 shots.
///
/// M shots leave (N - p)/(4 p M) of the squared error to the direction ([`expected_error`]) and (1 - p q)/(4 p q M) to
/// the norm, the same with one unknown: their sum is least where M is proportional to the roots of the two factors.
pub(super) fn norm_shots(shots: u64, n: usize, p: f64, q: f64) -> Result<u64, ReadoutError> {
    if !(8..=MOST_SHOTS).contains(&shots) {
        return Err(ReadoutError::Shots { shots, least: 8 });
    }
    let wanted = (norm_share(n, p, q) * shots as f64).round() as u64;
    Ok(wanted.clamp(4, shots - 4))
}

/// The shots after which direction, norm and sign together leave an expected `error`: see [`shots_for`].
pub fn shots_with_norm_for(error: f64, n: usize, success_probability: f64, norm_probability: f64) -> u64 {
    let share = norm_share(n, success_probability, norm_probability);
    // The squared errors are in the ratio of the shots.
    let direction = shots_for(error * (1.0 - share).sqrt(), n, success_probability);
    direction.saturating_add(shots_for(error * share.sqrt(), 1, success_probability * norm_probability))
}

/// The share of the shots that reads the norm.
fn norm_share(n: usize, p: f64, q: f64) -> f64 {
    let factor = |unknowns: f64, p: f64| ((unknowns - p).max(0.0) / p).sqrt();
    let (direction, norm) = (factor(n as f64, p), factor(1.0, p * q));
    let share = norm / (direction + norm);
    // A prediction may be 0 by underflow, or 1.
    if share.is_nan() { 0.5 } else { share.clamp(0.01, 0.99) }
}
