//! The pass `basis`: single-qubit gates become gates of the target basis; literal runs are merged first.

use crate::angle::Angle;
use crate::circuit::Circuit;
use crate::definition::Definition;
use crate::error::CircuitError;
use crate::gate::{Gate, Matrix2};
use crate::ids::QubitId;
use crate::operation::{Call, Operation};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI, TAU};

/// A set of gates that circuits can be lowered to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Basis {
    /// `u3` and `cx`.
    #[default]
    U3Cx,
    /// `rz`, `sx`, `x` and `cx`.
    RzSxXCx,
}

impl Basis {
    /// All bases.
    pub const ALL: &'static [Basis] = &[Basis::U3Cx, Basis::RzSxXCx];

    /// The gates' names, separated by commas, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Basis::U3Cx => "u3,cx",
            Basis::RzSxXCx => "rz,sx,x,cx",
        }
    }

    /// The basis of that name.
    pub fn from_name(name: &str) -> Option<Basis> {
        Basis::ALL.iter().copied().find(|basis| basis.name() == name)
    }

    /// The gates.
    pub fn gates(self) -> &'static [Gate] {
        match self {
            Basis::U3Cx => &[Gate::U3, Gate::Cx],
            Basis::RzSxXCx => &[Gate::Rz, Gate::Sx, Gate::X, Gate::Cx],
        }
    }

    /// Whether the inverse of each gate is in the basis.
    pub fn is_closed_under_inversion(self) -> bool {
        self == Basis::U3Cx
    }
}

/// Angles and matrix entries below this are zero: rounding of a merge, far below every error bound.
const ROUNDING: f64 = 1e-15;

/// Brings a circuit of single-qubit gates and `cx` to `basis`. Runs of literal single-qubit gates on a qubit
/// become one gate, or none where they cancel.
pub fn to_basis(circuit: &Circuit, basis: Basis) -> Result<Circuit, CircuitError> {
    let mut result = Circuit::new();
    for table in circuit.tables() {
        result.add_table(table.clone());
    }
    for definition in circuit.definitions() {
        let mut writer = Writer {
            basis,
            target: definition.same_signature(),
            pending: vec![Pending::Nothing; definition.qubit_count()],
            phase: 0.0,
        };
        for (position, &operation) in definition.operations().iter().enumerate() {
            writer.operation(definition, position, operation)?;
        }
        result.add(writer.finish());
    }
    result.set_entry(circuit.entry_id()?);
    Ok(result)
}

/// Literal single-qubit gates on a qubit that are not yet written.
#[derive(Clone, Copy)]
enum Pending {
    Nothing,
    /// A single gate, whose angles are kept as they are.
    One(Gate, [f64; 3]),
    /// The product of several.
    Product(Matrix2),
}

struct Writer {
    basis: Basis,
    target: Definition,
    pending: Vec<Pending>,
    phase: f64,
}

impl Writer {
    fn operation(
        &mut self,
        source: &Definition,
        position: usize,
        operation: Operation,
    ) -> Result<(), CircuitError> {
        match operation {
            Operation::Gate(gate) if gate.gate == Gate::Cx => {
                gate.qubits().iter().for_each(|&qubit| self.flush(qubit));
                self.target.copy_operation(source, operation);
            }
            Operation::Gate(gate) if gate.gate.qubits() == 1 => {
                let qubit = gate.qubits()[0];
                match source.literal_angles(gate.angles, gate.gate.angles()) {
                    Some(angles) => self.merge(qubit, gate.gate, angles),
                    None => {
                        self.flush(qubit);
                        let angles = source.angles(gate.angles, gate.gate.angles());
                        self.parametric(qubit, gate.gate, &angles);
                    }
                }
            }
            Operation::Gate(_) | Operation::Structured(_) | Operation::Conjugate(_) => {
                return Err(CircuitError::Malformed {
                    definition: source.name.clone(),
                    operation: position,
                    problem: "structures and gates on several qubits must be lowered before the basis"
                        .to_string(),
                });
            }
            Operation::Call(call) => {
                let operands: Vec<QubitId> = source.calls(call).operands.clone();
                operands.into_iter().for_each(|qubit| self.flush(qubit));
                self.target.copy_operation(source, operation);
            }
            Operation::Conditional(conditional) => {
                let call: &Call = &source.conditionals(conditional).call;
                call.operands.clone().into_iter().for_each(|qubit| self.flush(qubit));
                self.target.copy_operation(source, operation);
            }
            Operation::Measure { qubit, .. } | Operation::Reset(qubit) => {
                self.flush(qubit);
                self.target.copy_operation(source, operation);
            }
            Operation::Barrier(barrier) => {
                source.barriers(barrier).iter().for_each(|&qubit| self.flush(qubit));
                self.target.copy_operation(source, operation);
            }
            Operation::GlobalPhase(_) => self.target.copy_operation(source, operation),
        }
        Ok(())
    }

    fn finish(mut self) -> Definition {
        (0..self.pending.len()).for_each(|qubit| self.flush(QubitId::from_index(qubit)));
        if self.phase.rem_euclid(TAU) != 0.0 {
            self.target.global_phase(&self.phase.into());
        }
        self.target
    }

    fn merge(&mut self, qubit: QubitId, gate: Gate, angles: &[f64]) {
        let Some(matrix) = gate.matrix(angles) else { return };
        let pending = &mut self.pending[qubit.index()];
        *pending = match *pending {
            Pending::Nothing => {
                let mut all = [0.0; 3];
                all[..angles.len()].copy_from_slice(angles);
                Pending::One(gate, all)
            }
            Pending::One(first, all) => match first.matrix(&all[..first.angles()]) {
                Some(before) => Pending::Product(product(&matrix, &before)),
                None => return,
            },
            Pending::Product(before) => Pending::Product(product(&matrix, &before)),
        };
    }

    fn flush(&mut self, qubit: QubitId) {
        match std::mem::replace(&mut self.pending[qubit.index()], Pending::Nothing) {
            Pending::Nothing => {}
            Pending::One(gate, angles) => {
                let (euler, phase) = named_euler(gate, &angles).unwrap_or_else(|| {
                    gate.matrix(&angles[..gate.angles()]).map_or(([0.0; 3], 0.0), |matrix| euler_of(&matrix))
                });
                self.phase += phase;
                self.literal(qubit, euler);
            }
            Pending::Product(matrix) => {
                let (euler, phase) = euler_of(&matrix);
                self.phase += phase;
                self.literal(qubit, euler);
            }
        }
    }

    /// Writes u3(theta, phi, lambda).
    fn literal(&mut self, qubit: QubitId, [theta, phi, lambda]: [f64; 3]) {
        let is_zero = |angle: f64| {
            let rest = angle.rem_euclid(TAU);
            rest.min(TAU - rest) < ROUNDING
        };
        if theta == 0.0 && is_zero(phi + lambda) {
            return;
        }
        match self.basis {
            Basis::U3Cx => self.target.gate(Gate::U3, &[qubit], &[theta, phi, lambda]),
            Basis::RzSxXCx => {
                let mut rz = |target: &mut Definition, angle: f64| {
                    let angle = wrap(angle);
                    if is_zero(angle) {
                        return;
                    }
                    target.gate(Gate::Rz, &[qubit], &[angle]);
                    // p(angle) = e^(i angle/2) rz(angle): phases are counted in terms of p.
                    self.phase += angle / 2.0;
                };
                let target = &mut self.target;
                if theta == 0.0 {
                    rz(target, phi + lambda);
                } else if (theta.abs() - PI).abs() < ROUNDING {
                    // u3(pi, phi, lambda) = p(phi) X p(lambda + pi); u3(-pi, ...) = -u3(pi, ...) in its off-diagonals.
                    let flip = if theta > 0.0 { 0.0 } else { PI };
                    rz(target, lambda + PI + flip);
                    target.gate(Gate::X, &[qubit], &[]);
                    rz(target, phi + flip);
                } else if (theta - FRAC_PI_2).abs() < ROUNDING {
                    // u3(pi/2, phi, lambda) = e^(-i pi/4) p(phi + pi/2) sx p(lambda - pi/2).
                    rz(target, lambda - FRAC_PI_2);
                    target.gate(Gate::Sx, &[qubit], &[]);
                    rz(target, phi + FRAC_PI_2);
                    self.phase -= FRAC_PI_4;
                } else {
                    // u3(theta, phi, lambda) = -i e^(-i theta/2) p(phi + pi) sx p(theta + pi) sx p(lambda).
                    rz(target, lambda);
                    target.gate(Gate::Sx, &[qubit], &[]);
                    rz(target, theta + PI);
                    target.gate(Gate::Sx, &[qubit], &[]);
                    rz(target, phi + PI);
                    self.phase -= theta / 2.0 + FRAC_PI_2;
                }
            }
        }
    }

    /// A gate whose angles depend on parameters.
    fn parametric(&mut self, qubit: QubitId, gate: Gate, angles: &[Angle]) {
        let zero = Angle::default();
        let constant = |x: f64| Angle::from(x);
        // As e^(i phase) u3(theta, phi, lambda).
        let (theta, phi, lambda, phase) = match gate {
            Gate::Ry => (angles[0].clone(), zero.clone(), zero.clone(), zero),
            Gate::Rx => (angles[0].clone(), constant(-FRAC_PI_2), constant(FRAC_PI_2), zero),
            Gate::Rz => (zero.clone(), zero, angles[0].clone(), angles[0].scaled(-0.5)),
            Gate::U2 => (constant(FRAC_PI_2), angles[0].clone(), angles[1].clone(), zero),
            Gate::U3 | Gate::U => (angles[0].clone(), angles[1].clone(), angles[2].clone(), zero),
            _ => (zero.clone(), zero.clone(), angles.first().cloned().unwrap_or_default(), zero),
        };
        let mut total = phase;
        match self.basis {
            Basis::U3Cx => self.target.gate_with(Gate::U3, &[qubit], &[theta, phi, lambda]),
            Basis::RzSxXCx => {
                let mut p = |target: &mut Definition, angle: Angle| {
                    total = total.plus(&angle.scaled(0.5));
                    target.gate_with(Gate::Rz, &[qubit], &[angle]);
                };
                let pi = Angle::from(PI);
                if theta == Angle::default() {
                    p(&mut self.target, phi.plus(&lambda));
                } else {
                    p(&mut self.target, lambda);
                    self.target.gate(Gate::Sx, &[qubit], &[]);
                    p(&mut self.target, theta.plus(&pi));
                    self.target.gate(Gate::Sx, &[qubit], &[]);
                    p(&mut self.target, phi.plus(&pi));
                    total = total.plus(&theta.scaled(-0.5)).plus(&Angle::from(-FRAC_PI_2));
                }
            }
        }
        if total != Angle::default() {
            self.target.global_phase(&total);
        }
    }
}

/// The angle in (-pi, pi].
fn wrap(angle: f64) -> f64 {
    if angle.abs() <= PI { angle } else { angle - TAU * (angle / TAU).round() }
}

fn product(a: &Matrix2, b: &Matrix2) -> Matrix2 {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
    ]
}

/// A gate as e^(i phase) u3(angles), with the angles it has by name rather than by rounding; else `None`.
fn named_euler(gate: Gate, angles: &[f64; 3]) -> Option<([f64; 3], f64)> {
    Some(match gate {
        Gate::I => ([0.0; 3], 0.0),
        Gate::X => ([PI, 0.0, PI], 0.0),
        Gate::Y => ([PI, FRAC_PI_2, FRAC_PI_2], 0.0),
        Gate::Z => ([0.0, 0.0, PI], 0.0),
        Gate::H => ([FRAC_PI_2, 0.0, PI], 0.0),
        Gate::P | Gate::U1 => ([0.0, 0.0, angles[0]], 0.0),
        Gate::Ry => ([angles[0], 0.0, 0.0], 0.0),
        Gate::Rz => ([0.0, 0.0, angles[0]], -angles[0] / 2.0),
        Gate::Rx => ([angles[0], -FRAC_PI_2, FRAC_PI_2], 0.0),
        Gate::U3 | Gate::U => (*angles, 0.0),
        _ => return None,
    })
}

/// Angles (theta, phi, lambda) with theta in \[0, pi\] and a phase such that e^(i phase) u3 is the matrix.
fn euler_of(matrix: &Matrix2) -> ([f64; 3], f64) {
    let [a, b, c, d] = *matrix;
    let theta = 2.0 * c.norm().atan2(a.norm());
    let (theta, phi, lambda, phase) = if c.norm() < ROUNDING {
        (0.0, 0.0, (d * a.conj()).arg(), a.arg())
    } else if a.norm() < ROUNDING {
        // Real where possible: phi = 0 keeps x and its kin readable.
        (PI, 0.0, (-b * c.conj()).arg(), c.arg())
    } else {
        (theta, (c * a.conj()).arg(), (-b * a.conj()).arg(), a.arg())
    };
    let snap = |angle: f64| if angle.abs() < ROUNDING { 0.0 } else { angle };
    (([theta, snap(phi), snap(lambda)]), snap(phase))
}

/// The product e^(i phase) u3(angles), for tests.
#[cfg(test)]
fn u3_with_phase(euler: [f64; 3], phase: f64) -> Option<Matrix2> {
    let factor = num_complex::Complex64::from_polar(1.0, phase);
    Gate::U3.matrix(&euler).map(|matrix| matrix.map(|entry| factor * entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_qubit_gate_is_its_euler_form() {
        for &gate in Gate::ALL.iter().filter(|gate| gate.qubits() == 1) {
            let angles = [0.7, -1.3, 2.1];
            let matrix = gate.matrix(&angles[..gate.angles()]).unwrap();
            let mut forms = vec![euler_of(&matrix)];
            forms.extend(named_euler(gate, &angles));
            for (euler, phase) in forms {
                let again = u3_with_phase(euler, phase).unwrap();
                let distance = (0..4).map(|k| (again[k] - matrix[k]).norm()).fold(0.0, f64::max);
                assert!(distance < 1e-14, "{} {distance}", gate.name());
            }
        }
    }
}
