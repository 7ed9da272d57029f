"""gdb starts our program itself and talks to it through its standard input and output."""
import pathlib
import re
import subprocess
import time

import pytest

from support.debugging import GDB
from support.probity import BUILD, SOURCE

BLINK = SOURCE / "contrib/example/blink.elf"
SERVER = "gdb_port pipe; telnet_port disabled; tcl_port disabled; log_output log.txt"


def through_pipe(folder, *commands):
    target = f"| {BUILD / 'openocd'} --virtual stm32f407vg -f interface/stlink.cfg -f target/stm32f4x.cfg -c \"{SERVER}\""
    # On a loaded machine our program may take longer to start than gdb waits for its first answer.
    words = [*GDB, "-iex", "set remotetimeout 30", "-batch", BLINK]
    for command in [f"target extended-remote {target}", *commands]:
        words += ["-ex", command]
    return subprocess.run(list(map(str, words)), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, errors="replace").stdout


def test_a_whole_session(tmp_path):
    text = through_pipe(tmp_path, "load", "monitor reset halt", "tbreak main", "continue", "stepi", "monitor targets",
                        "compare-sections", "detach")
    log = (tmp_path / "log.txt").read_text()
    assert "Temporary breakpoint 1, 0x" in text and " in main ()" in text, text
    assert "halted" in text and text.count("matched.") >= 1 and "MIS-MATCHED" not in text, text
    assert "accepting 'gdb' connection from pipe" in log and "Listening on port" not in log, log


def test_interrupting_the_running_program(tmp_path):
    text = through_pipe(tmp_path, "load", "monitor reset halt", "python import os, signal, threading; "
                        "threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()", "continue", "info registers pc")
    assert "Program received signal SIGINT" in text, text
    assert "\npc " in text


@pytest.mark.parametrize("end", ["disconnect", "kill", "monitor shutdown", "python import os; os._exit(1)"])
def test_ends_with_gdb(tmp_path, end):
    """No process is left that would keep the probe, however gdb ends."""
    text = through_pipe(tmp_path, "monitor echo \"process [pid].\"", end)
    process = re.search(r"^process (\d+)\.$", text, re.MULTILINE)
    assert process, text
    deadline = time.monotonic() + 10
    while pathlib.Path(f"/proc/{process[1]}").exists():
        assert time.monotonic() < deadline, (tmp_path / "log.txt").read_text()
        time.sleep(0.02)
