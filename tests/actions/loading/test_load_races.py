"""Loading, moving and re-routing while directors work: on both databases somebody is first."""

import io

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.lists.confirmations import decide, send_back, take_back
from portal.actions.loading import asp_list, asp_turns
from portal.actions.loading.routing import route
from portal.actions.signing.signing import sign
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, Objection
from portal.domain.submissions import Lock
from portal.exchange.asp_list import LIST_SIGNED
from portal.storage.lists.current import list_of
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.campaigns import Campaign, Record, Submission
from tests.actions.loading.loaded import asp, counts, enrol, enrolled, load, rejected
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record, stored
from tests.storage.together import at_once

ROUNDS = 6
CONFIRM = Decided(Decision.CONFIRMED)


pytestmark = pytest.mark.usefixtures("turns")


def the_list(institution: str) -> Submission:
    return list_of(institution, MONTH)


def sign_as(person):
    return sign(person, MONTH, PASSWORD, shown="", site=SITE, now=NOW)


def check_counts() -> None:
    for submission in Submission.select():
        assert submission.total == Record.select().where(Record.submission == submission).count()


def test_of_two_loads_of_one_file_one_adds_and_the_other_finds_it_there(world):
    Campaign.delete().where(Campaign.id != world.campaign.id).execute()
    lines = [asp(child) for child in range(20)]
    for month in ("2021|01", "2021|02", "2021|03"):
        ours = [line.replace("2020|12", month) for line in lines]
        done = at_once(lambda ours=ours: load(*ours), lambda ours=ours: load(*ours))

        assert sorted((one.added, one.unchanged) for one in done) == [(0, 20), (20, 0)]
        assert done[0].campaign_id == done[1].campaign_id
    check_counts()


def test_of_two_corrected_loads_the_later_figures_stand(world):
    load(asp(0), asp(1))
    done = at_once(
        lambda: load(asp(0, absences="001.00"), asp(1, absences="001.00")),
        lambda: load(asp(0, absences="002.00"), asp(1, absences="002.00")),
    )

    assert [one.updated for one in done] == [2, 2]
    assert len({record.absences for record in Record.select()}) == 1


def test_a_list_signed_while_a_file_is_read_stays_untouched(world, monkeypatch):
    """The director signs after the portal has read the file, before the lines go to the lists."""
    load(asp(0), asp(1, institution=OTHER_SCHOOL))
    record = Record.get(Record.institution == SCHOOL)
    decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)
    read = asp_list.stage

    def read_and_let_sign(*args, **more):
        received = read(*args, **more)
        at_once(lambda: sign_as(world.ana))
        return received

    monkeypatch.setattr(asp_list, "stage", read_and_let_sign)
    done = load(
        asp(0, absences="009.00"),
        asp(2),
        asp(1, institution=OTHER_SCHOOL),
        asp(3, reason=2, institution=OTHER_SCHOOL),
    )

    assert counts(done) == {"received": 4, "distributed": 2, "rejected": 2, "added": 1, "unchanged": 1}
    assert rejected(done) == {1: LIST_SIGNED, 2: LIST_SIGNED}
    assert the_list(SCHOOL).lock is Lock.SIGNED
    assert stored(record).decision is Decision.CONFIRMED


def test_a_load_and_a_signature_at_once_leave_nothing_unsigned_in_a_signed_list(world):
    for child in range(ROUNDS):
        record = add_record(SCHOOL, decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
        done, signature = at_once(lambda c=child: load(asp(c, reason=1)), lambda: sign_as(world.ana))

        if the_list(SCHOOL).lock is Lock.SIGNED:
            assert rejected(done) == {1: LIST_SIGNED}
        else:
            assert isinstance(signature, Conflict)
            assert done.added == 1
        pending = Record.select().where(
            (Record.submission == the_list(SCHOOL).id) & (Record.decision == Decision.PENDING)
        )
        assert pending.count() == the_list(SCHOOL).pending
        assert not (the_list(SCHOOL).lock is Lock.SIGNED and pending.count())
        Submission.update(lock=Lock.OPEN).execute()
        Record.delete().execute()
        Submission.recount([the_list(SCHOOL).id])
        assert stored_nowhere(record)


def stored_nowhere(record: Record) -> bool:
    return Record.get_or_none(Record.id == record.id) is None


def test_a_decision_and_a_changed_figure_at_once_never_leave_a_decision_on_the_old_figure(world):
    for child in range(ROUNDS):
        load(asp(child))
        record = Record.get()
        figure = f"0{child + 10}.00"
        at_once(
            lambda c=child, f=figure: load(asp(c, absences=f)),
            lambda r=record: decide(world.ana, MONTH, r.id, CONFIRM, seen=1, now=NOW),
        )

        assert stored(record).absences == figure
        assert stored(record).decision is Decision.PENDING
        Record.delete().execute()


def test_re_routing_and_signing_at_once_leave_nothing_unsigned_in_a_signed_list(world):
    for _ in range(ROUNDS):
        add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED, decided_by=world.boris.user_id, decided_at=NOW)
        record = add_record(SCHOOL)
        send_back(world.ana, MONTH, record.id, "не е наше", now=NOW)
        routed, signature = at_once(
            lambda r=record: route(world.oleg, MONTH, r.id, OTHER_SCHOOL, now=NOW),
            lambda: sign_as(world.boris),
        )

        assert isinstance(routed, Conflict) != isinstance(signature, Conflict)
        is_signed = the_list(OTHER_SCHOOL).lock is Lock.SIGNED
        assert (stored(record).submission_id is None) == is_signed
        assert the_list(OTHER_SCHOOL).pending == (0 if is_signed else 1)
        Submission.update(lock=Lock.OPEN).execute()
        Record.delete().execute()
        Submission.recount([the_list(OTHER_SCHOOL).id, the_list(SCHOOL).id])


def test_re_routing_and_taking_back_at_once_put_the_record_on_one_list(world):
    for _ in range(ROUNDS):
        record = add_record(SCHOOL)
        send_back(world.ana, MONTH, record.id, "не е наше", now=NOW)
        results = at_once(
            lambda r=record: route(world.oleg, MONTH, r.id, OTHER_SCHOOL, now=NOW),
            lambda r=record: take_back(world.ana, MONTH, r.id, now=NOW),
        )

        assert sum(isinstance(result, Objection) for result in results) == 1
        kept = stored(record)
        assert kept.submission_id == the_list(kept.institution_id).id
        check_counts()
        Record.delete().execute()
        Submission.recount([the_list(OTHER_SCHOOL).id, the_list(SCHOOL).id])


def test_enrolments_and_a_load_at_once_end_where_the_children_are(world):
    for child in range(ROUNDS):
        at_once(
            lambda c=child: load(asp(c)),
            lambda c=child: enrol(enrolled(c, institution=OTHER_SCHOOL)),
        )

        assert Record.get().institution_id == OTHER_SCHOOL
        check_counts()
        Record.delete().execute()


def test_the_final_answer_waits_for_a_decision_under_an_exception_or_refuses_it(world):
    """Whatever was decided first is in the file; what came later is refused."""
    record = add_record(SCHOOL)
    out = io.BytesIO()
    results = at_once(
        lambda: make_answer(None, MONTH, out, now=AFTER, final=True).records,
        lambda: decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=AFTER),
    )

    assert results[0] == 1
    assert isinstance(results[1], Conflict)


def test_a_defect_in_the_middle_of_a_short_load_leaves_nothing_of_it(world, turns, monkeypatch):
    if turns == "many turns":
        return

    def breaks(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(asp_turns, "settle", breaks)
    with pytest.raises(ZeroDivisionError):
        load(asp(0), "боклук", asp(1, month="2020|12"))

    assert Load.select().count() == Record.select().count() == RejectedLine.select().count() == 0
    monkeypatch.undo()
    assert load(asp(0)).added == 1, "and the next one is loaded as if nothing had been"


def test_reading_a_file_makes_nobody_wait(world, monkeypatch):
    """While the lines are read, a director decides; only storing them takes a turn."""
    record = add_record(SCHOOL)
    read = asp_list.stage
    decided = []

    def read_and_let_decide(*args, **more):
        received = read(*args, **more)
        decided.extend(at_once(lambda: decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)))
        return received

    monkeypatch.setattr(asp_list, "stage", read_and_let_decide)
    load(asp(0, reason=2))

    assert decided[0].record.decision is Decision.CONFIRMED
