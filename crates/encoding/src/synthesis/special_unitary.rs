//! SU(2) as unit quaternions: w - i (x X + y Y + z Z).

use num_complex::Complex64;
use qnewton_circuit::Axis;
use std::ops::Mul;

/// The single-qubit gate w - i (x X + y Y + z Z) of determinant 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SpecialUnitary {
    pub(crate) w: f64,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) z: f64,
}

impl SpecialUnitary {
    pub(crate) const IDENTITY: SpecialUnitary = SpecialUnitary { w: 1.0, x: 0.0, y: 0.0, z: 0.0 };

    /// The gate in the direction of four numbers that are not all zero.
    pub(crate) fn from_direction([w, x, y, z]: [f64; 4]) -> Self {
        let norm = (w * w + x * x + y * y + z * z).sqrt();
        if norm == 0.0 {
            return Self::IDENTITY;
        }
        SpecialUnitary { w: w / norm, x: x / norm, y: y / norm, z: z / norm }
    }

    /// exp(-i angle/2 axis).
    pub(crate) fn rotation(axis: Axis, angle: f64) -> Self {
        let (sine, w) = (angle / 2.0).sin_cos();
        let along = |other: Axis| if axis == other { sine } else { 0.0 };
        SpecialUnitary { w, x: along(Axis::X), y: along(Axis::Y), z: along(Axis::Z) }
    }

    /// A gate that takes the first direction to the second one, both unit vectors of the Bloch sphere.
    pub(crate) fn between(from: [f64; 3], to: [f64; 3]) -> Self {
        let dot: f64 = from.iter().zip(&to).map(|(a, b)| a * b).sum();
        let cross = |a: [f64; 3], b: [f64; 3]| {
            [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
        };
        if dot >= 0.0 {
            let [x, y, z] = cross(from, to);
            return Self::from_direction([1.0 + dot, x, y, z]);
        }
        // Half a turn about a direction across the first one, then what is left, less than a quarter.
        let smallest = (0..3).min_by(|&a, &b| from[a].abs().total_cmp(&from[b].abs())).unwrap_or(0);
        let mut helper = [0.0; 3];
        helper[smallest] = 1.0;
        let [x, y, z] = cross(from, helper);
        Self::between(from.map(|entry| -entry), to) * Self::from_direction([0.0, x, y, z])
    }

    pub(crate) fn inverse(self) -> Self {
        SpecialUnitary { w: self.w, x: -self.x, y: -self.y, z: -self.z }
    }

    /// The angles (theta, phi, lambda) and the phase such that e^(i phase) u3(theta, phi, lambda) is the gate.
    pub(crate) fn u3(self) -> ([f64; 3], f64) {
        let (diagonal, off_diagonal) = (Complex64::new(self.w, -self.z), Complex64::new(self.y, -self.x));
        let theta = 2.0 * off_diagonal.norm().atan2(diagonal.norm());
        let (phase, other) = (diagonal.arg(), off_diagonal.arg());
        ([theta, other - phase, -other - phase], phase)
    }
}

impl Mul for SpecialUnitary {
    type Output = SpecialUnitary;

    fn mul(self, other: Self) -> Self {
        let (a, b) = (self, other);
        SpecialUnitary {
            w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
            x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
            y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
            z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use qnewton_circuit::Gate;

    pub(crate) fn special_unitaries() -> impl Strategy<Value = SpecialUnitary> {
        let generic =
            [-1.0..1.0f64, -1.0..1.0, -1.0..1.0, -1.0..1.0].prop_map(SpecialUnitary::from_direction);
        let special = proptest::sample::subsequence(vec![0, 1, 2, 3], 1..=2).prop_map(|places| {
            let mut direction = [0.0; 4];
            places.into_iter().enumerate().for_each(|(k, place)| direction[place] = 1.0 - 2.0 * k as f64);
            SpecialUnitary::from_direction(direction)
        });
        prop_oneof![3 => generic, 1 => special]
    }

    fn matrix(gate: SpecialUnitary) -> [Complex64; 4] {
        let (a, b) = (Complex64::new(gate.w, -gate.z), Complex64::new(gate.y, -gate.x));
        [a, -b.conj(), b, a.conj()]
    }

    fn distance(a: [Complex64; 4], b: [Complex64; 4]) -> f64 {
        a.iter().zip(&b).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn products_are_products_of_matrices(a in special_unitaries(), b in special_unitaries()) {
            let (l, r) = (matrix(a), matrix(b));
            let product = [l[0] * r[0] + l[1] * r[2], l[0] * r[1] + l[1] * r[3],
                           l[2] * r[0] + l[3] * r[2], l[2] * r[1] + l[3] * r[3]];
            prop_assert!(distance(matrix(a * b), product) < 1e-15);
            prop_assert!(distance(matrix(a * a.inverse()), matrix(SpecialUnitary::IDENTITY)) < 1e-15);
        }

        #[test]
        fn a_gate_is_its_u3_up_to_the_phase(gate in special_unitaries()) {
            let (angles, phase) = gate.u3();
            let factor = Complex64::from_polar(1.0, phase);
            let u3 = Gate::U3.matrix(&angles).unwrap().map(|entry| factor * entry);
            prop_assert!(distance(matrix(gate), u3) < 1e-15 * 4.0);
        }

        #[test]
        fn a_direction_is_taken_to_another(a in special_unitaries(), b in special_unitaries()) {
            // Directions as images of Z, opposite ones among them.
            let direction = |gate: SpecialUnitary| {
                let z = gate * SpecialUnitary { w: 0.0, x: 0.0, y: 0.0, z: 1.0 } * gate.inverse();
                [z.x, z.y, z.z]
            };
            let (from, to) = (direction(a), direction(b));
            let taken = SpecialUnitary::between(from, to);
            let [x, y, z] = from;
            let image = taken * SpecialUnitary { w: 0.0, x, y, z } * taken.inverse();
            let off = (image.x - to[0]).abs().max((image.y - to[1]).abs()).max((image.z - to[2]).abs());
            prop_assert!(off < 1e-14, "{off}");
        }
    }

    #[test]
    fn rotations_are_the_gates_of_that_name() {
        for axis in [Axis::X, Axis::Y, Axis::Z] {
            let gate = axis.rotation().matrix(&[0.7]).unwrap();
            assert!(distance(matrix(SpecialUnitary::rotation(axis, 0.7)), gate) < 1e-15);
        }
    }
}
