"""Files of a few lines, stored in one turn, as they would be, and each list in a turn of its own."""

import pytest

from portal.actions.loading import asp_turns
from portal.storage.campaigns import pictures, pieces


def store_in_turns(monkeypatch, *, lines: int = 1, largest: int = 5000) -> None:
    """As if a piece were so short."""
    monkeypatch.setattr(asp_turns, "BATCH", lines)
    monkeypatch.setattr(pieces, "BATCH", lines)
    monkeypatch.setattr(pieces, "LARGEST", largest)
    monkeypatch.setattr(pieces, "MOVES", lines)
    monkeypatch.setattr(pictures, "AT_A_TURN", max(2, lines))


@pytest.fixture(params=["one turn", "many turns"])
def turns(request, monkeypatch):
    """What holds of a short file holds of a long one."""
    if request.param == "many turns":
        store_in_turns(monkeypatch)
    return request.param
