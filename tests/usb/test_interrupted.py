"""Programs that are in each other's way, killed, or lose their probe."""
import random
import re
import time

import pytest
from sessions import CHIP, CMSIS_DAP, PROBES, STLINK, TARGET, holds, image, program

from support.firmware import firmware

CONTENT = firmware(40000, seed=9)
LONG = firmware(500000, seed=11)  # seconds of work, so that whatever comes in its middle does


@pytest.mark.parametrize("probe", ["stlink-v2-1", "cmsis-dap-v1", "cmsis-dap-v2"])
def test_a_held_probe_names_its_holder(rack, guest, shared, probe):
    rack(f"{CHIP},probe={probe}")
    first = guest.start("openocd", *PROBES[probe], *TARGET, "-c", "init; echo ready-now; sleep 30000; shutdown")
    pid = wait_for_process(guest)
    wait_until_held(guest)
    second = guest.run(*program(PROBES[probe], image(shared, CONTENT)))
    listed = guest.check("openocd", "-c", "adapter list-probes", "-c", "exit")
    guest.kill(pid)
    first.result()
    assert second.status == 1
    assert re.search(rf"\bopenocd|probity\b.*\b{pid}\b", second.text), second.text
    assert pid in listed and "free" not in listed, listed


@pytest.mark.parametrize("probe, times", [("stlink-v2-1", 20), ("cmsis-dap-v1", 3), ("cmsis-dap-v2", 3)])
def test_killed_at_random_moments(rack, guest, shared, probe, times):
    """kill -9 in the middle of a run that has something to program, then another run without replugging."""
    board = rack(f"{CHIP},probe={probe}")
    contents = [firmware(16000, seed=seed) for seed in (9, 10)]
    paths = [image(shared, content, name) for content, name in zip(contents, ("even.elf", "odd.elf"))]
    started = time.monotonic()
    guest.check(*program(PROBES[probe], paths[1]))
    whole = time.monotonic() - started
    moments = random.Random(probe)
    killed = runs = 0
    while killed < times:
        runs += 1
        assert runs < 3 * times, f"only {killed} of {runs} runs were still going when they were to be killed"
        seconds = f"{moments.uniform(0.1, 0.9) * whole:.2f}"
        interrupted = guest.run("timeout", "--signal=KILL", seconds, *program(PROBES[probe], paths[runs % 2]))
        killed += interrupted.status in (-9, 137)
        text = guest.check(*program(PROBES[probe], paths[runs % 2]))
        assert text.count("** Verified OK **") == 1
        assert holds(board.flash(), contents[runs % 2])


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP"])
def test_a_signal_leaves_the_probe_free(rack, guest, shared, name):
    board = rack(f"{CHIP},probe=stlink-v2-1")
    path = image(shared, LONG)
    first = guest.start(*program(STLINK, path))
    pid = wait_for_process(guest)
    wait_until_held(guest)
    guest.kill(pid, name)
    ended = first.result()
    assert ended.status != 0, ended.text
    guest.check(*program(STLINK, path))
    assert holds(board.flash(), LONG)


@pytest.mark.parametrize("probe", ["stlink-v2-1", "cmsis-dap-v1", "cmsis-dap-v2"])
def test_unplugged_in_the_middle(rack, guest, shared, probe):
    board = rack(f"{CHIP},probe={probe}")
    path = image(shared, LONG)
    first = guest.start(*program(PROBES[probe], path))
    wait_for_process(guest)
    wait_until_held(guest)
    board.unplug(0)
    ended = first.result()
    assert ended.status == 1, ended.text
    assert "** Verified OK **" not in ended.text
    assert "unplugged" in ended.text, ended.text
    board.replug(0)
    guest.check(*program(PROBES[probe], path))
    assert holds(board.flash(), LONG)


def wait_for_process(guest) -> str:
    """The id of our running program in the guest."""
    return guest.check("sh", "-c", "until pidof -s probity openocd; do sleep 0.05; done").strip()


def wait_until_held(guest):
    """Until a process has the probe's node open for longer than a look at its strings."""
    guest.check("sh", "-c", "until ls -l /proc/[0-9]*/fd 2>/dev/null | grep -Eq '/dev/(bus/usb|hidraw)'; do sleep 0.05; done; sleep 0.3")
