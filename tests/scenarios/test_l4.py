"""Driver stm32l4x through the real program: images, protection, read-out level, option bytes, OTP."""
import pytest

from support.firmware import pattern, write_elf
from support.probity import Bench

BASE = 0x08000000
CHIPS = ["stm32l476rg", "stm32g071rb", "stm32g474re", "stm32wb55rg", "stm32wle5jc", "stm32c011f6", "stm32u083cc",
         "stm32l4r5zi"]


@pytest.mark.parametrize("chip", CHIPS)
def test_image_with_an_odd_end_is_programmed_and_verified(chip, tmp_path):
    image = pattern(5003)
    write_elf(tmp_path / "a.elf", [(BASE, image)])
    bench = Bench(tmp_path, chip)
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines
    assert bench.holds((BASE, image))


def test_probe_says_what_openocd_says(tmp_path):
    result = Bench(tmp_path, "stm32l476rg").run("init; reset halt", "flash info 0", "shutdown")
    assert "Info : device idcode = 0x10076415 (STM32L47/L48xx - Rev 4 : 0x1007)" in result.lines
    for line in ("Info : RDP level 0 (0xAA)", "Info : flash size = 1024 KiB", "Info : flash mode : dual-bank"):
        assert line in result.lines, result.text
    assert "STM32L47/L48xx - Rev 4 : 0x1007 - Flash dual-bank" in result.text


def test_image_across_the_banks(tmp_path):
    image = pattern(9001)
    at = BASE + 0x80000 - 4500
    write_elf(tmp_path / "a.elf", [(at, image)])
    bench = Bench(tmp_path, "stm32l476rg")
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert bench.holds((at, image))


def test_protected_pages_are_named_with_the_way_out(tmp_path):
    bench = Bench(tmp_path, "stm32g071rb")
    done = bench.run("init; reset halt", "flash protect 0 2 3 on", "stm32l4x option_load 0", "shutdown")
    assert done.status == 0, done.text
    assert "stm32l4x option load completed. Power-on reset might be required" in done.text
    write_elf(tmp_path / "a.elf", [(BASE, pattern(10000))])
    result = bench.program("a.elf")
    assert result.status == 1, result.text
    assert "clear it with: flash protect stm32g0x.flash 2 3 off" in result.text
    assert bench.holds()
    info = bench.run("init; reset halt", "stm32l4x wrp_info 0", "stm32g0x wrp_info 0 bank1", "shutdown")
    assert info.text.count("protected areas: [2,3]") == 2, info.text
    assert bench.run("init; reset halt", "flash protect 0 0 last off", "stm32l4x option_load 0", "shutdown").status == 0
    assert bench.program("a.elf").status == 0
    assert bench.holds((BASE, pattern(10000)))


def test_read_out_protection_and_the_way_back(tmp_path):
    bench = Bench(tmp_path, "stm32g071rb")
    write_elf(tmp_path / "a.elf", [(BASE, pattern(1000))])
    assert bench.program("a.elf").status == 0
    assert bench.run("init; reset halt", "stm32l4x lock 0", "stm32l4x option_load 0", "shutdown").status == 0
    locked = bench.program("a.elf")
    assert locked.status == 1
    assert "RDP level 1 (0x00)" in locked.text
    assert "stm32l4x unlock stm32g0x.flash" in locked.text
    # One session: level 1 to 0, the reset of OBL_LAUNCH, then the image.
    again = bench.run("init; reset halt", "stm32l4x unlock 0", "stm32l4x option_load 0", "reset halt",
                      "flash write_image erase a.elf", "verify_image a.elf", "shutdown")
    assert again.status == 0, again.text
    assert bench.holds((BASE, pattern(1000)))


def test_option_registers_by_offset(tmp_path):
    bench = Bench(tmp_path, "stm32l476rg")
    result = bench.run("init; reset halt", "stm32l4x option_read 0 0x20", "stm32l4x option_write 0 0x20 0 0x00010000",
                       "stm32l4x option_load 0", "stm32l4x option_read 0 0x20", "shutdown")
    assert result.status == 0, result.text
    values = [int(line.split("= ")[1], 16) for line in result.lines if line.startswith("Option Register: <0x40022020> = 0x")]
    assert len(values) == 2 and values[1] == values[0] & ~0x00010000, result.text
    assert "stm32l4x Option written." in result.text
    assert "INFO: a reset or power cycle is required for the new settings to take effect." in result.text


def test_mass_erase_of_both_banks(tmp_path):
    bench = Bench(tmp_path, "stm32g0b1re")
    bench.flash_file.write_bytes(pattern(512 * 1024))
    result = bench.run("init; reset halt", "stm32l4x mass_erase 0", "shutdown")
    assert result.status == 0 and "stm32l4x mass erase complete" in result.lines, result.text
    assert bench.holds()


def test_otp(tmp_path):
    bench = Bench(tmp_path, "stm32g071rb")
    (tmp_path / "otp.bin").write_bytes(pattern(16))
    refused = bench.run("init; reset halt", "flash write_bank 1 otp.bin 8", "shutdown")
    assert refused.status == 1 and "OTP memory is disabled for write commands" in refused.text, refused.text
    result = bench.run("init; reset halt", "stm32l4x otp 1 show", "stm32l4x otp 1 enable", "stm32l4x otp 1 show",
                       "flash write_bank 1 otp.bin 8", "verify_image otp.bin 0x1fff7008", "shutdown")
    assert result.status == 0, result.text
    assert "OTP memory bank #1 is disabled for write commands." in result.lines
    assert "Info : OTP memory (bank #1) is enabled for write commands" in result.lines
    assert "OTP memory bank #1 is enabled for write commands." in result.lines
    assert "the specified bank is not an OTP memory" in bench.run("init; reset halt", "stm32l4x otp 0 show").text


def test_flashinfo_and_what_this_chip_has_not(tmp_path):
    bench = Bench(tmp_path, "stm32g071rb")
    result = bench.run("init; reset halt", "stm32l4x flashinfo 0", "shutdown")
    assert "64 pages of 2 KiB" in result.text and "RDP level 0 (FLASH_OPTR=0x" in result.text
    assert "This device does not have a TrustZone" in bench.run("init; reset halt", "stm32l4x trustzone 0").text
    assert "this device has no second bank" in bench.run("init; reset halt", "stm32l4x wrp_info 0 bank2").text


def test_single_bank_mode_of_g474(tmp_path):
    bench = Bench(tmp_path, "stm32g474re")
    image = pattern(9001)
    write_elf(tmp_path / "a.elf", [(BASE + 0x40000 - 4500, image)])
    changed = bench.run("init; reset halt", "stm32l4x option_write 0 0x20 0 0x00400000", "stm32l4x option_load 0", "shutdown")
    assert changed.status == 0, changed.text
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert "flash mode : single-bank" in result.text
    assert bench.holds((BASE + 0x40000 - 4500, image))
