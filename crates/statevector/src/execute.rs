//! The interpreter: walks the hierarchy, maps local qubits to positions, and hands an engine what is to be done.

use crate::bits::{Condition, Scatter, reorder};
use crate::engine::Engine;
use crate::error::ExecutorError;
use crate::finality::for_each_qubit;
use crate::kernels::{Cycles, Diagonal, Lookup, Operator, Rotation};
use crate::measurement::Stream;
use crate::noise::Noise;
use crate::program::{Action, ArgumentsStep, CallStep, Kernel, Prepared, Program, Step};
use crate::real::Real;
use crate::resolved::{Placement, Resolved, ResolvedAction};
use crate::suspension::Suspended;
use crate::trail::Trail;
use num_complex::Complex64;
use qnewton_circuit::CircuitError;
use qnewton_core::Monitor;
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

/// Placements that one operation remembers.
const PLACEMENTS: usize = 16;

/// A run of a program.
pub(crate) struct Execution<'a, R: Real> {
    program: &'a Program<R>,
    engine: &'a mut (dyn Engine<R> + 'a),
    monitor: &'a dyn Monitor,
    random: Stream,
    /// Positions of the operands of all active calls, one after another.
    operands: Vec<u8>,
    /// Entry bits that the bits of all active calls stand for.
    bit_operands: Vec<u32>,
    /// Parameter values of all active calls.
    parameters: Vec<f64>,
    /// Positions of the qubits of the current operation.
    positions: Vec<u8>,
    placements: Vec<Vec<(Vec<u8>, Placed<R>)>>,
    bits: Vec<bool>,
    /// The factor e^(i phase) that all amplitudes still lack.
    phase: f64,
    kernels: u64,
    reported: u64,
    check_interval: u64,
    /// Whether measurements happen; otherwise they are left to the caller.
    measures: bool,
    noise: Option<&'a Noise>,
    trail: Trail,
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

/// Placements of the operations with tables.
#[derive(Clone)]
enum Placed<R: Real> {
    Rotation(Arc<Placement<Rotation<R>>>),
    Diagonal(Arc<Placement<Diagonal<R>>>),
    Permutation(Arc<Placement<Cycles>>),
    Constant(Arc<Placement<()>>),
    Lookup(Arc<Placement<Lookup>>),
}

/// A kind of table that placements remember.
trait PlacedTable<R: Real>: Sized {
    fn reordered(&self, order: &Scatter) -> Self;
    fn known(placed: &Placed<R>) -> Option<&Arc<Placement<Self>>>;
    fn place(placement: Arc<Placement<Self>>) -> Placed<R>;
}

macro_rules! placed_tables {
    ($($table:ty, $variant:ident, |$own:ident, $order:ident| $reordered:expr;)*) => {
        $(impl<R: Real> PlacedTable<R> for $table {
            fn reordered(&self, $order: &Scatter) -> Self {
                let $own = self;
                $reordered
            }

            fn known(placed: &Placed<R>) -> Option<&Arc<Placement<Self>>> {
                if let Placed::$variant(placement) = placed { Some(placement) } else { None }
            }

            fn place(placement: Arc<Placement<Self>>) -> Placed<R> {
                Placed::$variant(placement)
            }
        })*
    };
}

placed_tables! {
    Rotation<R>, Rotation, |own, order| Rotation::reordered(own, |k| order.get(k));
    Diagonal<R>, Diagonal, |own, order| Diagonal::reordered(own, |k| order.get(k));
    Lookup, Lookup, |own, order| Lookup::reordered(own, |k| order.get(k));
    Cycles, Permutation, |own, _order| own.clone();
    (), Constant, |_own, _order| ();
}

impl<'a, R: Real> Execution<'a, R> {
    /// A run on the amplitudes of `engine`, the entry's qubit 0 being at position `first`.
    pub(crate) fn new(
        program: &'a Program<R>,
        engine: &'a mut (dyn Engine<R> + 'a),
        first: u8,
        seed: u64,
        monitor: &'a dyn Monitor,
    ) -> Self {
        let check_interval = engine.kernels_between_checks();
        Execution {
            program,
            engine,
            monitor,
            random: Stream::new(seed),
            operands: (0..program.qubits as u8).map(|qubit| qubit + first).collect(),
            bit_operands: (0..program.bits as u32).collect(),
            parameters: Vec::new(),
            positions: Vec::new(),
            placements: (0..program.placed).map(|_| Vec::new()).collect(),
            bits: vec![false; program.bits],
            phase: 0.0,
            kernels: 0,
            reported: 0,
            check_interval,
            measures: true,
            noise: None,
            trail: Trail::default(),
        }
    }

    /// The same from where an earlier run was suspended, on the amplitudes that it had.
    pub(crate) fn resumed(self, from: Suspended) -> Self {
        Execution {
            random: Stream::after(from.seed, from.drawn),
            bits: from.bits,
            phase: from.phase,
            kernels: from.kernels,
            reported: from.kernels,
            trail: from.trail,
            ..self
        }
    }

    /// Where a cancelled run stands.
    pub(crate) fn suspended(self, seed: u64, parameters: Vec<f64>, total: u64) -> Suspended {
        let Execution { trail, bits, phase, kernels, random, .. } = self;
        Suspended { seed, parameters, trail, bits, phase, drawn: random.drawn(), kernels, total }
    }

    /// The same with noise after every kernel, for a program of gates.
    pub(crate) fn with_noise(self, noise: &'a Noise) -> Self {
        Execution { noise: Some(noise), ..self }
    }

    /// Runs the entry under a condition, with values for its parameters.
    pub(crate) fn run(&mut self, condition: Condition, parameters: &[f64]) -> Result<(), ExecutorError> {
        self.parameters.extend_from_slice(parameters);
        let entry = self.program.entry;
        self.monitor.check()?;
        self.body(Frame { body: entry, operands: 0, bits: 0, parameters: 0, inverse: false, condition })?;
        self.engine.flush();
        if self.phase != 0.0 {
            self.engine.turn(self.phase);
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

    pub(crate) fn into_bits_and_stream(self) -> (Vec<bool>, Stream) {
        (self.bits, self.random)
    }

    fn body(&mut self, frame: Frame) -> Result<(), ExecutorError> {
        let program = self.program;
        let steps = &program.bodies[frame.body].steps;
        let done = self.trail.enter() as usize;
        for number in done..steps.len() {
            let step = &steps[if frame.inverse { steps.len() - 1 - number } else { number }];
            let result = self.step(step, frame);
            self.trail.passed(number as u64, result)?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step<R>, frame: Frame) -> Result<(), ExecutorError> {
        match step {
            Step::Kernel(kernel) => {
                self.kernel(kernel, frame);
                if let Some(noise) = self.noise {
                    let mut positions = Vec::new();
                    for_each_qubit(kernel, |qubit| positions.push(self.position(frame, qubit)));
                    for (position, operator) in noise.draw(&positions, &mut self.random) {
                        self.single(Condition::default(), position, operator);
                    }
                }
                self.count()
            }
            Step::Call(call) => self.call(call, frame, frame.inverse),
            // All parts under the frame's condition: where it fails nothing happens either way, and fewer
            // amplitudes are touched.
            Step::Conjugate(parts) => {
                let (outer, inner) = parts.as_ref();
                for part in self.trail.enter()..3 {
                    let result = match part {
                        1 => self.call(inner, frame, frame.inverse),
                        _ => self.call(outer, frame, part == 2),
                    };
                    self.trail.passed(part, result)?;
                }
                Ok(())
            }
            _ if frame.inverse || frame.condition.mask != 0 => {
                // The verifier excludes this.
                Err(CircuitError::NotUnitary { definition: String::new() }.into())
            }
            Step::Conditional(parts) => {
                let (bits, call) = parts.as_ref();
                // The call may measure these bits anew: one that is resumed was begun because they held.
                let holds = self.trail.leads_on()
                    || bits.iter().all(|&(bit, value)| self.bits[self.bit(frame, bit)] == value);
                if holds { self.call(call, frame, false) } else { Ok(()) }
            }
            Step::Measure { qubit, bit } => {
                if self.measures {
                    let bit = self.bit(frame, *bit);
                    let outcome = self.measure(self.position(frame, *qubit));
                    self.bits[bit] =
                        self.noise.map_or(outcome, |noise| noise.read(outcome, &mut self.random));
                }
                self.count()
            }
            Step::Reset(qubit) => {
                let position = self.position(frame, *qubit);
                if self.measure(position) {
                    self.engine.flip(position);
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
        let done = self.trail.enter();
        match &call.arguments {
            ArgumentsStep::Fixed(angles) => {
                for angle in angles {
                    let value = angle.evaluate(&self.parameters[frame.parameters..callee.parameters]);
                    self.parameters.push(value);
                }
                for repetition in done..call.repetitions {
                    let result = self.body(callee);
                    self.trail.passed(repetition, result)?;
                }
            }
            ArgumentsStep::Rows(values, width) => {
                for repetition in done..call.repetitions {
                    let row = if callee.inverse { call.repetitions - 1 - repetition } else { repetition };
                    let start = row as usize * width;
                    self.parameters.truncate(callee.parameters);
                    self.parameters.extend_from_slice(&values[start..start + width]);
                    let result = self.body(callee);
                    self.trail.passed(repetition, result)?;
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
                self.push(condition, ResolvedAction::Swap([a, b]));
            }
            Action::Matrix { targets, entries } => {
                let targets = targets.iter().map(|&target| self.position(frame, target)).collect();
                let entries = if inverse { adjoint(entries) } else { Arc::clone(entries) };
                self.push(condition, ResolvedAction::Matrix { targets, entries });
            }
            Action::RotateZz { targets, angle } => {
                let [a, b] = targets.map(|target| self.position(frame, target));
                let angle = sign * angle.evaluate(&self.parameters[frame.parameters..]);
                self.turn(condition, -angle / 2.0);
                self.turn(condition.and(a, true).and(b, false), angle);
                self.turn(condition.and(a, false).and(b, true), angle);
            }
            Action::RotateXx { targets, angle } => {
                let targets = targets.map(|target| self.position(frame, target));
                let angle = sign * angle.evaluate(&self.parameters[frame.parameters..]);
                self.push(condition, ResolvedAction::RotateXx { targets, angle });
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
                let (axis, target) = (*axis, self.position(frame, *target));
                let placement = self.placement(prepared, selects, &[], frame);
                self.push(condition, ResolvedAction::Rotation { axis, target, placement, inverse });
            }
            Action::Diagonal { qubits, prepared } => {
                let placement = self.placement(prepared, qubits, &[], frame);
                self.push(condition, ResolvedAction::Diagonal { placement, inverse });
            }
            Action::Permutation { qubits, prepared } => {
                let placement = self.placement(prepared, &[], qubits, frame);
                self.push(condition, ResolvedAction::Permutation { placement, inverse });
            }
            Action::AddConstant { qubits, constant, prepared } => {
                let placement = self.placement(prepared, &[], qubits, frame);
                let constant = if inverse { constant.wrapping_neg() } else { *constant };
                self.push(condition, ResolvedAction::AddConstant { placement, constant });
            }
            Action::Lookup { address, target, relative_phase, prepared } => {
                let placement = self.placement(prepared, address, target, frame);
                let phase = relative_phase.then(|| Complex64::new(0.0, -sign));
                self.push(condition, ResolvedAction::Lookup { placement, phase });
            }
        }
    }

    #[inline(always)]
    fn push(&mut self, condition: Condition, action: ResolvedAction<R>) {
        self.engine.push(Resolved { condition, action });
    }

    /// A diagonal matrix without condition owes its first entry to the global phase.
    fn single(&mut self, condition: Condition, target: u8, operator: Operator) {
        match operator {
            Operator::Diagonal([low, high]) if condition.mask == 0 => {
                self.turn(condition, low.arg());
                self.push(condition.and(target, true), ResolvedAction::Scale(high * low.conj()));
            }
            Operator::Diagonal(entries) => {
                for (on, factor) in [false, true].into_iter().zip(entries) {
                    if factor != Complex64::new(1.0, 0.0) {
                        self.push(condition.and(target, on), ResolvedAction::Scale(factor));
                    }
                }
            }
            _ => self.push(condition, ResolvedAction::Single { target, operator }),
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
            self.push(condition, ResolvedAction::Scale(Complex64::from_polar(1.0, angle)));
        }
    }

    /// An operation's table at the positions of the qubits that select an entry (`gathered`) and of those that an
    /// entry changes (`scattered`); remembered from an earlier call at the same positions.
    fn placement<T: PlacedTable<R>>(
        &mut self,
        prepared: &Prepared<T>,
        gathered: &[u32],
        scattered: &[u32],
        frame: Frame,
    ) -> Arc<Placement<T>> {
        self.positions.clear();
        for &qubit in gathered.iter().chain(scattered) {
            self.positions.push(self.operands[frame.operands + qubit as usize]);
        }
        let known = &mut self.placements[prepared.place];
        let found = known.iter().find(|(positions, _)| *positions == self.positions);
        if let Some(placement) = found.and_then(|(_, placed)| T::known(placed)) {
            return Arc::clone(placement);
        }
        let (gathered, scattered) = self.positions.split_at(gathered.len());
        let table = match reorder(gathered) {
            None => Arc::clone(&prepared.table),
            Some(order) => Arc::new(prepared.table.reordered(&order)),
        };
        let mut selects = gathered.to_vec();
        selects.sort_unstable();
        let selects = selects.into_iter().zip(0..).collect();
        let placement = Arc::new(Placement::new(selects, scattered.to_vec(), table, self.engine.qubits()));
        if known.len() == PLACEMENTS {
            known.clear();
        }
        known.push((self.positions.clone(), T::place(Arc::clone(&placement))));
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
        self.engine.flush();
        let probability = self.engine.probability_of_one(position);
        let one = self.random.uniform() < probability;
        self.engine.collapse(position, one, if one { probability } else { 1.0 - probability });
        one
    }

    /// Counts a kernel; now and then executes what waits, reports progress, and asks whether to go on. Where that is
    /// does not depend on where the run began or on who watches it: what is executed together stays the same.
    fn count(&mut self) -> Result<(), ExecutorError> {
        self.kernels += 1;
        if self.kernels.is_multiple_of(self.check_interval) {
            self.engine.flush();
            let since = self.kernels - self.reported;
            self.reported = self.kernels;
            self.monitor.advance(since);
            self.monitor.check()?;
        }
        Ok(())
    }
}

fn adjoint(entries: &[Complex64]) -> Arc<[Complex64]> {
    let size = 1usize << (entries.len().trailing_zeros() / 2);
    (0..entries.len()).map(|k| entries[k % size * size + k / size].conj()).collect()
}
