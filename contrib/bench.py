#!/usr/bin/env python3
"""Prints what a 64 KiB `program … verify reset exit` costs on the virtual F405: our program beside stock OpenOCD 0.12,
over other firmware (all four sectors have to be erased) and on an erased chip (we find it erased and do not erase it again).

Both talk to the same `vboard` over its stlink-server port, so the probe model, its timing (125 µs a USB transfer) and the
chip are the same. The README's table comes from here. Run it on a quiet machine: a client's own time counts too.
"""
import itertools
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import probity, stock  # noqa: E402
from support.firmware import firmware, pattern, write_elf  # noqa: E402
from support.stock import WIRES  # noqa: E402
from support.vboard import Vboard  # noqa: E402

CHIP = "stm32f405rg"
WANTED = ["hla-v2-1", "hla-v3", "dapdirect-v2-1", "dapdirect-v3"]


def job(wire, ours: bool, erased: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        image = firmware(64 * 1024)
        elf = write_elf(folder / "image.elf", [(0x08000000, image)])
        if not erased:
            (folder / f"{CHIP}.flash").write_bytes(pattern(1 << 20, seed=1))
        board = Vboard(folder, CHIP, "stlink-server", probe=wire.probe)
        words = f"program {elf} verify reset exit"
        if ours:
            result = probity.run(*wire.words(board), "-f", stock.target_file(CHIP), "-c", words)
        else:
            result = stock.run(board, wire, words)
        board.stop()
        assert result.status == 0 and "** Verified OK **" in result.text, result.text
        assert board.flash()[:len(image)] == image
        return board.stats()


def main():
    print("| path | chip before | program | virtual seconds | without flash busy | USB transfers | commands | SWD clocks |")
    print("|---|---|---|---|---|---|---|---|")
    for wire, erased, ours in itertools.product((w for w in WIRES if w.name in WANTED), (False, True), (False, True)):
        s = job(wire, ours, erased)
        print(f"| {wire.name} | {'erased' if erased else 'other firmware'} | {'Probity' if ours else 'stock 0.12'} "
              f"| {s['virtual time']:.3f} | {s['virtual time'] - s['flash busy']:.3f} "
              f"| {s['USB transfers']:.0f} | {s['USB commands']:.0f} | {s['SWD clocks']:.0f} |")


if __name__ == "__main__":
    main()
