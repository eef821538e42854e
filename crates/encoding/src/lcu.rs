//! What many methods share: A = sum over terms c of D_c P_c, P_c a permutation of the unknowns and D_c diagonal.
//!
//! A register `term` is prepared with amplitudes sqrt(w_c / alpha), w_c = max |D_c|, alpha = sum of w_c; a flag is
//! rotated such that <0| is D_c / w_c; the permutation is applied; the preparation is undone. The preparation is the
//! outer part of a conjugation, so that a control of the whole skips it.

use crate::method::Method;
use crate::template::{Filled, Template};
use qnewton_circuit::{
    AngleTable, Axis, Call, Circuit, Definition, DefinitionId, Gate, QubitId, Register, RegisterKind,
    Structured, TableId,
};
use qnewton_matrix::{Scalar, SparseMatrix};
use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::Arc;

/// How the register of terms is prepared.
pub(crate) enum Preparation {
    /// All basis states with the same amplitude.
    Uniform,
    /// The amplitudes of a table.
    Amplitudes(AngleTable),
}

/// The rotations of the flag that make the diagonals.
pub(crate) struct Values {
    /// Angles 2 arccos(|D_c(j)| / w_c), of the signed value if it is real; index j + 2^system * c.
    pub angles: AngleTable,
    /// Angles of rotations about Z in the same order, from [`DiagonalTables`]; `None` if all values are real.
    pub phases: Option<AngleTable>,
}

impl Values {
    /// Tables of the right length without values.
    pub(crate) fn symbolic(length: u64, complex: bool) -> Self {
        let table = || AngleTable::Symbolic { length };
        Values { angles: table(), phases: complex.then(table) }
    }
}

/// The parts of an encoding that differ between methods.
pub(crate) struct Parts {
    pub system_qubits: usize,
    pub term_qubits: usize,
    pub preparation: Preparation,
    pub values: Values,
    /// Whether the flag is reflected rather than rotated, which makes U Hermitian if the rest allows it.
    pub reflect: bool,
    /// Whether the permutation needs a clean register of the size of the system.
    pub work: bool,
}

/// Registers of an encoding: term may be empty.
pub(crate) struct Registers {
    pub system: Register,
    pub term: Register,
    pub work: Option<Register>,
}

/// Names of the registers that [`build`] makes and that must be projected.
pub(crate) fn projected() -> Vec<String> {
    vec!["term".into(), "flag".into()]
}

/// Builds the circuit; `permute` adds the permutation selected by the term.
pub(crate) fn build(
    parts: Parts,
    permute: impl FnOnce(&mut Circuit, &mut Definition, &Registers),
) -> Circuit {
    let mut circuit = Circuit::new();
    let angles = circuit.add_angles(parts.values.angles);
    let phases = parts.values.phases.map(|table| circuit.add_angles(table));
    let prepare = prepare_terms(&mut circuit, parts.preparation, parts.term_qubits);
    // A single term needs no register and no preparation.
    let name = if prepare.is_some() { "apply_terms" } else { "block_encoding" };
    let (mut definition, registers) = signature(name, parts.system_qubits, parts.term_qubits);
    let (system, term, flag) = registers;
    let work = parts
        .work
        .then(|| definition.add_register_of("work", parts.system_qubits, RegisterKind::CleanAncilla));
    let selects: Vec<QubitId> = system.qubits().chain(term.qubits()).collect();
    let rotate = |definition: &mut Definition, axis, table| {
        definition.push_structured(rotation(axis, selects.clone(), flag, table));
    };
    if let (Some(table), true) = (phases, parts.reflect) {
        rotate(&mut definition, Axis::Z, table);
    }
    rotate(&mut definition, Axis::Y, angles);
    if parts.reflect {
        definition.gate(Gate::Z, &[flag], &[]);
    }
    if let Some(table) = phases {
        rotate(&mut definition, Axis::Z, table);
    }
    permute(&mut circuit, &mut definition, &Registers { system, term, work });
    let inner = circuit.add(definition);
    if let Some(outer) = prepare {
        conjugate(&mut circuit, outer, inner, parts.system_qubits, parts.term_qubits);
    }
    circuit
}

/// Adds the entry: the preparation of the terms around their application.
pub(crate) fn conjugate(
    circuit: &mut Circuit,
    outer: DefinitionId,
    inner: DefinitionId,
    system_qubits: usize,
    term_qubits: usize,
) {
    let (mut definition, (system, term, flag)) = signature("block_encoding", system_qubits, term_qubits);
    let all = system.qubits().chain(term.qubits()).chain([flag]);
    definition.conjugate(Call::new(outer, term.qubits()), Call::new(inner, all));
    circuit.add(definition);
}

/// A definition with the registers system, term (if not empty) and flag.
pub(crate) fn signature(
    name: &str,
    system_qubits: usize,
    term_qubits: usize,
) -> (Definition, (Register, Register, QubitId)) {
    let mut definition = Definition::new(name);
    let system = definition.add_register("system", system_qubits);
    let term = match term_qubits {
        0 => Register { name: "term".into(), kind: RegisterKind::Operand, start: 0, len: 0 },
        qubits => definition.add_register("term", qubits),
    };
    let flag = definition.add_register("flag", 1).qubit(0);
    (definition, (system, term, flag))
}

pub(crate) fn rotation(axis: Axis, selects: Vec<QubitId>, target: QubitId, angles: TableId) -> Structured {
    Structured::MultiplexedRotation { axis, selects, target, angles }
}

/// A definition that prepares the register of terms; `None` without terms.
pub(crate) fn prepare_terms(
    circuit: &mut Circuit,
    preparation: Preparation,
    qubits: usize,
) -> Option<DefinitionId> {
    if qubits == 0 {
        return None;
    }
    let mut definition = Definition::new("prepare_terms");
    let term = definition.add_register("term", qubits);
    match preparation {
        // Ry(pi/2) |0> is the uniform superposition too, and its inverse has no phase convention to agree on.
        Preparation::Uniform => {
            term.qubits().for_each(|qubit| definition.gate(Gate::Ry, &[qubit], &[FRAC_PI_2]))
        }
        Preparation::Amplitudes(table) => {
            let amplitudes = circuit.add_angles(table);
            definition.push_structured(Structured::StatePreparation {
                qubits: term.qubits().collect(),
                amplitudes,
            });
        }
    }
    Some(circuit.add(definition))
}

/// Tables of the diagonals while they are filled.
///
/// A complex value of modulus m and argument p is Rz(-p) Ry Z Rz(-p) with the flag reflected, which is inverted when
/// p changes sign as the mirrored entry of a Hermitian matrix does, or Rz(-2p) Ry with the flag rotated.
pub(crate) struct DiagonalTables {
    angles: Vec<f64>,
    phases: Option<Vec<f64>>,
    reflect: bool,
}

impl DiagonalTables {
    /// All values zero.
    pub(crate) fn new(length: usize, complex: bool, reflect: bool) -> Self {
        DiagonalTables { angles: vec![PI; length], phases: complex.then(|| vec![0.0; length]), reflect }
    }

    /// Value number `index` is `value`, of magnitude at most `weight`.
    pub(crate) fn set<S: Scalar>(&mut self, index: usize, value: S, weight: f64) {
        let real = value.imaginary_part() == 0.0;
        self.angles[index] = value_angle(if real { value.real_part() } else { value.magnitude() }, weight);
        if let (Some(phases), false) = (&mut self.phases, real) {
            let argument = value.imaginary_part().atan2(value.real_part());
            phases[index] = if self.reflect { -argument } else { -2.0 * argument };
        }
    }

    pub(crate) fn finish(self) -> Values {
        Values { angles: AngleTable::Dense(self.angles), phases: self.phases.map(AngleTable::Dense) }
    }
}

/// Whether the matrix has an entry with an imaginary part.
pub(crate) fn is_complex<S: Scalar>(matrix: &SparseMatrix<S>) -> bool {
    S::IS_COMPLEX && matrix.values().iter().any(|value| value.imaginary_part() != 0.0)
}

/// Angle of the flag for a value of magnitude at most `largest`.
pub(crate) fn value_angle(value: f64, largest: f64) -> f64 {
    if largest == 0.0 { PI } else { 2.0 * (value / largest).clamp(-1.0, 1.0).acos() }
}

/// Number of qubits that hold `count` values.
pub(crate) fn qubits_for(count: usize) -> usize {
    count.max(1).next_power_of_two().trailing_zeros() as usize
}

/// The template of a method of this family.
pub(crate) fn template<S: Scalar>(
    method: Method,
    system_qubits: usize,
    alpha: f64,
    hermitian: bool,
    circuit: Circuit,
    fill: impl Fn(&SparseMatrix<S>) -> Result<Filled, crate::EncodingError> + Send + Sync + 'static,
) -> Template<S> {
    Template {
        method,
        system_qubits,
        projected: projected(),
        alpha,
        hermitian,
        spectral: false,
        circuit,
        fill: Arc::new(fill),
    }
}
