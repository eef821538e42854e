"""Circuits made with toolkits, as the OpenQASM that these export.

Usage: export_toolkits.py FOLDER

Writes NAME.qasm and, as check_toolkits.py reads them, NAME.unitary, both by the toolkit; prints the names as a JSON object with
whether the text states the global phase.
"""

import json
import math
import pathlib
import sys

import numpy
from toolkits import permuted


def qiskit_circuits():
    from qiskit import QuantumCircuit, QuantumRegister, qasm2, qasm3
    from qiskit.circuit.library import QFTGate
    from qiskit.quantum_info import Operator

    gates = QuantumCircuit(3)
    gates.h(0)
    for name in "x y z s sdg t tdg sx sxdg id".split():
        getattr(gates, name)(0)
    gates.p(-0.3, 1)
    gates.rx(7.3, 0)
    gates.ry(-0.4, 1)
    gates.rz(9.1, 2)
    gates.u(0.1, -0.2, 0.3, 1)
    for name in "cx cy cz ch swap csx".split():
        getattr(gates, name)(0, 2)
    gates.cp(-0.5, 1, 0)
    gates.crx(0.3, 1, 2)
    gates.cry(-0.4, 2, 0)
    gates.crz(0.5, 0, 1)
    gates.rzz(0.6, 0, 1)
    gates.rxx(-0.7, 2, 1)
    gates.ccx(0, 1, 2)
    gates.cswap(2, 1, 0)
    gates.barrier()
    gates.cu(0.4, 0.3, -0.2, 0.1, 0, 2)

    definitions = QuantumCircuit(QuantumRegister(2, "work"), QuantumRegister(2, "flag"))
    part = QuantumCircuit(2, name="part")
    part.ry(0.3, 0)
    part.cx(0, 1)
    part.rz(-1.7, 1)
    definitions.append(part.to_gate(), [0, 1])
    definitions.append(part.to_gate().inverse(), [3, 1])
    definitions.append(part.to_gate().control(1), [2, 0, 3])
    definitions.append(QFTGate(3), [0, 1, 2])
    definitions.mcx([0, 1, 2], 3)

    measured = QuantumCircuit(2, 2)
    measured.h(0)
    measured.cx(0, 1)
    bare = measured.copy()
    measured.measure([0, 1], [0, 1])

    phase = QuantumCircuit(2, global_phase=0.7)
    phase.h(0)
    phase.crz(0.3, 0, 1)

    def unitary(circuit):
        return Operator(circuit).data

    for name, circuit, matrix in [
        ("gates", gates, unitary(gates)),
        ("definitions", definitions, unitary(definitions)),
        ("measured", measured, unitary(bare)),
        ("phase", phase, unitary(phase)),
    ]:
        # Qiskit leaves the global phase of a circuit out.
        yield f"qiskit-3-{name}", qasm3.dumps(circuit), matrix, False
        yield f"qiskit-2-{name}", qasm2.dumps(circuit), matrix, False


def braket_circuits():
    from braket.circuits import Circuit
    from braket.circuits.serialization import IRType

    gates = Circuit().h(0).x(1).y(2).z(0).s(1).si(2).t(0).ti(1).v(2).vi(0).i(1)
    gates.rx(0, 0.3).ry(1, -0.4).rz(2, 7.5).phaseshift(0, -0.6).u(1, 0.1, 0.2, -0.3).prx(2, 0.3, 0.4)
    gates.cnot(0, 1).cy(1, 2).cz(2, 0).swap(0, 2).cphaseshift(1, 0, -0.4).cv(0, 2).ccnot(0, 1, 2).cswap(2, 1, 0)
    rotations = Circuit().h(0).h(1).xx(0, 1, 0.3).yy(1, 0, -0.4).zz(0, 1, 0.5).xy(0, 1, 0.6).iswap(0, 1).pswap(0, 1, 0.2)
    rotations.ecr(1, 0).gpi(0, 0.3).gpi2(1, -0.2).ms(0, 1, 0.1, 0.2, 0.3)
    rotations.cphaseshift00(0, 1, 0.2).cphaseshift01(0, 1, -0.2).cphaseshift10(1, 0, 0.4)
    modifiers = Circuit().h(0).h(1).h(2).x(2, control=[0, 1]).ry(1, 0.4, control=0, control_state=[0]).z(0, power=0.5)
    modifiers.gphase(0.3)
    measured = Circuit().h(0).cnot(0, 1)
    bare = measured.to_unitary()
    measured.measure([0, 1])
    for name, circuit, matrix in [
        ("gates", gates, gates.to_unitary()),
        ("rotations", rotations, rotations.to_unitary()),
        ("modifiers", modifiers, modifiers.to_unitary()),
        ("measured", measured, bare),
    ]:
        count = circuit.qubit_count
        yield f"braket-{name}", circuit.to_ir(IRType.OPENQASM).source, permuted(matrix, range(count)), True


def pennylane_circuits():
    import pennylane as qml

    # No SX: it is exported with a `gphase` on a qubit, which is no OpenQASM 2.
    operations = [
        *(gate(0) for gate in (qml.Hadamard, qml.PauliX, qml.PauliY, qml.PauliZ, qml.S, qml.T)),
        qml.adjoint(qml.S(1)),
        qml.RX(0.3, 0),
        qml.RY(-0.4, 1),
        qml.RZ(7.5, 2),
        qml.PhaseShift(0.7, 1),
        qml.Rot(0.1, 0.2, 0.3, 2),
        qml.U1(0.2, 0),
        qml.U2(0.2, 0.3, 1),
        qml.U3(0.1, 0.2, -0.3, 2),
        qml.CNOT([0, 1]),
        qml.CY([1, 2]),
        qml.CZ([2, 0]),
        qml.SWAP([0, 2]),
        qml.CRX(0.3, [1, 0]),
        qml.CRY(-0.4, [0, 2]),
        qml.CRZ(0.5, [2, 1]),
        qml.Toffoli([0, 1, 2]),
        qml.CSWAP([2, 1, 0]),
        qml.QFT([0, 1, 2]),
    ]
    tape = qml.tape.QuantumScript(operations, [qml.probs(wires=[0, 1, 2])])
    matrix = permuted(qml.matrix(qml.tape.QuantumScript(operations), wire_order=[0, 1, 2]), range(3))
    yield "pennylane-gates", qml.to_openqasm(tape), matrix, False


def cirq_circuits():
    import cirq

    a, b, c = cirq.LineQubit.range(3)
    gates = cirq.Circuit(
        cirq.H(a), cirq.X(b) ** 0.3, cirq.Y(c) ** -0.4, cirq.Z(a) ** 0.25, cirq.S(b), cirq.T(c), cirq.rx(0.3)(a),
        cirq.ry(-0.4)(b), cirq.rz(7.5)(c), cirq.CNOT(a, b), cirq.CZ(b, c), cirq.CZ(c, a) ** 0.3, cirq.SWAP(a, c),
        cirq.ISWAP(a, b), cirq.CCX(a, b, c), cirq.CSWAP(c, a, b), cirq.PhasedXPowGate(phase_exponent=0.2)(b),
        cirq.ZZ(a, b) ** 0.3, cirq.XX(b, c) ** 0.2, cirq.QuantumFourierTransformGate(3)(a, b, c),
    )  # fmt: skip
    measured = cirq.Circuit(cirq.H(a), cirq.CNOT(a, b), cirq.measure(a, b, key="m"))
    bare = cirq.Circuit(cirq.H(a), cirq.CNOT(a, b))
    for name, circuit, unitary in [("gates", gates, gates), ("measured", measured, bare)]:
        matrix = unitary.unitary()
        matrix = permuted(matrix, range(round(math.log2(len(matrix)))))
        yield f"cirq-2-{name}", circuit.to_qasm(version="2.0"), matrix, False
        yield f"cirq-3-{name}", circuit.to_qasm(version="3.0"), matrix, False


def pytket_circuits():
    from pytket import Circuit
    from pytket.circuit import OpType
    from pytket.qasm import circuit_to_qasm_str

    gates = Circuit(3, 2)
    gates.H(0).X(1).Y(2).Z(0).S(1).Sdg(2).T(0).Tdg(1).SX(2).SXdg(0).V(1).Vdg(2)
    gates.Rx(0.3, 0).Ry(-0.4, 1).Rz(2.5, 2).CX(0, 1).CY(1, 2).CZ(2, 0).CH(0, 2).SWAP(0, 1)
    gates.CRx(0.3, 0, 1).CRy(-0.3, 1, 2).CRz(0.7, 2, 0).CU1(0.4, 0, 1).CU3(0.1, 0.2, 0.3, 1, 2)
    gates.CCX(0, 1, 2).add_gate(OpType.CSWAP, [2, 1, 0]).ZZPhase(0.3, 0, 1).XXPhase(0.2, 1, 2).TK1(0.1, 0.2, 0.3, 2)
    gates.add_gate(OpType.U1, 0.3, [0]).add_gate(OpType.U2, [0.3, 0.4], [1]).add_gate(OpType.U3, [0.1, 0.2, 0.3], [2])
    matrix = permuted(gates.get_unitary(), range(3))
    gates.Measure(0, 0).Measure(2, 1)
    yield "pytket-gates", circuit_to_qasm_str(gates), matrix, False


def main():
    folder = pathlib.Path(sys.argv[1])
    written = {}
    for circuits in (qiskit_circuits, braket_circuits, pennylane_circuits, cirq_circuits, pytket_circuits):
        for name, text, matrix, states_phase in circuits():
            (folder / f"{name}.qasm").write_text(text, encoding="utf-8")
            numpy.asarray(matrix, dtype="<c16").T.tofile(folder / f"{name}.unitary")
            written[name] = states_phase
    json.dump(written, sys.stdout)
    print()


if __name__ == "__main__":
    main()
