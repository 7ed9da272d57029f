"""The outside judge on NXP's Kinetis K and KL: an unmodified OpenOCD names, programs, verifies, erases, secures and opens them."""
import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import DAPDIRECT_V2_1, HLA_V2_1, JTAG, FlashInfo, finish, succeeded

KIB = 1024
FCF = b"\xff" * 12 + b"\xfe\xff\xff\xff"  # nothing protected, not secured
# File, how stock calls it, program flash in KiB, bytes of a sector.
CHIPS = {
    "mkl25z128": ("target/klx.cfg", "MKL25Z128xxx4", 128, 1 * KIB),
    "mkl46z256": ("target/klx.cfg", "MKL46Z256xxx4", 256, 1 * KIB),
    "mk20dx256": ("target/kx.cfg", "MK20DX256xxx7", 256, 2 * KIB),
    "mk22fn512": ("target/kx.cfg", "MK22FN512xxx12", 512, 2 * KIB),
    "mk64fn1m0": ("target/k60.cfg", "MK64FN1M0xxx12", 1024, 4 * KIB),
}
PAIRS = [(chip, DAPDIRECT_V2_1) for chip in CHIPS] + [("mkl25z128", HLA_V2_1), ("mk64fn1m0", JTAG)]


# Kinetis KE: its field has FSEC elsewhere.
KE_FCF = b"\xff" * 14 + b"\xfe\xff"
KE_CHIPS = {"mke02z64": 64, "mke04z128": 128, "mke06z128": 128}


def with_fcf(image, field=FCF):
    return image[:0x400] + field + image[0x410:]


@pytest.mark.parametrize("chip,wire", PAIRS, ids=lambda p: getattr(p, "name", p))
def test_program_verify_dump_info(vboard, tmp_path, chip, wire):
    target, called, kib, sector = CHIPS[chip]
    image = with_fcf(firmware(9 * KIB + 3, base=0))
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    dump = tmp_path / "dump.bin"
    board = wire.start(vboard, chip)
    text = succeeded(stock.run(board, wire, f"program {elf} verify", "flash info 0 sectors",
                               f"dump_image {dump} 0 {len(image) + 61}", "shutdown", target=target))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    assert FlashInfo.parse(text).sectors[:3] == tuple((n * sector, sector) for n in range(3))
    assert called in text
    finish(board)
    assert board.flash()[:kib * KIB] == image + b"\xff" * (kib * KIB - len(image))


def test_erase_keeps_the_chip_open(vboard, tmp_path):
    """Stock programs the flash configuration field again after it erased its sector."""
    target = CHIPS["mkl25z128"][0]
    image = with_fcf(pattern(4 * KIB))
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    board = DAPDIRECT_V2_1.start(vboard, "mkl25z128")
    succeeded(stock.run(board, DAPDIRECT_V2_1, f"program {elf} verify", "flash erase_sector 0 1 2", "shutdown", target=target))
    finish(board)
    assert board.flash()[:4 * KIB] == image[:KIB] + FCF + b"\xff" * (2 * KIB - 16) + image[3 * KIB:]


def test_protection_is_kept_in_the_configuration_field(vboard):
    target = CHIPS["mkl25z128"][0]
    board = DAPDIRECT_V2_1.start(vboard, "mkl25z128")
    succeeded(stock.run(board, DAPDIRECT_V2_1, "init", "reset init", "flash protect 0 1 1 on", "flash erase_sector 0 1 1",
                        "reset halt", "mdw 0x40020010", "shutdown", target=target))
    finish(board)
    assert board.flash()[0x408:0x410] == b"\xfd\xff\xff\xff\xfe\xff\xff\xff"


@pytest.mark.parametrize("chip", ["mkl25z128", "mk64fn1m0"])
def test_secured_chip_is_recognised_and_opened(vboard, tmp_path, chip):
    target = CHIPS[chip][0]
    image = firmware(4 * KIB, base=0)
    secured = image[:0x400] + b"\xff" * 16 + image[0x410:]
    elf = write_elf(tmp_path / "image.elf", [(0, secured)])
    board = DAPDIRECT_V2_1.start(vboard, chip)
    succeeded(stock.run(board, DAPDIRECT_V2_1, "init", "kinetis fcf_source write", f"program {elf} verify", "shutdown", target=target))
    board.stop()
    assert board.flash()[0x400:0x410] == b"\xff" * 16
    board = DAPDIRECT_V2_1.start(vboard, chip)
    text = stock.run(board, DAPDIRECT_V2_1, "init", "shutdown", target=target).text
    assert "Your Kinetis MCU is in secured state" in text
    text = stock.run(board, DAPDIRECT_V2_1, "reset_config srst_only srst_nogate; init", "kinetis mdm mass_erase", "kinetis mdm check_security", "shutdown", target=target).text
    assert "MDM: Chip is unsecured. Continuing." in text
    finish(board)
    flash = board.flash()
    assert flash[:0x40C] == b"\xff" * 0x40C and flash[0x40C:0x40D] == b"\xfe" and set(flash[0x40D:]) == {0xFF}


@pytest.mark.parametrize("chip", KE_CHIPS)
def test_ke_program_verify_dump_info_and_mass_erase(vboard, tmp_path, chip):
    kib = KE_CHIPS[chip]
    image = with_fcf(firmware(5 * KIB, base=0), KE_FCF)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    dump = tmp_path / "dump.bin"
    board = DAPDIRECT_V2_1.start(vboard, chip)
    text = succeeded(stock.run(board, DAPDIRECT_V2_1, f"program {elf} verify", "flash info 0", f"dump_image {dump} 0 {len(image) + 61}",
                               "flash erase_sector 0 4 5", "shutdown", target="target/ke0x.cfg"))
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    info = FlashInfo.parse(text)
    assert (info.size, list(info.sectors)) == (kib * KIB, [(n * 512, 512) for n in range(2 * kib)])
    board.stop()
    assert board.flash()[:5 * KIB] == image[:2 * KIB] + b"\xff" * KIB + image[3 * KIB:]
    board = DAPDIRECT_V2_1.start(vboard, chip)
    text = stock.run(board, DAPDIRECT_V2_1, "init", "kinetis_ke mdm mass_erase", "shutdown", target="target/ke0x.cfg").text
    finish(board)
    assert board.flash() == b"\xff" * 0x40E + b"\xfe" + b"\xff" * (kib * KIB - 0x40F), text
