"""Configuration files as users have them, for any OpenOCD from 0.8 to today's master: files/*.cfg, each with its result in the
lines that begin with `#:` (what is not said is not asked for, but for the exit status, 0):
  chip SPEC              the virtual board
  run COMMANDS           after the file
  status N
  says LINE              a line of the output; a hint ("DEPRECATED!", "WARNING:") is there once a use
  quiet                  no hint
  transport NAME         after loading, as what follows
  target NAME TYPE [WORK_AREA [SIZE]]
  bank NAME DRIVER BASE
  event TARGET EVENT     has a body
  programmed FILE        FILE, which is made beforehand, is in flash afterwards"""
import pathlib
import re

import pytest

from support.firmware import firmware, write_elf
from support.probity import run

FILES = sorted((pathlib.Path(__file__).parent / "files").glob("*.cfg"))
HINTS = ("DEPRECATED!", "WARNING:", "Warn : transport", "Warn : adapter", "Warn : variable")
SHOW_STATE = """
    echo "state transport [transport select]"
    foreach bank [flash list] { echo "state bank [dict get $bank name] [dict get $bank driver] [dict get $bank base]" }
    foreach target [target names] {
        echo "state target $target [$target cget -type] [$target cget -work-area-phys] [$target cget -work-area-size]"
        foreach event {gdb-attach gdb-detach reset-init reset-start reset-end examine-end halted} {
            if {![catch {$target cget -event $event} body] && $body ne ""} { echo "state event $target $event" }
        }
    }
"""


def wanted(file: pathlib.Path) -> list[tuple[str, str]]:
    lines = [line[3:] for line in file.read_text().splitlines() if line.startswith("#: ")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def plain(words: str) -> list[str]:
    """Numbers by their value."""
    return [str(int(word, 0)) if word[0].isdigit() and not word.endswith(("x", ".cpu")) else word for word in words.split()]


def assert_state(lines: list[str], kind: str, expected: str):
    """Some line `state KIND …` begins with these words."""
    shown = [plain(line.removeprefix(f"state {kind} ")) for line in lines if line.startswith(f"state {kind} ")]
    words = plain(expected)
    assert any(found[:len(words)] == words for found in shown), (kind, expected, lines)


def uses(file: pathlib.Path, hint: str) -> int:
    """How often a file says what the hint is about: that many hints."""
    old = re.search(r"not '([^']+)'|WARNING: (\S+)", hint)
    name = (old[1] or old[2]) if old else hint
    return max(1, sum(line.lstrip().startswith(name) for line in file.read_text().splitlines()))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file(tmp_path, file):
    asked = wanted(file)
    one = dict(asked)
    image = firmware(3000)
    if "programmed" in one:
        write_elf(tmp_path / one["programmed"], [(0x08000000, image)])
    chip, *options = one["chip"].split()
    flash = tmp_path / "flash"
    words = ["--virtual", ",".join([chip, f"flash={flash}", *options]), "-f", file]
    if one.get("status", "0") == "0":
        words += ["-c", SHOW_STATE]
    if "run" in one:
        words += ["-c", one["run"]]
    result = run(*words, "-c", "shutdown", cwd=tmp_path)

    assert result.status == int(one.get("status", 0)), result.text
    for kind, expected in asked:
        if kind == "says":
            times = [line.strip() for line in result.lines].count(expected.strip())
            assert times == uses(file, expected) if expected.startswith(HINTS) else times >= 1, (expected, result.text)
        elif kind in ("transport", "target", "bank", "event"):
            assert_state(result.lines, kind, expected)
        elif kind == "quiet":
            assert not [line for line in result.lines if line.startswith(HINTS)], result.text
        elif kind == "programmed":
            assert flash.read_bytes()[:len(image)] == image
        else:
            assert kind in ("chip", "run", "status"), f"{file.name}: unknown word {kind}"
