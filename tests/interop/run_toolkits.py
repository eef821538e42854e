"""Executes OpenQASM files of one register of bits `c` with one toolkit.

Usage: run_toolkits.py TOOLKIT FILE.qasm...

Prints a JSON object: per file the distinct outcomes of ten shots, the last bit first, or what went wrong.
"""

import json
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")
SHOTS = 10


def qiskit_aer(text):
    from qiskit import qasm3, transpile
    from qiskit_aer import AerSimulator

    simulator = AerSimulator()
    circuit = transpile(qasm3.loads(text), simulator, optimization_level=0)
    return simulator.run(circuit, shots=SHOTS).result().get_counts()


def braket(text):
    from braket.devices import LocalSimulator
    from braket.ir.openqasm import Program

    # The first bit comes first.
    counts = LocalSimulator().run(Program(source=text), shots=SHOTS).result().measurement_counts
    return [outcome[::-1] for outcome in counts]


def qdk(text):
    from qdk import Result
    from qdk.openqasm import run

    # The first bit comes first.
    outcomes = run(text, shots=SHOTS)
    return ["".join("1" if bit == Result.One else "0" for bit in reversed(outcome)) for outcome in outcomes]


def main():
    toolkit, *files = sys.argv[1:]
    execute = {"qiskit-aer": qiskit_aer, "braket": braket, "qdk": qdk}[toolkit]
    results = {}
    for file in files:
        try:
            results[file] = sorted(set(execute(pathlib.Path(file).read_text(encoding="utf-8"))))
        except Exception as error:  # pylint: disable=broad-except
            results[file] = f"{type(error).__name__}: {error}"
    json.dump(results, sys.stdout)
    print()


if __name__ == "__main__":
    main()
