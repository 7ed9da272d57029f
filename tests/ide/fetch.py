#!/usr/bin/env python3
"""Installs the debug adapter of package-lock.json into a folder, without npm (some 350 packages in Debian) and without
running any package's scripts:
  tests/ide/fetch.py FOLDER    → FOLDER/node_modules/cdt-gdb-adapter/
Each file is checked against the lock's integrity before it is unpacked. Does nothing where FOLDER has these versions already.
The registry is npm's own, or what npm_config_registry says."""
import base64
import hashlib
import io
import json
import os
import pathlib
import sys
import tarfile
import urllib.request

LOCK = pathlib.Path(__file__).parent / "package-lock.json"
REGISTRY = os.environ.get("npm_config_registry", "https://registry.npmjs.org").rstrip("/")


def download(name: str, version: str, integrity: str) -> bytes:
    url = f"{REGISTRY}/{name}/-/{name.split('/')[-1]}-{version}.tgz"
    with urllib.request.urlopen(url, timeout=60) as answer:
        content = answer.read()
    kind, _, wanted = integrity.partition("-")
    if base64.b64encode(hashlib.new(kind, content).digest()).decode() != wanted:
        sys.exit(f"{url} is not what package-lock.json says")
    return content


def unpack(content: bytes, folder: pathlib.Path):
    """npm's files have one folder on top, of any name."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            parts = pathlib.PurePosixPath(member.name).parts[1:]
            if not member.isfile() or not parts or ".." in parts:
                continue
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.extractfile(member).read())


def main():
    folder = pathlib.Path(sys.argv[1])
    complete = folder / "node_modules/.complete"
    if complete.exists() and complete.read_bytes() == LOCK.read_bytes():
        return
    for path, package in json.loads(LOCK.read_text())["packages"].items():
        if path:
            name = path.rpartition("node_modules/")[2]
            unpack(download(name, package["version"], package["integrity"]), folder / path)
    complete.write_bytes(LOCK.read_bytes())


main()
