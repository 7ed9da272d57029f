#!/bin/sh
# The firmwares' ELF files in the tree are what their sources build to.
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
sh build.sh "$out"
for elf in *.elf; do cmp "$out/$elf" "$elf"; done
echo "the firmwares with threads are what their sources build to"
