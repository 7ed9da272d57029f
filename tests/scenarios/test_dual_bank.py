"""Images over both banks: the sector numbers of bank 2 are not a continuation of bank 1's."""
from support.firmware import pattern, write_elf
from support.probity import Bench


def test_f429_across_both_banks(tmp_path):
    bench = Bench(tmp_path, "stm32f429zi")
    across = (0x080FF000, pattern(0x6001, 3))  # last sector of bank 1, first two of bank 2
    last = (0x081FFF01, pattern(0xFF, 4))      # to the very last byte
    write_elf(tmp_path / "a.elf", [across, last])
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert bench.holds(across, last)


def test_f429_only_the_named_sector_of_bank_2_is_erased(tmp_path):
    bench = Bench(tmp_path, "stm32f429zi")
    before = pattern(2 << 20, 5)
    bench.flash_file.write_bytes(before)
    result = bench.run("init", "reset halt", "flash erase_sector 0 13 13", "shutdown")
    assert result.status == 0, result.text
    assert bench.flash() == before[:0x104000] + b"\xff" * 0x4000 + before[0x108000:]


def test_f767_dual_bank(tmp_path):
    bench = Bench(tmp_path, "stm32f767zi", dual_bank=True)
    image = (0x08000000, pattern(520 * 1024, 6))
    across = (0x080FF000, pattern(0x3000, 7))
    write_elf(tmp_path / "a.elf", [image, across])
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert bench.holds(image, across)


def test_f767_single_bank_has_larger_sectors(tmp_path):
    bench = Bench(tmp_path, "stm32f767zi")
    before = pattern(2 << 20, 8)
    bench.flash_file.write_bytes(before)
    assert bench.run("init", "reset halt", "flash erase_address 0x08100000 0x40000", "shutdown").status == 0
    assert bench.flash() == before[:0x100000] + b"\xff" * 0x40000 + before[0x140000:]
