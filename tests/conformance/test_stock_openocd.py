"""The outside judge: an unmodified OpenOCD programs, verifies, dumps and debugs every chip of the virtual board."""
import re

import pytest

from support import stock
from support.firmware import firmware, pattern, write_elf
from support.stock import HLA_V2_1, WIRES, FlashInfo, finish

KIB = 1024

# Sectors in KiB, from the reference manuals' flash chapters: PM0059, RM0368, RM0090, RM0401, RM0383, RM0402, RM0430, RM0390,
# RM0386 (table "Flash module organization"), RM0385, RM0410 (single-bank mode).
F4_1M = [16] * 4 + [64] + [128] * 7
CHIPS = {
    "stm32f205rb": F4_1M[:5],
    "stm32f207zg": F4_1M,
    "stm32f401re": F4_1M[:8],
    "stm32f405rg": F4_1M,
    "stm32f407vg": F4_1M,
    "stm32f410rb": F4_1M[:5],
    "stm32f411re": F4_1M[:8],
    "stm32f412zg": F4_1M,
    "stm32f413zh": F4_1M + [128] * 4,
    "stm32f429zi": F4_1M * 2,
    "stm32f446re": F4_1M[:8],
    "stm32f469ni": F4_1M * 2,
    "stm32f722ze": F4_1M[:8],
    "stm32f730r8": F4_1M[:4],
    "stm32f746zg": [32] * 4 + [128] + [256] * 3,
    "stm32f750n8": [32] * 2,
    "stm32f767zi": [32] * 4 + [128] + [256] * 7,
}
# Every chip on one wire of each kind, one chip of each core on all wires.
EVERY_CHIP = ["hla-v2-1", "dapdirect-v2-1", "remote-bitbang-jtag"]
ALL_WIRES = ["stm32f405rg", "stm32f767zi"]
BASE = 0x08000000
PAIRS = [(chip, wire) for chip in CHIPS for wire in WIRES if wire.name in EVERY_CHIP or chip in ALL_WIRES]


@pytest.mark.parametrize("chip,wire", PAIRS, ids=lambda p: getattr(p, "name", p))
def test_program_verify_dump_info(vboard, tmp_path, chip, wire):
    image = firmware(5 * KIB + 3, seed=len(chip))
    elf = write_elf(tmp_path / "image.elf", [(BASE, image)])
    dump = tmp_path / "dump.bin"
    board = wire.start(vboard, chip)
    result = stock.run(board, wire, f"program {elf} verify", "flash info 0 sectors",
                       f"dump_image {dump} {BASE:#x} {len(image) + 61}", "shutdown")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.text
    assert dump.read_bytes() == image + b"\xff" * 61
    info = FlashInfo.parse(result.text)
    assert (info.base, info.size) == (BASE, sum(CHIPS[chip]) * KIB)
    assert [size for _, size in info.sectors] == [kib * KIB for kib in CHIPS[chip]]
    finish(board)
    flash = board.flash()
    assert flash[:len(image)] == image
    assert flash[len(image):] == b"\xff" * (info.size - len(image))


def test_f429_second_bank(vboard, tmp_path):
    across = (0x080FFC00, pattern(3 * KIB, 1))  # the end of bank 1, the start of bank 2
    elf = write_elf(tmp_path / "image.elf", [across])
    board = HLA_V2_1.start(vboard, "stm32f429zi")
    result = stock.run(board, HLA_V2_1, f"program {elf} verify exit")
    assert result.status == 0, result.text
    finish(board)
    offset = across[0] - BASE
    assert board.flash()[offset:offset + len(across[1])] == across[1]


def test_flash_survives_between_clients(vboard, tmp_path):
    """Several clients one after another, and a second board on the same file."""
    first, second = firmware(2 * KIB, 1), firmware(2 * KIB, 2)
    board = HLA_V2_1.start(vboard, "stm32f405rg")
    for image in (first, second):
        elf = write_elf(tmp_path / "image.elf", [(BASE, image)])
        result = stock.run(board, HLA_V2_1, f"program {elf} verify exit")
        assert result.status == 0, result.text
        board.wait_for_flash(image)
    board.stop()
    again = HLA_V2_1.start(vboard, "stm32f405rg")
    result = stock.run(again, HLA_V2_1, "init", "reset halt", f"verify_image {tmp_path}/image.elf", "shutdown")
    assert result.status == 0, result.text


COUNTER = bytes.fromhex(
    "00200020"  # SP 0x20002000
    "09000008"  # reset: 0x08000008
    "0020"      # 0x08000008 movs r0, #0
    "0130"      # 0x0800000a adds r0, #1
    "c046"      # 0x0800000c nop
    "fce7"      # 0x0800000e b 0x0800000a
)


# The cores are the same two; how a chip is wired to its debug port shows over one wire.
@pytest.mark.parametrize("chip,wire", [(chip, wire) for chip, wire in PAIRS if wire == HLA_V2_1 or chip in ALL_WIRES],
                         ids=lambda p: getattr(p, "name", p))
def test_debug(vboard, tmp_path, chip, wire):
    elf = write_elf(tmp_path / "counter.elf", [(BASE, COUNTER)])
    board = wire.start(vboard, chip)
    result = stock.run(
        board, wire, f"program {elf}", "reset halt", "echo MARK", "reg pc", "step", "reg pc", "bp 0x0800000c 2 hw", "resume",
        "wait_halt 1000", "reg pc", "reg r0", "resume", "wait_halt 1000", "reg r0", "rbp 0x0800000c", "reg r0 100", "resume",
        "sleep 20", "halt", "reg r0", "mww 0x20000100 0xcafebabe", "mdw 0x20000100", "mwh 0x20000102 0x1234",
        "mdw 0x20000100", "mdb 0x20000103", "shutdown")
    assert result.status == 0, result.text
    seen = result.text[result.text.index("MARK"):]
    assert [int(v, 16) for v in re.findall(r"pc \(/32\): (0x[0-9a-f]+)", seen)] == [0x08000008, 0x0800000A, 0x0800000C]
    r0 = [int(v, 16) for v in re.findall(r"r0 \(/32\): (0x[0-9a-f]+)", seen)]
    assert r0[:3] == [1, 2, 100]
    assert r0[3] > 1000  # it ran on for 20 ms
    assert re.findall(r"0x2000010\d: ([0-9a-f]+)", seen) == ["cafebabe", "1234babe", "12"]
    finish(board)
