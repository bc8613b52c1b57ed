#!/bin/sh
# Prints the one hash of an emulated Arm processor; it must be that of one_hash.txt.
#
#   sh tests/golden/on_arm.sh FOLDER
#
# For Debian 12 with qemu-user-static (apt-get install qemu-user-static) and the environment of
# `make demo`. Takes some ten minutes, most of them the emulated compiler's, and 500 MB in FOLDER,
# where Debian's Python for Arm and the wheels are unpacked; nothing is installed.
set -eu
folder=${1:?"got no folder; say where Python for Arm may be unpacked"}
source=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$folder"
cd "$folder"

if [ ! -d root ]; then
    mkdir -p lists/partial cache/archives/partial debs unpacked
    apt() {
        apt-get -qq -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 \
            -o Dir::State::Lists="$PWD/../lists" -o Dir::Cache="$PWD/../cache" "$@"
    }
    cd debs
    apt update
    packages=""
    for package in python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libc6 libexpat1 \
        zlib1g libssl3 libffi8 libbz2-1.0 liblzma5 libsqlite3-0 libuuid1 libgcc-s1 libstdc++6 \
        libcrypt1; do
        packages="$packages $package:arm64"
    done
    apt download $packages
    for package in *.deb; do
        dpkg -x "$package" ../unpacked
    done
    cd ..
    mv unpacked root
fi
if [ ! -d site ]; then
    "$source/.venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --target wheels --only-binary=:all: --python-version 3.11 \
        --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 \
        --platform manylinux2014_aarch64 \
        -c "$source/constraints.txt" numpy numba networkx pydantic scipy
    mv wheels site
fi
PYTHONPATH="$source/src:site" CGSIM_CACHE_DIR="$PWD/compiled" PYTHONDONTWRITEBYTECODE=1 \
    qemu-aarch64-static -L root root/usr/bin/python3.11 "$source/tests/golden/one_hash.py"
