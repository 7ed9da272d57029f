#!/bin/sh
# Builds the four programs into a folder: without optimisation and with (there main runs on the process stack), calling
# libgcc for floats and using the FPU.
#   sh build.sh FOLDER
set -eu
out=$1
cd "$(dirname "$0")"
for level in O0 O2; do
  [ $level = O0 ] && stack= || stack=-DPROCESS_STACK
  for floats in soft hard; do
    [ $floats = soft ] && abi=-mfloat-abi=soft || abi="-mfloat-abi=hard -mfpu=fpv4-sp-d16"
    # shellcheck disable=SC2086  # flags are meant to be split
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb $abi $stack -$level -g3 -std=gnu17 -Wall -Wextra -ffreestanding -nostdlib \
      -Wl,--build-id=none -Wl,--no-warn-rwx-segments -T firmware.ld -o "$out/$level-$floats.elf" firmware.c -lgcc
  done
done
