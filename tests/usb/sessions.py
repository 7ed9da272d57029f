"""What the tests in the guest type."""
import pathlib

from support.firmware import write_elf

STLINK = ["-f", "interface/stlink.cfg"]
CMSIS_DAP = ["-f", "interface/cmsis-dap.cfg"]
JLINK = ["-f", "interface/jlink.cfg", "-c", "transport select swd"]
JLINK_JTAG = ["-f", "interface/jlink.cfg", "-c", "transport select jtag"]
TARGET = ["-f", "target/stm32f4x.cfg"]
CHIP = "stm32f407vg"
BASE = 0x08000000
FLASH_SIZE = 0x100000
USER = "bench"
STOCK = "/usr/bin/openocd"  # which our package diverts

# Without man-db's trigger, which indexes every manual page of the machine anew.
INSTALL = ["dpkg", "--no-triggers", "--install"]
REMOVE = ["dpkg", "--no-triggers", "--remove"]

# Every kind of probe, and the interface file that drives it.
PROBES = {"stlink-v2": STLINK, "stlink-v2-1": STLINK, "stlink-v3": STLINK, "cmsis-dap-v1": CMSIS_DAP, "cmsis-dap-v2": CMSIS_DAP,
          "jlink": JLINK}


def program(interface: list[str], image: pathlib.Path, *before: str, openocd="openocd") -> list[str]:
    """The one-line `program` of a build script; `before`: commands between the interface and the target file."""
    words = [openocd, *interface]
    for command in before:
        words += ["-c", command]
    return words + TARGET + ["-c", f"program {image} verify reset exit"]


def image(folder: pathlib.Path, content: bytes, name="image.elf") -> pathlib.Path:
    return write_elf(folder / name, [(BASE, content)])


def holds(flash: bytes, content: bytes) -> bool:
    """Whether flash is `content` and erased behind it."""
    return flash == content.ljust(FLASH_SIZE, b"\xff")
