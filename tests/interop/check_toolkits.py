"""Loads OpenQASM files with one toolkit and compares their unitaries with given ones.

Usage: check_toolkits.py TOOLKIT FOLDER FILE.qasm...

Beside CIRCUIT.DIALECT.STYLE.qasm there is CIRCUIT.unitary: complex128, column by column, the first qubit of the file
being the least significant bit of an index. Prints one JSON object: the version of the toolkit and, per file, the
largest difference of an entry, up to one phase for all entries unless the toolkit and the dialect keep it, or what went
wrong.
"""

import importlib.metadata
import json
import pathlib
import sys
import time

import numpy
import toolkits


def difference(found, expected, keeps_phase):
    """The largest difference of an entry."""
    if found.ndim == 1:
        expected = expected @ toolkits.product_state(len(expected).bit_length() - 1)
    if found.shape != expected.shape:
        raise ValueError(f"the unitary is of shape {found.shape}, not {expected.shape}")
    if not keeps_phase:
        found = found * numpy.exp(-1j * numpy.angle(numpy.vdot(expected, found)))
    return float(numpy.abs(found - expected).max())


def main():
    toolkit, folder, *files = sys.argv[1:]
    distribution, unitary, accept, keeps_phase = toolkits.TOOLKITS[toolkit]
    results = {}
    for file in files:
        start = time.time()
        text = (pathlib.Path(folder) / file).read_text(encoding="utf-8")
        try:
            accept(text)
            result = {"difference": 0.0}
            if unitary is not None:
                text = toolkits.without_measurements(text)
                names = toolkits.qubit_names(text)
                expected = numpy.fromfile(pathlib.Path(folder) / (file.split(".")[0] + ".unitary"), dtype="<c16")
                expected = expected.reshape(1 << len(names), 1 << len(names)).T
                result["difference"] = difference(
                    unitary(text, names), expected, keeps_phase and ".openqasm2." not in file
                )
        except Exception as error:  # pylint: disable=broad-except
            result = {"error": f"{type(error).__name__}: {error}"}
        results[file] = result | {"seconds": time.time() - start}
    version = importlib.metadata.version(distribution)
    json.dump({"version": version, "keeps_phase": keeps_phase, "files": results}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
