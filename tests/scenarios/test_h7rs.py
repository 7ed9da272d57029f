"""STM32H7R/S through the real binary: the core on access port 1, flash words of 128 bits, life cycle, OTP."""
import pytest
from support.firmware import pattern, write_elf
from support.probity import Bench

INTERFACE = "interface/stlink-dap.cfg"


@pytest.mark.parametrize("chip", ["stm32h7s3l8", "stm32h7r3l8"])
def test_first_and_last_bytes(tmp_path, chip):
    bench = Bench(tmp_path, chip, interface=INTERFACE)
    pieces = [(0x08000000, pattern(777, 1)), (0x08007F00, pattern(0x2203, 2)), (0x0800FFEF, pattern(17, 3))]
    write_elf(tmp_path / "a.elf", pieces)
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.text
    assert bench.holds(*pieces)


def test_commands(tmp_path):
    bench = Bench(tmp_path, "stm32h7s3l8", interface=INTERFACE)
    bench.flash_file.write_bytes(pattern(64 << 10, 1))
    result = bench.run("init", "reset halt", "stm32h7x option_read 0 0x200", "catch {stm32h7x lock 0} message; echo $message",
                       "stm32h7x unlock 0", "stm32h7x mass_erase 0", "flash info 0", "option read NVSTATE", "shutdown")
    assert result.status == 0, result.text
    assert "Option Register: <0x52002200> = 0x" in result.text
    assert "write NVSTATE with: option write" in result.text
    assert "STM32H7Rx/7Sx - Rev: " in result.text
    assert bench.holds()


def test_options_by_name(tmp_path):
    bench = Bench(tmp_path, "stm32h7s3l8", interface=INTERFACE)
    result = bench.run("init", "reset halt", "option write BOR_LEV=2 XSPI1_HSLV=1", "option read BOR_LEV",
                       "catch {option write NVSTATE=0x51} message; echo $message", "shutdown")
    assert result.status == 0, result.text
    assert "BOR_LEV: 0x0 -> 0x2" in result.text
    assert "NVSTATE: 0xb4 -> 0x51 (can never be undone: needs -permanent)" in result.text


@pytest.mark.parametrize("chip, bank", [("stm32h7s3l8", "stm32h7x 0x08fff000 0 0 0 stm32h7rsx.cpu0"),
                                        ("stm32h7a3zi", "stm32h7x 0x08fff000 0 0 0 stm32h7x.cpu0"),
                                        ("stm32h563zi", "stm32h5x 0x08fff000 0 0 0 stm32h5x.cpu")])
def test_otp(tmp_path, chip, bank):
    bench = Bench(tmp_path, chip, interface=INTERFACE)
    driver = bank.split()[0]
    (tmp_path / "a.bin").write_bytes(pattern(32, 7))
    result = bench.run(f"flash bank otp {bank}", "init", "reset halt", f"{driver} otp otp show",
                       "catch {flash write_bank otp a.bin 0x40} message; echo $message", f"{driver} otp otp enable",
                       "flash write_bank otp a.bin 0x40", "flash read_bank otp b.bin 0x40 32", "flash protect otp 1 1 on",
                       "catch {flash write_bank otp a.bin 0x60} message; echo $message", "flash info otp", "shutdown")
    assert result.status == 0, result.text
    assert "is disabled for write commands" in result.text
    assert f"{driver} otp otp enable" in result.text
    assert (tmp_path / "b.bin").read_bytes() == pattern(32, 7)
    assert "OTP block 1 is locked for ever" in result.text
    assert "OTP-bank" in result.text
