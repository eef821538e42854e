#!/bin/sh
# Makes the Python environment of the interoperability checks under target/interop-venv and prints its interpreter.
# Does nothing if it exists and was made from the same requirements. Safe to run from several tests at once.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv="${QNEWTON_INTEROP_VENV:-$root/target/interop-venv}"
mkdir -p "$(dirname "$venv")"

exec 9>"$venv.lock"
flock 9

if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv" >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
    # Last, so that an interrupted installation is begun anew.
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi
echo "$venv/bin/python"
