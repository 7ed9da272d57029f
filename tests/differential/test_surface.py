"""Every command that stock OpenOCD 0.12 offers for what this program is for: there is one of that name here, for the same stage, with
the same usage; the rest is listed in surface_exceptions.py with the reason. `pytest -s` prints the count."""
import re

import pytest
import surface
import surface_exceptions as exceptions


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    from support.vboard import Vboard
    boards = []

    def start(chip, *serve, **options):
        boards.append(Vboard(tmp_path_factory.mktemp("board"), chip, *serve, **options))
        return boards[-1]

    try:
        yield surface.ask_both(start)
    finally:
        for board in boards:
            board.stop()


def reason(rows, name: str) -> str | None:
    return next((why for pattern, why in rows if re.fullmatch(pattern, name)), None)


def unexplained(rows, names) -> list[str]:
    """Names without a reason, and reasons without a name."""
    names = list(names)
    missing = [f"{name}: no reason is listed" for name in names if reason(rows, name) is None]
    return missing + [f"{pattern}: listed, and no such difference is left" for pattern, _ in rows
                      if not any(re.fullmatch(pattern, name) for name in names)]


def test_every_command(both):
    stock, ours = both
    commands = [name for name, mode in stock.modes.items() if mode != "unknown" and not is_group(name, stock)]
    left_out = {name for name in commands if reason(exceptions.LEFT_OUT_ROWS, name)}
    missing = [name for name in commands if name not in ours.modes or name in left_out]
    print(f"\nof stock's {len(commands)} commands there are {len(commands) - len(missing)}; left out, with a reason: {len(missing)}")
    wrong = unexplained([*exceptions.MISSING, *exceptions.LEFT_OUT_ROWS], missing)
    assert not wrong, "\n".join(wrong)


def is_group(name: str, whole: surface.Surface) -> bool:
    return not whole.usages.get(name) and any(other.startswith(name + " ") for other in whole.modes)


def test_the_same_stages(both):
    stock, ours = both
    different = [f"{name}: {mode}, ours {ours.modes[name]}" for name, mode in stock.modes.items()
                 if mode != "unknown" and ours.modes.get(name, mode) != mode and not is_group(name, stock)]
    wrong = unexplained(exceptions.STAGES, different)
    assert not wrong, "\n".join(wrong)


def test_the_same_usages(both):
    stock, ours = both
    different = [f"{name}: {usage} | {ours.usages[name]}" for name, usage in stock.usages.items()
                 if usage and name in ours.usages and plain(ours.usages[name]) != plain(usage)]
    wrong = unexplained(exceptions.USAGES, different)
    assert not wrong, "\n".join(wrong)


def plain(usage: str) -> str:
    """Without quotes, angle brackets and blanks: they are written in more than one way in stock itself."""
    return re.sub(r"""[\s<>'"]""", "", usage)
