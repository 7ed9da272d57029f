"""The man pages: whole, and clean for the formatter."""
import re
import subprocess

import pytest

from support.probity import BUILD, SOURCE, run

FOLDER = BUILD.parent / "share/man/man1"


def groff(page, *options) -> subprocess.CompletedProcess:
    return subprocess.run(["groff", "-man", *options, FOLDER / page], text=True, capture_output=True, check=True)


def rendered(page) -> str:
    """The page on a terminal that is wide enough for every line; runs of spaces are one."""
    text = groff(page, "-Tutf8", "-Kutf8", "-P-cbou", "-rLL=9999n").stdout.replace("\u2212", "-").replace("\u2010", "-")
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


@pytest.mark.parametrize("page", ["probity.1", "vboard.1"])
def test_the_formatter_has_no_complaint(page):
    assert groff(page, "-ww", "-z").stderr == ""
    assert "@" not in re.sub(r"\w@\w", "", (FOLDER / page).read_text())  # every mark was filled in


def test_every_command_with_usage_mode_and_help():
    page = rendered("probity.1").splitlines()
    entry = None
    missing, seen = [], 0
    for line in run("-c", "help", "-c", "shutdown").lines[2:-1]:
        indent = len(line) - len(line.lstrip())
        if indent < 6:  # the name and the beginning of the usage
            text = " ".join(line.split())
            seen += 1
            entry = next((i for i, shown in enumerate(page) if shown.startswith(text)), None)
            if entry is None:
                missing.append(text)
    assert seen > 100 and missing == []
    modes = {"(configuration command)": "(config)", "(command valid any time)": "(any)"}
    speed = page.index("adapter speed [khz]")
    help_text = " ".join(" ".join(run("-c", "help adapter speed", "-c", "shutdown").lines[3:-1]).split())
    for long, short in modes.items():
        help_text = help_text.replace(long, short)
    assert page[speed + 1] == help_text


def test_every_option():
    page = rendered("probity.1")
    for line in run("--help").lines[2:]:
        name, letter, text = re.match(r"(--[\w-]+)\s+(?:\| (-\w))?\s+(.*)", line).groups()
        assert re.search(rf"^({letter}\b.*, )?{name}\b.*\n{re.escape(text)}$", page, re.MULTILINE), line


def test_every_option_of_vboard():
    page = rendered("vboard.1")
    options = re.findall(r"^  (--\S+(?: \S+)*)  +(.*)", run("--help", program="vboard").text, re.MULTILINE)
    assert len(options) > 5
    for words, text in options:
        # A short tag has its text on the same line.
        assert re.search(rf"^{re.escape(words)}\s{re.escape(' '.join(text.split()))}", page, re.MULTILINE), words


def test_every_word_of_a_virtual_board():
    page = rendered("probity.1").splitlines()
    refusal = run("--virtual", "stm32f407vg,nonsense", "-c", "shutdown").errors()
    for word in refusal.split("after the chip come ")[1].split(", "):
        assert word in page


def test_every_variable_that_the_program_reads():
    page = rendered("probity.1")
    read = set()
    for file in (SOURCE / "src").rglob("*.cpp"):
        read |= set(re.findall(r'\b(?:getenv|variable)\("([A-Z_]+)"\)', file.read_text()))
    assert {"PROBITY_VIRTUAL", "OPENOCD_SCRIPTS"} <= read
    for name in read:
        assert re.search(rf"^([A-Z_]+, )*{name}(, [A-Z_]+)*$", page, re.MULTILINE), name
