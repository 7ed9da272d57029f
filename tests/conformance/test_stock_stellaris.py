"""The outside judge on TI's Stellaris and Tiva: an unmodified OpenOCD names, programs, verifies, erases and protects them."""
import re

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, JTAG, FlashInfo, finish, succeeded

KIB = 1024
# How stock calls its class and it, flash and page in KiB.
CHIPS = {
    "lm3s811": ("Sandstorm", "LM3S811", 64, 1),
    "lm3s6965": ("Fury", "LM3S6965", 256, 1),
    "lm3s8962": ("Fury", "LM3S8962", 256, 1),
    "lm3s1968": ("Fury", "LM3S1968", 256, 1),
    "lm4f120h5qr": ("Blizzard/TM4C123x", "LM4F120H5QR/TM4C1233H6PM", 256, 1),
    "tm4c123gh6pm": ("Blizzard/TM4C123x", "TM4C123GH6PM", 256, 1),
    "tm4c1294ncpdt": ("Snowflake", "TM4C1294NCPDT", 1024, 16),
}
WIRE = DAPDIRECT_V2_1  # and JTAG; stock's target file expects a JTAG IDCODE, which the HLA layout compares with the SW-DP's


PAIRS = [(chip, WIRE) for chip in CHIPS] + [("lm3s811", JTAG), ("tm4c123gh6pm", JTAG)]


def run(board, *commands, wire=WIRE):
    return stock.run(board, wire, *commands, "shutdown")


@pytest.mark.parametrize("chip,wire", PAIRS, ids=lambda p: getattr(p, "name", p))
def test_program_verify_dump_info(vboard, tmp_path, chip, wire):
    kind, called, kib, page = CHIPS[chip]
    image = firmware(5 * KIB + 3)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    dump = tmp_path / "dump.bin"
    board = wire.start(vboard, chip)
    text = succeeded(run(board, f"program {elf} verify", "flash info 0", f"dump_image {dump} 0 {len(image) + 61}", wire=wire))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    assert re.search(rf"\({re.escape(kind)}\).*{re.escape(called)}", text), text
    info = FlashInfo.parse(text)
    assert (info.base, info.size) == (0, kib * KIB)
    assert list(info.sectors) == [(n * page * KIB, page * KIB) for n in range(kib // page)]
    finish(board)
    assert board.flash() == image + b"\xff" * (kib * KIB - len(image))


@pytest.mark.parametrize("chip", ["lm3s6965", "tm4c123gh6pm"])
def test_erase_and_protect(vboard, tmp_path, chip):
    image = pattern(8 * KIB)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    board = WIRE.start(vboard, chip)
    text = succeeded(run(board, f"program {elf} verify", "flash erase_sector 0 1 1", "flash protect 0 2 3 on",
                         "mdw 0x400fe134", "catch {flash erase_sector 0 3 3}"))
    assert re.search(r"0x400fe134: fffffffd", text), text
    assert "failed erasing sectors 3 to 3" in text, text
    board.stop()
    assert board.flash()[:8 * KIB] == image[:KIB] + b"\xff" * KIB + image[2 * KIB:]


def test_mass_erase(vboard, tmp_path):
    elf = write_elf(tmp_path / "image.elf", [(0, pattern(8 * KIB))])
    board = WIRE.start(vboard, "lm3s6965")
    text = succeeded(run(board, f"program {elf} verify", "stellaris mass_erase 0"))
    assert "stellaris mass erase complete" in text
    finish(board)
    assert board.flash() == b"\xff" * 256 * KIB
