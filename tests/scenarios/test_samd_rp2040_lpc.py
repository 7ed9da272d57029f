"""Chips of Microchip, Raspberry Pi and NXP, programmed by our own drivers with the files and the words that users have."""
import struct

from support.firmware import firmware, pattern, write_elf
from support.probity import Bench, run

KIB = 1024
XIP = 0x10000000


def samd(folder, **spec):
    return Bench(folder, "atsamd21g18", target="target/at91samdXX.cfg", **spec)


def test_samd_program(tmp_path):
    image = firmware(9 * KIB + 3)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    bench = samd(tmp_path / "bench")
    result = bench.run(f"program {elf} verify", "flash info 0", "shutdown")
    assert result.status == 0, result.text
    for line in ("** Verified OK **", "Info : SAMD MCU: SAMD21G18A (256KB Flash, 32KB RAM)",
                 "#0 : at91samd at 0x00000000, size 0x00040000, buswidth 1, chipwidth 1", "\t# 15: 0x0003c000 (0x4000 16kB) not protected"):
        assert line in result.lines, result.text
    assert bench.holds((0, image), base=0)


def test_samd_is_held_in_reset_by_its_dsu_until_that_lets_it_go(tmp_path):
    image = firmware(KIB)
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    bench = samd(tmp_path / "bench")
    result = bench.run("reset_config srst_only", f"program {elf} verify reset", "shutdown")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines, result.text
    assert "S_RESET_ST" not in result.text and bench.holds((0, image), base=0)


def test_samd_words(tmp_path):
    result = samd(tmp_path / "bench").run(
        "init; reset halt", "at91samd bootloader 8192; at91samd bootloader", "at91samd eeprom 1024; at91samd eeprom",
        "echo [at91samd nvmuserrow]", "catch {at91samd eeprom 100} why; echo $why", "catch {at91samd set-security} why; echo $why",
        "flash protect 0 3 4 on; reset halt; flash info 0", "catch {flash erase_sector 0 192 192} why; echo $why",
        "flash protect 0 0 15 off; flash erase_sector 0 192 192", "at91samd set-security enable", "at91samd chip-erase", "shutdown")
    assert result.status == 0, result.text
    for words in ("Bootloader size is 8192 bytes (32 rows)", "EEPROM size is 1024 bytes", "NVMUSERROW: 0x",
                  "Invalid EEPROM size.  Please see datasheet for a list valid sizes.", 'supply the "enable" argument to proceed.',
                  "#  3: 0x0000c000 (0x4000 16kB) protected", "SAMD: NVM lock error", "NVMCTRL.STATUS=0x0008",
                  "chip secured on next power-cycle", "chip erase started"):
        assert words in result.text, (words, result.text)


def rp2040(folder, *commands):
    flash = folder / "flash"
    words = ["--virtual", f"rp2040,probe=cmsis-dap-v2,flash={flash}", "-f", "interface/cmsis-dap.cfg", "-c", "set USE_CORE 0; adapter speed 4000",
             "-f", "target/rp2040.cfg"]
    for command in commands:
        words += ["-c", command]
    result = run(*words, cwd=folder)
    assert result.status == 0, result.text
    return result, flash.read_bytes()


def test_rp2040_program(tmp_path):
    image = firmware(6 * KIB + 5)
    elf = write_elf(tmp_path / "image.elf", [(XIP, image)])
    result, flash = rp2040(tmp_path, f"program {elf} verify", "flash info 0", "shutdown")
    for line in ("** Verified OK **", "Info : Found flash device 'win w25q16jv' (ID 0x001540ef)",
                 "Info : RP2040 B0 Flash Probe: 2097152 bytes @0x10000000, in 32 sectors",
                 "#0 : rp2040_flash at 0x10000000, size 0x00200000, buswidth 0, chipwidth 0",
                 "\t# 31: 0x001f0000 (0x10000 64kB) protection state unknown"):
        assert line in result.lines, result.text
    assert flash == image + b"\xff" * (len(flash) - len(image))


def test_rp2040_by_the_newer_driver(tmp_path):
    (tmp_path / "data.bin").write_bytes(pattern(700))
    result, flash = rp2040(tmp_path, "flash bank serial rp2xxx 0x10000000 0 0 0 rp2040.core0", "init; reset halt",
                           "flash erase_sector serial 1 1; flash write_bank serial data.bin 0; flash verify_bank serial data.bin",
                           "rp2xxx rom_api_call FC", "shutdown")
    assert "QSPI Flash win w25q16jv id = 0x1540ef size = 2048 KiB in 512 sectors" in result.text
    assert "RP2xxx ROM API function FC @ " in result.text
    assert flash[:700] == pattern(700)


def test_lpc_program(tmp_path):
    """The image's vectors get their checksum, as the target file asks for, and so differ from the file."""
    image = bytearray(pattern(5 * KIB + 7))
    image[:28] = struct.pack("<7I", 0x10002000, *[0x141] * 6)
    image[28:32] = struct.pack("<I", -sum(struct.unpack("<7I", image[:28])) & 0xFFFFFFFF)
    elf = write_elf(tmp_path / "image.elf", [(0, bytes(image))])
    bench = Bench(tmp_path / "bench", "lpc1768", target="target/lpc17xx.cfg")
    result = bench.run(f"program {elf} verify", "flash info 0", "lpc2000 part_id 0", "shutdown")
    assert result.status == 0, result.text
    for words in ("** Verified OK **", "#0 : lpc2000 at 0x00000000, size 0x00080000, buswidth 0, chipwidth 0",
                  "\t# 29: 0x00078000 (0x8000 32kB) protected", "lpc2000 flash driver variant: 2, clk: 4000kHz",
                  "lpc2000 part id: 0x26013f37"):
        assert words in result.text, (words, result.text)
    assert "Boot verification checksum" not in result.text
    assert bench.flash()[:len(image)] == bytes(image)
