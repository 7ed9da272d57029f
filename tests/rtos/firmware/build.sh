#!/bin/sh
# Builds the firmwares, into the given folder or beside this script. Debian 12's gcc-arm-none-eabi gives the bytes in
# the tree.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
build() { # NAME SOURCE FLAGS…
  name=$1 source=$2
  shift 2
  arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Og -g -gno-record-gcc-switches -std=gnu17 -Wall -Wextra -ffreestanding -nostdlib \
    -ffile-prefix-map="$PWD"=. -fno-optimize-sibling-calls -Wl,--build-id=none -Wl,--no-warn-rwx-segments -T threads.ld "$@" \
    -o "$out/$name.elf" "$source" threads.c
}
build freertos_like freertos_like.c
build freertos_like_no_top freertos_like.c -DWITHOUT_TOP_USED_PRIORITY
build threadx_like threadx_like.c
build threadx5_like threadx_like.c -DTHREADX5
build zephyr_like zephyr_like.c
build zephyr_like_fpu zephyr_like.c -DFPU_SHARING
