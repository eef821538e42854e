//! Where lowered gates go: into a definition, or into a count.

use crate::angle::Angle;
use crate::count::{Counts, Kind};
use crate::definition::Definition;
use crate::gate::Gate;
use crate::ids::QubitId;

/// Receives the gates of a lowering, so that building and costing share one code path.
pub(crate) trait Sink {
    fn push(&mut self, gate: Gate, qubits: &[QubitId], angles: &[Angle]);
    fn phase(&mut self, angle: &Angle);

    fn x(&mut self, qubit: QubitId) {
        self.push(Gate::X, &[qubit], &[]);
    }
    fn h(&mut self, qubit: QubitId) {
        self.push(Gate::H, &[qubit], &[]);
    }
    fn cx(&mut self, control: QubitId, target: QubitId) {
        self.push(Gate::Cx, &[control, target], &[]);
    }
    fn p(&mut self, angle: Angle, qubit: QubitId) {
        self.push(Gate::P, &[qubit], &[angle]);
    }
    fn ry(&mut self, angle: impl Into<Angle>, qubit: QubitId) {
        self.push(Gate::Ry, &[qubit], &[angle.into()]);
    }
    fn rz(&mut self, angle: Angle, qubit: QubitId) {
        self.push(Gate::Rz, &[qubit], &[angle]);
    }
}

impl Sink for Definition {
    fn push(&mut self, gate: Gate, qubits: &[QubitId], angles: &[Angle]) {
        self.gate_with(gate, qubits, angles);
    }
    fn phase(&mut self, angle: &Angle) {
        self.global_phase(angle);
    }
}

impl Sink for Counts {
    fn push(&mut self, gate: Gate, _qubits: &[QubitId], _angles: &[Angle]) {
        self.add(Kind::Gate(gate), 1);
    }
    fn phase(&mut self, _angle: &Angle) {}
}
