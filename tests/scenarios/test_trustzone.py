"""STM32 with TrustZone on (TZEN) through the real binary: programmed, debugged and reported like any other."""
import pytest
from support.firmware import pattern, write_elf
from support.probity import Bench

DAPDIRECT = "interface/stlink-dap.cfg"
CMSIS_DAP = "interface/cmsis-dap.cfg"
SECURE, NON_SECURE = 0x0C000000, 0x08000000

# TZEN in the option word as the factory leaves the rest of it: FLASH_OPTR, on H5 FLASH_OPTSR2.TZEN = 0xb4.
L5_TZEN = {"chip": "stm32l552ze", "option:OPTR": "FFEFF8AA"}
U5_TZEN = {"chip": "stm32u575zi", "option:OPTR": "9FEFF8AA"}
WBA_TZEN = {"chip": "stm32wba55cg", "option:OPTR": "9FEFF8AA"}
H5_TZEN = {"chip": "stm32h563zi", "option:OPTSR2": "B4000074"}
ALL = [L5_TZEN, U5_TZEN, WBA_TZEN, H5_TZEN]


def bench_of(folder, row, interface=DAPDIRECT, **more):
    options = {key: value for key, value in row.items() if key != "chip"} | more
    return Bench(folder, row["chip"], interface=interface, **options)


def name(value):
    return value["chip"] if isinstance(value, dict) else None


@pytest.mark.parametrize("row", ALL, ids=name)
@pytest.mark.parametrize("base", [SECURE, NON_SECURE], ids=["alias", "main"])
def test_an_image_is_programmed_and_verified(tmp_path, row, base):
    bench = bench_of(tmp_path, row)
    image = pattern(20003, 1)
    write_elf(tmp_path / "a.elf", [(base, image)])
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.text
    assert "slower" not in result.text, result.text
    assert bench.holds((NON_SECURE, image))


@pytest.mark.parametrize("interface, probe", [(CMSIS_DAP, "cmsis-dap-v2"), ("interface/stlink.cfg", "stlink-v2-1")],
                         ids=["cmsis-dap", "hla"])
def test_with_other_probes(tmp_path, interface, probe):
    bench = bench_of(tmp_path, L5_TZEN, interface=interface, probe=probe)
    image = pattern(5001, 2)
    write_elf(tmp_path / "a.elf", [(SECURE + 0x40000, image)])
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert bench.holds((NON_SECURE + 0x40000, image))


@pytest.mark.parametrize("row", ALL, ids=name)
def test_the_halt_and_the_bank_say_what_is_secure(tmp_path, row):
    result = bench_of(tmp_path, row).run("init", "reset halt", "flash info 0", "shutdown")
    assert result.status == 0, result.text
    assert "TrustZone is on, secure debug is allowed" in result.text
    assert ", Secure state" in result.text
    assert "TrustZone: secure " in result.text and "changed through the secure registers" in result.text


def test_without_tzen_nothing_is_said_of_it(tmp_path):
    result = Bench(tmp_path, "stm32l552ze", interface=DAPDIRECT).run("init", "reset halt", "flash info 0", "shutdown")
    assert result.status == 0, result.text
    assert "TZEN = 0 : TrustZone disabled by option bytes" in result.text
    assert ", Secure state" not in result.text and "-secure state" not in result.text and "TrustZone" not in result.text.replace(
        "TrustZone disabled", "")


def test_the_secure_alias_needs_tzen(tmp_path):
    bench = Bench(tmp_path, "stm32l552ze", interface=DAPDIRECT)
    write_elf(tmp_path / "a.elf", [(SECURE, pattern(100, 1))])
    result = bench.program("a.elf")
    assert result.status == 1, result.text
    assert "stm32l4x trustzone stm32l5x.flash_alias_s enable" in result.text
    assert bench.holds()


def test_an_image_across_secure_and_non_secure_pages(tmp_path):
    # SECWM1: pages 0 to 63 of bank 1; SECWM2: none.
    bench = bench_of(tmp_path, L5_TZEN, **{"option:SECWM1R1": "003F0000", "option:SECWM2R1": "0000007F"})
    pieces = [(NON_SECURE, pattern(3001, 1)), (NON_SECURE + 63 * 2048 + 100, pattern(5000, 2)), (NON_SECURE + 0x50000, pattern(999, 3))]
    write_elf(tmp_path / "a.elf", pieces)
    result = bench.run("program a.elf verify", "flash info 0", "verify_image a.elf",
                       f"dump_image dump.bin {NON_SECURE + 0x50000:#x} 999", "shutdown")
    assert result.status == 0, result.text
    assert bench.holds(*pieces)
    assert (tmp_path / "dump.bin").read_bytes() == pieces[2][1]
    assert "TrustZone: secure pages 0-63 (FLASH_SECWM1R1=0x" in result.text


def test_secure_registers_of_the_core(tmp_path):
    result = bench_of(tmp_path, L5_TZEN).run("init", "reset halt", "reg msp_s 0x30001230", "reg msp_ns 0x20004560", "reg sp",
                                             "reg msp_ns", "reg control_s", "reg 26", "shutdown")
    assert result.status == 0, result.text
    assert "sp (/32): 0x30001230" in result.text
    assert "msp_ns (/32): 0x20004560" in result.text
    assert "msp_s (/32): 0x30001230" in result.text


def test_trustzone_is_switched_on_and_off(tmp_path):
    bench = Bench(tmp_path, "stm32l552ze", interface=DAPDIRECT)
    image = pattern(3000, 1)
    write_elf(tmp_path / "a.elf", [(SECURE, image)])
    on = bench.run("init", "reset halt", "stm32l4x trustzone 0 enable", "reset halt", "flash probe 0", "stm32l4x trustzone 0",
                   "flash write_image erase a.elf", "verify_image a.elf", "shutdown")
    assert on.status == 0, on.text
    assert "Global TrustZone Security is enabled" in on.text
    assert bench.holds((NON_SECURE, image))
    refused = bench.run("init", "reset halt", "stm32l4x trustzone 0 disable", "shutdown")
    assert refused.status == 1
    assert "Deactivation of TZEN is only possible when the RDP is changing to level 0" in refused.text


def test_by_name_it_takes_the_word(tmp_path):
    bench = Bench(tmp_path, "stm32l552ze", interface=DAPDIRECT)
    refused = bench.run("init", "reset halt", "option write TZEN=1", "shutdown")
    assert refused.status == 1 and "nothing was changed" in refused.text, refused.text
    result = bench.run("init", "reset halt", "option write -mass-erase TZEN=1", "option read TZEN", "shutdown")
    assert result.status == 0, result.text
    assert "TZEN: 0x0 -> 0x1" in result.text


def test_rdp_one_half_names_what_it_forbids(tmp_path):
    bench = bench_of(tmp_path, L5_TZEN, **{"option:OPTR": "FFEFF855"})
    result = bench.run("init", "catch {reset halt} message; echo $message", "shutdown")
    assert result.status == 0, result.text
    assert "secure debug is not allowed" in result.text


def test_apcsw_is_respected(tmp_path):
    result = bench_of(tmp_path, L5_TZEN).run(
        "init", "reset halt", "mww 0x30000000 0x12345678", "stm32l5x.dap apcsw 0x4b000000 0x4f000000",
        "catch {mdw 0x30000000} message; echo \"as non-secure: $message\"", "stm32l5x.dap apcsw 0x0b000000 0x4f000000",
        "mdw 0x30000000", "stm32l5x.dap apcsw", "shutdown")
    assert result.status == 0, result.text
    assert "0x30000000: 12345678" in result.text
    assert result.text.count("12345678") == 1, "a non-secure access does not see it"
    assert "AP#0x0 selected, csw 0xa" in result.text
