#!/usr/bin/env python3
"""Writing and reading OpenQASM beside Qiskit, MQT Core and the Microsoft QDK, on the same flat circuit.

    cargo build --release -p qnewton-qasm --example throughput && python3 tests/peers/qasm.py [GATES]

Uses the environment of tests/interop/setup.sh and prints a Markdown table: megabytes written and gates read per second,
largest memory of the process, and how many times faster we are in the same run. The slow readers get a tenth of the
gates. Exit code 1 if a bar stated below is missed.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/examples/throughput"
# Megabytes written per second.
BAR = 100.0


def load(reader, path):
    """The circuit of a file in a toolkit, and seconds."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    if reader == "qiskit-2":
        from qiskit import qasm2 as module
        start = time.perf_counter()
        circuit = module.loads(text, custom_instructions=module.LEGACY_CUSTOM_INSTRUCTIONS)
    elif reader == "qiskit-3":
        from qiskit import qasm3
        start = time.perf_counter()
        circuit = qasm3.loads(text)
    elif reader == "mqt":
        import mqt.core
        start = time.perf_counter()
        circuit = mqt.core.load(text)
    else:
        import qdk
        from qdk.openqasm import ProgramType, import_openqasm
        qdk.init()
        start = time.perf_counter()
        circuit = import_openqasm(text, program_type=ProgramType.Operation, name="main")
    return circuit, time.perf_counter() - start


def peer(task, reader, path):
    """Runs one task and prints what it took."""
    # What writes OpenQASM 3 in Qiskit need not have been read from it, which takes minutes.
    circuit, seconds = load("qiskit-2" if (task, reader) == ("write", "qiskit-3") else reader, path)
    size = 0
    if task == "write":
        from qiskit import qasm2, qasm3
        start = time.perf_counter()
        if reader == "qiskit-2":
            written = qasm2.dumps(circuit)
        elif reader == "qiskit-3":
            written = qasm3.dumps(circuit)
        else:
            written = circuit.qasm3_str()
        seconds = time.perf_counter() - start
        size = len(written)
    print(json.dumps({"seconds": seconds, "bytes": size}))


def measured(command):
    """What a command prints, and the largest memory of its process in megabytes."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        output.seek(0)
        if status != 0:
            return None, 0.0
        return json.loads(output.read().decode().splitlines()[-1]), usage.ru_maxrss / 1024


def best(command, runs):
    """The fastest of several runs."""
    found = [measured(command) for _ in range(runs)]
    return min(found, key=lambda run: run[0]["seconds"] if run[0] else float("inf"))


def main():
    if len(sys.argv) == 5 and sys.argv[1] == "--peer":
        return peer(*sys.argv[2:])
    gates = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    python = subprocess.run(["sh", ROOT / "tests/interop/setup.sh"], check=True, capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for few, number in [(False, gates), (True, gates // 10)]:
            for version in ("qasm2", "qasm3"):
                path = pathlib.Path(folder) / f"{number}.{version}"
                written, memory = best([PROGRAM, "write", number, path], 10)
                files[few, version] = (path, number, written["bytes"])
                if not few and version == "qasm3":
                    speed = written["bytes"] / written["seconds"] / 1e6
                    print(f"| program | writes MB/s | ratio | memory MB |\n|---|---|---|---|\n| qnewton | {speed:.0f} | | {memory:.0f} |")
        writers = [("Qiskit, OpenQASM 2", "qiskit-2", (False, "qasm2")), ("Qiskit, OpenQASM 3", "qiskit-3", (True, "qasm2")),
                   ("MQT Core, OpenQASM 3", "mqt", (False, "qasm3"))]
        readers = [("Qiskit, OpenQASM 2", "qiskit-2", (False, "qasm2")), ("Qiskit, OpenQASM 3", "qiskit-3", (True, "qasm3")),
                   ("MQT Core, OpenQASM 3", "mqt", (False, "qasm3")), ("QDK, OpenQASM 3", "qdk", (True, "qasm3"))]
        for title, name, file in writers:
            found, memory = measured([python, __file__, "--peer", "write", name, files[file][0]])
            if found is None:
                print(f"| {title} | fails | | |")
                continue
            theirs = found["bytes"] / found["seconds"] / 1e6
            print(f"| {title} | {theirs:.2f} | {speed / theirs:.0f} | {memory:.0f} |")
        read, memory = best([PROGRAM, "read", files[False, "qasm3"][0]], 5)
        ours = gates / read["seconds"]
        print(f"\n| program | reads gates/s | ratio | memory MB |\n|---|---|---|---|\n| qnewton | {ours:.0f} | | {memory:.0f} |")
        for title, name, file in readers:
            path, number, _ = files[file]
            found, memory = measured([python, __file__, "--peer", "read", name, path])
            if found is None:
                print(f"| {title} | fails | | |")
                continue
            theirs = number / found["seconds"]
            print(f"| {title} | {theirs:.0f} | {ours / theirs:.0f} | {memory:.0f} |")
    return 0 if speed >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
