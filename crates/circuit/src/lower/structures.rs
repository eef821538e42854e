//! The pass `structures`: every structured operation and every multi-qubit gate becomes single-qubit gates and `cx`.

use super::multi_controlled::{
    Workspace, controlled_gate, controlled_rz, mcp, mcx_cost, relative_phase_mcx, with_polarity,
};
use super::multiplexed::{diagonal_walk, parity_walk};
use super::sink::Sink;
use super::{adder, lookup, permutation};
use crate::angle::Angle;
use crate::circuit::Circuit;
use crate::count::{Counts, Kind};
use crate::error::CircuitError;
use crate::gate::Gate;
use crate::ids::QubitId;
use crate::operation::{Control, Operation, StructuredOperation};
use crate::structured::{Axis, Structured};
use crate::table::walsh_hadamard;

/// Lowers structured operations, controlled or not, and standard gates on several qubits.
///
/// With `elide`, rotations by zero and the gates that cancel with them are left out; without, the number of
/// gates depends on sizes only and equals [`crate::cost`].
pub fn lower_structures(circuit: &Circuit, elide: bool) -> Result<Circuit, CircuitError> {
    let mut result = Circuit::new();
    for table in circuit.tables() {
        result.add_table(table.clone());
    }
    for definition in circuit.definitions() {
        let mut lowered = definition.same_signature();
        for &operation in definition.operations() {
            match operation {
                Operation::Structured(position) => {
                    lower_one(circuit, definition.structured(position), &mut lowered, elide)?;
                }
                Operation::Gate(gate) if gate.gate.qubits() > 1 && gate.gate != Gate::Cx => {
                    let angles = definition.angles(gate.angles, gate.gate.angles());
                    controlled_gate(
                        &mut lowered,
                        &[],
                        gate.gate,
                        gate.qubits(),
                        &angles,
                        Workspace::default(),
                    );
                }
                _ => lowered.copy_operation(definition, operation),
            }
        }
        result.add(lowered);
    }
    result.set_entry(circuit.entry_id()?);
    Ok(result)
}

fn lower_one(
    circuit: &Circuit,
    operation: &StructuredOperation,
    sink: &mut impl Sink,
    elide: bool,
) -> Result<(), CircuitError> {
    let work = Workspace { clean: &operation.clean, dirty: &operation.dirty };
    let controls = &operation.controls;
    let sign = if operation.inverse { -1.0 } else { 1.0 };
    match &operation.kind {
        Structured::Gate { gate, qubits, angles } => {
            let (gate, angles) =
                if operation.inverse { inverse_gate(*gate, angles) } else { (*gate, angles.clone()) };
            with_polarity(sink, controls, |sink, controls| {
                controlled_gate(sink, controls, gate, qubits, &angles, work);
            });
        }
        Structured::MultiplexedRotation { axis, selects, target, angles } => {
            let mut values = circuit.angles(*angles)?.to_dense()?.into_owned();
            values.iter_mut().for_each(|value| *value *= sign);
            multiplexed_rotation(sink, *axis, selects, *target, values, controls, work, elide);
        }
        Structured::Diagonal { qubits, phases } => {
            let values = circuit.angles(*phases)?.to_dense()?;
            let values: Vec<f64> = values.iter().map(|value| sign * value).collect();
            let mut walsh = embed(&values, qubits.len(), controls, 0.0)?;
            walsh_hadamard(&mut walsh);
            let all = join(qubits, controls);
            let mean = diagonal_walk(sink, &all, &walsh, elide);
            sink.phase(&mean.into());
        }
        Structured::Permutation { qubits, images } => {
            let images = circuit.indices(*images)?.values()?;
            if operation.inverse {
                permutation::permutation(sink, qubits, &permutation::inverse(images), controls, work);
            } else {
                permutation::permutation(sink, qubits, images, controls, work);
            }
        }
        Structured::StatePreparation { qubits, amplitudes } => {
            let tree = state_preparation_angles(&circuit.angles(*amplitudes)?.to_dense()?);
            let stage = |sink: &mut _, level: usize| {
                let position = qubits.len() - 1 - level;
                let values = tree[level].iter().map(|angle| sign * angle).collect();
                multiplexed_rotation(
                    sink,
                    Axis::Y,
                    &qubits[position + 1..],
                    qubits[position],
                    values,
                    controls,
                    work,
                    elide,
                );
            };
            if operation.inverse {
                (0..qubits.len()).rev().for_each(|level| stage(sink, level));
            } else {
                (0..qubits.len()).for_each(|level| stage(sink, level));
            }
        }
        Structured::Reflection { qubits, signal, angle } => {
            reflection(sink, qubits, *signal, &angle.scaled(sign), controls, work);
        }
        Structured::AddConstant { qubits, constant } => {
            let constant = if operation.inverse { constant.wrapping_neg() } else { *constant };
            with_polarity(sink, controls, |sink, controls| {
                adder::add_constant(sink, qubits, constant, controls, work);
            });
        }
        Structured::TableLookup { address, target, entries, relative_phase } => {
            let values = embed(circuit.indices(*entries)?.values()?, address.len(), controls, 0)?;
            let address = join(address, controls);
            lookup::table_lookup(sink, &address, target, &values, *relative_phase, operation.inverse, elide);
        }
    }
    Ok(())
}

/// Under controls: R(angles/2), X under controls, R(-angles/2), X under controls.
#[expect(clippy::too_many_arguments, reason = "the parts of one structured operation")]
fn multiplexed_rotation(
    sink: &mut impl Sink,
    axis: Axis,
    selects: &[QubitId],
    target: QubitId,
    mut values: Vec<f64>,
    controls: &[Control],
    work: Workspace,
    elide: bool,
) {
    walsh_hadamard(&mut values);
    if controls.is_empty() {
        parity_walk(sink, axis, selects, target, |mask| values[mask], elide);
        return;
    }
    if axis == Axis::X {
        sink.h(target);
    }
    let inner = if axis == Axis::Y { Axis::Y } else { Axis::Z };
    parity_walk(sink, inner, selects, target, |mask| values[mask] / 2.0, elide);
    with_polarity(sink, controls, |sink, controls| {
        super::multi_controlled::mcx(sink, controls, target, work)
    });
    parity_walk(sink, inner, selects, target, |mask| -values[mask] / 2.0, elide);
    with_polarity(sink, controls, |sink, controls| {
        super::multi_controlled::mcx(sink, controls, target, work)
    });
    if axis == Axis::X {
        sink.h(target);
    }
}

fn reflection(
    sink: &mut impl Sink,
    qubits: &[QubitId],
    signal: Option<QubitId>,
    angle: &Angle,
    controls: &[Control],
    work: Workspace,
) {
    let zeros: Vec<Control> = qubits.iter().map(|&qubit| Control { qubit, on: false }).collect();
    match signal {
        // X on the signal where the qubits are |0> turns Rz(2 angle) into Rz(-2 angle) there: the phases of a
        // relative-phase X cancel, since what is between is diagonal.
        Some(signal) => with_polarity(sink, &zeros, |sink, zeros| {
            relative_phase_mcx(sink, zeros, signal, work, false);
            with_polarity(sink, controls, |sink, controls| match controls {
                [] => sink.rz(angle.scaled(2.0), signal),
                _ => controlled_rz(sink, controls, signal, &angle.scaled(2.0), work),
            });
            relative_phase_mcx(sink, zeros, signal, work, true);
        }),
        None => {
            let both: Vec<Control> = zeros.iter().chain(controls).copied().collect();
            with_polarity(sink, &both, |sink, both| mcp(sink, both, &angle.scaled(2.0), work));
            with_polarity(sink, controls, |sink, controls| mcp(sink, controls, &angle.scaled(-1.0), work));
        }
    }
}

/// The gates of one structured operation without elision, from sizes alone where a table decides them.
pub(crate) fn count_structured(
    circuit: &Circuit,
    operation: &StructuredOperation,
) -> Result<Counts, CircuitError> {
    let controls = operation.controls.len();
    let mut counts = Counts::default();
    let flips = operation.controls.iter().filter(|control| !control.on).count() as u128;
    let controlled_x = || {
        let mut counts = mcx_cost(controls, operation.clean.len(), operation.dirty.len());
        counts.add(Kind::Gate(Gate::X), 2 * flips);
        counts
    };
    // 2^k rotations and cx; one rotation without selects; twice that and two controlled X under controls.
    let multiplexed = |counts: &mut Counts, axis: Axis, selects: usize| {
        let length = 1u128 << selects;
        let times = if controls == 0 { 1 } else { 2 };
        let rotation = if axis == Axis::Y { Gate::Ry } else { Gate::Rz };
        counts.add(Kind::Gate(rotation), times * length);
        counts.add(Kind::Gate(Gate::Cx), if selects == 0 { 0 } else { times * length });
        counts.add(Kind::Gate(Gate::H), if axis == Axis::X { 2 } else { 0 });
        if controls > 0 {
            counts.add_all(&controlled_x(), 2);
        }
    };
    let diagonal = |counts: &mut Counts, qubits: usize| {
        if qubits > 0 {
            let length = power_of_two(qubits)?;
            counts.add(Kind::Gate(Gate::Rz), length - 1);
            counts.add(Kind::Gate(Gate::Cx), length - 2);
        }
        Ok::<(), CircuitError>(())
    };
    match &operation.kind {
        Structured::MultiplexedRotation { axis, selects, .. } => {
            multiplexed(&mut counts, *axis, selects.len())
        }
        Structured::Diagonal { qubits, .. } => diagonal(&mut counts, qubits.len() + controls)?,
        Structured::StatePreparation { qubits, .. } => {
            (0..qubits.len()).for_each(|selects| multiplexed(&mut counts, Axis::Y, selects));
        }
        Structured::TableLookup { address, target, relative_phase, .. } => {
            let length = power_of_two(address.len() + controls)?;
            let bits = target.len() as u128;
            counts.add(Kind::Gate(Gate::Rz), bits * length);
            counts.add(Kind::Gate(Gate::Cx), if length == 1 { 0 } else { bits * length });
            counts.add(Kind::Gate(Gate::H), 2 * bits);
            if !relative_phase {
                diagonal(&mut counts, address.len() + controls)?;
            }
        }
        Structured::Permutation { qubits, images } if circuit.indices(*images)?.values().is_err() => {
            // Without values: the bound of 2^n - 1 transpositions, each of n - 1 cx on either side.
            let transpositions = (1u128 << qubits.len()) - 1;
            let each = mcx_cost(
                (qubits.len() + controls).saturating_sub(1),
                operation.clean.len(),
                operation.dirty.len(),
            );
            counts.add_all(&each, transpositions);
            counts.add(Kind::Gate(Gate::Cx), transpositions * 2 * (qubits.len() as u128).saturating_sub(1));
        }
        _ => lower_one(circuit, operation, &mut counts, false)?,
    }
    Ok(counts)
}

/// The inverse of a standard gate with these angles.
pub(super) fn inverse_gate(gate: Gate, angles: &[Angle]) -> (Gate, Vec<Angle>) {
    let (inverse, rule) = gate.inverse();
    let angles = rule.iter().map(|&(from, factor, add)| angles[from].scaled(factor).plus(&Angle::from(add)));
    (inverse, angles.collect())
}

fn join(qubits: &[QubitId], controls: &[Control]) -> Vec<QubitId> {
    qubits.iter().copied().chain(controls.iter().map(|control| control.qubit)).collect()
}

/// The table over qubits and controls that equals `values` where the controls are satisfied, else `neutral`.
fn embed<T: Copy>(
    values: &[T],
    qubits: usize,
    controls: &[Control],
    neutral: T,
) -> Result<Vec<T>, CircuitError> {
    const LIMIT: u128 = 1 << 28;
    let size = power_of_two(qubits + controls.len())?;
    if size > LIMIT {
        let what = "a table with its controls".to_string();
        return Err(CircuitError::TooLarge { what, size, limit: LIMIT });
    }
    let wanted =
        controls.iter().enumerate().map(|(bit, control)| usize::from(control.on) << bit).sum::<usize>();
    let mut result = vec![neutral; size as usize];
    result[wanted << qubits..(wanted + 1) << qubits].copy_from_slice(values);
    Ok(result)
}

fn power_of_two(exponent: usize) -> Result<u128, CircuitError> {
    if exponent < 127 { Ok(1 << exponent) } else { Err(CircuitError::Overflow) }
}

/// The angles of the multiplexed rotations that prepare `amplitudes`: level l has 2^l angles and rotates the
/// qubit l places below the most significant one, selected by those above it.
pub fn state_preparation_angles(amplitudes: &[f64]) -> Vec<Vec<f64>> {
    let mut levels = Vec::new();
    let mut current = amplitudes.to_vec();
    while current.len() > 1 {
        // The bit that is rotated is the lowest one of what remains.
        levels.push(current.chunks_exact(2).map(|pair| 2.0 * pair[1].atan2(pair[0])).collect::<Vec<f64>>());
        current = current.chunks_exact(2).map(|pair| pair[0].hypot(pair[1])).collect();
    }
    levels.reverse();
    levels
}

/// The single-qubit gates and `cx` of a standard gate on several qubits.
pub(crate) fn count_gate(gate: Gate) -> Counts {
    let qubits: Vec<QubitId> = (0..gate.qubits() as u32).map(QubitId).collect();
    let mut counts = Counts::default();
    controlled_gate(
        &mut counts,
        &[],
        gate,
        &qubits,
        &vec![Angle::from(1.0); gate.angles()],
        Workspace::default(),
    );
    counts
}
