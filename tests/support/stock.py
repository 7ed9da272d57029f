"""Runs an unmodified OpenOCD (Debian's 0.12) against a virtual board."""
import os
import pathlib
import re
import subprocess
from dataclasses import dataclass

from support.chips import target_file
from support.probity import Result
from support.vboard import Vboard

OPENOCD = pathlib.Path(os.environ.get("STOCK_OPENOCD", "/usr/bin/openocd"))


@dataclass(frozen=True)
class Wire:
    """A way from OpenOCD to the chip."""
    name: str
    server: str = "stlink-server"
    probe: str = "stlink-v2-1"
    interface: str = "interface/stlink.cfg"
    backend: str = "hla_stlink_backend tcp {port}"
    transport: str = "hla_swd"

    def start(self, start_vboard, chip: str, **options) -> Vboard:
        if self.server == "stlink-server":
            options["probe"] = self.probe
        return start_vboard(chip, self.server, **options)

    def words(self, board: Vboard) -> list[str]:
        if self == SWD:
            return ["-c", "adapter driver linuxgpiod; adapter gpio swclk 1 -chip 0; adapter gpio swdio 2 -chip 0; "
                          "transport select swd; adapter speed 1000"]
        if self.server == "remote-bitbang":
            return ["-c", "adapter driver remote_bitbang; remote_bitbang host 127.0.0.1; "
                          f"remote_bitbang port {board.port}; transport select jtag; adapter speed 1000"]
        return ["-f", self.interface, "-c", self.backend.format(port=board.port), "-c", f"transport select {self.transport}"]


DAPDIRECT = {"interface": "interface/stlink-dap.cfg", "backend": "st-link backend tcp {port}", "transport": "dapdirect_swd"}
HLA_V2_1 = Wire("hla-v2-1")
DAPDIRECT_V2_1 = Wire("dapdirect-v2-1", **DAPDIRECT)
JTAG = Wire("remote-bitbang-jtag", server="remote-bitbang")
# Its linuxgpiod driver on the lines of support/gpiod_bitbang.c: the one way of stock 0.12 to a multi-drop port without a USB bus.
SWD = Wire("gpio-swd", server="remote-bitbang", transport="swd")
WIRES = [
    HLA_V2_1,
    Wire("hla-v2", probe="stlink-v2"),
    Wire("hla-v3", probe="stlink-v3"),
    Wire("hla-jtag-v2-1", transport="hla_jtag"),
    DAPDIRECT_V2_1,
    Wire("dapdirect-v3", probe="stlink-v3", **DAPDIRECT),
    Wire("dapdirect-jtag-v2-1", **DAPDIRECT | {"transport": "dapdirect_jtag"}),
    JTAG,
]


def gpiod_bitbang(board: Vboard) -> pathlib.Path:
    """The stand-in for libgpiod, built beside the board's files."""
    library = board.flash_file.with_name("gpiod_bitbang.so")
    if not library.exists():
        source = pathlib.Path(__file__).with_name("gpiod_bitbang.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
    return library


def run(board: Vboard, wire: Wire, *commands: str, timeout=60, target=None) -> Result:
    """Stock OpenOCD with these commands after the configuration (`target`: another file than the chip's own), its
    servers off. Not in this tree's root, where it would find our target/*.cfg before its own."""
    words = [OPENOCD, *wire.words(board), "-f", target or target_file(board.chip), "-c",
             "gdb_port disabled; telnet_port disabled; tcl_port disabled"]
    for command in commands:
        words += ["-c", command]
    environment = {k: v for k, v in os.environ.items() if k != "OPENOCD_SCRIPTS"} | {"HOME": "/nonexistent"}
    if wire == SWD:
        environment |= {"LD_PRELOAD": str(gpiod_bitbang(board)), "GPIOD_BITBANG_PORT": str(board.port)}
    done = subprocess.run(list(map(str, words)), cwd="/", env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, errors="replace")
    return Result(done.returncode, done.stdout)


def succeeded(result: Result) -> str:
    assert result.status == 0, result.text
    return result.text


def finish(board: Vboard):
    """The board's own verdict: it ended in order, and the probe saw only what its firmware knows."""
    assert board.stop() == 0
    assert board.stats()["probe errors"] == 0, board.log()


@dataclass(frozen=True)
class FlashInfo:
    """What `flash info N` prints."""
    size: int
    base: int
    sectors: tuple[tuple[int, int], ...]  # offset and size in bytes
    text: str

    @staticmethod
    def parse(text: str) -> "FlashInfo":
        head = re.search(r"#\d+ : (\S+) at (0x[0-9a-f]+), size (0x[0-9a-f]+)", text)
        assert head, text
        sectors = re.findall(r"#\s*\d+: (0x[0-9a-f]+) \((0x[0-9a-f]+) \d+kB\)", text)
        return FlashInfo(int(head[3], 16), int(head[2], 16), tuple((int(o, 16), int(s, 16)) for o, s in sectors), text)
