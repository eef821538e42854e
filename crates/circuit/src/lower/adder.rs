//! Addition of a constant in the Fourier basis (Draper, quant-ph/0008033).

use super::multi_controlled::{Workspace, mcp};
use super::sink::Sink;
use crate::angle::Angle;
use crate::ids::QubitId;
use std::f64::consts::TAU;

/// |k> -> |k + constant mod 2^n> under `controls`: only the phases between the Fourier transforms are controlled.
pub(super) fn add_constant(
    sink: &mut impl Sink,
    qubits: &[QubitId],
    constant: u64,
    controls: &[QubitId],
    work: Workspace,
) {
    fourier(sink, qubits, false);
    for (position, &qubit) in qubits.iter().enumerate() {
        // After the transform without its final swaps, qubit p carries the phase of k / 2^(p + 1).
        let modulus = 2f64.powi(position as i32 + 1);
        let residue =
            if position >= 63 { constant as f64 } else { (constant % (1 << (position + 1))) as f64 };
        mcp(sink, &[controls, &[qubit]].concat(), &Angle::from(TAU * residue / modulus), work);
    }
    fourier(sink, qubits, true);
}

/// The quantum Fourier transform without the final swaps: qubit p ends as |0> + e^(2 pi i k / 2^(p+1)) |1>.
fn fourier(sink: &mut impl Sink, qubits: &[QubitId], inverse: bool) {
    let phase = |sink: &mut _, high: usize, low: usize| {
        let angle = TAU / 2f64.powi((high - low + 1) as i32);
        let angle = if inverse { -angle } else { angle };
        mcp(sink, &[qubits[low], qubits[high]], &angle.into(), Workspace::default());
    };
    if inverse {
        for (high, &qubit) in qubits.iter().enumerate() {
            (0..high).for_each(|low| phase(sink, high, low));
            sink.h(qubit);
        }
    } else {
        for (high, &qubit) in qubits.iter().enumerate().rev() {
            sink.h(qubit);
            (0..high).rev().for_each(|low| phase(sink, high, low));
        }
    }
}
