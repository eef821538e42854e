//! Fewer rotations for a target error: Walsh coefficients of the angles are dropped, the smallest ones first, as long
//! as the block that is left stays within the error.
//!
//! The block is computed from the angles that are kept, entry by entry, so the bound is one of the difference that
//! results and not of the angles that were dropped. U^2 = 1 needs the value of (j, m) to be the conjugate of that of
//! (j xor m, m): F(u, v) = F(u, v xor u) for the coefficients of the angles, u the mask over the unknowns and v the
//! one over the exclusive-or masks, and F(u, v) = -F(u, v xor u) for those of the phases. Both of such a pair are
//! dropped, or neither is.

use crate::lcu::Values;
use qnewton_circuit::AngleTable;
use qnewton_circuit::table::{walsh_hadamard, walsh_hadamard_unnormalised};
use qnewton_matrix::{Scalar, SparseMatrix};

/// Rounding of the amplitudes that three tables of L transformed angles make, in units of eps sqrt(L) log2(L), by the
/// bound that a certificate takes where it does not execute gate by gate.
const ROUNDING: f64 = 192.0;

/// Share of the largest column that an error may be: more would erase the matrix.
const LARGEST_SHARE: f64 = 0.5;

/// The error that may be spent on dropping coefficients, in units of A; `None` if that is nothing.
///
/// `error` less the rounding of `length` angles at this `alpha`, and never so much that nothing of the matrix is left:
/// the operator norm is at least the 2-norm of every column.
pub(crate) fn budget<S: Scalar>(
    matrix: &SparseMatrix<S>,
    error: f64,
    alpha: f64,
    length: f64,
) -> Option<f64> {
    let rounding = alpha * ROUNDING * f64::EPSILON * length.sqrt() * length.log2().max(1.0);
    let scale = matrix.max_abs();
    let mut squares = vec![0.0; matrix.cols()];
    for (_, column, value) in matrix.iter() {
        squares[column] += (value.magnitude() / scale).powi(2);
    }
    let largest = scale * squares.into_iter().fold(0.0, f64::max).sqrt();
    let budget = (error - rounding).min(LARGEST_SHARE * largest);
    (budget > 0.0).then_some(budget)
}

/// Which matrix the block is compared in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// Value (j, m) is the entry in row j xor m, column j.
    Unknowns,
    /// The same of H^n A H^n, H^n the Hadamard transform.
    Walsh,
}

/// What the angles stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Number of system qubits.
    pub system_qubits: usize,
    /// Whether the flag is reflected: see [`crate::lcu::DiagonalTables`].
    pub reflect: bool,
    /// Where entries belong.
    pub frame: Frame,
    /// The value that an angle of 0 stands for.
    pub largest: f64,
}

/// Complex numbers as two tables, the imaginary one only where there is one.
pub(crate) struct Entries {
    pub real: Vec<f64>,
    pub imaginary: Option<Vec<f64>>,
}

impl Entries {
    /// The square of the Frobenius norm.
    fn square(&self) -> f64 {
        let sum = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
        sum(&self.real) + self.imaginary.as_deref().map_or(0.0, sum)
    }

    /// The operator norm of the matrix of which value (j, m) stands in row j xor m, column j, or which is H^n of it
    /// H^n, from above: the Frobenius norm, or sqrt(largest column sum x largest row sum) if that is smaller. The
    /// Frobenius norm suffices if it is at most `enough`.
    pub(crate) fn norm_bound(mut self, n: usize, frame: Frame, enough: f64) -> f64 {
        let frobenius = self.square().sqrt();
        if frobenius <= enough {
            return frobenius;
        }
        if frame == Frame::Walsh {
            // Entry (k, l) is N times coefficient (k xor l, k).
            let factor = 1.0 / (1u64 << n) as f64;
            for table in std::iter::once(&mut self.real).chain(&mut self.imaginary) {
                walsh_hadamard_unnormalised(table);
                table.iter_mut().for_each(|value| *value *= factor);
            }
        }
        let (mut rows, mut columns) = (vec![0.0; 1 << n], vec![0.0; 1 << n]);
        for (index, real) in self.real.iter().enumerate() {
            let magnitude = match &self.imaginary {
                Some(imaginary) => real.hypot(imaginary[index]),
                None => real.abs(),
            };
            let (low, high) = (index & ((1 << n) - 1), index >> n);
            match frame {
                Frame::Unknowns => {
                    rows[low ^ high] += magnitude;
                    columns[low] += magnitude;
                }
                Frame::Walsh => {
                    rows[high] += magnitude;
                    columns[low ^ high] += magnitude;
                }
            }
        }
        let largest = |sums: Vec<f64>| sums.into_iter().fold(0.0, f64::max);
        frobenius.min((largest(rows) * largest(columns)).sqrt())
    }
}

impl Shape {
    /// Where the coefficient stands that belongs together with number `index`.
    fn partner(&self, index: usize) -> usize {
        if self.reflect {
            index ^ ((index & ((1 << self.system_qubits) - 1)) << self.system_qubits)
        } else {
            index
        }
    }

    /// The values that angles and phases stand for, in units of the largest one.
    fn entries(&self, angles: &[f64], phases: Option<&[f64]>) -> Entries {
        let cosines = angles.iter().map(|angle| (angle / 2.0).cos());
        let Some(phases) = phases else {
            return Entries { real: cosines.collect(), imaginary: None };
        };
        let factor = if self.reflect { -1.0 } else { -0.5 };
        let (real, imaginary) = cosines
            .zip(phases)
            .map(|(cosine, phase)| {
                let (sine, other) = (factor * phase).sin_cos();
                (cosine * other, cosine * sine)
            })
            .unzip();
        Entries { real, imaginary: Some(imaginary) }
    }
}

/// Transformed tables and the order in which their coefficients go.
struct Candidates {
    shape: Shape,
    angles: Vec<f64>,
    phases: Option<Vec<f64>>,
    target: Entries,
    /// Pairs by increasing magnitude; number k stands for angle k, or, from the number of angles on, for a phase.
    order: Vec<u32>,
    /// Sums of squares of the first k magnitudes.
    squares: Vec<f64>,
}

impl Candidates {
    fn new(shape: Shape, angles: &[f64], phases: Option<&[f64]>) -> Self {
        let target = shape.entries(angles, phases);
        let mut angles = angles.to_vec();
        let mut phases = phases.map(<[f64]>::to_vec);
        for (table, sign) in [(Some(&mut angles), 1.0), (phases.as_mut(), -1.0)] {
            let Some(table) = table else { continue };
            walsh_hadamard(table);
            // Exactly as symmetric as the matrix is.
            for index in 0..table.len() {
                let partner = shape.partner(index);
                if shape.reflect && partner >= index {
                    let mean = 0.5 * (table[index] + sign * table[partner]);
                    (table[index], table[partner]) = (mean, sign * mean);
                }
            }
        }
        let length = angles.len();
        // An angle moves an entry by half as much; so does a phase of a rotated flag, one of a reflected flag twice that.
        let weight = if shape.reflect { 2.0 } else { 1.0 };
        let magnitude = |number: u32| match number as usize {
            index if index < length => angles[index].abs(),
            index => weight * phases.as_ref().map_or(0.0, |phases| phases[index - length].abs()),
        };
        let count = if phases.is_some() { 2 * length } else { length };
        let mut order: Vec<u32> = (0..count as u32)
            .filter(|&number| shape.partner(number as usize % length) >= number as usize % length)
            .collect();
        order.sort_unstable_by(|&a, &b| magnitude(a).total_cmp(&magnitude(b)).then(a.cmp(&b)));
        let mut squares = vec![0.0];
        let mut sum = 0.0;
        for &number in &order {
            let index = number as usize % length;
            let pair = if shape.partner(index) == index { 1.0 } else { 2.0 };
            sum += pair * magnitude(number).powi(2);
            squares.push(sum);
        }
        Candidates { shape, angles, phases, target, order, squares }
    }

    /// The coefficients without the first `dropped` pairs.
    fn kept(&self, dropped: usize) -> (Vec<f64>, Option<Vec<f64>>) {
        let (mut angles, mut phases) = (self.angles.clone(), self.phases.clone());
        let length = angles.len();
        for &number in &self.order[..dropped] {
            let index = number as usize % length;
            let table = if (number as usize) < length { Some(&mut angles) } else { phases.as_mut() };
            if let Some(table) = table {
                table[index] = 0.0;
                table[self.shape.partner(index)] = 0.0;
            }
        }
        (angles, phases)
    }

    /// The error without the first `dropped` pairs, in units of the largest value.
    fn error(&self, dropped: usize, enough: f64) -> f64 {
        let (mut angles, mut phases) = self.kept(dropped);
        walsh_hadamard_unnormalised(&mut angles);
        if let Some(phases) = &mut phases {
            walsh_hadamard_unnormalised(phases);
        }
        let mut entries = self.shape.entries(&angles, phases.as_deref());
        let subtract = |values: &mut [f64], target: &[f64]| {
            values.iter_mut().zip(target).for_each(|(value, target)| *value -= target);
        };
        subtract(&mut entries.real, &self.target.real);
        if let (Some(values), Some(target)) = (&mut entries.imaginary, &self.target.imaginary) {
            subtract(values, target);
        }
        entries.norm_bound(self.shape.system_qubits, self.shape.frame, enough)
    }

    /// The most pairs that can go at an error of at most `enough`, up to 1/4096 of those that stay, and that error.
    ///
    /// The square of the error grows with the number of pairs, nearly in proportion to the sum of their squares:
    /// guesses from that law, two out of three, alternate with halving.
    fn search(&self, enough: f64) -> (usize, f64) {
        let allowed = enough * enough;
        let (mut low, mut low_error) = (0, 0.0);
        let mut high = self.order.len() + 1;
        let mut high_error = f64::INFINITY;
        // An angle moves a value by half as much, and all L angles move by sqrt(L) times a coefficient.
        let mut law = 0.25 * self.angles.len() as f64;
        let mut step = 0;
        while high - low > 1 + (self.order.len() + 1 - high) / 4096 {
            step += 1;
            let target = if high_error.is_finite() {
                // Between two known points, on the straight line.
                let share =
                    (allowed - low_error * low_error) / (high_error * high_error - low_error * low_error);
                self.squares[low] + share * (self.squares[high] - self.squares[low])
            } else {
                allowed / law
            };
            let guess = self.squares.partition_point(|&square| square <= target);
            let next = if step % 3 == 0 { low + (high - low) / 2 } else { guess.clamp(low + 1, high - 1) };
            let error = self.error(next, enough);
            if error <= enough {
                (low, low_error) = (next, error);
            } else {
                (high, high_error) = (next, error);
            }
            if self.squares[next] > 0.0 && error > 0.0 {
                law = error * error / self.squares[next];
            }
        }
        (low, low_error)
    }
}

/// The tables with as few Walsh coefficients as an error of `budget` (in units of A) allows, and a bound of the error;
/// `None` if none can go. Tables that are not dense stay as they are.
pub(crate) fn truncate(values: &Values, shape: Shape, budget: f64) -> Option<(Values, f64)> {
    let AngleTable::Dense(angles) = &values.angles else { return None };
    let phases = match &values.phases {
        None => None,
        Some(AngleTable::Dense(phases)) => Some(phases.as_slice()),
        Some(_) => return None,
    };
    let candidates = Candidates::new(shape, angles, phases);
    let (dropped, error) = candidates.search(budget / shape.largest);
    if dropped == 0 {
        return None;
    }
    let length = angles.len() as u64;
    let sparse = |coefficients: Vec<f64>| -> Option<AngleTable> {
        let terms: Vec<(u64, f64)> = coefficients
            .into_iter()
            .enumerate()
            .filter(|(_, coefficient)| *coefficient != 0.0)
            .map(|(mask, coefficient)| (mask as u64, coefficient))
            .collect();
        (!terms.is_empty()).then_some(AngleTable::WalshSparse { length, coefficients: terms })
    };
    let (angles, phases) = candidates.kept(dropped);
    let none = AngleTable::Constant { length, value: 0.0 };
    let values = Values { angles: sparse(angles).unwrap_or(none), phases: phases.and_then(sparse) };
    Some((values, shape.largest * error))
}
