#!/bin/sh
# Builds the ELF files here, into the given folder or beside this script. Debian 12's gcc-arm-none-eabi gives the bytes in the tree;
# --check tells whether it still does.
set -eu
cd "$(dirname "$0")"
check=
case ${1:-} in --check) check=1 out=$(mktemp -d); trap 'rm -rf "$out"' EXIT ;; *) out=${1:-.} ;; esac
for name in semihosting rtt; do
  arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -std=c17 -Wall -Wextra -ffreestanding -nostdlib -g0 -Wl,--build-id=none \
    -fno-tree-loop-distribute-patterns -T firmware.ld -o "$out/$name.elf" "$name.c"
done
[ -z "$check" ] && exit
for name in semihosting rtt; do cmp "$out/$name.elf" "$name.elf"; done
echo "semihosting.elf and rtt.elf are what their sources build to"
