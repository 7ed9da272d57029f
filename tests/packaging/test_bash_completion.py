"""The completion for bash, asked as bash asks it: words and cursor in, COMPREPLY out."""
import os
import pathlib
import re
import shlex
import subprocess

import pytest

from support.probity import BUILD, run

COMPLETION = BUILD.parent / "share/bash-completion/completions/probity"
LIBRARY = pathlib.Path("/usr/share/bash-completion/bash_completion")
# Prints one answer a line; readline's own splitting of the line into words is redone by _init_completion from COMP_WORDS.
ASK = """
source {library}; source {file}
compopt() {{ :; }}  # readline's; there is no completion in progress
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
COMP_LINE={line}; COMP_POINT=${{#COMP_LINE}}
complete -p "${{COMP_WORDS[0]}}" | grep -q -- '-F _probity ' || {{ echo "no completion for it" >&2; exit 1; }}
_probity && for answer in "${{COMPREPLY[@]}}"; do printf '%s\\n' "$answer"; done
"""


@pytest.fixture
def ask(tmp_path):
    """Answers to a line whose last word is under the cursor. `words`: how readline splits it, where not at spaces."""
    (tmp_path / "board.cfg").touch()
    (tmp_path / "firmware.elf").touch()
    (tmp_path / "notes.txt").touch()

    def asked(line, words=None, **variables):
        script = ASK.format(library=LIBRARY, file=COMPLETION, line=shlex.quote(line),
                            words=" ".join(map(shlex.quote, words or line.split(" "))))
        environment = {"PATH": f"{BUILD}:{os.environ['PATH']}", "HOME": str(tmp_path)} | variables
        done = subprocess.run(["bash", "--noprofile", "--norc", "-c", script], cwd=tmp_path, env=environment, text=True,
                              capture_output=True, timeout=20)
        assert done.stderr == ""
        return done.stdout.splitlines()

    return asked


def test_options_are_all_of_help(ask):
    offered = ask("openocd -")
    for line in run("--help").lines[2:]:
        for word in line.split()[:3]:
            assert not word.startswith("-") or word in offered
    assert ask("probity --vi") == ["--virtual"]


def test_scripts_come_from_the_search_path_and_from_here(ask, tmp_path):
    assert "interface/stlink.cfg" in ask("openocd -f interface/st")
    assert ask("openocd --file target/stm32f4") == ["target/stm32f4x.cfg"]
    here = ask("openocd -f ")
    assert {"board.cfg", "interface/", "target/"} <= set(here) and "notes.txt" not in here
    mine = tmp_path / "mine" / "board"
    mine.mkdir(parents=True)
    (mine / "of mine.cfg").touch()
    assert ask("openocd -s mine -f board/of") == ["board/of mine.cfg"]
    assert ask("openocd -f board/of", OPENOCD_SCRIPTS=str(mine.parent)) == ["board/of mine.cfg"]
    assert ask("openocd --file=target/stm32f4", ["openocd", "--file", "=", "target/stm32f4"]) == ["target/stm32f4x.cfg"]


def test_commands_also_behind_others_in_the_same_word(ask):
    assert ask('openocd -c "flash write_i', ["openocd", "-c", '"flash write_i'])[0] == "flash write_image "
    assert ask("openocd -c 'init; shutd", ["openocd", "-c", "'init; shutd"])[0] == "init; shutdown "
    assert ask('openocd -c "reset_config; dap na', ["openocd", "-c", '"reset_config; dap na']) == ["reset_config; dap names"]
    assert ask("openocd -c fla")[0] == r"flash\ bank"
    assert ask('openocd -c "program fi', ["openocd", "-c", '"program fi'])[0] == "program firmware.elf "


def test_every_command_is_offered(ask):
    offered = {name.strip() for name in ask('openocd -c "', ["openocd", "-c", '"'])}
    helped = [line.strip() for line in run("-c", "usage", "-c", "shutdown").lines[2:] if not line.startswith(" " * 10)]
    assert len(helped) > 100
    # A line is a command with its usage, or the head of a group.
    missing = [line for line in helped[:-1] if not any(f"{line} ".startswith(f"{name} ") or name.startswith(f"{line} ") for name in offered)]
    assert missing == []


def test_virtual_boards(ask):
    assert ask("probity --virtual stm32f407v") == ["stm32f407ve", "stm32f407vg"]
    assert "stm32f407vg,dual-bank" in ask("probity --virtual stm32f407vg,")
    # '=' parts words for readline: the answer is what comes behind it.
    head = ["probity", "--virtual"]
    assert ask("probity --virtual stm32f407vg,probe=cmsis-dap-v1",
               [*head, "stm32f407vg,probe", "=", "cmsis-dap-v1"]) == ["cmsis-dap-v1"]
    assert ask("probity --virtual stm32f407vg,flash=firm", [*head, "stm32f407vg,flash", "=", "firm"]) == ["firmware.elf"]


def test_the_words_of_a_virtual_board_are_those_it_takes(ask):
    offered = {word.split(",")[1].split("=")[0] for word in ask("probity --virtual stm32f407vg,")}
    refusal = run("--virtual", "stm32f407vg,nonsense", "-c", "shutdown").errors()
    taken = {re.sub(r":.*", ":", word.split("=")[0]) for word in refusal.split("after the chip come ")[1].split(", ")}
    assert offered == taken
