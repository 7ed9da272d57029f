"""Each architecture's own debug units, with gdb-multiarch on stock OpenOCD and on our server: breakpoints and watchpoints of
an Armv6-M BPU and DWT, an Armv7-M's, an Armv8-M's; steps; backtraces, also out of a fault handler (EXC_RETURN differs)."""
import re
import subprocess

import pytest

from support.debugging import GDB, GdbServer
from support.probity import SOURCE
from support.stock import WIRES
from support.vboard import Vboard

CORES = SOURCE / "tests/gdb/cores"
CHIPS = {"stm32f051r8": "cortex-m0", "stm32g071rb": "cortex-m0plus", "stm32f103c8": "cortex-m3", "stm32l552ze": "cortex-m33"}
UNITS = {"cortex-m0": (4, 2), "cortex-m0plus": (4, 2), "cortex-m3": (6, 4), "cortex-m33": (8, 4)}
WIRE = {wire.name: wire for wire in WIRES}

SCRIPT = """
monitor reset halt
hbreak inner
continue
backtrace
stepi
delete
watch counter
continue
continue
delete
rwatch counter
continue
delete
watch *(unsigned char *)&bytes[3]
continue
delete
finish
set var ask_for_fault = 1
hbreak hard_fault
continue
backtrace
info registers lr
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cores")
    for cpu in CHIPS.values():
        subprocess.run(["arm-none-eabi-gcc", f"-mcpu={cpu}", "-mthumb", "-mfloat-abi=soft", "-Og", "-g3", "-std=gnu17", "-Wall",
                        "-Wextra", "-ffreestanding", "-nostdlib", "-Wl,--build-id=none", "-Wl,--no-warn-rwx-segments", "-T",
                        CORES / "cores.ld", "-o", folder / f"{cpu}.elf", CORES / "cores.c"], check=True)
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "-j", ".vectors", "-j", ".text", folder / f"{cpu}.elf",
                        folder / f"{cpu}.bin"], check=True)
    return folder


@pytest.mark.parametrize("wire", ["hla-v2-1", "dapdirect-v3"])
@pytest.mark.parametrize("who", ["stock", "ours"])
@pytest.mark.parametrize("chip", CHIPS)
def test_debugging(programs, tmp_path, chip, who, wire):
    cpu = CHIPS[chip]
    image = (programs / f"{cpu}.bin").read_bytes()
    board = Vboard(tmp_path, chip, probe=WIRE[wire].probe)
    board.stop()  # leaves a flash file of the right size
    content = bytearray(board.flash())
    content[:len(image)] = image
    board.flash_file.write_bytes(content)
    board = Vboard(tmp_path, chip, probe=WIRE[wire].probe)
    try:
        server = GdbServer(who, board, WIRE[wire])
        try:
            done = subprocess.run([*GDB, "-iex", "set prompt", programs / f"{cpu}.elf"], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=60,
                                  input=f"target extended-remote :{server.port}\n{SCRIPT}")
        finally:
            server.stop()
        log = server.log()
    finally:
        board.stop()
    text = done.stdout
    assert "target has %d breakpoints, %d watchpoints" % UNITS[cpu] in log, log
    # Which watchpoint it was stock says over dapdirect only.
    by_name = who == "ours" or wire.startswith("dapdirect")
    changed = r"Old value = \d+\nNew value = \d+" if by_name else "SIGTRAP"
    expected = [r"Hardware assisted breakpoint 1 at", r"Breakpoint 1, inner", r"#0 +inner", r"#1 +\S+ in middle", r"#2 +\S+ in main",
                r"Hardware watchpoint 2: counter", changed, changed, r"Hardware read watchpoint 3",
                r"Value = \d+" if by_name else "SIGTRAP", r"Hardware watchpoint 4", r"New value = 3" if by_name else "SIGTRAP",
                r"inner \(n=3\)", r"Run till exit", r"in middle", r"Hardware assisted breakpoint 5", r"Breakpoint 5, hard_fault",
                r"#1 +<signal handler called>", r"#2 +\S* ?(in )?culprit",
                "lr +0xffffffb8" if cpu == "cortex-m33" else "lr +0xfffffff9"]
    at = 0
    for pattern in expected:
        found = re.compile(pattern).search(text, at)
        assert found, f"{pattern} is not in:\n{text}\n{log}"
        at = found.end()
