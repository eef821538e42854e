//! Operations on one qubit that follow one another are executed in one pass, each as if it were alone.

use crate::engine::{Direct, Engine};
use crate::kernels::{Chain, scaled};
use crate::real::Real;
use crate::resolved::{Resolved, ResolvedAction};
use crate::simd::Instructions;
use num_complex::Complex;

/// Operations in one pass at most: they stay in the first-level cache.
const LONGEST: usize = 1 << 8;

/// Amplitudes in the memory of this process.
pub(crate) struct Chained<'a, R: Real> {
    direct: Direct<'a, R>,
    instructions: Instructions,
    /// Operations that wait, each on `target` or multiplying by a number.
    waiting: Vec<Resolved<R>>,
    target: Option<u8>,
}

impl<'a, R: Real> Chained<'a, R> {
    /// An engine for a state.
    pub(crate) fn new(amplitudes: &'a mut [Complex<R>], instructions: Instructions) -> Self {
        let direct = Direct::new(amplitudes, instructions);
        Chained { direct, instructions, waiting: Vec::new(), target: None }
    }

    /// The waiting operations as one pass, if that is one.
    fn chain(&self) -> Option<Chain<R>> {
        let target = self.target.filter(|_| self.waiting.len() > 1)?;
        let mut chain = Chain::new(self.instructions, self.direct.qubits(), target)?;
        for operation in &self.waiting {
            let (condition, operator) = match operation.action {
                ResolvedAction::Single { operator, .. } => (operation.condition, operator),
                ResolvedAction::Scale(factor) => scaled(operation.condition, factor, target),
                _ => return None,
            };
            chain.push(condition, operator);
        }
        Some(chain)
    }
}

impl<R: Real> Engine<R> for Chained<'_, R> {
    fn qubits(&self) -> usize {
        self.direct.qubits()
    }

    fn push(&mut self, operation: Resolved<R>) {
        let target = match operation.action {
            ResolvedAction::Single { target, .. } => Some(target),
            ResolvedAction::Scale(_) => None,
            _ => {
                self.flush();
                return self.direct.push(operation);
            }
        };
        let other = target.is_some() && self.target.is_some() && target != self.target;
        if other || self.waiting.len() == LONGEST {
            self.flush();
        }
        self.target = self.target.or(target);
        self.waiting.push(operation);
    }

    fn flush(&mut self) {
        match self.chain() {
            Some(chain) => {
                self.direct.apply(&chain);
                self.waiting.clear();
            }
            None => self.waiting.drain(..).for_each(|operation| self.direct.push(operation)),
        }
        self.target = None;
    }

    fn kernels_between_checks(&self) -> u64 {
        self.direct.kernels_between_checks()
    }

    fn turn(&mut self, angle: f64) {
        self.flush();
        self.direct.turn(angle);
    }

    fn probability_of_one(&mut self, position: u8) -> f64 {
        self.flush();
        self.direct.probability_of_one(position)
    }

    fn collapse(&mut self, position: u8, one: bool, probability: f64) {
        self.flush();
        self.direct.collapse(position, one, probability);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::Condition;
    use crate::kernels::Operator;
    use crate::real::narrow;
    use num_complex::Complex64;
    use proptest::prelude::*;
    use qnewton_circuit::Gate;
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    fn operations<R: Real>(qubits: u8, target: u8, random: &mut Pcg64) -> Vec<Resolved<R>> {
        let operation = |random: &mut Pcg64| {
            let mut condition = Condition::default();
            for position in (0..qubits).filter(|&position| position != target) {
                if random.random_bool(0.15) {
                    condition = condition.and(position, random.random());
                }
            }
            let angle = random.random_range(-3.0..3.0);
            let matrix = |gate: Gate, angles: &[f64]| Operator::new(gate.matrix(angles).expect("a matrix"));
            let operator = match random.random_range(0..6) {
                0 => Operator::Flip,
                1 => matrix(Gate::Ry, &[angle]),
                2 => matrix(Gate::Rz, &[angle]),
                3 => matrix(Gate::U, &[angle, 1.0, angle]),
                _ => {
                    if random.random() {
                        condition = condition.and(target, random.random());
                    }
                    let factor = Complex64::from_polar(1.0, angle);
                    return Resolved { condition, action: ResolvedAction::Scale(factor) };
                }
            };
            Resolved { condition, action: ResolvedAction::Single { target, operator } }
        };
        (0..30).map(|_| operation(random)).collect()
    }

    fn check<R: Real>(seed: u64, qubits: u8) {
        let mut random = Pcg64::seed_from_u64(seed);
        let mut number = || random.random_range(-1.0..1.0);
        let amplitudes: Vec<Complex<R>> =
            (0..1 << qubits).map(|_| narrow(Complex64::new(number(), number()))).collect();
        let mut all = Vec::new();
        for _ in 0..3 {
            let target = random.random_range(0..qubits);
            all.extend(operations::<R>(qubits, target, &mut random));
        }
        for &instructions in Instructions::available() {
            let (mut expected, mut found) = (amplitudes.clone(), amplitudes.clone());
            let mut direct = Direct::new(&mut expected, instructions);
            all.iter().for_each(|operation| direct.push(operation.clone()));
            let mut chained = Chained::new(&mut found, instructions);
            all.iter().for_each(|operation| chained.push(operation.clone()));
            chained.flush();
            assert_eq!(found, expected, "{instructions:?}");
        }
    }

    proptest! {
        #[test]
        fn chains_give_the_amplitudes_of_single_operations(seed: u64, qubits in 1..9u8) {
            check::<f64>(seed, qubits);
            check::<f32>(seed, qubits);
        }
    }
}
