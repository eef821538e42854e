//! Whether a circuit's measurements can be postponed to its end.

use crate::program::{Action, CallStep, Kernel, Program, Step};
use crate::real::Real;

impl<R: Real> Program<R> {
    /// The classical bits that are measured, with their qubits, if no qubit is used after its measurement and
    /// nothing else is random: no condition, and no reset but of qubits that are still in |0>.
    pub(crate) fn final_measurements(&self) -> Option<Vec<(u32, u32)>> {
        let mut walk = Walk {
            program: self,
            used: vec![false; self.qubits],
            measured: vec![false; self.qubits],
            sources: vec![None; self.bits],
        };
        let (qubits, bits): (Vec<u32>, Vec<u32>) =
            ((0..self.qubits as u32).collect(), (0..self.bits as u32).collect());
        walk.body(self.entry, &qubits, &bits)?;
        let sources = walk.sources.into_iter().enumerate();
        Some(sources.filter_map(|(bit, source)| Some((bit as u32, source?))).collect())
    }
}

struct Walk<'a, R: Real> {
    program: &'a Program<R>,
    used: Vec<bool>,
    measured: Vec<bool>,
    /// The qubit whose outcome each bit holds.
    sources: Vec<Option<u32>>,
}

/// `None` once something stands in the way.
impl<R: Real> Walk<'_, R> {
    fn body(&mut self, body: usize, qubits: &[u32], bits: &[u32]) -> Option<()> {
        let program = self.program;
        program.bodies[body].steps.iter().try_for_each(|step| match step {
            Step::Kernel(kernel) => {
                let mut free = Some(());
                for_each_qubit(kernel, |qubit| free = free.and(self.touch(qubits[qubit as usize])));
                free
            }
            Step::Call(call) => self.call(call, qubits, bits),
            Step::Conjugate(parts) => {
                self.call(&parts.0, qubits, bits)?;
                self.call(&parts.1, qubits, bits)?;
                self.call(&parts.0, qubits, bits)
            }
            Step::Conditional(_) => None,
            Step::Measure { qubit, bit } => {
                let qubit = qubits[*qubit as usize];
                self.touch(qubit)?;
                self.measured[qubit as usize] = true;
                self.sources[bits[*bit as usize] as usize] = Some(qubit);
                Some(())
            }
            Step::Reset(qubit) => (!self.used[qubits[*qubit as usize] as usize]).then_some(()),
        })
    }

    fn call(&mut self, call: &CallStep, qubits: &[u32], bits: &[u32]) -> Option<()> {
        if call.repetitions == 0 {
            return Some(());
        }
        let operands: Vec<u32> = call.operands.iter().map(|&operand| qubits[operand as usize]).collect();
        if self.program.bodies[call.callee].unitary {
            let controls = call.controls.iter().map(|&(qubit, _)| qubits[qubit as usize]);
            return operands.iter().copied().chain(controls).try_for_each(|qubit| self.touch(qubit));
        }
        let bits: Vec<u32> = call.bits.iter().map(|&bit| bits[bit as usize]).collect();
        if call.repetitions == 1 { self.body(call.callee, &operands, &bits) } else { None }
    }

    fn touch(&mut self, qubit: u32) -> Option<()> {
        self.used[qubit as usize] = true;
        (!self.measured[qubit as usize]).then_some(())
    }
}

/// Visits the local qubits of a kernel, its controls included.
pub(crate) fn for_each_qubit<R: Real>(kernel: &Kernel<R>, mut visit: impl FnMut(u32)) {
    let mut all = |qubits: &[u32]| qubits.iter().for_each(|&qubit| visit(qubit));
    match &kernel.action {
        Action::Single { target, .. } | Action::Parametric { target, .. } => all(&[*target]),
        Action::Swap { targets } | Action::RotateZz { targets, .. } | Action::RotateXx { targets, .. } => {
            all(targets);
        }
        Action::Phase { .. } => {}
        Action::Matrix { targets, .. } => all(targets),
        Action::Rotation { selects, target, .. } => {
            all(selects);
            all(&[*target]);
        }
        Action::Diagonal { qubits, .. }
        | Action::Permutation { qubits, .. }
        | Action::AddConstant { qubits, .. } => all(qubits),
        Action::Reflection { qubits, signal, .. } => {
            all(qubits);
            all(signal.as_slice());
        }
        Action::Lookup { address, target, .. } => {
            all(address);
            all(target);
        }
    }
    kernel.controls.iter().for_each(|&(qubit, _)| visit(qubit));
}
