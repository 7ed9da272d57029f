"""The programs that start OpenOCD for their users, as they call it, to the end: Zephyr's west, PlatformIO, Cortex-Debug, CLion,
Eclipse Embedded CDT, RIOT."""
import pathlib
import re
import socket
import subprocess

import pytest

from support.debugging import GDB, build_firmware
from support.firmware import firmware, write_elf, write_hex
from support.probity import BUILD, SOURCE, run
from support.served import Served

OPENOCD = BUILD / "openocd"
HELPERS = pathlib.Path(__file__).parent / "clients/cortex_debug.tcl"
RTT = SOURCE / "tests/scenarios/firmware/rtt.elf"
CHIP = "stm32f407vg"
IMAGE = firmware(20000)
BOARD = """source [find interface/stlink.cfg]
if { [info exists _ZEPHYR_BOARD_SERIAL] } { adapter serial $_ZEPHYR_BOARD_SERIAL }
transport select hla_swd
source [find target/stm32f4x.cfg]
reset_config srst_only
$_TARGETNAME configure -event gdb-attach {
    echo "Debugger attaching: halting execution"
    reset halt
    gdb_breakpoint_override hard
}
$_TARGETNAME configure -event gdb-detach {
    echo "Debugger detaching: resuming execution"
    resume
}
"""


@pytest.fixture(scope="module")
def elf(tmp_path_factory):
    return build_firmware(tmp_path_factory.mktemp("firmware")) / "O0-soft.elf"


@pytest.fixture
def project(tmp_path):
    """A folder with a board's file and an image in every format; what is run there finds the virtual board by its
    environment, since the clients know nothing of it."""
    (tmp_path / "support").mkdir()
    (tmp_path / "support/openocd.cfg").write_text(BOARD)
    write_hex(tmp_path / "zephyr.hex", [(0x08000000, IMAGE)])
    write_elf(tmp_path / "firmware.elf", [(0x08000000, IMAGE)])
    return tmp_path


def board(folder: pathlib.Path, chip=CHIP) -> dict[str, str]:
    return {"PROBITY_VIRTUAL": f"{chip},flash={folder / 'flash'}"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def commands(*each: str) -> list[str]:
    return [word for command in each for word in ("-c", command)]


def assert_programmed(folder: pathlib.Path):
    assert (folder / "flash").read_bytes()[:len(IMAGE)] == IMAGE


def gdb(folder, elf, *each: str) -> str:
    words = [*GDB, "-batch", elf]
    for command in each:
        words += ["-ex", command]
    return subprocess.run(list(map(str, words)), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, errors="replace").stdout


def server(folder, *words) -> Served:
    return Served([OPENOCD, *words], cwd=folder, env=board(folder), wait_for=["gdb"])


# --- Zephyr: scripts/west_commands/runners/openocd.py ---

def test_west_asks_for_the_version():
    assert re.search(r"Open On-Chip Debugger v?(\d+)\.(\d+)", run("--version").text)


@pytest.mark.parametrize("serial", [[], ["-c", "set _ZEPHYR_BOARD_SERIAL 0669FF515055657867214418"],
                                    ["-c set _ZEPHYR_BOARD_SERIAL 0669FF515055657867214418"]], ids=["any", "serial", "serial-in-one-word"])
def test_west_flash(project, serial):
    result = run("-s", project / "support", *serial, "-f", project / "support/openocd.cfg",
                 *commands("init", "targets", "reset halt", f"flash write_image erase {project}/zephyr.hex", "reset halt",
                           f"verify_image {project}/zephyr.hex", "reset run", "shutdown"), cwd=project, env=board(project))
    assert result.status == 0 and not result.errors().replace("Error: [stm32f4x.cpu] clearing lockup after double fault", "").strip(), result.text
    assert re.search(r"wrote 20\d\d\d bytes from file .*zephyr.hex", result.text), result.text
    assert "verified 20000 bytes" in result.text
    assert_programmed(project)


def test_west_flash_with_the_wrong_image_fails(project):
    result = run("-f", "support/openocd.cfg", *commands("init", "targets", "reset halt", "flash write_image erase missing.hex",
                                                        "reset halt", "verify_image missing.hex", "reset run", "shutdown"),
                 cwd=project, env=board(project))
    assert result.status == 1


def test_west_debug(project, elf):
    port = free_port()
    with server(project, "-s", "support", "-f", "support/openocd.cfg",
                *commands("tcl_port 0", "telnet_port 0", f"gdb_port {port}", "$_TARGETNAME configure -rtos Zephyr", "init", "targets",
                          "reset init")) as started:
        text = gdb(project, elf, f"target extended-remote :{port}", "load", "monitor reset halt", "tbreak main", "continue", "next",
                   "detach")
        started.wait_log("Debugger attaching: halting execution")
        started.wait_log("Debugger detaching: resuming execution")
    assert re.search(r"Temporary breakpoint 1, main \(\)", text), text


def test_west_attach_does_not_load(project, elf):
    port = free_port()
    with server(project, "-f", "support/openocd.cfg",
                *commands("tcl_port 0", "telnet_port 0", f"gdb_port {port}", "init", "targets", "halt")):
        text = gdb(project, elf, f"target extended-remote :{port}", "info registers pc", "detach")
    assert re.search(r"^pc +0x", text, re.MULTILINE), text


def test_west_rtt(project):
    gdb_port, rtt_port = free_port(), free_port()
    with server(project, "-f", "support/openocd.cfg",
                *commands("tcl_port 0", "telnet_port 0", f"gdb_port {gdb_port}", "init", f"program {{{RTT}}}", "reset run", "sleep 100",
                          "rtt setup 0x20000000 0x4000 {SEGGER RTT}", "rtt start", f"rtt server start {rtt_port} 0")) as started:
        started.wait_log(f"Listening on port {rtt_port} for rtt connections")
        with socket.create_connection(("127.0.0.1", rtt_port), timeout=20) as client:
            assert client.recv(5) == b"Hello"


# --- PlatformIO: its ststm32 platform's upload, its debugger's pipe ---

@pytest.fixture
def package(project):
    """A tool package of PlatformIO: -s names its scripts, which go before the program's own."""
    scripts = project / "packages/tool-openocd/openocd/scripts"
    (scripts / "interface").mkdir(parents=True)
    (scripts / "interface/stlink.cfg").write_text(
        "adapter driver hla\nhla_layout stlink\nhla_device_desc \"ST-LINK\"\n"
        "hla_vid_pid 0x0483 0x3748 0x0483 0x374b\necho \"the package's own\"\n")
    return scripts


@pytest.mark.parametrize("files", [["-f", "interface/stlink.cfg", "-c", "transport select hla_swd", "-f", "target/stm32f4x.cfg"],
                                   ["-f", "board/stm32f4discovery.cfg"]], ids=["interface", "board"])
def test_platformio_upload(project, package, files):
    result = run("-d2", "-s", package, *files, "-c", "program {firmware.elf}  verify reset; shutdown;", cwd=project, env=board(project))
    assert result.status == 0, result.text
    assert "the package's own" in result.lines
    assert "** Verified OK **" in result.lines and "** Resetting Target **" in result.lines
    assert_programmed(project)


def test_platformio_upload_of_a_binary_with_an_offset(project):
    (project / "firmware.bin").write_bytes(IMAGE)
    result = run("-d2", "-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg", "-c",
                 "program {firmware.bin} 0x08000000 verify reset; shutdown;", cwd=project, env=board(project))
    assert result.status == 0, result.text
    assert_programmed(project)


def test_platformio_debug(project, package, elf):
    words = ["-s", package, "-f", "interface/stlink.cfg", "-c", "'transport select hla_swd'", "-f", "target/stm32f4x.cfg"]
    pipe = f"| env PROBITY_VIRTUAL={board(project)['PROBITY_VIRTUAL']} {OPENOCD} -c \"gdb_port pipe; tcl_port disabled; telnet_port disabled\" " + \
        " ".join(map(str, words))
    (project / "init.gdb").write_text(f"""
define pio_reset_halt_target
    monitor reset halt
end
define pio_reset_run_target
    monitor reset
end
set remotetimeout 30
target extended-remote {pipe}
monitor init
load
pio_reset_halt_target
tbreak main
echo Initialization completed\\n
""")
    text = gdb(project, elf, "source init.gdb", "continue", "next", "pio_reset_run_target", "disconnect")
    assert "Initialization completed" in text and re.search(r"Temporary breakpoint 1, main \(\)", text), text


# --- Cortex-Debug: src/openocd.ts ---

def cortex_debug(folder, port, *more: str, before=()) -> Served:
    return server(folder, *commands(f"gdb_port {port}", "tcl_port 0", "telnet_port 0"), "-s", folder, "-f", HELPERS, *before,
                  "-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg", *commands(*more))


def machine_interface(*each: str) -> list[str]:
    """Its commands go through gdb's machine interface; the console's are the same."""
    return [command.removeprefix('interpreter-exec console "').removesuffix('"') for command in each]


def test_cortex_debug_launch(project, elf):
    port = free_port()
    with cortex_debug(project, port, "CDRTOSConfigure auto", "CDLiveWatchSetup") as started:
        assert re.search(r"stm32f4x\.cpu configure -rtos auto", started.text), started.text
        assert "stm32f4x.cpu has 2 connections" in started.text
        text = gdb(project, elf, *machine_interface(
            f"target extended-remote localhost:{port}", 'interpreter-exec console "monitor reset halt"', "load",
            'interpreter-exec console "monitor reset halt"', "tbreak main", "continue", "info threads",
            'interpreter-exec console "monitor reset halt"', "monitor gdb_sync", "stepi", "detach"))
    assert re.search(r"Temporary breakpoint 1, main \(\)", text), text
    assert "Ignoring packet error" not in text


def test_cortex_debug_two_connections(project, elf):
    """The second is for live variables: it reads memory while the program runs."""
    port = free_port()
    with cortex_debug(project, port, "CDLiveWatchSetup"):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as watcher:
            text = gdb(project, elf, f"target extended-remote localhost:{port}", "monitor reset halt", "load", "info registers pc")
            watcher.sendall(b"+$m8000000,4#" + b"%02x" % (sum(b"m8000000,4") % 256))
            answer = watcher.recv(100)
    assert re.search(r"^pc +0x", text, re.MULTILINE), text
    assert answer.startswith(b"+$") and len(answer) >= 12


def test_cortex_debug_swo(project, elf):
    port, swo_port = free_port(), free_port()
    with cortex_debug(project, port) as started:
        text = gdb(project, elf, f"target extended-remote localhost:{port}", "monitor reset halt", "load",
                   f"monitor CDSWOConfigure 16000000 2000000 :{swo_port}", "monitor reset halt", "tbreak main", "continue", "detach")
        with socket.create_connection(("127.0.0.1", swo_port), timeout=20):
            pass
        assert "no TPIU" not in started.text
    assert re.search(r"Temporary breakpoint 1, main \(\)", text), text


def test_cortex_debug_of_older_versions(project, elf):
    """An RTOS by a file of one line; SWO by `tpiu config`."""
    (project / "rtos.cfg").write_text("$_TARGETNAME configure -rtos FreeRTOS\n")
    port = free_port()
    with server(project, *commands(f"gdb_port {port}"), "-s", project, "-f", "interface/stlink-v2-1.cfg", "-f",
                "target/stm32f4x.cfg", "-f", "rtos.cfg", *commands("telnet_port 0; tcl_port 0", "tpiu config internal swo.bin uart off 16000000 2000000")):
        text = gdb(project, elf, f"target extended-remote localhost:{port}", "monitor halt", "load", "monitor reset halt", "tbreak main",
                   "continue", "detach")
    assert re.search(r"Temporary breakpoint 1, main \(\)", text), text


# --- CLion ---

def test_clion_downloads(project):
    result = run("-c", "tcl_port disabled", "-c", "gdb_port disabled", "-s", project, "-f", "board/stm32f4discovery.cfg",
                 *commands(f'program "{project}/firmware.elf"', "reset", "shutdown"), cwd=project, env=board(project))
    assert result.status == 0, result.text
    assert_programmed(project)


def test_clion_debugs(project, elf):
    port = free_port()
    with server(project, *commands("tcl_port disabled", f"gdb_port {port}", "telnet_port disabled"), "-s", project, "-f",
                "board/stm32f4discovery.cfg", *commands(f'program "{elf}"', "init;reset init;", "echo (((READY)))")) as started:
        started.wait_log(r"^\(\(\(READY\)\)\)$|\n\(\(\(READY\)\)\)\n")
        text = gdb(project, elf, f"target remote localhost:{port}", "tbreak main", "continue", "next", "kill")
    assert re.search(r"Temporary breakpoint 1, main \(\)", text), text


# --- Eclipse Embedded CDT ---

def test_eclipse(project, elf):
    port = free_port()
    with server(project, *commands(f"gdb_port {port}", "telnet_port 0", "tcl_port 0"), "-f", "interface/stlink.cfg", "-f",
                "target/stm32f4x.cfg", "-c", "echo \"Started by GNU MCU Eclipse\"") as started:
        assert "Started by GNU MCU Eclipse" in started.text
        text = gdb(project, elf, "set mem inaccessible-by-default off", "set remotetimeout 60", f"target extended-remote localhost:{port}",
                   "monitor reset halt", "monitor halt", "monitor arm semihosting enable", "load", "monitor reset halt",
                   "tbreak main", "continue", "info registers", "x/4i $pc", "disconnect")
    assert re.search(r"Temporary breakpoint 1, main \(\)", text), text
    assert "semihosting is enabled" in text


# --- RIOT: dist/tools/openocd/openocd.sh ---

RIOT = ["-c", "source [find interface/stlink.cfg]", "-c", "transport select hla_swd", "-f", "target/stm32f4x.cfg"]
RIOT_PORTS = commands("tcl_port 0", "telnet_port 0", "gdb_port 0")


def test_riot_flashes(project):
    result = run(*RIOT, *RIOT_PORTS, *commands("init", "targets", "reset halt", 'flash write_image erase "firmware.elf" 0 ',
                                               "reset halt", 'verify_image "firmware.elf" 0', "reset run", "shutdown"),
                 cwd=project, env=board(project))
    assert result.status == 0, result.text
    assert_programmed(project)


def test_riot_looks_for_the_flash(project):
    result = run(*RIOT, "-c", "init", "-c", "flash probe 0", "-c", "flash list", "-c", "shutdown", cwd=project, env=board(project))
    assert result.status == 0, result.text
    assert re.search(r"base 134217728|base 0x0?8000000", result.text), result.text


def test_riot_debugs_with_the_log_away(project, elf):
    port = free_port()
    words = [OPENOCD, *RIOT, *commands("tcl_port 0", "telnet_port 0", f"gdb_port {port}", "init", "targets", "reset halt"), "-l", "/dev/null"]
    started = Served(words, cwd=project, env=board(project), wait_for=[])
    with started:
        text = gdb(project, elf, "set tcp auto-retry on", f"tar ext :{port}", "monitor reset halt", "load", "tbreak main", "continue", "detach")
    assert re.search(r"Temporary breakpoint 1, main \(\)", text), text


# --- whoever debugs a chip some of whose flash has no driver here ---

def test_a_bank_without_a_driver_keeps_no_debugger_out(project, elf):
    port = free_port()
    with server(project, "-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg",
                *commands("flash bank extra numicro 0x70000000 0x1000 0 0 $_TARGETNAME", "tcl_port disabled; telnet_port disabled",
                          f"gdb_port {port}", "init")):
        text = gdb(project, elf, f"target extended-remote :{port}", "monitor reset halt", "info mem", "load", "tbreak main", "continue",
                   "monitor flash info 2", "detach")
    assert re.search(r"Temporary breakpoint 1, main \(\)", text), text
    assert "0x08000000" in text and "0x70000000" not in text, text
    assert "this program has no flash driver numicro (Nuvoton NuMicro)" in text, text


# --- the Rust book: openocd.cfg in the folder, openocd.gdb ---

def test_rust_book(project, elf):
    port = free_port()
    (project / "openocd.cfg").write_text("source [find interface/stlink.cfg]\nsource [find target/stm32f4x.cfg]\n"
                                         f"gdb_port {port}\ntelnet_port disabled\ntcl_port disabled\n")
    with server(project):
        text = gdb(project, elf, f"target extended-remote :{port}", "set print asm-demangle on", "set backtrace limit 32", "break main",
                   "monitor arm semihosting enable", "monitor tpiu config internal itm.txt uart off 16000000", "monitor itm port 0 on", "load",
                   "stepi", "continue", "detach")
    assert re.search(r"Breakpoint 1, main \(\)", text), text
