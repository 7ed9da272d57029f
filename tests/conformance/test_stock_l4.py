"""The outside judge on L4, L4+, L5, G0, G4, U5, WB and WL: an unmodified OpenOCD names, programs, verifies, dumps and protects every
device it knows. It knows no C0, U0 and WBA, and of U5 only U57x and U58x (the others came to OpenOCD after 0.12.0)."""
import re
from dataclasses import dataclass

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, HLA_V2_1, JTAG, FlashInfo, finish, succeeded

BASE, OTP, KIB = 0x08000000, 0x1FFF7000, 1024
WIRES = [HLA_V2_1, DAPDIRECT_V2_1]


@dataclass(frozen=True)
class Chip:
    """What the data sheet says of it: flash in KiB, and pages in KiB; and how stock OpenOCD calls the device."""
    name: str
    flash: int
    page: int
    called: str
    banks: str = "single"


CHIPS = [
    Chip("stm32l412kb", 128, 2, "STM32L41/L42xx - Rev Y"),
    Chip("stm32l432kc", 256, 2, "STM32L43/L44xx - Rev Y"),
    Chip("stm32l452re", 512, 2, "STM32L45/L46xx - Rev Y"),
    Chip("stm32l476rg", 1024, 2, "STM32L47/L48xx - Rev 4", "dual"),
    Chip("stm32l475re", 512, 2, "STM32L47/L48xx - Rev 4", "dual"),
    Chip("stm32l496zg", 1024, 2, "STM32L49/L4Axx - Rev B", "dual"),
    Chip("stm32l4r5zi", 2048, 4, "STM32L4R/L4Sxx - Rev W", "dual"),
    Chip("stm32l4r5zg", 1024, 4, "STM32L4R/L4Sxx - Rev W", "dual"),
    Chip("stm32l4p5cg", 1024, 4, "STM32L4P/L4Qxx - Rev Z", "dual"),
    Chip("stm32g031k8", 64, 2, "STM32G03x/G04xx - Rev B"),
    Chip("stm32g051c8", 64, 2, "STM32G05/G06xx - Rev A"),
    Chip("stm32g071rb", 128, 2, "STM32G07/G08xx - Rev B"),
    Chip("stm32g0b1re", 512, 2, "STM32G0B/G0Cx - Rev A", "dual"),
    Chip("stm32g431kb", 128, 2, "STM32G43/G44xx - Rev Z"),
    Chip("stm32g474re", 512, 2, "STM32G47/G48xx - Rev Z", "dual"),
    Chip("stm32g491re", 512, 2, "STM32G49/G4Axx - Rev A"),
    Chip("stm32wb15cc", 320, 2, "STM32WB1x - Rev B"),
    Chip("stm32wb35ce", 512, 4, "STM32WB3x - Rev A"),
    Chip("stm32wb55rg", 1024, 4, "STM32WB5x - Rev 2.1"),
    Chip("stm32wle5jc", 256, 2, "STM32WLE/WL5x - Rev 1.0"),
    Chip("stm32l552ze", 512, 2, "STM32L55/L56xx - Rev B", "dual"),
    Chip("stm32u575zi", 2048, 8, "STM32U57/U58xx - Rev B", "dual"),
]
BY_NAME = {c.name: c for c in CHIPS}
ONE_OF_EACH = [BY_NAME[name] for name in ("stm32l476rg", "stm32g071rb", "stm32g474re")]
# The M0+ chips have no JTAG.
PAIRS = [(c, w) for w in WIRES for c in CHIPS] + [(BY_NAME[n], JTAG) for n in ("stm32l476rg", "stm32g474re", "stm32wb55rg")]


def launch(settle=20):
    """Brings option bytes into force, which resets the chip, and waits for what is attached to notice."""
    return f"stm32l4x option_load 0; sleep {settle}; reset halt"


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
    assert list(info.sectors) == [(n * chip.page * KIB, chip.page * KIB) for n in range(chip.flash // chip.page)]
    assert re.search(rf"{re.escape(chip.called)} : 0x[0-9a-f]+ - Flash {chip.banks}-bank", text), text
    finish(board)
    flash = board.flash()
    assert flash[:len(image)] == image
    assert flash[len(image):] == b"\xff" * (info.size - len(image))
    assert board.stats()["flash operations refused"] == 0


@pytest.mark.parametrize("wire", WIRES, ids=lambda w: w.name)
@pytest.mark.parametrize("chip", [c for c in CHIPS if c.banks == "dual"], ids=lambda c: c.name)
def test_across_the_banks(vboard, tmp_path, chip, wire):
    """The end of bank 1 and the start of bank 2, then one page on each side of the border is erased."""
    middle, page = chip.flash * KIB // 2, chip.page * KIB
    across = pattern(4 * page, 1)
    elf = write_elf(tmp_path / "image.elf", [(BASE + middle - 2 * page, across)])
    number = middle // page
    board = wire.start(vboard, chip.name)
    text = succeeded(stock.run(board, wire, f"program {elf} verify", f"flash erase_sector 0 {number - 1} {number}", "shutdown"))
    assert "** Verified OK **" in text
    finish(board)
    flash = board.flash()
    expected = across[:page] + b"\xff" * 2 * page + across[3 * page:]
    assert flash[middle - 2 * page:middle + 2 * page] == expected
    assert flash.count(b"\xff") >= len(flash) - len(across)
    assert board.stats()["flash operations refused"] == 0


@pytest.mark.parametrize("wire", WIRES, ids=lambda w: w.name)
@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_protect_and_unprotect(vboard, tmp_path, chip, wire):
    address = BASE + 4 * chip.page * KIB
    elf = write_elf(tmp_path / "image.elf", [(address, pattern(KIB))])
    board = wire.start(vboard, chip.name)
    text = succeeded(stock.run(board, wire, "init", "reset halt", "flash protect 0 4 5 on", launch(), "flash probe 0",
                               "flash info 0", "stm32l4x option_read 0 0x2c", "shutdown"))
    assert re.findall(r"#\s*(\d+): .* \dkB\) protected", text) == ["4", "5"]
    assert "= 0x50004" in text
    refused = stock.run(board, wire, "init", "reset halt", f"flash write_image erase {elf}", "shutdown")
    assert refused.status != 0, refused.text
    succeeded(stock.run(board, wire, "init", "reset halt", "flash protect 0 4 5 off", launch(), "shutdown"))
    text = succeeded(stock.run(board, wire, f"program {elf} verify", "shutdown"))
    assert "** Verified OK **" in text
    finish(board)
    assert board.flash()[address - BASE:address - BASE + KIB] == pattern(KIB)


@pytest.mark.parametrize("wire", WIRES, ids=lambda w: w.name)
@pytest.mark.parametrize("chip,optr", zip(ONE_OF_EACH, (0xFFEFF8AA, 0xFFFFFEAA, 0xFFEFF8AA)), ids=lambda p: getattr(p, "name", ""))
def test_option_bytes(vboard, chip, optr, wire):
    """IWDG_STDBY (bit 18) is cleared: programmed first, in force after option_load, and still there for the next client."""
    board = wire.start(vboard, chip.name)
    read = "stm32l4x option_read 0 0x20"
    text = succeeded(stock.run(board, wire, "init", "reset halt", read, "stm32l4x option_write 0 0x20 0 0x00040000", launch(),
                               read, "shutdown"))
    again = succeeded(stock.run(board, wire, "init", "reset halt", read, "shutdown"))
    values = [int(v, 16) for v in re.findall(r"Option Register: <0x[0-9a-f]+> = (0x[0-9a-f]+)", text + again)]
    assert values == [optr, optr & ~(1 << 18), optr & ~(1 << 18)]
    finish(board)


@pytest.mark.parametrize("wire", WIRES, ids=lambda w: w.name)
def test_g474_with_a_gap(vboard, tmp_path, wire):
    """With 256 KiB in two banks the second one stays at 0x08040000 (RM0440 3.3.1); stock shows the gap in its sectors. An
    image on both sides of it stock cannot write: it pads the gap and then refuses ("write into gap"); hence two images."""
    images = [(BASE + 0x1F800, pattern(2 * KIB, 1)), (BASE + 0x40000, pattern(2 * KIB, 2))]
    elves = [write_elf(tmp_path / f"{address:x}.elf", [(address, data)]) for address, data in images]
    board = wire.start(vboard, "stm32g474rc")
    text = succeeded(stock.run(board, wire, *[f"program {elf} verify" for elf in elves], "flash info 0", "shutdown"))
    assert text.count("** Verified OK **") == 2
    starts = list(range(0, 0x20000, 2 * KIB)) + list(range(0x40000, 0x60000, 2 * KIB))
    assert list(FlashInfo.parse(text).sectors) == [(start, 2 * KIB) for start in starts]
    finish(board)
    assert board.flash()[0x1F800:0x20800] == images[0][1] + images[1][1]


@pytest.mark.parametrize("wire", WIRES, ids=lambda w: w.name)
def test_g474_with_one_bank(vboard, tmp_path, wire):
    """DBANK (OPTR bit 22) cleared: pages of 4 KiB."""
    board = wire.start(vboard, "stm32g474re")
    elf = write_elf(tmp_path / "image.elf", [(BASE + 0x3E000, pattern(16 * KIB))])
    text = succeeded(stock.run(board, wire, "init", "reset halt", "stm32l4x option_write 0 0x20 0 0x00400000", launch(),
                               "flash probe 0", f"program {elf} verify", "flash info 0", "flash erase_sector 0 64 64", "shutdown"))
    info = FlashInfo.parse(text)
    assert list(info.sectors) == [(n * 4 * KIB, 4 * KIB) for n in range(128)]
    assert "Flash single-bank" in text
    finish(board)
    whole = pattern(16 * KIB)
    assert board.flash()[0x3E000:0x42000] == whole[:8 * KIB] + b"\xff" * 4 * KIB + whole[12 * KIB:]


@pytest.mark.parametrize("wire", WIRES, ids=lambda w: w.name)
@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_lock_and_unlock(vboard, tmp_path, chip, wire):
    elf = write_elf(tmp_path / "image.elf", [(BASE, firmware(2 * KIB))])
    board = wire.start(vboard, chip.name)
    succeeded(stock.run(board, wire, f"program {elf} verify", "reset halt", "stm32l4x lock 0", launch(), "shutdown"))
    locked = stock.run(board, wire, "init", "halt", f"mdw {BASE:#x}", "shutdown")
    assert locked.status != 0, locked.text
    board.wait_for_flash(firmware(2 * KIB))
    succeeded(stock.run(board, wire, "init", "halt", "stm32l4x unlock 0", launch(), "shutdown"))
    board.stop()
    assert board.flash() == b"\xff" * chip.flash * KIB
    again = wire.start(vboard, chip.name)
    succeeded(stock.run(again, wire, f"program {elf} verify exit"))
    finish(again)
    assert again.flash()[:2 * KIB] == firmware(2 * KIB)


@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_mass_erase(vboard, tmp_path, chip):
    elf = write_elf(tmp_path / "image.elf", [(BASE, firmware(4 * KIB)), (BASE + (chip.flash - 4) * KIB, pattern(4 * KIB))])
    board = HLA_V2_1.start(vboard, chip.name)
    succeeded(stock.run(board, HLA_V2_1, f"program {elf} verify", "stm32l4x mass_erase 0", "shutdown"))
    finish(board)
    assert board.flash() == b"\xff" * chip.flash * KIB


@pytest.mark.parametrize("chip", ONE_OF_EACH, ids=lambda c: c.name)
def test_otp(vboard, tmp_path, chip):
    """Bank 1 of stock's configuration files is the one-time programmable area: a double word is programmed once."""
    once = tmp_path / "once.bin"
    once.write_bytes(pattern(16))
    board = HLA_V2_1.start(vboard, chip.name)
    write = ["init", "reset halt", "stm32l4x otp 1 enable", f"flash write_bank 1 {once} 32"]
    text = succeeded(stock.run(board, HLA_V2_1, *write, f"mdw {OTP + 32:#x} 5", "shutdown"))
    words = re.findall(r"0x1fff7020: (.*)", text)[0].split()
    assert b"".join(int(w, 16).to_bytes(4, "little") for w in words) == pattern(16) + b"\xff" * 4
    refused = stock.run(board, HLA_V2_1, *write, "shutdown")
    assert refused.status != 0, refused.text
    finish(board)
