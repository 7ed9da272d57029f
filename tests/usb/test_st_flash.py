"""st-info and st-flash of stlink-tools 1.7.0 on the chips that they know, one of each flash controller and of each way they have
to drive it. They know nothing of C0, G0B1, H5, L5, U0, U5, WBA and WL."""
import re
from dataclasses import dataclass

import pytest
from rack import Rack

from support.firmware import firmware

SIZE = 5024  # ends within a page and within a half page, on a whole word of every family
CONTENT = firmware(SIZE - 4, seed=5) + b"\x12\x34\x56\x78"


@dataclass(frozen=True)
class Row:
    chip: str
    id: int
    name: str   # as st-info calls the family
    flash: int  # KiB
    page: int
    sram: int   # KiB
    written: int = SIZE  # so much of an image of SIZE bytes comes to be in flash…
    behind: int = 0      # …and so many bytes behind it are no longer erased


ROWS = [
    Row("stm32f051r8", 0x440, "F0xx", 64, 1024, 8),
    Row("stm32f103c8", 0x410, "F1xx Medium-density", 64, 1024, 20),
    Row("stm32f103zg", 0x430, "F1xx XL-density", 1024, 2048, 96),
    Row("stm32f303vc", 0x422, "F3xx", 256, 2048, 40),
    Row("stm32f429zi", 0x419, "F42x/F43x", 2048, 16384, 256),
    # Its sectors are of 32 KiB and more (RM0385 3.3.2): st-info has the page of another family, st-flash erases the right one.
    Row("stm32f746zg", 0x449, "F7xx", 1024, 2048, 320),
    # The loader for L0 and L1 has ADD.W, which Armv6-M lacks: a Cortex-M0+ locks up in it (stlink's issue 1195, a NUCLEO-L053R8),
    # and the single words that st-flash then writes instead meet a PECR whose ERASE is still set (0x204): nothing is
    # programmed, and the verification says so (issue 565, an L011).
    Row("stm32l053r8", 0x417, "L0x3", 64, 128, 8, written=0),
    # On a Cortex-M3 the loader runs. The words behind the last whole half page are written singly, with ERASE set, and get lost.
    Row("stm32l152rb", 0x416, "L1xx Medium-density", 128, 256, 16, written=SIZE // 128 * 128),
    Row("stm32l476rg", 0x415, "L4xx", 1024, 2048, 96),
    Row("stm32l4r5zi", 0x470, "L4Rx", 2048, 4096, 640),
    Row("stm32g071rb", 0x460, "G070/G071/G081", 128, 2048, 36),
    Row("stm32g474re", 0x469, "G4 Category-3", 512, 2048, 96),
    Row("stm32wb55rg", 0x495, "WB55", 1024, 4096, 256),
    # Sends 64 bytes at a time, of which the last ones are whatever lay behind the image in its memory. Of the SRAM it counts
    # the DTCM only.
    Row("stm32h743zi", 0x450, "H74x/H75x", 2048, 131072, 128, behind=-SIZE % 64),
    Row("stm32h7a3zi", 0x480, "H7Ax/H7Bx", 2048, 8192, 128, behind=-SIZE % 64),
    Row("stm32h723zg", 0x483, "H72x/H73x", 1024, 131072, 128, behind=-SIZE % 64),
]


@pytest.fixture(scope="module")
def boards(guest, tmp_path_factory):
    """All of them in one process, none plugged in."""
    rack = Rack(guest, tmp_path_factory.mktemp("st-flash"), *(f"{row.chip},probe=stlink-v2" for row in ROWS), attached=False)
    yield rack
    rack.close()


@pytest.fixture
def plugged(boards, row):
    number = ROWS.index(row)
    boards.attach(number, place="1-1")
    yield number
    boards.unplug(number)
    boards.wait_until_gone("1-1")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.chip)
def test_st_flash(boards, plugged, guest, shared, row):
    (shared / "image.bin").write_bytes(CONTENT)
    erased = b"\0" if row.chip.startswith("stm32l0") or row.chip.startswith("stm32l1") else b"\xff"
    text = guest.run("sh", "-c", "st-info --probe; st-flash write image.bin 0x08000000; echo status $?;"
                     f"st-flash read read.bin 0x08000000 {SIZE}").text
    assert re.search(rf"flash: +{row.flash * 1024} \(pagesize: {row.page}\)", text), text
    assert re.search(rf"sram: +{row.sram * 1024}\n", text) and re.search(rf"chipid: +{row.id:#06x}\n", text), text
    assert re.search(rf"descr: +{re.escape(row.name)}\n", text), text
    flash = boards.flash(plugged)
    assert len(flash) == row.flash * 1024
    whole = row.written == SIZE
    assert ("jolly good" in text) == whole and ("status 0" in text) == whole, text
    assert flash[:row.written] == CONTENT[:row.written]
    assert flash[SIZE:][row.behind:].strip(erased) == b""
    assert (flash[row.written:SIZE].strip(erased) == b"") and (flash[SIZE:].strip(erased) == b"") == (row.behind == 0)
    assert (shared / "read.bin").read_bytes() == flash[:SIZE]
