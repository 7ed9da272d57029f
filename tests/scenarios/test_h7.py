"""STM32H7 through the real binary: second banks found by reading the chip, holes, wide flash words, protection."""
import pytest
from support.firmware import pattern, write_elf
from support.probity import Bench

MIB = 1 << 20


def physical(bench, kib):
    """Where the flash file has an address: the banks one behind the other."""
    def offset(address):
        inside = address - 0x08000000
        return inside if inside < MIB else kib * 512 + inside - MIB
    return offset


def holds(bench, kib, *pieces):
    expected = bytearray(b"\xff" * (kib << 10))
    for address, data in pieces:
        at = physical(bench, kib)(address)
        expected[at:at + len(data)] = data
    return bench.flash() == bytes(expected)


# facts/scenarios.md, report 4: with another tool the second sector fails, and 0x08100000 is an unknown region.
@pytest.mark.parametrize("chip, kib", [("stm32h7a3zi", 2048), ("stm32h7a3rg", 1024)])
@pytest.mark.parametrize("size", [9704, 824])
@pytest.mark.parametrize("address", [0x08000000, 0x08002000, 0x08004000, 0x08006000, 0x08100000])
def test_h7a3_with_the_plain_target_file(tmp_path, chip, kib, size, address):
    bench = Bench(tmp_path, chip)
    image = pattern(size, 5)
    (tmp_path / "a.bin").write_bytes(image)
    result = bench.program(f"a.bin 0x{address:08x}")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.text
    assert holds(bench, kib, (address, image))


def test_h7a3_across_the_hole(tmp_path):
    bench = Bench(tmp_path, "stm32h7a3rg")
    pieces = [(0x0807F000, pattern(0x1000, 1)), (0x08100000, pattern(0x2001, 2))]
    write_elf(tmp_path / "a.elf", pieces)
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert holds(bench, 1024, *pieces)


def test_an_image_in_the_hole_is_refused(tmp_path):
    bench = Bench(tmp_path, "stm32h7a3rg")
    (tmp_path / "a.bin").write_bytes(pattern(64, 1))
    result = bench.program("a.bin 0x0807fff0")
    assert result.status == 1
    assert "no flash bank found for 0x08080000-0x0808002f" in result.text


def test_flash_commands_with_a_hole(tmp_path):
    bench = Bench(tmp_path, "stm32h7a3rg")
    result = bench.run("init", "reset halt", "flash info 0 sectors", "flash erase_check 0", "flash erase_address 0x08100000 0x4000",
                       "catch {flash erase_address pad 0x08090000 0x2000} message; echo $message",
                       "flash read_bank 0 whole.bin", "flash verify_bank 0 whole.bin", "shutdown")
    assert result.status == 0, result.text
    assert "# 63: 0x0007e000 (0x2000 8kB) not protected" in result.text
    assert "# 64: 0x00100000 (0x2000 8kB) not protected" in result.text
    assert "Bank is erased" in result.text
    assert "No flash at address 0x08090000" in result.text
    assert "contents match" in result.text
    assert (tmp_path / "whole.bin").read_bytes() == b"\xff" * (MIB + 0x80000)


def test_h743_second_bank_with_the_plain_target_file(tmp_path):
    bench = Bench(tmp_path, "stm32h743zi")
    pieces = [(0x08000000, pattern(777, 1)), (0x080FFF00, pattern(0x303, 2)), (0x081E0000, pattern(33, 3))]
    write_elf(tmp_path / "a.elf", pieces)
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert holds(bench, 2048, *pieces)


def test_dual_bank_file_declares_each_bank(tmp_path):
    bench = Bench(tmp_path, "stm32h743zi", target="target/stm32h7x_dual_bank.cfg")
    image = (0x080FFF00, pattern(0x300, 2))
    write_elf(tmp_path / "a.elf", [image])
    result = bench.run("program a.elf verify", "flash banks", "shutdown")
    assert result.status == 0, result.text
    assert "stm32h7x.bank1.cpu0 (stm32h7x) at 0x08000000, size 0x00100000" in result.text
    assert "stm32h7x.bank2.cpu0 (stm32h7x) at 0x08100000, size 0x00100000" in result.text
    assert holds(bench, 2048, image)


@pytest.mark.parametrize("chip", ["stm32h750vb", "stm32h723zg", "stm32h7b0vb"])
def test_single_bank(tmp_path, chip):
    bench = Bench(tmp_path, chip)
    (tmp_path / "a.bin").write_bytes(pattern(4097, 9))
    result = bench.program("a.bin 0x08000000")
    assert result.status == 0, result.text
    assert "STM32H7 flash has a single bank" in result.text
    assert bench.holds((0x08000000, pattern(4097, 9)))


@pytest.mark.parametrize("interface", ["interface/stlink.cfg", "interface/stlink-dap.cfg", "interface/cmsis-dap.cfg"])
def test_every_way(tmp_path, interface):
    probe = {"probe": "cmsis-dap-v2"} if "cmsis" in interface else {}
    bench = Bench(tmp_path, "stm32h743zi", interface=interface, **probe)
    write_elf(tmp_path / "a.elf", [(0x080FF000, pattern(0x2000, 1))])
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert holds(bench, 2048, (0x080FF000, pattern(0x2000, 1)))


def test_write_protection_names_the_way_out(tmp_path):
    bench = Bench(tmp_path, "stm32h7a3zi")
    write_elf(tmp_path / "a.elf", [(0x08008000, pattern(100, 1))])
    result = bench.run("init", "reset halt", "flash protect 0 1 1 on", "catch {flash write_image erase a.elf} message; echo $message",
                       "flash protect 0 1 1 off", "flash write_image erase a.elf", "verify_image a.elf", "shutdown")
    assert result.status == 0, result.text
    assert "flash protect stm32h7x.bank1.cpu0 1 1 off" in result.text
    assert holds(bench, 2048, (0x08008000, pattern(100, 1)))


def test_lock_and_unlock(tmp_path):
    bench = Bench(tmp_path, "stm32h743zi")
    (tmp_path / "a.bin").write_bytes(pattern(64, 1))
    result = bench.run("init", "reset halt", "flash write_image erase a.bin 0x08000000", "stm32h7x lock 0",
                       "catch {flash write_image erase a.bin 0x08000000} message; echo $message", "stm32h7x unlock 0",
                       "flash write_image a.bin 0x08100000", "stm32h7x option_read 0 0x1c", "shutdown")
    assert result.status == 0, result.text
    assert "stm32h7x locked" in result.text and "stm32h7x unlocked" in result.text
    assert "read-out protection level 1" in result.text
    assert "Option Register: <0x5200201c> = 0x" in result.text
    assert holds(bench, 2048, (0x08100000, pattern(64, 1)))


def test_mass_erase(tmp_path):
    bench = Bench(tmp_path, "stm32h743zi")
    bench.flash_file.write_bytes(pattern(2 * MIB, 1))
    result = bench.run("init", "reset halt", "stm32h7x mass_erase 0", "shutdown")
    assert result.status == 0, result.text
    assert "stm32h7x mass erase complete" in result.text
    assert holds(bench, 2048)
