#!/usr/bin/env python3
"""Prints the README's table of supported STM32 from tests/support/chips.py, where tests/scenarios/test_every_stm32.py has its
devices from: what is in the table went through that test.
  contrib/device_table.py            print it
  contrib/device_table.py --write    put it into README.md, between its two marks
  contrib/device_table.py --check    fail if README.md has another one
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.chips import DEVICES, target_file  # noqa: E402

README = ROOT / "README.md"
BEGIN, END = "<!-- devices: contrib/device_table.py -->\n", "<!-- end of devices -->\n"


def table() -> str:
    rows = ["| device id | parts | target file | flash driver | virtual chip tried |", "|---|---|---|---|---|"]
    rows += [f"| 0x{d.id:03x} | {d.lines} | {target_file(d.chip).removeprefix('target/')} | {d.driver} | {d.chip} |" for d in DEVICES]
    return "\n".join(rows) + "\n"


def main() -> int:
    if sys.argv[1:] not in (["--write"], ["--check"]):
        print(table(), end="")
        return 0
    text = README.read_text()
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    if sys.argv[1] == "--check":
        if old != table():
            print("README.md's table of devices is out of date: run contrib/device_table.py --write", file=sys.stderr)
        return int(old != table())
    README.write_text(before + BEGIN + table() + END + after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
