"""Loads an OpenQASM 2 or 3 file with Qiskit and states what Qiskit sees in it.

Usage: check_qiskit.py FILE.qasm [--state OUT.npy] [--block OUT.npy] [--json]

Prints one JSON object:

  num_qubits  number of qubits
  counts      operations by name, gates defined in the file expanded to standard gates
  depth       layers of those operations, final measurements left out
  two_qubit_depth  the same for operations on two or more qubits, all else taking no time
  size        number of operations
  registers   name -> indices of its qubits, least significant first
  global_phase  global phase of the expanded circuit in radians

With --state the state vector after the circuit, global phase included and final measurements left out, is
written as complex128; bit k of an index is qubit k. With --block the columns of the block are written where the
register `system` is free and all other qubits start and end in 0, one after the other. Anything that fails is reported on stderr with status 1.
"""

import argparse
import json
import re
import sys

import numpy
from qiskit import qasm2, qasm3, transpile
from qiskit.circuit import Barrier, ControlFlowOp, Measure, Reset
from qiskit_aer import AerSimulator


def load(text):
    """The circuit of an OpenQASM 2 or 3 text."""
    if re.search(r"^\s*OPENQASM\s+2", text, re.MULTILINE):
        return qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    return qasm3.loads(text)


def is_standard(operation):
    """Whether an operation belongs to Qiskit's library rather than to the file."""
    kind = getattr(operation, "base_class", type(operation))
    return (kind.__module__ or "").startswith("qiskit.circuit.library.") or isinstance(
        operation, (Barrier, ControlFlowOp, Measure, Reset)
    )


def expanded(circuit):
    """The circuit with every gate that the file defines replaced by its body, at any depth."""
    if all(is_standard(instruction.operation) for instruction in circuit.data):
        return circuit
    result = circuit.copy_empty_like()
    result.global_phase = circuit.global_phase
    # Building a definition takes long: once for each name and angles.
    bodies = {}
    # Bodies in progress: (remaining instructions, qubits that their qubits stand for).
    stack = [(iter(circuit.data), {qubit: qubit for qubit in circuit.qubits})]
    while stack:
        instructions, qubits = stack[-1]
        instruction = next(instructions, None)
        if instruction is None:
            stack.pop()
            continue
        operation = instruction.operation
        targets = [qubits[qubit] for qubit in instruction.qubits]
        if not is_standard(operation):
            key = (type(operation), operation.name, tuple(operation.params))
            if key not in bodies:
                definition = operation.definition
                bodies[key] = definition and (list(definition.data), definition.qubits, definition.global_phase)
            if bodies[key] is not None:
                data, formals, phase = bodies[key]
                result.global_phase += phase
                stack.append((iter(data), dict(zip(formals, targets))))
                continue
        result.append(operation, targets, instruction.clbits, copy=False)
    return result


def state_vector(circuit):
    """The state vector of a circuit of gates, global phase included."""
    circuit = circuit.copy()
    circuit.save_statevector()
    simulator = AerSimulator(method="statevector", fusion_enable=False)
    # Transpiling takes longer than simulating: only for what the simulator does not know.
    known = set(circuit.count_ops()) <= set(simulator.operation_names)
    compiled = circuit if known else transpile(circuit, simulator, optimization_level=0)
    return numpy.asarray(simulator.run(compiled).result().get_statevector())


def system_block(circuit):
    """The columns of the block of the register `system`, all other qubits from 0 to 0, one after the other."""
    system = next(register for register in circuit.qregs if register.name == "system")
    places = [circuit.find_bit(qubit).index for qubit in system]
    columns = []
    for column in range(1 << len(places)):
        prepared = circuit.copy_empty_like()
        for bit, qubit in enumerate(system):
            if column >> bit & 1:
                prepared.x(qubit)
        prepared.compose(circuit, inplace=True)
        state = state_vector(prepared)
        rows = [sum((row >> bit & 1) << place for bit, place in enumerate(places)) for row in range(1 << len(places))]
        columns.append(state[rows])
    return numpy.concatenate(columns)


def facts(circuit):
    """What is printed."""
    operations = [instruction for instruction in circuit.data if instruction.operation.name != "barrier"]
    return {
        "num_qubits": circuit.num_qubits,
        "counts": dict(sorted(circuit.count_ops().items())),
        "depth": circuit.depth(),
        "two_qubit_depth": circuit.depth(
            lambda instruction: len(instruction.qubits) >= 2 and instruction.operation.name != "barrier"
        ),
        "size": len(operations),
        "registers": {
            register.name: [circuit.find_bit(qubit).index for qubit in register] for register in circuit.qregs
        },
        "global_phase": float(circuit.global_phase),
    }


def main():
    parser = argparse.ArgumentParser(description="What Qiskit sees in an OpenQASM 3 file.")
    parser.add_argument("file")
    parser.add_argument("--state", metavar="OUT.npy")
    parser.add_argument("--block", metavar="OUT.npy")
    parser.add_argument("--json", action="store_true", help="accepted for clarity: the output is always JSON")
    arguments = parser.parse_args()
    with open(arguments.file, encoding="utf-8") as source:
        circuit = expanded(load(source.read()))
    if "measure" in circuit.count_ops():
        circuit.remove_final_measurements()
    if arguments.state:
        numpy.save(arguments.state, state_vector(circuit))
    if arguments.block:
        numpy.save(arguments.block, system_block(circuit))
    json.dump(facts(circuit), sys.stdout)
    print()


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # pylint: disable=broad-except
        sys.exit(f"{type(error).__name__}: {error}")
