"""Stock OpenOCD and ours with their own board files on the same virtual board: the external flash is the same one, and
reset-init leaves the same registers."""
import re

import pytest

from support import stock
from support.probity import Bench
from support.stock import HLA_V2_1

# GPIO ports A to K, RCC, the flash controller and QUADSPI or OCTOSPI, with the offsets that are looked at.
GPIO = (0x00, 0x08, 0x0C, 0x20, 0x24)
F4 = (0x40020000, [0x40023800, 0x40023804, 0x40023808, 0x40023838, 0x40023C00], 0xA0001000)
L4 = (0x48000000, [0x40021000, 0x40021008, 0x4002100C, 0x40021050, 0x40022000], 0xA0001000)
H7 = (0x58020000, [0x58024418, 0x5802441C, 0x58024420, 0x58024428, 0x5802442C, 0x58024430, 0x52002000], 0x52005000)
QUADSPI = (0x00, 0x04, 0x14, 0x30)
# Not DCR2: stock's probe clears a flag of QUADSPI_FCR, which is where OCTOSPI has DCR2, and by that changes the prescaler
# that reset-init has set.
OCTOSPI = (0x00, 0x08, 0x100, 0x108, 0x110, 0x130)
# Not CCR: stock counts on ten dummy clocks without having set them, ours resets the flash and counts on its six.
QUADSPI_F769 = (0x00, 0x04, 0x30)

BOARDS = [
    ("stm32f412g-disco", "stm32f412zg", "n25q128a", F4, QUADSPI),
    ("stm32f413h-disco", "stm32f413zh", "n25q128a", F4, QUADSPI),
    ("stm32f469i-disco", "stm32f469ni", "n25q128a", F4, QUADSPI),
    ("stm32f723e-disco", "stm32f723ie", "mx25l51245g", F4, QUADSPI),
    ("stm32f746g-disco", "stm32f746ng", "n25q128a", F4, QUADSPI),
    ("stm32f769i-disco", "stm32f769ni", "mx25l51245g", F4, QUADSPI_F769),
    ("stm32l476g-disco", "stm32l476vg", "n25q128a", L4, QUADSPI),
    ("st_b-l475e-iot01a", "stm32l475vg", "mx25r6435f", L4, QUADSPI),
    ("stm32l496g-disco", "stm32l496ag", "mx25r6435f", L4, QUADSPI),
    ("stm32l4r9i-disco", "stm32l4r9ai", "mx25lm51245g", L4, OCTOSPI),
    ("stm32l4p5g-disco", "stm32l4p5ag", "mx25lm51245g", L4, OCTOSPI),
    ("stm32h735g-disco", "stm32h735ig", "mx25lm51245g", H7, OCTOSPI),
    ("stm32h7b3i-disco", "stm32h7b3li", "mx25lm51245g", H7, OCTOSPI),
    ("stm32h745i-disco", "stm32h745xi", "mt25ql512+mt25ql512", H7, QUADSPI),
    ("stm32h747i-disco", "stm32h747xi", "mt25ql512+mt25ql512", H7, QUADSPI),
    ("stm32h750b-disco", "stm32h750xb", "mt25ql512+mt25ql512", H7, QUADSPI),
]


def commands(area, offsets):
    gpio, rcc, controller = area
    words = [gpio + 0x400 * port + offset for port in range(8) for offset in GPIO] + rcc + [controller + o for o in offsets]
    reads = "; ".join(f"lappend r [mrw 0x{word:08x}]" for word in words)
    return ["init", "reset init", "flash probe $a", f"set r {{}}; {reads}; echo \"registers $r\"", "flash info $a sectors", "shutdown"]


def seen(text):
    """Registers, the bank, and how many sectors of which size."""
    info = text[text.index(" : stmqspi"):]
    return (re.search(r"^registers (.*)$", text, re.MULTILINE)[1].split(), re.search(r"at 0x9.*", info)[0],
            re.findall(r"^\t#\s*\d+: \S+ \(\S+ \S+\)", info, re.MULTILINE), re.search(r"flash(1|2|12) '[^\n]*\n\(page[^\n]*", info)[0])


@pytest.mark.parametrize("board, chip, flash, area, offsets", BOARDS, ids=[b[0] for b in BOARDS])
def test_the_same_board(vboard, tmp_path, board, chip, flash, area, offsets):
    bench = Bench(tmp_path, chip, target=f"board/{board}.cfg", **{f"qspi:{flash}": True})
    bench.files = ["-f", f"board/{board}.cfg"]
    ours = bench.run(*commands(area, offsets))
    assert ours.status == 0, ours.text
    wire = HLA_V2_1
    stocks = stock.run(wire.start(vboard, chip, qspi=flash), wire, *commands(area, offsets), target=f"board/{board}.cfg")
    assert stocks.status == 0, stocks.text
    for mine, theirs in zip(seen(ours.text), seen(stocks.text)):
        assert mine == theirs
