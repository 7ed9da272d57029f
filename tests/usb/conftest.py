"""Fixtures of the tests in the guest: one machine for the whole run, a rack of boards for each test."""
import pathlib
import tempfile
from dataclasses import dataclass

import pytest
from guest import Guest
from rack import Rack
from sessions import INSTALL, STOCK, USER

from support.probity import BUILD

# What udev would learn from other programs' packages is not what is tested here.
FOREIGN_RULES = "rm -f /lib/udev/rules.d/*openocd* /lib/udev/rules.d/*stlink* /etc/udev/rules.d/*"


@pytest.fixture(scope="session")
def shared():
    """A folder that every user may read, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="probity-usb-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def bare_guest(tmp_path_factory, shared):
    """The machine with udev at work (for what is attached from now on) and none of our files installed."""
    guest = Guest(tmp_path_factory.mktemp("guest"), shared)
    try:
        guest.check("sh", "-c", f"{FOREIGN_RULES}; /lib/systemd/systemd-udevd --daemon && udevadm settle")
        yield guest
    finally:
        guest.close()


@pytest.fixture(scope="session")
def package() -> pathlib.Path:
    """The .deb of this build."""
    found = sorted(BUILD.parent.glob("probity_*.deb"))
    assert len(found) == 1, f"one package is wanted in {BUILD.parent}, there are {found}; make it with: ninja package"
    return found[0]


@dataclass
class Before:
    """The machine without our package."""
    changed: set[str]  # files other than on the disk it began with
    version: str       # what `openocd --version` says
    stock: str         # the checksum of stock OpenOCD


@pytest.fixture(scope="session")
def before(bare_guest) -> Before:
    return Before(bare_guest.changed(), bare_guest.check("openocd", "--version"),
                  bare_guest.check("sha256sum", STOCK))


@pytest.fixture(scope="session")
def guest(bare_guest, before, package):
    """The machine with our package installed."""
    bare_guest.check(*INSTALL, package)
    return bare_guest


@pytest.fixture(scope="session")
def user(guest) -> str:
    """A user as Debian's installer makes them: in group plugdev, and nothing more."""
    guest.check("useradd", "--groups", "plugdev", USER)
    return USER


@pytest.fixture
def rack(request, shared, tmp_path_factory):
    """Puts virtual boards on the guest's USB (see Rack); they leave with the test."""
    racks = []
    folder = tmp_path_factory.mktemp("rack")

    def start(*specs, guest=None):
        racks.append(Rack(guest or request.getfixturevalue("guest"), folder, *specs))
        return racks[-1]

    yield start
    for one in racks:
        one.close()
