#!/usr/bin/env python3
"""Prints how long gdb-multiarch waits in a debugging session on the virtual F407: our GDB server beside stock OpenOCD 0.12.

Both talk to the same kind of `vboard --pace real` over its stlink-server port, so a USB transfer takes 125 µs and the chip
runs at its own speed for both. Stock and ours take turns; the table shows medians, and the least and the most beside them.
A client's own time counts too: run it on a quiet machine.
A step is some 60 ms with either, and `step` is several: a round with 1000 of each takes 10 minutes.
  contrib/bench_debug.py [--rounds N] [--steps N] [--wire hla-v2-1|dapdirect-v2-1|hla-v3|dapdirect-v3 …]
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.debugging import GDB, GdbServer, build_firmware  # noqa: E402
from support.stock import WIRES  # noqa: E402
from support.vboard import Vboard  # noqa: E402

CHIP = "stm32f407vg"
# Runs inside gdb; prints one JSON line: seconds by job.
JOBS = r"""
import json, time, gdb
took = {}
def timed(name, job, times=1):
    begin = time.perf_counter()
    for _ in range(times):
        job()
    took[name] = (time.perf_counter() - begin) / times
def run(*commands):
    for command in commands:
        gdb.execute(command, to_string=True)
def at(function):
    name = gdb.selected_frame().name()
    assert name == function, name
run("set pagination off")
timed("attach, reset halt, run to main", lambda: run(
    "target extended-remote :PORT", "monitor reset halt", "tbreak main", "continue"))
at("main")
run("tbreak one_round", "continue")
timed("stepi, of STEPS", lambda: run("stepi"), STEPS)
timed("step, of STEPS", lambda: run("step"), STEPS)
with open("IMAGE", "rb") as file:
    image = file.read(65536)
def read():
    assert bytes(gdb.selected_inferior().read_memory(0x08000000, len(image))) == image
timed("read 64 KiB", read, 5)
run("tbreak one_round", "continue", "set var command = PARK", "tbreak on_tick", "continue")
at("on_tick")
def backtrace():
    run("maintenance flush register-cache", "maintenance flush dcache")
    assert "main ()" in gdb.execute("backtrace", to_string=True)
timed("backtrace of 7 frames", backtrace, 10)
run("delete", "monitor reset halt", "maintenance flush register-cache", "break sum")
run("continue")
timed("continue to the next breakpoint", lambda: run("continue"), 20)
at("sum")
run("delete")
timed("info registers", lambda: run("maintenance flush register-cache", "info registers"), 10)
timed("finish", lambda: run("finish"))
gdb.execute("detach")
print("TOOK " + json.dumps(took))
"""


def session(who: str, wire, programs: pathlib.Path, steps: int) -> dict[str, float]:
    """The seconds each job took, by its name."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copy(programs / "O0-soft.flash", folder / f"{CHIP}.flash")
        script = folder / "jobs.py"
        board = Vboard(folder, CHIP, probe=wire.probe, pace="real")
        server = GdbServer(who, board, wire)
        try:
            words = {"PORT": server.port, "IMAGE": board.flash_file, "STEPS": steps}
            text = JOBS
            for word, value in words.items():
                text = text.replace(word, str(value))
            script.write_text(text)
            done = subprocess.run([*GDB, "-batch", "-x", script, programs / "O0-soft.elf"], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=60 + steps)
        finally:
            server.stop()
            board.stop()
    lines = [line for line in done.stdout.splitlines() if line.startswith("TOOK ")]
    assert lines, done.stdout + done.stderr
    return json.loads(lines[0][5:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--wire", default="hla-v2-1", choices=[wire.name for wire in WIRES if wire.server == "stlink-server"])
    words = parser.parse_args()
    wire = next(wire for wire in WIRES if wire.name == words.wire)
    took: dict[str, dict[str, list[float]]] = {}
    servers = ["stock", "ours"]
    with tempfile.TemporaryDirectory() as name:
        programs = build_firmware(pathlib.Path(name))
        for _ in range(words.rounds):
            for who in servers:
                for job, seconds in session(who, wire, programs, words.steps).items():
                    took.setdefault(job, {}).setdefault(who, []).append(seconds * 1000)
    print(f"{words.wire}, {words.rounds} rounds, milliseconds: median (least–most)\n")
    print("| job | stock 0.12 | Probity |\n|---|---|---|")
    for job, by_server in took.items():
        cells = [f"{statistics.median(by_server[who]):.2f} ({min(by_server[who]):.2f}–{max(by_server[who]):.2f})" for who in servers]
        print(f"| {job} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
