"""The outside judge on Nordic's nRF51 and nRF52: an unmodified OpenOCD names, programs, verifies and erases every device."""
import re

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, HLA_V2_1, FlashInfo, finish, succeeded

KIB = 1024
# How stock calls it, flash in KiB, page in KiB.
CHIPS = {
    "nrf51822xxaa": ("nRF51822-QFAA(build code: H0) 256kB Flash, 16kB RAM", 256, 1),
    "nrf51822xxac": ("nRF51822-QFAC(build code: A0) 256kB Flash, 32kB RAM", 256, 1),
    "nrf52805xxaa": ("nRF52805-QFAA(build code: A0) 192kB Flash, 24kB RAM", 192, 4),
    "nrf52810xxaa": ("nRF52810-QFAA(build code: E0) 192kB Flash, 24kB RAM", 192, 4),
    "nrf52811xxaa": ("nRF52811-QFAA(build code: A0) 192kB Flash, 24kB RAM", 192, 4),
    "nrf52820xxaa": ("nRF52820-QFAA(build code: A0) 256kB Flash, 32kB RAM", 256, 4),
    "nrf52832xxaa": ("nRF52832-QFAA(build code: E0) 512kB Flash, 64kB RAM", 512, 4),
    "nrf52832xxab": ("nRF52832-QFAB(build code: E0) 256kB Flash, 32kB RAM", 256, 4),
    "nrf52833xxaa": ("nRF52833-QFAA(build code: A0) 512kB Flash, 128kB RAM", 512, 4),
    "nrf52840xxaa": ("nRF52840-QFAA(build code: D0) 1024kB Flash, 256kB RAM", 1024, 4),
}
PAIRS = [(chip, HLA_V2_1) for chip in CHIPS] + [(chip, DAPDIRECT_V2_1) for chip in ("nrf51822xxaa", "nrf52832xxaa")]


def target(chip):
    return f"target/{chip[:5]}.cfg"


@pytest.mark.parametrize("chip,wire", PAIRS, ids=lambda p: getattr(p, "name", p))
def test_program_verify_dump_info(vboard, tmp_path, chip, wire):
    called, kib, page = CHIPS[chip]
    image = firmware(9 * KIB + 3)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    dump = tmp_path / "dump.bin"
    board = wire.start(vboard, chip)
    text = succeeded(stock.run(board, wire, f"program {elf} verify", "flash info 0",
                               f"dump_image {dump} 0 {len(image) + 61}", "shutdown", target=target(chip)))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    info = FlashInfo.parse(text)
    assert (info.base, info.size) == (0, kib * KIB)
    assert list(info.sectors) == [(n * page * KIB, page * KIB) for n in range(kib // page)]
    assert called in text
    finish(board)
    assert board.flash() == image + b"\xff" * (kib * KIB - len(image))


@pytest.mark.parametrize("chip", ["nrf51822xxaa", "nrf52832xxaa"])
def test_erase_one_page_and_all(vboard, tmp_path, chip):
    page = CHIPS[chip][2] * KIB
    image = pattern(4 * page)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    board = HLA_V2_1.start(vboard, chip)
    succeeded(stock.run(board, HLA_V2_1, f"program {elf} verify", "flash erase_sector 0 1 1", "shutdown", target=target(chip)))
    board.stop()
    assert board.flash()[:4 * page] == image[:page] + b"\xff" * page + image[2 * page:]
    board = HLA_V2_1.start(vboard, chip)
    text = succeeded(stock.run(board, HLA_V2_1, "init", "reset halt", "mww 0x4001e504 1; mww 0x10001080 0x12345678; mdw 0x10001080",
                               "nrf5 mass_erase", "mdw 0x10001080", "shutdown", target=target(chip)))
    assert re.findall(r"0x10001080: ([0-9a-f]+)", text) == ["12345678", "ffffffff"]
    finish(board)
    assert board.flash() == b"\xff" * CHIPS[chip][1] * KIB


def test_locked_chip_is_recognised_and_recovered(vboard, tmp_path):
    """UICR.APPROTECT, and the CTRL-AP that stock's nrf52_recover goes through."""
    chip, wire = "nrf52832xxaa", DAPDIRECT_V2_1
    elf = write_elf(tmp_path / "image.elf", [(0, pattern(4 * KIB))])
    board = wire.start(vboard, chip)
    succeeded(stock.run(board, wire, f"program {elf} verify", "mww 0x4001e504 1; mww 0x10001208 0xffffff00", "shutdown", target=target(chip)))
    board.stop()
    board = wire.start(vboard, chip)
    text = stock.run(board, wire, "init", "shutdown", target=target(chip)).text
    assert "nRF52 device has AP lock engaged" in text
    text = succeeded(stock.run(board, wire, "init", "nrf52_recover", "halt", "mdw 0x10001208", "shutdown", target=target(chip)))
    assert "device has been successfully erased and unlocked" in text
    assert "0x10001208: ffffffff" in text
    finish(board)
    assert board.flash() == b"\xff" * 512 * KIB
