"""Fixtures for every Python test; its place makes `support` importable."""
import pytest

from support.vboard import Vboard


@pytest.fixture
def vboard(tmp_path):
    """Starts virtual boards (see Vboard's arguments) that end with the test."""
    boards = []

    def start(chip, *serve, **options):
        boards.append(Vboard(tmp_path, chip, *serve, **options))
        return boards[-1]

    yield start
    for board in boards:
        board.stop()
