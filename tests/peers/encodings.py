#!/usr/bin/env python3
"""Block encodings of other programs beside those of `qnewton encode`, on the same matrices.

    cargo build --release && python3 tests/peers/encodings.py

Makes a virtual environment in target/peers-venv on first use and prints Markdown tables:

* `cx` per query and alpha: ours for several methods; FABLE of PennyLane; the unitary dilation of A synthesised by Qiskit, where
  N <= 16;
* seconds for a dense matrix with 512 unknowns: `fable` here, from the matrix to the counted circuit, against the multiplexed
  rotation alone in Qiskit and FABLE in PennyLane;
* milliseconds for the Pauli decomposition of a dense matrix with 256 unknowns (CPU time, median).

Times are medians of three; imports are not counted. Exit code 1 if one of our circuits has more gates than a bar stated below.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

from phases import PROGRAM, ROOT, enter_environment

# Matrix, method, largest accepted number of cx and alpha / norm.
BARS = [
    ("tridiagonal-16", "auto", 110, 1.01),
    ("tridiagonal-64", "auto", 270, 1.01),
    ("periodic-64", "auto", 90, 1.0 + 1e-12),
    ("dense-16", "dilation", 240, 1.0 + 1e-12),
]


def matrices():
    import numpy as np
    generator = np.random.default_rng(7)

    def tridiagonal(size, corner=0.0):
        matrix = 2.0 * np.eye(size) - np.eye(size, k=1) - np.eye(size, k=-1)
        matrix[0, -1] = matrix[-1, 0] = corner
        return matrix

    def dense(size):
        half = generator.standard_normal((size, size))
        return half + half.T

    return {"tridiagonal-16": tridiagonal(16) / 4, "tridiagonal-64": tridiagonal(64), "periodic-64": tridiagonal(64, -1.0),
            "dense-16": dense(16), "dense-256": dense(256), "dense-512": dense(512)}


def ours(path, method, *options):
    command = [PROGRAM, "encode", path, "--encoding", method, "--json", "--quiet", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def median_seconds(task, clock=time.perf_counter, runs=3):
    times = []
    for _ in range(runs):
        start = clock()
        task()
        times.append(clock() - start)
    return statistics.median(times)


def pennylane_fable(matrix):
    """`cx` and alpha of PennyLane's FABLE."""
    import pennylane as qml
    from pennylane import numpy as pnp
    size = matrix.shape[0]
    qubits = size.bit_length() - 1
    largest = abs(matrix).max()
    scaled = pnp.array(matrix / max(1.0, largest))
    with qml.queuing.AnnotatedQueue() as queue:
        qml.FABLE(scaled, wires=range(2 * qubits + 1), tol=0)
    tape = qml.tape.QuantumScript.from_queue(queue).expand(depth=3)
    counts = {}
    for operation in tape.operations:
        counts[operation.name] = counts.get(operation.name, 0) + 1
    return counts.get("CNOT", 0) + 3 * counts.get("SWAP", 0), size * max(1.0, largest)


def qiskit_dilation(matrix):
    """`cx` of Qiskit's synthesis of the unitary dilation of A / ||A||."""
    import numpy as np
    from qiskit import QuantumCircuit, transpile
    from qiskit.circuit.library import UnitaryGate
    scaled = matrix / np.linalg.norm(matrix, 2)
    values, vectors = np.linalg.eigh(scaled)
    rest = (vectors * np.sqrt(np.clip(1 - values**2, 0, None))) @ vectors.T
    unitary = np.block([[scaled, rest], [rest, -scaled]])
    circuit = QuantumCircuit(matrix.shape[0].bit_length())
    circuit.append(UnitaryGate(unitary), circuit.qubits)
    return transpile(circuit, basis_gates=["u3", "cx"], optimization_level=1).count_ops().get("cx", 0)


def qiskit_multiplexer(matrix):
    import numpy as np
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import UCRYGate
    angles = 2 * np.arccos(np.clip(matrix / abs(matrix).max(), -1, 1)).ravel()
    circuit = QuantumCircuit(angles.size.bit_length())
    circuit.append(UCRYGate(list(angles)), circuit.qubits)
    return circuit.decompose().count_ops()


def qiskit_pauli(matrix):
    from qiskit.quantum_info import SparsePauliOp, Operator
    return SparsePauliOp.from_operator(Operator(matrix))


def our_pauli_milliseconds():
    """The median of the benchmark."""
    command = ["cargo", "bench", "-q", "-p", "qnewton-encoding", "--bench", "pauli", "--", "real"]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    units = {"ns": 1e-6, "µs": 1e-3, "us": 1e-3, "ms": 1.0, "s": 1e3}
    # The argument is the number of qubits.
    lines = [line for line in text.splitlines() if re.match(r"\W*8\s", line)]
    median = re.findall(r"([\d.]+) (ns|µs|us|ms|s)", lines[0])[2]
    return float(median[0]) * units[median[1]]


def main():
    failed = False
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory() as folder:
        import numpy as np
        paths = {}
        for name, matrix in matrices().items():
            paths[name] = os.path.join(folder, f"{name}.npy")
            np.save(paths[name], matrix)
        print("| matrix | program | alpha / norm | cx | ancillas + clean |\n|---|---|---|---|---|")
        for name, method, most, ratio in BARS:
            matrix = np.load(paths[name])
            norm = np.linalg.norm(matrix, 2)
            document = ours(paths[name], method)
            registers = document["registers"]
            ancillas = sum(len(qubits) for qubits in registers.values()) - len(registers["system"])
            good = document["two_qubit_count"] <= most and document["alpha"] <= ratio * norm
            failed |= not good
            print(f"| {name} | ours, `{document['encoding']}` | {document['alpha'] / norm:.4f} | {document['two_qubit_count']} "
                  f"| {ancillas} |{'' if good else ' ABOVE THE BAR'}")
            cx, alpha = pennylane_fable(matrix)
            print(f"| {name} | PennyLane FABLE | {alpha / norm:.4f} | {cx} | {matrix.shape[0].bit_length()} |")
            if matrix.shape[0] <= 16:
                print(f"| {name} | Qiskit, unitary dilation | 1.0000 | {qiskit_dilation(matrix)} | 1 |")
        large = np.load(paths["dense-512"])
        stages = [ours(paths["dense-512"], "fable")["seconds"] for _ in range(3)]
        seconds = statistics.median(stage["encoding"] + stage["lowering"] for stage in stages)
        qiskit = median_seconds(lambda: qiskit_multiplexer(large))
        print("\n| dense, N = 512 | seconds | ratio |\n|---|---|---|")
        print(f"| ours, `fable`: encoding and lowering | {seconds:.3f} | 1 |")
        print(f"| Qiskit UCRYGate, decomposed | {qiskit:.2f} | {qiskit / seconds:.0f} |")
        pennylane = median_seconds(lambda: pennylane_fable(large), runs=1)
        print(f"| PennyLane FABLE, expanded | {pennylane:.2f} | {pennylane / seconds:.0f} |")
        pauli = np.load(paths["dense-256"])
        milliseconds = our_pauli_milliseconds()
        peer = 1e3 * median_seconds(lambda: qiskit_pauli(pauli), clock=time.process_time, runs=5)
        print("\n| Pauli decomposition, dense, N = 256 | milliseconds | ratio |\n|---|---|---|")
        print(f"| ours | {milliseconds:.2f} | 1 |\n| Qiskit SparsePauliOp (CPU) | {peer:.2f} | {peer / milliseconds:.1f} |")
    return 1 if failed else 0


if __name__ == "__main__":
    enter_environment()
    sys.exit(main())
