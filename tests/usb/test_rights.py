"""An ordinary user, without and with the udev rule."""
import re

import pytest
from sessions import CHIP, PROBES, holds, image, program

from support.firmware import firmware

USER = "bench"
RULE = "/lib/udev/rules.d/60-probity.rules"
CONTENT = firmware(3000, seed=4)


@pytest.fixture
def user(guest):
    """A user as Debian's installer makes them: in group plugdev, and nothing more."""
    guest.check("sh", "-c", f"id {USER} 2>/dev/null || useradd --groups plugdev {USER}")
    return USER


@pytest.fixture
def no_rule(guest):
    guest.check("sh", "-c", f"mv {RULE} /run/ && udevadm control --reload")
    yield
    guest.check("sh", "-c", f"mv /run/{RULE.rsplit('/', 1)[1]} {RULE}; rm -f /etc/udev/rules.d/*; udevadm control --reload")


@pytest.mark.parametrize("probe", ["stlink-v2-1", "cmsis-dap-v1", "cmsis-dap-v2"])
def test_without_and_with_the_rule(rack, guest, shared, user, no_rule, probe):
    board = rack(f"{CHIP},probe={probe}")
    path = image(shared, CONTENT)
    refused = guest.run(*program(PROBES[probe], path), user=user)
    assert refused.status == 1
    advice = re.search(r"sudo (install .*60-probity\.rules .*)$", refused.text, re.MULTILINE)
    assert advice, refused.text
    guest.check("sh", "-c", advice[1].replace("sudo ", "") + " && udevadm settle")
    guest.check(*program(PROBES[probe], path), user=user)
    assert holds(board.flash(), CONTENT)


@pytest.mark.parametrize("probe", PROBES)
def test_installed_rule_is_enough(rack, guest, shared, user, probe):
    board = rack(f"{CHIP},probe={probe}")
    guest.check(*program(PROBES[probe], image(shared, CONTENT)), user=user)
    assert holds(board.flash(), CONTENT)
