"""Our board and target files beside stock's of the same name: the same targets, flash banks, transport, speed and resets after
loading. Target events are compared by which of them have a body."""
import os
import pathlib
import subprocess

import pytest

from support.probity import BUILD, SOURCE
from support.stock import OPENOCD

SCRIPTS = pathlib.Path(os.environ.get("STOCK_SCRIPTS", "/usr/share/openocd/scripts"))
EVENTS = "examine-start examine-end reset-init reset-start reset-end gdb-attach trace-config"
STATE = [
    "echo [flash list]", "echo [transport select]", "echo [adapter speed]", "echo [targets]", "reset_config",
    "foreach t [target names] {echo \"$t [$t cget -type] [$t cget -endian] [$t cget -work-area-phys] [$t cget -work-area-size]\"}",
    f"foreach t [target names] {{foreach e {{{EVENTS}}} {{echo \"$t $e [expr {{[catch {{$t cget -event $e}} b] == 0 && $b ne {{}}}}]\"}}}}",
]
SAID_DIFFERENTLY = ("Open On-Chip Debugger", "Licensed under", "For bug reports", "\thttp", "Info :", "Warn :")


def shipped(folder: str) -> list[str]:
    """Our files of this folder that stock has, too, but for what other files include."""
    ours = SOURCE / {"board": "tcl/board"}.get(folder, folder)
    return [path.name for path in sorted(ours.glob("*.cfg")) if (SCRIPTS / folder / path.name).exists() and not path.stem.endswith(("_common", "_dual_qspi"))]


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
    assert ours == stocks
