"""Short scripts, run by stock OpenOCD and by our program on the same virtual chip: the same output, the same result, the same exit
status. What differs stands in scripts.py beside the script, with the reason."""
import os
import re
import struct
import subprocess

import pytest
import scripts

from support.probity import BUILD
from support.served import FREE_PORTS, Served
from support.stock import OPENOCD, WIRES
from support.vboard import Vboard

CHIP = "stm32f407vg"
GROUPS = {"hla-v2-1": scripts.HLA, "remote-bitbang-jtag": scripts.JTAG, "dapdirect-v2-1": scripts.DAPDIRECT}
# A stack, and an endless loop behind the two vectors.
FIRMWARE = (struct.pack("<II", 0x20001000, 0x08000009) + b"\xfe\xe7" * 60).ljust(1 << 20, b"\xff")

# Lines of either program that are no difference, and why.
ONE_SIDED = [
    (r"halted: PC: 0x[0-9a-f]+", "said again, in the line before, of a single step through hla"),
    (r"Unable to match requested speed .*", "stock sets the clock again in each reset; ours once"),
    (r"(Info : )?(device id = .*|flash size = .*)", "said at a flash bank's first probe: which command that is depends on who probes"),
    (r"Translation from khz to adapter speed not implemented", "remote_bitbang has no clock; stock says so at each reset"),
]
TIMES = [(re.compile(r"in [\d.]+s \([\d.inf]+ KiB/s\)"), "in TIME"), (re.compile(r"in [\d.]+s"), "in TIME")]


def script_of(row) -> str:
    return row if isinstance(row, str) else row[0]


def difference_of(row) -> str | None:
    return None if isinstance(row, str) else row[1]


def cleaned(text: str) -> str:
    for pattern, word in TIMES:
        text = pattern.sub(word, text)
    lines = [line.rstrip() for line in text.replace("\r", "").splitlines()]
    return "\n".join(line for line in lines if line and not any(re.fullmatch(p, line) for p, _ in ONE_SIDED))


def board_for(start_vboard, wire, folder) -> Vboard:
    folder.mkdir()
    (folder / f"{CHIP}.flash").write_bytes(FIRMWARE)
    return wire.start(lambda chip, *serve, **options: start_vboard(folder, chip, *serve, **options), CHIP)


@pytest.fixture
def start_vboard():
    boards = []

    def start(folder, chip, *serve, **options):
        boards.append(Vboard(folder, chip, *serve, **options))
        return boards[-1]

    yield start
    for board in boards:
        board.stop()


def said(program, group, start_vboard, folder) -> list[tuple[str, str]]:
    """Of each script of the group what a telnet client sees: the log, and "=> 0 <result>" or "=> 1 <error>"."""
    wire = next(w for w in WIRES if w.name == group)
    board = board_for(start_vboard, wire, folder)
    words = [program, *wire.words(board), "-f", "target/stm32f4x.cfg", "-c", FREE_PORTS, "-c", "init"]
    with Served(words, cwd=folder) as server:
        telnet = server.telnet()
        telnet.ask("reset halt")
        return [(script_of(row), cleaned(telnet.ask(f"set code [catch {{{script_of(row)}}} result]; "
                                                    f"echo \"=> [expr {{$code != 0}}] <$result>\"")))
                for row in GROUPS[group]]


def without_error(text: str) -> str:
    """Stock logs most errors and returns nothing; our error is its text, too, so that a script which catches it can show it. What
    counts is the text once, wherever it stands."""
    log, _, result = text.rpartition("=> 1 <")
    return text if not _ else f"{log.strip() or result.removesuffix('>').strip()}\n=> 1"


@pytest.mark.parametrize("group", GROUPS)
def test_the_same_said(start_vboard, tmp_path, group):
    theirs = said(OPENOCD, group, start_vboard, tmp_path / "stock")
    mine = said(BUILD / "openocd", group, start_vboard, tmp_path / "ours")
    wrong = []
    for row, (script, a), (_, b) in zip(GROUPS[group], theirs, mine):
        a, b = without_error(a), without_error(b)
        if (a != b) != (difference_of(row) is not None):
            wrong.append(f"{script}\n  listed {difference_of(row)}\n  stock {a}\n  ours  {b}")
        elif difference_of(row) in scripts.SAME_CODE and code_of(a) != code_of(b):
            wrong.append(f"{script}: one fails, the other does not\n  stock {a}\n  ours  {b}")
    assert not wrong, "\n".join([*wrong, f"{len(wrong)} of {len(theirs)}"])


def code_of(text: str) -> str:
    return re.findall(r"=> (\d)", text)[-1]


def run(program, wire, board, commands, folder) -> tuple[int, str]:
    words = [program, "-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled", *wire.words(board), "-f", "target/stm32f4x.cfg"]
    for command in [*commands, "shutdown"]:
        words += ["-c", command]
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENOCD_SCRIPTS", "PROBITY_VIRTUAL")} | {"HOME": "/nonexistent"}
    done = subprocess.run(list(map(str, words)), cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, errors="replace")
    return done.returncode, cleaned(done.stdout)


def test_the_same_runs(start_vboard, tmp_path):
    wire = next(w for w in WIRES if w.name == "hla-v2-1")
    folders = [tmp_path / "stock", tmp_path / "ours"]
    boards = [board_for(start_vboard, wire, folder) for folder in folders]
    for folder in folders:
        (folder / "a file.bin").write_bytes(FIRMWARE[:128])
    wrong = []
    for row in scripts.RUNS:
        commands, difference = (row, None) if isinstance(row, list) else row
        a, b = (run(program, wire, board, commands, folder)
                for program, board, folder in zip((OPENOCD, BUILD / "openocd"), boards, folders))
        same = a[0] == b[0] and not only_one_says(a[1], b[1])
        if same == (difference is not None):
            wrong.append("\n  ".join([str(commands), f"listed: {difference}", f"status {a[0]}, ours {b[0]}", *only_one_says(a[1], b[1])]))
    assert not wrong, "\n".join(wrong)


# What a start says that is each program's own.
OF_THE_START = re.compile(r"Open On-Chip|Licensed under|For bug reports|\s*http://|Info : (connected to stlink-server|stlink-server API|"
                          r"The selected transport|clock speed|STLINK|Target voltage|auto-select|\[stm32f4x|starting gdb|gdb port)")


def own(lines: str) -> list[str]:
    """What a run's own commands say. A Tcl error is an "Error: " line of ours, and its place is said in another way."""
    return [line.removeprefix("Error: ") for line in lines.splitlines()
            if not OF_THE_START.match(line) and not line.startswith(("in procedure", "at file", "  at "))]


def only_one_says(theirs: str, ours: str) -> list[str]:
    a, b = own(theirs), own(ours)
    return [f"stock: {line}" for line in a if line not in b] + [f"ours: {line}" for line in b if line not in a]
