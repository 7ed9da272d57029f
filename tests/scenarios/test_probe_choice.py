"""Several probes on one machine: which one is meant, and what is said when that is not clear."""
import re

import pytest

from support.firmware import firmware
from support.probity import run

STLINK = ["-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg"]
CMSIS_DAP = ["-f", "interface/cmsis-dap.cfg", "-c", "transport select swd", "-f", "target/stm32f4x.cfg"]


class Desk:
    """Boards on one bus: (probe, serial) each, with a flash file of its own."""

    def __init__(self, folder, *boards):
        self.folder = folder
        self.files = [folder / f"board{n}.flash" for n in range(len(boards))]
        self.virtual = ";".join(f"stm32f407vg,probe={probe},serial={serial},flash={file}"
                                for (probe, serial), file in zip(boards, self.files))

    def run(self, *words):
        return run("--virtual", self.virtual, *words, cwd=self.folder)

    def program(self, configuration, *choice, image="a.bin"):
        words = list(configuration)
        for command in choice:
            words[2:2] = ["-c", command]
        return self.run(*words, "-c", f"program {image} 0x08000000 verify reset exit")

    def programmed(self, image):
        """The boards whose flash begins with the image."""
        return [n for n, file in enumerate(self.files) if file.exists() and file.read_bytes().startswith(image)]


@pytest.fixture
def image(tmp_path):
    content = firmware(3000)
    (tmp_path / "a.bin").write_bytes(content)
    return content


@pytest.fixture
def two_stlinks(tmp_path):
    return Desk(tmp_path, ("stlink-v2-1", "0669FF515055657867214418"), ("stlink-v2-1", "066DFF3833584B3043115433"))


@pytest.mark.parametrize("choice, board", [
    ("adapter serial 0669", 0),
    ("adapter serial 066d", 1),
    ("hla_serial 066DFF3833584B3043115433", 1),
    ("st-link serial 0669FF", 0),
    ("adapter usb location {location}", 1),
])
def test_stlink_chosen(two_stlinks, image, choice, board):
    if "{location}" in choice:
        listed = two_stlinks.run("-c", "adapter list-probes", "-c", "exit").text
        choice = choice.format(location=re.search(r"usb (\S+)\s+serial 066DFF", listed)[1])
    result = two_stlinks.program(STLINK, choice)
    assert result.status == 0, result.text
    assert two_stlinks.programmed(image) == [board]


def test_without_a_choice_both_are_listed_and_nothing_is_done(two_stlinks, image):
    result = two_stlinks.program(STLINK)
    assert result.status == 1
    assert "2 probes fit (ST-LINK); choose one:" in result.text
    for serial in ("0669FF515055657867214418", "066DFF3833584B3043115433"):
        assert re.search(rf"ST-LINK 0483:374b at \S+, .*serial {serial}", result.text), result.text
        assert re.search(rf"adapter serial {serial}  or  adapter usb location \d", result.text), result.text
    assert two_stlinks.programmed(image) == []


def test_a_beginning_that_both_have(two_stlinks, image):
    result = two_stlinks.program(STLINK, "adapter serial 066")
    assert result.status == 1
    assert "2 probes fit (ST-LINK with serial 066)" in result.text
    assert two_stlinks.programmed(image) == []


def test_no_such_serial(two_stlinks):
    result = two_stlinks.run("-c", "adapter serial 99", *STLINK, "-c", "init")
    assert result.status == 1
    assert "looked for ST-LINK with serial 99" in result.text
    assert "0669FF515055657867214418" in result.text


@pytest.mark.parametrize("choice, board", [("adapter serial aa", 0), ("cmsis_dap_serial BB", 1)])
def test_cmsis_dap_of_either_version_chosen(tmp_path, image, choice, board):
    desk = Desk(tmp_path, ("cmsis-dap-v1", "AA11"), ("cmsis-dap-v2", "BB22"))
    result = desk.program(CMSIS_DAP, choice)
    assert result.status == 0, result.text
    assert desk.programmed(image) == [board]


def test_cmsis_dap_without_a_choice(tmp_path, image):
    desk = Desk(tmp_path, ("cmsis-dap-v1", "AA11"), ("cmsis-dap-v2", "BB22"))
    result = desk.program(CMSIS_DAP)
    assert result.status == 1
    assert "2 probes fit (CMSIS-DAP); choose one:" in result.text
    assert "adapter serial AA11" in result.text and "adapter serial BB22" in result.text


@pytest.mark.parametrize("words", [["-c", "adapter list-probes", "-c", "exit"], ["--list-probes"]])
def test_list_probes_without_any_configuration(tmp_path, words):
    result = run("--virtual", "stm32f407vg", *words, cwd=tmp_path)
    assert result.status == 0, result.text
    rows = [line for line in result.lines if " usb " in line]
    assert len(rows) == 2
    assert re.match(r"ST-LINK/V2-1 +0483:374b +usb \S+ +serial \w+ +firmware V2J37M26 +3\.30 V +free$", rows[0])
    assert re.match(r"CMSIS-DAP/v2 +c251:f00a +usb \S+ +serial \w+ +firmware \S+ +- V +free$", rows[1])


def test_list_probes_of_a_session(tmp_path):
    result = run("--virtual", "stm32f407vg", *STLINK, "-c", "init; echo [adapter list-probes]; shutdown", cwd=tmp_path)
    assert result.status == 0, result.text
    assert re.search(r"ST-LINK/V2-1 .* 3\.30 V +held by this process\n", result.text)
    assert re.search(r"CMSIS-DAP/v2 .* free\n", result.text)
