"""The outside judge on F0, F1 and F3: an unmodified OpenOCD names, programs, verifies, dumps and protects every device."""
import dataclasses
import re
from dataclasses import dataclass

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, HLA_V2_1, JTAG, FlashInfo, finish, succeeded

BASE, KIB = 0x08000000, 1024


@dataclass(frozen=True)
class Chip:
    """What the data sheet says of it: flash and pages in KiB, the pages that a bit of FLASH_WRPR covers; and how stock
    OpenOCD calls the device. `shown`: the pages to a bit where it is wrong about them."""
    name: str
    flash: int
    page: int
    pages_to_a_bit: int
    called: str
    shown: int | None = None


# Stock OpenOCD 0.12.0 takes 4 pages to a bit on F07x, F09x and the F100 of high density; they are 2: OB_WRP_PAGES0TO1 for
# these in ST's HAL (stm32f0xx_hal_flash_ex.h, stm32f1xx_hal_flash_ex.h); RM0091 3.3.2 (4 KiB). Revisions that it does not
# know are those of chips in the field.
CHIPS = [
    Chip("stm32f030f4", 16, 1, 4, "STM32F03x - Rev: 1.0"),
    Chip("stm32f042k6", 32, 1, 4, "STM32F04x - Rev: 1.0"),
    Chip("stm32f051r8", 64, 1, 4, "STM32F05x - Rev: 2.0"),
    Chip("stm32f072rb", 128, 2, 2, "STM32F07x - Rev: unknown (0x2001)", shown=4),
    Chip("stm32f091rc", 256, 2, 2, "STM32F09x - Rev: 1.0", shown=4),
    Chip("stm32f103c6", 32, 1, 4, "STM32F10x (Low Density) - Rev: A"),
    Chip("stm32f103c8", 64, 1, 4, "STM32F10x (Medium Density) - Rev: Y"),
    Chip("stm32f103ze", 512, 2, 2, "STM32F10x (High Density) - Rev: Y"),
    Chip("stm32f105r8", 64, 2, 2, "STM32F10x (Connectivity) - Rev: Z"),
    Chip("stm32f107vc", 256, 2, 2, "STM32F10x (Connectivity) - Rev: Z"),
    Chip("stm32f100rb", 128, 1, 4, "STM32F100 (Low/Medium Density) - Rev: Z"),
    Chip("stm32f100ze", 512, 2, 2, "STM32F100 (High Density) - Rev: Z", shown=4),
    Chip("stm32f303vc", 256, 2, 2, "STM32F302xB/C - Rev: Y"),
    Chip("stm32f373vc", 256, 2, 2, "STM32F37x - Rev: B"),
    Chip("stm32f334r8", 64, 2, 2, "STM32F33x - Rev: unknown (0x1001)"),
    Chip("stm32f302r8", 64, 2, 2, "STM32F302x6/8 - Rev: Z"),
    Chip("stm32f303re", 512, 2, 2, "STM32F303xD/E - Rev: unknown (0x1001)"),
]
WITH_JTAG = [c for c in CHIPS if not c.name.startswith("stm32f0")]
ONE_OF_EACH = [c for c in CHIPS if c.name in ("stm32f072rb", "stm32f103c8", "stm32f303re")]
PAIRS = [(c, w) for w in (HLA_V2_1, DAPDIRECT_V2_1) for c in CHIPS] + [(c, JTAG) for c in WITH_JTAG]


@pytest.mark.parametrize("chip,wire", PAIRS, ids=lambda p: p.name)
def test_program_verify_dump_info(vboard, tmp_path, chip, wire):
    image = firmware(5 * KIB + 3, seed=chip.flash)
    elf = write_elf(tmp_path / "image.elf", [(BASE, image)])
    dump = tmp_path / "dump.bin"
    board = wire.start(vboard, chip.name)
    text = succeeded(stock.run(board, wire, f"program {elf} verify", "flash info 0",
                               f"dump_image {dump} {BASE:#x} {len(image) + 61}", "shutdown"))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    info = FlashInfo.parse(text)
    assert (info.base, info.size) == (BASE, chip.flash * KIB)
    assert list(info.sectors) == blocks(chip)
    assert chip.called in text
    finish(board)
    flash = board.flash()
    assert flash[:len(image)] == image
    assert flash[len(image):] == b"\xff" * (info.size - len(image))


def blocks(chip):
    """What each bit of FLASH_WRPR covers, as `flash info` lists it: the last of 32 has all that is left."""
    block = (chip.shown or chip.pages_to_a_bit) * chip.page
    count = min(chip.flash // block, 32)
    sizes = [block] * (count - 1) + [chip.flash - block * (count - 1)]
    return [(block * KIB * n, size * KIB) for n, size in enumerate(sizes)]


@pytest.mark.parametrize("wire", [HLA_V2_1, DAPDIRECT_V2_1, JTAG], ids=lambda w: w.name)
def test_xl_density_has_two_banks(vboard, tmp_path, wire):
    across = pattern(6 * KIB, 1)
    elf = write_elf(tmp_path / "image.elf", [(BASE, firmware(KIB)), (0x0807F800, across)])
    board = wire.start(vboard, "stm32f103zg")
    text = succeeded(stock.run(board, wire, f"program {elf} verify", "flash info 0", "flash probe 1", "echo [flash list]",
                               "shutdown", target="target/stm32xl.cfg"))  # `flash info 1` fails: options belong to bank 0
    assert re.findall(r"base (\d+) size (\d+)", text) == [(str(BASE), str(512 * KIB)), (str(0x08080000), str(512 * KIB))]
    assert "STM32F10x (XL Density)" in text
    finish(board)
    assert board.flash()[0x7F800:0x7F800 + len(across)] == across


# Clones: CKS32 has the debug port of a later core, which users name. REV_ID 0x1303 is that of GD32F103 and of GD32F1x0 alike;
# stock knows it under the second name.
@pytest.mark.parametrize("name,tap,called", [("gd32f103c8", "0x1ba01477", "GD32F1x0"),
                                             ("cks32f103c8", "0x2ba01477", "STM32F10x (Medium Density)")])
def test_clones(vboard, tmp_path, name, tap, called):
    elf = write_elf(tmp_path / "image.elf", [(BASE, firmware(3 * KIB))])
    wire = dataclasses.replace(HLA_V2_1, backend=HLA_V2_1.backend + f"; set CPUTAPID {tap}")
    board = wire.start(vboard, name)
    text = succeeded(stock.run(board, wire, f"program {elf} verify", "flash info 0", "shutdown"))
    assert "** Verified OK **" in text
    assert called in text
    finish(board)


@pytest.mark.parametrize("wire", [HLA_V2_1, DAPDIRECT_V2_1], ids=lambda w: w.name)
@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_erase_one_page(vboard, tmp_path, chip, wire):
    elf = write_elf(tmp_path / "image.elf", [(BASE, pattern(16 * KIB))])
    board = wire.start(vboard, chip.name)
    succeeded(stock.run(board, wire, f"program {elf} verify", "flash erase_sector 0 1 1", "shutdown"))
    finish(board)
    page = chip.page * KIB
    assert board.flash()[:page] == pattern(16 * KIB)[:page]
    assert board.flash()[page:2 * page] == b"\xff" * page
    assert board.flash()[2 * page:16 * KIB] == pattern(16 * KIB)[2 * page:]


@pytest.mark.parametrize("wire", [HLA_V2_1, DAPDIRECT_V2_1], ids=lambda w: w.name)
@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_protect_and_unprotect(vboard, tmp_path, chip, wire):
    """Block 1, which is 4 KiB from 0x08001000 on, is protected from the load of the option bytes on."""
    elf = write_elf(tmp_path / "image.elf", [(0x08001000, pattern(KIB))])
    load = "reset halt" if chip.name.startswith("stm32f1") else "stm32f1x options_load 0; sleep 10; reset halt"
    board = wire.start(vboard, chip.name)
    text = succeeded(stock.run(board, wire, "init", "reset halt", "flash protect 0 1 1 on", load, "flash probe 0",
                               "flash info 0", "mdw 0x40022020", "shutdown"))
    assert re.findall(r"0x40022020: ([0-9a-f]+)", text) == ["fffffffd"]
    assert re.findall(r"#\s*1: .* (protected)", text) or re.findall(r"(not protected)", text)
    refused = stock.run(board, wire, "init", "reset halt", f"flash write_image erase {elf}", "shutdown")
    assert refused.status != 0, refused.text
    succeeded(stock.run(board, wire, "init", "reset halt", "flash protect 0 1 1 off", load, "shutdown"))
    succeeded(stock.run(board, wire, f"program {elf} verify exit"))
    finish(board)
    assert board.flash()[0x1000:0x1400] == pattern(KIB)


@pytest.mark.parametrize("wire", [HLA_V2_1, DAPDIRECT_V2_1], ids=lambda w: w.name)
@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_lock_and_unlock(vboard, tmp_path, chip, wire):
    elf = write_elf(tmp_path / "image.elf", [(BASE, firmware(2 * KIB))])
    load = "reset halt" if chip.name.startswith("stm32f1") else "stm32f1x options_load 0; sleep 10; reset halt"
    board = wire.start(vboard, chip.name)
    succeeded(stock.run(board, wire, f"program {elf} verify", "reset halt", "stm32f1x lock 0", load, "shutdown"))
    locked = stock.run(board, wire, "init", "halt", f"mdw {BASE:#x}", "shutdown")
    assert locked.status != 0, locked.text
    board.stop()
    assert board.flash()[:2 * KIB] == firmware(2 * KIB)
    board = wire.start(vboard, chip.name)
    succeeded(stock.run(board, wire, "init", "halt", "stm32f1x unlock 0", load, "shutdown"))
    board.stop()
    assert board.flash() == b"\xff" * chip.flash * KIB
    again = wire.start(vboard, chip.name)  # a power cycle: a debugger was there while it was protected
    succeeded(stock.run(again, wire, f"program {elf} verify exit"))
    finish(again)
    assert again.flash()[:2 * KIB] == firmware(2 * KIB)


@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_option_bytes(vboard, chip):
    board = HLA_V2_1.start(vboard, chip.name)
    text = succeeded(stock.run(board, HLA_V2_1, "init", "reset halt", "stm32f1x options_read 0", "stm32f1x options_write 0 HWWDG",
                               "mdw 0x1ffff800", "shutdown"))
    assert "watchdog: software" in text
    assert re.findall(r"0x1ffff800: ([0-9a-f]+)", text)[0][:4] == "01fe"
    finish(board)


def test_mass_erase(vboard, tmp_path):
    elf = write_elf(tmp_path / "image.elf", [(BASE, pattern(20 * KIB))])
    board = HLA_V2_1.start(vboard, "stm32f103c8")
    succeeded(stock.run(board, HLA_V2_1, f"program {elf} verify", "stm32f1x mass_erase 0", "shutdown"))
    finish(board)
    assert board.flash() == b"\xff" * 64 * KIB
