"""The outside judge on NXP's LPC chips: an unmodified OpenOCD calls the board's boot ROM to name, program, verify and erase them."""
import dataclasses
import struct

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, HLA_V2_1, JTAG, FlashInfo, finish, succeeded

KIB = 1024
SMALL = lambda count, kib: [(n * kib * KIB, kib * KIB) for n in range(count)]
LARGE = SMALL(16, 4) + [(0x10000 + n * 32 * KIB, 32 * KIB) for n in range(14)]
# File, flash in KiB, part id, sectors.
CHIPS = {
    "lpc812": ("target/lpc8xx.cfg", 16, 0x8122, SMALL(16, 1)),
    "lpc824": ("target/lpc8xx.cfg", 32, 0x8241, SMALL(32, 1)),
    "lpc1114": ("target/lpc11xx.cfg", 32, 0x2540102B, SMALL(8, 4)),
    "lpc1343": ("target/lpc13xx.cfg", 32, 0x3D00002B, SMALL(8, 4)),
    "lpc1768": ("target/lpc17xx.cfg", 512, 0x26013F37, LARGE),
    "lpc4088": ("target/lpc40xx.cfg", 512, 0x481D3F47, LARGE),
}
# The file of stock expects a Cortex-M0, and its work area is too small for LPC82x: what users of these chips set.
LPC8 = dataclasses.replace(HLA_V2_1, name="hla-v2-1-cputapid", backend=HLA_V2_1.backend + "; set CPUTAPID 0x0bc11477; set WORKAREASIZE 0x800")
PAIRS = [(chip, LPC8 if chip.startswith("lpc8") else HLA_V2_1) for chip in CHIPS] + [("lpc1114", DAPDIRECT_V2_1), ("lpc1768", JTAG)]


def bootable(size):
    """A program whose first eight words add up to 0."""
    image = firmware(size, base=0)
    words = struct.unpack("<7I", image[:28])
    return image[:28] + struct.pack("<I", -sum(words) & 0xFFFFFFFF) + image[32:]


@pytest.mark.parametrize("chip,wire", PAIRS, ids=lambda p: getattr(p, "name", p))
def test_program_verify_dump_info(vboard, tmp_path, chip, wire):
    target, kib, part_id, sectors = CHIPS[chip]
    image = bootable(5 * KIB + 3)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    dump = tmp_path / "dump.bin"
    board = wire.start(vboard, chip)
    text = succeeded(stock.run(board, wire, f"adapter speed 1000; program {elf} verify", "flash info 0", "lpc2000 part_id 0",
                               f"dump_image {dump} 0 {len(image) + 61}", "reset run", "sleep 20", "halt", "reg pc", "shutdown",
                               target=target))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    info = FlashInfo.parse(text)
    assert (info.base, info.size, list(info.sectors)) == (0, kib * KIB, sectors)
    assert f"lpc2000 part id: {part_id:#010x}" in text
    assert "pc (/32): 0x00000040" in text, "the ROM has started the program"
    finish(board)
    assert board.flash() == image + b"\xff" * (kib * KIB - len(image))


def test_erase_one_sector_and_the_checksum_of_stock(vboard, tmp_path):
    target = CHIPS["lpc1768"][0]
    image = pattern(12 * KIB)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    board = HLA_V2_1.start(vboard, "lpc1768")
    text = succeeded(stock.run(board, HLA_V2_1, "adapter speed 1000; init", "reset init", f"flash write_image erase {elf}",
                               "flash erase_sector 0 1 1", "flash erase_check 0", "flash info 0", "shutdown", target=target))
    assert "OpenOCD will write the correct checksum" in text
    finish(board)
    words = struct.unpack("<8I", board.flash()[:32])
    assert sum(words) & 0xFFFFFFFF == 0
    assert board.flash()[32:12 * KIB] == image[32:4 * KIB] + b"\xff" * 4 * KIB + image[8 * KIB:]
