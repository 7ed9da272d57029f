#!/bin/sh
# Builds float_m4.bin (fpv4-sp-d16), float_m7.bin (fpv5-d16), and trust_secure.bin with the Non-secure trust_non_secure.bin
# that calls its gates, into the given folder or beside this script; --check builds elsewhere and compares. Debian 12's
# gcc-arm-none-eabi gives the bytes in the tree.
set -eu
cd "$(dirname "$0")"
common="-mthumb -mfloat-abi=hard -O2 -std=c17 -Wall -Wextra -ffreestanding -fno-math-errno -nostdlib -g0 -Wl,--build-id=none"
build() { # name, linker script, folder, options and sources
  name=$1 script=$2 out=$3
  shift 3
  # shellcheck disable=SC2086
  arm-none-eabi-gcc $common -T "$script" -o "$out/$name.elf" "$@" -lgcc
  arm-none-eabi-objcopy -O binary -j .text -j .gnu.sgstubs "$out/$name.elf" "$out/$name.bin"
  rm "$out/$name.elf"
}
check=
case ${1:-} in --check) check=1 out=$(mktemp -d); trap 'rm -rf "$out"' EXIT ;; *) out=${1:-.} ;; esac
build float_m4 float.ld "$out" -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -ffp-contract=off float.c
build float_m7 float.ld "$out" -mcpu=cortex-m7 -mfpu=fpv5-d16 -ffp-contract=off float.c
m33="-mcpu=cortex-m33 -mfpu=fpv5-sp-d16"
# shellcheck disable=SC2086
build trust_secure trust_secure.ld "$out" $m33 -mcmse -Wl,--section-start=.gnu.sgstubs=0x0C001000,--cmse-implib,--out-implib="$out/gates.o" trust_secure.c
# shellcheck disable=SC2086
build trust_non_secure trust_non_secure.ld "$out" $m33 trust_non_secure.c "$out/gates.o"
rm "$out/gates.o"
[ -z "$check" ] && exit
for name in float_m4 float_m7 trust_secure trust_non_secure; do cmp "$out/$name.bin" $name.bin; done
echo "the images are what float.c, trust_secure.c and trust_non_secure.c build to"
