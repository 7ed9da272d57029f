"""Memory, images, registers and run control on a halted or running target, by the commands people type."""
import pathlib
import re
import struct

import pytest

from support.firmware import pattern, write_hex
from support.probity import SOURCE, Bench

BLINK = SOURCE / "contrib/example/blink.elf"
RAM = 0x20000000
PROBES = ["interface/stlink.cfg", "interface/stlink-dap.cfg", "interface/cmsis-dap.cfg"]


def session(bench, *commands, status=0):
    result = bench.run("init", "reset halt", *commands, "shutdown")
    assert result.status == status, result.text
    return result.text


def loaded(path: pathlib.Path) -> bytes:
    """The flash content that an ELF file means."""
    elf = path.read_bytes()
    offset, count = struct.unpack_from("<I", elf, 28)[0], struct.unpack_from("<H", elf, 44)[0]
    flash = bytearray(b"\xff" * (1 << 20))
    for header in range(count):
        kind, at, _, address, size = struct.unpack_from("<5I", elf, offset + 32 * header)
        if kind == 1:
            flash[address - 0x08000000:address - 0x08000000 + size] = elf[at:at + size]
    return bytes(flash)


@pytest.fixture(params=PROBES)
def bench(request, tmp_path):
    made = Bench(tmp_path, interface=request.param)
    made.flash_file.write_bytes(loaded(BLINK))
    return made


def systick_handler() -> int:
    return struct.unpack_from("<I", loaded(BLINK), 4 * 15)[0] & ~1


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1025, 20001])
@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_load_dump_verify(bench, tmp_path, size, offset):
    (tmp_path / "a.bin").write_bytes(pattern(size))
    at = f"{RAM + 0x100 + offset:#x}"
    text = session(bench, "mww 0x20000000 0xa5a5a5a5 16000", f"load_image a.bin {at} bin", f"verify_image a.bin {at}",
                   f"dump_image b.bin {RAM:#x} {0x200 + size}")
    assert f"{size} bytes written at address 0x{RAM + 0x100 + offset:08x}\n" in text
    assert f"downloaded {size} bytes in" in text and f"verified {size} bytes in" in text
    whole = bytearray(b"\xa5" * (0x200 + size))
    whole[0x100 + offset:0x100 + offset + size] = pattern(size)
    assert (tmp_path / "b.bin").read_bytes() == bytes(whole)


def test_load_image_of_a_window(bench, tmp_path):
    (tmp_path / "a.bin").write_bytes(pattern(100))
    text = session(bench, "mwb 0x20000000 0 128", "load_image a.bin 0x20000000 bin 0x20000010 0x21",
                   "dump_image b.bin 0x20000000 100")
    assert "downloaded 33 bytes" in text
    assert (tmp_path / "b.bin").read_bytes() == bytes(16) + pattern(100)[16:49] + bytes(51)


def test_verify_image_that_differs(bench, tmp_path):
    (tmp_path / "a.bin").write_bytes(pattern(64))
    text = session(bench, "load_image a.bin 0x20000000 bin", "mwb 0x20000011 0xff", "verify_image a.bin 0x20000000", status=1)
    assert f"Was 0xff instead of 0x{pattern(64)[0x11]:02x}" in text and "0x20000011" in text and "1 of 64 bytes" in text


def test_test_image_needs_no_target(tmp_path):
    write_hex(tmp_path / "a.hex", [(0x08004000, pattern(100)), (0x08008000, pattern(7))])
    result = Bench(tmp_path).run("init", "test_image a.hex 0x100", "shutdown")
    assert result.status == 0, result.text
    assert "address 0x08004100 length 0x00000064\naddress 0x08008100 length 0x00000007\nverified 107 bytes" in result.text


def test_display_counts_and_lines(bench, tmp_path):
    content = pattern(256)
    (tmp_path / "a.bin").write_bytes(content)
    text = session(bench, "load_image a.bin 0x20000000 bin", "mdw 0x20000000 9", "mdh 0x20000020 17", "mdb 0x20000041 33",
                   "mdw 0x20000081 2")
    words = struct.unpack_from("<9I", content)
    lines = [line.rstrip() for line in text.splitlines()]
    assert "0x20000000: " + " ".join(f"{w:08x}" for w in words[:8]) in lines
    assert f"0x20000020: {words[8]:08x}" in lines
    halves = struct.unpack_from("<17H", content, 0x20)
    assert "0x20000020: " + " ".join(f"{h:04x}" for h in halves[:16]) in lines and f"0x20000040: {halves[16]:04x}" in lines
    assert "0x20000041: " + " ".join(f"{b:02x}" for b in content[0x41:0x61]) in lines
    assert f"0x20000061: {content[0x61]:02x}" in lines
    odd = struct.unpack_from("<2I", content, 0x81)
    assert f"0x20000081: {odd[0]:08x} {odd[1]:08x}" in lines


def test_fill_and_lists(bench):
    text = session(bench, "mww 0x20000000 0x11223344 300", "mdw 0x200004ac 2", "mwh 0x20000002 0xabcd 2", "mwb 0x20000007 0x1ff",
                   "mdw 0x20000000 2", "write_memory 0x20000010 16 {1 0xffff -1}", "echo [read_memory 0x20000010 16 4]",
                   "echo [read_memory 0x20000010 8 2]", "echo <[string range [mdw 0x20000000] 12 19]>")
    assert "0x200004ac: 11223344" in text
    assert "0x20000000: abcd3344 ff22abcd" in text
    assert "0x1 0xffff 0xffff 0x1122" in text.splitlines()
    assert "0x1 0x0" in text.splitlines() and "<abcd3344>" in text.splitlines()


FAULTS = ["mdw 0x60000000", "mdh 0x60000000 3", "mdb 0x60000001", "mdw 0x0801fffc 1000000", "mdw 0x2001fff8 4", "mww 0x60000000 1",
          "mwb 0x60000000 1", "read_memory 0x60000000 32 1", "write_memory 0x60000000 32 {1}", "dump_image b.bin 0x60000000 16",
          "load_image a.bin 0x60000000 bin", "verify_image a.bin 0x60000000 bin", "load_image a.bin 0x2001fff0 bin"]


@pytest.mark.parametrize("command", FAULTS)
def test_a_fault_is_an_error_and_the_session_goes_on(bench, tmp_path, command):
    (tmp_path / "a.bin").write_bytes(pattern(300))
    text = session(bench, command, status=1)
    address = re.search(r"0x[0-9a-f]{8}", command)[0]
    assert any(address[:5] in line for line in text.splitlines() if line.startswith("Error: ")), text
    text = session(bench, f"echo <[catch {{{command}}}]>", "mdw 0x08000000", "mww 0x20000000 0x600d", "mdw 0x20000000", "reg pc",
                   "step", "resume", "halt")
    first = struct.unpack_from("<I", loaded(BLINK))[0]
    assert "<1>" in text and f"0x08000000: {first:08x}" in text and "0x20000000: 0000600d" in text


BAD = {"mdw": "mdw ['phys'] address [count]", "mdw zz": "'zz'", "mww 0x20000000": "address value [count]", "mdw 0xfffffffc 2": "0xfffffffc",
       "read_memory 0x20000000 12 1": "must be 8, 16, 32 or 64", "write_memory 0x20000000 8 {x}": "'x'",
       "dump_image missing/b.bin 0x20000000 4": "missing/b.bin", "load_image missing.bin 0x20000000": "missing.bin",
       "reg nope": "nope", "targets nope": "nope", "step 1 2 3": "step", "bp 0x100 7": "'7'",
       "wp 0x20000000 3": "length 3", "cortex_m vector_catch foo": "'foo'", "arm core_state arm": "arm mode"}


@pytest.mark.parametrize("command", BAD)
def test_bad_words(tmp_path, command):
    bench = Bench(tmp_path)
    text = session(bench, command, status=1)
    assert BAD[command] in text


def test_registers(bench):
    text = session(bench, "reg r0 0x12345678", "reg r0", "reg 1 7", "reg r1", "reg pc 0x08000200", "reg pc", "reg xPSR",
                   "echo [get_reg {r0 pc}]", "set_reg {r2 5 r3 0x6}", "echo [get_reg {r2 r3}]", "resume", "halt", "reg", "reg s0")
    lines = text.splitlines()
    for line in ("r0 (/32): 0x12345678", "r1 (/32): 0x00000007", "pc (/32): 0x08000200", "r0 0x12345678 pc 0x08000200",
                 "r2 0x00000005 r3 0x00000006", "===== arm v7m registers"):
        assert line in lines, text
    assert any(line.startswith("xPSR (/32): 0x01000000") for line in lines)


def test_breakpoint_on_the_example_firmware(bench):
    handler = systick_handler()
    text = session(bench, f"bp {handler:#x} 2 hw", "bp", "resume", "wait_halt 1000", "reg pc", "set before [read_memory 0x20000004 32 1]",
                   "resume", "wait_halt 1000", "reg pc", f"rbp {handler:#x}", "step", "reg pc", "resume", "sleep 20", "targets", "halt",
                   "targets")
    assert f"breakpoint set at 0x{handler:08x}" in text
    assert text.count(f"pc (/32): 0x{handler:08x}") == 2
    assert "halted due to breakpoint, current mode: Handler SysTick" in text
    assert "halted due to single-step, current mode: Handler SysTick" in text
    states = [line.split()[-1] for line in text.splitlines() if " 0* stm32f4x.cpu" in line]
    assert states == ["running", "halted"]


def test_heartbeat_runs_only_while_the_core_does(bench):
    words = "[read_memory 0x20000000 32 8]"
    text = session(bench, "resume", "sleep 10", "halt", f"set a {words}", "sleep 50", f"set b {words}", "echo <[expr {$a eq $b}]>",
                   "resume", "sleep 10", f"set c {words}", "echo <[expr {$b eq $c}]>")
    assert re.findall(r"<(\d)>", text) == ["1", "0"]


def test_wait_halt_times_out(bench):
    text = session(bench, "resume", "wait_halt 30", status=1)
    assert "timed out while waiting for target halted" in text


@pytest.mark.parametrize("command", ["reg r0", "step", "resume"])
def test_running_target_refuses(bench, command):
    text = session(bench, "resume", command, status=1)
    assert "not halted" in text


def test_step_walks_the_reset_handler(bench):
    reset = struct.unpack_from("<I", loaded(BLINK), 4)[0] & ~1
    text = session(bench, "reg pc", "step", "reg pc", f"step {reset:#x}", "reg pc")
    pcs = [int(pc, 16) for pc in re.findall(r"^pc \(/32\): (0x[0-9a-f]+)", text, re.MULTILINE)]
    assert pcs[0] == reset and pcs[1] != reset and pcs[2] == pcs[1]


def test_breakpoints_beyond_the_comparators(tmp_path):
    bench = Bench(tmp_path)
    sets = [f"bp {0x08000100 + 4 * i:#x} 2 hw" for i in range(7)]
    text = session(bench, *sets, status=1)
    assert "All 6 are in use, by breakpoints at: 0x08000100, 0x08000104" in text and text.count("breakpoint set at") == 6
    text = session(bench, *sets[:6], "rbp all", sets[6], "bp")
    assert text.count("0x08000118") == 2


def test_core_settings_as_openocd_prints_them(tmp_path):
    text = session(Bench(tmp_path), "cortex_m vector_catch hard_err mm_err", "reset halt", "cortex_m maskisr", "cortex_m maskisr steponly",
                   "stm32f4x.cpu cortex_m maskisr", "arm core_state", "mww 0x20000000 0xf04f4770", "mwh 0x20000004 0x30ff",
                   "arm disassemble 0x20000001 2")
    catches = " hard_err: catch\n  int_err: ignore\n  bus_err: ignore\nstate_err: ignore\n  chk_err: ignore\n nocp_err: ignore\n   mm_err: catch\n"
    assert catches + "    reset: ignore\n" in text
    assert [line[24:] for line in text.splitlines() if line.startswith("cortex_m interrupt mask ")] == ["auto", "steponly", "steponly"]
    assert "core state: Thumb\n" in text
    assert "0x20000000  4770\tbx\tlr\n0x20000002  f04f 30ff\tmov.w\tr0, #-1\n" in text
