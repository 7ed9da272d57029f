"""STM32H5 through the real binary: the core on access port 1, two banks, product state."""
import pytest
from support.firmware import pattern, write_elf
from support.probity import Bench

INTERFACE = "interface/stlink-dap.cfg"


@pytest.mark.parametrize("chip, half", [("stm32h503rb", 0x10000), ("stm32h563zi", 0x100000), ("stm32h533re", 0x40000)])
def test_across_both_banks(tmp_path, chip, half):
    bench = Bench(tmp_path, chip, interface=INTERFACE)
    pieces = [(0x08000000, pattern(777, 1)), (0x08000000 + half - 0x100, pattern(0x2203, 2)),
              (0x08000000 + 2 * half - 17, pattern(17, 3))]
    write_elf(tmp_path / "a.elf", pieces)
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.text
    assert bench.holds(*pieces)


def test_commands(tmp_path):
    bench = Bench(tmp_path, "stm32h563zi", interface=INTERFACE)
    bench.flash_file.write_bytes(pattern(2 << 20, 1))
    result = bench.run("init", "reset halt", "stm32h5x option_read 0 0x50", "catch {stm32h5x lock 0} message; echo $message",
                       "stm32h5x unlock 0", "stm32h5x mass_erase 0", "flash info 0", "shutdown")
    assert result.status == 0, result.text
    assert "Option Register: <0x40022050> = 0x" in result.text
    assert "debug authentication" in result.text
    assert "product state OPEN" in result.text
    assert "STM32H562/563/573 - Rev: " in result.text
    assert bench.holds()


def test_write_protection_names_the_way_out(tmp_path):
    bench = Bench(tmp_path, "stm32h563zi", interface=INTERFACE)
    write_elf(tmp_path / "a.elf", [(0x08108000, pattern(100, 1))])
    result = bench.run("init", "reset halt", "flash protect 0 33 33 on", "catch {flash write_image erase a.elf} message; echo $message",
                       "flash protect 0 33 33 off", "flash write_image erase a.elf", "shutdown")
    assert result.status == 0, result.text
    assert "flash protect stm32h5x.flash 33 33 off" in result.text
    assert bench.holds((0x08108000, pattern(100, 1)))


def test_product_state(tmp_path):
    bench = Bench(tmp_path, "stm32h563zi", interface=INTERFACE)
    result = bench.run("init", "reset halt", "catch {option write PRODUCT_STATE=0x17} message; echo $message",
                       "catch {option write -permanent PRODUCT_STATE=0x72} message; echo $message",
                       "catch {option write -mass-erase PRODUCT_STATE=0x9a} message; echo $message",
                       "option read PRODUCT_STATE", "shutdown")
    assert result.status == 0, result.text
    assert "PRODUCT_STATE: 0xed -> 0x17 (can never be undone: needs -permanent); nothing was changed" in result.text
    assert "from OPEN the way is PROVISIONING (PRODUCT_STATE=0x17)" in result.text
    assert "a regression takes debug authentication" in result.text


def test_provisioning_is_entered_where_it_is_meant(tmp_path):
    bench = Bench(tmp_path, "stm32h563zi", interface=INTERFACE)
    result = bench.run("init", "reset halt", "option write -permanent PRODUCT_STATE=0x17", "option read PRODUCT_STATE", "shutdown")
    assert result.status == 0, result.text
    assert "PRODUCT_STATE: 0xed -> 0x17" in result.text
