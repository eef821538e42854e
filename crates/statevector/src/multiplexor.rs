//! Multiplexed rotations recognised in flat files.
//!
//! Compilers write a multiplexed rotation as rotations of one qubit with controlled X gates on it in between (a Gray
//! code; Moettoenen et al., quant-ph/0404089). X turns a rotation around Y or Z round, so with the parity m_j of the
//! selects that have toggled the target before rotation j the run is the rotation by
//! `sum over j of (-1)^(m_j . x) theta_j` for the value x of the selects, followed by the toggles that are left:
//! one pass, whose angles come from a Walsh-Hadamard transform.

use qnewton_circuit::gate::Core;
use qnewton_circuit::table::walsh_hadamard_unnormalised;
use qnewton_circuit::{Axis, Definition, Gate, GateOperation, Operation, QubitId};

/// Rotations that make the table worth its time.
const ROTATIONS: usize = 4;

/// Selects at most.
const SELECTS: usize = 20;

/// Entries of the table per rotation, at most.
const ENTRIES_PER_ROTATION: usize = 64;

/// Gates on other qubits that a run may have in between.
const PASSED: usize = 64;

/// What a run of gates amounts to.
pub(crate) struct Multiplexor {
    /// Number of gates.
    pub(crate) gates: usize,
    /// Of these, the ones that have nothing to do with it and come before.
    pub(crate) passed: Vec<GateOperation>,
    pub(crate) axis: Axis,
    pub(crate) target: QubitId,
    /// Bit i of an angle's number belongs to `selects[i]`.
    pub(crate) selects: Vec<QubitId>,
    pub(crate) angles: Vec<f64>,
    /// Controls of X on the target after the rotation.
    pub(crate) toggles: Vec<QubitId>,
    pub(crate) global_phase: f64,
}

/// The multiplexed rotation with which `operations` begin, if there is one.
pub(crate) fn multiplexor(definition: &Definition, operations: &[Operation]) -> Option<Multiplexor> {
    let first = gate(operations.first()?)?;
    let (axis, ..) = rotation(definition, first)?;
    let target = first.qubits()[0];
    let mut selects: Vec<QubitId> = Vec::new();
    let (mut mask, mut global_phase) = (0usize, 0.0);
    let mut terms: Vec<(usize, f64)> = Vec::new();
    let (mut gates, mut passed) = (0, Vec::new());
    // Passed since the last gate of the run.
    let mut pending = 0;
    for (place, operation) in operations.iter().enumerate() {
        let Some(gate) = gate(operation) else { break };
        match *gate.qubits() {
            [control, toggled] if gate.gate == Gate::Cx && toggled == target => {
                let known = selects.iter().position(|&select| select == control);
                if known.is_none() && selects.len() == SELECTS {
                    break;
                }
                let bit = known.unwrap_or_else(|| {
                    selects.push(control);
                    selects.len() - 1
                });
                mask ^= 1 << bit;
            }
            [qubit] if qubit == target => match rotation(definition, gate) {
                Some((around, angle, phase)) if around == axis => {
                    terms.push((mask, angle));
                    global_phase += phase;
                }
                _ => break,
            },
            ref others => {
                // What concerns neither the target nor a select so far commutes with all that came before.
                if passed.len() == PASSED
                    || others.iter().any(|qubit| *qubit == target || selects.contains(qubit))
                {
                    break;
                }
                passed.push(*gate);
                pending += 1;
                continue;
            }
        }
        gates = place + 1;
        pending = 0;
    }
    passed.truncate(passed.len() - pending);
    let length = 1usize << selects.len();
    if terms.len() < ROTATIONS || length > ENTRIES_PER_ROTATION * terms.len() {
        return None;
    }
    let mut angles = vec![0.0; length];
    for (mask, angle) in terms {
        angles[mask] += angle;
    }
    walsh_hadamard_unnormalised(&mut angles);
    let toggles =
        (0..).zip(&selects).filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, &select)| select).collect();
    Some(Multiplexor { gates, passed, axis, target, selects, angles, toggles, global_phase })
}

fn gate(operation: &Operation) -> Option<&GateOperation> {
    if let Operation::Gate(gate) = operation { Some(gate) } else { None }
}

/// Axis, angle and global phase of a gate on one qubit that rotates around Y or Z by a known angle.
fn rotation(definition: &Definition, operation: &GateOperation) -> Option<(Axis, f64, f64)> {
    let gate = operation.gate;
    let angles = definition.literal_angles(operation.angles, gate.angles())?;
    match (gate, angles) {
        (Gate::Ry, &[angle]) => return Some((Axis::Y, angle, 0.0)),
        (Gate::Rz, &[angle]) => return Some((Axis::Z, angle, 0.0)),
        _ => {}
    }
    let info = gate.info();
    let Core::Single(core) = info.core else { return None };
    if info.controls > 0 {
        return None;
    }
    let [a, b, c, d] = core.matrix(angles)?;
    if b.norm_sqr() == 0.0 && c.norm_sqr() == 0.0 {
        return Some((Axis::Z, d.arg() - a.arg(), (d.arg() + a.arg()) / 2.0));
    }
    let real = [a, b, c, d].iter().all(|entry| entry.im == 0.0);
    (real && a == d && b == -c).then(|| (Axis::Y, 2.0 * c.re.atan2(a.re), 0.0))
}
