//! Lowering: a pipeline of named passes, each a function from circuit to circuit.
//!
//! | pass | contract |
//! |---|---|
//! | `ancillas` | no definition has ancilla registers: callers pass them |
//! | `controls` | no call and no conjugation carries controls: controlled variants of definitions exist |
//! | `structures` | no structured operation: single-qubit gates and `cx` only |
//! | `basis` | gates of the target basis only; runs of literal single-qubit gates are merged |
//! | `phases` | no global phase but one, at the end of the entry |
//! | `inverses` | (bases that are not closed under inversion) no inverted call |
//!
//! The unitary of the circuit, global phase included, is the same after every pass.

mod adder;
mod ancillas;
mod basis;
mod controls;
mod flat;
mod inverses;
mod lookup;
mod multi_controlled;
mod multiplexed;
mod permutation;
mod phases;
mod preparation;
mod sink;
mod structures;
mod tour;

use crate::circuit::Circuit;
use crate::error::CircuitError;

pub use ancillas::allocate_ancillas;
pub use basis::{Basis, to_basis};
pub use controls::expand_controls;
pub use flat::{FlatOperation, flatten, visit_flat};
pub use inverses::expand_inverses;
pub use phases::hoist_global_phase;
pub use preparation::state_preparation_angles;
pub use structures::lower_structures;
pub(crate) use structures::{count_gate, count_structured};

/// A pass of the lowering pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// [`allocate_ancillas`].
    Ancillas,
    /// [`expand_controls`].
    Controls,
    /// [`lower_structures`].
    Structures,
    /// [`to_basis`].
    Basis,
    /// [`hoist_global_phase`].
    Phases,
    /// [`expand_inverses`].
    Inverses,
}

impl Pass {
    /// All passes, in the order in which they run.
    pub const ALL: &'static [Pass] =
        &[Pass::Ancillas, Pass::Controls, Pass::Structures, Pass::Basis, Pass::Phases, Pass::Inverses];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Pass::Ancillas => "ancillas",
            Pass::Controls => "controls",
            Pass::Structures => "structures",
            Pass::Basis => "basis",
            Pass::Phases => "phases",
            Pass::Inverses => "inverses",
        }
    }

    /// Runs this pass.
    pub fn run(self, circuit: &Circuit, basis: Basis) -> Result<Circuit, CircuitError> {
        match self {
            Pass::Ancillas => allocate_ancillas(circuit),
            Pass::Controls => expand_controls(circuit),
            Pass::Structures => lower_structures(circuit, true),
            Pass::Basis => to_basis(circuit, basis),
            Pass::Phases => hoist_global_phase(circuit),
            Pass::Inverses if basis.is_closed_under_inversion() => Ok(circuit.clone()),
            Pass::Inverses => expand_inverses(circuit, basis),
        }
    }
}

/// Lowers a circuit to a basis: all passes, in order. The hierarchy stays.
pub fn lower(circuit: &Circuit, basis: Basis) -> Result<Circuit, CircuitError> {
    lower_until(circuit, basis, Pass::Inverses)
}

/// Runs the passes up to and including `last`.
pub fn lower_until(circuit: &Circuit, basis: Basis, last: Pass) -> Result<Circuit, CircuitError> {
    let position = Pass::ALL.iter().position(|&pass| pass == last).unwrap_or(Pass::ALL.len() - 1);
    Pass::ALL[..=position].iter().try_fold(circuit.clone(), |circuit, pass| pass.run(&circuit, basis))
}
