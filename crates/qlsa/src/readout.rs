//! Circuits that read the output of a solver: its amplitudes with their signs, inner products, expectation values.
//!
//! A solver V leaves V|0> = |0> (x) sum_j a_j |j> + (something else with ancillas that are not all 0), a_j real.
//! Measured directly, j comes with probability a_j^2: no signs. Both circuits here add one qubit, `control`, measured
//! last.
//!
//! **Interference** with a reference state |r>, r real of norm 1, prepared where the control is 0 while the solver runs
//! where it is 1: the control starts in sqrt(1 - w) |0> + sqrt(w) |1> and ends with a Hadamard gate. With u = sqrt(w)
//! and v = sqrt(1 - w), all ancillas 0 and `system` reading j have probability (u a_j + v r_j)^2 / 2 at control 0 and
//! (u a_j - v r_j)^2 / 2 at control 1; the difference is 2 u v a_j r_j, and its sum over j 2 u v <a, r>. The swap test
//! of Buhrman, Cleve, Watrous and de Wolf, quant-ph/0102001, would square that; as in Kerenidis and Prakash, arXiv
//! 1808.09266, section 4, both states come with their preparation, so it stays linear. They take w = 1/2.
//!
//! **Expectation**: a Hadamard test of a block encoding U of M behind the solver. Only U is controlled. Where all
//! ancillas read 0, `system` holds (a + M a / alpha) / 2 at control 0 and (a - M a / alpha) / 2 at control 1, so the
//! two probabilities differ by exactly a^T M a / alpha. Without asking for U's own ancillas to read 0 they differ by
//! the same, since the branch without U has them at 0, but both are larger: asking lowers the variance.
//!
//! **Norm**: of a solver whose a is the solution up to an unknown factor, A x = b tells the factor. One query of A on a
//! leaves A a / alpha where all else reads 0: x = s ||b|| a / ||A a||, s the sign of <b, A a>. That circuit is a solver
//! again, of the system's own right-hand side, so it can stand in an interference, with b as the reference.

use crate::solver::{SolverCircuit, operand_registers};
use crate::state_preparation::add_state_preparation;
use qnewton_circuit::{
    Call, Circuit, CircuitError, Control, Definition, DefinitionId, Gate, QubitId, Structured,
    StructuredOperation,
};
use qnewton_encoding::BlockEncoding;

/// A circuit whose outcomes are read: all qubits but `system` and `control` must read 0.
#[derive(Clone, Debug)]
pub struct ReadoutCircuit {
    /// The circuit; its entry has the register `system` first.
    pub circuit: Circuit,
    /// The qubits that hold the solution, least significant first.
    pub system: Vec<QubitId>,
    /// The qubit that tells the two interfering branches.
    pub control: QubitId,
}

/// The solver, with probability `solver_weight` in (0, 1), in interference with real amplitudes `reference`, one for
/// each value of `system` and not all zero, normalised here. An error if a number is not as it must be.
pub fn interference_circuit(
    solver: &SolverCircuit,
    reference: &[f64],
    solver_weight: f64,
) -> Result<ReadoutCircuit, CircuitError> {
    if !(solver_weight > 0.0 && solver_weight < 1.0) {
        return Err(malformed(format!(
            "the weight of the solver is {solver_weight}, it must be between 0 and 1"
        )));
    }
    let Start { mut circuit, solver, mut definition, operands, system } = start(solver, "interference")?;
    if 1usize.checked_shl(system.len() as u32) != Some(reference.len()) {
        let (given, qubits) = (reference.len(), system.len());
        return Err(malformed(format!("{given} reference amplitudes are given for {qubits} qubits")));
    }
    if !reference.iter().all(|amplitude| amplitude.is_finite())
        || reference.iter().all(|&amplitude| amplitude == 0.0)
    {
        return Err(malformed("reference amplitudes must be finite and not all zero".to_string()));
    }
    let prepare = circuit.fresh_name("prepare_reference");
    let prepare = add_state_preparation(&mut circuit, &prepare, reference);
    let control = add_register(&mut definition, "control", 1)[0];
    let angle = 2.0 * solver_weight.sqrt().atan2((1.0 - solver_weight).sqrt());
    definition.gate(Gate::Ry, &[control], &[angle]);
    definition.call(Call::new(solver, operands).controlled([Control { qubit: control, on: true }]));
    definition
        .call(Call::new(prepare, system.iter().copied()).controlled([Control { qubit: control, on: false }]));
    definition.gate(Gate::H, &[control], &[]);
    circuit.add(definition);
    Ok(ReadoutCircuit { circuit, system, control })
}

/// The solver and behind it a Hadamard test of `observable`, a block encoding of a real matrix on as many system
/// qubits.
pub fn expectation_circuit(
    solver: &SolverCircuit,
    observable: &BlockEncoding,
) -> Result<ReadoutCircuit, CircuitError> {
    let Start { mut circuit, solver, mut definition, operands, system } = start(solver, "expectation")?;
    if observable.system_qubits != system.len() {
        let (given, qubits) = (observable.system_qubits, system.len());
        return Err(malformed(format!(
            "an observable on {given} qubits is given for a solution on {qubits}"
        )));
    }
    let observable = circuit.import(&observable.circuit)?;
    let mut observed = Vec::new();
    for (name, len) in operand_registers(&circuit, observable) {
        if name == "system" {
            observed.extend_from_slice(&system);
        } else {
            observed.extend(add_register(&mut definition, &format!("observable_{name}"), len));
        }
    }
    let control = add_register(&mut definition, "control", 1)[0];
    definition.call(Call::new(solver, operands));
    definition.gate(Gate::H, &[control], &[]);
    definition.call(Call::new(observable, observed).controlled([Control { qubit: control, on: true }]));
    definition.gate(Gate::H, &[control], &[]);
    circuit.add(definition);
    Ok(ReadoutCircuit { circuit, system, control })
}

/// The solver and behind it one query of `encoding`, the one that its own queries are of: A a / alpha in `system` where
/// all other registers read 0, a what the solver leaves there.
///
/// The query is made on the solver's own registers, which the solver must have in the same order: `system` first. Where
/// it failed, the query must not bring its ancillas back to 0: the qubit `failed` remembers it.
pub fn norm_circuit(solver: &SolverCircuit, encoding: &BlockEncoding) -> Result<SolverCircuit, CircuitError> {
    let SolverCircuit { queries, queries_b, .. } = *solver;
    let Start { mut circuit, solver, mut definition, operands, system } = start(solver, "norm")?;
    let query = circuit.import(&encoding.circuit)?;
    let expected = operand_registers(&circuit, query);
    if !operand_registers(&circuit, solver).starts_with(&expected) {
        let names: Vec<String> = expected.into_iter().map(|(name, len)| format!("{name} {len}")).collect();
        return Err(malformed(format!("the solver does not start with the registers {}", names.join(", "))));
    }
    let queried: usize = expected.iter().map(|(_, len)| len).sum();
    let failed = add_register(&mut definition, "failed", 1)[0];
    definition.call(Call::new(solver, operands.iter().copied()));
    definition.gate(Gate::X, &[failed], &[]);
    let ancillas = operands.iter().filter(|qubit| !system.contains(qubit));
    let controls = ancillas.map(|&qubit| Control { qubit, on: false }).collect();
    let kind = Structured::Gate { gate: Gate::X, qubits: vec![failed], angles: Vec::new() };
    definition.push_structured(StructuredOperation { controls, dirty: system, ..kind.into() });
    definition.call(Call::new(query, operands.into_iter().take(queried)));
    circuit.add(definition);
    Ok(SolverCircuit { circuit, queries: queries + 1, queries_b })
}

/// What all circuits start from: the solver imported, and a definition with its registers.
struct Start {
    circuit: Circuit,
    solver: DefinitionId,
    definition: Definition,
    operands: Vec<QubitId>,
    system: Vec<QubitId>,
}

fn start(solver: &SolverCircuit, name: &str) -> Result<Start, CircuitError> {
    let mut circuit = Circuit::new();
    let solver = circuit.import(&solver.circuit)?;
    let mut definition = Definition::new(circuit.fresh_name(name));
    for (name, len) in operand_registers(&circuit, solver) {
        definition.add_register(name, len);
    }
    let operands = (0..definition.qubit_count() as u32).map(QubitId).collect();
    let system: Vec<QubitId> = match definition.register("system") {
        Some(register) => register.qubits().collect(),
        None => return Err(malformed("the solver has no register `system`".to_string())),
    };
    Ok(Start { circuit, solver, definition, operands, system })
}

/// Adds a register of that name, or of that name with the first numeric suffix that is free.
fn add_register(definition: &mut Definition, name: &str, len: usize) -> Vec<QubitId> {
    let mut candidate = name.to_string();
    let mut suffix = 2;
    while definition.register(&candidate).is_some() {
        candidate = format!("{name}_{suffix}");
        suffix += 1;
    }
    definition.add_register(candidate, len).qubits().collect()
}

fn malformed(problem: String) -> CircuitError {
    CircuitError::Malformed { definition: "readout".to_string(), operation: 0, problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::with_registers;
    use qnewton_circuit::lower::{Basis, lower};
    use qnewton_core::Silent;
    use qnewton_encoding::{EncodingOptions, Method, encode};
    use qnewton_matrix::SparseMatrix;
    use qnewton_statevector::{Program, RunOptions, StateVector, project};

    /// A "solver" that leaves cos(0.4) (amplitudes) where its ancilla reads 0, and a clean ancilla that it uses.
    fn solver(amplitudes: &[f64]) -> (SolverCircuit, Vec<f64>) {
        let mut circuit = Circuit::new();
        let prepare = add_state_preparation(&mut circuit, "prepare", amplitudes);
        let mut main = Definition::new("main");
        let system: Vec<QubitId> =
            main.add_register("system", amplitudes.len().trailing_zeros() as usize).qubits().collect();
        let ancilla = main.add_register("control", 1).qubit(0);
        main.call(Call::new(prepare, system.iter().copied()));
        main.gate(Gate::Ry, &[ancilla], &[0.8]);
        main.gate(Gate::Cx, &[ancilla, system[0]], &[]);
        circuit.add(main);
        let norm = amplitudes.iter().map(|a| a * a).sum::<f64>().sqrt();
        let expected = amplitudes.iter().map(|a| a / norm * 0.4f64.cos()).collect();
        (SolverCircuit { circuit, queries: 0, queries_b: 1 }, expected)
    }

    /// The amplitudes at control 0 and 1, executed as it stands or lowered.
    fn amplitudes(readout: &ReadoutCircuit, basis: Option<Basis>) -> [Vec<f64>; 2] {
        let circuit = match basis {
            Some(basis) => lower(&readout.circuit, basis).unwrap(),
            None => readout.circuit.clone(),
        };
        let program = Program::<f64>::new(&circuit).unwrap();
        let mut state = StateVector::zero(program.qubits()).unwrap();
        program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
        let selected: Vec<QubitId> = readout.system.iter().copied().chain([readout.control]).collect();
        let all: Vec<f64> = project(&state, &selected)
            .unwrap()
            .iter()
            .map(|amplitude| {
                assert!(amplitude.im.abs() < 1e-12);
                amplitude.re
            })
            .collect();
        let (zero, one) = all.split_at(all.len() / 2);
        [zero.to_vec(), one.to_vec()]
    }

    fn close(found: &[f64], expected: impl Iterator<Item = f64>) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn solver_and_reference_interfere_with_their_weights() {
        let (solver, a) = solver(&[0.5, -1.0, 0.0, 2.0]);
        let r = [0.1, 0.7, -0.7, 0.1];
        for weight in [0.5f64, 0.9] {
            let readout = interference_circuit(&solver, &r, weight).unwrap();
            let (u, v) = (weight.sqrt(), (1.0 - weight).sqrt());
            for basis in [None, Some(Basis::default())] {
                let [zero, one] = amplitudes(&readout, basis);
                close(&zero, a.iter().zip(&r).map(|(a, r)| (v * r + u * a) / 2f64.sqrt()));
                close(&one, a.iter().zip(&r).map(|(a, r)| (v * r - u * a) / 2f64.sqrt()));
            }
        }
    }

    #[test]
    fn probabilities_of_an_expectation_differ_by_the_quadratic_form() {
        let (solver, a) = solver(&[0.5, -1.0, 0.3, 2.0]);
        let entries =
            [(0, 0, 1.0), (0, 1, -0.5), (1, 0, -0.5), (2, 2, -2.0), (3, 3, 0.7), (1, 3, 0.4), (3, 1, 0.4)];
        let matrix = SparseMatrix::from_triplets(4, 4, entries).unwrap();
        let product = matrix.mul_vec(&a);
        for method in [Method::Sparse, Method::Fable, Method::PauliLcu] {
            let encoding = encode(&matrix, method, &EncodingOptions::default()).unwrap();
            let readout = expectation_circuit(&solver, &encoding).unwrap();
            let [zero, one] = amplitudes(&readout, None);
            close(&zero, a.iter().zip(&product).map(|(a, m)| (a + m / encoding.alpha) / 2.0));
            close(&one, a.iter().zip(&product).map(|(a, m)| (a - m / encoding.alpha) / 2.0));
        }
    }

    /// A solver on the registers of an encoding that fails with a probability, its ancillas then not 0.
    fn solver_of(encoding: &BlockEncoding, amplitudes: &[f64]) -> SolverCircuit {
        let mut circuit = Circuit::new();
        let query = circuit.import(&encoding.circuit).unwrap();
        let prepare = add_state_preparation(&mut circuit, "prepare", amplitudes);
        let (mut main, qubits) =
            with_registers("main", &operand_registers(&circuit, query), &[("signal", 1)]);
        let signal = QubitId(qubits.len() as u32);
        main.call(Call::new(prepare, qubits.iter().copied().take(encoding.system_qubits)));
        main.gate(Gate::Ry, &[signal], &[0.8]);
        // Where it fails all of its qubits are in disorder.
        main.call(Call::new(query, qubits).controlled([Control { qubit: signal, on: true }]));
        circuit.add(main);
        SolverCircuit { circuit, queries: 5, queries_b: 1 }
    }

    #[test]
    fn one_more_query_leaves_the_image_of_the_solution() {
        let b = [0.3, -1.0, 0.7, 0.1];
        let entries =
            [(0, 0, 1.0), (0, 1, -0.5), (1, 0, -0.25), (1, 1, 0.4), (2, 2, -2.0), (3, 3, 0.7), (1, 3, 0.4)];
        let matrix = SparseMatrix::from_triplets(4, 4, entries).unwrap();
        for method in [Method::Sparse, Method::Fable, Method::SFable, Method::Dilation] {
            let encoding = encode(&matrix, method, &EncodingOptions::default()).unwrap();
            let solver = solver_of(&encoding, &b);
            let norm = norm_circuit(&solver, &encoding).unwrap();
            assert_eq!((norm.queries, norm.queries_b), (6, 1));
            assert_eq!(qnewton_circuit::verify::verify(&norm.circuit), vec![]);
            let length = b.iter().map(|b| b * b).sum::<f64>().sqrt();
            let image = matrix.mul_vec(&b);
            let expected: Vec<f64> =
                image.iter().map(|value| value / length * 0.4f64.cos() / encoding.alpha).collect();
            for circuit in [norm.circuit.clone(), lower(&norm.circuit, Basis::default()).unwrap()] {
                let program = Program::<f64>::new(&circuit).unwrap();
                let mut state = StateVector::zero(program.qubits()).unwrap();
                program.run(&mut state, &RunOptions::default(), &Silent).unwrap();
                let system: Vec<QubitId> = (0..2).map(QubitId).collect();
                let found: Vec<f64> = project(&state, &system).unwrap().iter().map(|a| a.re).collect();
                close(&found, expected.iter().copied());
            }
            // In interference with b the difference of the probabilities is 2 u v <A a, b> / (alpha ||b||).
            let readout = interference_circuit(&norm, &b, 0.5).unwrap();
            let [zero, one] = amplitudes(&readout, None).map(|a| a.iter().map(|a| a * a).sum::<f64>());
            let overlap: f64 = expected.iter().zip(b).map(|(image, b)| image * b / length).sum();
            assert!((zero - one - overlap).abs() < 1e-12, "{zero} {one} {overlap}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let (solver, _) = solver(&[0.5, -1.0, 0.0, 2.0]);
        assert!(interference_circuit(&solver, &[1.0, 0.0], 0.5).is_err());
        assert!(interference_circuit(&solver, &[0.0; 4], 0.5).is_err());
        assert!(interference_circuit(&solver, &[1.0, f64::NAN, 0.0, 0.0], 0.5).is_err());
        for weight in [0.0, 1.0, f64::NAN] {
            assert!(interference_circuit(&solver, &[1.0; 4], weight).is_err());
        }
        let encoding =
            encode(&SparseMatrix::<f64>::identity(2), Method::Sparse, &EncodingOptions::default()).unwrap();
        assert!(expectation_circuit(&solver, &encoding).is_err());
        assert!(norm_circuit(&solver, &encoding).is_err());
    }
}
