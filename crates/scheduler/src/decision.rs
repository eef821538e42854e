//! Which solver does the work, and why.

use crate::classical::{ClassicalCost, ClassicalMethod};
use crate::component::Breakdown;
use crate::quantum_cost::QuantumCost;
use crate::serialize::finite_or_null;
use qnewton_core::Provenance;
use serde::Serialize;

/// Which solver may be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The one that is predicted to be faster.
    #[default]
    Auto,
    /// The quantum one, whatever it costs.
    Quantum,
    /// The classical one, whatever it costs.
    Classical,
}

impl Mode {
    /// All modes.
    pub const ALL: &'static [Mode] = &[Mode::Auto, Mode::Quantum, Mode::Classical];

    /// The name on the command line and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Auto => "auto",
            Mode::Quantum => "quantum",
            Mode::Classical => "classical",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Mode> {
        Mode::ALL.iter().copied().find(|mode| mode.name() == name)
    }
}

/// A solver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Solver {
    /// The compiled circuit on a quantum computer.
    Quantum,
    /// A solver on a classical computer.
    Classical,
}

impl Solver {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Solver::Quantum => "quantum",
            Solver::Classical => "classical",
        }
    }
}

/// What is known of the quantum side of a decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QuantumSide<'a> {
    /// A prediction.
    Predicted(&'a QuantumCost),
    /// No quantum solver applies: the matrix is singular to working precision.
    Singular {
        /// The smallest singular value.
        smallest_singular_value: f64,
    },
    /// It loses whatever the circuit is: a lower bound is longer than the classical time.
    AtLeast {
        /// Lower bound of the time, in seconds.
        seconds: f64,
        /// Lower bound of the condition number.
        condition_number: f64,
    },
}

/// Predicted seconds of both solvers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Predicted {
    /// Of the quantum solution; infinite (null in documents) if the device cannot do it.
    #[serde(serialize_with = "finite_or_null")]
    pub quantum: f64,
    /// Of the classical solution.
    #[serde(serialize_with = "finite_or_null")]
    pub classical: f64,
}

/// Where predicted seconds come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PredictedProvenance {
    /// Of the quantum solution; `None` if there is no prediction.
    pub quantum: Option<Provenance>,
    /// Of the classical solution.
    pub classical: Provenance,
}

/// Which solver does the work, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// The solver.
    pub decision: Solver,
    /// The reason in plain words, with the numbers.
    pub reason: String,
    /// Predicted seconds.
    pub predicted_seconds: Predicted,
    /// Where the predictions come from.
    pub provenance: PredictedProvenance,
    /// The classical solver that was predicted, the fastest of those that are modelled.
    pub classical_method: ClassicalMethod,
    /// Seconds of the quantum solution by component; `None` if there is no prediction.
    pub quantum_breakdown: Option<Breakdown>,
}

/// Decides. Between equal times the classical solver wins, and so it does for a singular matrix, whatever the mode:
/// it is the one that can report on it.
pub fn decide(quantum: QuantumSide<'_>, classical: &ClassicalCost, mode: Mode) -> Decision {
    let classical_seconds = classical.seconds;
    match quantum {
        QuantumSide::Singular { smallest_singular_value } => Decision {
            decision: Solver::Classical,
            reason: format!(
                "no quantum solver applies: the matrix is singular to working precision, \
                 sigma_min = {smallest_singular_value:.1e}; the classical solver will refuse it too, damping would help"
            ),
            predicted_seconds: Predicted { quantum: f64::INFINITY, classical: classical_seconds },
            provenance: PredictedProvenance { quantum: None, classical: classical.provenance },
            classical_method: classical.method,
            quantum_breakdown: None,
        },
        QuantumSide::AtLeast { seconds, condition_number } => Decision {
            decision: Solver::Classical,
            reason: format!(
                "the condition number is at least {condition_number:.1e}: sqrt(kappa)/2 queries of a single gate each would \
                 take {seconds:.1e} s already, the classical solver is predicted to take {classical_seconds:.1e} s ({}); \
                 nothing was compiled",
                classical.method.name()
            ),
            predicted_seconds: Predicted { quantum: seconds, classical: classical_seconds },
            provenance: PredictedProvenance {
                quantum: Some(Provenance::Bound),
                classical: classical.provenance,
            },
            classical_method: classical.method,
            quantum_breakdown: None,
        },
        QuantumSide::Predicted(cost) => {
            let faster = if cost.seconds < classical_seconds { Solver::Quantum } else { Solver::Classical };
            let comparison = comparison(cost, classical, faster);
            let (decision, reason) = match mode {
                Mode::Auto => (faster, comparison),
                Mode::Quantum => (Solver::Quantum, format!("quantum was asked for; {comparison}")),
                Mode::Classical => (Solver::Classical, format!("classical was asked for; {comparison}")),
            };
            Decision {
                decision,
                reason,
                predicted_seconds: Predicted { quantum: cost.seconds, classical: classical_seconds },
                provenance: PredictedProvenance {
                    quantum: Some(cost.provenance),
                    classical: classical.provenance,
                },
                classical_method: classical.method,
                quantum_breakdown: Some(cost.breakdown),
            }
        }
    }
}

/// Both times, and by how much one is shorter.
fn comparison(cost: &QuantumCost, classical: &ClassicalCost, faster: Solver) -> String {
    let (quantum_time, method) = (format!("{:.1e} s", cost.seconds), classical.method.name());
    let classical_time = format!("{:.1e} s ({method})", classical.seconds);
    if let Some(reason) = &cost.infeasible {
        return format!("the device cannot do it: {reason}; classical is predicted to take {classical_time}");
    }
    let ratio = (cost.seconds / classical.seconds).log10().abs();
    // A power of ten where that says something; below, the factor itself.
    let factor = if ratio >= 1.5 { format!("10^{ratio:.0}") } else { format!("{:.2}", 10f64.powf(ratio)) };
    let (short, long) = match faster {
        Solver::Quantum => (quantum_time, classical_time),
        Solver::Classical => (classical_time, quantum_time),
    };
    let (name, dominant) = (faster.name(), cost.breakdown.dominant());
    format!(
        "{name} wins by {factor}: predicted {short} against {long}; the quantum time is mostly {dominant}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Component;
    use crate::quantum_cost::Infeasible;

    const CLASSICAL: ClassicalCost = ClassicalCost {
        seconds: 3.4e-7,
        method: ClassicalMethod::Cholesky,
        provenance: Provenance::Empirical,
    };

    fn quantum(seconds: f64) -> QuantumCost {
        let mut breakdown = Breakdown::default();
        breakdown.set(Component::Gates, 0.1 * seconds);
        breakdown.set(Component::ReadOut, 0.9 * seconds);
        QuantumCost {
            seconds,
            breakdown,
            infeasible: None,
            circuit_uses: 1.0,
            fidelity: 1.0,
            code_distance: None,
            physical_qubits: 5.0,
            provenance: Provenance::Compiled,
        }
    }

    fn infeasible() -> QuantumCost {
        let reason = Infeasible::Qubits { needed: 200.0, available: 98 };
        QuantumCost { seconds: f64::INFINITY, infeasible: Some(reason), ..quantum(0.0) }
    }

    #[test]
    fn reasons_have_the_numbers() {
        let cases = [
            (quantum(210.0), Mode::Auto),
            (quantum(1e-9), Mode::Auto),
            (quantum(6.8e-7), Mode::Auto),
            (quantum(210.0), Mode::Quantum),
            (quantum(1e-9), Mode::Classical),
            (infeasible(), Mode::Auto),
            (infeasible(), Mode::Quantum),
        ];
        let mut reasons: Vec<String> = cases
            .iter()
            .map(|(cost, mode)| {
                let decision = decide(QuantumSide::Predicted(cost), &CLASSICAL, *mode);
                format!("{}: {}", decision.decision.name(), decision.reason)
            })
            .collect();
        let singular = QuantumSide::Singular { smallest_singular_value: 1.5e-17 };
        reasons.push(decide(singular, &CLASSICAL, Mode::Quantum).reason);
        insta::assert_snapshot!(reasons.join("\n"));
    }

    #[test]
    fn the_faster_solver_is_chosen_and_a_tie_is_classical() {
        let choice =
            |seconds| decide(QuantumSide::Predicted(&quantum(seconds)), &CLASSICAL, Mode::Auto).decision;
        assert_eq!(choice(3.3e-7), Solver::Quantum);
        assert_eq!(choice(3.4e-7), Solver::Classical);
        assert_eq!(choice(3.5e-7), Solver::Classical);
    }

    #[test]
    fn infinite_times_are_null_in_documents() {
        let decision = decide(QuantumSide::Predicted(&infeasible()), &CLASSICAL, Mode::Auto);
        let document = serde_json::to_value(&decision).unwrap();
        assert!(document["predicted_seconds"]["quantum"].is_null());
        assert_eq!(document["predicted_seconds"]["classical"], 3.4e-7);
        assert_eq!(document["decision"], "classical");
    }
}
