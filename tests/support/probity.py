"""Runs our executable as a user would and keeps what it said."""
import os
import pathlib
import subprocess
from dataclasses import dataclass

from support.chips import target_file

BUILD = pathlib.Path(os.environ.get("PROBITY_BUILD", pathlib.Path(__file__).parents[2] / "build/bin"))
SOURCE = pathlib.Path(__file__).parents[2]


@dataclass
class Result:
    status: int
    text: str  # stderr, where OpenOCD prints everything

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def errors(self) -> str:
        return "\n".join(line for line in self.lines if line.startswith("Error: "))


# Tests run beside each other: what is not about ports opens none.
NO_PORTS = ["-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled"]


def run(*args, cwd=None, env=None, program="openocd", timeout=60) -> Result:
    """Our program with these arguments, home folder and environment kept out of the way."""
    if program == "openocd" and any(str(word) in ("-c", "-f") for word in args):
        args = (*NO_PORTS, *args)
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENOCD_SCRIPTS", "PROBITY_VIRTUAL")}
    environment |= {"HOME": "/nonexistent"} | (env or {})
    done = subprocess.run([BUILD / program, *map(str, args)], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, errors="replace")
    return Result(done.returncode, done.stdout)


class Bench:
    """One virtual chip whose flash lives in a file of `folder`, and the words that select it."""

    def __init__(self, folder: pathlib.Path, chip="stm32f407vg", interface="interface/stlink.cfg", target=None, **spec):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.flash_file = folder / f"{chip}.flash"
        options = "".join(f",{key.replace('_', '-')}" + ("" if value is True else f"={value}") for key, value in spec.items())
        self.erased = 0x00 if chip.startswith(("stm32l0", "stm32l1")) else 0xFF  # what an erased byte reads as
        self.virtual = f"{chip},flash={self.flash_file}{options}"
        self.files = ["-f", interface, "-f", target or target_file(chip)]

    def run(self, *commands, before=(), **keywords) -> Result:
        words = ["--virtual", self.virtual, *self.files[:2]]
        for command in before:  # between the interface and the target file: `transport select …`
            words += ["-c", command]
        words += self.files[2:]
        for command in commands:
            words += ["-c", command]
        return run(*words, cwd=self.folder, **keywords)

    def program(self, file, arguments="verify reset exit", **keywords) -> Result:
        return self.run(f"program {file} {arguments}", **keywords)

    def flash(self) -> bytes:
        return self.flash_file.read_bytes()

    def holds(self, *pieces: tuple[int, bytes], base=0x08000000) -> bool:
        """Whether flash is exactly these (address, content) pieces, erased everywhere else."""
        expected = bytearray([self.erased] * len(self.flash()))
        for address, data in pieces:
            expected[address - base:address - base + len(data)] = data
        return self.flash() == bytes(expected)
