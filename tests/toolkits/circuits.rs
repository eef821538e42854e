//! The circuits that every toolkit loads.

use qnewton::circuit::{Angle, AngleTable, Basis, BitId, Call, Circuit, Definition, Gate, QubitId, lower};
use qnewton::core::Silent;
use qnewton::encoding::Method;
use qnewton::matrix::{LinearSystem, Preparation, SparseMatrix};
use qnewton::pipeline::{BlockOptions, CompileOptions, EncodingChoice, MatrixSource, compile, encode};

/// The circuit with a measurement of each register at its end.
fn measured(mut circuit: Circuit) -> Circuit {
    let mut entry = circuit.entry().unwrap().clone();
    for register in entry.registers().to_vec() {
        let bits = entry.add_bits(format!("measured_{}", register.name), register.len as usize);
        register.qubits().zip(bits.start..).for_each(|(qubit, bit)| entry.measure(qubit, BitId(bit)));
    }
    let id = circuit.entry_id().unwrap();
    circuit.replace(id, entry);
    circuit
}

/// 1/2 on the diagonal, -1/4 beside it.
fn tridiagonal(n: usize) -> LinearSystem {
    let entries = (0..n).flat_map(|i| {
        let right = (i + 1 < n).then_some([(i, i + 1, -0.25), (i + 1, i, -0.25)]);
        right.into_iter().flatten().chain([(i, i, 0.5)])
    });
    let matrix = SparseMatrix::from_triplets(n, n, entries).unwrap();
    LinearSystem::new("tridiagonal", matrix, Some(vec![1.0; n]), &Preparation::default()).unwrap()
}

fn encoding(method: Method, basis: Basis) -> Circuit {
    let options = BlockOptions { encoding: EncodingChoice::of(method), basis, ..BlockOptions::default() };
    encode(&MatrixSource::from(tridiagonal(4)), &options, &Silent).unwrap().lowered
}

fn solver(unknowns: usize, epsilon: f64) -> Circuit {
    let options = CompileOptions { epsilon, ..CompileOptions::default() };
    compile(&tridiagonal(unknowns), &options, &Silent).unwrap().lowered
}

/// Every gate of the table, with negative angles and with angles above 2 pi.
fn all_gates() -> Circuit {
    let mut main = Definition::new("all_gates");
    let register = main.add_register("q", 3);
    let angles = [-0.7, 1.3, 8.1, -2.9, -9.4];
    for (k, &gate) in Gate::ALL.iter().enumerate() {
        let qubits: Vec<QubitId> = (0..gate.qubits()).map(|place| register.qubit((k + place) % 3)).collect();
        let angles: Vec<f64> = (0..gate.angles()).map(|place| angles[(k + place) % 5]).collect();
        main.gate(gate, &qubits, &angles);
    }
    let mut circuit = Circuit::new();
    circuit.add(main);
    circuit
}

fn bell() -> Circuit {
    let mut main = Definition::new("main");
    let q = main.add_register("q", 2);
    main.gate(Gate::H, &[q.qubit(0)], &[]);
    main.gate(Gate::Cx, &[q.qubit(0), q.qubit(1)], &[]);
    let mut circuit = Circuit::new();
    circuit.add(main);
    measured(circuit)
}

/// A quantum Fourier transform, rotations, and the transform backwards: calls, an inverse, several registers.
fn between_transforms() -> Circuit {
    let mut circuit = Circuit::new();
    let mut transform = Definition::new("transform");
    let q: Vec<QubitId> = transform.add_register("q", 3).qubits().collect();
    for high in (0..3).rev() {
        transform.gate(Gate::H, &[q[high]], &[]);
        for low in 0..high {
            let angle = std::f64::consts::PI / f64::from(1u32 << (high - low));
            transform.gate(Gate::Cp, &[q[low], q[high]], &[angle]);
        }
    }
    transform.gate(Gate::Swap, &[q[0], q[2]], &[]);
    let transform = circuit.add(transform);
    let mut main = Definition::new("main");
    let (work, flag) = (main.add_register("work", 3), main.add_register("flag", 1));
    main.call(Call::new(transform, work.qubits()));
    for (qubit, angle) in work.qubits().zip([-0.4, 7.5, 2.25]) {
        main.gate(Gate::Rz, &[qubit], &[angle]);
        main.gate(Gate::Crx, &[flag.qubit(0), qubit], &[-angle]);
    }
    main.call(Call::new(transform, work.qubits()).inverted());
    main.global_phase(&Angle::from(0.6));
    circuit.add(main);
    circuit
}

/// Definitions that scale parameters, called with tables of angles, forwards and backwards.
fn repeated() -> Circuit {
    let mut circuit = Circuit::new();
    let mut layer = Definition::new("layer");
    let (system, flag) = (layer.add_register("system", 2), layer.add_register("flag", 1));
    let (theta, phi) = (layer.add_parameter("theta"), layer.add_parameter("phi"));
    layer.gate_with(Gate::Ry, &[system.qubit(0)], &[theta.scaled(0.5)]);
    layer.gate(Gate::Cx, &[system.qubit(0), system.qubit(1)], &[]);
    layer.gate_with(Gate::Cry, &[system.qubit(1), flag.qubit(0)], &[phi.plus(&theta.scaled(-2.0))]);
    layer.gate_with(Gate::Rz, &[flag.qubit(0)], &[theta.scaled(-0.5).plus(&phi).plus(&Angle::from(0.25))]);
    layer.global_phase(&phi.scaled(0.5));
    let layer = circuit.add(layer);
    let mut pair = Definition::new("pair");
    let qubits: Vec<QubitId> = pair.add_register("q", 3).qubits().collect();
    let angle = pair.add_parameter("angle");
    pair.call(Call::new(layer, qubits.clone()).with_angles([angle.clone(), angle.scaled(0.25)]));
    pair.gate(Gate::Sx, &[qubits[1]], &[]);
    let pair = circuit.add(pair);
    let table = circuit.add_angles(AngleTable::Dense(vec![-0.5, 0.2, 7.3]));
    let both = circuit.add_angles(AngleTable::Dense((0..10).map(|k| 0.7 * f64::from(k) - 3.0).collect()));
    let mut main = Definition::new("main");
    let qubits: Vec<QubitId> = main.add_register("work", 3).qubits().collect();
    main.call(Call::new(pair, qubits.clone()).repeated_with(3, table));
    main.call(Call::new(layer, qubits.clone()).repeated_with(5, both).inverted());
    main.call(Call::new(pair, qubits).with_angles([Angle::from(-0.3)]).repeated(4));
    circuit.add(main);
    circuit
}

/// The circuits that every toolkit loads: at most seven qubits.
///
/// # Panics
/// If a system cannot be compiled.
pub(crate) fn circuits() -> Vec<(&'static str, Circuit)> {
    vec![
        ("bell-measured", bell()),
        ("all-gates", all_gates()),
        ("between-transforms", between_transforms()),
        ("repeated", repeated()),
        ("dyadic", encoding(Method::Dyadic, Basis::U3Cx)),
        ("fable-measured", measured(encoding(Method::Fable, Basis::RzSxXCx))),
        ("pauli-lcu", encoding(Method::PauliLcu, Basis::U3Cx)),
        ("structured", encoding(Method::Structured, Basis::RzSxXCx)),
        ("solver-2-measured", measured(solver(2, 0.1))),
        ("solver-4", solver(4, 0.5)),
        ("lowered-transforms", lower(&between_transforms(), Basis::RzSxXCx).unwrap()),
    ]
}
