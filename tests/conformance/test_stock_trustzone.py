"""The outside judge on TrustZone (TZEN): an unmodified OpenOCD switches it on, says in which state the core halts, and programs
Secure pages of L5 and U5 through the Secure registers, by both aliases of the flash."""
import re

import pytest

from support import stock
from support.firmware import firmware, pattern
from support.stock import DAPDIRECT, Wire

DAPDIRECT_V3 = Wire("dapdirect-v3", probe="stlink-v3", **DAPDIRECT)
MAIN, ALIAS, KIB = 0x08000000, 0x0C000000, 1024
# OPTR as the factory has it, with TZEN (and RDP level 0.5).
L5, L5_HALF, U5 = "FFEFF8AA", "FFEFF855", "9FEFF8AA"
CHIPS = [("stm32l552ze", L5), ("stm32u575zi", U5)]


def started(vboard, chip, optr):
    return DAPDIRECT_V3.start(vboard, chip, option=f"OPTR={optr}")


def succeeded(result) -> str:
    assert result.status == 0, result.text
    return result.text


def finish(board, refused=0):
    assert board.stop() == 0
    assert board.stats()["probe errors"] == 0, board.log()
    assert board.stats()["flash operations refused"] == refused


@pytest.mark.parametrize("chip,optr", CHIPS)
def test_secure_pages_are_programmed_by_both_aliases(vboard, tmp_path, chip, optr):
    image = tmp_path / "image.bin"
    image.write_bytes(firmware(3001))
    board = started(vboard, chip, optr)
    text = succeeded(stock.run(
        board, DAPDIRECT_V3, "init", "reset halt", "echo secure=[stm32x5x_is_secure]", "flash probe 0", "flash probe 1",
        f"flash write_image erase {image} {MAIN:#x}", f"verify_image {image} {MAIN:#x}",
        f"flash write_image erase {image} {ALIAS + 64 * KIB:#x}", f"verify_image {image} {ALIAS + 64 * KIB:#x}",
        f"verify_image {image} {ALIAS:#x}", "flash erase_sector 0 0 0", f"mdw {ALIAS:#x} 1", "shutdown"))
    assert "CPU in Secure state" in text and "secure=1" in text
    assert text.count("TZEN = 1 : TrustZone enabled by option bytes") == 2
    assert f"flash 'stm32l4x' found at {ALIAS:#010x}" in text
    assert text.count("verified 3001 bytes") == 3
    assert f"{ALIAS:#010x}: ffffffff" in text
    finish(board)
    assert board.flash()[64 * KIB:64 * KIB + 3001] == firmware(3001)
    assert board.flash()[:64] == b"\xff" * 64


@pytest.mark.parametrize("chip,optr", CHIPS)
def test_secure_sram_is_the_secure_worlds(vboard, chip, optr):
    """Non-secure accesses (`apcsw` with HNONSEC) fail while the SAU is off, and Secure ones see one memory by both aliases."""
    board = started(vboard, chip, optr)
    text = succeeded(stock.run(
        board, DAPDIRECT_V3, "init", "reset halt", "mww 0x30000100 0x12345678", "mdw 0x20000100",
        "stm32x5x_ahb_ap_non_secure_access", "echo reading=[catch {mdw 0x20000100}]", "echo flash=[catch {mdw 0x08000000}]",
        "stm32x5x_ahb_ap_secure_access", "mdw 0x30000100", "shutdown"))
    assert "0x20000100: 12345678" in text and "0x30000100: 12345678" in text
    assert re.search(r"reading=[1-9-]", text) and re.search(r"flash=[1-9-]", text), text
    finish(board)


def test_stock_leaves_non_secure_pages_as_it_found_them(vboard, tmp_path):
    """A bank without a watermark: stock makes its pages Secure for the time of programming, then Non-secure again, so that its
    own Secure accesses read 0 there. The flash holds the image nevertheless. (The options are loaded by hand: stock's
    option_load sets OBL_LAUNCH in FLASH_SECCR, which has no such bit.)"""
    image = tmp_path / "image.bin"
    image.write_bytes(pattern(2 * KIB))
    board = started(vboard, "stm32l552ze", L5)
    launch = ["mww 0x50022008 0x45670123", "mww 0x50022008 0xcdef89ab", "mww 0x50022010 0x08192a3b", "mww 0x50022010 0x4c5d6e7f",
              "catch {mww 0x50022028 0x08000000}", "sleep 100", "reset halt"]
    watermark = ["stm32l4x option_write 0 0x60 0x0000007f 0x007f007f", *launch, "mdw 0x50022060", "flash probe 0"]
    text = succeeded(stock.run(board, DAPDIRECT_V3, "init", "reset halt", *watermark, f"flash write_image erase {image} 0x08040000",
                               "mdw 0x08040000", "shutdown"))
    assert "0x50022060: 0000007f" in text
    assert "0x08040000: 00000000" in text
    assert board.stop() == 0
    assert board.flash()[256 * KIB:258 * KIB] == pattern(2 * KIB)


def test_trustzone_is_enabled_and_not_disabled_at_level_0(vboard, tmp_path):
    """After OBL_LAUNCH stock locks FLASH_NSCR by a Non-secure access, which the chip, Secure by then, does not take: the
    command fails although TZEN is set."""
    image = tmp_path / "image.bin"
    image.write_bytes(firmware(KIB))
    board = DAPDIRECT_V3.start(vboard, "stm32l552ze")
    text = succeeded(stock.run(
        board, DAPDIRECT_V3, "init", "reset halt", f"flash write_image erase {image} {MAIN:#x}",
        "catch {stm32l4x trustzone 0 enable}", "sleep 100", "reset halt", "flash probe 0", "stm32l4x trustzone 0",
        f"verify_image {image} {ALIAS:#x}", "echo disabled=[catch {stm32l4x trustzone 0 disable}]", "mdw 0x50022050",
        "mdw 0x50022060", "shutdown"))
    assert "CPU in Non-Secure state" in text and "CPU in Secure state" in text
    assert "Global TrustZone Security is enabled" in text
    assert f"verified {KIB} bytes" in text
    assert "Deactivation of TZEN is only possible when the RDP is changing to level 0" in text
    assert "0x50022050: 007f0000" in text and "0x50022060: 007f0000" in text, "all of the flash is Secure"
    assert board.stop() == 0


def test_at_level_half_the_secure_core_is_out_of_reach(vboard):
    board = started(vboard, "stm32l552ze", L5_HALF)
    result = stock.run(board, DAPDIRECT_V3, "init", "catch {halt 300}", "echo flash=[catch {mdw 0x0c000000}]", "shutdown")
    assert "Secure state" not in result.text.replace("Non-Secure", "")
    assert "flash=0" not in result.text, result.text
    assert board.stop() == 0
