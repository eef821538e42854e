//! Terms as coordinates in the span of their strings: products of strings add masks, so a basis of r strings makes
//! 2^r, each one the product of those whose coordinate is 1. Selecting is one controlled string for each coordinate,
//! and a diagonal for what phases differ.

use super::{PauliString, Phased, push_controlled};
use qnewton_circuit::{AngleTable, Circuit, Definition, QubitId, Register, Structured};

/// A basis of strings.
pub(super) struct Span {
    n: usize,
    /// Masks (x below z), each with a bit that no other one has, its position, increasing.
    basis: Vec<(u32, u64)>,
}

impl Span {
    /// Of strings on n <= 32 qubits.
    pub(super) fn of(n: usize, strings: &[PauliString]) -> Self {
        let mut span = Span { n, basis: Vec::new() };
        for &string in strings {
            let mask = span.reduce(span.mask(string));
            if mask == 0 {
                continue;
            }
            let pivot = mask.ilog2();
            for (_, other) in &mut span.basis {
                if *other >> pivot & 1 == 1 {
                    *other ^= mask;
                }
            }
            span.basis.push((pivot, mask));
            if span.basis.len() == 2 * n {
                break;
            }
        }
        span.basis.sort_unstable();
        span
    }

    fn mask(&self, string: PauliString) -> u64 {
        string.x | string.z << self.n
    }

    fn string(&self, mask: u64) -> PauliString {
        PauliString { x: mask & ((1 << self.n) - 1), z: mask >> self.n }
    }

    /// What of a mask lies outside the span, as far as pivots show it.
    fn reduce(&self, mask: u64) -> u64 {
        let inside = self.basis.iter().filter(|(pivot, _)| mask >> pivot & 1 == 1);
        inside.fold(mask, |rest, (_, own)| rest ^ own)
    }

    /// Number of coordinates.
    pub(super) fn term_qubits(&self) -> usize {
        self.basis.len()
    }

    /// The coordinates of a string, if it is in the span.
    pub(super) fn coordinates(&self, string: PauliString) -> Option<usize> {
        let mask = self.mask(string);
        let bits = self.basis.iter().enumerate().map(|(bit, (pivot, _))| (mask >> pivot & 1) << bit);
        (self.reduce(mask) == 0).then(|| bits.sum::<u64>() as usize)
    }

    /// The strings of all coordinates, in order.
    pub(super) fn strings(&self) -> impl Iterator<Item = PauliString> + '_ {
        self.products().into_iter().map(|product| product.string)
    }

    /// The products of the basis strings whose coordinate is 1, the first one acting first.
    fn products(&self) -> Vec<Phased> {
        let mut products = vec![Phased::default()];
        for &(_, mask) in &self.basis {
            let last = Phased::plain(self.string(mask));
            for position in 0..products.len() {
                products.push(last.after(products[position]));
            }
        }
        products
    }

    /// Applies the string of the coordinates in `term` with the phase that it has in `phases`.
    pub(super) fn select(
        &self,
        circuit: &mut Circuit,
        definition: &mut Definition,
        system: &Register,
        term: &[QubitId],
        phases: &[f64],
        is_symbolic: bool,
    ) {
        let table = if is_symbolic {
            AngleTable::Symbolic { length: 1 << term.len() }
        } else {
            let products = self.products().into_iter();
            AngleTable::Dense(products.zip(phases).map(|(product, phase)| phase - product.phase).collect())
        };
        let phases = circuit.add_angles(table);
        definition.push_structured(Structured::Diagonal { qubits: term.to_vec(), phases });
        for (&(_, mask), &control) in self.basis.iter().zip(term) {
            push_controlled(definition, self.string(mask), control, system);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_and_strings_are_inverse_to_each_other() {
        let string = |x, z| PauliString { x, z };
        let span =
            Span::of(3, &[string(0b011, 0b100), string(0b110, 0b100), string(0b101, 0), string(0, 0b010)]);
        assert_eq!(span.term_qubits(), 3);
        for (coordinates, string) in span.strings().enumerate() {
            assert_eq!(span.coordinates(string), Some(coordinates));
        }
        assert!(span.coordinates(string(0b101, 0b010)).is_some());
        assert_eq!(span.coordinates(string(0b001, 0)), None);
    }
}
