"""The outside judge on Microchip's SAM D, L, C and R with Cortex-M0+: an unmodified OpenOCD names, programs, verifies,
erases and protects them."""
import re

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, FlashInfo, finish, succeeded

KIB = 1024
ROW = 256
# How stock calls it, flash and RAM in KiB.
CHIPS = {
    "atsamd21g18": ("SAMD21G18A", 256, 32),
    "atsamd21e15": ("SAMD21E15A", 32, 4),
    "atsamd20j18": ("SAMD20J18A", 256, 32),
    "atsamd11d14": ("SAMD11D14AM", 16, 4),
    "atsamd10d14": ("SAMD10D14AMU", 16, 4),
    "atsamr21g18": ("SAMR21G18A", 256, 32),
    "atsaml21j18": ("SAML21J18B", 256, 32),
    "atsamc21e17": ("SAMC21E17A", 128, 16),
}
WIRE = DAPDIRECT_V2_1  # stock's target file expects an IDCODE, which the HLA layout compares, that these chips do not have


def run(board, *commands):
    return stock.run(board, WIRE, *commands, "shutdown")


@pytest.mark.parametrize("chip", CHIPS)
def test_program_verify_dump_info(vboard, tmp_path, chip):
    called, kib, ram = CHIPS[chip]
    image = firmware(5 * KIB + 3)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    dump = tmp_path / "dump.bin"
    board = WIRE.start(vboard, chip)
    text = succeeded(run(board, f"program {elf} verify", "flash info 0", f"dump_image {dump} 0 {len(image) + 61}"))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    assert f"SAMD MCU: {called} ({kib}KB Flash, {ram}KB RAM)" in text
    info = FlashInfo.parse(text)
    assert (info.base, info.size) == (0, kib * KIB)
    finish(board)
    assert board.flash() == image + b"\xff" * (kib * KIB - len(image))


def test_erase_protect_and_the_user_row(vboard, tmp_path):
    image = pattern(16 * ROW)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    board = WIRE.start(vboard, "atsamd21e15")
    text = succeeded(run(board, f"program {elf} verify", "flash erase_sector 0 1 2", "flash protect 0 0 0 on",
                         "flash info 0", "catch {flash erase_sector 0 4 4}",
                         "flash protect 0 0 0 off", "flash erase_sector 0 4 4", "at91samd bootloader", "at91samd eeprom",
                         "at91samd bootloader 4096", "at91samd bootloader", "reset halt", "mdw 0x00804000"))
    assert "#  0: 0x00000000 (0x800 2kB) protected" in text and "SAMD: NVM lock error" in text
    assert "Bootloader size is 4096 bytes (16 rows)" in text
    assert re.search(r"0x00804000: d8e0c7fb", text), text
    finish(board)
    assert board.flash()[:16 * ROW] == image[:ROW] + b"\xff" * 2 * ROW + image[3 * ROW:4 * ROW] + b"\xff" * ROW + image[5 * ROW:]


def test_chip_erase_takes_the_security_bit_away(vboard, tmp_path):
    elf = write_elf(tmp_path / "image.elf", [(0, pattern(ROW))])
    board = WIRE.start(vboard, "atsamd21g18")
    assert run(board, f"program {elf} verify", "at91samd set-security enable", "mdw 0x20000000").status != 0
    finish(board)
    board = WIRE.start(vboard, "atsamd21g18")
    text = succeeded(run(board, "init", "catch {mdw 0x20000000} secured", "at91samd chip-erase", "sleep 300", "mdw 0x20000000"))
    assert "chip erase started" in text
    finish(board)
    assert board.flash() == b"\xff" * 256 * KIB


def test_the_reset_pin_leaves_the_core_to_the_dsu(vboard):
    """Stock's `at91samd dsu_reset_deassert`, which its target file runs, lets the core go."""
    board = WIRE.start(vboard, "atsamd21g18")
    text = succeeded(run(board, "reset_config srst_only srst_nogate", "init", "reset halt", "reg pc", "mdb 0x41002001"))
    assert "halted due to debug-request" in text and "0x41002001: 00" in text, text
    finish(board)
