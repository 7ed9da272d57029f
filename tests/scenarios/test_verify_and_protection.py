"""A verify that fails says where; protected flash says which sectors and how to unprotect them."""
from support.firmware import firmware, pattern, write_elf
from support.probity import Bench


def test_verify_says_where(tmp_path):
    image = pattern(3000)
    write_elf(tmp_path / "a.elf", [(0x08000000, image)])
    other = bytearray(image)
    other[1234] ^= 0x11
    other[2000] ^= 0x01
    write_elf(tmp_path / "b.elf", [(0x08000000, bytes(other))])
    bench = Bench(tmp_path)
    assert bench.program("a.elf").status == 0
    result = bench.run("init", "reset halt", "verify_image b.elf", "shutdown")
    assert result.status == 1, result.text
    for word in ("0x080004d2", f"0x{other[1234]:02x}", f"0x{image[1234]:02x}", "2 of 3000 bytes"):
        assert word in result.text, f"{word} is not said in:\n{result.text}"


def test_program_fails_when_a_cell_keeps_its_old_value(tmp_path):
    image = firmware(2000)
    write_elf(tmp_path / "a.elf", [(0x08000000, image)])
    odd = next(i for i in range(500, 2000) if image[i] & 1 == 0)
    result = Bench(tmp_path, fault=f"bit-stuck={0x08000000 + odd:#x}@flash:1x100000").program("a.elf")
    assert result.status == 1, result.text
    assert "** Verify Failed **" in result.text
    assert f"{0x08000000 + odd:#010x}" in result.text


def test_protected_sectors_are_named_with_the_way_out(tmp_path):
    bench = Bench(tmp_path)
    assert bench.run("init", "reset halt", "flash protect 0 2 3 on", "reset", "shutdown").status == 0
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(0x11000))])
    result = bench.program("a.elf")
    assert result.status == 1, result.text
    assert "** Programming Failed **" in result.text
    assert "clear it with: flash protect stm32f4x.flash 2 3 off" in result.text
    assert bench.flash()[0x8000:0x10000] == b"\xff" * 0x8000
    assert bench.run("init", "reset halt", "flash protect 0 2 3 off", "shutdown").status == 0
    assert bench.program("a.elf").status == 0
    assert bench.holds((0x08000000, firmware(0x11000)))


def test_write_image_unlock_lifts_the_protection(tmp_path):
    bench = Bench(tmp_path)
    assert bench.run("init", "reset halt", "flash protect 0 0 11 on", "shutdown").status == 0
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(1000))])
    result = bench.run("init", "reset halt", "flash write_image erase unlock a.elf", "verify_image a.elf", "shutdown")
    assert result.status == 0, result.text
    assert bench.holds((0x08000000, firmware(1000)))
