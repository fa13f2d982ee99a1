"""Keeping with a load of how many records nobody can be sure where their children are."""

from collections.abc import Iterable

from portal.storage.lists.doubts import count_doubts, doubtful
from portal.storage.tables.campaigns import Campaign, Load


def note_doubts(load: Load, campaigns: Iterable[Campaign]) -> None:
    """Count them in these campaigns together, as they are now; the caller stores the load."""
    for campaign in campaigns:
        for doubt, count in count_doubts(doubtful(campaign)).items():
            setattr(load, doubt.value, getattr(load, doubt.value) + count)
