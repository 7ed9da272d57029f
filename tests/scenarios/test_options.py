"""`option list`, `read` and `write`: the option bytes by name, through the real program."""
import pytest

from support.firmware import firmware, write_elf
from support.probity import Bench

F4 = "stm32f407vg"


def halted(bench, *commands):
    return bench.run("init", "reset halt", *commands, "shutdown")


def option(bench, name, *before):
    """What `option read NAME` returns after a power cycle."""
    result = halted(bench, *before, f"echo [option read {name}]")
    assert result.status == 0, result.text
    return next(int(line, 0) for line in reversed(result.lines) if line.startswith("0x"))


@pytest.mark.parametrize("chip, rows", [
    (F4, ["FLASH_OPTCR (0x40023c14) = 0x", "RDP=0xaa", "FLASH_OPTCR[15:8]", "nWRP11=0x1", "brown-out"]),
    ("stm32f429zi", ["FLASH_OPTCR1 (0x40023c18) = 0x", "BFB2=0x0", "DB1M=0x0", "SPRMOD=0x0", "nWRP23=0x1", "FLASH_OPTCR1[27]"]),
    ("stm32f767zi", ["nDBANK=0x1", "nDBOOT=0x1", "BOOT_ADD0=0x0080", "BOOT_ADD1=0x0040", "FLASH_OPTCR1[31:16]", "IWDG_STOP=0x1"]),
])
def test_list_names_every_field_with_value_place_and_meaning(tmp_path, chip, rows):
    result = halted(Bench(tmp_path, chip), "option list")
    assert result.status == 0, result.text
    for row in rows:
        assert row in result.text, f"{row} is not in:\n{result.text}"


@pytest.mark.parametrize("chip, changes", [
    (F4, {"BOR_LEV": 1, "nRST_STOP": 0, "nWRP3": 0}),
    ("stm32f429zi", {"BFB2": 1, "nWRP13": 0, "RDP": 0x33}),
    ("stm32f767zi", {"BOOT_ADD0": 0x81, "nDBANK": 0, "nWRP11": 0, "IWDG_STDBY": 0}),
])
def test_write_changes_what_is_named_and_nothing_else(tmp_path, chip, changes):
    bench = Bench(tmp_path, chip)
    before = halted(bench, "echo [option read]").text
    words = " ".join(f"{name}={value:#x}" for name, value in changes.items())
    result = halted(bench, f"option write {words}")
    assert result.status == 0, result.text
    assert "option bytes written" in result.text
    after = halted(bench, "echo [option read]").text
    options = [line for line in before.splitlines() if "=0x" in line and " " not in line]
    assert len(options) > 10
    for line in options:
        name, _, value = line.partition("=")
        wanted = changes.get(name, int(value, 0))
        assert f"{name}={wanted:#0{len(value)}x}\n" in after, f"{name} should be {wanted:#x} in:\n{after}"
        if name in changes:
            assert f"{name}: {value} -> {wanted:#0{len(value)}x}" in result.text


def test_a_backup_is_written_first_and_goes_back(tmp_path):
    bench = Bench(tmp_path, F4)
    result = halted(bench, "option write nWRP3=0 nWRP4=0")
    assert "option bytes saved in stm32f4x.flash-options.txt" in result.text
    saved = tmp_path / "stm32f4x.flash-options.txt"
    assert "nWRP3=0x1\n" in saved.read_text()
    again = halted(bench, "option write BOR_LEV=2")
    assert "option bytes saved in stm32f4x.flash-options-2.txt" in again.text
    assert "nWRP3=0x1\n" in saved.read_text(), "the first one is still what it was"
    back = halted(bench, f"option write -no-backup -file {saved.name}")
    assert back.status == 0, back.text
    for line in ("nWRP3: 0x0 -> 0x1", "nWRP4: 0x0 -> 0x1", "BOR_LEV: 0x2 -> 0x3"):
        assert line in back.text
    assert len(list(tmp_path.glob("*options*.txt"))) == 2
    assert "nothing was written" in halted(bench, f"option write -file {saved.name}").text


def test_a_backup_never_overwrites_and_without_one_nothing_happens(tmp_path):
    bench = Bench(tmp_path, F4)
    (tmp_path / "mine.txt").write_text("precious")
    for name in ("mine.txt", "no/such/folder.txt"):
        result = halted(bench, f"option write -backup {name} nWRP0=0")
        assert result.status == 1
        assert f"couldn't write the backup {name}" in result.text
    assert (tmp_path / "mine.txt").read_text() == "precious"
    assert option(bench, "nWRP0") == 1


def test_dry_run_only_shows(tmp_path):
    bench = Bench(tmp_path, F4)
    result = halted(bench, "option write -dry-run nWRP0=0 RDP=0xcc")
    assert result.status == 0, result.text
    assert "nWRP0: 0x1 -> 0x0" in result.text
    assert "RDP: 0xaa -> 0xcc (can never be undone: needs -permanent)" in result.text
    assert option(bench, "nWRP0") == 1
    assert not list(tmp_path.glob("*options*.txt"))


@pytest.mark.parametrize("words, says", [
    ("RDP=0xcc", "RDP: 0xaa -> 0xcc (can never be undone: needs -permanent); nothing was changed"),
    ("-mass-erase RDP=0xcc", "needs -permanent"),
    ("RPD=0x55", "no option 'RPD'; did you mean \"RDP\"?"),
    ("nWRP12=0", "no option 'nWRP12'"),
    ("BOR_LEV=4", "BOR_LEV=0x4: the field has 2 bits, at most 0x3"),
    ("BOR_LEV=high", "high"),
    ("BOR_LEV", "'BOR_LEV' is not NAME=VALUE"),
    ("BOR_LEV=1 bor_lev=2", "BOR_LEV is given twice"),
    ("", "nothing to write"),
    ("-force RDP=0x55", "'-force' is not one of: -bank"),
    ("-file nowhere.txt", "couldn't open nowhere.txt"),
    ("-bank stm32f4x.otp RDP=0x55", "bank stm32f4x.otp has no option bytes"),
])
def test_what_is_refused_is_named_and_changes_nothing(tmp_path, words, says):
    bench = Bench(tmp_path, F4)
    result = halted(bench, f"option write {words}")
    assert result.status == 1, result.text
    assert says in result.text
    assert option(bench, "RDP") == 0xAA
    assert not list(tmp_path.glob("*options*.txt"))


def test_a_bad_line_of_a_file_is_named(tmp_path):
    (tmp_path / "bad.txt").write_text("# fine\nBOR_LEV=1\n\nnWRP0 0\n")
    result = halted(Bench(tmp_path, F4), "option write -file bad.txt")
    assert result.status == 1
    assert "bad.txt line 4" in result.text
    assert "'nWRP0 0' is not NAME=VALUE" in result.text


def test_leaving_read_out_protection_needs_its_word_and_erases(tmp_path):
    bench = Bench(tmp_path, F4)
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(1000))])
    assert bench.program("a.elf").status == 0
    assert halted(bench, "option write RDP=0x55").status == 0
    refused = halted(bench, "option write RDP=0xaa")
    assert refused.status == 1
    assert "RDP: 0x55 -> 0xaa (erases the whole flash: needs -mass-erase); nothing was changed" in refused.text
    assert bench.holds((0x08000000, firmware(1000)))
    done = halted(bench, "option write -mass-erase RDP=0xaa")
    assert done.status == 0, done.text
    assert bench.holds()
    assert bench.program("a.elf").status == 0


def test_needs_a_halted_core(tmp_path):
    bench = Bench(tmp_path, F4)
    result = bench.run("init", "reset halt", "resume", "option write nWRP0=0", "shutdown")
    assert result.status == 1
    assert "Target not halted" in result.text
    assert option(bench, "nWRP0") == 1
