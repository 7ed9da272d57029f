"""STM32F0, F1 and F3 through the real binary: half-words, both banks of XL density, option bytes, protection, clones."""
import pytest
from support.firmware import firmware, pattern, write_elf
from support.probity import Bench

KIB = 1024
CHIPS = ["stm32f030f4", "stm32f042k6", "stm32f051r8", "stm32f072rb", "stm32f091rc", "stm32f100ze", "stm32f103c8", "stm32f103zg",
         "stm32f107vc", "stm32f303vc", "stm32f334r8", "stm32f373vc", "gd32f103cb", "cks32f103cb"]


def halted(bench, *commands):
    return bench.run("init", "reset halt", *commands, "shutdown")


@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("size", [1, 4097])
def test_program_verify_with_an_odd_tail(tmp_path, chip, size):
    bench = Bench(tmp_path, chip)
    image = firmware(size)
    write_elf(tmp_path / "a.elf", [(0x08000000, image)])
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines
    assert "no working area" not in result.text
    assert bench.holds((0x08000000, image))


@pytest.mark.parametrize("target", ["target/stm32f1x.cfg", "target/stm32xl.cfg"])
def test_xl_density_across_both_banks(tmp_path, target):
    bench = Bench(tmp_path, "stm32f103zg", target=target)
    pieces = [(0x08000000, firmware(333)), (0x0807F801, pattern(0x1003, 2)), (0x080FFFF0, pattern(16, 3))]
    write_elf(tmp_path / "a.elf", pieces)
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert bench.holds(*pieces)


def test_xl_density_banks_as_they_are_declared(tmp_path):
    result = halted(Bench(tmp_path, "stm32f103zg", target="target/stm32xl.cfg"), "flash info 0", "flash info 1")
    assert result.status == 0, result.text
    assert "#0 : stm32f1x at 0x08000000, size 0x00080000" in result.text
    assert "#1 : stm32f1x at 0x08080000, size 0x00080000" in result.text
    result = halted(Bench(tmp_path / "alone", "stm32f103zg"), "flash info 0")
    assert "at 0x08000000, size 0x00100000" in result.text


def test_options_by_their_commands(tmp_path):
    bench = Bench(tmp_path, "stm32f103c8")
    result = halted(bench, "stm32f1x options_read 0", "stm32f1x options_write 0 RSTSTOP NORSTSTNDBY USEROPT 0x1234", "reset halt",
                    "stm32f1x options_read 0")
    assert result.status == 0, result.text
    for line in ["option byte register = 0x3fffffc", "write protection register = 0xffffffff", "read protection: off",
                 "watchdog: software", "stop mode: no reset generated upon entry", "standby mode: no reset generated upon entry",
                 "user data = 0xffff", "stm32x write options complete.",
                 "INFO: power cycle is required for the new settings to take effect.", "stop mode: reset generated upon entry",
                 "user data = 0x1234"]:
        assert line in result.lines, f"{line}\nis not in:\n{result.text}"
    result = halted(bench, "stm32f1x options_write 0 BOOT0")
    assert result.status == 1
    assert "'BOOT0' is none of SWWDG, HWWDG" in result.text
    result = halted(bench, "stm32f1x options_load 0")
    assert result.status == 1
    assert "Command not applicable to stm32f1x devices - power cycle is required instead." in result.text


def test_boot_bank_of_xl_density(tmp_path):
    bench = Bench(tmp_path, "stm32f103zg", target="target/stm32xl.cfg")
    result = halted(bench, "stm32f1x options_write 0 BOOT1", "reset halt", "stm32f1x options_read 0")
    assert "boot: bank 1" in result.lines, result.text
    result = halted(bench, "stm32f1x options_write 1 BOOT0")
    assert result.status == 1 and "Option byte operations must use bank 0" in result.text


@pytest.mark.parametrize("chip, command", [("stm32f072rb", "stm32f0x"), ("stm32f303vc", "stm32f3x")])
def test_options_load_brings_them_into_force(tmp_path, chip, command):
    result = halted(Bench(tmp_path, chip), f"{command} options_write 0 USEROPT 0xABCD", f"{command} options_load 0", "reset halt",
                    f"{command} options_read 0")
    assert result.status == 0, result.text
    assert "INFO: 'stm32f1x options_load' command or power cycle is required for the new settings to take effect." in result.lines
    assert "user data = 0xabcd" in result.lines


@pytest.mark.parametrize("chip", ["stm32f103c8", "stm32f303vc", "stm32f072rb"])
def test_read_protected_chip_names_the_way_out(tmp_path, chip):
    bench = Bench(tmp_path, chip)
    image = firmware(500)
    write_elf(tmp_path / "a.elf", [(0x08000000, image)])
    assert bench.program("a.elf").status == 0
    result = halted(bench, "stm32f1x lock 0")
    assert result.status == 0 and "stm32x locked" in result.lines, result.text
    result = bench.program("a.elf")
    assert result.status == 1, result.text
    assert "stm32f1x unlock" in result.text
    result = halted(bench, "stm32f1x unlock 0")
    assert result.status == 0 and "stm32x unlocked." in result.lines, result.text
    assert bench.flash() == b"\xff" * len(bench.flash())
    assert bench.program("a.elf").status == 0
    assert bench.holds((0x08000000, image))


def test_write_protected_pages_name_the_way_out(tmp_path):
    bench = Bench(tmp_path, "stm32f103c8")
    assert halted(bench, "flash protect 0 0 1 on").status == 0
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(6000))])
    result = bench.program("a.elf")
    assert result.status == 1, result.text
    assert "clear it with: flash protect stm32f1x.flash 0 1 off and then reset halt, or a power cycle" in result.text
    assert bench.flash() == b"\xff" * len(bench.flash())
    assert halted(bench, "flash protect 0 0 1 off").status == 0
    assert bench.program("a.elf").status == 0


def test_options_by_name(tmp_path):
    bench = Bench(tmp_path, "stm32f373vc")
    result = halted(bench, "option list")
    assert result.status == 0, result.text
    for name in ("RDP", "WDG_SW", "SDADC12_VDD_MONITOR", "Data0", "WRP3"):
        assert name in result.text
    assert halted(bench, "option write Data0=0x42 nRST_STOP=0").status == 0
    result = halted(bench, "echo [option read Data0]", "stm32f3x options_read 0")
    assert "0x42" in result.text and "stop mode: reset generated upon entry" in result.lines, result.text


@pytest.mark.parametrize("target", ["f0x", "f1x", "f3x"])
def test_another_chip_is_named(tmp_path, target):
    bench = Bench(tmp_path, "stm32f407vg", target=f"target/stm32{target}.cfg")
    result = halted(bench, "flash probe 0")
    assert result.status == 1
    assert "device id 0x413" in result.text


def test_a_size_given_by_the_user_wins(tmp_path):
    bench = Bench(tmp_path, "stm32f103c8")
    result = bench.run("init", "reset halt", "flash info 0", "shutdown", before=["set FLASH_SIZE 0x8000"])
    assert result.status == 0, result.text
    assert "at 0x08000000, size 0x00008000" in result.text


def test_mass_erase(tmp_path):
    bench = Bench(tmp_path, "stm32f103zg")
    bench.flash_file.write_bytes(pattern(1 << 20, 4))
    result = halted(bench, "stm32f1x mass_erase 0")
    assert "stm32x mass erase complete" in result.lines, result.text
    assert bench.flash() == b"\xff" * (1 << 20)


def test_one_page_is_erased_and_no_other(tmp_path):
    bench = Bench(tmp_path, "stm32f103zg")
    before = pattern(1 << 20, 5)
    bench.flash_file.write_bytes(before)
    assert halted(bench, "flash erase_sector 0 300 300").status == 0
    assert bench.flash() == before[:600 * KIB] + b"\xff" * 2048 + before[602 * KIB:]
