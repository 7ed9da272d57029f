"""A telnet session of 43 commands, and keys, side by side with stock OpenOCD 0.12 on the same virtual chip."""
import re

import pytest

from support.served import FREE_PORTS, Served, ours, rendered
from support.stock import HLA_V2_1, OPENOCD

DIALOGUE = [
    "reset halt", "reg pc", "mdw 0x08000000 2", "mww 0x20000000 0x12345678", "mdw 0x20000000", "mdh 0x20000000 2", "mdb 0x20000000 4",
    "mwh 0x20000004 0xabcd", "mwb 0x20000006 0xef", "mdw 0x20000004", "set a 5", "echo hello", "echo $a", "expr {1 + 2}", "nonsense",
    "error bar", "return foo", "catch {error foo}", "proc f {x} {return <$x>}", "f 7", "f 8; f 9", "set l [list 1 2 3]", "llength $l",
    "string toupper abc", "targets", "target names", "target current", "stm32f4x.cpu curstate", "reg r0 0x1234", "reg r0",
    "read_memory 0x20000000 32 2", "capture {mdw 0x20000000}", "debug_level 3", "debug_level 2", "echo -n x", "", "set x \"a",
    "halt", "flash banks", "foreach i {1 2} {echo $i}", "poll off", "poll", "poll on",
]

# Lines that only one side has, and why.
STOCK_ONLY = [
    (r"Unable to match requested speed .*", "stock sets the clock again in each reset; ours once"),
]


def dialogue(server):
    telnet = server.telnet()
    return [(command, telnet.ask(command).replace("\r", "")) for command in DIALOGUE]


def cleaned(text):
    # Some results of stock's end with a newline, and the console adds another: an empty line.
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    return [line for line in lines if not any(re.fullmatch(pattern, line) for pattern, _ in STOCK_ONLY)]


@pytest.fixture
def both(vboard, tmp_path):
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    words = [OPENOCD, *HLA_V2_1.words(board), "-f", "target/stm32f4x.cfg", "-c", FREE_PORTS, "-c", "init"]
    with (Served(words, cwd=tmp_path) as theirs,
          ours("init", chip="stm32f407vg,probe=stlink-v2-1", transport="hla_swd", cwd=tmp_path) as mine):
        yield theirs, mine


def test_the_same_dialogue(both):
    theirs, mine = (dialogue(server) for server in both)
    pairs = [(command, cleaned(a), cleaned(b)) for (command, a), (_, b) in zip(theirs, mine)]
    different = [f"{command}\n  stock {a}\n  ours  {b}" for command, a, b in pairs if a != b]
    assert not different, "\n".join(different)


KEYS = [b"abc\x01X", b"\x05Y", b"\x02\x02Z", b"\x06W", b"\x1b[D\x1b[C", b"\x1b[H\x1b[F", b"\x7f\x08", b"\x01\x04", b"\x0b", b"echo hi\r",
        b"q w\x01\x06\x06\x0b", b"\x03", b"\x10", b"\x10\x0e", b"\x15", b"hal\t", b"\x15", b"flash eras\t", b"\x15", b"zzz\t", b"\x15", b"a\x80\xc3\xa4b\r"]


def test_the_same_screen(both):
    screens = []
    for server in both:
        telnet = server.telnet()
        telnet.ask("set first 1")
        for keys in KEYS:
            telnet.send(keys)
        telnet.send(b"echo end-of-keys\r")
        seen = telnet.until(b"end-of-keys\r\n\r> ")
        screens.append(rendered(seen))
    assert screens[0] == screens[1]
