"""Stock OpenOCD 0.12 and our program, the same words on the same virtual chip: same outcome, same view of the chip, same lines."""
import difflib
import re

import pytest

from support import probity, stock
from support.firmware import firmware, write_elf
from support.probity import Bench
from support.stock import FlashInfo, HLA_V2_1

CHIPS = ["stm32f401cc", "stm32f401re", "stm32f405rg", "stm32f407vg", "stm32f411re", "stm32f429zi", "stm32f446re", "stm32f746zg",
         "stm32f767zi"]
STOCK_SCRIPTS = "/usr/share/openocd/scripts"

# Lines of stock OpenOCD that we do not print, and why.
NOT_OURS = [
    r"Licensed under GNU GPL v2",                          # our licence is our own
    r"For bug reports, read|\thttp://openocd\.org/.*",     # and so are our bugs
    r"Info : starting gdb server for .*",                  # the GDB server is not in this version
    r"Info : Listening on port \d+ for (gdb|tcl|telnet) connections",
    r"Info : gdb port disabled",
]
# Lines that only we print.
ONLY_OURS = [
    r"Probity .*",                                         # the banner's second line names the program and its version
]


def unlike(pattern_list, lines):
    return [line for line in lines if not any(re.fullmatch(p, line) for p in pattern_list)]


def normalized(text):
    text = re.sub(r"[\d.]+s \([\d.]+ KiB/s\)", "TIME", text)
    return [line.rstrip() for line in text.splitlines()]


@pytest.mark.parametrize("chip", CHIPS)
def test_flash_info_agrees(vboard, tmp_path, chip):
    board = HLA_V2_1.start(vboard, chip)
    theirs = stock.run(board, HLA_V2_1, "init", "reset halt", "flash info 0", "shutdown")
    ours = Bench(tmp_path / "ours", chip).run("init", "reset halt", "flash info 0", "shutdown")
    assert theirs.status == ours.status == 0, theirs.text + ours.text
    a, b = FlashInfo.parse(theirs.text), FlashInfo.parse(ours.text)
    assert (a.base, a.size, a.sectors) == (b.base, b.size, b.sectors)

    def described(text):  # the driver's line below the table: "STM32F4xx - Rev: …"
        return [line.strip() for line in text.splitlines() if re.match(r"\s*STM32F", line)]

    assert described(theirs.text) == described(ours.text) != []


SESSIONS = {
    "program": ["program {elf} verify reset exit"],
    "program again with preverify": ["program {elf} verify exit", "program {elf} preverify verify reset exit"],
    "by hand": ["init", "reset halt", "flash write_image erase {elf}", "verify_image {elf}", "mdw 0x08000000 9", "mdh 0x08000000 3",
                "mdb 0x08000000 17", "reg pc", "reg 13", "step", "reg pc", "halt", "targets", "flash banks", "flash erase_check 0",
                "shutdown"],
    "memory": ["init", "reset halt", "mww 0x20000000 0x12345678 4", "mdw 0x20000000 5", "mwh 0x20000002 0xabcd", "mwb 0x20000001 0x55",
               "mdw 0x20000000", "echo [read_memory 0x20000000 16 3]", "write_memory 0x20000010 8 {{1 2 3}}", "mdb 0x20000010 4",
               "echo [string range [mdw 0x20000000] 12 19]", "shutdown"],
    "missing file": ["program missing.elf verify reset exit"],
    "unknown word": ["init", "mdw", "shutdown"],
}


@pytest.mark.parametrize("name", SESSIONS)
def test_same_lines(vboard, tmp_path, name):
    elf = write_elf(tmp_path / "a.elf", [(0x08000000, firmware(5001))])
    commands = [command.format(elf=elf) for command in SESSIONS[name]]
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    theirs = stock.run(board, HLA_V2_1, *commands)
    ours = Bench(tmp_path / "ours", probe="stlink-v2-1").run(*commands)
    assert theirs.status == ours.status, theirs.text + ours.text
    a, b = unlike(NOT_OURS, normalized(theirs.text)), unlike(ONLY_OURS, normalized(ours.text))
    diff = [line for line in difflib.unified_diff(a, b, "stock", "ours", lineterm="", n=1)]
    missing = [line for line in diff if line.startswith("-") and not line.startswith("---")]
    assert not missing, "\n".join(diff)


@pytest.mark.parametrize("interface", ["stlink.cfg", "stlink-dap.cfg", "cmsis-dap.cfg"])
@pytest.mark.parametrize("chip,target", [("stm32f407vg", "stm32f4x"), ("stm32f767zi", "stm32f7x")])
def test_stock_scripts_with_our_program(tmp_path, interface, chip, target):
    image = firmware(9000)
    write_elf(tmp_path / "a.elf", [(0x08000000, image)])
    flash = tmp_path / "flash"
    extra = ["-c", "transport select swd"] if interface == "cmsis-dap.cfg" else []
    result = probity.run("--virtual", f"{chip},flash={flash}", "-s", STOCK_SCRIPTS, "-f", f"{STOCK_SCRIPTS}/interface/{interface}", *extra,
                         "-f", f"{STOCK_SCRIPTS}/target/{target}.cfg", "-c", "program a.elf verify reset exit", cwd=tmp_path)
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines
    assert flash.read_bytes()[:len(image)] == image
