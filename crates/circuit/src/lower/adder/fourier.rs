//! Addition of constants in the Fourier basis (Draper, quant-ph/0008033).

use crate::ids::QubitId;
use crate::lower::multi_controlled::{Workspace, mcp, mcx};
use crate::lower::sink::Sink;
use std::f64::consts::TAU;

/// A constant and the qubits under whose control it is added.
pub(super) struct Addend<'a> {
    /// The bits, lowest first.
    pub(super) bits: Vec<bool>,
    /// The controls.
    pub(super) controls: &'a [QubitId],
}

/// Adds all addends: only the phases between the Fourier transforms are controlled.
pub(super) fn add<S: Sink>(sink: &mut S, qubits: &[QubitId], addends: &[Addend], work: Workspace) {
    fourier(sink, qubits, false);
    for addend in addends {
        // After the transform without its final swaps, qubit p carries the phase of k / 2^(p + 1).
        let mut fraction = 0.0;
        for (position, (&qubit, &bit)) in qubits.iter().zip(&addend.bits).enumerate() {
            fraction = (fraction + if bit { 1.0 } else { 0.0 }) / 2.0;
            if position == 0 {
                // The lowest qubit is not transformed: its sign would be this X.
                if bit {
                    mcx(sink, addend.controls, qubit, work);
                }
            } else if fraction != 0.0 {
                mcp(sink, &[addend.controls, &[qubit]].concat(), &(TAU * fraction).into(), work);
            }
        }
    }
    fourier(sink, qubits, true);
}

/// The quantum Fourier transform without the final swaps and without the last Hadamard gate: qubit p > 0 ends
/// as |0> + e^(2 pi i k / 2^(p+1)) |1>.
fn fourier(sink: &mut impl Sink, qubits: &[QubitId], inverse: bool) {
    let phase = |sink: &mut _, high: usize, low: usize| {
        let angle = TAU / 2f64.powi((high - low + 1) as i32);
        let angle = if inverse { -angle } else { angle };
        mcp(sink, &[qubits[low], qubits[high]], &angle.into(), Workspace::default());
    };
    if inverse {
        for (high, &qubit) in qubits.iter().enumerate().skip(1) {
            (0..high).for_each(|low| phase(sink, high, low));
            sink.h(qubit);
        }
    } else {
        for (high, &qubit) in qubits.iter().enumerate().skip(1).rev() {
            sink.h(qubit);
            (0..high).rev().for_each(|low| phase(sink, high, low));
        }
    }
}
