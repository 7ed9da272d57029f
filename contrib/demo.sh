#!/bin/sh
# From a fresh clone on a bare Debian 12: installs the packages, builds into build/, and programs the example firmware into
# a virtual STM32F407 with the very command line one would use on a bench.
set -eu
cd "$(dirname "$0")/.."

sh contrib/setup.sh build
cmake -S . -B build -G Ninja -DPROBITY_TESTS=OFF >/dev/null
cmake --build build

flash=$(mktemp)
trap 'rm -f "$flash" "$flash.options"' EXIT
rm -f "$flash"
set -x
build/bin/openocd --virtual "stm32f407vg,flash=$flash" -f interface/stlink.cfg -f target/stm32f4x.cfg \
  -c "program contrib/example/blink.elf verify reset exit"
