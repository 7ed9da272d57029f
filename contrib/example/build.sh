#!/bin/sh
# Builds blink.elf, into the given folder or beside this script. Debian 12's gcc-arm-none-eabi gives the bytes in the tree.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -std=c17 -Wall -Wextra -ffreestanding -nostdlib -g0 -Wl,--build-id=none \
  -T blink.ld -o "$out/blink.elf" blink.c
