"""`$target mem2array` and `$target array2mem`: of 0.11 and before, still in 0.12; the same answers as stock gives."""
import re

import pytest

from support import stock
from support.probity import Bench
from support.stock import HLA_V2_1

SAME = [
    "write_memory 0x20000000 32 {0x11223344 0x55667788 0x99aabbcc}",
    "stm32f4x.cpu mem2array a 32 0x20000000 3; lsort [array get a]",
    "stm32f4x.cpu mem2array b 8 0x20000000 4; lsort [array get b]",
    "mem2array g 8 0x20000000 4; lsort [array get g]",
    "set c(0) 1; set c(1) 0x102; stm32f4x.cpu array2mem c 16 0x20000000 2",
    "stm32f4x.cpu read_memory 0x20000000 16 2",
    "set c(0) 7; array2mem c 8 0x20000004 1; read_memory 0x20000004 8 2",
    "stm32f4x.cpu mem2array d 32 0x20000000 1 phys; array get d",
    "proc inner {} { stm32f4x.cpu mem2array local 8 0x20000000 2; lsort [array get local] }; inner",
    "info exists local",
    "stm32f4x.cpu mem2array a 24 0x20000000 3",
    "stm32f4x.cpu mem2array a 32 0x20000001 3",
    "stm32f4x.cpu mem2array a 32 0x20000000 0",
    "stm32f4x.cpu mem2array a 32 0x20000000 70000",
    "stm32f4x.cpu array2mem c 24 0x20000000 2",
    "stm32f4x.cpu array2mem c 16 0x20000001 2",
]
FAILS = ["stm32f4x.cpu mem2array a 32 0x20000000", "stm32f4x.cpu mem2array d 32 0x20000000 1 bogus", "stm32f4x.cpu mem2array d 32 0x00f00000 2",
         "stm32f4x.cpu array2mem unset 32 0x20000000 2", "stm32f4x.dap mem2array a 32 0x20000000 1"]


def answers(text):
    return re.findall("^<(.*)>$", text, re.MULTILINE)


def asked(words):
    return ["init", "reset halt", *(f'set code [catch {{{word}}} text]; echo "<$code $text>"' for word in words), "shutdown"]


def test_same_as_stock(vboard, tmp_path):
    theirs = stock.run(HLA_V2_1.start(vboard, "stm32f407vg"), HLA_V2_1, *asked(SAME))
    ours = Bench(tmp_path / "ours").run(*asked(SAME))
    assert theirs.status == ours.status == 0, ours.text
    assert len(answers(theirs.text)) == len(SAME)
    assert answers(ours.text) == answers(theirs.text)
    for text in (theirs.text, ours.text):
        assert "Warn : DEPRECATED! use 'read_memory' not 'mem2array'" in text.splitlines()
        assert "Warn : DEPRECATED! use 'write_memory' not 'array2mem'" in text.splitlines()


@pytest.mark.parametrize("word", FAILS)
def test_what_cannot_be_fails(tmp_path, word):
    result = Bench(tmp_path / "ours").run("init", "reset halt", word, "shutdown")
    assert result.status == 1 and "Error: " in result.text, result.text
