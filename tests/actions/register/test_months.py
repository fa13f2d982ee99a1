"""confirm_month, say_nobody: a month of the register, confirmed while it can be and as it was seen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.actions.register.entering import enter
from portal.actions.register.entries import change
from portal.actions.register.keys.opened import NoKey
from portal.actions.register.keys.rotation import renew_key
from portal.actions.register.keys.session import Locked
from portal.actions.register.months import OpenMonth, confirm_month, read_month, say_nobody, snapshot_of
from portal.domain.errors import Conflict, Denied, NotFound
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.register.snapshot import STEP
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Closure
from portal.storage.tables.register import Collection, Entry, Grant, RegisterMonth
from tests.actions.register.unlocked import (
    add_envelope,
    draft,
    entered,
    opened_session,
    register_of,
    teacher,
)
from tests.cast import AFTER, EGNS, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL, SITE

DECEMBER = {"placed_on": date(2020, 12, 7), "planned_until": date(2020, 12, 18), "released_on": None}


def in_december(**changes):
    return draft(**DECEMBER | changes)


def read(person, month=MONTH, now=NOW) -> OpenMonth:
    return read_month(person, opened_session(person, now=now), month, site=SITE, now=now)


def confirm(person, *, seen="", month=MONTH, now=NOW):
    return confirm_month(person, opened_session(person, now=now), month, seen=seen, site=SITE, now=now)


def nobody(person, *, month=MONTH, now=NOW):
    return say_nobody(person, opened_session(person, now=now), month, site=SITE, now=now)


def row(institution=SCHOOL):
    return RegisterMonth.get_or_none(RegisterMonth.institution == institution)


def verbs():
    return [entry.what for entry in AuditEntry.select().order_by(AuditEntry.id)]


def test_counts_each_childs_school_days(world):
    entered(world.ana, in_december(), in_december(id_number=EGNS[0], first_name="Ани", class_code=-1))
    entered(world.ana, teacher(**DECEMBER))

    found = read(world.ana).found

    assert sorted((child.names.split()[0], child.days) for child in found.children) == [
        ("Ани", 10),
        ("Калина", 10),
    ]
    assert len(found.staff) == 1


def test_leaves_the_closures_of_the_institution_out(world):
    Closure.create(
        institution=SCHOOL, first=date(2020, 12, 7), last=date(2020, 12, 8), order_number="1",
        made_at=NOW, made_by=world.ana.user_id,
    )  # fmt: skip
    entered(world.ana, in_december())

    [child] = read(world.ana).found.children
    assert child.days == 8


def test_keeps_what_was_confirmed_sealed(world):
    entered(world.ana, in_december())

    confirmed = confirm(world.ana)

    assert (confirmed.confirmed_at, confirmed.confirmed_by_id, confirmed.revision) == (
        NOW,
        world.ana.user_id,
        1,
    )
    kept = snapshot_of(row(), read(world.ana))
    assert (kept.found, kept.by, kept.at) == (read(world.ana).found, "Ана Янева", NOW)
    sealed = bytes(row().snapshot)
    assert "Калина".encode() not in sealed
    assert verbs()[-1] == "register_month_confirmed"


def test_nobody_and_somebody_look_the_same_from_outside(world):
    entered(world.ana, in_december())
    confirm(world.ana)
    entered(world.boris, draft())
    nobody(world.boris)

    ours, theirs = row(), row(OTHER_SCHOOL)

    assert len(bytes(ours.snapshot)) == len(bytes(theirs.snapshot))
    assert len(bytes(ours.snapshot)) > STEP
    assert (ours.confirmed_at, ours.revision) == (theirs.confirmed_at, theirs.revision)
    told = [(e.what, e.object, e.content) for e in AuditEntry.select() if "month" in e.object]
    assert len(told) == 2
    assert len(set(told)) == 1


def test_nobody_is_said_without_any_register(world):
    said = nobody(world.vyara)

    assert (said.confirmed_at, said.snapshot, said.collection_id) == (NOW, None, None)
    assert said.institution_id == KINDERGARTEN


def test_said_twice_it_is_said_once(world):
    entered(world.ana, in_december())
    confirm(world.ana)
    later = confirm(world.ana, now=NOW + timedelta(minutes=1))
    nobody(world.vyara)
    nobody(world.vyara)

    assert (later.revision, later.confirmed_at) == (1, NOW)
    assert row(KINDERGARTEN).revision == 1
    assert verbs().count("register_month_confirmed") == 2


def test_somebody_cannot_be_called_nobody_nor_nobody_somebody(world):
    with pytest.raises(Conflict, match="няма никого"):
        confirm(world.ana)
    entered(world.ana, in_december())
    with pytest.raises(Conflict, match="има лица: 1"):
        nobody(world.ana)

    assert row() is None or row().confirmed_at is None


def test_staff_alone_is_somebody(world):
    entered(world.ana, teacher(**DECEMBER))

    assert confirm(world.ana).confirmed_at == NOW


def test_confirms_only_what_was_seen(world):
    entered(world.ana, in_december())
    seen = read(world.ana).seen
    entered(world.ana, in_december(id_number=EGNS[0]))

    with pytest.raises(Conflict, match="Междувременно"):
        confirm(world.ana, seen=seen)

    assert confirm(world.ana, seen=read(world.ana).seen).confirmed_at == NOW


@pytest.mark.parametrize("act", [confirm, nobody])
def test_not_before_nor_after_the_window(world, act):
    if act is confirm:
        entered(world.ana, in_december())

    with pytest.raises(Conflict, match="Срокът изтече"):
        act(world.ana, now=AFTER)
    with pytest.raises(Conflict, match="отваря"):
        act(world.ana, now=NOW - timedelta(days=7))
    Campaign.update(suspended_at=NOW).execute()
    with pytest.raises(Conflict, match="спряна"):
        act(world.ana)

    assert row() is None or row().confirmed_at is None


def test_an_exception_lets_it_be_said_later(world):
    Submission.update(reopened_until=AFTER + timedelta(days=1)).where(
        Submission.institution == SCHOOL
    ).execute()

    assert nobody(world.ana, now=AFTER).confirmed_at == AFTER


def test_not_where_there_is_no_campaign(world):
    with pytest.raises(NotFound):
        nobody(world.ana, month=Month(2020, 11))
    assert read(world.ana, month=Month(2020, 11)).found.is_empty


def test_needs_both_scopes(world):
    for scopes in ((Scope.REGISTER,), (Scope.SIGN,), (Scope.SIGN, Scope.DECIDE)):
        with pytest.raises(Denied):
            nobody(world.delegate(*scopes))

    assert nobody(world.delegate(Scope.REGISTER, Scope.SIGN)).confirmed_by_id == world.dora.user_id


def test_needs_the_password_typed_lately(world):
    session = opened_session(world.ana)
    with pytest.raises(Locked):
        say_nobody(world.ana, session, MONTH, site=SITE, now=NOW + timedelta(minutes=11))


def test_needs_the_key(world):
    entered(world.ana, in_december())
    Grant.delete().execute()

    with pytest.raises(NoKey):
        confirm(world.ana)


def test_is_each_institutions_own(world):
    entered(world.ana, in_december())

    assert read(world.boris).found.is_empty
    nobody(world.boris)
    assert row() is None
    confirm(world.ana)
    assert (row().revision, row(OTHER_SCHOOL).revision) == (1, 1)
    assert row(OTHER_SCHOOL).snapshot is None


class TestAChangeLater:
    """reopening.reopen_months"""

    def test_opens_the_month_again(self, world):
        nobody(world.ana)
        nobody(world.boris)
        entered(world.ana, in_december())
        entered(world.ana, in_december(id_number=EGNS[0]))

        assert row().confirmed_at is None
        assert row(OTHER_SCHOOL).confirmed_at == NOW
        assert verbs().count("register_month_reopened") == 1
        with pytest.raises(Conflict, match="има лица"):
            nobody(world.ana)
        assert confirm(world.ana).revision == 2

    def test_leaves_the_earlier_snapshot_to_be_read(self, world):
        [entry_id] = entered(world.ana, in_december())
        confirm(world.ana)
        session = opened_session(world.ana)
        change(
            world.ana,
            session,
            entry_id,
            lambda e: replace(e, released_on=date(2020, 12, 9)),
            seen=1,
            site=SITE,
            now=NOW,
        )

        kept = snapshot_of(row(), read(world.ana))

        assert row().confirmed_at is None
        assert [child.days for child in kept.found.children] == [10]
        assert [child.days for child in read(world.ana).found.children] == [3]
        assert confirm(world.ana).revision == 2
        assert snapshot_of(row(), read(world.ana)).found == read(world.ana).found

    def test_in_another_month_opens_nothing(self, world):
        nobody(world.ana)
        entered(world.ana, draft())

        assert row().confirmed_at == NOW

    def test_out_of_the_month_opens_it_too(self, world):
        [entry_id] = entered(world.ana, in_december())
        confirm(world.ana)
        moved = {"placed_on": date(2021, 1, 11), "planned_until": date(2021, 1, 15)}
        change(
            world.ana,
            opened_session(world.ana),
            entry_id,
            lambda e: replace(e, **moved),
            seen=1,
            site=SITE,
            now=NOW,
        )

        assert row().confirmed_at is None
        assert nobody(world.ana).revision == 2

    def test_after_the_deadline_changes_nothing_that_was_confirmed(self, world):
        nobody(world.ana)
        session = opened_session(world.ana, now=AFTER)
        add_envelope(world.ana)
        enter(world.ana, session, [in_december()], site=SITE, now=AFTER)

        assert row().confirmed_at == NOW

    def test_of_school_days_alone_can_be_confirmed_anew(self, world):
        entered(world.ana, in_december())
        confirm(world.ana)
        Closure.create(
            institution=SCHOOL, first=date(2020, 12, 7), last=date(2020, 12, 8), order_number="1",
            made_at=NOW, made_by=world.ana.user_id,
        )  # fmt: skip

        assert confirm(world.ana).revision == 2


def test_the_snapshot_opens_under_a_renewed_key(world):
    entered(world.boris, draft())
    nobody(world.boris)
    entered(world.ana, in_december())
    confirm(world.ana)
    before = bytes(row().snapshot)
    with writing():
        renew_key(register_of(world.ana), site=SITE, now=NOW)

    opened = read(world.ana)

    assert bytes(row().snapshot) != before
    assert snapshot_of(row(), opened).found == opened.found
    assert snapshot_of(row(OTHER_SCHOOL), read(world.boris)).found.is_empty


def test_the_snapshot_opens_nowhere_else(world):
    entered(world.ana, in_december())
    confirm(world.ana)
    opened = read(world.ana)
    sealed = bytes(row().snapshot)
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])  # a letter stood there by chance
    for change_of in ({"revision": 2}, {"snapshot": changed}, {"snapshot": None}, {"collection": None}):
        RegisterMonth.update(revision=1, snapshot=sealed).execute()
        RegisterMonth.update(**change_of).execute()
        assert snapshot_of(row(), opened) is None


def test_what_was_confirmed_and_opens_no_more_is_confirmed_anew(world):
    entered(world.ana, in_december())
    confirm(world.ana)
    RegisterMonth.update(snapshot=b"\x01" + bytes(400)).execute()

    assert confirm(world.ana).revision == 2
    assert snapshot_of(row(), read(world.ana)) is not None


def test_a_period_begun_in_the_school_year_before_counts(world):
    september = Month(2020, 9)
    campaign = Campaign.create(
        month=september, opens_on=date(2021, 1, 25), closes_on=date(2021, 2, 1), made_at=NOW
    )
    Submission.create(campaign=campaign, institution=SCHOOL)
    august = draft(placed_on=date(2020, 8, 28), planned_until=date(2020, 9, 18))
    entered(world.ana, august, now=NOW.replace(year=2020, month=8, day=28))

    opened = read(world.ana, september)

    assert [child.days for child in opened.found.children] == [4]
    confirmed = confirm(world.ana, month=september)
    assert snapshot_of(confirmed, opened).found == opened.found


def test_without_the_key_of_the_year_before_says_what_is_missing(world):
    entered(world.ana, in_december())
    august = NOW.replace(year=2020, month=8, day=28)
    entered(world.ana, draft(placed_on=date(2020, 8, 28), planned_until=date(2020, 9, 18)), now=august)
    Grant.delete().where(
        Grant.collection.in_(Collection.select().where(Collection.school_year == 2019))
    ).execute()

    opened = read(world.ana)

    assert opened.years.is_cut
    assert [child.days for child in opened.found.children] == [10]
    assert confirm(world.ana).confirmed_at == NOW


class TestAMeddledRegister:
    def test_is_not_confirmed(self, world):
        ids = entered(world.ana, in_december(), in_december(id_number=EGNS[0]))
        Entry.delete().where(Entry.id == ids[0]).execute()

        assert not read(world.ana).years.is_whole
        with pytest.raises(Conflict, match="не е цял"):
            confirm(world.ana)

    def test_with_a_row_that_does_not_open_is_never_nobody(self, world):
        entered(world.ana, in_december())
        Entry.update(sealed=b"\x01" + bytes(400)).execute()

        opened = read(world.ana)

        assert (opened.years.unreadable, opened.found.is_empty) == (1, True)
        with pytest.raises(Conflict, match="не може да бъде отворен"):
            nobody(world.ana)

    def test_with_a_row_that_does_not_open_there_is_still_somebody(self, world):
        ids = entered(world.ana, in_december(), in_december(id_number=EGNS[0]))
        Entry.update(sealed=b"\x01" + bytes(400)).where(Entry.id == ids[0]).execute()

        assert confirm(world.ana).confirmed_at == NOW
