"""Stock OpenOCD 0.12 and our program, the same words on the same virtual chip: same outcome, same view of the chip, same lines."""
import re

import pytest

from support import probity, stock
from support.firmware import firmware, write_elf
from support.probity import Bench
from support.stock import FlashInfo, HLA_V2_1

CHIPS = ["stm32f401cc", "stm32f401re", "stm32f405rg", "stm32f407vg", "stm32f411re", "stm32f429zi", "stm32f446re", "stm32f746zg",
         "stm32f767zi"]
STOCK_SCRIPTS = "/usr/share/openocd/scripts"

# Lines of stock OpenOCD that we do not print, and why. Of all others we print at least their text, in their order.
NOT_OURS = [
    (r"Licensed under GNU GPL v2", "our licence is our own"),
    (r"For bug reports, read|\thttp://openocd\.org/.*", "and so are our bugs"),
    (r"", "the empty line behind what a command at top level returns"),
    (r"Info : connected to stlink-server|Info : stlink-server API .*", "our run has the probe on its own bus"),
    (r"wrote 16384 bytes .*", "stock counts its padding; we say how many bytes of the file were written"),
    (r"Info : halted: PC: 0x[0-9a-f]+", "said again, in the line before, of a single step through hla"),
]


def wanted(text):
    """Stock's lines that ours must have; a line that it says twice in a row counts once (it asks the probe twice)."""
    lines = []
    for line in text.splitlines():
        line = without_times(line)
        if any(re.fullmatch(pattern, line) for pattern, _ in NOT_OURS) or lines[-1:] == [line]:
            continue
        lines.append(line)
    return lines


def without_times(line):
    return re.sub(r"in [\d.]+s \([\d.]+ KiB/s\)", "in TIME", line.rstrip())


def missing(theirs, ours):
    """The lines of `theirs` that have none in `ours`, in order, that begins with them."""
    found, at = [], 0
    for line in theirs:
        here = next((i for i in range(at, len(ours)) if ours[i].startswith(line)), None)
        if here is None:
            found.append(line)
        else:
            at = here + 1
    return found


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
    "program with an offset": ["program {bin} 0x08008000 verify exit"],
    "by hand": ["init", "reset halt", "flash write_image erase {elf}", "verify_image {elf}", "mdw 0x08000000 9", "mdh 0x08000000 3",
                "mdb 0x08000000 17", "reg pc", "reg 13", "step", "reg pc", "halt", "targets", "flash banks", "flash erase_check 0",
                "dump_image {dump} 0x08000000 100", "flash list", "flash probe 0", "shutdown"],
    "memory": ["init", "reset halt", "mww 0x20000000 0x12345678 4", "mdw 0x20000000 4", "mwh 0x20000002 0xabcd", "mwb 0x20000001 0x55",
               "mdw 0x20000000", "echo [read_memory 0x20000000 16 3]", "write_memory 0x20000010 8 {{1 2 3}}", "mdb 0x20000010 3",
               "echo [string range [mdw 0x20000000] 12 19]", "shutdown"],
    "registers": ["init", "reset halt", "reg r0 0x1234", "reg r0", "reg", "reg xPSR", "reg control", "shutdown"],
    "breakpoints": ["init", "reset halt", "bp 0x08000100 2 hw", "bp 0x08000202 2 hw", "bp", "rbp 0x08000100", "bp", "rbp 0x1234",
                    "bp 0x20000000 2", "mdh 0x20000000", "rbp all", "bp", "wp 0x20000000 4", "wp 0x20000010 2 w", "wp",
                    "rwp 0x20000000", "rwp 0x1234", "wp", "shutdown"],
    "hooks": ["lappend pre_shutdown_commands {{echo bye}}", "proc init_board {{}} {{ echo board }}", "init", "shutdown"],
    "missing file": ["program missing.elf verify reset exit"],
    "verify that fails": ["init", "reset halt", "flash write_image erase {elf}", "mww 0x40023c04 0", "verify_image {bin} 0x08000000", "shutdown"],
}


@pytest.mark.parametrize("name", SESSIONS)
def test_same_lines(vboard, tmp_path, name):
    image = firmware(5001)
    files = {"elf": write_elf(tmp_path / "a.elf", [(0x08000000, image)]), "bin": tmp_path / "b.bin", "dump": tmp_path / "dump"}
    files["bin"].write_bytes(firmware(5001, seed=1))
    commands = [command.format(**files) for command in SESSIONS[name]]
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    theirs = stock.run(board, HLA_V2_1, *commands)
    ours = Bench(tmp_path / "ours", probe="stlink-v2-1").run(*commands, before=["transport select hla_swd"])
    assert theirs.status == ours.status, theirs.text + ours.text
    not_said = missing(wanted(theirs.text), [without_times(line) for line in ours.lines])
    assert not not_said, "\n".join([*not_said, "---- stock", theirs.text, "---- ours", ours.text])


# Words after which only the exit status has to be the same: what is wrong with them we say in our own words. Left out, because
# our status tells more: `reg NAME` of no register (stock: 0) and `exit N` (stock: 0 after init).
WRONG = ["mdw", "mdw nonsense", "flash erase_sector 0 0 99", "flash info 9", "nonsense", "error x", "shutdown error",
         "mdw 0x60000000", "verify_image missing.bin", "targets nonsense", "adapter driver hla", "flash write_image a b c d e f"]


@pytest.mark.parametrize("command", WRONG)
def test_same_exit_status(vboard, tmp_path, command):
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    commands = ["init", "reset halt", command, "shutdown"]
    theirs = stock.run(board, HLA_V2_1, *commands)
    ours = Bench(tmp_path / "ours", probe="stlink-v2-1").run(*commands)
    assert theirs.status == ours.status, theirs.text + ours.text


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
