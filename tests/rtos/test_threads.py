"""Threads of FreeRTOS, ThreadX and Zephyr layouts, as gdb-multiarch shows them through stock OpenOCD and through us. Stock is the
judge that the firmwares' structures are honest; where it is known to be wrong, the test says so."""
import pathlib
import re
import subprocess
from dataclasses import dataclass

import pytest

from support.debugging import GDB, GdbServer
from support.probity import Bench
from support.stock import HLA_V2_1
from support.vboard import Vboard

FIRMWARE = pathlib.Path(__file__).parent / "firmware"
CHIP = "stm32f407vg"

# Call chains by thread, innermost first, without what is below the thread's own calls of the system.
CHAINS = {
    "blinky": ["settled", "count_down", "count_down", "count_down", "blinky"],
    "worker": ["system_yield", "take_item", "work_through_queue", "worker"],
    "sensor": ["system_sleep", "wait_for_sample", "sensor"],
    "logger": ["system_suspend", "park", "logger"],
    "filter": ["system_wait", "convolve", "filter"],
    "finished": ["system_finish", "finished"],
    "idle": ["idle"],
    "IDLE": ["idle"],
}


@dataclass(frozen=True)
class System:
    firmware: str
    rtos: str
    states: dict[str, str]         # as we show them, in the order of the list
    stock_states: dict[str, str]   # as stock does
    stock_finds: bool = True       # threads
    stock_frames: bool = True      # knows the frames, so that its backtraces are right


FREERTOS = {"IDLE": "State: Ready", "blinky": "State: Running", "worker": "State: Ready", "sensor": "State: Blocked",
            "logger": "State: Suspended", "filter": "State: Blocked", "finished": "State: Deleted"}
# Stock has a word only for the task that runs.
FREERTOS_STOCK = {name: "State: Running" if name == "blinky" else "" for name in FREERTOS}
THREADX = {"blinky": "State: Ready", "worker": "State: Ready", "sensor": "State: Sleeping", "logger": "State: Suspended",
           "filter": "State: Waiting - Queue", "finished": "State: Completed", "idle": "State: Ready"}
THREADX5 = {name: state for name, state in THREADX.items() if name != "filter"}
ZEPHYR = {"finished": "State: Dead, prio:-2,useropts:0", "filter": "State: Pending, prio:-2,useropts:0",
          "logger": "State: Suspended, prio:-1,useropts:0", "sensor": "State: Sleeping, prio:2,useropts:0",
          "worker": "State: Ready, prio:5,useropts:0", "blinky": "State: Running, prio:5,useropts:0",
          "idle": "State: Ready, prio:15,useropts:0"}
# Stock shows no state of a Zephyr thread.
ZEPHYR_STOCK = {name: text.split(", ")[1] for name, text in ZEPHYR.items()}


def without_filter(states):
    return {name: text for name, text in states.items() if name != "filter"}


SYSTEMS = [
    System("freertos_like", "FreeRTOS", FREERTOS, FREERTOS_STOCK),
    # Stock: "uxTopUsedPriority is not defined, consult the OpenOCD manual for a work-around".
    System("freertos_like_no_top", "FreeRTOS", FREERTOS, {}, stock_finds=False),
    System("threadx5_like", "ThreadX", THREADX5, THREADX5),
    # Stock knows only version 5's frame, without EXC_RETURN.
    System("threadx_like", "ThreadX", THREADX, THREADX, stock_frames=False),
    System("zephyr_like", "Zephyr", without_filter(ZEPHYR), without_filter(ZEPHYR_STOCK)),
    # Stock takes every frame for one with FPU registers as soon as the table has a place for them.
    System("zephyr_like_fpu", "Zephyr", ZEPHYR, ZEPHYR_STOCK, stock_frames=False),
]


@dataclass
class Seen:
    text: str
    threads: dict[str, str]        # name → what is behind it
    chains: dict[str, list[str]]   # name → functions, innermost first
    current: str


def board_with(vboard, folder, firmware) -> Vboard:
    image = folder / f"{CHIP}.flash"
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "--gap-fill", "0xff", FIRMWARE / f"{firmware}.elf", image], check=True)
    image.write_bytes(image.read_bytes().ljust(1 << 20, b"\xff"))
    return vboard(CHIP)


def gdb(server: GdbServer, firmware: str, *commands: str) -> str:
    words = [*GDB, "-batch", FIRMWARE / f"{firmware}.elf", "-ex", f"target extended-remote localhost:{server.port}",
             "-ex", "monitor reset halt", "-ex", "break settled", "-ex", "continue"]
    for command in commands:
        words += ["-ex", command]
    done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=120, errors="replace")
    return done.stdout


THREAD = re.compile(r'^(\*?) +(\d+) +Thread \d+ (?:"[^"]*" )?\(Name: ([^,)]+)(?:, ([^)]*))?\)', re.MULTILINE)
INSIDE = {"switch_threads", "move_to", "wait_in"}  # of the schedulers
BACKTRACE = re.compile(r"^Thread (\d+) \(Thread [^\n]*\n((?:(?:#|warning).*\n?)*)", re.MULTILINE)
FRAME = re.compile(r"^#\d+ +(?:0x[0-9a-f]+ in )?(\w+) \(", re.MULTILINE)


def look(server: GdbServer, firmware: str, *commands: str) -> Seen:
    text = gdb(server, firmware, "info threads", "thread apply all bt", *commands)
    numbers, threads, current = {}, {}, ""
    for star, number, name, behind in THREAD.findall(text):
        numbers[number] = name
        threads[name] = behind
        if star:
            current = name
    chains = {numbers[n]: [f for f in FRAME.findall(frames) if f not in INSIDE]
              for n, frames in BACKTRACE.findall(text) if n in numbers}
    return Seen(text, threads, chains, current)


@pytest.fixture
def server(request):
    servers = []

    def start(who, board, rtos):
        servers.append(GdbServer(who, board, HLA_V2_1, f"$_TARGETNAME configure -rtos {rtos}"))
        return servers[-1]

    yield start
    for one in servers:
        one.stop()


def check(seen: Seen, states: dict[str, str], frames: bool):
    assert seen.threads == states, seen.text
    assert seen.current == "blinky", seen.text
    if frames:
        assert seen.chains == {name: CHAINS[name] for name in states}, seen.text


@pytest.mark.parametrize("named", [False, True], ids=["auto", "named"])
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.firmware)
def test_stock_sees_the_threads(vboard, tmp_path, server, system, named):
    board = board_with(vboard, tmp_path, system.firmware)
    stock = server("stock", board, system.rtos if named else "auto")
    seen = look(stock, system.firmware)
    if system.stock_finds:
        check(seen, system.stock_states, system.stock_frames)
    else:
        assert "uxTopUsedPriority is not defined" in stock.log()


@pytest.mark.parametrize("named", [False, True], ids=["auto", "named"])
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.firmware)
def test_we_see_the_threads(vboard, tmp_path, server, system, named):
    board = board_with(vboard, tmp_path, system.firmware)
    seen = look(server("ours", board, system.rtos if named else "auto"), system.firmware)
    check(seen, system.states, True)


REGISTER = re.compile(r"^(r\d+|sp|lr|pc) +(0x[0-9a-f]+)", re.MULTILINE)


def registers_of_all(text: str) -> dict[str, dict[str, str]]:
    """What `thread apply all info registers` printed, by the thread's id (GDB's numbers follow the order of the server's list)."""
    pieces = re.split(r"^Thread \d+ \(Thread (\d+).*$", text, flags=re.MULTILINE)[1:]
    return {number: dict(REGISTER.findall(piece)) for number, piece in zip(pieces[::2], pieces[1::2])}


@pytest.mark.parametrize("firmware,rtos", [("freertos_like", "FreeRTOS"), ("threadx5_like", "ThreadX"), ("zephyr_like", "Zephyr")])
def test_registers_equal_stocks(vboard, tmp_path, server, firmware, rtos):
    seen = []
    for who in ("stock", "ours"):
        folder = tmp_path / who
        folder.mkdir()
        board = board_with(lambda chip: Vboard(folder, chip), folder, firmware)
        try:
            one = server(who, board, rtos)
            seen.append(registers_of_all(gdb(one, firmware, "thread apply all info registers")))
            one.stop()
        finally:
            board.stop()
    stock, ours = seen
    assert len(stock) >= 6 and all(len(registers) == 16 for registers in stock.values()), stock
    assert ours == stock


@pytest.mark.parametrize("firmware,rtos", [("freertos_like", "FreeRTOS"), ("threadx_like", "ThreadX"), ("zephyr_like_fpu", "Zephyr")])
def test_fpu_registers_of_a_thread_that_waits(vboard, tmp_path, server, firmware, rtos):
    board = board_with(vboard, tmp_path, firmware)
    ours = server("ours", board, rtos)
    # The core's own are made different first: they may still hold what the thread had.
    text = gdb(ours, firmware, *(f"set var ${name} = 9" for name in ("s0", "s16", "s31")),
               "thread apply all -q printf \"%g %g %g\\n\", $s0, $s16, $s31")
    assert text.count("\n9 9 9\n") == 1, text
    assert text.count("\n0.25 1.5 16.5\n") == 1, text


def test_systems_are_chosen_by_name(tmp_path):
    """As stock 0.12.0 answers, but that we tell what was chosen, and our list is of what runs on a Cortex-M."""
    words = ["stm32f4x.cpu configure -rtos nonsense", "stm32f4x.cpu cget -rtos", "stm32f4x.cpu configure -rtos FreeRTOS",
             "stm32f4x.cpu cget -rtos", "stm32f4x.cpu configure -rtos auto", "stm32f4x.cpu cget -rtos"]
    result = Bench(tmp_path / "ours").run(*(f'puts "<[catch {{{word}}} text] $text>"' for word in words), "shutdown")
    assert re.findall("^<(.*)>$", result.text, re.MULTILINE) == [
        "1 Unknown RTOS type nonsense, try one of: ThreadX, FreeRTOS, chibios, nuttx, RIOT, Zephyr, RTX5, hwthread, auto or none",
        "0 ", "0 ", "0 FreeRTOS", "0 ", "0 auto"]
    assert Bench(tmp_path / "once").run("stm32f4x.cpu configure -rtos nonsense", "init", "shutdown").status == 1
