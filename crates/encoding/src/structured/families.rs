//! Families of matrices given by a few numbers: encoded without writing out anything of the size of the matrix.

use super::patterns::{Neighbours, Pattern};
use super::sum::{Diagonal, Encoded, Sum};
use crate::error::EncodingError;
use crate::lcu::Values;
use crate::method::{BlockEncoding, Method};
use crate::reference::Columns;
use crate::shifts::{Amplitudes, Body, Group, Layout, Shift, Signs, Term};
use crate::walsh::combine;
use num_complex::Complex64;
use qnewton_circuit::{Gate, cost};
use std::f64::consts::PI;

/// What happens at the ends of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Boundary {
    /// The first and the last index have one neighbour.
    Open,
    /// The first and the last index are neighbours.
    Periodic,
}

/// One diagonal whose angles are a sum of Walsh functions.
#[derive(Clone, Debug, PartialEq)]
pub struct WalshBand {
    /// Row minus column.
    pub offset: i64,
    /// The factor in front of the cosine, not negative.
    pub weight: f64,
    /// Masks with their coefficients in radians: the entry in column j is
    /// weight * cos(angle(j) / 2), angle(j) = sum of c * (-1)^popcount(j & mask).
    pub coefficients: Vec<(u64, f64)>,
}

/// A family of matrices; dimensions are powers of two, up to 2^60.
#[derive(Clone, Debug, PartialEq)]
pub enum Family {
    /// The sum over the axes of a grid of tridiag(-1, 2, -1).
    Laplacian {
        /// What happens at the ends; a periodic axis has at least two qubits.
        boundary: Boundary,
        /// Qubits of each axis, the one that varies fastest first.
        qubits: Vec<usize>,
    },
    /// A symmetric tridiagonal matrix with constant diagonals.
    TridiagonalToeplitz {
        /// System qubits, at least two if periodic.
        qubits: usize,
        /// The entries on the diagonal.
        diagonal: f64,
        /// The entries next to it.
        off_diagonal: f64,
        /// What happens at the ends.
        boundary: Boundary,
    },
    /// Diagonals whose angles are sums of Walsh functions; diagonals end at the end.
    BandedWalsh {
        /// System qubits.
        qubits: usize,
        /// Whether each band stands for its mirror image too; offsets are then not negative.
        symmetric: bool,
        /// The bands, of distinct offsets.
        bands: Vec<WalshBand>,
    },
}

/// So many qubits leave room for the register of terms in 64-bit masks.
const QUBITS: usize = 60;

/// More bands than this are refused.
const BANDS: usize = 64;

impl Family {
    /// Number of system qubits.
    pub fn system_qubits(&self) -> usize {
        match self {
            Family::Laplacian { qubits, .. } => qubits.iter().sum(),
            Family::TridiagonalToeplitz { qubits, .. } | Family::BandedWalsh { qubits, .. } => *qubits,
        }
    }

    /// The largest number of entries in a row.
    pub fn largest_row(&self) -> usize {
        let neighbours = |qubits: usize| if qubits == 1 { 1 } else { 2 };
        match self {
            Family::Laplacian { qubits, .. } => {
                1 + qubits.iter().map(|&qubits| neighbours(qubits)).sum::<usize>()
            }
            Family::TridiagonalToeplitz { qubits, .. } => 1 + neighbours(*qubits),
            Family::BandedWalsh { symmetric, bands, .. } => {
                let times = |band: &WalshBand| if *symmetric && band.offset != 0 { 2 } else { 1 };
                bands.iter().map(times).sum()
            }
        }
    }

    /// Whether the matrix equals its transpose.
    pub fn is_symmetric(&self) -> bool {
        !matches!(self, Family::BandedWalsh { symmetric: false, .. })
    }

    /// Subnormalization of [`Family::encode`].
    pub fn alpha(&self) -> f64 {
        // In a single qubit both neighbours are the same one.
        let neighbours = |qubits: usize| if qubits == 1 { 1.0 } else { 2.0 };
        match self {
            Family::Laplacian { qubits, .. } => qubits.iter().map(|&qubits| 2.0 + neighbours(qubits)).sum(),
            Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal, .. } => {
                diagonal.abs() + neighbours(*qubits) * off_diagonal.abs()
            }
            Family::BandedWalsh { symmetric, bands, .. } => {
                let times = |band: &WalshBand| if *symmetric && band.offset != 0 { 2.0 } else { 1.0 };
                bands.iter().map(|band| times(band) * band.weight).sum()
            }
        }
    }

    /// The spectral norm, where it has a closed form: eigenvalues of tridiagonal Toeplitz matrices of dimension N are
    /// d + 2 e cos(k pi / (N + 1)), k = 1, ..., N, those of circulant ones d + 2 e cos(2 k pi / N).
    pub fn norm(&self) -> Option<f64> {
        let largest = |qubits: usize, diagonal: f64, off_diagonal: f64, boundary| {
            let cosine = match boundary {
                Boundary::Open => (PI / (2f64.powi(qubits as i32) + 1.0)).cos(),
                Boundary::Periodic => 1.0,
            };
            diagonal.abs() + 2.0 * off_diagonal.abs() * cosine
        };
        match self {
            Family::Laplacian { boundary, qubits } => {
                Some(qubits.iter().map(|&qubits| largest(qubits, 2.0, -1.0, *boundary)).sum())
            }
            Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal, boundary } => {
                Some(largest(*qubits, *diagonal, *off_diagonal, *boundary))
            }
            Family::BandedWalsh { .. } => None,
        }
    }

    /// The encoding. Its size, and the time that it takes, are polynomial in the number of qubits and of coefficients.
    pub fn encode(&self) -> Result<BlockEncoding, EncodingError> {
        self.check()?;
        let Encoded { circuit, alpha, projected, .. } = match self {
            Family::Laplacian { boundary, qubits } => {
                let mut low = 0;
                let axes = qubits.iter().map(|&qubits| {
                    low += qubits;
                    Neighbours::of(low - qubits..low, *boundary, -1.0)
                });
                self.sum(axes.collect(), 2.0 * qubits.len() as f64)?
            }
            Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal, boundary } => {
                let axis = Neighbours::of(0..*qubits, *boundary, *off_diagonal);
                let axes = if *off_diagonal == 0.0 { Vec::new() } else { vec![axis] };
                self.sum(axes, *diagonal)?
            }
            Family::BandedWalsh { qubits, symmetric, bands } => banded_walsh(*qubits, *symmetric, bands)?,
        };
        Ok(BlockEncoding {
            circuit,
            name: self.method().name().to_string(),
            system_qubits: self.system_qubits(),
            projected,
            alpha,
            truncation: 0.0,
            hermitian: self.is_symmetric(),
            spectral: false,
        })
    }

    fn method(&self) -> Method {
        match self {
            Family::BandedWalsh { .. } => Method::Banded,
            _ => Method::Structured,
        }
    }

    fn sum(&self, axes: Vec<Neighbours>, diagonal: f64) -> Result<Encoded, EncodingError> {
        let pattern = Pattern::of_neighbours(&axes).ok_or(EncodingError::ZeroMatrix)?;
        let diagonal = if diagonal == 0.0 { Diagonal::Absent } else { Diagonal::Constant(diagonal.into()) };
        Sum { system_qubits: self.system_qubits(), symmetric: true, pattern, diagonal }.encode()
    }

    fn check(&self) -> Result<(), EncodingError> {
        let refuse =
            |reason: String| Err(EncodingError::NotApplicable { method: self.method().name(), reason });
        let qubits = self.system_qubits();
        if qubits == 0 || qubits > QUBITS {
            return refuse(format!("{qubits} system qubits are not between 1 and {QUBITS}"));
        }
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        match self {
            Family::Laplacian { boundary, qubits } => {
                let least = if *boundary == Boundary::Periodic { 2 } else { 1 };
                if qubits.iter().any(|&qubits| qubits < least) {
                    return refuse(format!("an axis of less than {least} qubits"));
                }
            }
            Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal, boundary } => {
                if !finite(&[*diagonal, *off_diagonal]) {
                    return Err(EncodingError::NotFinite);
                }
                if *boundary == Boundary::Periodic && *qubits < 2 {
                    return refuse("a periodic axis of less than 2 qubits".to_string());
                }
            }
            Family::BandedWalsh { qubits, symmetric, bands } => {
                if bands.len() > BANDS {
                    return refuse(format!("{} bands are more than {BANDS}", bands.len()));
                }
                for (position, band) in bands.iter().enumerate() {
                    let WalshBand { offset, weight, coefficients } = band;
                    let angles: Vec<f64> = coefficients.iter().map(|(_, value)| *value).collect();
                    if !finite(&angles) || !finite(&[*weight]) {
                        return Err(EncodingError::NotFinite);
                    }
                    if *weight < 0.0 {
                        return refuse(format!("the weight of offset {offset} is negative"));
                    }
                    if offset.unsigned_abs() >> qubits != 0 || *symmetric && *offset < 0 {
                        return refuse(format!("there is no diagonal of offset {offset}"));
                    }
                    if bands[..position].iter().any(|other| other.offset == *offset) {
                        return refuse(format!("offset {offset} occurs twice"));
                    }
                    if coefficients.iter().any(|(mask, _)| mask >> qubits != 0) {
                        return refuse(format!("a mask of offset {offset} has more than {qubits} bits"));
                    }
                }
            }
        }
        if self.alpha() == 0.0 { Err(EncodingError::ZeroMatrix) } else { Ok(()) }
    }
}

/// Walsh functions for each band are coefficients at the lower ends, which need no table.
fn banded_walsh(qubits: usize, symmetric: bool, bands: &[WalshBand]) -> Result<Encoded, EncodingError> {
    let term = |band: &WalshBand| Term {
        shift: Shift { group: 0, distance: band.offset.unsigned_abs() },
        back: band.offset < 0,
    };
    let terms: Vec<Term> = bands.iter().map(term).collect();
    let weights: Vec<f64> = bands.iter().map(|band| band.weight).collect();
    let group = Group { bits: 0..qubits, open: true };
    let mut best: Option<Encoded> = None;
    for layout in Layout::candidates(qubits, &[group], &terms, symmetric, false) {
        if qubits + layout.term_qubits() > 63 {
            continue;
        }
        let coefficients: Vec<_> = layout
            .codes()
            .iter()
            .zip(bands)
            .map(|(&code, band)| (code, band.coefficients.as_slice()))
            .collect();
        let angles = combine(&coefficients, qubits, layout.term_qubits());
        let body = Body {
            values: Some(Values { angles, phases: None }),
            framed: layout.has_direction(),
            signs: Signs::NONE,
            padding: None,
        };
        let circuit = layout.circuit(Amplitudes::Known(layout.amplitudes(&weights)), body);
        let cx = cost(&circuit)?.gate(Gate::Cx);
        if best.as_ref().is_none_or(|best| cx < best.cx) {
            let projected = layout.projected(true, false);
            best = Some(Encoded { circuit, alpha: layout.alpha(&weights), projected, cx });
        }
    }
    best.ok_or_else(|| EncodingError::NotApplicable {
        method: Method::Banded.name(),
        reason: format!("{} bands of {qubits} qubits need more than 63 qubits to be told apart", bands.len()),
    })
}

impl Columns for Family {
    fn dimension(&self) -> usize {
        1usize.checked_shl(self.system_qubits() as u32).unwrap_or(usize::MAX)
    }

    fn for_each(&self, j: usize, entry: &mut dyn FnMut(usize, Complex64)) {
        let axis =
            |low: usize, qubits: usize, boundary, value: f64, entry: &mut dyn FnMut(usize, Complex64)| {
                let size = 1usize << qubits;
                let own = j >> low & (size - 1);
                let inside = boundary == Boundary::Periodic;
                for (reachable, other) in [(own + 1 < size, own + 1), (own > 0, own.wrapping_sub(1))] {
                    if reachable || inside {
                        entry(j ^ (own ^ other & (size - 1)) << low, value.into());
                    }
                }
            };
        match self {
            Family::Laplacian { boundary, qubits } => {
                entry(j, (2.0 * qubits.len() as f64).into());
                let mut low = 0;
                for &qubits in qubits {
                    axis(low, qubits, *boundary, -1.0, entry);
                    low += qubits;
                }
            }
            Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal, boundary } => {
                entry(j, (*diagonal).into());
                axis(0, *qubits, *boundary, *off_diagonal, entry);
            }
            Family::BandedWalsh { qubits, symmetric, bands } => {
                let size = 1i64 << qubits;
                for band in bands {
                    let value = |index: i64| {
                        let sign = |mask: u64| 1.0 - 2.0 * f64::from((mask & index as u64).count_ones() % 2);
                        let angle: f64 = band.coefficients.iter().map(|(mask, c)| sign(*mask) * c).sum();
                        Complex64::from(band.weight * (angle / 2.0).cos())
                    };
                    let j = j as i64;
                    let (forth, back) = (j + band.offset, j - band.offset);
                    if (0..size).contains(&forth) {
                        entry(forth as usize, value(j));
                    }
                    if *symmetric && band.offset != 0 && (0..size).contains(&back) {
                        entry(back as usize, value(back));
                    }
                }
            }
        }
    }
}
