"""The outside judge on external flash: an unmodified OpenOCD with its own board files finds, erases, programs, verifies and
reads what is at a virtual chip's QUADSPI or OCTOSPI."""
import os
import re
import subprocess
from dataclasses import dataclass

import pytest

from support.firmware import pattern
from support.probity import Result
from support.stock import OPENOCD

KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True)
class Case:
    """A board file of stock's, the chip on it, its external flash; the name and size that stock gives that."""
    chip: str
    parts: str
    name: str
    size: int
    sector: int = 64 * KIB
    window: int = 0x90000000
    before: tuple[str, ...] = ()  # commands that the board file leaves to others


BOARDS = {
    "stm32f746g-disco": Case("stm32f746ng", "n25q128a", "micron n25q128", 16 * MIB),
    "stm32f469i-disco": Case("stm32f469ni", "n25q128a", "micron n25q128", 16 * MIB),
    "stm32l476g-disco": Case("stm32l476vg", "n25q128a", "micron n25q128", 16 * MIB),
    # The file reads with ten dummy clocks, which the flash's DC must say; after power-on it says six.
    "stm32f769i-disco": Case("stm32f769ni", "mx25l51245g", "mac 25l51245", 64 * MIB,
                             before=("flash probe $a", "stmqspi cmd $a 0 0x06", "stmqspi cmd $a 0 0x01 0x40 0xc7")),
    "st_b-l475e-iot01a": Case("stm32l475vg", "mx25r6435f", "mac 25r6435f", 8 * MIB),
    # Two flashes in dual-flash mode, QPI
    "stm32h745i-disco": Case("stm32h745xi", "mt25ql512+mt25ql512", "micron mt25ql512", 128 * MIB, 128 * KIB),
    "stm32h750b-disco": Case("stm32h750xb", "mt25ql512+mt25ql512", "micron mt25ql512", 128 * MIB, 128 * KIB),
    # Eight lines, both edges
    "stm32l4r9i-disco": Case("stm32l4r9ai", "mx25lm51245g", "mac 25lm51245", 64 * MIB),
    "stm32h735g-disco": Case("stm32h735ig", "mx25lm51245g", "mac 25lm51245", 64 * MIB),
    "stm32h7b3i-disco": Case("stm32h7b3li", "mx25lm51245g", "mac 25lm51245", 64 * MIB),
}


def stock(board, cfg: str, *commands: str) -> Result:
    """Behind the board file, which chooses interface and transport itself. `$a` is its number of the external bank."""
    words = [OPENOCD, "-f", f"board/{cfg}.cfg", "-c", f"hla_stlink_backend tcp {board.port}",
             "-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled"]
    for command in ("init", "reset init", *commands, "shutdown"):
        words += ["-c", command]
    environment = {k: v for k, v in os.environ.items() if k != "OPENOCD_SCRIPTS"} | {"HOME": "/nonexistent"}
    done = subprocess.run(list(map(str, words)), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, errors="replace")
    return Result(done.returncode, done.stdout)


def cells(board, case: Case) -> bytes:
    """What the flash files hold, as it is seen in the window: with two of them, bytes in turn."""
    first = board.flash_file.with_name(board.flash_file.name + ".qspi").read_bytes()
    if "+" not in case.parts:
        return first
    both = bytearray(2 * len(first))
    both[::2] = first
    both[1::2] = board.flash_file.with_name(board.flash_file.name + ".qspi.flash2").read_bytes()
    return bytes(both)


def blank(content: bytes) -> bool:
    return content.count(0xFF) == len(content)


@pytest.mark.parametrize("cfg", BOARDS)
def test_probe_info_erase_write_verify_read(vboard, tmp_path, cfg):
    case = BOARDS[cfg]
    image = pattern(case.sector + 1338, 7)
    (tmp_path / "image.bin").write_bytes(image)
    at = 3 * case.sector
    board = vboard(case.chip, qspi=case.parts)
    result = stock(board, cfg, *case.before, "flash probe $a", "flash info $a",
                   f"flash write_image {tmp_path}/image.bin {case.window + at:#x}",
                   f"verify_image {tmp_path}/image.bin {case.window + at:#x}",
                   f"flash read_bank $a {tmp_path}/read.bin {at - 2:#x} {len(image) + 4}",
                   f"flash verify_bank $a {tmp_path}/image.bin {at:#x}",
                   "flash erase_sector $a 4 4")
    assert result.status == 0, result.text
    assert f"flash1 '{case.name}'" in result.text
    assert f"size 0x{case.size:08x}" in result.text
    assert re.search(rf"#\s*1: 0x{case.sector:08x} \(0x{case.sector:x} {case.sector // KIB}kB\)", result.text)
    assert (tmp_path / "read.bin").read_bytes() == b"\xff\xff" + image + b"\xff\xff"
    assert board.stop() == 0
    content = cells(board, case)
    assert content[at:at + case.sector] == image[:case.sector]
    assert blank(content[:at]) and blank(content[at + case.sector:]), "sector 4 was erased at the end"


def test_a_part_that_stock_does_not_know_is_read_from_its_sfdp(vboard, tmp_path):
    """W25Q512JV is not in 0.12's table: size, opcodes and dummies come from the chip's own SFDP."""
    case = Case("stm32f746ng", "w25q512jv", "", 64 * MIB)
    image = pattern(4000, 3)
    (tmp_path / "image.bin").write_bytes(image)
    board = vboard(case.chip, qspi=case.parts)
    four_bytes = ("mmw 0xA0001000 2 0", "mww 0xA0001004 0x00190100", "mww 0xA0001014 0x0D003513")  # size, addresses
    result = stock(board, "stm32f746g-disco", *four_bytes, "flash probe $a", "flash info $a",
                   f"flash write_image {tmp_path}/image.bin 0x90000000", f"verify_image {tmp_path}/image.bin 0x90000000")
    assert result.status == 0, result.text
    assert "valid SFDP detected" in result.text
    assert "size 0x04000000" in result.text
    assert board.stop() == 0
    assert cells(board, case)[:4000] == image


def test_commands_to_the_flash_itself(vboard):
    """`stmqspi cmd` sends what it is told: status, write enable, identification, flag status of N25Q128A."""
    board = vboard("stm32f746ng", qspi="n25q128a")
    result = stock(board, "stm32f746g-disco", "flash probe $a", "stmqspi cmd $a 3 0x9f", "stmqspi cmd $a 0 0x06",
                   "stmqspi cmd $a 1 0x05", "stmqspi cmd $a 1 0x70", "stmqspi cmd $a 4 0x5a 0 0 0 0")
    assert result.status == 0, result.text
    assert "-> 20 ba 18" in result.text
    assert "-> 02" in result.text
    assert "-> 80" in result.text
    assert "-> 53 46 44 50" in result.text


def test_no_flash_is_there(vboard):
    board = vboard("stm32f746ng")
    result = stock(board, "stm32f746g-disco", "flash probe $a")
    assert result.status == 1, result.text
    assert "found at 0x90000000" not in result.text
