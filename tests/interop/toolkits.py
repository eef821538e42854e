"""Unitaries of OpenQASM texts as the toolkits see them.

Every function of TOOLKITS takes a text and the names of its qubits, as `register[index]` in the order of their
declaration, and returns the unitary with the first qubit as the least significant bit of an index, or in place of it the image of
`product_state`. Measurements must have been taken out: see `without_measurements`.
"""

import re
import warnings

import numpy

warnings.filterwarnings("ignore")


def qubit_names(text):
    """The qubits of a text in the order of their declaration."""
    pattern = r"^\s*(?:qubit\[(\d+)\] (\w+)|qreg (\w+)\[(\d+)\]);"
    names = []
    for size, name, old_name, old_size in re.findall(pattern, text, re.MULTILINE):
        names += [f"{name or old_name}[{index}]" for index in range(int(size or old_size))]
    return names


def without_measurements(text):
    """The text without final measurements and the bits that they need."""
    is_classical = re.compile(r"^\s*(bit\b|creg\b|measure\b|.*= measure\b)").match
    return "".join(line for line in text.splitlines(keepends=True) if not is_classical(line))


def permuted(matrix, places):
    """A unitary on qubits of which number k, most significant first, is qubit `places[k]` of all; the others are free."""
    count = len(places)
    places = list(places)
    matrix = numpy.asarray(matrix).reshape([2] * (2 * count))
    # Axes from the most significant qubit down, rows before columns.
    order = sorted(range(count), key=lambda axis: -places[axis])
    return matrix.transpose(order + [count + axis for axis in order]).reshape(1 << count, 1 << count)


def embedded(matrix, places, qubits):
    """The same, with the identity on qubits that the toolkit has left out because nothing acts on them."""
    missing = [qubit for qubit in range(qubits) if qubit not in places]
    return permuted(numpy.kron(matrix, numpy.eye(1 << len(missing))), list(places) + missing)


def qiskit_circuit(text):
    from qiskit import qasm2, qasm3

    if "OPENQASM 2" in text:
        return qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    return qasm3.loads(text)


def qiskit(text, _):
    from qiskit.quantum_info import Operator

    return Operator(qiskit_circuit(text)).data


def qiskit_aer(text, _):
    from qiskit import transpile
    from qiskit_aer import AerSimulator

    simulator = AerSimulator(method="unitary")
    circuit = transpile(qiskit_circuit(text), simulator, optimization_level=0)
    circuit.save_unitary()
    return numpy.asarray(simulator.run(circuit).result().get_unitary())


def braket(text, names):
    from braket.circuits import Circuit

    circuit = Circuit.from_ir(text)
    return embedded(circuit.to_unitary(), [int(qubit) for qubit in circuit.qubits], len(names))


def pennylane(text, names):
    import pennylane

    tape = pennylane.tape.make_qscript(pennylane.from_qasm3(text))()
    return permuted(pennylane.matrix(tape, wire_order=names), range(len(names)))


def product_angles(qubits):
    """Angles theta and phi of each qubit of a product state that no entry of a unitary escapes."""
    return [(0.7 + 0.3 * qubit, 0.4 - 0.5 * qubit) for qubit in range(qubits)]


def product_state(qubits):
    """The state of `u3(theta, phi, 0.0)` on every qubit."""
    state = numpy.ones(1)
    for theta, phi in product_angles(qubits):
        state = numpy.kron([numpy.cos(theta / 2), numpy.exp(1j * phi) * numpy.sin(theta / 2)], state)
    return state


def qdk(text, names):
    """The image of the product state: a run takes too long to have one for each column."""
    import qdk
    from qdk.openqasm import ProgramType, import_openqasm

    lines = text.splitlines(keepends=True)
    last = max(place for place, line in enumerate(lines) if line.startswith("qubit["))
    angles = zip(product_angles(len(names)), names)
    preparation = [f"u3({theta}, {phi}, 0.0) {name};\n" for (theta, phi), name in angles]
    qdk.init()
    text = "".join(lines[: last + 1] + preparation + lines[last + 1 :])
    import_openqasm(text, program_type=ProgramType.Fragments)
    state = numpy.array(qdk.dump_machine().as_dense_state())
    # The first qubit is the most significant one there.
    return state.reshape([2] * len(names)).transpose(range(len(names))[::-1]).reshape(-1)


def cirq(text, names):
    from cirq import Circuit, NamedQubit
    from cirq.contrib.qasm_import import circuit_from_qasm

    qubits = [NamedQubit(name.replace("[", "_").replace("]", "")) for name in names]
    circuit = circuit_from_qasm(text)
    assert isinstance(circuit, Circuit)
    return permuted(circuit.unitary(qubit_order=qubits, qubits_that_should_be_present=qubits), range(len(names)))


def pytket(text, names):
    from pytket.qasm import circuit_from_qasm_str

    circuit = circuit_from_qasm_str(text)
    return permuted(circuit.get_unitary(), [names.index(repr(qubit)) for qubit in circuit.qubits])


def mqt(text, _):
    import mqt.core
    from mqt.core.dd import DDPackage, build_functionality

    circuit = mqt.core.load(text)
    package = DDPackage(circuit.num_qubits)
    return numpy.array(build_functionality(circuit, package).get_matrix(circuit.num_qubits))


def pyzx(text, names):
    import pyzx

    return permuted(pyzx.Circuit.from_qasm(text).to_matrix(), range(len(names)))


def accept_qiskit(text):
    qiskit_circuit(text)


def accept_braket(text):
    from braket.circuits import Circuit

    Circuit.from_ir(text)


def accept_pennylane(text):
    import pennylane

    pennylane.tape.make_qscript(pennylane.from_qasm3(text))()


def accept_qdk(text):
    from qdk.openqasm import compile as compile_openqasm

    compile_openqasm(text)


def accept_cirq(text):
    from cirq.contrib.qasm_import import circuit_from_qasm

    circuit_from_qasm(text)


def accept_pytket(text):
    from pytket.qasm import circuit_from_qasm_str

    circuit_from_qasm_str(text)


def accept_mqt(text):
    import mqt.core

    mqt.core.load(text)


def accept_pyzx(text):
    import pyzx

    pyzx.Circuit.from_qasm(text)


def accept_reference(text):
    import openqasm3

    openqasm3.parse(text)


# Distribution, unitary of a text or nothing for a parser, what loads it with its measurements, whether the global
# phase is kept.
TOOLKITS = {
    "reference": ("openqasm3", None, accept_reference, False),
    "qiskit": ("qiskit", qiskit, accept_qiskit, True),
    "qiskit-aer": ("qiskit-aer", qiskit_aer, accept_qiskit, True),
    "braket": ("amazon-braket-default-simulator", braket, accept_braket, True),
    "pennylane": ("pennylane", pennylane, accept_pennylane, False),
    "qdk": ("qdk", qdk, accept_qdk, False),
    "cirq": ("cirq-core", cirq, accept_cirq, False),
    "pytket": ("pytket", pytket, accept_pytket, False),
    "mqt": ("mqt-core", mqt, accept_mqt, False),
    "pyzx": ("pyzx", pyzx, accept_pyzx, False),
}
