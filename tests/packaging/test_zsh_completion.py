"""The completion for zsh, in a real zsh on a pseudo-terminal: lines are typed, TAB is pressed, the lines are looked at."""
import os
import pty
import subprocess

import pytest

from support.probity import BUILD

FOLDER = BUILD.parent / "share/zsh/site-functions"
# All lines are typed into one shell: TAB completes, ^X^P writes the line into a file and begins anew.
SCRIPT = """
zmodload zsh/zpty
zpty shell "PATH=$PATH HOME=$HOME zsh -f -i"
zpty -w shell "PROMPT=; fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -D; setopt no_beep no_auto_menu; bindkey -e"
zpty -w shell 'keep() { print -r -- "$BUFFER" >> lines; BUFFER=; zle .redisplay }; zle -N keep; bindkey "^X^P" keep'
shift
for line; do zpty -w -n shell "$line"$'\\t\\C-x\\C-p'; done
zpty -w shell "exit"
while zpty -r shell output; do :; done
"""
COMPLETED = {
    "openocd --vi": "openocd --virtual=",
    "probity -f target/stm32f4": "probity -f target/stm32f4x.cfg ",
    "probity -f boa": "probity -f board.cfg ",
    "openocd -c 'flash write_i": "openocd -c 'flash write_image ",
    "openocd -c 'init; shutd": "openocd -c 'init; shutdown ",
    "openocd -c 'program firm": "openocd -c 'program firmware.elf ",
    "probity --virtual stm32f777v": "probity --virtual stm32f777vi ",
    "probity --virtual stm32f407vg,pr": "probity --virtual stm32f407vg,probe=",
    "probity --virtual stm32f407vg,probe=cmsis-dap-v1": "probity --virtual stm32f407vg,probe=cmsis-dap-v1 ",
}


def has_terminals() -> bool:
    """Some containers come without /dev/pts."""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError:
        return False
    return True


def test_syntax():
    subprocess.run(["zsh", "-n", FOLDER / "_probity"], check=True)


@pytest.mark.skipif(not has_terminals(), reason="no pseudo-terminals here")
def test_completes(tmp_path):
    (tmp_path / "board.cfg").touch()
    (tmp_path / "firmware.elf").touch()
    environment = {"PATH": f"{BUILD}:{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "dumb"}
    done = subprocess.run(["zsh", "-f", "-c", SCRIPT, "zsh", FOLDER, *COMPLETED], cwd=tmp_path, env=environment, text=True,
                          capture_output=True, timeout=20)
    assert done.stderr == ""
    assert dict(zip(COMPLETED, (tmp_path / "lines").read_text().splitlines())) == COMPLETED
