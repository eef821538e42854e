//! Padding: indices from some point on that no shift reaches.
//!
//! A shift between x and x + 1 with either end in the padding is projected out: before the shift and after it, one of
//! the two ends is tested, always the upper or always the lower one. As the same test stands on both sides of what is
//! its own inverse, the whole is.

use super::adder::conjunction;
use qnewton_circuit::{Definition, Gate, QubitId, RegisterKind};

/// Indices from `from` on take part in no shift of distance 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Padding {
    /// The first such index, at least 2 and less than the dimension.
    pub from: u64,
    /// Whether the upper end of a pair is tested. The lower one also excludes the pair of the last and the first index.
    pub upper: bool,
}

impl Padding {
    /// The tested end is in the padding, or the other one, if it is at least this.
    fn threshold(self) -> u64 {
        if self.upper { self.from } else { self.from - 1 }
    }

    /// Bits below this one do not matter.
    pub(super) fn lowest_bit(self) -> usize {
        self.threshold().trailing_zeros() as usize
    }

    /// A definition with the registers `index` (the bits that matter), `direction` and `overflow` that toggles the
    /// latter, up to signs where it is 1, if the direction is 1 and the index at least the threshold.
    pub(super) fn mark(self, name: &str, system_qubits: usize) -> Definition {
        let low = self.lowest_bit();
        let bits = system_qubits - low;
        let mut definition = Definition::new(name);
        let index: Vec<QubitId> = definition.add_register("index", bits).qubits().collect();
        let direction = definition.add_register("direction", 1).qubit(0);
        let overflow = definition.add_register("overflow", 1).qubit(0);
        let mut reached = vec![index[0]];
        if bits > 1 {
            reached
                .extend(definition.add_register_of("reached", bits - 1, RegisterKind::CleanAncilla).qubits());
        }
        // Whether the bits up to this one reach those of the threshold: with a 1 there the index needs a 1 and the bits
        // below must reach theirs, with a 0 either will do, by De Morgan's law.
        let is_one = |bit: usize| self.threshold() >> (low + bit) & 1 == 1;
        let flip = |definition: &mut Definition, bit: usize, qubits: &[QubitId]| {
            if !is_one(bit) {
                qubits.iter().for_each(|&qubit| definition.gate(Gate::X, &[qubit], &[]));
            }
        };
        for bit in 1..bits {
            let inputs = [index[bit], reached[bit - 1]];
            flip(&mut definition, bit, &inputs);
            conjunction(&mut definition, inputs[0], inputs[1], reached[bit]);
            flip(&mut definition, bit, &[inputs[0], inputs[1], reached[bit]]);
        }
        conjunction(&mut definition, direction, reached[bits - 1], overflow);
        for bit in (1..bits).rev() {
            let inputs = [index[bit], reached[bit - 1]];
            flip(&mut definition, bit, &[inputs[0], inputs[1], reached[bit]]);
            conjunction(&mut definition, inputs[0], inputs[1], reached[bit]);
            flip(&mut definition, bit, &inputs);
        }
        definition
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qnewton_circuit::Circuit;
    use qnewton_statevector::full_block;

    #[test]
    fn indices_from_the_threshold_on_are_marked() {
        for (from, upper) in (2..16).flat_map(|from| [(from, false), (from, true)]) {
            let padding = Padding { from, upper };
            let definition = padding.mark("mark", 4);
            let operands: Vec<QubitId> = (0..definition.operand_count() as u32).map(QubitId).collect();
            let mut circuit = Circuit::new();
            circuit.add(definition);
            let low = padding.lowest_bit();
            let bits = 4 - low;
            // With the overflow at 0.
            for (input, column) in full_block(&circuit, &operands).unwrap().iter().enumerate().take(2 << bits)
            {
                let (index, direction) = ((input % (1 << bits)) << low, input >> bits);
                let marked = direction == 1 && index as u64 >= padding.threshold();
                let output = input | usize::from(marked) << (bits + 1);
                assert!((column[output] - 1.0).norm() < 1e-12, "{padding:?} {input}");
            }
        }
    }
}
