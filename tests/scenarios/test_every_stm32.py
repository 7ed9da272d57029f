"""Every device id we claim: found, programmed across every kind of boundary with odd tails, erased, protected, locked. The
virtual flash afterwards is what was asked for, and nothing else has changed. README's table of devices is made from DEVICES
(contrib/device_table.py)."""
import re

import pytest

from support.chips import DEVICES
from support.firmware import pattern, write_elf
from support.probity import Bench
from support.stock import FlashInfo

TAILS = [1, 7, 9, 15, 17, 31, 33]
BASE = 0x08000000


class Chip:
    """One device on the bench, and what `flash info 0` says of it."""

    def __init__(self, folder, device):
        self.device = device
        self.bench = Bench(folder, device.chip, device.interface, stats=folder / "stats")
        self.erased = self.bench.erased
        found = self.bench.run("init; reset halt", "flash info 0 sectors", "shutdown")
        assert found.status == 0, found.text
        self.info = FlashInfo.parse(found.text)
        self.sectors = [(self.info.base + offset, size) for offset, size in self.info.sectors]

    def place(self, address) -> int:
        """Where the cell at `address` is in the flash file, which has no holes."""
        at = 0
        for begin, size in self.sectors:
            if begin <= address < begin + size:
                return at + address - begin
            at += size
        raise AssertionError(hex(address))

    def image(self) -> list[tuple[int, bytes]]:
        """Segments with every tail, and some that lie across the first, the middle and the last boundary of sectors and
        wherever the size of sectors changes."""
        borders = {1, len(self.sectors) // 2, len(self.sectors) - 1}
        borders |= {i for i in range(1, len(self.sectors)) if self.sectors[i][1] != self.sectors[i - 1][1]}
        segments = [(self.sectors[i][0] - 64, pattern(64 + TAILS[i % len(TAILS)], seed=i)) for i in sorted(borders)
                    if i > 0 and sum(self.sectors[i - 1]) == self.sectors[i][0]]
        # Behind the vectors: with random ones the core might push its registers into flash, where that erases to 0.
        segments += [(self.sectors[0][0] + 128 * i, pattern(size, seed=size)) for i, size in enumerate(TAILS, 1)]
        return sorted(segments)

    def after(self, before: bytes, segments) -> bytes:
        """`before`, with the sectors of these segments erased and then programmed."""
        cells = bytearray(before)
        for address, data in segments:
            for begin, size in self.sectors:
                if begin < address + len(data) and address < begin + size:
                    cells[self.place(begin):self.place(begin) + size] = bytes([self.erased]) * size
        for address, data in segments:
            for i, byte in enumerate(data):
                cells[self.place(address + i)] = byte
        return bytes(cells)

    def run(self, *commands, status=0):
        result = self.bench.run("init; reset halt", *commands, "shutdown")
        assert result.status == status, result.text
        return result


@pytest.fixture(params=DEVICES, ids=lambda device: f"{device.id:03x}-{device.chip}")
def chip(request, tmp_path):
    return Chip(tmp_path, request.param)


def test_image_tails_and_the_same_again(chip, tmp_path):
    segments = chip.image()
    write_elf(tmp_path / "a.elf", segments)
    before = pattern(len(chip.bench.flash()), seed=3)
    chip.bench.flash_file.write_bytes(before)
    first = chip.bench.program("a.elf")
    assert first.status == 0 and "** Verified OK **" in first.lines, first.text
    assert chip.bench.flash() == chip.after(before, segments)
    again = chip.bench.program("a.elf")
    assert again.status == 0, again.text
    stats = (tmp_path / "stats").read_text().splitlines()
    assert "flash sectors erased 0" in stats and "flash program operations 0" in stats
    assert "flash operations refused 0" in stats


def test_one_sector_and_all(chip):
    before = pattern(len(chip.bench.flash()), seed=4)
    chip.bench.flash_file.write_bytes(before)
    last = len(chip.sectors) - 1
    chip.run(f"flash erase_sector 0 {last} {last}")
    at, size = chip.place(chip.sectors[last][0]), chip.sectors[last][1]
    assert chip.bench.flash() == before[:at] + bytes([chip.erased]) * size
    chip.run("flash erase_sector 0 0 last")
    assert set(chip.bench.flash()) == {chip.erased}


def test_a_protected_sector(chip, tmp_path):
    chip.run("flash protect 0 0 0 on")
    before = pattern(len(chip.bench.flash()), seed=5)
    chip.bench.flash_file.write_bytes(before)
    write_elf(tmp_path / "a.elf", [(chip.info.base, pattern(100))])
    result = chip.bench.program("a.elf")
    assert result.status == 1 and re.search(r"flash protect \S+ 0 \d+ off", result.errors()), result.text
    assert chip.bench.flash() == before
    chip.run("flash protect 0 0 0 off")
    assert chip.bench.program("a.elf").status == 0
    assert chip.bench.flash() == chip.after(before, [(chip.info.base, pattern(100))])


def test_read_out_protection(chip, tmp_path):
    if not chip.device.locks:
        pytest.skip("product states instead: tests/scenarios/test_h5.py")
    write_elf(tmp_path / "a.elf", [(chip.info.base, pattern(100))])
    assert chip.bench.program("a.elf").status == 0
    chip.run(f"{chip.device.driver} lock 0")
    result = chip.bench.program("a.elf")
    assert result.status == 1 and f"{chip.device.driver} unlock" in result.errors(), result.text
    chip.bench.run("init; reset halt", f"{chip.device.driver} unlock 0", "shutdown")
    result = chip.bench.program("a.elf")  # after a power cycle
    assert result.status == 0, result.text
    assert chip.bench.flash() == chip.after(bytes([chip.erased]) * len(chip.bench.flash()), [(chip.info.base, pattern(100))])
