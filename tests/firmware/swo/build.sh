#!/bin/sh
# Builds swo.elf into the folder named, or beside the source; with --check it only compares that file with what the source
# gives, and fails where they differ.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$here"
arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -O2 -Wall -Wextra -std=c17 -ffreestanding -nostdlib -g0 -fno-ident \
  -Wl,--build-id=none -Wl,--nmagic -T ../../../contrib/example/blink.ld swo.c -o "$scratch/swo.elf"
arm-none-eabi-strip "$scratch/swo.elf"

if [ "${1:-}" = --check ]; then
  cmp "$scratch/swo.elf" swo.elf
  echo "swo.elf is what swo.c builds to"
else
  cp "$scratch/swo.elf" "${1:-.}/"
fi
