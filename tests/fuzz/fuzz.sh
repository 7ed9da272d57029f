#!/bin/sh
# Builds one fuzz target with clang, AddressSanitizer and UndefinedBehaviorSanitizer, and runs it from its corpus.
#   sh tests/fuzz/fuzz.sh (elf|intel_hex|s_record|gdb_packet) FOLDER SECONDS
# What it finds on its way (new inputs, an input that fails) stays in FOLDER/NAME; the corpus in the tree grows only by hand:
#   FOLDER/fuzz_NAME -merge=1 tests/fuzz/corpus/NAME FOLDER/NAME
set -eu
name=$1 folder=$2 seconds=$3
here=$(cd "$(dirname "$0")" && pwd)
source=$here/../../src
case "$name" in
  elf | intel_hex | s_record)
    files="$here/image_fuzz.cpp $(ls "$source"/image/*.cpp) $source/base/errors.cpp"
    define=-DFUZZED_FORMAT=$name
    ;;
  gdb_packet)
    files="$here/gdb_packet_fuzz.cpp $source/server/gdb/packet.cpp $source/server/http_request.cpp"
    define=
    ;;
  *)
    echo "fuzz.sh: no target is named '$name'" >&2
    exit 2
    ;;
esac
mkdir -p "$folder/$name"
# shellcheck disable=SC2086  # the lists are meant to be split
clang++-14 -std=c++20 -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
  -I "$source" $define $files -o "$folder/fuzz_$name" -lfmt -lelf
cd "$folder/$name"
exec "$folder/fuzz_$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 . \
  "$here/corpus/$name"
