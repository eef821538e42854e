#!/bin/sh
# Makes sure that there are an MPI library with its headers, its launcher, and libclang, which reads the headers: from
# Debian's packages where they are missing, which takes root or sudo without a password.
set -eu

complete() {
    command -v mpirun >/dev/null && command -v mpicc >/dev/null &&
        { ldconfig -p | grep -q 'libclang' || ls /usr/lib/llvm-*/lib/libclang*.so* >/dev/null 2>&1; }
}

complete && exit 0
if ! command -v apt-get >/dev/null; then
    echo "MPI is missing (mpirun, mpicc, libclang), and without apt-get this script cannot install it" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "MPI is missing: install libopenmpi-dev openmpi-bin libclang-dev, or run this as root" >&2
        exit 1
    fi
    as_root="sudo -n"
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update >&2
clang=libclang-14-dev
apt-cache show "$clang" >/dev/null 2>&1 || clang=libclang-dev
$as_root apt-get install --yes --no-install-recommends libopenmpi-dev openmpi-bin "$clang" >&2
complete
