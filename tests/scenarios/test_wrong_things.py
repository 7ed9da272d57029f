"""Wrong input gives a clear error that names it, exit status 1, and changes nothing on the chip."""
import pytest

from support.firmware import firmware, hex_record, pattern, write_elf, write_hex
from support.probity import Bench, run

BEFORE = pattern(1 << 20, 77)


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    made.flash_file.write_bytes(BEFORE)
    return made


def refused(bench, result, *words):
    assert result.status == 1, result.text
    assert bench.flash() == BEFORE, "flash was changed"
    for word in words:
        assert word in result.text, f"{word!r} is not said in:\n{result.text}"
    assert "** Verified OK **" not in result.text


def test_missing_file(bench):
    refused(bench, bench.program("missing.elf"), "missing.elf", "No such file", "** Programming Failed **")


def test_file_of_zero_length(bench, tmp_path):
    (tmp_path / "empty.elf").write_bytes(b"")
    refused(bench, bench.program("empty.elf"), "empty.elf", "empty")


def test_truncated_elf(bench, tmp_path):
    whole = write_elf(tmp_path / "a.elf", [(0x08000000, firmware(4000))]).read_bytes()
    (tmp_path / "cut.elf").write_bytes(whole[:2000])
    refused(bench, bench.program("cut.elf"), "cut.elf", "truncated")


def test_hex_with_a_bad_checksum(bench, tmp_path):
    lines = write_hex(tmp_path / "a.hex", [(0x08000000, firmware(400))]).read_text().splitlines()
    lines[4] = lines[4][:-2] + f"{(int(lines[4][-2:], 16) + 1) % 256:02X}"
    (tmp_path / "bad.hex").write_text("\n".join(lines) + "\n")
    refused(bench, bench.program("bad.hex"), "bad.hex", "line 5", "checksum")


def test_hex_without_its_end(bench, tmp_path):
    lines = write_hex(tmp_path / "a.hex", [(0x08000000, firmware(400))]).read_text().splitlines()
    (tmp_path / "cut.hex").write_text("\n".join(lines[:-4]) + "\n")
    refused(bench, bench.program("cut.hex"), "cut.hex")


def test_image_outside_flash(bench, tmp_path):
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(256)), (0x90000000, pattern(64))])
    refused(bench, bench.program("a.elf"), "0x90000000", "0x9000003f")


def test_image_larger_than_the_chip(bench, tmp_path):
    write_elf(tmp_path / "a.elf", [(0x080FF000, pattern(0x2000))])
    refused(bench, bench.program("a.elf"), "0x08100000")


def test_overlapping_segments_with_different_content(bench, tmp_path):
    write_elf(tmp_path / "a.elf", [(0x08000000, pattern(256, 1)), (0x08000080, pattern(256, 2))])
    refused(bench, bench.program("a.elf"), "overlap", "0x08000080")


def test_binary_without_an_address(bench, tmp_path):
    (tmp_path / "a.bin").write_bytes(pattern(256))
    refused(bench, bench.program("a.bin"), "0x08000000", "a.bin")


def test_record_type_that_is_none(bench, tmp_path):
    (tmp_path / "a.hex").write_text(hex_record(0, 0, b"1234") + hex_record(9, 0, b"12") + hex_record(1, 0, b""))
    refused(bench, bench.program("a.hex"), "line 2")


def test_unknown_command(bench):
    refused(bench, bench.run("init", "flash wite_image a.elf", "shutdown"), "wite_image", "flash write_image")


def test_unknown_chip(tmp_path):
    result = run("--virtual", "stm32f407vq", "-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg", "-c", "init")
    assert result.status == 1
    assert "stm32f407vq" in result.text and "stm32f407vg" in result.text


def test_unknown_part_of_the_virtual_specification(tmp_path):
    result = run("--virtual", "stm32f407vg,prob=stlink-v2", "-f", "interface/stlink.cfg", "-c", "shutdown")
    assert result.status == 1 and "prob" in result.text


def test_no_probe_lists_what_was_seen(tmp_path):
    bench = Bench(tmp_path, probe="cmsis-dap-v2")
    result = bench.run("init", "shutdown")
    assert result.status == 1
    assert "0483" in result.text.lower() and "CMSIS-DAP" in result.text, result.text


def test_wrong_transport(tmp_path):
    bench = Bench(tmp_path, interface="interface/cmsis-dap.cfg")
    result = bench.run("init", "shutdown", before=["transport select hla_swd"])
    assert result.status == 1
    assert "hla_swd" in result.text and "swd" in result.text


def test_unknown_configuration_file():
    result = run("-f", "interface/stlnk.cfg")
    assert result.status == 1
    assert "interface/stlnk.cfg" in result.text


def test_no_target_on_the_wire(tmp_path):
    bench = Bench(tmp_path, fault="no-target")
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(256))])
    result = bench.program("a.elf")
    assert result.status == 1
    assert "** OpenOCD init failed **" in result.text or "** Unable to reset target **" in result.text


@pytest.mark.parametrize("interface", ["interface/stlink.cfg", "interface/stlink-dap.cfg", "interface/cmsis-dap.cfg"])
@pytest.mark.parametrize("kind", ["unplug", "usb-lost", "usb-short"])
def test_probe_trouble_in_the_middle(tmp_path, interface, kind):
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(30000))])
    result = Bench(tmp_path, interface=interface, fault=f"{kind}@usb:150x100000").program("a.elf")
    assert result.status == 1, result.text
    assert "** Verified OK **" not in result.text
    healthy = Bench(tmp_path, interface=interface)
    assert healthy.program("a.elf").status == 0
    assert healthy.holds((0x08000000, firmware(30000)))
