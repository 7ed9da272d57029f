"""The outside judge on Silicon Labs' EFM32 and EFR32: an unmodified OpenOCD names, programs, verifies, erases and locks
them."""
import re

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, HLA_V2_1, JTAG, FlashInfo, finish, succeeded

KIB = 1024
# How stock calls it, flash in KiB, page in bytes.
CHIPS = {
    "efm32g890f128": ("EFM32G Gecko", 128, 512),
    "efm32gg990f1024": ("EFM32GG Giant Gecko", 1024, 4096),
    "efm32tg840f32": ("EFM32TG Tiny Gecko", 32, 512),
    "efm32lg990f256": ("EFM32LG Leopard Gecko", 256, 2048),
    "efm32wg990f256": ("EFM32WG Wonder Gecko", 256, 2048),
    "efm32zg222f32": ("EFM32ZG Zero Gecko", 32, 1024),
    "efm32hg322f64": ("EFM32HG Happy Gecko", 64, 1024),
    "efm32pg1b200f256": ("EFM32PG1B Pearl Gecko", 256, 2048),
    "efm32jg1b200f256": ("EFM32JG1B Jade Gecko", 256, 2048),
    "efr32mg1p232f256": ("EFR32MG1P Mighty Gecko", 256, 2048),
    "efr32bg1p232f256": ("EFR32BG1P Blue Gecko", 256, 2048),
}
PAIRS = [(chip, DAPDIRECT_V2_1) for chip in CHIPS] + [("efm32gg990f1024", HLA_V2_1), ("efm32pg1b200f256", JTAG)]


def run(board, wire, *commands):
    return stock.run(board, wire, *commands, "shutdown")


@pytest.mark.parametrize("chip,wire", PAIRS, ids=lambda p: getattr(p, "name", p))
def test_program_verify_dump_info(vboard, tmp_path, chip, wire):
    called, kib, page = CHIPS[chip]
    image = firmware(5 * KIB + 3)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    dump = tmp_path / "dump.bin"
    board = wire.start(vboard, chip)
    text = succeeded(run(board, wire, f"program {elf} verify", "flash info 0", f"dump_image {dump} 0 {len(image) + 61}"))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    assert f"{called}, rev 30" in text
    info = FlashInfo.parse(text)
    assert (info.base, info.size) == (0, kib * KIB)
    assert list(info.sectors) == [(n * page, page) for n in range(kib * KIB // page)]
    finish(board)
    assert board.flash() == image + b"\xff" * (kib * KIB - len(image))


def test_erase_protect_and_user_data(vboard, tmp_path):
    page = 2048
    image, data = pattern(6 * page), tmp_path / "data.bin"
    data.write_bytes(pattern(64))
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    board = HLA_V2_1.start(vboard, "efm32lg990f256")
    text = succeeded(run(board, HLA_V2_1, f"program {elf} verify", "flash erase_sector 0 1 1", "flash protect 0 2 3 on",
                         "mdw 0x0fe04000", "catch {flash erase_sector 0 3 3}",
                         f"flash write_image erase {data} 0x0fe00000 bin", f"verify_image {data} 0x0fe00000 bin"))
    assert re.search(r"0x0fe04000: fffffff3", text), text
    assert "Page is locked" in text  # for ever: stock's `protect off` leaves the MSC's registers locked
    finish(board)
    assert board.flash()[:6 * page] == image[:page] + b"\xff" * page + image[2 * page:]


def test_debuglock_closes_the_memory(vboard):
    board = HLA_V2_1.start(vboard, "efm32lg990f256")
    succeeded(run(board, HLA_V2_1, "init", "reset halt", "efm32 debuglock 0", "mdw 0x0fe041fc"))
    finish(board)
    board = HLA_V2_1.start(vboard, "efm32lg990f256")
    assert run(board, HLA_V2_1, "init", "mdw 0").status != 0
    board.stop()
