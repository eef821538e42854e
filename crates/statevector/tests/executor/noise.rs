//! Trajectories against the channels they stand for, on density matrices.

use crate::common::random::Random;
use crate::common::{
    Matrix, adjoint, c, embed, gate_matrix, identity, multiply, qubits, value_at, with_value,
};
use crate::expectation::product;
use qnewton_circuit::{BitId, Circuit, Control, Definition, Gate, QubitId, Structured, StructuredOperation};
use qnewton_core::Silent;
use qnewton_statevector::{
    Noise, Observable, Pauli, PauliSum, PauliTerm, RunOptions, TrajectoryOptions, gate_by_gate,
    run_trajectories, unitary,
};

type Gates = Vec<(Gate, Vec<QubitId>, Vec<f64>)>;

fn circuit_of(gates: &Gates, total: usize) -> Circuit {
    let mut definition = Definition::new("main");
    definition.add_register("q", total);
    gates.iter().for_each(|(gate, qubits, angles)| definition.gate(*gate, qubits, angles));
    let mut circuit = Circuit::new();
    circuit.add(definition);
    circuit
}

fn random_gates(random: &mut Random, total: usize) -> Gates {
    let fitting: Vec<Gate> = Gate::ALL.iter().copied().filter(|gate| gate.qubits() <= total).collect();
    (0..8)
        .map(|_| {
            let gate = fitting[random.below(fitting.len())];
            let qubits = random.shuffled(total)[..gate.qubits()].to_vec();
            (gate, qubits, (0..gate.angles()).map(|_| random.angle()).collect())
        })
        .collect()
}

/// (1 - p) rho + p (I / 2^k) (x) Tr_k rho.
fn depolarised(rho: &Matrix, qubits: &[usize], p: f64) -> Matrix {
    let size = 1usize << qubits.len();
    let mut result = rho.clone();
    for (row, entries) in result.iter_mut().enumerate() {
        for (column, entry) in entries.iter_mut().enumerate() {
            *entry *= 1.0 - p;
            if value_at(row, qubits) == value_at(column, qubits) {
                for value in 0..size {
                    let (i, j) = (with_value(row, qubits, value), with_value(column, qubits, value));
                    *entry += rho[i][j] * p / size as f64;
                }
            }
        }
    }
    result
}

fn conjugated(rho: &Matrix, operator: &Matrix) -> Matrix {
    multiply(&multiply(operator, rho), &adjoint(operator))
}

fn pauli_channel(rho: &Matrix, qubit: usize, probabilities: [f64; 3], total: usize) -> Matrix {
    let rest = 1.0 - probabilities.iter().sum::<f64>();
    let mut result: Matrix = rho.iter().map(|row| row.iter().map(|&entry| entry * rest).collect()).collect();
    for (gate, p) in [Gate::X, Gate::Y, Gate::Z].into_iter().zip(probabilities) {
        let part = conjugated(rho, &embed(&gate_matrix(gate, &[]), &[qubit], &[], total));
        for (row, other) in result.iter_mut().zip(part) {
            row.iter_mut().zip(other).for_each(|(entry, other)| *entry += other * p);
        }
    }
    result
}

fn density_matrix(gates: &Gates, total: usize, noise: &Noise) -> Matrix {
    let mut rho = vec![vec![c(0.0, 0.0); 1 << total]; 1 << total];
    rho[0][0] = c(1.0, 0.0);
    for (gate, qubits, angles) in gates {
        let positions: Vec<usize> = qubits.iter().map(|qubit| qubit.index()).collect();
        rho = conjugated(&rho, &embed(&gate_matrix(*gate, angles), &positions, &[], total));
        rho = depolarised(&rho, &positions, noise.depolarising);
        for &position in &positions {
            rho = pauli_channel(&rho, position, noise.pauli, total);
        }
    }
    rho
}

fn trace_of_product(a: &Matrix, b: &Matrix) -> f64 {
    multiply(a, b).iter().enumerate().map(|(place, row)| row[place].re).sum()
}

/// All products of Pauli matrices.
fn all_products(total: usize) -> Vec<Vec<(usize, Pauli)>> {
    let paulis = [Pauli::X, Pauli::Y, Pauli::Z];
    let factor = |number: usize, qubit: usize| {
        (number >> (2 * qubit) & 3).checked_sub(1).map(|pauli| (qubit, paulis[pauli]))
    };
    (0..1 << (2 * total))
        .map(|number| (0..total).filter_map(|qubit| factor(number, qubit)).collect())
        .collect()
}

#[test]
fn trajectories_average_to_the_density_matrix_of_the_channels() {
    let mut random = Random::new(7);
    for (case, noise) in [
        Noise { depolarising: 0.1, ..Noise::default() },
        Noise { pauli: [0.05, 0.02, 0.1], ..Noise::default() },
        Noise { depolarising: 0.05, pauli: [0.01, 0.0, 0.05], readout: [0.1, 0.2] },
    ]
    .into_iter()
    .enumerate()
    {
        for total in 1..=3 {
            let gates = random_gates(&mut random, total);
            let rho = density_matrix(&gates, total, &noise);
            let products = all_products(total);
            let observable = |factors: &Vec<(usize, Pauli)>| {
                let term = PauliTerm { coefficient: 1.0, factors: factors.clone() };
                Observable::Pauli { sum: [term].into_iter().collect(), qubits: qubits(total) }
            };
            let options = TrajectoryOptions {
                run: RunOptions { seed: 10 * case as u64 + total as u64, ..RunOptions::default() },
                noise,
                read: Some(qubits(total)),
                observables: products.iter().map(observable).collect(),
                ..TrajectoryOptions::default()
            };
            let number = 4000;
            let found =
                run_trajectories::<f64>(&circuit_of(&gates, total), number, &options, &Silent).unwrap();
            // All Pauli products together determine the density matrix.
            for (factors, mean) in products.iter().zip(&found.means) {
                let expected = trace_of_product(&rho, &product(factors, &qubits(total), total));
                let error = (mean.value - expected).abs();
                let deviation = ((1.0 - expected * expected).max(0.0) / number as f64).sqrt();
                // The error of a mean of values in [-1, 1] is at most that of +-1; five times it.
                assert!(mean.standard_error <= 1.2 * deviation + 1e-9, "{factors:?} {mean:?} {deviation}");
                assert!(error <= 5.0 * deviation + 1e-9, "{noise:?} {factors:?}: {mean:?}, not {expected}");
            }
            for outcome in 0..1usize << total {
                let read = |actual: usize| -> f64 {
                    (0..total)
                        .map(|bit| {
                            let (is, reads) = (actual >> bit & 1, outcome >> bit & 1);
                            let wrong = noise.readout[is];
                            if is == reads { 1.0 - wrong } else { wrong }
                        })
                        .product()
                };
                let expected: f64 = (0..1 << total).map(|actual| rho[actual][actual].re * read(actual)).sum();
                let count = found.histogram.get(&(outcome as u64)).copied().unwrap_or(0) as f64;
                let deviation = (number as f64 * expected * (1.0 - expected)).max(1.0).sqrt();
                assert!((count - number as f64 * expected).abs() < 5.0 * deviation, "{outcome}: {count}");
            }
        }
    }
}

#[test]
fn the_seed_determines_trajectories_and_threads_do_not() {
    let mut random = Random::new(2);
    let circuit = circuit_of(&random_gates(&mut random, 3), 3);
    let run = |seed: u64, threads: usize| {
        let options = TrajectoryOptions {
            run: RunOptions { seed, threads: Some(threads), ..RunOptions::default() },
            noise: Noise { depolarising: 0.2, readout: [0.05, 0.0], ..Noise::default() },
            read: Some(qubits(3)),
            observables: vec![Observable::Pauli {
                sum: PauliSum::parse("Z0 + X1", 3).unwrap(),
                qubits: qubits(3),
            }],
            ..TrajectoryOptions::default()
        };
        run_trajectories::<f64>(&circuit, 700, &options, &Silent).unwrap()
    };
    assert_eq!(run(1, 1), run(1, 3));
    assert_ne!(run(1, 1).histogram, run(2, 1).histogram);
}

#[test]
fn measurements_are_read_wrongly_and_conditions_see_what_was_read() {
    let mut circuit = Circuit::new();
    let mut flip = Definition::new("flip");
    let target = flip.add_register("q", 1).qubit(0);
    flip.gate(Gate::X, &[target], &[]);
    let flip = circuit.add(flip);
    let mut definition = Definition::new("main");
    let q: Vec<QubitId> = definition.add_register("q", 2).qubits().collect();
    definition.add_bits("c", 1);
    definition.measure(q[0], BitId(0));
    definition.conditional(vec![(BitId(0), true)], qnewton_circuit::Call::new(flip, [q[1]]));
    circuit.add(definition);
    let options = TrajectoryOptions {
        noise: Noise { readout: [0.3, 0.0], ..Noise::default() },
        observables: ["Z0", "Z1"]
            .map(|text| Observable::Pauli { sum: PauliSum::parse(text, 2).unwrap(), qubits: qubits(2) })
            .to_vec(),
        ..TrajectoryOptions::default()
    };
    let found = run_trajectories::<f64>(&circuit, 4000, &options, &Silent).unwrap();
    let ones = found.histogram[&1] as f64;
    assert!((ones - 1200.0).abs() < 150.0, "{ones}");
    // The qubit that was read stays what it is; the other follows what was read.
    assert_eq!(found.means[0].value, 1.0);
    assert!((found.means[1].value - (1.0 - 2.0 * ones / 4000.0)).abs() < 1e-12);
}

#[test]
fn post_selection_counts_and_weighs_trajectories() {
    // q0 is 1 with probability 0.36, and q1 follows it.
    let mut definition = Definition::new("main");
    let q: Vec<QubitId> = definition.add_register("q", 2).qubits().collect();
    definition.gate(Gate::Ry, &[q[0]], &[2.0 * 0.6f64.asin()]);
    definition.gate(Gate::Cx, &[q[0], q[1]], &[]);
    let mut circuit = Circuit::new();
    circuit.add(definition);
    let options = |noise: Noise| TrajectoryOptions {
        noise,
        read: Some(vec![q[1]]),
        post_selection: vec![(q[0], true)],
        observables: vec![Observable::Pauli { sum: PauliSum::parse("Z1", 2).unwrap(), qubits: qubits(2) }],
        ..TrajectoryOptions::default()
    };
    let exact = run_trajectories::<f64>(&circuit, 2000, &options(Noise::default()), &Silent).unwrap();
    assert!((exact.probability - 0.36).abs() < 1e-12 && (exact.means[0].value + 1.0).abs() < 1e-12);
    assert_eq!(exact.histogram.keys().collect::<Vec<_>>(), [&1]);
    assert!((exact.accepted as f64 - 720.0).abs() < 110.0 && exact.accepted == exact.histogram[&1]);
    // X on q0 with probability 1 after the first gate exchanges the weights; after the second, on both, it undoes it.
    let noise = Noise { pauli: [1.0, 0.0, 0.0], ..Noise::default() };
    let flipped = run_trajectories::<f64>(&circuit, 10, &options(noise), &Silent).unwrap();
    assert!((flipped.probability - 0.36).abs() < 1e-12, "{flipped:?}");
    // A wrong reading lets every trajectory count whose qubit is 0.
    let noise = Noise { readout: [1.0, 0.0], ..Noise::default() };
    let misread = run_trajectories::<f64>(&circuit, 100, &options(noise), &Silent).unwrap();
    assert_eq!(misread.accepted, 100);
    assert!((misread.probability - 0.36).abs() < 1e-12);
}

#[test]
fn structured_operations_are_lowered_and_gates_stay_gates() {
    let mut definition = Definition::new("main");
    let q: Vec<QubitId> = definition.add_register("q", 4).qubits().collect();
    definition.gate(Gate::Ccx, &[q[0], q[1], q[2]], &[]);
    definition.gate(Gate::I, &[q[0]], &[]);
    let mut plain = Circuit::new();
    plain.add(definition.clone());
    let kept = gate_by_gate(&plain).unwrap();
    assert_eq!(kept.entry().unwrap().operations().len(), 2);
    let kind = Structured::Gate { gate: Gate::X, qubits: vec![q[3]], angles: Vec::new() };
    let controls = [0, 1, 2].map(|place| Control { qubit: q[place], on: true }).to_vec();
    definition.push_structured(StructuredOperation { controls, ..kind.into() });
    let mut composite = Circuit::new();
    composite.add(definition);
    let lowered = gate_by_gate(&composite).unwrap();
    assert!(lowered.entry().unwrap().operations().len() > 20);
    let (a, b) = (unitary(&composite).unwrap(), unitary(&lowered).unwrap());
    assert!(crate::common::distance(&a, &b) < 1e-13);
    // An identity gate is disturbed like any other.
    let mut idle = Definition::new("main");
    let qubit = idle.add_register("q", 1).qubit(0);
    idle.gate(Gate::I, &[qubit], &[]);
    let mut circuit = Circuit::new();
    circuit.add(idle);
    assert!(
        crate::common::distance(&unitary(&gate_by_gate(&circuit).unwrap()).unwrap(), &identity(2)) == 0.0
    );
    let options = TrajectoryOptions {
        noise: Noise { pauli: [1.0, 0.0, 0.0], ..Noise::default() },
        read: Some(vec![qubit]),
        ..TrajectoryOptions::default()
    };
    let found = run_trajectories::<f64>(&circuit, 5, &options, &Silent).unwrap();
    assert_eq!(found.histogram.into_iter().collect::<Vec<_>>(), [(1, 5)]);
}
