#!/bin/sh
# Installs the debug adapter of package-lock.json into a folder, without running any package's scripts:
#   sh tests/ide/fetch.sh FOLDER    → FOLDER/node_modules/cdt-gdb-adapter/
# Does nothing where FOLDER has that version already.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
if [ -e node_modules/.complete ] && cmp -s "$here/package-lock.json" package-lock.json; then
  exit 0
fi
cp "$here/package.json" "$here/package-lock.json" .
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
touch node_modules/.complete
