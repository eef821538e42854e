//! The interpreter: walks the hierarchy, maps local qubits to positions, and starts kernels.

use crate::bits::{Condition, Gather, Scatter, mask_of, reorder};
use crate::error::ExecutorError;
use crate::kernels::{
    Diagonal, Lookup, Operator, Rotation, add_constant, diagonal, exchange, lookup, permute, rotate,
    rotate_xx, scale, single,
};
use crate::measurement::{collapse, probability_of_one, uniform};
use crate::program::{Action, ArgumentsStep, CallStep, Kernel, Program, Step};
use crate::real::{Real, narrow};
use num_complex::{Complex, Complex64};
use qnewton_circuit::CircuitError;
use qnewton_core::Monitor;
use rand_pcg::Pcg64;
use std::f64::consts::{PI, TAU};
use std::rc::Rc;

/// The user is asked whether to stop every so many kernels on a small state, more often on a large one.
const KERNELS_BETWEEN_CHECKS: u64 = 1 << 12;
const AMPLITUDES_BETWEEN_CHECKS: usize = 1 << 24;

/// Placements that one operation remembers.
const PLACEMENTS: usize = 16;

/// A run of a program.
pub(crate) struct Execution<'a, R: Real> {
    program: &'a Program<R>,
    amplitudes: &'a mut [Complex<R>],
    monitor: &'a dyn Monitor,
    random: Pcg64,
    /// Positions of the operands of all active calls, one after another.
    operands: Vec<u8>,
    /// Entry bits that the bits of all active calls stand for.
    bit_operands: Vec<u32>,
    /// Parameter values of all active calls.
    parameters: Vec<f64>,
    /// Positions of the qubits of the current operation.
    positions: Vec<u8>,
    placements: Vec<Vec<Rc<Placement<R>>>>,
    bits: Vec<bool>,
    /// The factor e^(i phase) that all amplitudes still lack.
    phase: f64,
    kernels: u64,
    reported: u64,
    check_interval: u64,
    /// Whether measurements happen; otherwise they are left to the caller.
    measures: bool,
}

/// An active call: where its operands, bits and parameters start.
#[derive(Clone, Copy)]
struct Frame {
    body: usize,
    operands: usize,
    bits: usize,
    parameters: usize,
    inverse: bool,
    condition: Condition,
}

/// A table operation at certain positions.
struct Placement<R: Real> {
    positions: Vec<u8>,
    gather: Gather,
    scatter: Scatter,
    /// The table in the order of increasing positions, where that differs.
    table: Reordered<R>,
}

enum Reordered<R: Real> {
    No,
    Rotation(Rotation<R>),
    Diagonal(Diagonal<R>),
    Lookup(Lookup),
}

impl<'a, R: Real> Execution<'a, R> {
    /// A run on `amplitudes`, the entry's qubit 0 being at position `first`.
    pub(crate) fn new(
        program: &'a Program<R>,
        amplitudes: &'a mut [Complex<R>],
        first: u8,
        seed: u64,
        monitor: &'a dyn Monitor,
    ) -> Self {
        let interval = (AMPLITUDES_BETWEEN_CHECKS / amplitudes.len()) as u64;
        Execution {
            program,
            amplitudes,
            monitor,
            random: crate::measurement::generator(seed),
            operands: (0..program.qubits as u8).map(|qubit| qubit + first).collect(),
            bit_operands: (0..program.bits as u32).collect(),
            parameters: Vec::new(),
            positions: Vec::new(),
            placements: (0..program.placed).map(|_| Vec::new()).collect(),
            bits: vec![false; program.bits],
            phase: 0.0,
            kernels: 0,
            reported: 0,
            check_interval: interval.clamp(1, KERNELS_BETWEEN_CHECKS),
            measures: true,
        }
    }

    /// Runs the entry under a condition, with values for its parameters.
    pub(crate) fn run(&mut self, condition: Condition, parameters: &[f64]) -> Result<(), ExecutorError> {
        self.parameters.extend_from_slice(parameters);
        let entry = self.program.entry;
        self.monitor.check()?;
        self.body(Frame { body: entry, operands: 0, bits: 0, parameters: 0, inverse: false, condition })?;
        if self.phase != 0.0 {
            scale(self.amplitudes, Condition::default(), Complex64::from_polar(1.0, self.phase));
        }
        self.monitor.advance(self.program.bodies[entry].kernels.saturating_sub(self.reported));
        Ok(())
    }

    /// Runs the entry without its measurements, for a program whose measurements are final.
    pub(crate) fn run_unmeasured(&mut self, parameters: &[f64]) -> Result<(), ExecutorError> {
        self.measures = false;
        self.run(Condition::default(), parameters)
    }

    pub(crate) fn into_bits(self) -> Vec<bool> {
        self.bits
    }

    fn body(&mut self, frame: Frame) -> Result<(), ExecutorError> {
        let program = self.program;
        let steps = &program.bodies[frame.body].steps;
        if frame.inverse {
            steps.iter().rev().try_for_each(|step| self.step(step, frame))
        } else {
            steps.iter().try_for_each(|step| self.step(step, frame))
        }
    }

    fn step(&mut self, step: &Step<R>, frame: Frame) -> Result<(), ExecutorError> {
        match step {
            Step::Kernel(kernel) => {
                self.kernel(kernel, frame);
                self.count()
            }
            Step::Call(call) => self.call(call, frame, frame.inverse),
            // All parts under the frame's condition: where it fails nothing happens either way, and fewer
            // amplitudes are touched.
            Step::Conjugate(parts) => {
                self.call(&parts.0, frame, false)?;
                self.call(&parts.1, frame, frame.inverse)?;
                self.call(&parts.0, frame, true)
            }
            _ if frame.inverse || frame.condition.mask != 0 => {
                // The verifier excludes this.
                Err(CircuitError::NotUnitary { definition: String::new() }.into())
            }
            Step::Conditional(parts) => {
                let (bits, call) = parts.as_ref();
                let holds = bits.iter().all(|&(bit, value)| self.bits[self.bit(frame, bit)] == value);
                if holds { self.call(call, frame, false) } else { Ok(()) }
            }
            Step::Measure { qubit, bit } => {
                if self.measures {
                    let bit = self.bit(frame, *bit);
                    self.bits[bit] = self.measure(self.position(frame, *qubit));
                }
                self.count()
            }
            Step::Reset(qubit) => {
                let position = self.position(frame, *qubit);
                if self.measure(position) {
                    single(self.amplitudes, Condition::default(), position, Operator::Flip);
                }
                self.count()
            }
        }
    }

    fn call(&mut self, call: &CallStep, frame: Frame, inverted: bool) -> Result<(), ExecutorError> {
        let callee = Frame {
            body: call.callee,
            operands: self.operands.len(),
            bits: self.bit_operands.len(),
            parameters: self.parameters.len(),
            inverse: call.inverse != inverted,
            condition: self.condition(&call.controls, frame),
        };
        for &operand in &call.operands {
            self.operands.push(self.operands[frame.operands + operand as usize]);
        }
        for &bit in &call.bits {
            self.bit_operands.push(self.bit_operands[frame.bits + bit as usize]);
        }
        match &call.arguments {
            ArgumentsStep::Fixed(angles) => {
                for angle in angles {
                    let value = angle.evaluate(&self.parameters[frame.parameters..callee.parameters]);
                    self.parameters.push(value);
                }
                for _ in 0..call.repetitions {
                    self.body(callee)?;
                }
            }
            ArgumentsStep::Rows(values, width) => {
                for repetition in 0..call.repetitions {
                    let row = if callee.inverse { call.repetitions - 1 - repetition } else { repetition };
                    let start = row as usize * width;
                    self.parameters.truncate(callee.parameters);
                    self.parameters.extend_from_slice(&values[start..start + width]);
                    self.body(callee)?;
                }
            }
        }
        self.operands.truncate(callee.operands);
        self.bit_operands.truncate(callee.bits);
        self.parameters.truncate(callee.parameters);
        Ok(())
    }

    fn kernel(&mut self, kernel: &Kernel<R>, frame: Frame) {
        let condition = self.condition(&kernel.controls, frame);
        let inverse = kernel.inverse != frame.inverse;
        let sign = if inverse { -1.0 } else { 1.0 };
        match &kernel.action {
            Action::Single { target, operator } => {
                let operator = if inverse { operator.adjoint() } else { *operator };
                self.single(condition, self.position(frame, *target), operator);
            }
            Action::Parametric { target, gate, angles } => {
                let mut values = [0.0; 3];
                for (value, angle) in values.iter_mut().zip(angles) {
                    *value = angle.evaluate(&self.parameters[frame.parameters..]);
                }
                if let Some(matrix) = gate.matrix(&values[..angles.len()]) {
                    let operator = Operator::new(matrix);
                    let operator = if inverse { operator.adjoint() } else { operator };
                    self.single(condition, self.position(frame, *target), operator);
                }
            }
            Action::Swap { targets } => {
                let [a, b] = targets.map(|target| self.position(frame, target));
                exchange(self.amplitudes, condition, a, b);
            }
            Action::RotateZz { targets, angle } => {
                let [a, b] = targets.map(|target| self.position(frame, target));
                let angle = sign * angle.evaluate(&self.parameters[frame.parameters..]);
                self.turn(condition, -angle / 2.0);
                self.turn(condition.and(a, true).and(b, false), angle);
                self.turn(condition.and(a, false).and(b, true), angle);
            }
            Action::RotateXx { targets, angle } => {
                let [a, b] = targets.map(|target| self.position(frame, target));
                let angle = sign * angle.evaluate(&self.parameters[frame.parameters..]);
                rotate_xx(self.amplitudes, condition, a, b, angle);
            }
            Action::Phase { angle } => {
                self.turn(condition, sign * angle.evaluate(&self.parameters[frame.parameters..]));
            }
            Action::Reflection { qubits, signal, angle } => {
                let angle = sign * angle.evaluate(&self.parameters[frame.parameters..]);
                let zeros = qubits
                    .iter()
                    .fold(condition, |condition, &qubit| condition.and(self.position(frame, qubit), false));
                self.turn(condition, -angle);
                match signal.map(|signal| self.position(frame, signal)) {
                    None => self.turn(zeros, 2.0 * angle),
                    // Z on the signal is 1 up to the sign where the signal is |1>.
                    Some(signal) => {
                        self.turn(condition.and(signal, true), 2.0 * angle);
                        self.turn(zeros.and(signal, false), 2.0 * angle);
                        self.turn(zeros.and(signal, true), -2.0 * angle);
                    }
                }
            }
            Action::Rotation { axis, selects, target, prepared } => {
                let reorder =
                    |order: &Scatter| Reordered::Rotation(prepared.table.reordered(|k| order.get(k)));
                let placement = self.placement(prepared.place, selects, &[], frame, reorder);
                let table = match &placement.table {
                    Reordered::Rotation(table) => table,
                    _ => &prepared.table,
                };
                let (target, mask) = (self.position(frame, *target), mask_of(&placement.positions));
                let gather = &placement.gather;
                rotate(self.amplitudes, condition, target, *axis, mask, gather, table, inverse);
            }
            Action::Diagonal { qubits, prepared } => {
                let reorder =
                    |order: &Scatter| Reordered::Diagonal(prepared.table.reordered(|k| order.get(k)));
                let placement = self.placement(prepared.place, qubits, &[], frame, reorder);
                let table = match &placement.table {
                    Reordered::Diagonal(table) => table,
                    _ => &prepared.table,
                };
                let mask = mask_of(&placement.positions);
                diagonal(self.amplitudes, condition, mask, &placement.gather, table, inverse);
            }
            Action::Permutation { qubits, prepared } => {
                let placement = self.placement(prepared.place, &[], qubits, frame, |_| Reordered::No);
                let (own, scatter) = (mask_of(&placement.positions), &placement.scatter);
                permute(self.amplitudes, condition, own, scatter, &prepared.table, inverse);
            }
            Action::AddConstant { qubits, constant, place } => {
                let placement = self.placement(*place, &[], qubits, frame, |_| Reordered::No);
                let constant = if inverse { constant.wrapping_neg() } else { *constant };
                let (positions, scatter) = (&placement.positions, &placement.scatter);
                add_constant(self.amplitudes, condition, positions, scatter, constant);
            }
            Action::Lookup { address, target, relative_phase, prepared } => {
                let reorder = |order: &Scatter| Reordered::Lookup(prepared.table.reordered(|k| order.get(k)));
                let placement = self.placement(prepared.place, address, target, frame, reorder);
                let table = match &placement.table {
                    Reordered::Lookup(table) => table,
                    _ => &prepared.table,
                };
                let (address, target) = placement.positions.split_at(address.len());
                let (address, target) = (mask_of(address), mask_of(target));
                let phase = relative_phase.then(|| narrow(Complex64::new(0.0, -sign)));
                let (gather, scatter) = (&placement.gather, &placement.scatter);
                lookup(self.amplitudes, condition, address, target, gather, scatter, table, phase);
            }
        }
    }

    /// A diagonal matrix without condition owes its first entry to the global phase.
    fn single(&mut self, condition: Condition, target: u8, operator: Operator) {
        match operator {
            Operator::Diagonal([low, high]) if condition.mask == 0 => {
                self.turn(condition, low.arg());
                scale(self.amplitudes, condition.and(target, true), high * low.conj());
            }
            _ => single(self.amplitudes, condition, target, operator),
        }
    }

    /// Multiplies by e^(i angle) where the condition holds.
    fn turn(&mut self, condition: Condition, angle: f64) {
        if condition.mask == 0 {
            self.phase += angle;
            if self.phase.abs() > PI {
                self.phase -= TAU * (self.phase / TAU).round();
            }
        } else if angle != 0.0 {
            scale(self.amplitudes, condition, Complex64::from_polar(1.0, angle));
        }
    }

    /// Where an operation's table is, remembered from an earlier call at the same positions: `gathered` are
    /// the qubits that select an entry, `scattered` those that an entry changes.
    fn placement(
        &mut self,
        place: usize,
        gathered: &[u32],
        scattered: &[u32],
        frame: Frame,
        reordered: impl FnOnce(&Scatter) -> Reordered<R>,
    ) -> Rc<Placement<R>> {
        self.positions.clear();
        for &qubit in gathered.iter().chain(scattered) {
            self.positions.push(self.operands[frame.operands + qubit as usize]);
        }
        let known = &mut self.placements[place];
        if let Some(placement) = known.iter().find(|placement| placement.positions == self.positions) {
            return Rc::clone(placement);
        }
        let (gathered, scattered) = self.positions.split_at(gathered.len());
        let qubits = self.amplitudes.len().trailing_zeros() as usize;
        let placement = Rc::new(Placement {
            positions: self.positions.clone(),
            gather: Gather::new(mask_of(gathered), qubits),
            scatter: Scatter::new(scattered),
            table: reorder(gathered).map_or(Reordered::No, |order| reordered(&order)),
        });
        if known.len() == PLACEMENTS {
            known.clear();
        }
        known.push(Rc::clone(&placement));
        placement
    }

    #[inline(always)]
    fn position(&self, frame: Frame, qubit: u32) -> u8 {
        self.operands[frame.operands + qubit as usize]
    }

    fn bit(&self, frame: Frame, bit: u32) -> usize {
        self.bit_operands[frame.bits + bit as usize] as usize
    }

    fn condition(&self, controls: &[(u32, bool)], frame: Frame) -> Condition {
        controls
            .iter()
            .fold(frame.condition, |condition, &(qubit, on)| condition.and(self.position(frame, qubit), on))
    }

    fn measure(&mut self, position: u8) -> bool {
        let probability = probability_of_one(self.amplitudes, position);
        let one = uniform(&mut self.random) < probability;
        collapse(self.amplitudes, position, one, if one { probability } else { 1.0 - probability });
        one
    }

    /// Counts a kernel; now and then reports progress and asks whether to go on.
    fn count(&mut self) -> Result<(), ExecutorError> {
        self.kernels += 1;
        let since = self.kernels - self.reported;
        if since >= self.check_interval {
            self.reported = self.kernels;
            self.monitor.advance(since);
            self.monitor.check()?;
        }
        Ok(())
    }
}
