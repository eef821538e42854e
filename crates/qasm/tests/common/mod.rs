//! Random circuits for property tests.

use proptest::prelude::*;
use qnewton_circuit::{
    Angle, AngleTable, Arguments, BitId, Call, Circuit, Definition, DefinitionId, Gate, ParameterId, QubitId,
};

/// What a random operation is made from; numbers are reduced to what the definition has.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    kind: u8,
    gate: usize,
    places: [u32; 6],
    angles: [f64; 4],
    flag: bool,
    repetitions: u64,
}

pub(crate) fn seed() -> impl Strategy<Value = Seed> {
    let angle = prop_oneof![
        -7.0..7.0f64,
        Just(0.0),
        Just(std::f64::consts::PI),
        Just(1.0),
        (-1.0..1.0f64).prop_map(|x| x * 1e-9),
        (-1.0..1.0f64).prop_map(|x| x * 1e17)
    ];
    (
        0u8..16,
        0..Gate::ALL.len(),
        [(); 6].map(|()| 0u32..64),
        [(); 4].map(|()| angle.clone()),
        any::<bool>(),
        0u64..4,
    )
        .prop_map(|(kind, gate, places, angles, flag, repetitions)| Seed {
            kind,
            gate,
            places,
            angles,
            flag,
            repetitions,
        })
}

/// Definitions (parameters, qubits of two registers, body), the last of which is the entry.
pub(crate) fn circuit(measured: bool) -> impl Strategy<Value = Circuit> {
    let definition = (0usize..3, 1usize..4, 0usize..3, prop::collection::vec(seed(), 0..10));
    prop::collection::vec(definition, 1..5).prop_map(move |shapes| build(&shapes, measured))
}

type Shape = (usize, usize, usize, Vec<Seed>);

fn build(shapes: &[Shape], measured: bool) -> Circuit {
    let mut circuit = Circuit::new();
    let mut ids: Vec<DefinitionId> = Vec::new();
    for (position, (parameters, first, second, seeds)) in shapes.iter().enumerate() {
        let is_entry = position + 1 == shapes.len();
        let mut definition = Definition::new(format!("block {position}"));
        definition.add_register("system", first + if is_entry { 4 } else { 0 });
        definition.add_register("flag", *second);
        let bits = if is_entry && measured { 3 } else { 0 };
        definition.add_bits("outcome", bits);
        let parameters = if is_entry { 0 } else { *parameters };
        (0..parameters).for_each(|k| {
            definition.add_parameter(format!("angle {k}"));
        });
        for seed in seeds {
            operation(&mut circuit, &ids, &mut definition, parameters, bits, seed);
        }
        ids.push(circuit.add(definition));
    }
    circuit
}

fn operation(
    circuit: &mut Circuit,
    ids: &[DefinitionId],
    definition: &mut Definition,
    parameters: usize,
    bits: usize,
    seed: &Seed,
) {
    let available = definition.qubit_count();
    let choose = |count: usize| -> Option<Vec<QubitId>> {
        let mut chosen: Vec<QubitId> = Vec::new();
        for k in 0..count {
            let free: Vec<u32> = (0..available as u32).filter(|q| !chosen.contains(&QubitId(*q))).collect();
            chosen.push(QubitId(*free.get(seed.places[k % 6] as usize % free.len().max(1))?));
        }
        Some(chosen)
    };
    let angle = |k: usize| {
        let mut angle = Angle::from(seed.angles[k % 4]);
        if parameters > 0 && (seed.flag || k == 0) {
            let parameter = ParameterId(seed.places[k % 6] % parameters as u32);
            angle = angle.plus(&Angle::parameter(parameter).scaled(seed.angles[(k + 1) % 4]));
        }
        angle
    };
    match seed.kind {
        0..9 => {
            let gate = Gate::ALL[seed.gate];
            if let Some(qubits) = choose(gate.qubits()) {
                let angles: Vec<Angle> = (0..gate.angles()).map(angle).collect();
                definition.gate_with(gate, &qubits, &angles);
            }
        }
        9 => definition.global_phase(&angle(0)),
        10 => definition.barrier(choose(available.min(2)).unwrap_or_default()),
        11 if bits > 0 => definition
            .measure(QubitId(seed.places[0] % available as u32), BitId(seed.places[1] % bits as u32)),
        12 if bits > 0 => definition.reset(QubitId(seed.places[0] % available as u32)),
        _ => {
            let Some(&callee) = ids.get(seed.places[5] as usize % ids.len().max(1)) else { return };
            let (wanted, count) =
                (circuit.definition(callee).qubit_count(), circuit.definition(callee).parameters.len());
            let Some(operands) = choose(wanted) else { return };
            let mut call = Call::new(callee, operands);
            if seed.flag && count > 0 {
                let values = (0..seed.repetitions as usize * count).map(|k| seed.angles[k % 4] + k as f64);
                let table = circuit.add_angles(AngleTable::Dense(values.collect()));
                call = call.repeated_with(seed.repetitions, table);
            } else {
                call.arguments = Arguments::Fixed((0..count).map(angle).collect());
                call = call.repeated(seed.repetitions);
            }
            if seed.places[4].is_multiple_of(2) {
                call = call.inverted();
            }
            if seed.kind == 13 && bits > 0 {
                definition.conditional(vec![(BitId(seed.places[3] % bits as u32), seed.flag)], call);
            } else {
                definition.call(call);
            }
        }
    }
}
