"""The main job, `program firmware verify reset exit`, through every probe, transport and image format we claim."""
import pytest

from support.firmware import firmware, pattern, write_elf, write_hex, write_srec
from support.probity import Bench, run

LINES = ["** Programming Started **", "** Programming Finished **", "** Verify Started **", "** Verified OK **",
         "** Resetting Target **", "shutdown command invoked"]

WAYS = [
    ("interface/stlink.cfg", None, {}),
    ("interface/stlink.cfg", "hla_swd", {"probe": "stlink-v2"}),
    ("interface/stlink.cfg", "hla_swd", {"probe": "stlink-v2-1"}),
    ("interface/stlink.cfg", "hla_swd", {"probe": "stlink-v3"}),
    ("interface/stlink.cfg", "hla_jtag", {"probe": "stlink-v2-1"}),
    ("interface/stlink.cfg", "dapdirect_swd", {}),
    ("interface/stlink-hla.cfg", None, {}),
    ("interface/stlink-dap.cfg", None, {}),
    ("interface/stlink-dap.cfg", "dapdirect_swd", {"probe": "stlink-v2"}),
    ("interface/stlink-dap.cfg", "dapdirect_swd", {"probe": "stlink-v3"}),
    ("interface/stlink-dap.cfg", "dapdirect_jtag", {"probe": "stlink-v2-1"}),
    ("interface/stlink-dap.cfg", "swd", {}),
    ("interface/stlink-v2.cfg", None, {"probe": "stlink-v2"}),
    ("interface/stlink-v2-1.cfg", None, {"probe": "stlink-v2-1"}),
    ("interface/cmsis-dap.cfg", None, {}),
    ("interface/cmsis-dap.cfg", "swd", {"probe": "cmsis-dap-v1"}),
    ("interface/cmsis-dap.cfg", "swd", {"probe": "cmsis-dap-v2"}),
    ("interface/cmsis-dap.cfg", "jtag", {"probe": "cmsis-dap-v2"}),
]


@pytest.mark.parametrize("interface,transport,spec", WAYS)
def test_every_way_to_the_chip(tmp_path, interface, transport, spec):
    image = firmware(5000)
    write_elf(tmp_path / "firmware.elf", [(0x08000000, image)])
    bench = Bench(tmp_path, interface=interface, **spec)
    result = bench.program("firmware.elf", before=[f"transport select {transport}"] if transport else [])
    assert result.status == 0, result.text
    at = -1
    for line in LINES:
        assert line in result.lines, result.text
        assert result.lines.index(line) > at
        at = result.lines.index(line)
    assert bench.holds((0x08000000, image))


def test_openocd_cfg_in_the_current_folder(tmp_path):
    (tmp_path / "openocd.cfg").write_text(
        "source [find interface/stlink.cfg]\ntransport select hla_swd\nsource [find target/stm32f4x.cfg]\n")
    image = firmware(3000)
    write_elf(tmp_path / "firmware.elf", [(0x08000000, image)])
    flash = tmp_path / "flash"
    result = run("-c", "program firmware.elf verify reset exit", cwd=tmp_path,
                 env={"PROBITY_VIRTUAL": f"stm32f407vg,flash={flash}"})
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines
    assert flash.read_bytes()[:3000] == image


@pytest.mark.parametrize("name,write", [("a.elf", write_elf), ("a.hex", write_hex), ("a.s19", write_srec)])
@pytest.mark.parametrize("size", [1, 7, 4096, 40001])
def test_formats_and_odd_tails(tmp_path, name, write, size):
    image = firmware(size)
    write(tmp_path / name, [(0x08000000, image)])
    bench = Bench(tmp_path)
    result = bench.program(name)
    assert result.status == 0, result.text
    assert bench.holds((0x08000000, image))


def test_binary_with_an_address(tmp_path):
    (tmp_path / "a.bin").write_bytes(pattern(3001))
    bench = Bench(tmp_path)
    result = bench.program("a.bin", "verify exit 0x08008000")
    assert result.status == 0, result.text
    assert bench.holds((0x08008000, pattern(3001)))


def test_two_segments_leave_what_lies_between(tmp_path):
    bench = Bench(tmp_path)
    bench.flash_file.write_bytes(pattern(1 << 20, seed=9))
    write_elf(tmp_path / "a.elf", [(0x08004000, pattern(100, 1)), (0x0800C000, pattern(50, 2))])
    assert bench.program("a.elf").status == 0
    before, after = pattern(1 << 20, seed=9), bench.flash()
    assert after[0x4000:0x4064] == pattern(100, 1) and after[0xC000:0xC032] == pattern(50, 2)
    assert after[:0x4000] == before[:0x4000] and after[0x8000:0xC000] == before[0x8000:0xC000]
    assert after[0x10000:] == before[0x10000:]


def test_same_image_again_erases_nothing(tmp_path):
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(20000))])
    assert Bench(tmp_path).program("a.elf").status == 0
    again = Bench(tmp_path, stats=tmp_path / "stats")
    result = again.program("a.elf")
    assert result.status == 0, result.text
    stats = (tmp_path / "stats").read_text().splitlines()
    assert "flash sectors erased 0" in stats and "flash program operations 0" in stats


def test_preverify_finds_the_image_already_there(tmp_path):
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(600))])
    assert Bench(tmp_path).program("a.elf", "preverify verify exit").status == 0
    result = Bench(tmp_path).program("a.elf", "preverify verify exit")
    assert result.status == 0
    assert "**Verified OK - No flashing**" in result.text
    assert "** Programming Started **" not in result.text


def test_file_name_with_spaces(tmp_path):
    write_elf(tmp_path / "my firmware.elf", [(0x08000000, firmware(600))])
    bench = Bench(tmp_path)
    assert bench.program("{my firmware.elf}").status == 0
    assert bench.holds((0x08000000, firmware(600)))


CHIPS = ["stm32f401cc", "stm32f401re", "stm32f405rg", "stm32f407vg", "stm32f411re", "stm32f429zi", "stm32f446re", "stm32f746zg",
         "stm32f767zi"]


@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("interface", ["interface/stlink.cfg", "interface/cmsis-dap.cfg"])
def test_every_chip(tmp_path, chip, interface):
    image = firmware(70001)  # over several sectors of each layout
    write_elf(tmp_path / "a.elf", [(0x08000000, image)])
    bench = Bench(tmp_path, chip, interface)
    result = bench.program("a.elf")
    assert result.status == 0, result.text
    assert bench.holds((0x08000000, image))
