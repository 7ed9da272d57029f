"""gdb-multiarch runs every script of scripts/ against stock OpenOCD 0.12 and against our server, each on a virtual board:
what a script expects must be seen with both, and the two transcripts must be the same, but for differences.py."""
import pytest

from comparison import SCRIPTS, both, findings
from differences import DIFFERENCES, LINES
from support.debugging import build_firmware

# Scripts that only make sense after another, on the same server.
FOLLOWED_BY = {"killed": ["after_killed"]}
FIRST = [path.stem for path in sorted(SCRIPTS.glob("*.gdb")) if path.stem != "after_killed"]
# hla is what interface/stlink.cfg selects; over dapdirect stock is a full cortex_m target. Frames and floats differ with
# the FPU, the rest does not.
ABOUT_FLOATS = ["calls", "exception_frame", "floats", "registers", "steps"]
RUNS = ([(name, "O0-soft", "dapdirect-v2-1") for name in FIRST] + [(name, "O2-soft", "hla-v2-1") for name in FIRST]
        + [(name, "O0-hard", "hla-v2-1") for name in ABOUT_FLOATS] + [(name, "O2-hard", "dapdirect-v2-1") for name in ABOUT_FLOATS])
seen: set = set()
done: set = set()


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    return build_firmware(tmp_path_factory.mktemp("firmware"))


@pytest.mark.parametrize("script,variant,wire", RUNS, ids=lambda word: word)
def test_script(programs, tmp_path, script, variant, wire):
    runs = both([script, *FOLLOWED_BY.get(script, [])], variant, wire, programs, tmp_path)
    done.add((script, variant, wire))
    for who, run in runs.items():
        assert run.board_errors == 0 and not run.board_log, f"{who}: {run.board_log}"
    text = findings(runs, wire, LINES, DIFFERENCES, seen)
    assert not text, text


def test_every_allowed_difference_is_there():
    """A difference that is no more is to be struck off."""
    if len(done) < len(RUNS):
        pytest.skip("only when all scripts have run")
    assert [reason for reason in LINES + DIFFERENCES if reason not in seen] == []
