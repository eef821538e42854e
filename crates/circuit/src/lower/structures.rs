//! The pass `structures`: every structured operation and every multi-qubit gate becomes single-qubit gates and `cx`.

use super::multi_controlled::{
    Workspace, controlled_gate, controlled_rz, mcp, mcx_cost, relative_phase_mcx, with_polarity,
};
use super::multiplexed::{Phases, Walk, WalkSize, diagonal_walk};
use super::sink::Sink;
use super::tour::Term;
use super::{adder, lookup, permutation, preparation};
use crate::angle::Angle;
use crate::circuit::Circuit;
use crate::count::{Counts, Kind};
use crate::error::CircuitError;
use crate::gate::Gate;
use crate::ids::QubitId;
use crate::operation::{Control, Operation, StructuredOperation};
use crate::structured::{Axis, Structured};
use crate::table::{AngleTable, walsh_hadamard};

/// Lowers structured operations, controlled or not, and standard gates on several qubits.
///
/// With `elide`, rotations by zero and the gates that cancel with them are left out. Without, the gates are those
/// that [`crate::cost`] counts: a table of all values stands for as many rotations whatever they are, one of
/// Walsh coefficients for the listed coefficients, zeros included, and a constant for one rotation.
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
            let walk = walk(circuit.angles(*angles)?, elide, !controls.is_empty())?;
            multiplexed_rotation(sink, *axis, selects, *target, &walk, sign, controls, work, elide);
        }
        Structured::Diagonal { qubits, phases } => match circuit.angles(*phases)? {
            // The same phase for all values is a phase of the controls.
            AngleTable::Constant { value, .. } => {
                if !elide || *value != 0.0 {
                    with_polarity(sink, controls, |sink, controls| {
                        mcp(sink, controls, &(sign * value).into(), work);
                    });
                }
            }
            AngleTable::WalshSparse { coefficients, .. } => {
                let terms = embed_terms(coefficients, qubits.len(), controls, sign)?;
                let mean = diagonal_walk(sink, &join(qubits, controls), Phases::Sparse(&terms), elide);
                sink.phase(&mean.into());
            }
            table => {
                let values: Vec<f64> = table.to_dense()?.iter().map(|value| sign * value).collect();
                let mut walsh = embed(&values, qubits.len(), controls, 0.0)?;
                walsh_hadamard(&mut walsh);
                let mean = diagonal_walk(sink, &join(qubits, controls), Phases::Dense(&walsh), elide);
                sink.phase(&mean.into());
            }
        },
        Structured::Permutation { qubits, images } => {
            let images = circuit.indices(*images)?.values()?;
            if operation.inverse {
                permutation::permutation(sink, qubits, &permutation::inverse(images), controls, work);
            } else {
                permutation::permutation(sink, qubits, images, controls, work);
            }
        }
        Structured::StatePreparation { qubits, amplitudes } => {
            let table = circuit.angles(*amplitudes)?;
            let walks = preparation::walks(table, qubits.len(), elide, !controls.is_empty())?;
            let stage = |sink: &mut _, level: usize| {
                let position = qubits.len() - 1 - level;
                let (selects, target) = (&qubits[position + 1..], qubits[position]);
                let walk = &walks[level];
                multiplexed_rotation(sink, Axis::Y, selects, target, walk, sign, controls, work, elide);
            };
            if operation.inverse {
                (0..walks.len()).rev().for_each(|level| stage(sink, level));
            } else {
                (0..walks.len()).for_each(|level| stage(sink, level));
            }
        }
        Structured::Reflection { qubits, signal, angle } => {
            reflection(sink, qubits, *signal, &angle.scaled(sign), controls, work);
        }
        Structured::AddConstant { qubits, constant } => {
            with_polarity(sink, controls, |sink, controls| {
                adder::add_constant(sink, qubits, *constant, operation.inverse, controls, work);
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

/// The walk of a multiplexed rotation by the angles of a table.
fn walk(table: &AngleTable, elide: bool, controlled: bool) -> Result<Walk, CircuitError> {
    Ok(match table {
        AngleTable::Constant { value, .. } => Walk::constant(*value, elide),
        AngleTable::WalshSparse { coefficients, .. } => Walk::sparse(coefficients, elide, controlled),
        table => {
            let mut values = table.to_dense()?.into_owned();
            walsh_hadamard(&mut values);
            Walk::dense(&values, elide, controlled)
        }
    })
}

#[expect(clippy::too_many_arguments, reason = "the parts of one structured operation")]
fn multiplexed_rotation(
    sink: &mut impl Sink,
    axis: Axis,
    selects: &[QubitId],
    target: QubitId,
    walk: &Walk,
    factor: f64,
    controls: &[Control],
    work: Workspace,
    elide: bool,
) {
    if elide && walk.is_empty() {
    } else if controls.is_empty() {
        walk.emit(sink, axis, selects, target, factor);
    } else {
        walk.emit_controlled(sink, axis, selects, target, factor, controls, work);
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
    let multiplexed = |counts: &mut Counts, axis: Axis, selects: usize, size: WalkSize| {
        if controls == 0 {
            size.count(counts, axis);
        } else {
            let (clean, dirty) = (operation.clean.len(), operation.dirty.len());
            size.count_controlled(counts, axis, selects, &operation.controls, clean, dirty);
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
    let angles = operation.kind.table().and_then(|table| circuit.angles(table).ok());
    match (&operation.kind, angles) {
        (
            Structured::MultiplexedRotation { axis, selects, .. },
            Some(AngleTable::Dense(_) | AngleTable::Symbolic { .. }),
        ) => {
            power_of_two(selects.len())?;
            multiplexed(&mut counts, *axis, selects.len(), WalkSize::dense(selects.len()));
        }
        (
            Structured::MultiplexedRotation { axis, selects, .. },
            Some(AngleTable::SymbolicWalsh { terms, .. }),
        ) => {
            power_of_two(selects.len())?;
            multiplexed(&mut counts, *axis, selects.len(), WalkSize::bound(selects.len(), *terms));
        }
        (Structured::Diagonal { qubits, .. }, Some(AngleTable::Dense(_) | AngleTable::Symbolic { .. })) => {
            diagonal(&mut counts, qubits.len() + controls)?;
        }
        (Structured::Diagonal { qubits, .. }, Some(AngleTable::SymbolicWalsh { terms, .. })) => {
            // Under controls each coefficient is one for each set of them; a mask of n qubits is reached and
            // left with n - 1 cx.
            let qubits = qubits.len() + controls;
            let all = power_of_two(qubits)?;
            let terms = power_of_two(controls)?.saturating_mul(u128::from(*terms)).min(all - 1);
            let reach = 2 * (qubits as u128).saturating_sub(1);
            counts.add(Kind::Gate(Gate::Rz), terms);
            counts.add(Kind::Gate(Gate::Cx), terms.saturating_mul(reach).min(all.saturating_sub(2)));
        }
        (Structured::StatePreparation { qubits, .. }, Some(table))
            if !matches!(table, AngleTable::Constant { .. }) =>
        {
            power_of_two(qubits.len())?;
            for selects in 0..qubits.len() {
                multiplexed(&mut counts, Axis::Y, selects, WalkSize::dense(selects));
            }
        }
        (Structured::TableLookup { address, target, relative_phase, .. }, _) => {
            let length = power_of_two(address.len() + controls)?;
            let bits = target.len() as u128;
            counts.add(Kind::Gate(Gate::Rz), bits * length);
            counts.add(Kind::Gate(Gate::Cx), if length == 1 { 0 } else { bits * length });
            counts.add(Kind::Gate(Gate::H), 2 * bits);
            if !relative_phase {
                diagonal(&mut counts, address.len() + controls)?;
            }
        }
        (Structured::Permutation { qubits, images }, _) if circuit.indices(*images)?.values().is_err() => {
            // Without values: the bound of 2^n - 1 transpositions, each of n - 1 cx on either side.
            let transpositions = power_of_two(qubits.len())? - 1;
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

/// The Walsh coefficients over qubits and controls of `sign` times a table where the controls are satisfied, and
/// 0 elsewhere, by increasing mask: being satisfied is the product of (1 + (-1)^control)/2 or (1 - (-1)^control)/2.
fn embed_terms(
    coefficients: &[Term],
    qubits: usize,
    controls: &[Control],
    sign: f64,
) -> Result<Vec<Term>, CircuitError> {
    const LIMIT: u128 = 1 << 24;
    let size = power_of_two(controls.len())?.saturating_mul(coefficients.len() as u128);
    if size > LIMIT || qubits + controls.len() >= 64 {
        let what = "a table with its controls".to_string();
        return Err(CircuitError::TooLarge { what, size, limit: LIMIT });
    }
    let sets = 1u64 << controls.len();
    let on = controls.iter().rev().fold(0u64, |on, control| on << 1 | u64::from(control.on));
    let mut terms = Vec::with_capacity(size as usize);
    for set in 0..sets {
        let factor = if (set & on).count_ones() % 2 == 1 { -sign } else { sign } / sets as f64;
        terms.extend(coefficients.iter().map(|&(mask, c)| (mask | set << qubits, factor * c)));
    }
    Ok(terms)
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
