#!/usr/bin/env python3
"""Phase factors of other programs on the same polynomials, beside those of `qnewton phases`.

    cargo build --release && python3 tests/peers/phases.py [--limit SECONDS] [DEGREE ...]
    cargo build --release && python3 tests/peers/phases.py --scaling

Makes a virtual environment in target/peers-venv on first use. Prints, as Markdown, how other programs evaluate our phases
(the conventions), and a table of times and residuals. Times are medians of three, of one where a run takes more than 15 s;
imports are not counted. A program that fails or exceeds the limit (60 s) is not asked for higher degrees. All residuals are
max |P(x) - p(x)| on 400 Chebyshev points, p by multiplication of 2 x 2 matrices. Exit code 1 if a convention or one of our
residuals is wrong. --scaling asks `qnewton phases` alone, for random coefficients of high degree.
"""
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / "target" / "peers-venv"
PROGRAM = pathlib.Path(os.environ.get("QNEWTON", ROOT / "target" / "release" / "qnewton"))
MAX_NORM = 0.9
# Degree to (condition number, form); the accuracy follows from the degree.
SYSTEMS = {11: (3, "relative"), 51: (10, "relative"), 201: (30, "relative"), 1001: (100, "relative"),
           5001: (500, "relative"), 20725: (1000, "absolute")}


def enter_environment():
    """Continues in the virtual environment, which is made if it is not there."""
    python = ENVIRONMENT / "bin" / "python"
    requirements = pathlib.Path(__file__).with_name("requirements.txt")
    stamp = ENVIRONMENT / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        subprocess.check_call([sys.executable, "-m", "venv", str(ENVIRONMENT)])
        subprocess.check_call([str(python), "-m", "pip", "install", "-q", "-r", str(requirements)])
        stamp.write_text(requirements.read_text())
    if pathlib.Path(sys.prefix).resolve() != ENVIRONMENT.resolve():
        os.execv(str(python), [str(python), *sys.argv])


def corner(angles, points):
    """<0|U|0> of the Wx sequence at the points."""
    import numpy as np
    sine = 1j * np.sqrt((1 - points) * (1 + points))
    first, second = np.exp(1j * angles[0]) * np.ones_like(points), np.zeros_like(points, dtype=complex)
    for angle in angles[1:]:
        phase = np.exp(1j * angle)
        first, second = (first * points + second * sine) * phase, (first * sine + second * points) / phase
    return first


def residual(values, coefficients, points):
    import numpy as np
    difference = np.abs(values - np.polynomial.chebyshev.chebval(points, coefficients))
    return float(difference.max()) if np.isfinite(difference).all() else math.inf


def chebyshev_points():
    import numpy as np
    return np.cos(np.linspace(0, np.pi, 400))


def solve_pyqsp(coefficients):
    import contextlib
    import io
    from pyqsp.angle_sequence import QuantumSignalProcessingPhases
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        angles, _, _ = QuantumSignalProcessingPhases(coefficients, method="sym_qsp", chebyshev_basis=True)
    return time.perf_counter() - start, lambda points: corner(angles, points).imag


def solve_pennylane(coefficients, solver):
    import numpy as np
    import pennylane
    # The interface takes powers of x only; the change of basis is not counted.
    powers = np.polynomial.chebyshev.cheb2poly(coefficients)
    start = time.perf_counter()
    angles = pennylane.poly_to_angles(powers, "QSP", angle_solver=solver)
    return time.perf_counter() - start, lambda points: corner(angles, points).real


def solve_nlft(coefficients):
    import numpy as np
    from nlft_qsp.poly import ChebyshevTExpansion
    from nlft_qsp.qsp import ChebyshevQSPPhaseFactors
    start = time.perf_counter()
    factors = ChebyshevQSPPhaseFactors.solve(ChebyshevTExpansion(list(coefficients)))
    seconds = time.perf_counter() - start
    angles = np.array([complex(phi).real for phi in factors.phi])
    return seconds, lambda points: corner(angles, points).real


PEERS = {
    "pyqsp": solve_pyqsp,
    "nlft-qsp": solve_nlft,
    "PennyLane, root-finding": lambda coefficients: solve_pennylane(coefficients, "root-finding"),
    "PennyLane, iterative": lambda coefficients: solve_pennylane(coefficients, "iterative"),
}


def work(peer, file):
    """In a process of its own, which can be stopped."""
    import numpy as np
    coefficients, points = np.load(file), chebyshev_points()
    seconds = []
    while len(seconds) < 3 and (not seconds or seconds[0] < 15):
        elapsed, evaluate = PEERS[peer](coefficients)
        seconds.append(elapsed)
    print(json.dumps([statistics.median(seconds), residual(evaluate(points), coefficients, points)]))


def ask(peer, file, limit):
    """(seconds, residual), or why there is none."""
    command = [sys.executable, __file__, "--work", peer, str(file)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"> {limit:g} s"
    if run.returncode != 0:
        problem = (run.stderr.strip().splitlines() or ["no message"])[-1]
        return "failed: " + problem[:80].replace("|", "\\|")
    seconds, error = json.loads(run.stdout.splitlines()[-1])
    return seconds, error


def qnewton(*arguments):
    run = subprocess.run([str(PROGRAM), "phases", *map(str, arguments), "--json"], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"qnewton phases {arguments}: {run.stderr}")
    return json.loads(run.stdout)


def write_polynomial(degree, folder):
    """The normalized Chebyshev coefficients of the inversion polynomial of this degree."""
    kappa, form = SYSTEMS[degree]
    rate, count = 2 * math.atanh(1 / kappa), (degree + 1) // 2
    epsilon = 1.0001 / math.cosh(count * rate) if form == "relative" else 1e-6
    file = folder / f"{degree}.npy"
    document = qnewton("inverse", "--kappa", kappa, "--epsilon", epsilon, "--form", form, "--max-norm", MAX_NORM,
                       "--polynomial", file)
    assert document["degree"] == degree, document
    return file


def ours(file, folder):
    """Own seconds, wall seconds and residual; the median of three runs."""
    import numpy as np
    output, coefficients, runs = folder / "phases.npy", np.load(file), []
    for _ in range(3):
        start = time.perf_counter()
        document = qnewton("coefficients", file, "-o", output)
        runs.append((document["seconds"], time.perf_counter() - start))
    points = chebyshev_points()
    error = residual(corner(np.load(output), points).real, coefficients, points)
    return statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs), error


def check_conventions(folder):
    """Our phases in the hands of the programs whose conventions we name; returns whether all is well."""
    import numpy as np
    import pennylane
    from pyqsp.response import ComputeQSPResponse
    points, worst = np.linspace(-0.95, 0.95, 11), {"pyqsp": 0.0, "symmetric": 0.0, "pennylane": 0.0}
    for command in ([("inverse", "--kappa", k, "--epsilon", 0.1) for k in (1, 1.5, 2, 3)]
                    + [("filter", "--gap", g, "--epsilon", 0.1) for g in (0.9, 0.5, 0.3)]):
        coefficients = folder / "small.npy"
        for convention in worst:
            output = folder / "angles.npy"
            qnewton(*command, "--convention", convention, "-o", output, "--polynomial", coefficients)
            angles = np.load(output)
            if convention == "pyqsp":
                values = ComputeQSPResponse(points, angles, signal_operator="Wx", measurement="z")["pdat"].real
            elif convention == "symmetric":
                values = ComputeQSPResponse(points, angles, sym_qsp=True)["pdat"].imag
            else:
                projectors = [pennylane.PCPhase(angle, dim=1, wires=0) for angle in angles]
                values = np.array([
                    pennylane.matrix(pennylane.QSVT(pennylane.RX(2 * np.arccos(x), wires=0), projectors),
                                     wire_order=[0])[0, 0].real for x in points])
            worst[convention] = max(worst[convention], residual(values, np.load(coefficients), points))
    print("| `--convention` | evaluated by | largest difference from P |\n|---|---|---|")
    print(f"| `pyqsp` | pyqsp, `ComputeQSPResponse(..., signal_operator=\"Wx\", measurement=\"z\")`, real part "
          f"| {worst['pyqsp']:.1e} |")
    print(f"| `symmetric` | pyqsp, `ComputeQSPResponse(..., sym_qsp=True)`, imaginary part | {worst['symmetric']:.1e} |")
    print(f"| `pennylane` | PennyLane, `QSVT(RX(2 arccos x), [PCPhase(phi, dim=1), ...])`, real part "
          f"| {worst['pennylane']:.1e} |\n", flush=True)
    return max(worst.values()) < 1e-12


def compare(degrees, limit, folder):
    """The table; returns whether our residuals are small."""
    out_of_the_race, good = {}, True
    print("| degree | ours, s | with start, s | our residual | program | its s | its residual | its time / ours |")
    print("|---|---|---|---|---|---|---|---|")
    for degree in degrees:
        file = write_polynomial(degree, folder)
        own, wall, error = ours(file, folder)
        good &= error < 1e-10
        for peer in PEERS:
            start = f"| {degree} | {own:.2g} | {wall:.2g} | {error:.1e} | {peer} |"
            answer = out_of_the_race.get(peer) or ask(peer, file, limit)
            if isinstance(answer, str):
                print(start, f"{answer} | | |", flush=True)
                out_of_the_race[peer] = answer if answer.startswith("not asked") else f"not asked (see {degree})"
            else:
                print(start, f"{answer[0]:.2g} | {answer[1]:.1e} | {answer[0] / own:.0f} |", flush=True)
    return good


def scaling_run(degree, max_norm, folder):
    """Median own seconds of eleven runs (three above degree 100 000), the largest memory in MB, the last document."""
    import numpy as np
    coefficients = np.zeros(degree + 1)
    coefficients[degree % 2::2] = np.random.default_rng(degree).standard_normal(degree // 2 + 1)
    file, seconds, memory = folder / "coefficients.npy", [], []
    np.save(file, coefficients)
    for _ in range(11 if degree < 100_000 else 3):
        process = subprocess.Popen([str(PROGRAM), "phases", "coefficients", str(file), "--max-norm", str(max_norm),
                                    "--json"], stdout=subprocess.PIPE)
        document = json.load(process.stdout)
        # The kernel's account of this process alone, in KiB.
        _, _, usage = os.wait4(process.pid, 0)
        seconds.append(document["seconds"])
        memory.append(usage.ru_maxrss * 1024 / 1e6)
    return statistics.median(seconds), max(memory), document


def scaling(folder):
    """The table of our own times for random coefficients."""
    print("| max norm | degree | s | time(d) / time(d/2) | peak memory, MB | residual (bound) |\n|---|---|---|---|---|---|")
    for max_norm in (0.9, 0.99):
        previous = None
        for degree in [10_000 << k for k in range(7)] + [230_259, 1_000_001]:
            seconds, memory, document = scaling_run(degree, max_norm, folder)
            doubled = previous is not None and degree == 2 * previous[0]
            ratio = f"{seconds / previous[1]:.2f}" if doubled else ""
            print(f"| {max_norm} | {degree} | {seconds:.3g} | {ratio} | {memory:.0f} "
                  f"| {document['phase_residual']:.1e} |", flush=True)
            previous = degree, seconds


def main():
    arguments = sys.argv[1:]
    if arguments == ["--scaling"]:
        with tempfile.TemporaryDirectory() as folder:
            return scaling(pathlib.Path(folder))
    limit = 60.0
    if arguments[:1] == ["--limit"]:
        limit, arguments = float(arguments[1]), arguments[2:]
    degrees = [int(argument) for argument in arguments] or sorted(SYSTEMS)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        good = check_conventions(folder)
        good &= compare(degrees, limit, folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    enter_environment()
    if sys.argv[1:2] == ["--work"]:
        work(*sys.argv[2:])
    else:
        main()
