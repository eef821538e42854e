//! Several right-hand sides of one matrix: its spectrum, encoding, polynomial and phase factors are computed once, and
//! the circuits differ in the preparation only.

use crate::assemble::{Assembled, Problem, Solver, assemble};
use crate::compile::{Clock, CompileOptions, CompiledSystem, compile_sharing};
use crate::error::PipelineError;
use crate::execute::ExecuteOptions;
use crate::facts::SystemFacts;
use crate::solve::{SolveReport, solve_compiled};
use qnewton_core::Monitor;
use qnewton_matrix::LinearSystem;
use qnewton_qlsa::substitution::Preparation;

/// Compiles a system for each of several right-hand sides, of the prepared system as [`LinearSystem::rhs`] is; what `rhs`
/// the system has itself is not looked at. The results are those of separate compilations.
///
/// [`Solver::Shortcut`] shares the spectrum only, since its polynomial depends on the norm of the solution.
pub fn compile_several(
    system: &LinearSystem,
    right_hand_sides: &[Vec<f64>],
    options: &CompileOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<CompiledSystem>, PipelineError> {
    if right_hand_sides.is_empty() {
        return Err(PipelineError::NoRightHandSide);
    }
    let mut shared = Shared { keeps: right_hand_sides.len() > 1, ..Shared::default() };
    let mut system = system.clone();
    let mut compiled = Vec::new();
    for rhs in right_hand_sides {
        system.rhs = Some(rhs.clone());
        compiled.push(compile_sharing(&system, options, &mut shared, monitor)?);
    }
    Ok(compiled)
}

/// Compiles and executes a system for each of several right-hand sides and compares with the classical solutions; see
/// [`compile_several`].
pub fn solve_several(
    system: &LinearSystem,
    right_hand_sides: &[Vec<f64>],
    compile_options: &CompileOptions,
    execute_options: &ExecuteOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<SolveReport>, PipelineError> {
    let compiled = compile_several(system, right_hand_sides, compile_options, monitor)?;
    compiled.into_iter().map(|compiled| solve_compiled(compiled, execute_options, monitor)).collect()
}

/// What does not depend on the right-hand side.
#[derive(Default)]
pub(crate) struct Shared {
    /// Whether anything is kept for another right-hand side.
    keeps: bool,
    facts: Option<SystemFacts>,
    assembled: Vec<Assembled>,
    /// Solvers that have no circuit for the matrix, whatever the right-hand side.
    refused: Vec<Solver>,
}

impl Shared {
    /// The facts of the system, whose matrix is always the same.
    pub(crate) fn facts(&mut self, system: &LinearSystem) -> Result<SystemFacts, PipelineError> {
        if let Some(facts) = &self.facts {
            return Ok(facts.clone());
        }
        let facts = SystemFacts::of_system(system)?;
        if self.keeps {
            self.facts = Some(facts.clone());
        }
        Ok(facts)
    }

    /// The circuit of a solver: the one that is there, with another preparation, or a new one.
    pub(crate) fn assemble(
        &mut self,
        solver: Solver,
        problem: &Problem<'_>,
        clock: &mut Clock,
        monitor: &dyn Monitor,
    ) -> Result<Assembled, PipelineError> {
        if let Some(assembled) = self.assembled.iter().find(|assembled| assembled.solver == solver) {
            // A circuit from elsewhere prepares the same state for every right-hand side that it is allowed for.
            let circuit = match problem.options.rhs_circuit {
                Some(_) => assembled.circuit.clone(),
                None => {
                    let amplitudes = problem.amplitudes(&assembled.encoding);
                    assembled.circuit.with_preparation(Preparation::Amplitudes(&amplitudes))?
                }
            };
            return Ok(Assembled { circuit, ..assembled.clone() });
        }
        let found = assemble(solver, problem, clock, monitor);
        if self.keeps && solver != Solver::Shortcut {
            match &found {
                Ok(assembled) => self.assembled.push(assembled.clone()),
                Err(_) => self.refused.push(solver),
            }
        }
        found
    }

    /// Whether a solver had no circuit for another right-hand side and need not be tried again.
    pub(crate) fn is_refused(&self, solver: Solver) -> bool {
        self.refused.contains(&solver)
    }
}
