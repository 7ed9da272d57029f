"""Configuration files. All of stock's package, loaded by stock and by us (config_files.py). And our board and target files beside
stock's of the same name: the same targets, flash banks, transport, speed and resets after loading; there target events are compared
by which of them have a body."""
import os
import pathlib
import subprocess

import pytest

from differential.config_file_exceptions import EXCEPTED
from differential.config_files import compare_all, loads
from support.probity import BUILD, SOURCE
from support.stock import OPENOCD

SCRIPTS = pathlib.Path(os.environ.get("STOCK_SCRIPTS", "/usr/share/openocd/scripts"))
EVENTS = "examine-start examine-end reset-init reset-start reset-end gdb-attach trace-config"
STATE = [
    "echo [flash list]", "echo [transport select]", "echo [adapter speed]", "echo [targets]", "reset_config",
    "foreach t [target names] {echo \"$t [$t cget -type] [$t cget -endian] [$t cget -work-area-phys] [$t cget -work-area-size]\"}",
    f"foreach t [target names] {{foreach e {{{EVENTS}}} {{echo \"$t $e [expr {{[catch {{$t cget -event $e}} b] == 0 && $b ne {{}}}}]\"}}}}",
]
OF_STM32 = ("stm32", "st_", "steval", "lisa", "olimex_stm32")
SAID_DIFFERENTLY = ("Open On-Chip Debugger", "Licensed under", "For bug reports", "\thttp", "Info :", "Warn :")


@pytest.mark.parametrize("folder", ["interface", "target", "board"])
def test_every_file_of_stock_loads_with_the_same_result(folder):
    verdicts = compare_all(loads(folder))
    assert len(verdicts) > 100, "stock's package is not there"
    bad = [f"{verdict}\n{verdict.detail}" for verdict in verdicts if not verdict.good]
    assert not bad, "\n".join(bad)
    equal = {verdict.load.name for verdict in verdicts if verdict.word == "equal"}
    no_longer = sorted(equal & set(EXCEPTED))
    assert not no_longer, f"excepted, but equal: {no_longer}"


def shipped(folder: str) -> list[str]:
    """Our files of this folder for STM32 that stock has, too, but for what other files include. The other makers' are tried by
    tests/users/test_shipped_files.py."""
    ours = SOURCE / {"board": "tcl/board"}.get(folder, folder)
    return [path.name for path in sorted(ours.glob("*.cfg")) if path.name.startswith(OF_STM32) and not path.name.startswith("steval-idb") and (SCRIPTS / folder / path.name).exists() and not path.stem.endswith(("_common", "_dual_qspi"))]


def state(program, *files: str) -> tuple[int, list[str]]:
    words = ["-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled"]
    for file in files:
        words += ["-f", file] if file.endswith(".cfg") else ["-c", file]
    for command in STATE:
        words += ["-c", command]
    done = subprocess.run([program, *words, "-c", "shutdown"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=20, env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"})
    return done.returncode, [line for line in done.stdout.splitlines() if line.strip() and not line.startswith(SAID_DIFFERENTLY)]


@pytest.mark.parametrize("board", shipped("board"))
def test_a_board(board):
    chooses_a_probe = "interface/" in (SOURCE / "tcl/board" / board).read_text()
    files = [] if chooses_a_probe else ["interface/stlink.cfg", "transport select hla_swd"]
    ours, stocks = (state(program, *files, f"board/{board}") for program in (BUILD / "openocd", OPENOCD))
    assert ours == stocks
    assert ours[0] == 0 and any(" driver stm32" in line for line in ours[1]), ours


@pytest.mark.parametrize("way", [("interface/stlink.cfg", "transport select hla_swd"),
                                 ("interface/stlink-dap.cfg", "transport select dapdirect_swd")], ids=["hla", "dapdirect"])
@pytest.mark.parametrize("target", shipped("target"))
def test_a_target(target, way):
    ours, stocks = (state(program, *way, f"target/{target}") for program in (BUILD / "openocd", OPENOCD))
    if stocks[0] == 0:
        assert ours == stocks
    else:
        assert ours[0] in (0, stocks[0]), ours[1]  # stock refuses it on this wire
