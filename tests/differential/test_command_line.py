"""The command line and the text of files, by stock OpenOCD and by us: options in all their forms, files of other systems, where files are
found, how scripts end. The same exit status and the same lines; a row with a reason differs, and must."""
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from support.probity import BUILD
from support.stock import OPENOCD

MORE = "both fail; ours says more: where it looked, what was meant"
WORDS = "both fail; ours names the wrong word and the usage"
EXIT = "stock has 'exit' after init only, and fails; old files end with it"
LEAVE = "stock takes break and return for errors without a text; ours ends that script"
HELP = "help that was asked for is no failure"
PIPE = "an option until OpenOCD 0.10"

FILES = {
    "a.cfg": b'echo "a"\n', "b.cfg": b'echo "b"\n', "a file.cfg": b'echo "spaces"\n', "sub/c.cfg": b'echo "sub"\n',
    "sub2/c.cfg": b'echo "sub2"\n', "crlf.cfg": b'echo "one"\r\nif {1} {\r\n\techo "two"\r\n} else {\r\n  echo no\r\n}\r\nset x 5\r\necho "<$x>"\r\n',
    "bom.cfg": b'\xef\xbb\xbfecho "bom"\n', "tabs.cfg": b'\tset\tx\t7\n\techo\t"<$x>"\n', "noeol.cfg": b'echo "noeol"', "empty.cfg": b"",
    "lines.cfg": b'set x [list a \\\n  b \\\n\tc]\necho "$x"\necho \\\n"next"\n', "lines_crlf.cfg": b'set x [list a \\\r\n  b]\r\necho "$x"\r\n',
    "comment.cfg": b'# a comment \\\necho "hidden"\necho "shown" ;# behind\n', "open.cfg": b"if {1} {\necho x\n",
    "return.cfg": b"echo before\nreturn\necho after\n", "error.cfg": b"echo before\nnonsense 1 2\necho after\n",
    "nested.cfg": b"source [find sub/deep.cfg]\n", "sub/deep.cfg": b'proc f {} { error "deep" }\nf\n', "exit.cfg": b"echo x\nexit\n",
    "shutdown_error.cfg": b"shutdown error\n", "utf8.cfg": 'set ü "grün"\necho $ü\n'.encode(), "break.cfg": b"break\n",
    "puts.cfg": b'set a(1) 2; echo $a(1)\nputs -nonewline x\nputs y\n', "semicolons.cfg": b"echo a; echo b;; ;echo c\n",
    "home/.openocd/h.cfg": b'echo "home"\n', "home/.config/openocd/h2.cfg": b'echo "config"\n', "env/p.cfg": b'echo "env"\n',
    "s/p.cfg": b'echo "s"\n',
}


def c(*commands: str) -> list[str]:
    return [word for command in commands for word in ("-c", command)]


LINES = [
    ["-f", "a.cfg"], ["-fa.cfg"], ["--file", "a.cfg"], ["--file=a.cfg"], ["--fil=a.cfg"], ["-f", "a file.cfg"], ["-f", "a.cfg", "-f", "b.cfg"],
    ["-f", "b.cfg", "-c", "echo c", "-f", "a.cfg"], *(["-f", name] for name in FILES if "/" not in name and name not in ("exit.cfg", "break.cfg")),
    (["-f", "exit.cfg"], EXIT), (["-f", "break.cfg"], LEAVE),
    (["-f", "missing.cfg"], MORE), (["-f", "sub"], MORE), (["-f", "/"], MORE), (["-f", ""], MORE), ["-f", "sub/c.cfg"], (["-f", "c.cfg"], MORE),
    ["-s", "sub", "-f", "c.cfg"], ["-s", "sub", "-s", "sub2", "-f", "c.cfg"], ["-s", "sub2", "-s", "sub", "-f", "c.cfg"],
    ["-f", "c.cfg", "-s", "sub"], ["-ssub", "-fc.cfg"], ["--search=sub", "-f", "c.cfg"], ["-s", "s", "-f", "p.cfg"], ["-f", "p.cfg"],
    ["-f", "h.cfg"], ["-f", "h2.cfg"], ["-s", "nonexistent", "-f", "a.cfg"],
    c(""), c("# only a comment"), (c("echo a # b"), WORDS), c("echo a ;# b"), c('  echo   "spaced"  '), c("echo a\necho b"), c("set x 1", "echo $x"),
    c("set x", "echo no"), c("{echo braces}"), c('"echo quoted"'), c('echo "a\\tb"'), c("set a 5; set a"), c("echo a", "nonsense", "echo b"),
    c("error x"), c("catch {nonsense} r; echo $r"), (c("exit"), EXIT), (c("exit 7"), EXIT), c("shutdown error"), c("shutdown foo"),
    (c("break"), LEAVE), (c("return 5"), LEAVE), c("expr 1+1"), c("source a.cfg"), c("source missing.cfg"), c("source [find a.cfg]"),
    c("script {a file.cfg}"), (c("script missing.cfg"), MORE), c("echo $env(HOME)"), c("echo [info script]"), c("echo $argv"),
    ["-f", "a.cfg", "-c", "shutdown", "--"], ["--", "-f", "a.cfg"], ["-"], ["a.cfg"], ["-f"], ["-s"], ["-z"], ["--nonsense"], ["--version=1"],
    ["-d1", "-f", "a.cfg"], ["-d", "0"], (["-d7"], WORDS), (["-dx"], WORDS), ["-l", "log.txt", "-f", "a.cfg"],
    ["-l", "nonexistent/x", "-f", "a.cfg"], ["-cecho glued"], ["--command=echo long"], ["-vfa.cfg"], (["-h"], HELP), (["-vh"], HELP),
    (["-p", "-c", "gdb_port"], PIPE), ["-f", "a.cfg", "extra"], ["-v", "extra"],
]
SERVERS_OFF = "gdb_port disabled; telnet_port disabled; tcl_port disabled"
BANNER = re.compile(r"Open On-Chip|Licensed under|For bug reports|\thttp|in procedure |at file |  at |debug_level: \d$|User : ")


def run(program, words, folder) -> tuple[int, list[str]]:
    environment = {"HOME": str(folder / "home"), "PATH": os.environ["PATH"], "OPENOCD_SCRIPTS": str(folder / "env")}
    done = subprocess.run([program, "-c", SERVERS_OFF, *words, "-c", "shutdown"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    lines = done.stdout.decode(errors="backslashreplace").splitlines()
    return done.returncode, [plain(line) for line in lines if line.strip() and not BANNER.match(line)]


def plain(line: str) -> str:
    """Where it happened, and what may have been meant, is said in each program's own way."""
    line = re.sub(r"^\S*openocd: |^(\S+:\d+: )?Error: ", "", line)
    return re.sub(r"; did you mean .*\?$|(?<='nonexistent/x'): there is no folder .*", "", line)


def test_the_same_command_lines(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    rows = [row if isinstance(row, tuple) else (row, None) for row in LINES]
    with ThreadPoolExecutor(2) as pool:  # the processes do the work
        theirs, mine = (list(pool.map(lambda row: run(program, row[0], tmp_path), rows)) for program in (OPENOCD, BUILD / "openocd"))
    wrong = [f"{words}: listed {reason}\n  stock {a}\n  ours  {b}" for (words, reason), a, b in zip(rows, theirs, mine)
             if (a == b) != (reason is None) or (reason in (MORE, WORDS) and a[0] != b[0])]
    assert not wrong, "\n".join([*wrong, f"{len(wrong)} of {len(rows)}"])
