#!/bin/sh
# Builds float_m4.bin (fpv4-sp-d16) and float_m7.bin (fpv5-d16) into the given folder or beside this script; --check builds
# elsewhere and compares. Debian 12's gcc-arm-none-eabi gives the bytes in the tree.
set -eu
cd "$(dirname "$0")"
build() { # name, folder, options
  name=$1 out=$2
  shift 2
  arm-none-eabi-gcc "$@" -mthumb -mfloat-abi=hard -O2 -std=c17 -Wall -Wextra -ffreestanding -ffp-contract=off -fno-math-errno \
    -nostdlib -g0 -Wl,--build-id=none -T float.ld -o "$out/$name.elf" float.c -lgcc
  arm-none-eabi-objcopy -O binary -j .text "$out/$name.elf" "$out/$name.bin"
  rm "$out/$name.elf"
}
check=
case ${1:-} in --check) check=1 out=$(mktemp -d); trap 'rm -rf "$out"' EXIT ;; *) out=${1:-.} ;; esac
build float_m4 "$out" -mcpu=cortex-m4 -mfpu=fpv4-sp-d16
build float_m7 "$out" -mcpu=cortex-m7 -mfpu=fpv5-d16
[ -z "$check" ] && exit
for name in float_m4 float_m7; do cmp "$out/$name.bin" $name.bin; done
echo "float_m4.bin and float_m7.bin are what float.c builds to"
