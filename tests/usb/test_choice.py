"""Two boards on one desk."""
import pytest
from rack import Rack
from sessions import CHIP, STLINK, holds, image, program

from support.firmware import firmware

FIRST, SECOND = "0667FF485550755187121111", "066BFF555052836687052222"


BINARY = "50FF6C065078495331320187"


@pytest.fixture(scope="module")
def two(guest, tmp_path_factory):
    """Two boards for several tests in turn."""
    rack = Rack(guest, tmp_path_factory.mktemp("two"), f"{CHIP},probe=stlink-v2-1,serial={FIRST}",
                f"{CHIP},probe=stlink-v2,serial=hex:{BINARY}")
    yield rack
    rack.close()


@pytest.mark.parametrize("seed, words, chosen", [
    (1, "adapter serial 0667", 0),
    (2, "adapter serial 50ff6C", 1),
    (3, "hla_serial 066", 0),
    (4, "adapter usb location 1-2", 1),
    (5, "adapter usb location 1-1", 0),
    (6, "hla_vid_pid 0x0483 0x3748", 1),
])
def test_chosen(two, guest, shared, seed, words, chosen):
    content = firmware(600, seed=seed)
    guest.check(*program(STLINK, image(shared, content), words))
    assert holds(two.flash(chosen), content)
    assert not holds(two.flash(1 - chosen), content)


def test_not_chosen(two, guest, shared):
    done = guest.run(*program(STLINK, image(shared, firmware(600))))
    assert done.status == 1
    for fact in (FIRST, BINARY, "1-1", "1-2", "adapter serial"):
        assert fact in done.text, done.text
    two.close()  # the next test has boards of its own


def test_chosen_by_a_prefix_of_both(rack, guest, shared):
    rack(f"{CHIP},probe=stlink-v2-1,serial={FIRST}", f"{CHIP},probe=stlink-v2-1,serial={SECOND}")
    done = guest.run(*program(STLINK, image(shared, firmware(600)), "adapter serial 066"))
    assert done.status == 1
    assert FIRST in done.text and SECOND in done.text
    guest.check(*program(STLINK, image(shared, firmware(600)), "adapter serial 066b"))


def test_list_probes(rack, guest):
    rack(f"{CHIP},probe=stlink-v2-1,serial={FIRST}", f"{CHIP},probe=stlink-v3", f"{CHIP},probe=cmsis-dap-v1",
         f"{CHIP},probe=cmsis-dap-v2,voltage=1800")
    text = guest.check("openocd", "-c", "adapter list-probes", "-c", "exit")
    rows = {place: row for row in text.splitlines() for place in ("1-1", "1-2", "1-3", "1-4") if f" {place} " in row}
    assert len(rows) == 4, text
    assert FIRST in rows["1-1"] and "V2J37" in rows["1-1"] and "3.3" in rows["1-1"] and "free" in rows["1-1"]
    assert "V3J10" in rows["1-2"]
    assert "CMSIS-DAP" in rows["1-3"] and "CMSIS-DAP" in rows["1-4"]
