#!/usr/bin/env python3
"""Changes the source as the lists beside this file say, one line at a time, and expects a test to notice.

    run.py BUILD_DIR [LIST…]        LIST: f2, l4 … (default: all)

A list NAME.txt has blocks with an empty line between them:

    file:   path in the source tree
    from:   text that occurs in it once
    to:     what it becomes (may be empty)
    killer: name of a ctest [filter of gtest, or expression of pytest -k]
    why:    what the mutant forgets

Every killer is first run on the unchanged source, and must be green there. Then each mutant is built and must turn its
killer red; one that is still running after a while counts as red. The file gets its content back whatever happens;
after a kill -9, at the next start. The exit status is 1 if a mutant survives, does not build or does not fit the source.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
KEYS = ("file", "from", "to", "killer", "why")
PATIENCE = 180  # seconds for one killer


@dataclass(frozen=True)
class Mutant:
    place: str  # "f2.txt:12"
    file: str
    old: str
    new: str
    killer: str
    why: str


class Misfit(Exception):
    """A mutant that cannot be tried."""


def read_list(path):
    mutants, block, first = [], {}, 0

    def finish():
        if not block:
            return
        missing = [key for key in KEYS if key not in block]
        if missing:
            raise SystemExit(f"{path.name}:{first}: no {', '.join(missing)}")
        mutants.append(Mutant(f"{path.name}:{first}", block["file"], block["from"], block["to"], block["killer"], block["why"]))

    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("#"):
            continue
        if not line.strip():
            finish()
            block = {}
            continue
        key, colon, value = line.partition(":")
        if not colon or key not in KEYS or key in block:
            raise SystemExit(f"{path.name}:{number}: a line is one of {', '.join(KEYS)}, each once, and a colon: {line}")
        first = number if not block else first
        # One blank behind the colon belongs to the format; all others to the text.
        block[key] = value.removeprefix(" ") if key in ("from", "to") else value.strip()
    finish()
    return mutants


class Tree:
    """The source, with at most one file changed. What it was is kept in the build folder until it is back."""

    def __init__(self, build):
        self.note = build / "mutant.json"
        if self.note.exists():
            print("putting back what an interrupted run left changed", flush=True)
            self.restore()

    def apply(self, mutant):
        path = SOURCE / mutant.file
        if not path.is_file():
            raise Misfit(f"no such file: {mutant.file}")
        text = path.read_text()
        if text.count(mutant.old) != 1:
            raise Misfit(f"'from' occurs {text.count(mutant.old)} times in {mutant.file}")
        self.note.write_text(json.dumps({"file": mutant.file, "text": text}))
        path.write_text(text.replace(mutant.old, mutant.new))

    def restore(self):
        if self.note.exists():
            kept = json.loads(self.note.read_text())
            (SOURCE / kept["file"]).write_text(kept["text"])
            self.note.unlink()


def targets_of(killer):
    name = killer.split()[0]
    return [name] if name.startswith("unit_") else ["probity", "vboard"]


def build(folder, targets):
    """Empty where it worked, else the end of what the compiler said."""
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", "2")
    done = subprocess.run(["cmake", "--build", folder, "--parallel", jobs, "--target", *targets],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return ""
    errors = [line for line in done.stdout.splitlines() if "error" in line]
    return (errors or done.stdout.splitlines() or ["the build failed"])[0]


def is_green(folder, killer):
    """Whether the killer passes; None where its filter leaves no test."""
    name, _, only = killer.partition(" ")
    environment = dict(os.environ)
    if name.startswith("unit_"):
        words = [folder / "bin" / name] + ([f"--gtest_filter={only}"] if only else [])
    else:
        words = ["ctest", "--test-dir", folder, "--output-on-failure", "-R", f"^{re.escape(name)}$"]
        if only:
            environment["PYTEST_ADDOPTS"] = f"-k '{only}'"
    try:
        done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return False
    nothing = re.search(r"\b0 tests? from|No tests were found|collected \d+ items? / \d+ deselected$", done.stdout)
    return None if done.returncode == 0 and nothing else done.returncode == 0


def check_killers(folder, mutants):
    """The killers that are no good: red, or without a test, on the unchanged source."""
    useless = {}
    targets = sorted({target for mutant in mutants for target in targets_of(mutant.killer)})
    said = build(folder, targets)
    if said:
        raise SystemExit(f"the unchanged source does not build: {said}")
    for killer in sorted({mutant.killer for mutant in mutants}):
        green = is_green(folder, killer)
        if green is not True:
            useless[killer] = "has no test to run" if green is None else "is red on the unchanged source"
    return useless


def try_one(folder, tree, mutant):
    """(killed, word for the line)"""
    try:
        tree.apply(mutant)
    except Misfit as e:
        return False, f"MISFIT, {e}"
    try:
        said = build(folder, targets_of(mutant.killer))
        if said:
            return False, f"DOES NOT BUILD, {said}"
        return (False, "SURVIVES") if is_green(folder, mutant.killer) else (True, "killed")
    finally:
        tree.restore()


def main(words):
    if not words or words[0].startswith("-"):
        raise SystemExit(__doc__)
    folder = pathlib.Path(words[0]).resolve()
    lists = [HERE / f"{name}.txt" for name in words[1:]] or sorted(HERE.glob("*.txt"))
    mutants = [mutant for path in lists for mutant in read_list(path)]
    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, lambda number, frame: sys.exit(128 + number))
    tree = Tree(folder)
    useless = check_killers(folder, mutants)
    bad = 0
    for mutant in mutants:
        if mutant.killer in useless:
            killed, word = False, f"NO KILLER, {mutant.killer} {useless[mutant.killer]}"
        else:
            killed, word = try_one(folder, tree, mutant)
        bad += not killed
        print(f"{mutant.place}: {word}: {mutant.why} [{mutant.killer}]", flush=True)
    print(f"{len(mutants) - bad} of {len(mutants)} mutants killed")
    build(folder, sorted({target for mutant in mutants for target in targets_of(mutant.killer)}))  # of the unchanged source
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
