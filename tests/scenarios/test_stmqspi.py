"""External flash behind QUADSPI and OCTOSPI through the real binary and the boards' own files: images across pages and
sectors, odd ends, two chips in parallel, eight lines, and what is said where nothing can work."""
import re
import subprocess

import pytest
from support.firmware import pattern, write_elf
from support.probity import BUILD, Bench
from support.served import FREE_PORTS, Served

BASE = 0x90000000
SECTOR = 0x10000


class Board(Bench):
    """A board file, its chip and the flash of its kind; `external()` is what the flash holds."""

    def __init__(self, folder, board, chip, flash):
        super().__init__(folder, chip, **{f"qspi:{flash}": True})
        self.files = ["-f", f"board/{board}.cfg"]
        self.chips = flash.count("+") + 1

    def external(self) -> bytes:
        first = self.flash_file.with_name(self.flash_file.name + ".qspi")
        if self.chips == 1:
            return first.read_bytes()
        second = first.with_name(first.name + ".flash2")
        both = bytearray(2 * first.stat().st_size)
        both[0::2], both[1::2] = first.read_bytes(), second.read_bytes()
        return bytes(both)

    def has(self, *pieces: tuple[int, bytes]) -> bool:
        expected = bytearray(b"\xff" * len(self.external()))
        for address, data in pieces:
            expected[address - BASE:address - BASE + len(data)] = data
        return self.external() == bytes(expected)


def f746(folder, flash="n25q128a"):
    return Board(folder, "stm32f746g-disco", "stm32f746ng", flash)


# Board file, chip, flash, MiB of the bank, what `flash info` calls it.
BOARDS = [
    ("stm32f746g-disco", "stm32f746ng", "n25q128a", 16, "flash1 'micron n25q128', device id = 0x18ba20"),
    ("stm32f769i-disco", "stm32f769ni", "mx25l51245g", 64, "flash1 'mac 25l51245', device id = 0x1a20c2"),
    ("stm32l476g-disco", "stm32l476vg", "n25q128a", 16, "flash1 'micron n25q128', device id = 0x18ba20"),
    ("stm32l496g-disco", "stm32l496ag", "mx25r6435f", 8, "flash1 'mac 25r6435f', device id = 0x1728c2"),
    ("stm32h750b-disco", "stm32h750xb", "mt25ql512+mt25ql512", 128, "flash12 'micron mt25ql512', device id = 0x20ba20"),
    ("stm32l4r9i-disco", "stm32l4r9ai", "mx25lm51245g", 64, "flash1 'mac 25lm51245', device id = 0x3a85c2"),
    ("stm32h735g-disco", "stm32h735ig", "mx25lm51245g", 64, "flash1 'mac 25lm51245', device id = 0x3a85c2"),
]


@pytest.mark.parametrize("board, chip, flash, mib, words", BOARDS, ids=[b[0] for b in BOARDS])
def test_a_board_programs_and_verifies(tmp_path, board, chip, flash, mib, words):
    bench = Board(tmp_path, board, chip, flash)
    start = BASE + SECTOR * 4 - 0x333  # within a page, and over the end of a sector
    image = pattern(0x1001, 3)
    (tmp_path / "a.bin").write_bytes(image)
    result = bench.program(f"a.bin 0x{start:08x}", "verify exit")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.text
    assert len(bench.external()) == mib << 20
    assert bench.has((start, image))
    info = bench.run("init", "reset init", "flash info $a", "shutdown")
    assert info.status == 0, info.text
    assert words in info.text


@pytest.mark.parametrize("size", [1, 7, 9, 15, 17, 31, 33, 255, 257])
@pytest.mark.parametrize("skew", [0, 1])
def test_odd_ends(tmp_path, size, skew):
    bench = f746(tmp_path)
    image, address = pattern(size, size), BASE + 0x1F8 + skew
    (tmp_path / "a.bin").write_bytes(image)
    result = bench.program(f"a.bin 0x{address:08x}", "verify exit")
    assert result.status == 0, result.text
    assert bench.has((address, image))


def test_one_file_for_both_flashes(tmp_path):
    bench = f746(tmp_path)
    inside, outside = (0x08000000, pattern(3000, 1)), (BASE + 0x2FFF0, pattern(70001, 2))
    write_elf(tmp_path / "a.elf", [inside, outside])
    result = bench.program("a.elf", "verify exit")
    assert result.status == 0, result.text
    assert bench.holds(inside) and bench.has(outside)


def test_the_same_image_twice_erases_nothing(tmp_path):
    bench = f746(tmp_path)
    stats = tmp_path / "stats.txt"
    bench.virtual += f",stats={stats}"
    seconds = []
    for seed in (4, 4, 5):
        (tmp_path / "a.bin").write_bytes(pattern(5000, seed))
        result = bench.program(f"a.bin 0x{BASE:08x}", "verify exit")
        assert result.status == 0, result.text
        seconds.append(float(re.search(r"virtual time ([\d.]+)", stats.read_text())[1]))
    assert bench.has((BASE, pattern(5000, 5)))
    # The erase of a sector takes 0.7 s; the first time it was blank.
    assert seconds[1] < seconds[0] < 0.6 and seconds[2] > 0.7, seconds


def test_one_sector_is_erased_and_no_other(tmp_path):
    bench = f746(tmp_path)
    marks = [(BASE + n * SECTOR, pattern(20, n)) for n in range(4)]
    write_elf(tmp_path / "a.elf", marks)
    result = bench.run("init", "reset init", "flash write_image a.elf", "flash erase_sector $a 2 2", "flash erase_check $a", "shutdown")
    assert result.status == 0, result.text
    assert bench.has(marks[0], marks[1], marks[3])
    not_erased = [line for line in result.lines if line.endswith("not erased")]
    assert [line.split()[0] for line in not_erased] == ["#", "#", "#"] and "0x00030000" in not_erased[2], result.text


def test_the_controller_is_left_as_it_was_found(tmp_path):
    bench = f746(tmp_path)
    (tmp_path / "a.bin").write_bytes(pattern(600, 1))
    registers = "echo [format %08x,%08x,%08x [mrw 0xA0001000] [mrw 0xA0001004] [mrw 0xA0001014]]"
    result = bench.run("init", "reset init", registers, f"flash write_image erase a.bin 0x{BASE:08x}", registers,
                       f"echo [format %08x [mrw 0x{BASE:08x}]]", "shutdown")
    assert result.status == 0, result.text
    assert result.lines.count("03500009,00170100,0d002503") == 2, result.text
    assert pattern(600, 1)[3::-1].hex() in result.lines


def test_two_chips_take_odd_pieces(tmp_path):
    bench = Board(tmp_path, "stm32h750b-disco", "stm32h750xb", "mt25ql512+mt25ql512")
    pieces = [(BASE + 1, pattern(1, 1)), (BASE + 0x103, pattern(512, 2)), (BASE + 0x20000 - 5, pattern(11, 3))]
    write_elf(tmp_path / "a.elf", pieces)
    result = bench.program("a.elf", "verify exit")
    assert result.status == 0, result.text
    assert bench.has(*pieces)


def test_a_chip_that_only_tells_sfdp(tmp_path):
    bench = Board(tmp_path, "stm32f769i-disco", "stm32f769ni", "w25q512jv")
    # The board's own setting is for four lines, of which this chip knows nothing.
    one_line = "external_flash_ccr 0xA0001000 0x0D003513"
    (tmp_path / "a.bin").write_bytes(pattern(777, 1))
    result = bench.run("init", "reset init", one_line, "flash probe $a", f"flash write_image erase a.bin 0x{BASE + 0x3FF0000:08x}",
                       "flash info $a", "shutdown")
    assert result.status == 0, result.text
    assert "flash1 'sfdp', device id = 0x2040ef, flash size = 65536Ki B" in result.text
    assert bench.has((BASE + 0x3FF0000, pattern(777, 1)))


def test_commands_to_the_chip(tmp_path):
    bench = f746(tmp_path)
    result = bench.run("init", "reset init", "flash fillw 0x90000100 0x11223344 4",
                       "echo [stmqspi cmd $a 3 0x9f]", "stmqspi cmd $a 0 0x06", "echo [stmqspi cmd $a 1 0x05]",
                       "stmqspi cmd $a 0 0x04", "echo [stmqspi cmd $a 1 0x05]", "echo [stmqspi cmd $a 4 0x03 0x00 0x01 0x00]",
                       "shutdown")
    assert result.status == 0, result.text
    said = [line.split("->")[1].split() for line in result.lines if re.search("-> [0-9a-f]", line)]
    assert said == [["20", "ba", "18"], ["02"], ["00"], ["44", "33", "22", "11"]], result.text


def test_mass_erase(tmp_path):
    bench = f746(tmp_path)
    result = bench.run("init", "reset init", "flash fillw 0x90000000 0x12345678 9", "flash fillw 0x90fffff0 0x12345678 4",
                       "flash protect $a 0 1 on", "catch {flash erase_sector $a 1 1} m; echo $m", "stmqspi mass_erase $a",
                       "flash info $a", "shutdown", timeout=120)
    assert result.status == 0, result.text
    assert "setting soft protection only, not related to flash's hardware write protection" in result.text
    assert "Flash sector 1 protected" in result.text
    assert bench.has()


def test_parameters_by_hand(tmp_path):
    bench = f746(tmp_path, "w25q128jv")
    result = bench.run("init", "reset init", "stmqspi set $a mine 0x100000 0x100 0x03 0x0B 0x02 0xC7 0x1000 0x20",
                       "flash fillw 0x90001000 0xAABBCCDD 5", "flash erase_sector $a 0 0", "flash info $a",
                       "catch {stmqspi set $a mine 1000 0x100 0x03 0x0B 0x02} m; echo $m",
                       "catch {stmqspi set $a mine 0x100000 0x100 0x33 0x0B 0x02} m; echo $m", "shutdown")
    assert result.status == 0, result.text
    assert "flash1 'mine', device id = 0x000000, flash size = 1024Ki B" in result.text
    assert "sector size = 4 KiB, sector_erase = 0x20" in result.text
    assert "device size must be 2^n with n >= 8" in result.text and "only 0x03/0x13 READ cmd allowed" in result.text
    assert bench.has((BASE + 0x1000, bytes.fromhex("ddccbbaa") * 5))


def test_without_reset_init_the_error_says_so(tmp_path):
    bench = f746(tmp_path)
    result = bench.run("init", "reset halt", "flash probe 3", "shutdown")
    assert result.status == 1
    assert "No QSPI, no OCTOSPI at 0xa0001000" in result.text and "reset init" in result.text, result.text
    # Nor does it disturb what does not need it.
    (tmp_path / "a.bin").write_bytes(pattern(100, 1))
    assert bench.run("init", "reset halt", "flash write_image erase a.bin 0x08000000", "shutdown").status == 0


def test_where_no_chip_answers(tmp_path):
    bench = Bench(tmp_path, "stm32f746ng")
    bench.files = ["-f", "board/stm32f746g-disco.cfg"]
    result = bench.run("init", "reset init", "flash probe $a", "shutdown")
    assert result.status == 1
    assert "No id from flash1" in result.text and "0xffffff" in result.text and "stmqspi set" in result.text, result.text


def test_protected_blocks_are_named(tmp_path):
    bench = f746(tmp_path)
    protect = "stmqspi cmd $a 0 0x06; stmqspi cmd $a 0 0x01 0x1c"
    result = bench.run("init", "reset init", "flash fillw 0x90ff0000 0x12345678 1", protect, "sleep 20", "flash erase_sector $a 255 255",
                       "shutdown", timeout=120)
    assert result.status == 1
    assert "flash1 protects blocks (Status=0x1c: BP bits)" in result.text, result.text
    assert "flash1 Status=0x1" in result.text, result.text
    assert bench.has((0x90FF0000, bytes.fromhex("78563412")))


def srecord(address, data):
    """S3 lines; each piece is a section for GDB."""
    lines = []
    for at in range(0, len(data), 32):
        body = (address + at).to_bytes(4, "big") + data[at:at + 32]
        line = bytes([len(body) + 1]) + body
        lines.append(f"S3{line.hex()}{~sum(line) & 0xFF:02x}".upper() + "\n")
    return "".join(lines)


def test_gdb_loads_into_external_flash(tmp_path):
    bench = f746(tmp_path)
    pieces = [(0x08000000, pattern(512, 1)), (BASE + 0x20000, pattern(1111, 2))]
    (tmp_path / "a.srec").write_text("".join(srecord(address, data) for address, data in pieces))
    words = [BUILD / "openocd", "--virtual", bench.virtual, "-c", FREE_PORTS, *bench.files, "-c", "init", "-c", "reset init"]
    with Served(words, cwd=tmp_path) as served:
        said = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", f"target extended-remote :{served.ports['gdb']}", "-ex", "info mem",
                               "-ex", "load", "-ex", "monitor reset init", "-ex", "compare-sections", "a.srec"], cwd=tmp_path, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60).stdout
    assert re.search(r"0x90000000 0x91000000 flash blocksize 0x10000", said), said
    assert "MIS-MATCHED" not in said and said.count("matched.") == 2, said
    assert bench.holds(pieces[0]) and bench.has(pieces[1])
