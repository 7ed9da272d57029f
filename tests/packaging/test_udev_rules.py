"""The udev rules name the probes that the program drives, and give them away in a way that works."""
import re

from support.probity import SOURCE

RULES = SOURCE / "contrib/60-probity.rules"
LINES = [line for line in RULES.read_text().splitlines() if line and not line.startswith("#")]


def test_uaccess_wants_a_number_below_73():
    assert int(RULES.name.split("-")[0]) < 73


def test_every_line_is_matches_and_assignments():
    item = r'[A-Z]+(\{\w+\})?(==|!=|=|\+=)"[^"]*"'
    for line in LINES:
        assert re.fullmatch(rf"{item}(, {item})*", line), line
    labels = re.findall(r'LABEL="(\w+)"', "\n".join(LINES))
    assert set(re.findall(r'GOTO="(\w+)"', "\n".join(LINES))) == set(labels)


def test_st_links_are_those_that_are_driven():
    driven = set(re.findall(r"Model\{0x([0-9A-F]{4}),", (SOURCE / "src/adapter/stlink/protocol.hpp").read_text()))
    assert "3748" in driven
    products = re.search(r'ATTR\{idVendor\}=="0483", ATTR\{idProduct\}=="([0-9a-f|]+)"', RULES.read_text())[1]
    assert set(products.upper().split("|")) == driven


def test_what_is_granted():
    assert [line for line in LINES if "MODE" in line] == ['MODE="0660", GROUP="plugdev", TAG+="uaccess"']
