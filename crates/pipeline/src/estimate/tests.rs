use super::*;
use crate::choice::EncodingChoice;
use crate::compile::{CompileOptions, compile};
use proptest::prelude::*;
use qnewton_circuit::{Basis, Gate, lower};
use qnewton_core::Silent;
use qnewton_encoding::{Boundary, Family, Method};
use qnewton_matrix::{LinearSystem, Preparation, SparseMatrix, SpectrumOptions, spectrum};
use qnewton_qlsa::adiabatic::{AdiabaticPlan, Path};
use qnewton_qlsa::shortcut::ShortcutPlan;

fn system(matrix: SparseMatrix<f64>) -> LinearSystem {
    let rhs = (0..matrix.rows()).map(|i| (i as f64 + 0.3).sin()).collect();
    LinearSystem::new("test", matrix, Some(rhs), &Preparation::default()).unwrap()
}

fn matrix(size: usize, entry: impl Fn(usize, usize) -> f64) -> SparseMatrix<f64> {
    let pairs = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
    SparseMatrix::from_triplets(size, size, pairs.map(|(i, j)| (i, j, entry(i, j)))).unwrap()
}

/// Tridiagonal, positive definite, constant or not.
fn tridiagonal(size: usize, slope: f64) -> LinearSystem {
    system(matrix(size, |i, j| match i.abs_diff(j) {
        0 => 2.5,
        1 => -1.0 - slope * (i + j) as f64 / size as f64,
        _ => 0.0,
    }))
}

/// Solvers with circuits without values.
const ESTIMATED: &[Solver] =
    &[Solver::Qsvt, Solver::QsvtPositive, Solver::Cks, Solver::Hhl, Solver::Shortcut, Solver::Adiabatic];

/// The plan behind a compiled circuit.
fn plan_of(compiled: &crate::CompiledSystem) -> SolverPlan {
    let (degree, polynomial) = (compiled.degree, &compiled.polynomial);
    match compiled.algorithm {
        Solver::Qsvt => SolverPlan::Qsvt { degree },
        Solver::QsvtPositive => SolverPlan::QsvtPositive { degree },
        Solver::Cks => SolverPlan::Cks { degree },
        Solver::Hhl => SolverPlan::Hhl { degree },
        Solver::Gram => SolverPlan::Gram { degree },
        Solver::HhlEvolution => panic!("it has no plan without values"),
        Solver::Shortcut => {
            let norm = polynomial.reflection.unwrap().norm;
            let plan = ShortcutPlan::new(polynomial.interval, norm, 1.0, polynomial.epsilon).unwrap();
            SolverPlan::Shortcut(ShortcutPlan { queries: degree, ..plan })
        }
        Solver::Adiabatic => {
            let walk = polynomial.walk.unwrap();
            let path = if walk.definite { Path::Definite } else { Path::General };
            let plan = AdiabaticPlan::new(path, polynomial.interval, walk.error, polynomial.epsilon).unwrap();
            assert_eq!(plan.walk_steps, walk.steps);
            SolverPlan::Adiabatic(AdiabaticPlan { filter_degree: degree, ..plan })
        }
    }
}

fn check(system: &LinearSystem, options: &CompileOptions) {
    let compiled = compile(system, options, &Silent).unwrap();
    let found = estimate_plan(&compiled.encoding, plan_of(&compiled)).unwrap();
    let name = compiled.algorithm.name();
    assert_eq!(found.plan.solver(), compiled.algorithm);
    assert_eq!(found.plan.degree(), compiled.degree, "{name}");
    assert_eq!(found.queries, compiled.solver.queries, "{name}");
    assert_eq!(found.queries_b, compiled.solver.queries_b, "{name}");
    assert_eq!(found.qubits, compiled.qubits, "{name}");
    assert_eq!(found.counts, cost(&compiled.solver.circuit).unwrap(), "{name}");
    // What is compiled has no more gates than its closed form.
    let closed = in_basis(&found.counts, compiled.basis).unwrap();
    for (kind, number) in compiled.counts.iter() {
        assert!(number <= closed.get(kind), "{name} {kind} {number} {}", closed.get(kind));
    }
    // What is asked for from outside is the same, but for what the certificate and the phases took of epsilon.
    let target = EstimateTarget::of_system(system, options.condition_number).unwrap();
    let asked = target.estimate(compiled.algorithm, options.epsilon, &options.encoding).unwrap();
    assert_eq!(
        (&asked.encoding.name, asked.encoding.alpha),
        (&compiled.encoding.name, compiled.encoding.alpha)
    );
    let ratio = asked.cost.queries as f64 / compiled.solver.queries as f64;
    assert!((0.95..=1.0).contains(&ratio), "{name} {ratio}");
}

#[test]
fn estimates_are_the_costs_of_compiled_circuits() {
    for size in [4, 16] {
        for slope in [0.0, 0.01] {
            for &solver in ESTIMATED {
                check(
                    &tridiagonal(size, slope),
                    &CompileOptions { solver: Some(solver), ..CompileOptions::default() },
                );
            }
        }
    }
}

#[test]
fn encodings_of_any_method_are_estimated() {
    for method in [Method::Sparse, Method::Fable, Method::Dilation, Method::PauliLcu] {
        for &solver in ESTIMATED {
            let encoding = EncodingChoice::of(method);
            let options =
                CompileOptions { solver: Some(solver), encoding, epsilon: 0.1, ..CompileOptions::default() };
            check(&tridiagonal(4, 0.2), &options);
        }
    }
}

#[test]
fn gradients_are_estimated_by_their_own_solver_and_all_others() {
    for (samples, unknowns) in [(3, 4), (9, 3)] {
        let value = |k: usize| (1.3 * k as f64 + 0.4).sin();
        let entries = (0..samples * unknowns).map(|k| (k / unknowns, k % unknowns, value(k)));
        let gradients = SparseMatrix::from_triplets(samples, unknowns, entries).unwrap();
        let rhs = (0..unknowns).map(value).collect();
        let system = LinearSystem::gram("gradients", gradients, 0.2, Some(rhs)).unwrap();
        for &solver in ESTIMATED.iter().chain(&[Solver::Gram]) {
            check(&system, &CompileOptions { solver: Some(solver), ..CompileOptions::default() });
        }
    }
    let target = EstimateTarget::of_system(&tridiagonal(4, 0.0), None).unwrap();
    let refused = target.estimate(Solver::Gram, 0.1, &EncodingChoice::default());
    assert!(matches!(refused, Err(PipelineError::NoFactor)));
    let family = Family::Laplacian { boundary: Boundary::Open, qubits: vec![3] };
    let target = EstimateTarget::of_family(&family, None).unwrap();
    let refused = target.estimate(Solver::Gram, 0.1, &EncodingChoice::default());
    assert!(matches!(refused, Err(PipelineError::NoFactor)));
}

#[test]
fn matrices_of_any_symmetry_are_estimated() {
    let options = |solver| CompileOptions { solver: Some(solver), epsilon: 0.1, ..CompileOptions::default() };
    let skew =
        system(matrix(4, |i, j| if i == j { 2.0 } else { 0.3 * (1.0 + i as f64 - 2.0 * j as f64) / 4.0 }));
    let indefinite = system(matrix(4, |i, j| if i == j { 1.0 - 2.0 * (i % 2) as f64 } else { 0.2 }));
    for solver in [Solver::Qsvt, Solver::Shortcut, Solver::Adiabatic] {
        check(&skew, &options(solver));
        check(&indefinite, &options(solver));
    }
    for solver in [Solver::Cks, Solver::Hhl] {
        check(&indefinite, &options(solver));
    }
    let target = |system: &LinearSystem| EstimateTarget::of_system(system, None).unwrap();
    let refused = target(&skew).estimate(Solver::Cks, 0.1, &EncodingChoice::default());
    assert!(matches!(refused, Err(PipelineError::NotSymmetric { solver: "cks" })));
    let refused = target(&indefinite).estimate(Solver::QsvtPositive, 0.1, &EncodingChoice::default());
    assert!(matches!(refused, Err(PipelineError::NotPositiveDefinite { .. })));
}

fn line(qubits: usize, diagonal: f64) -> Family {
    Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal: -1.0, boundary: Boundary::Open }
}

#[test]
fn a_trillion_unknowns_cost_little_more_than_their_right_hand_side() {
    let target = EstimateTarget::of_family(&line(40, 2.0 + 4e-8), None).unwrap();
    assert!((target.facts.spectrum.condition_number.unwrap() / 1e8 - 1.0).abs() < 1e-6);
    let found: Vec<CostEstimate> = ESTIMATED
        .iter()
        .map(|&solver| target.estimate(solver, 1e-2, &EncodingChoice::default()).unwrap().cost)
        .collect();
    for estimate in &found {
        let name = estimate.plan.solver().name();
        assert_eq!(estimate.preparation.two_qubit(), (1 << 40) - 2);
        let prepared = u128::from(estimate.queries_b) * estimate.preparation.two_qubit();
        assert_eq!(estimate.counts.two_qubit(), estimate.without_rhs.two_qubit() + prepared, "{name}");
        assert!(estimate.queries > 10_000 && estimate.qubits < 150, "{name}");
        let each = estimate.without_rhs.two_qubit() / u128::from(estimate.queries);
        assert!((200..3_000).contains(&each), "{name} {each}");
    }
    let queries = |solver| found.iter().find(|found| found.plan.solver() == solver).unwrap().queries;
    assert!(queries(Solver::Qsvt) > 500_000_000 && queries(Solver::QsvtPositive) < 30_000);
    assert_eq!(queries(Solver::Cks), queries(Solver::Qsvt));
    assert_eq!(queries(Solver::Hhl), queries(Solver::Qsvt).next_power_of_two() - 1);
}

/// The preparations that are taken off are those of the circuit: another right-hand side leaves the rest as it is.
#[test]
fn the_rest_does_not_depend_on_the_right_hand_side() {
    let system = tridiagonal(4, 0.0);
    for &solver in ESTIMATED {
        let options = CompileOptions { solver: Some(solver), ..CompileOptions::default() };
        let compiled = compile(&system, &options, &Silent).unwrap();
        let mut circuit = compiled.solver.circuit.clone();
        // Without preparations nothing of them is counted.
        circuit = without_definition(&circuit, "prepare_rhs");
        let found = estimate_plan(&compiled.encoding, plan_of(&compiled)).unwrap();
        assert_eq!(found.without_rhs, cost(&circuit).unwrap(), "{}", solver.name());
    }
}

/// The circuit with nothing in one definition.
fn without_definition(circuit: &Circuit, name: &str) -> Circuit {
    let mut result = Circuit::new();
    for table in circuit.tables() {
        result.add_table(table.clone());
    }
    for definition in circuit.definitions() {
        result.add(if definition.name == name { definition.same_signature() } else { definition.clone() });
    }
    result
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bounds_of_families_are_their_spectra(
        qubits in 2usize..5,
        more in 1usize..3,
        periodic in any::<bool>(),
        negative in any::<bool>(),
        diagonal in 0.5..4.0f64,
        off_diagonal in -1.5..1.5f64,
    ) {
        let boundary = if periodic { Boundary::Periodic } else { Boundary::Open };
        let diagonal = if negative { -diagonal } else { diagonal };
        let grid = Family::Laplacian { boundary, qubits: vec![qubits, 1 + more] };
        for family in [Family::TridiagonalToeplitz { qubits, diagonal, off_diagonal, boundary }, grid] {
            let dense = dense(&family);
            let exact = spectrum(&dense, &SpectrumOptions::default()).unwrap();
            match family_bounds(&family) {
                Some(bounds) => {
                    prop_assert!((bounds.smallest - exact.smallest).abs() < 1e-12, "{:?}", family);
                    prop_assert!((bounds.largest - exact.norm).abs() < 1e-12);
                    prop_assert_eq!(bounds.positive_definite, bounds.smallest > 0.0 && dense.get(0, 0) > 0.0);
                }
                None => prop_assert!(exact.positive_definite == Some(false)),
            }
        }
    }
}

fn dense(family: &Family) -> SparseMatrix<f64> {
    use qnewton_encoding::Columns;
    let mut entries = Vec::new();
    for column in 0..family.dimension() {
        family.for_each(column, &mut |row, value| entries.push((row, column, value.re)));
    }
    SparseMatrix::from_triplets(family.dimension(), family.dimension(), entries).unwrap()
}

/// A grid without its diagonal is a composition: the polynomial of A - shift I is one of A.
#[test]
fn grids_are_positive_definite() {
    let target = EstimateTarget::of_family(
        &Family::Laplacian { boundary: Boundary::Open, qubits: vec![3, 2, 4] },
        None,
    )
    .unwrap();
    let found = target.estimate(Solver::QsvtPositive, 1e-2, &EncodingChoice::default()).unwrap();
    assert_eq!((found.shift, found.encoding.alpha, found.encoding.hermitian), (6.0, 6.0, true));
    let certificate = qnewton_encoding::certify(
        &found.encoding,
        &qnewton_encoding::SparseColumns::of(&qnewton_matrix::add_to_diagonal(
            &dense(&Family::Laplacian { boundary: Boundary::Open, qubits: vec![3, 2, 4] }),
            -6.0,
        )),
        qnewton_encoding::Verification::Forced,
        &Silent,
    );
    let certificate = certificate.unwrap();
    assert!(certificate.error < 1e-11, "{certificate:?}");
}

#[test]
fn counts_are_translated_gate_by_gate() {
    let mut circuit = Circuit::new();
    let mut definition = qnewton_circuit::Definition::new("main");
    let q = definition.add_register("q", 2);
    // Nothing to merge: no two single-qubit gates are next to each other.
    for (gate, angles) in
        [(Gate::H, &[][..]), (Gate::Ry, &[0.3]), (Gate::T, &[]), (Gate::U3, &[0.1, 0.2, 0.3])]
    {
        definition.gate(gate, &[q.qubit(0)], angles);
        definition.gate(Gate::Cx, &[q.qubit(0), q.qubit(1)], &[]);
    }
    circuit.add(definition);
    let counts = cost(&circuit).unwrap();
    for &basis in Basis::ALL {
        let lowered = qnewton_circuit::count(&lower(&circuit, basis).unwrap()).unwrap();
        let closed = in_basis(&counts, basis).unwrap();
        assert_eq!(closed.two_qubit(), 4);
        lowered.iter().for_each(|(kind, number)| assert!(number <= closed.get(kind), "{kind}"));
    }
    assert_eq!(in_basis(&counts, Basis::U3Cx).unwrap().gate(Gate::U3), 4);
    let magic = magic(&counts);
    assert_eq!((magic.t, magic.rotations), (1, 4));
}

#[test]
fn what_has_no_degree_is_refused() {
    let encoding = line(2, 2.5).encode().unwrap();
    let request = |solver, smallest, epsilon| {
        let bounds = SpectralBounds { smallest, largest: 4.5, positive_definite: true };
        EstimateRequest { solver, bounds, epsilon, shift: 0.0, solution_norm: None, gram: None }
    };
    for &solver in ESTIMATED {
        for smallest in [0.0, -1.0, f64::NAN, 1e-30, 5.0] {
            let refused = estimate(&encoding, &request(solver, smallest, 1e-2));
            assert!(refused.is_err(), "{} {smallest}", solver.name());
        }
        for epsilon in [0.0, 1.0, f64::NAN] {
            assert!(matches!(
                estimate(&encoding, &request(solver, 0.5, epsilon)),
                Err(PipelineError::Epsilon { .. })
            ));
        }
        assert!(estimate(&encoding, &request(solver, 0.5, 1e-2)).is_ok());
    }
    // Bounds of condition numbers must hold.
    let refused = EstimateTarget::of_family(&line(5, 2.1), Some(2.0));
    assert!(matches!(refused, Err(PipelineError::ConditionNumber { .. })));
    let assumed = EstimateTarget::of_family(&line(5, 2.1), Some(1e3)).unwrap();
    let SpectralBounds { smallest, largest, .. } = assumed.bounds();
    assert!((largest / smallest / 1e3 - 1.0).abs() < 1e-12);
    let indefinite = line(5, 1.0);
    assert!(matches!(
        EstimateTarget::of_family(&indefinite, None),
        Err(PipelineError::UnknownConditionNumber)
    ));
    assert!(EstimateTarget::of_family(&indefinite, Some(1e3)).is_ok());
    let singular = Family::Laplacian { boundary: Boundary::Periodic, qubits: vec![4] };
    assert!(matches!(EstimateTarget::of_family(&singular, None), Err(PipelineError::Singular { .. })));
}
