"""The package comes and goes; that it programs between is shown by all the others."""
from sessions import INSTALL, REMOVE, STOCK


def test_removed_without_a_trace(guest, before, package):
    ours = guest.check("openocd", "--version")
    assert "Probity" in ours and "Probity" not in before.version
    try:
        guest.check(*REMOVE, "probity")
        assert guest.changed() - {STOCK} == before.changed  # it went and came back, so the RAM disk has it now
        assert guest.check("sha256sum", STOCK) == before.stock
        assert guest.check("openocd", "--version") == before.version
    finally:
        guest.check(*INSTALL, package)
    assert guest.check("openocd", "--version") == ours
