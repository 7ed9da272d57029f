"""An ordinary user without the udev rule, and with it as our advice installs it; test_program.py has the package's."""
import re

import pytest
from sessions import CHIP, PROBES, holds, image, program

from support.firmware import firmware

RULE = "/lib/udev/rules.d/60-probity.rules"
CONTENT = firmware(3000, seed=4)


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
