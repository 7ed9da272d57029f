#!/bin/sh
# Installs, builds and runs every test. The last lines are ctest's; the exit status is theirs.
set -eu
cd "$(dirname "$0")/.."

sh contrib/setup.sh test
cmake -S . -B build -G Ninja -DPROBITY_TESTS=ON >/dev/null
cmake --build build
ctest --test-dir build --output-on-failure --parallel 4  # many of them wait more than they compute
