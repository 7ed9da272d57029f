#!/bin/sh
# The example firmware's ELF in the tree is what its source builds to.
set -eu
cd "$(dirname "$0")/../contrib/example"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
sh build.sh "$out"
cmp "$out/blink.elf" blink.elf
echo "blink.elf is what blink.c builds to"
