//! A deliberately naive reference: dense matrices, built by index loops from the documented meaning of each
//! operation. Shares no code with the executor or the lowering.

pub mod random;

use num_complex::Complex64;
use qnewton_circuit::gate::Core;
use qnewton_circuit::{
    Angle, Arguments, Axis, Call, Circuit, Definition, Gate, Operation, QubitId, RegisterKind, Structured,
};

/// A square matrix: `m[row][column]`.
pub type Matrix = Vec<Vec<Complex64>>;

pub fn c(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

pub fn polar(angle: f64) -> Complex64 {
    Complex64::from_polar(1.0, angle)
}

pub fn identity(size: usize) -> Matrix {
    from_columns(size, |column| vec![(column, c(1.0, 0.0))])
}

/// A matrix from the non-zero entries (row, value) of each column.
pub fn from_columns(size: usize, column: impl Fn(usize) -> Vec<(usize, Complex64)>) -> Matrix {
    let mut matrix = vec![vec![c(0.0, 0.0); size]; size];
    (0..size).for_each(|j| column(j).into_iter().for_each(|(i, value)| matrix[i][j] += value));
    matrix
}

pub fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let size = a.len();
    let mut result = vec![vec![c(0.0, 0.0); size]; size];
    for i in 0..size {
        for k in 0..size {
            if a[i][k] != c(0.0, 0.0) {
                for j in 0..size {
                    result[i][j] += a[i][k] * b[k][j];
                }
            }
        }
    }
    result
}

pub fn adjoint(a: &Matrix) -> Matrix {
    (0..a.len()).map(|i| (0..a.len()).map(|j| a[j][i].conj()).collect()).collect()
}

pub fn distance(a: &Matrix, b: &Matrix) -> f64 {
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs.map(|(x, y)| (x - y).norm()).fold(0.0, f64::max)
}

pub fn transpose(a: &[Vec<Complex64>]) -> Matrix {
    (0..a[0].len()).map(|i| a.iter().map(|column| column[i]).collect()).collect()
}

pub fn value_at(index: usize, qubits: &[usize]) -> usize {
    qubits.iter().enumerate().map(|(bit, &qubit)| (index >> qubit & 1) << bit).sum()
}

pub fn with_value(index: usize, qubits: &[usize], value: usize) -> usize {
    qubits
        .iter()
        .enumerate()
        .fold(index, |index, (bit, &qubit)| index & !(1 << qubit) | (value >> bit & 1) << qubit)
}

/// `matrix` on some of `total` qubits, under controls.
pub fn embed(matrix: &Matrix, qubits: &[usize], controls: &[(usize, bool)], total: usize) -> Matrix {
    from_columns(1 << total, |index| {
        if controls.iter().any(|&(qubit, on)| (index >> qubit & 1 == 1) != on) {
            return vec![(index, c(1.0, 0.0))];
        }
        let column = value_at(index, qubits);
        (0..matrix.len()).map(|row| (with_value(index, qubits, row), matrix[row][column])).collect()
    })
}

fn two_by_two(gate: Gate, angles: &[f64]) -> Matrix {
    let entries = gate.matrix(angles).unwrap();
    vec![entries[..2].to_vec(), entries[2..].to_vec()]
}

pub fn gate_matrix(gate: Gate, angles: &[f64]) -> Matrix {
    let info = gate.info();
    let (controls, total) = (info.controls, info.qubits);
    let core = match info.core {
        Core::Single(single) => two_by_two(single, angles),
        Core::Swap => from_columns(4, |k| vec![([0, 2, 1, 3][k], c(1.0, 0.0))]),
        Core::Rzz => from_columns(4, |k| {
            let sign = if k == 0 || k == 3 { -1.0 } else { 1.0 };
            vec![(k, polar(sign * angles[0] / 2.0))]
        }),
        Core::Rxx => from_columns(4, |k| {
            vec![(k, c((angles[0] / 2.0).cos(), 0.0)), (3 - k, c(0.0, -(angles[0] / 2.0).sin()))]
        }),
    };
    let targets: Vec<usize> = (controls..total).collect();
    let controls: Vec<(usize, bool)> = (0..controls).map(|qubit| (qubit, true)).collect();
    embed(&core, &targets, &controls, total)
}

fn rotation(axis: Axis, angle: f64) -> Matrix {
    two_by_two(axis.rotation(), &[angle])
}

/// The angle by which a state preparation turns qubit `target` where the qubits above it have the value `branch`.
fn preparation_angle(amplitudes: &[f64], target: usize, branch: usize) -> f64 {
    let block = |branch: usize| &amplitudes[branch << (target + 1)..(branch + 1) << (target + 1)];
    let (low, high) = block(branch).split_at(1 << target);
    let norm = |half: &[f64]| {
        if target == 0 { half[0] } else { half.iter().map(|a| a * a).sum::<f64>().sqrt() }
    };
    if block(branch).iter().any(|&a| a != 0.0) {
        return 2.0 * norm(high).atan2(norm(low));
    }
    // Without amplitude, what the nearest branches with amplitudes do.
    let branches = amplitudes.len() >> (target + 1);
    for width in (0..).map(|bit| 1 << bit).take_while(|&width| width < branches) {
        let first = ((branch / width) ^ 1) * width;
        if (first..first + width).any(|branch| block(branch).iter().any(|&a| a != 0.0)) {
            return preparation_angle(amplitudes, target, branch ^ width);
        }
    }
    0.0
}

/// The matrix of a structured operation on its own qubits, in the order of [`Structured::qubits`].
pub fn structured_matrix(circuit: &Circuit, kind: &Structured, parameters: &[f64]) -> Matrix {
    let value = |angle: &Angle| angle.evaluate(parameters);
    let one = c(1.0, 0.0);
    match kind {
        Structured::Gate { gate, angles, .. } => {
            gate_matrix(*gate, &angles.iter().map(value).collect::<Vec<f64>>())
        }
        Structured::MultiplexedRotation { axis, selects, angles, .. } => {
            let angles = circuit.angles(*angles).unwrap().to_dense().unwrap();
            let n = selects.len();
            from_columns(2 << n, |index| {
                let select = index & ((1 << n) - 1);
                let rotation = rotation(*axis, angles[select]);
                (0..2).map(|bit| (select | bit << n, rotation[bit][index >> n])).collect()
            })
        }
        Structured::Diagonal { qubits, phases } => {
            let phases = circuit.angles(*phases).unwrap().to_dense().unwrap();
            from_columns(1 << qubits.len(), |k| vec![(k, polar(phases[k]))])
        }
        Structured::Permutation { qubits, images } => {
            let images = circuit.indices(*images).unwrap().values().unwrap();
            from_columns(1 << qubits.len(), |k| vec![(images[k] as usize, one)])
        }
        Structured::StatePreparation { qubits, amplitudes } => {
            let amplitudes = circuit.angles(*amplitudes).unwrap().to_dense().unwrap();
            let n = qubits.len();
            let mut result = identity(1 << n);
            for target in (0..n).rev() {
                let stage = from_columns(1 << n, |index| {
                    let angle = preparation_angle(&amplitudes, target, index >> (target + 1));
                    let rotation = rotation(Axis::Y, angle);
                    let bit = index >> target & 1;
                    (0..2).map(|to| (with_value(index, &[target], to), rotation[to][bit])).collect()
                });
                result = multiply(&stage, &result);
            }
            result
        }
        Structured::Reflection { qubits, signal, angle } => {
            let n = qubits.len();
            from_columns(1 << (n + usize::from(signal.is_some())), |index| {
                let zero = if index & ((1 << n) - 1) == 0 { 1.0 } else { -1.0 };
                let z = if index >> n & 1 == 1 { -1.0 } else { 1.0 };
                vec![(index, polar(zero * z * value(angle)))]
            })
        }
        Structured::AddConstant { qubits, constant } => {
            let size = 1usize << qubits.len();
            from_columns(size, |k| vec![((k + (*constant % size as u64) as usize) % size, one)])
        }
        Structured::TableLookup { address, target, entries, relative_phase } => {
            let entries = circuit.indices(*entries).unwrap().values().unwrap();
            let n = address.len();
            from_columns(1 << (n + target.len()), |index| {
                let entry = entries[index & ((1 << n) - 1)];
                let ones = if *relative_phase { entry.count_ones() } else { 0 };
                vec![(index ^ (entry as usize) << n, c(0.0, -1.0).powu(ones))]
            })
        }
    }
}

fn positions(qubits: &[QubitId]) -> Vec<usize> {
    qubits.iter().map(|qubit| qubit.index()).collect()
}

fn call_matrix(circuit: &Circuit, call: &Call, parameters: &[f64], total: usize) -> Matrix {
    let callee = circuit.definition(call.callee);
    let fixed: Vec<f64> = match &call.arguments {
        Arguments::Fixed(angles) => angles.iter().map(|angle| angle.evaluate(parameters)).collect(),
        Arguments::Table(_) => Vec::new(),
    };
    let mut product = identity(1 << callee.operand_count());
    for repetition in 0..call.repetitions as usize {
        let width = callee.parameters.len();
        let matrix = match &call.arguments {
            Arguments::Fixed(_) => definition_matrix(circuit, callee, &fixed),
            Arguments::Table(table) => {
                let rows = circuit.angles(*table).unwrap().to_dense().unwrap();
                definition_matrix(circuit, callee, &rows[repetition * width..(repetition + 1) * width])
            }
        };
        product = multiply(&matrix, &product);
    }
    if call.inverse {
        product = adjoint(&product);
    }
    let controls: Vec<(usize, bool)> =
        call.controls.iter().map(|control| (control.qubit.index(), control.on)).collect();
    embed(&product, &positions(&call.operands), &controls, total)
}

/// The matrix of a unitary definition on the qubits that callers pass: ancillas are in |0> and return there.
pub fn definition_matrix(circuit: &Circuit, definition: &Definition, parameters: &[f64]) -> Matrix {
    let total = definition.qubit_count();
    let mut result = identity(1 << total);
    for &operation in definition.operations() {
        let matrix = match operation {
            Operation::Gate(gate) => {
                let mut angles = vec![0.0; gate.gate.angles()];
                definition.evaluate_angles(gate.angles, parameters, &mut angles);
                embed(&gate_matrix(gate.gate, &angles), &positions(gate.qubits()), &[], total)
            }
            Operation::GlobalPhase(slot) => {
                let mut angle = [0.0];
                definition.evaluate_angles(slot, parameters, &mut angle);
                from_columns(1 << total, |k| vec![(k, polar(angle[0]))])
            }
            Operation::Structured(position) => {
                let operation = definition.structured(position);
                let mut matrix = structured_matrix(circuit, &operation.kind, parameters);
                if operation.inverse {
                    matrix = adjoint(&matrix);
                }
                let controls: Vec<(usize, bool)> =
                    operation.controls.iter().map(|control| (control.qubit.index(), control.on)).collect();
                embed(&matrix, &positions(&operation.kind.qubits()), &controls, total)
            }
            Operation::Call(position) => call_matrix(circuit, definition.calls(position), parameters, total),
            Operation::Conjugate(position) => {
                let conjugate = definition.conjugates(position);
                let outer = call_matrix(circuit, &conjugate.outer, parameters, total);
                let inner = call_matrix(circuit, &conjugate.inner, parameters, total);
                multiply(&adjoint(&outer), &multiply(&inner, &outer))
            }
            Operation::Barrier(_) => continue,
            Operation::Conditional(_) | Operation::Measure { .. } | Operation::Reset(_) => {
                panic!("the reference is unitary")
            }
        };
        result = multiply(&matrix, &result);
    }
    let operands = definition.registers().iter().filter(|register| register.kind == RegisterKind::Operand);
    let size = 1usize << operands.map(|register| register.len as usize).sum::<usize>();
    result.truncate(size);
    result.iter_mut().for_each(|row| row.truncate(size));
    result
}

/// The matrix of a unitary circuit on the operand qubits of its entry.
pub fn circuit_matrix(circuit: &Circuit) -> Matrix {
    definition_matrix(circuit, circuit.entry().unwrap(), &[])
}

/// The first qubits.
pub fn qubits(count: usize) -> Vec<QubitId> {
    (0..count as u32).map(QubitId).collect()
}

/// So many random cases; seeds that failed belong into a test of their own, not into a file.
pub fn cases(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config { cases, failure_persistence: None, ..Default::default() }
}
