#!/usr/bin/env python3
"""The state-vector executor beside qulacs, Qiskit Aer, qsim, PennyLane Lightning and PRISM-Q, on the same circuits.

    cargo build --release -p qnewton-tests --example execute && python3 tests/peers/executor.py [CIRCUIT...] [--runs N]

Circuits: `encoding` (100 block encodings of a random 64 x 64 matrix with a phase after each, 822 500 gates on 13 qubits, all
alike for the peers), `random22` (22 qubits, 40 layers of u3 and cx), `random545` (22 qubits, 545 gates), `qft24`, `qft26`.
Every program gets the circuit in its own form; what is timed is the run alone, and for us the planning with it, reading the
file apart. Medians of the runs, wall seconds, one thread and two. Uses target/peers-venv and prints Markdown tables; the
largest difference of |amplitude| at a few indices says that all computed the same. Exit code 1 if a bar is missed.
"""
import argparse
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

from phases import ROOT, enter_environment

PROGRAM = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/examples/execute"
PRECISION = {"single": ["qsim", "aer"], "double": ["lightning", "qulacs", "aer", "prism"]}
# Circuit, precision, ours, least factor by which the best peer takes longer.
BARS = [("encoding", "double", "gate by gate", 2.0), ("encoding", "double", "planned", 30.0),
        ("random22", "single", "planned", 1.0), ("random22", "double", "planned", 3.0), ("random545", "double", "planned", 1.0),
        ("qft24", "single", "planned", 2.0), ("qft24", "double", "planned", 2.0),
        ("qft26", "single", "planned", 2.0), ("qft26", "double", "planned", 2.0)]
SAMPLES = [0, 1, 2, 77, 1234, 4095]


def fable(qubits, matrix):
    """A block encoding by one multiplexed rotation in Gray code order (Camps and Van Beeumen, arXiv 2205.00081)."""
    size, target = 2**qubits, 2 * qubits
    angles = [2 * math.acos(matrix[k // size][k % size]) for k in range(size * size)]
    half = 1
    while half < len(angles):
        for start in range(0, len(angles), 2 * half):
            for k in range(start, start + half):
                angles[k], angles[k + half] = angles[k] + angles[k + half], angles[k] - angles[k + half]
        half *= 2
    gray = [k ^ k >> 1 for k in range(len(angles))]
    gates = [("h", (), (k + qubits,)) for k in range(qubits)]
    for k, code in enumerate(gray):
        gates.append(("ry", (angles[code] / len(angles),), (target,)))
        gates.append(("cx", (), ((code ^ gray[(k + 1) % len(gray)]).bit_length() - 1, target)))
    gates += [("swap", (), (k, k + qubits)) for k in range(qubits)]
    return gates + [("h", (), (k + qubits,)) for k in range(qubits)]


def circuit(name):
    """Number of qubits, and gates as (name, angles, qubits)."""
    random.seed(1)
    if name == "encoding":
        matrix = [[random.uniform(-1, 1) for _ in range(64)] for _ in range(64)]
        encoding, gates = fable(6, matrix), []
        for _ in range(100):
            gates += encoding + [("rz", (random.uniform(0, 6.28),), (12,))]
        return 13, gates
    if name.startswith("qft"):
        qubits, gates = int(name[3:]), [("h", (), (k,)) for k in range(0, int(name[3:]), 3)]
        for k in reversed(range(qubits)):
            gates.append(("h", (), (k,)))
            gates += [("cp", (math.pi / 2**(k - j),), (j, k)) for j in reversed(range(k))]
        return qubits, gates + [("swap", (), (k, qubits - 1 - k)) for k in range(qubits // 2)]
    qubits, gates = 22, []
    while True:
        for k in range(qubits):
            gates.append(("u3", tuple(random.uniform(0, 3.1) for _ in range(3)), (k,)))
        order = random.sample(range(qubits), qubits)
        gates += [("cx", (), (order[k], order[k + 1])) for k in range(0, qubits - 1, 2)]
        wanted = 545 if name == "random545" else 40 * 33
        if len(gates) >= wanted:
            return qubits, gates[:wanted]


def openqasm(qubits, gates):
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";', f"qubit[{qubits}] q;"]
    for name, angles, operands in gates:
        arguments = f"({','.join(repr(angle) for angle in angles)})" if angles else ""
        lines.append(f"{name}{arguments} {', '.join(f'q[{k}]' for k in operands)};")
    return "\n".join(lines) + "\n"


def runner(peer, qubits, gates, precision, threads):
    """A function that runs the circuit once and returns the state's amplitudes, as something to be indexed."""
    import numpy as np
    if peer == "qulacs":
        import qulacs
        from qulacs.gate import U1, to_matrix_gate
        built = qulacs.QuantumCircuit(qubits)
        for name, angles, operands in gates:
            if name == "cp":
                gate = to_matrix_gate(U1(operands[1], angles[0]))
                gate.add_control_qubit(operands[0], 1)
                built.add_gate(gate)
            elif name in ("ry", "rz"):
                # Its rotations turn the other way.
                getattr(built, f"add_{name.upper()}_gate")(operands[0], -angles[0])
            else:
                method = {"h": "H", "cx": "CNOT", "swap": "SWAP", "u3": "U3"}[name]
                getattr(built, f"add_{method}_gate")(*operands, *angles)

        def run():
            state = qulacs.QuantumState(qubits)
            built.update_quantum_state(state)
            return state
        return run, lambda state: state.get_vector()
    if peer == "aer":
        from qiskit import QuantumCircuit
        from qiskit_aer import AerSimulator
        built = QuantumCircuit(qubits)
        for name, angles, operands in gates:
            getattr(built, "u" if name == "u3" else name)(*angles, *operands)
        built.save_statevector()
        simulator = AerSimulator(method="statevector", precision=precision, max_parallel_threads=threads)
        return lambda: simulator.run(built).result(), lambda result: np.asarray(result.get_statevector())
    if peer == "qsim":
        import cirq
        import qsimcirq
        line = cirq.LineQubit.range(qubits)
        # Its first qubit is the most significant one.
        at = [line[qubits - 1 - k] for k in range(qubits)]
        form = {"h": lambda: cirq.H, "cx": lambda: cirq.CNOT, "swap": lambda: cirq.SWAP, "ry": cirq.ry, "rz": cirq.rz,
                "cp": lambda angle: cirq.CZPowGate(exponent=angle / math.pi)}

        def u3(theta, phi, lam):
            c, s = math.cos(theta / 2), math.sin(theta / 2)
            i = 1j
            return cirq.MatrixGate(np.array([[c, -np.exp(i * lam) * s],
                                             [np.exp(i * phi) * s, np.exp(i * (phi + lam)) * c]]))
        form["u3"] = u3
        built = cirq.Circuit(form[name](*angles).on(*(at[k] for k in operands)) for name, angles, operands in gates)
        simulator = qsimcirq.QSimSimulator({"t": threads, "f": 4})
        return lambda: simulator.simulate(built, qubit_order=line), lambda result: result.final_state_vector
    if peer == "lightning":
        from pennylane_lightning import lightning_qubit_ops
        kind = lightning_qubit_ops.StateVectorC64 if precision == "single" else lightning_qubit_ops.StateVectorC128
        wires = {"h": "Hadamard", "cx": "CNOT", "swap": "SWAP", "ry": "RY", "rz": "RZ", "cp": "ControlledPhaseShift"}
        calls = []
        for name, angles, operands in gates:
            own = [qubits - 1 - k for k in operands]
            if name == "u3":
                theta, phi, lam = angles
                calls += [("Rot", own, [lam, theta, phi]), ("GlobalPhase", own, [-(phi + lam) / 2])]
            else:
                calls.append((wires[name], own, list(angles)))
        # A global phase is no work for anybody else.
        calls = [call for call in calls if call[0] != "GlobalPhase"]

        def run():
            state = kind(qubits)
            state.resetStateVector()
            for name, own, angles in calls:
                getattr(state, name)(own, False, angles)
            return state

        def amplitudes(state):
            vector = np.zeros(2**qubits, dtype=np.complex64 if precision == "single" else np.complex128)
            state.getState(vector)
            return vector
        return run, amplitudes
    import prism_q
    built = prism_q.parse_qasm(openqasm(qubits, gates).replace("u3(", "U("))
    pool = prism_q.ThreadPool(threads)

    def run():
        return pool.install(lambda: prism_q.simulate(built).backend(prism_q.BackendKind.statevector()).state_vector())
    return run, np.asarray


def peer_main(peer, name, precision, threads, runs):
    qubits, gates = circuit(name)
    run, amplitudes = runner(peer, qubits, gates, precision, threads)
    seconds = []
    while len(seconds) < runs and sum(seconds) < 60:
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    vector = amplitudes(result)
    print(json.dumps({"seconds": statistics.median(seconds), "moduli": [abs(complex(vector[k])) for k in SAMPLES]}))


def ours(path, precision, threads, way):
    command = [str(PROGRAM), str(path), precision, str(threads)] + (["exact"] if way == "gate by gate" else [])
    lines = [line.split() for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()]
    of = lambda word: [float(line[1]) for line in lines if line[0] == word]
    return {"seconds": of("plan")[0] + statistics.median(of("run")), "moduli": of("modulus")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("circuits", nargs="*", default=["encoding", "random22", "random545", "qft24"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        peer, name, precision, threads = arguments.peer
        return peer_main(peer, name, precision, int(threads), arguments.runs)
    enter_environment()
    failed = False
    for name in arguments.circuits:
        qubits, gates = circuit(name)
        print(f"\n### {name}: {qubits} qubits, {len(gates)} gates\n")
        print("| precision | threads | program | seconds | ratio to ours, planned | difference |\n|---|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "circuit.qasm"
            path.write_text(openqasm(qubits, gates), encoding="utf-8")
            for precision, peers in PRECISION.items():
                for threads in (1, 2):
                    found = {way: ours(path, precision, threads, way) for way in ("planned", "gate by gate")}
                    moduli = found["planned"]["moduli"]
                    for peer in peers:
                        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), RAYON_NUM_THREADS=str(threads))
                        command = [sys.executable, __file__, "--runs", str(arguments.runs), "--peer", peer, name, precision,
                                   str(threads)]
                        done = subprocess.run(command, capture_output=True, text=True, env=environment)
                        if done.returncode:
                            print(f"| {precision} | {threads} | {peer} | failed: {done.stderr.strip().splitlines()[-1][:100]} | | |")
                            continue
                        found[peer] = json.loads(done.stdout.splitlines()[-1])
                    for program, result in found.items():
                        worst = max(abs(a - b) for a, b in zip(moduli, result["moduli"]))
                        ratio = result["seconds"] / found["planned"]["seconds"]
                        print(f"| {precision} | {threads} | {program} | {result['seconds']:.3f} | {ratio:.2f} | {worst:.0e} |",
                              flush=True)
                        failed |= worst > 1e-4
                    best = min((found[peer]["seconds"] for peer in peers if peer in found), default=math.inf)
                    for bar in BARS:
                        if bar[:2] == (name, precision) and found[bar[2]]["seconds"] * bar[3] > best:
                            print(f"\nmissed with {threads} threads: {bar}, the best of the others took {best:.3f} s\n")
                            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
