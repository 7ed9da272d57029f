"""What commands a program offers, found by asking it: `info commands`, `command mode` and `usage`, in the configuration stage with
each adapter driver and flash driver, and after `init` on a virtual board."""
import os
import re
import subprocess
from dataclasses import dataclass, field

from support import stock
from support.probity import BUILD
from support.stock import OPENOCD

PORTS_OFF = "gdb_port disabled; telnet_port disabled; tcl_port disabled"
# One name a line: global commands, then those of Jim Tcl itself, which are of no interest.
ASK = ('echo SURFACE; foreach name [lsort [info commands]] { set mode ""; catch {set mode [command mode {*}$name]}; '
       'echo "COMMAND|$name|$mode" }; echo USAGE; usage; echo END; shutdown')
WAYS = [wire for wire in stock.WIRES if wire.name in ("hla-v2-1", "dapdirect-v2-1", "remote-bitbang-jtag")]
TARGET = "swj_newdap chip cpu -expected-id 0; dap create chip.dap -chain-position chip.cpu; " \
         "target create chip.cpu cortex_m -dap chip.dap"
HLA_TARGET = "hla newtap chip cpu -expected-id 0; target create chip.cpu hla_target -chain-position chip.cpu"
OBJECTS = "tpiu create chip.tpiu -dap chip.dap -ap-num 0; swo create chip.swo -dap chip.dap -ap-num 0; " \
          "cti create chip.cti -dap chip.dap -ap-num 0 -baseaddr 0xE0042000"
FLASH_DRIVERS = ["stm32f1x", "stm32f2x", "stm32h7x", "stm32l4x", "stm32lx", "stmqspi", "virtual", "nrf5", "nrf51", "at91samd", "at91sam4l",
                 "rp2040_flash", "stellaris", "efm32", "lpc2000", "kinetis", "kinetis_ke"]
ADAPTER_DRIVERS = ["hla", "st-link", "cmsis-dap", "remote_bitbang", "jlink", "ftdi", "linuxgpiod", "sysfsgpio"]
# Where the words of an object stand under one name, whatever the object is called.
OBJECT_NAMES = [(re.compile(r"^\S+\.cpu\b"), "$target"), (re.compile(r"^\S+\.dap\b"), "$dap"), (re.compile(r"^\S+\.tpiu\b"), "$tpiu"),
                (re.compile(r"^\S+\.swo\b"), "$swo"), (re.compile(r"^\S+\.cti\b"), "$cti")]


@dataclass
class Surface:
    modes: dict[str, str] = field(default_factory=dict)  # command → any, config, exec; unknown: Tcl's own
    usages: dict[str, str] = field(default_factory=dict)

    def add(self, text: str):
        """What ASK printed. A command that several situations have keeps what the first said."""
        said = text[text.index("SURFACE\n"):text.index("\nEND")]
        commands, usage = said.split("\nUSAGE")
        for line in commands.splitlines():
            if line.startswith("COMMAND|"):
                _, name, mode = line.split("|")
                self.modes.setdefault(general(name), mode)
        for name, words in usages(usage).items():
            self.usages.setdefault(general(name), words)


def general(name: str) -> str:
    for pattern, word in OBJECT_NAMES:
        name = pattern.sub(word, name)
    return name


def usages(text: str) -> dict[str, str]:
    """`usage` prints a command at two blanks a level, and ten more where the line goes on; a level is a word of the name."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        words = line.split()
        if not words or indent % 2:
            continue
        level = indent // 2
        if level >= 5 or (level and not name.startswith(words[0])):
            if name:
                found[name] = f"{found[name]} {' '.join(words)}".strip()
        else:
            name = " ".join(words[:level + 1])
            found[name] = " ".join(words[level + 1:])
    return found


def run(program, *commands: str, virtual=False) -> str:
    words = [program, "-c", PORTS_OFF] + (["--virtual", "stm32f407vg,probe=stlink-v2-1"] if virtual else [])
    for command in commands:
        words += ["-f" if command.endswith(".cfg") else "-c", command]
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENOCD_SCRIPTS", "PROBITY_VIRTUAL")} | {"HOME": "/nonexistent"}
    return subprocess.run(list(map(str, words)), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, errors="replace").stdout


def accepts(program, *commands: str) -> bool:
    return "\nACCEPTED" in run(program, *commands, "echo ACCEPTED; shutdown")


def adapter_situation(driver: str) -> list[str]:
    if driver == "hla":
        return ["adapter driver hla; hla_layout stlink; hla_vid_pid 0x0483 0x374b; transport select hla_swd", HLA_TARGET]
    wire = {"st-link": "dapdirect_swd", "remote_bitbang": "jtag"}.get(driver, "swd")
    return [f"adapter driver {driver}; transport select {wire}", "source [find target/swj-dp.tcl]", TARGET, OBJECTS]


def flash_situation(driver: str) -> list[str]:
    options = " 0xA0001000" if driver == "stmqspi" else " chip.other" if driver == "virtual" else ""
    other = "flash bank chip.other stm32f1x 0x08000000 0 0 0 chip.cpu; " if driver == "virtual" else ""
    return [*adapter_situation("st-link"), f"{other}flash bank chip.flash {driver} 0x90000000 0x10000 0 0 chip.cpu{options}"]


def known_drivers(program) -> tuple[list[str], list[str]]:
    """Those of the adapter and flash drivers that this program takes."""
    adapters = [d for d in ADAPTER_DRIVERS if accepts(program, *adapter_situation(d))]
    return adapters, [d for d in FLASH_DRIVERS if accepts(program, *flash_situation(d))]


def surface_of(program, boards, situations) -> Surface:
    """`boards`: the words that reach a virtual board, by way; a target file and `init` follow."""
    surface = Surface()
    for words in boards:
        surface.add(run(program, *words, "target/stm32f4x.cfg", "init", ASK))
    for words in [[], *situations]:
        surface.add(run(program, *words, ASK))
    return surface


def ask_both(start_vboard) -> tuple[Surface, Surface]:
    """Stock's surface and ours, in the same situations; those whose driver both have."""
    ours = BUILD / "openocd"
    adapters, flashes = known_drivers(ours)
    situations = [adapter_situation(d) for d in adapters] + [flash_situation(d) for d in flashes]
    situations = [words for words in situations if accepts(OPENOCD, *words)]
    boards = []
    for way in WAYS:
        words = way.words(way.start(start_vboard, "stm32f407vg"))
        boards.append([word for word in words if word not in ("-c", "-f")])
    return surface_of(OPENOCD, boards, situations), surface_of(ours, boards, situations)
