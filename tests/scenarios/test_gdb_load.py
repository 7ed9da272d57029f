"""GDB's `load` where flash has a hole: an H7A3 of 1 MiB, whose second half begins at 0x08100000."""
import subprocess

from support.debugging import GDB
from support.firmware import pattern
from support.served import ours


def elf_of_sections(folder, pieces):
    """An ELF with a section for each (address, content); objcopy makes the first one out of a binary file."""
    words = ["arm-none-eabi-objcopy", "-I", "binary", "-O", "elf32-littlearm", "--rename-section", ".data=.s0,alloc,load,data,contents"]
    for number, (address, data) in enumerate(pieces):
        (folder / f"s{number}").write_bytes(data)
        name = ".data" if number == 0 else f".s{number}"
        words += [] if number == 0 else ["--add-section", f"{name}=s{number}", "--set-section-flags", f"{name}=alloc,load,data,contents"]
        words += ["--change-section-address", f"{name}=0x{address:x}"]
    subprocess.run([*words, "s0", "a.elf"], cwd=folder, check=True)


def test_sections_on_both_sides_of_the_hole(tmp_path):
    below, above = pattern(0x1000, 1), pattern(0x2001, 2)
    elf_of_sections(tmp_path, [(0x0807F000, below), (0x08100000, above)])
    flash = tmp_path / "chip.flash"
    with ours("init; reset halt", chip=f"stm32h7a3rg,flash={flash}", cwd=tmp_path) as server:
        done = subprocess.run([*GDB, "-batch", "-ex", f"target extended-remote localhost:{server.ports['gdb']}", "-ex", "info mem",
                               "-ex", "file a.elf", "-ex", "load", "-ex", "compare-sections"],
                              cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert "0x08000000 0x08080000 flash blocksize 0x2000" in done.stdout, done.stdout
    assert "0x08100000 0x08180000 flash blocksize 0x2000" in done.stdout, done.stdout
    assert done.stdout.count("matched.") == 2 and "MIS-MATCHED" not in done.stdout, done.stdout
    half = 512 << 10  # the flash file has the halves one behind the other
    assert flash.read_bytes() == (bytes(b"\xff" * (half - 0x1000)) + below + above).ljust(2 * half, b"\xff")
