//! Circuits from elsewhere, and several right-hand sides.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use qnewton_circuit::{Circuit, Definition, Gate, Register, RegisterKind};
use qnewton_core::Silent;
use qnewton_encoding::Method;
use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix};
use qnewton_pipeline::{
    CompileOptions, EncodingChoice, ExecuteOptions, GivenBlock, GivenError, GivenRightHandSide,
    PipelineError, Solver, compile_several, solve, solve_several,
};

const TWO_QUBITS: &str = "OPENQASM 3.0; qubit[2] q; ";

fn matrix(symmetric: bool) -> SparseMatrix<f64> {
    let upper = if symmetric { -1.0 } else { -0.4 };
    let entries = (0..4).flat_map(|k| {
        [(k, k, 3.0 + 0.25 * k as f64), (k, (k + 1) % 4, upper), ((k + 1) % 4, k, -1.0)].into_iter()
    });
    SparseMatrix::from_triplets(4, 4, entries).unwrap()
}

fn system(symmetric: bool, rhs: &[f64]) -> LinearSystem {
    LinearSystem::new("test", matrix(symmetric), Some(rhs.to_vec()), &Preparation::default()).unwrap()
}

fn options(solver: Solver) -> CompileOptions {
    CompileOptions { solver: Some(solver), epsilon: 1e-2, ..CompileOptions::default() }
}

/// The solvers that take a matrix without a factor.
fn of_matrices() -> impl Iterator<Item = Solver> {
    Solver::ALL.iter().copied().filter(|&solver| solver != Solver::Gram)
}

fn read(text: &str) -> Circuit {
    qnewton_qasm::read(text).unwrap().circuit
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn several_right_hand_sides_are_solved_as_they_are_one_by_one() {
    let right_hand_sides = [vec![1.0, 0.0, -2.0, 0.5], vec![0.0, 3.0, 0.0, 0.0], vec![-1e3, 1.0, 1.0, 1.0]];
    let execute = ExecuteOptions::default();
    let solvers = of_matrices().map(Some).chain([None]);
    for solver in solvers {
        let options = CompileOptions { solver, ..CompileOptions::default() };
        let whole = system(true, &right_hand_sides[0]);
        let together = solve_several(&whole, &right_hand_sides, &options, &execute, &Silent).unwrap();
        assert_eq!(together.len(), 3);
        for (rhs, found) in right_hand_sides.iter().zip(&together) {
            let alone = solve(&system(true, rhs), &options, &execute, &Silent).unwrap();
            assert!(found.holds(), "{solver:?} {}", found.relative_error);
            assert_eq!(found.execution.solution, alone.execution.solution, "{solver:?}");
            assert_eq!(found.compiled.scale, alone.compiled.scale);
            assert_eq!(found.compiled.algorithm, alone.compiled.algorithm);
            assert_eq!(found.compiled.counts, alone.compiled.counts);
            assert_eq!(found.compiled.depth, alone.compiled.depth);
            assert_eq!(found.compiled.ledger.total(), alone.compiled.ledger.total());
            assert_eq!(found.compiled.success_probability, alone.compiled.success_probability);
            assert_eq!(found.compiled.expected_queries, alone.compiled.expected_queries);
            assert_eq!(found.compiled.rhs, *rhs);
        }
    }
    let none = compile_several(&system(true, &[1.0; 4]), &[], &CompileOptions::default(), &Silent);
    assert!(matches!(none, Err(PipelineError::NoRightHandSide)));
}

#[test]
fn a_circuit_prepares_the_right_hand_side_in_every_solver() {
    // Two registers, a gate of its own with names that solvers use too, and a global phase of 1.1 + pi/2.
    let text = "OPENQASM 3.0; gate main a, b { ry(0.7) a; cx a, b; } gate prepare_rhs a { ry(-0.4) a; } \
                qubit low; qubit high; gphase(1.1); x low; z low; main low, high; prepare_rhs high; gphase(pi / 2);";
    let given = GivenRightHandSide::new(&read(text), 4, &Silent).unwrap();
    let rhs = given.right_hand_side(2.5).unwrap();
    assert!((distance(&rhs, &[0.0; 4]) - 2.5).abs() < 1e-14);
    for symmetric in [true, false] {
        for solver in of_matrices() {
            if !symmetric
                && matches!(solver, Solver::QsvtPositive | Solver::Cks | Solver::Hhl | Solver::HhlEvolution)
            {
                continue;
            }
            let whole = system(symmetric, &rhs);
            let (options, execute) = (options(solver), ExecuteOptions::default());
            let table = solve(&whole, &options, &execute, &Silent).unwrap();
            let options = CompileOptions { rhs_circuit: Some(given.clone()), ..options };
            let found = solve(&whole, &options, &execute, &Silent).unwrap();
            assert!(qnewton_circuit::verify::verify(&found.compiled.solver.circuit).is_empty());
            assert!(found.execution.imaginary < 1e-12, "{solver:?} {}", found.execution.imaginary);
            assert!(found.holds() && found.relative_error <= found.compiled.ledger.total(), "{solver:?}");
            let difference = distance(&found.execution.solution, &table.execution.solution);
            assert!(difference < 1e-10, "{solver:?}: {difference}");
            assert_eq!(found.compiled.solver.queries_b, table.compiled.solver.queries_b);
        }
    }
    let rhs: Vec<f64> = rhs.iter().map(|value| value + 0.1).collect();
    let other = CompileOptions { rhs_circuit: Some(given), ..options(Solver::Qsvt) };
    let refused = solve(&system(true, &rhs), &other, &ExecuteOptions::default(), &Silent).unwrap_err();
    assert!(matches!(refused, PipelineError::Given(GivenError::OtherRightHandSide)), "{refused}");
}

#[test]
fn signs_and_global_phases_of_a_given_right_hand_side() {
    let first = |text: &str| {
        GivenRightHandSide::new(&read(&format!("{TWO_QUBITS}{text}")), 4, &Silent)
            .unwrap()
            .right_hand_side(1.0)
            .unwrap()[0]
    };
    // Real amplitudes keep their sign; any other phase is taken off.
    for (text, wanted) in [
        ("", 1.0),
        ("gphase(pi);", -1.0),
        ("gphase(pi/2);", 1.0),
        ("gphase(-pi/2);", -1.0),
        ("gphase(3);", -1.0),
    ] {
        assert!((first(text) - wanted).abs() < 1e-14, "{text}");
    }
}

#[test]
fn right_hand_sides_that_do_not_fit_are_refused() {
    let message = |text: &str, unknowns: usize| {
        GivenRightHandSide::new(&read(text), unknowns, &Silent).unwrap_err().to_string()
    };
    let cases = [
        (message("qubit[3] q;", 4), "3 qubits; 4 unknowns need a circuit of exactly 2"),
        (message("qubit[1] q;", 4), "1 qubits; 4 unknowns need a circuit of exactly 2"),
        (message("qubit[2] q; ry(1) q[0]; s q[0];", 4), "imaginary parts of up to 4.794e-1"),
        (message("qubit[2] q; h q[0]; h q[1];", 3), "modulus 5.000e-1 for row 3, but there are 3 unknowns"),
        (message("qubit[2] q; reset q[0];", 4), "measures, resets or branches"),
        (message("qubit[2] q; bit c;", 4), "has classical bits"),
    ];
    for (found, wanted) in cases {
        assert!(found.contains(wanted), "{found}");
    }
    let given = GivenRightHandSide::new(&read("qubit[2] q; h q[0];"), 3, &Silent).unwrap();
    assert_eq!(given.right_hand_side(2.0).unwrap().len(), 3);
    assert!(matches!(given.right_hand_side(0.0), Err(GivenError::Norm { .. })));
}

#[test]
fn a_block_encoding_from_elsewhere_solves_with_every_solver_but_one() {
    let execute = ExecuteOptions::default();
    for (symmetric, method) in [(true, Method::Sparse), (true, Method::Fable), (false, Method::Fable)] {
        let whole = system(symmetric, &[1.0, -2.0, 0.0, 0.5]);
        let choice = EncodingChoice::of(method);
        for solver in of_matrices() {
            if !symmetric
                && matches!(solver, Solver::QsvtPositive | Solver::Cks | Solver::Hhl | Solver::HhlEvolution)
            {
                continue;
            }
            let own = CompileOptions { encoding: choice, ..options(solver) };
            let wanted = solve(&whole, &own, &execute, &Silent).unwrap();
            let qsvt = CompileOptions { encoding: choice, ..options(Solver::Qsvt) };
            let encoding = solve(&whole, &qsvt, &execute, &Silent).unwrap().compiled.encoding;
            // As a file says it, under another name of the register.
            let mut renamed = Circuit::new();
            let callee = renamed.import(&encoding.circuit).unwrap();
            let mut entry = Definition::new("main");
            let operands_of = |register: &&Register| register.kind == RegisterKind::Operand;
            for register in encoding.circuit.entry().unwrap().registers().iter().filter(operands_of) {
                let name = if register.name == "system" { "rows" } else { &register.name };
                entry.add_register(name, register.len as usize);
            }
            let operands = (0..entry.qubit_count() as u32).map(qnewton_circuit::QubitId);
            entry.call(qnewton_circuit::Call::new(callee, operands));
            renamed.add(entry);
            let block = GivenBlock::new(&renamed, "rows", encoding.alpha, &Silent).unwrap();
            assert_eq!(block.encoding().hermitian, encoding.hermitian, "{method:?} {symmetric}");
            let given = CompileOptions { block: Some(block), ..options(solver) };
            let found = solve(&whole, &given, &execute, &Silent);
            if solver == Solver::QsvtPositive {
                assert!(matches!(found, Err(PipelineError::Given(GivenError::Shifted))));
                continue;
            }
            let found = found.unwrap();
            assert!(qnewton_circuit::verify::verify(&found.compiled.solver.circuit).is_empty());
            assert!(found.compiled.encoding.name.contains("custom"));
            assert_eq!(found.compiled.certificate.method.name(), "executed");
            assert!(found.holds() && found.relative_error <= found.compiled.ledger.total(), "{solver:?}");
            assert_eq!(
                found.compiled.solver.queries, wanted.compiled.solver.queries,
                "{solver:?} {method:?}"
            );
        }
    }
}

#[test]
fn the_automatic_choice_leaves_out_what_a_given_block_does_not_do() {
    let whole = system(true, &[1.0, 0.0, 0.0, 0.0]);
    let own = CompileOptions { encoding: EncodingChoice::of(Method::Fable), ..options(Solver::Qsvt) };
    let execute = ExecuteOptions::default();
    let encoding = solve(&whole, &own, &execute, &Silent).unwrap().compiled.encoding;
    let block = GivenBlock::new(&encoding.circuit, "system", encoding.alpha, &Silent).unwrap();
    let automatic = CompileOptions { block: Some(block), ..CompileOptions::default() };
    assert_eq!(solve(&whole, &automatic, &execute, &Silent).unwrap().compiled.algorithm, Solver::Qsvt);
}

#[test]
fn blocks_that_do_not_fit_are_refused_with_the_measured_error() {
    let whole = system(true, &[1.0, 0.0, 0.0, 0.0]);
    let mut circuit = Circuit::new();
    let mut entry = Definition::new("main");
    let rows = entry.add_register("system", 2);
    entry.add_register("other", 1);
    entry.gate(Gate::X, &[rows.qubit(0)], &[]);
    circuit.add(entry);
    let solved = |block: GivenBlock, whole: &LinearSystem| {
        let options = CompileOptions { block: Some(block), ..options(Solver::Qsvt) };
        solve(whole, &options, &ExecuteOptions::default(), &Silent).unwrap_err()
    };
    let block = |name: &str, alpha: f64| GivenBlock::new(&circuit, name, alpha, &Silent);
    match solved(block("system", 5.0).unwrap(), &whole) {
        // 5 X (x) 1 - A: at least the largest entry of the difference.
        PipelineError::Given(GivenError::OtherMatrix { measured, allowed }) => {
            assert!(measured > 6.0 && measured < 14.0, "{measured}");
            assert!(allowed > 1e-3 && allowed < 2e-2, "{allowed}");
        }
        other => panic!("{other}"),
    }
    let three =
        LinearSystem::new("three", SparseMatrix::identity(3), Some(vec![1.0; 3]), &Preparation::default());
    let refused = solved(block("system", 5.0).unwrap(), &three.unwrap()).to_string();
    assert!(refused.contains("a matrix of 3 rows needs to be padded to 4 rows"), "{refused}");
    let refused = solved(block("other", 5.0).unwrap(), &whole).to_string();
    assert!(refused.contains("2^1 x 2^1; a matrix of 4 rows needs 2"), "{refused}");
    let refused = block("q", 5.0).unwrap_err().to_string();
    assert!(
        refused.contains("no register `q`") && refused.contains("`system` (2), `other` (1)"),
        "{refused}"
    );
    assert!(matches!(block("system", -1.0), Err(GivenError::Alpha { .. })));
}
