"""The outside judge on L0 and L1: an unmodified OpenOCD names, programs, verifies, dumps and protects every device."""
import re
from dataclasses import dataclass

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, HLA_V2_1, JTAG, FlashInfo, finish, succeeded

BASE, KIB = 0x08000000, 1024


@dataclass(frozen=True)
class Chip:
    """What the data sheet says of it: flash in KiB, the second bank's offset in KiB (0: one bank); how stock calls it."""
    name: str
    flash: int
    second: int
    called: str

    @property
    def first(self) -> int:
        return self.second or self.flash

    @property
    def dual_bank(self) -> str:
        return {"stm32l0": "target/stm32l0_dual_bank.cfg", "stm32l1": "target/stm32l1x_dual_bank.cfg"}[self.name[:7]]


# Revisions that stock does not know are those of chips in the field.
CHIPS = [
    Chip("stm32l011k4", 16, 0, "STM32L0xx (Cat.1) - Rev: Z"),
    Chip("stm32l031k6", 32, 0, "STM32L0xx (Cat. 2) - Rev: Y"),
    Chip("stm32l053r8", 64, 0, "STM32L0xx (Cat. 3) - Rev: Z"),
    Chip("stm32l073rz", 192, 96, "STM32L0xx (Cat.5) - Rev: Z"),
    Chip("stm32l152rb", 128, 0, "STM32L1xx (Cat.1 - Low/Medium Density) - Rev: W"),
    Chip("stm32l152rba", 128, 0, "STM32L1xx (Cat.2) - Rev: Z"),
    Chip("stm32l151rc", 256, 0, "STM32L1xx (Cat.3 - Medium+ Density) - Rev: Y"),
    Chip("stm32l152zd", 384, 192, "STM32L1xx (Cat.4/Cat.3 - Medium+/High Density) - Rev: Y"),
    Chip("stm32l152re", 512, 256, "STM32L1xx (Cat.5/Cat.6) - Rev: A"),
]
WAIT = "sleep 20; mdw 0x1ff80000"  # stock does not wait for the option word it wrote
ONE_OF_EACH = [c for c in CHIPS if c.name in ("stm32l053r8", "stm32l152rb")]
PAIRS = [(c, w) for w in (HLA_V2_1, DAPDIRECT_V2_1) for c in CHIPS] + [(c, JTAG) for c in CHIPS if "l15" in c.name]


@pytest.mark.parametrize("chip,wire", PAIRS, ids=lambda p: p.name)
def test_program_verify_dump_info(vboard, tmp_path, chip, wire):
    image = firmware(2 * KIB + 24, seed=chip.flash)
    elf = write_elf(tmp_path / "image.elf", [(BASE, image)])
    dump = tmp_path / "dump.bin"
    board = wire.start(vboard, chip.name)
    text = succeeded(stock.run(board, wire, f"program {elf} verify", "flash info 0",
                               f"dump_image {dump} {BASE:#x} {len(image) + 64}", "shutdown"))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + bytes(64)  # an erased cell is 0
    info = FlashInfo.parse(text)
    assert (info.base, info.size) == (BASE, chip.first * KIB)
    assert list(info.sectors) == [(n * 4 * KIB, 4 * KIB) for n in range(chip.first // 4)]
    assert chip.called in text
    finish(board)
    assert board.flash() == image + bytes(chip.flash * KIB - len(image))


@pytest.mark.parametrize("wire", [HLA_V2_1, DAPDIRECT_V2_1], ids=lambda w: w.name)
@pytest.mark.parametrize("chip", [c for c in CHIPS if c.second], ids=lambda c: c.name)
def test_second_bank(vboard, tmp_path, chip, wire):
    second = BASE + chip.second * KIB
    elf = write_elf(tmp_path / "image.elf", [(BASE, firmware(KIB)), (second - 512, pattern(KIB, 1))])
    board = wire.start(vboard, chip.name)
    text = succeeded(stock.run(board, wire, f"program {elf} verify", "echo [flash list]", "shutdown", target=chip.dual_bank))
    rest = (chip.flash - chip.second) * KIB
    assert re.findall(r"base (\d+) size (\d+)", text) == [(str(BASE), str(chip.second * KIB)), (str(second), str(rest))]
    finish(board)
    offset = chip.second * KIB - 512
    assert board.flash()[offset:offset + KIB] == pattern(KIB, 1)


@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_erase_one_sector(vboard, tmp_path, chip):
    image = pattern(12 * KIB)
    elf = write_elf(tmp_path / "image.elf", [(BASE, image)])
    board = HLA_V2_1.start(vboard, chip.name)
    succeeded(stock.run(board, HLA_V2_1, f"program {elf} verify", "flash erase_sector 0 1 1", "shutdown"))
    finish(board)
    assert board.flash()[:12 * KIB] == image[:4 * KIB] + bytes(4 * KIB) + image[8 * KIB:]


@pytest.mark.parametrize("wire", [HLA_V2_1, DAPDIRECT_V2_1], ids=lambda w: w.name)
@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_lock_and_unlock(vboard, tmp_path, chip, wire):
    """Both take effect with the next power-on: another board on the same files."""
    image = firmware(KIB)
    elf = write_elf(tmp_path / "image.elf", [(BASE, image)])
    board = wire.start(vboard, chip.name)
    succeeded(stock.run(board, wire, f"program {elf} verify", "reset halt", "stm32lx lock 0", WAIT, "shutdown"))
    board.stop()
    locked = wire.start(vboard, chip.name)
    refused = stock.run(locked, wire, "init", "halt", f"mdw {BASE:#x}", "shutdown")
    assert refused.status != 0, refused.text
    locked.stop()
    assert locked.flash()[:KIB] == image
    locked = wire.start(vboard, chip.name)
    succeeded(stock.run(locked, wire, "init", "halt", "stm32lx unlock 0", WAIT, "shutdown"))
    locked.stop()
    assert locked.flash() == bytes(chip.flash * KIB)
    again = wire.start(vboard, chip.name)
    succeeded(stock.run(again, wire, f"program {elf} verify exit"))
    finish(again)
    assert again.flash()[:KIB] == image


@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_mass_erase(vboard, tmp_path, chip):
    elf = write_elf(tmp_path / "image.elf", [(BASE, pattern(3 * KIB))])
    board = HLA_V2_1.start(vboard, chip.name)
    succeeded(stock.run(board, HLA_V2_1, f"program {elf} verify", "stm32lx mass_erase 0", "shutdown"))
    finish(board)
    assert board.flash() == bytes(chip.flash * KIB)
