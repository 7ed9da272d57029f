"""The outside judge on chips with two cores: an unmodified OpenOCD sees both, halts, steps, stops and resets them apart and
together, behind one debug port (H745, WL55) and behind one each (RP2040: multi-drop SWD)."""
import re
import struct

from support import stock
from support.stock import DAPDIRECT_V2_1, SWD

# adds r1, #1; str r1, [r0]; b back, behind `ldr r0, =counter`
COUNT = struct.pack("<4H", 0x4801, 0x3101, 0x6001, 0xE7FC)


def counter(base: int, stack: int, where: int) -> bytes:
    """A vector table at `base` and a program that counts in the word `where`."""
    return struct.pack("<16I", stack, *[base + 0x40 | 1] * 15) + COUNT + struct.pack("<I", where)


def configuration(folder, *lines: str):
    file = folder / "dual.cfg"
    file.write_text("\n".join(lines) + "\n")
    return file


def h745(vboard, tmp_path, *commands, before="", **options):
    """Both cores count: the Cortex-M7 at 0x24000000, the Cortex-M4 at 0x38000000."""
    target = configuration(tmp_path, "set CHIPNAME h7", "set DUAL_CORE 1", before, "source [find target/stm32h7x_dual_bank.cfg]")
    (tmp_path / "m7.bin").write_bytes(counter(0x08000000, 0x24010000, 0x24000000))
    (tmp_path / "m4.bin").write_bytes(counter(0x08100000, 0x38004000, 0x38000000))
    board = DAPDIRECT_V2_1.start(vboard, "stm32h745zi", **options)
    result = stock.run(board, DAPDIRECT_V2_1, "init", "reset halt", f"flash write_image {tmp_path}/m7.bin 0x08000000",
                       f"flash write_image {tmp_path}/m4.bin 0x08100000", *commands, "shutdown", target=target)
    stock.finish(board)
    return stock.succeeded(result)


READ = 'proc counters {} { echo "counters: [lindex [h7.cpu0 read_memory 0x24000000 32 1] 0] [lindex [h7.cpu0 read_memory 0x38000000 32 1] 0]" }'


def counters(text: str) -> list[tuple[int, int]]:
    return [(int(a, 0), int(b, 0)) for a, b in re.findall(r"^counters: (\S+) (\S+)$", text, re.MULTILINE)]


def test_both_cores_of_h745(vboard, tmp_path):
    text = h745(vboard, tmp_path, READ, "reset halt",
                "echo \"pcs: [h7.cpu0 get_reg pc] [h7.cpu1 get_reg pc]\"", "mww 0x24000000 0", "mww 0x38000000 0",
                "counters", "targets h7.cpu0; resume", "sleep 20", "halt", "counters",
                "targets h7.cpu1; resume", "sleep 20", "halt", "counters",
                "bp 0x08100044 2 hw", "resume", "wait_halt 1000", "echo \"at [h7.cpu1 get_reg pc]\"", "rbp all", "step",
                "echo \"then [h7.cpu1 get_reg pc]\"", "targets", "reset run", "sleep 20", "targets")
    assert "[h7.cpu0] Cortex-M7" in text and "[h7.cpu1] Cortex-M4" in text, text
    assert "pcs: pc 0x08000040 pc 0x08100040" in text, text
    none, first, both = counters(text)
    assert none == (0, 0)
    assert first[0] > 0 and first[1] == 0
    assert both[0] == first[0] and both[1] > 0
    assert "at pc 0x08100044" in text and "then pc 0x08100046" in text
    states = re.findall(r"h7\.cpu[01]\s+cortex_m\s+little\s+h7\.cpu\s+(\w+)", text)
    assert states == ["halted", "halted", "running", "running"], text


def test_cross_trigger_of_h745(vboard, tmp_path):
    text = h745(vboard, tmp_path, "reset run", "sleep 20", "targets h7.cpu0; halt", "sleep 20", "poll", "targets h7.cpu1; poll",
                "targets", before="set USE_CTI 1")
    states = re.findall(r"h7\.cpu[01]\s+cortex_m\s+little\s+h7\.cpu\s+(\w+)", text)
    assert states == ["halted", "halted"], text


def test_second_core_of_wl55(vboard, tmp_path):
    target = configuration(tmp_path, "set CHIPNAME wl", "set DUAL_CORE 1", "set WKUP_CM0P 1", "source [find target/stm32wlx.cfg]")
    board = DAPDIRECT_V2_1.start(vboard, "stm32wl55jc")
    result = stock.run(board, DAPDIRECT_V2_1, "init", "targets wl.cpu1", "halt", "mww 0x20004000 0x12345678", "mdw 0x20004000",
                       "reg pc", "targets", "shutdown", target=target)
    stock.finish(board)
    text = stock.succeeded(result)
    assert "[wl.cpu0] Cortex-M4" in text and "[wl.cpu1] Cortex-M0+" in text, text
    assert "0x20004000: 12345678" in text


def test_multi_drop_of_rp2040(vboard):
    """target/rp2040.cfg as it is. The cores count at 0x20000100 and 0x20000200."""
    board = SWD.start(vboard, "rp2040")
    start = []
    for core, at in ((0, 0x20000000), (1, 0x20000080)):
        start += [f"targets rp2040.core{core}", "halt", f"write_memory {at:#x} 16 {{0x3101 0x6001 0xe7fc}}",
                  f"reg r0 {0x20000100 + 0x100 * core:#x}", "reg r1 0", f"reg pc {at:#x}", "mdw 0xd0000000"]
    counts = 'echo "counts: [read_memory 0x20000100 32 1] [read_memory 0x20000200 32 1]"'
    result = stock.run(board, SWD, "init", "reset halt", *start,
                       "mww 0x20000100 0; mww 0x20000200 0", counts, "targets rp2040.core1; resume; sleep 20; halt", counts,
                       "targets rp2040.core0; resume; sleep 20; halt", counts, "reset halt", "targets", "shutdown",
                       target="target/rp2040.cfg")
    text = stock.succeeded(result)
    stock.finish(board)
    assert "DLPIDR 0x00000001" in text and "DLPIDR 0x10000001" in text
    assert re.findall(r"0xd0000000: (\d+)", text) == ["00000000", "00000001"]
    none, second, both = [(int(a, 0), int(b, 0)) for a, b in re.findall(r"^counts: (\S+) (\S+)$", text, re.MULTILINE)]
    assert none == (0, 0)
    assert second[0] == 0 and second[1] > 0
    assert both[0] > 0 and both[1] == second[1]
    assert re.findall(r"rp2040\.core[01]\s+cortex_m\s+little\s+rp2040\.cpu\s+(\w+)", text) == ["halted", "halted"]
