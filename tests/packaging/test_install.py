"""`cmake --install`: what arrives, and that it works from there."""
import os
import re
import subprocess

import pytest

from support.probity import BUILD, SOURCE

BESIDE = [
    "bin/vboard", "lib/udev/rules.d/60-probity.rules", "share/probity/60-probity.rules", "share/doc/probity/copyright",
    "share/man/man1/probity.1", "share/man/man1/vboard.1", "share/doc/probity/probity.html", "share/zsh/site-functions/_probity",
    "share/bash-completion/completions/probity", "share/bash-completion/completions/openocd",
]


@pytest.mark.parametrize("prefix, staged", [("/usr", True), ("/usr/local", True), ("opt/probity", False)])
def test_an_installed_program_finds_its_scripts(tmp_path, prefix, staged):
    place = tmp_path / prefix.lstrip("/")
    environment = os.environ | ({"DESTDIR": str(tmp_path)} if staged else {})
    subprocess.run(["cmake", "--install", BUILD.parent, "--prefix", prefix if staged else place], env=environment, check=True,
                   capture_output=True)
    assert [file for file in BESIDE if not (place / file).is_file()] == []
    for ours, there in (("tcl/board", "board"), ("target", "target"), ("interface", "interface")):
        expected = sorted(file.name for file in (SOURCE / ours).iterdir())
        assert sorted(file.name for file in (place / "share/probity/scripts" / there).iterdir()) == expected
    flash = tmp_path / "flash"
    done = subprocess.run([place / "bin/openocd", "--virtual", f"stm32f407vg,flash={flash}", "-f", "interface/stlink.cfg",
                           "-f", "target/stm32f4x.cfg", "-c", f"program {SOURCE}/contrib/example/blink.elf verify reset exit"],
                          cwd=tmp_path, env={"HOME": "/nonexistent"}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "** Verified OK **" in done.stderr
    assert "Can't find" not in done.stderr and flash.exists()


def test_the_advice_of_the_program_names_an_installed_file():
    said = re.findall(r'[\w/.-]*\.rules(?=")', "\n".join(f.read_text() for f in (SOURCE / "src").rglob("*.cpp")))
    assert said and {path.split("/")[-1] for path in said} == {"60-probity.rules"}
