//! Gram matrices: A = G^T S G / c from the rows of G, S a diagonal of signs; no N x N matrix is ever formed.
//!
//! V prepares sum over s and j of G_sj |s>|j> / ||G||_F on a register of samples and a copy of the system. Exchanging
//! the copy with the system between V and its inverse encodes G^T G / ||G||_F^2 (a purified density operator: Gilyén,
//! Su, Low, Wiebe, arXiv 1806.01838, lemma 45); signs on the samples make the sum one of signed projectors. The exchange
//! alone needs a control, and U^2 = 1.

use crate::composition::plus_identity;
use crate::error::EncodingError;
use crate::lcu::qubits_for;
use crate::method::{BlockEncoding, Method};
use crate::reference::Columns;
use crate::template::EncodingOptions;
use num_complex::Complex64;
use qnewton_circuit::{AngleTable, Call, Circuit, Definition, DefinitionId, Gate, Register, Structured};
use qnewton_matrix::SparseMatrix;

/// Tables of amplitudes above 2^this many entries are refused.
const TABLE_QUBITS: usize = crate::select::TABLE_QUBITS;

/// (1/B) G^T G + shift I for the B x N matrix G of per-sample gradients: the empirical Fisher matrix, or a Gauss-Newton
/// matrix with G = sqrt(B) times a square root. The system has 2^n >= N unknowns, the added ones with the value `shift`.
#[derive(Clone, Debug)]
pub struct GramMatrix {
    gradients: SparseMatrix<f64>,
    transpose: SparseMatrix<f64>,
    shift: f64,
}

impl GramMatrix {
    /// Of gradients with at least one non-zero entry, all finite, and a finite shift.
    pub fn new(gradients: SparseMatrix<f64>, shift: f64) -> Result<Self, EncodingError> {
        if !gradients.is_finite() || !shift.is_finite() {
            return Err(EncodingError::NotFinite);
        }
        if gradients.max_abs() == 0.0 {
            return Err(EncodingError::ZeroMatrix);
        }
        let transpose = gradients.transpose();
        Ok(GramMatrix { gradients, transpose, shift })
    }

    /// Number of samples B.
    pub fn samples(&self) -> usize {
        self.gradients.rows()
    }

    /// Number of unknowns N, without padding.
    pub fn unknowns(&self) -> usize {
        self.gradients.cols()
    }

    /// The multiple of the identity.
    pub fn shift(&self) -> f64 {
        self.shift
    }

    /// The gradients, B x N.
    pub fn gradients(&self) -> &SparseMatrix<f64> {
        &self.gradients
    }

    /// Number of system qubits, at least one.
    pub fn system_qubits(&self) -> usize {
        qubits_for(self.unknowns()).max(1)
    }

    /// The encoding: alpha = ||G||_F^2 / B + |shift|.
    pub fn encode(&self) -> Result<BlockEncoding, EncodingError> {
        let scale = 1.0 / self.samples() as f64;
        let encoding = encode_rows(&self.gradients, self.system_qubits(), None, scale, Method::Gram)?;
        let name = encoding.name.clone();
        Ok(BlockEncoding { name, ..plus_identity(&encoding, self.shift)? })
    }

    /// An encoding of the gradients alone, filled up with rows and columns of zeros to the least square of 2^n >= 2 that
    /// holds them: half of a Gram matrix, for algorithms that transform its singular values. The unknowns come first in
    /// `system`, which is larger than [`GramMatrix::system_qubits`] if there are more samples than unknowns.
    pub fn encode_gradients(
        &self,
        method: Method,
        options: &EncodingOptions,
    ) -> Result<BlockEncoding, EncodingError> {
        crate::select::encode(&padded_gradients(&self.gradients)?, method, options)
    }

    /// The circuit of [`GramMatrix::encode`] without values, for its closed-form cost.
    pub fn symbolic(samples: u64, unknowns: u64) -> Circuit {
        let qubits = |count: u64| count.max(1).next_power_of_two().trailing_zeros() as usize;
        let (n, sample_qubits) = (qubits(unknowns).max(1), qubits(samples));
        circuit(n, sample_qubits, AngleTable::Symbolic { length: 1 << (n + sample_qubits) }, None)
    }
}

/// B x N gradients filled up with rows and columns of zeros to the least square of 2^n >= 2 that holds them: what
/// [`GramMatrix::encode_gradients`] encodes.
pub fn padded_gradients(gradients: &SparseMatrix<f64>) -> Result<SparseMatrix<f64>, EncodingError> {
    let (rows, columns) = (gradients.rows(), gradients.cols());
    rows.max(columns)
        .max(2)
        .checked_next_power_of_two()
        .and_then(|size| SparseMatrix::from_triplets(size, size, gradients.iter()).ok())
        .ok_or(EncodingError::Dimension { rows, columns })
}

impl Columns for GramMatrix {
    fn dimension(&self) -> usize {
        1 << self.system_qubits()
    }

    fn for_each(&self, j: usize, entry: &mut dyn FnMut(usize, Complex64)) {
        entry(j, self.shift.into());
        if j >= self.unknowns() {
            return;
        }
        let scale = 1.0 / self.samples() as f64;
        for (sample, weight) in self.transpose.row(j) {
            for (row, value) in self.gradients.row(sample) {
                entry(row, (weight * value * scale).into());
            }
        }
    }
}

/// The encoding of scale times the sum over rows g_s of sign_s g_s g_s^T; alpha = |scale| ||G||_F^2.
pub(crate) fn encode_rows(
    rows: &SparseMatrix<f64>,
    system_qubits: usize,
    negative: Option<&[bool]>,
    scale: f64,
    method: Method,
) -> Result<BlockEncoding, EncodingError> {
    let sample_qubits = qubits_for(rows.rows());
    if system_qubits + sample_qubits > TABLE_QUBITS {
        let qubits = system_qubits + sample_qubits;
        return Err(crate::select::too_large(method, rows.cols(), qubits));
    }
    let mut amplitudes = vec![0.0; 1 << (system_qubits + sample_qubits)];
    // In units of the largest entry, so that squares neither overflow nor vanish.
    let unit = rows.max_abs();
    for (sample, column, value) in rows.iter() {
        amplitudes[sample << system_qubits | column] = value / unit;
    }
    let norm = amplitudes.iter().map(|value| value * value).sum::<f64>().sqrt() * unit;
    let alpha = scale.abs() * norm * norm;
    crate::template::check_range(alpha, 0.0)?;
    let circuit = circuit(system_qubits, sample_qubits, AngleTable::Dense(amplitudes), negative);
    let projected = if sample_qubits > 0 { vec!["copy", "sample"] } else { vec!["copy"] };
    Ok(BlockEncoding {
        circuit,
        name: method.name().to_string(),
        system_qubits,
        projected: projected.into_iter().map(str::to_string).collect(),
        alpha,
        truncation: 0.0,
        hermitian: true,
        spectral: false,
    })
}

/// V, exchange, inverse of V.
fn circuit(
    system_qubits: usize,
    sample_qubits: usize,
    amplitudes: AngleTable,
    negative: Option<&[bool]>,
) -> Circuit {
    let mut circuit = Circuit::new();
    let amplitudes = circuit.add_angles(amplitudes);
    let mut prepare = Definition::new("prepare_samples");
    let copy = prepare.add_register("copy", system_qubits);
    let sample = sample_register(&mut prepare, sample_qubits);
    prepare.push_structured(Structured::StatePreparation {
        qubits: copy.qubits().chain(crate::composition::qubits(sample.as_ref())).collect(),
        amplitudes,
    });
    let prepare = circuit.add(prepare);
    let exchange = exchange(&mut circuit, system_qubits, sample_qubits, negative);
    let mut entry = Definition::new("block_encoding");
    let system = entry.add_register("system", system_qubits);
    let copy = entry.add_register("copy", system_qubits);
    let sample = sample_register(&mut entry, sample_qubits);
    let prepared = copy.qubits().chain(crate::composition::qubits(sample.as_ref()));
    let all = system.qubits().chain(prepared.clone());
    entry.conjugate(Call::new(prepare, prepared), Call::new(exchange, all));
    circuit.add(entry);
    circuit
}

/// Exchanges system and copy, and changes the sign of negative samples.
fn exchange(
    circuit: &mut Circuit,
    system_qubits: usize,
    sample_qubits: usize,
    negative: Option<&[bool]>,
) -> DefinitionId {
    let mut definition = Definition::new("exchange");
    let system = definition.add_register("system", system_qubits);
    let copy = definition.add_register("copy", system_qubits);
    let sample = sample_register(&mut definition, sample_qubits);
    for (a, b) in system.qubits().zip(copy.qubits()) {
        definition.gate(Gate::Swap, &[a, b], &[]);
    }
    let signs = negative.filter(|negative| negative.iter().any(|&negative| negative));
    match (signs, &sample) {
        (Some(negative), Some(sample)) => {
            let mut phases: Vec<f64> =
                negative.iter().map(|&negative| if negative { std::f64::consts::PI } else { 0.0 }).collect();
            phases.resize(1 << sample_qubits, 0.0);
            let phases = circuit.add_angles(AngleTable::Dense(phases));
            definition.push_structured(Structured::Diagonal { qubits: sample.qubits().collect(), phases });
        }
        (Some(_), None) => definition.global_phase(&qnewton_circuit::Angle::from(std::f64::consts::PI)),
        (None, _) => {}
    }
    circuit.add(definition)
}

/// A single sample needs no register.
fn sample_register(definition: &mut Definition, sample_qubits: usize) -> Option<Register> {
    (sample_qubits > 0).then(|| definition.add_register("sample", sample_qubits))
}
