"""say_nothing_to_confirm and note_first_opening: what an institution says, and what it looked at, once."""

from datetime import timedelta

import pytest

from portal.actions.lists.confirmations import note_first_opening, say_nothing_to_confirm
from portal.domain.errors import Conflict
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from tests.cast import MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record

LATER = NOW + timedelta(hours=1)


def the_list(institution=SCHOOL) -> Submission:
    return Submission.get(Submission.institution == institution)


def test_is_kept_with_who_and_when_and_said_once(world):
    before = the_list()

    say_nothing_to_confirm(world.delegate(Scope.SIGN), MONTH, now=NOW)
    say_nothing_to_confirm(world.ana, MONTH, now=LATER)

    said = the_list()
    assert (said.checked_at, said.checked_by_id, said.version) == (
        NOW,
        world.dora.user_id,
        before.version + 1,
    )
    assert [(entry.chain, entry.who, entry.what, entry.object) for entry in AuditEntry.select()] == [
        (SCHOOL, world.dora.user_id, "nothing_to_confirm", f"submission:{said.id}")
    ]
    assert the_list(OTHER_SCHOOL).checked_at is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda: add_record(), "Има записи за потвърждаване: 1"),
        (lambda: Campaign.update(suspended_at=NOW).execute(), "спряна"),
        (lambda: Submission.update(lock=Lock.ERASED).execute(), "заличен"),
    ],
)
def test_is_not_said_where_it_is_untrue_or_nothing_can_be_said(world, change, sentence):
    change()

    with pytest.raises(Conflict, match=sentence):
        say_nothing_to_confirm(world.ana, MONTH, now=NOW)

    assert the_list().checked_at is None


def test_the_first_opening_is_the_institutions_own_and_stays(world):
    seen = the_list()

    note_first_opening(world.ana, seen, now=NOW)
    note_first_opening(world.dora, seen, now=LATER)  # somebody who read the list before it was noted
    note_first_opening(world.dora, the_list(), now=LATER)

    assert (the_list().first_opened_at, the_list(OTHER_SCHOOL).first_opened_at) == (NOW, None)
