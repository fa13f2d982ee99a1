"""close_institution, reopen_institution: what ends on the day, what stays, and what comes back."""

from datetime import UTC, date, datetime

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.campaigns import make_exception
from portal.actions.campaigns.closing import close_institution, closing_digest, reopen_institution
from portal.actions.campaigns.window import Days, set_window
from portal.actions.lists.confirmations import decide, say_nothing_to_confirm, send_back
from portal.actions.signing.signing import sign, unsign
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.month import Month
from portal.domain.oversight.progress import Totals
from portal.domain.submissions import Lock
from portal.storage.campaigns.progress import standings
from portal.storage.campaigns.waiting import Waits, count_waits, unsigned_at, waiting_at, waiting_in
from portal.storage.lists.current import list_of, records_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from tests.actions.loading.loaded import LATER_DAY, asp, counts, enrol, enrolled, load
from tests.cast import (
    AFTER,
    CLOSES,
    EGNS,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OPENS,
    OTHER_SCHOOL,
    PASSWORD,
    SCHOOL,
    SITE,
    add_record,
    stored,
)

TODAY = date(2021, 1, 28)
TOMORROW = date(2021, 1, 29)
EVE, MIDNIGHT = datetime(2021, 1, 28, 21, 59, tzinfo=UTC), datetime(2021, 1, 28, 22, 0, tzinfo=UTC)
CONFIRMED = Decided(Decision.CONFIRMED)


@pytest.fixture
def close(world):
    def done(code=SCHOOL, on=TODAY, successor=OTHER_SCHOOL, now=NOW):
        return close_institution(world.oleg, code, on, successor, now=now)

    return done


def the_list(institution: str = SCHOOL) -> Submission:
    return list_of(institution, MONTH)


def waiting(world, now=NOW) -> dict[str, int]:
    return {one.institution.code: one.records for one in waiting_in(world.campaign, now=now)}


def test_keeps_day_and_successor_and_says_so_in_the_institutions_chain(world, close):
    close()

    closed = Institution.get_by_id(SCHOOL)
    assert (closed.closed_on, closed.successor_id) == (TODAY, OTHER_SCHOOL)
    entry = AuditEntry.get(AuditEntry.what == "closed_institution")
    assert (entry.chain, entry.object, entry.who) == (SCHOOL, f"institution:{SCHOOL}", world.oleg.user_id)
    assert len(entry.content) == 64


@pytest.mark.parametrize(
    ("code", "successor", "error", "field"),
    [
        ("9999999", "", NotFound, None),
        (SCHOOL, "9999999", Refusal, "successor"),
        (SCHOOL, SCHOOL, Refusal, "successor"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(world, close, code, successor, error, field):
    with pytest.raises(error) as refused:
        close(code, successor=successor)

    assert getattr(refused.value, "field", None) == field
    assert not Institution.select().where(Institution.closed_on.is_null(False)).exists()
    assert AuditEntry.select().count() == 0


def test_twice_is_a_conflict_and_a_closed_one_follows_nobody(close):
    close()

    with pytest.raises(Conflict, match="вече е закрита"):
        close(on=TOMORROW)
    with pytest.raises(Refusal, match="И приемникът е закрит"):
        close(KINDERGARTEN, successor=SCHOOL)


def test_nobody_decides_signs_sends_back_or_says_that_there_is_nothing(world, close):
    record = add_record()
    close()

    for try_it in (
        lambda: decide(world.ana, MONTH, record.id, CONFIRMED, seen=1, now=NOW),
        lambda: send_back(world.ana, MONTH, record.id, "не е наше", now=NOW),
        lambda: sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW),
        lambda: say_nothing_to_confirm(world.ana, MONTH, now=NOW),
    ):
        with pytest.raises(Conflict, match=r"закрита от 28 януари 2021 г\..*10\. СУ „Христо Ботев“"):
            try_it()
    assert stored(record).version == 1


def test_until_the_day_everything_is_as_it_was(world, close):
    record = add_record()
    close(on=TOMORROW)

    decide(world.ana, MONTH, record.id, CONFIRMED, seen=1, now=EVE)
    assert waiting(world, EVE) == {}
    assert len(standings(world.campaign, now=EVE)) == 4
    with pytest.raises(Conflict, match="закрита от 29 януари"):
        decide(world.ana, MONTH, record.id, Decided(Decision.PENDING), seen=2, now=MIDNIGHT)
    assert waiting(world, MIDNIGHT) == {SCHOOL: 1}
    assert len(standings(world.campaign, now=MIDNIGHT)) == 3


def test_the_neighbour_goes_on(world, close):
    record = add_record(OTHER_SCHOOL)
    close()

    decide(world.boris, MONTH, record.id, CONFIRMED, seen=1, now=NOW)
    assert stored(record).decision is Decision.CONFIRMED


def test_what_was_signed_stays_signed_and_counts(world, close):
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    close()

    assert the_list().lock is Lock.SIGNED
    assert SCHOOL in {one.institution.code for one in standings(world.campaign, now=NOW)}
    assert waiting(world) == {}
    with pytest.raises(Conflict, match="закрита"):
        unsign(world.ana, MONTH, "грешка", now=NOW)


def test_nobody_waits_for_it_any_more(world, close):
    add_record()
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)
    close()
    totals = Totals.of(standings(world.campaign, now=NOW))

    assert (totals.institutions, totals.due, totals.counts.total) == (3, 3, 1)


def test_who_missed_a_deadline_and_closed_after_it_missed_it(world, close):
    add_record()
    close(on=AFTER.date(), now=AFTER)

    assert SCHOOL in {one.institution.code for one in standings(world.campaign, now=AFTER)}


def test_all_that_is_unsigned_waits_for_the_operator(world, close):
    add_record()
    add_record(decision=Decision.REFUSED)
    close()

    (group,) = waiting_in(world.campaign, now=NOW)
    assert (group.institution.code, group.records, group.is_closed) == (SCHOOL, 2, True)
    assert group.heir.code == OTHER_SCHOOL
    assert len(waiting_at(world.campaign, SCHOOL, now=NOW)[1]) == 2
    assert unsigned_at(SCHOOL) == [(MONTH, 2)]


def test_what_waits_is_counted_as_it_is_named_month_by_month(world, close):
    """On a closed list both, on one that nobody directs what is undecided; and what lies on none."""
    earlier = Campaign.create(month=MONTH.plus(-1), made_at=NOW)
    add_record()
    add_record(decision=Decision.REFUSED)
    close()
    add_record(FAR_SCHOOL)
    add_record(FAR_SCHOOL, decision=Decision.CONFIRMED)
    for place in (OTHER_SCHOOL, FAR_SCHOOL):
        off = add_record(place)
        Record.update(submission=None).where(Record.id == off.id).execute()
    Submission.recount(one.id for one in Submission.select())

    assert count_waits([world.campaign, earlier], now=NOW) == {
        world.campaign.id: Waits(others=3, undirected=2),
        earlier.id: Waits(),
    }
    assert waiting(world) == {SCHOOL: 2, OTHER_SCHOOL: 1, FAR_SCHOOL: 2}


def test_the_successors_successor_is_offered_where_that_one_closed_too(world, close):
    add_record()
    close()
    close(OTHER_SCHOOL, successor=FAR_SCHOOL)

    assert {g.institution.code: g.heir.code for g in waiting_in(world.campaign, now=NOW)} == {
        SCHOOL: FAR_SCHOOL
    }


def test_a_new_campaign_has_no_list_for_it_and_its_children_wait(world, close):
    close()
    done = load(asp(0, month="2021|01"), asp(1, month="2021|01", institution=OTHER_SCHOOL))
    campaign = Campaign.for_month(Month(2021, 1))

    assert counts(done) == {"received": 2, "distributed": 2, "added": 2}
    assert not Submission.select().where(
        (Submission.campaign == campaign) & (Submission.institution == SCHOOL)
    )
    (record,) = Record.select().where((Record.campaign == campaign) & (Record.institution == SCHOOL))
    assert (record.submission_id, record.asp_institution) == (None, SCHOOL)
    assert {one.institution.code for one in waiting_in(campaign, now=NOW)} == {SCHOOL}


def test_no_new_record_lies_on_its_list_though_there_is_one(world, close):
    before = add_record(id_number=EGNS[5])
    close()
    load(asp(0))

    (record,) = Record.select().where(Record.id != before.id)
    assert (record.institution_id, record.submission_id) == (SCHOOL, None)
    assert the_list().total == 1
    assert waiting(world) == {SCHOOL: 2}
    assert records_of(the_list()).returned == [], "nobody there sent it back"


def test_a_new_line_about_a_signed_list_waits_instead_of_being_rejected(world, close):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    close()

    assert counts(load(asp(0))) == {"received": 1, "distributed": 1, "added": 1}
    assert waiting(world) == {SCHOOL: 1}


def test_a_child_enrolled_only_there_goes_by_the_other_rules(world, close):
    close()
    enrol(enrolled(0, institution=SCHOOL), enrolled(0, institution=KINDERGARTEN, class_code=-1))
    enrol(enrolled(1, institution=SCHOOL), correction=True)
    load(asp(0, institution=SCHOOL), asp(1, institution=OTHER_SCHOOL))

    places = {record.id_number: record.institution_id for record in Record.select()}
    assert places == {EGNS[0]: KINDERGARTEN, EGNS[1]: OTHER_SCHOOL}


def test_a_new_enrolment_finds_those_who_wait(world, close):
    on_list = add_record(id_number=EGNS[5])
    close()
    load(asp(0))
    done = enrol(enrolled(0, institution=OTHER_SCHOOL), enrolled(5, institution=KINDERGARTEN))

    assert done.moved == 2
    assert stored(on_list).institution_id == KINDERGARTEN
    assert (the_list().total, the_list(OTHER_SCHOOL).total, the_list(KINDERGARTEN).total) == (0, 1, 1)
    assert waiting(world) == {}


def test_the_same_enrolments_move_nothing_of_what_waits(world, close):
    add_record(id_number=EGNS[5])
    close()
    load(asp(0))
    enrol(enrolled(7))

    assert enrol(enrolled(7)).moved == 0
    assert waiting(world) == {SCHOOL: 2}


def test_a_new_figure_of_asp_leaves_the_record_where_it_waits(world, close):
    close()
    load(asp(0))
    assert counts(load(asp(0, absences="009.00"))) == {"received": 1, "distributed": 1, "updated": 1}

    assert waiting(world) == {SCHOOL: 1}
    assert Record.get().figure_before == 7


def test_asp_naming_it_takes_a_record_off_the_list_of_another(world, close):
    load(asp(0, institution=OTHER_SCHOOL))
    close()
    done = load(asp(0))

    assert (done.updated, done.moved) == (1, 1)
    assert the_list(OTHER_SCHOOL).total == 0
    assert waiting(world) == {SCHOOL: 1}


def test_its_director_gets_no_letter_about_a_list(world, close):
    close()
    set_window(world.oleg, MONTH, Days(OPENS, LATER_DAY), now=NOW)

    assert "ana@example.org" not in {letter.recipient for letter in OutboxMessage.select()}
    assert "boris@example.org" in {letter.recipient for letter in OutboxMessage.select()}


def test_no_exception_is_made_for_it(world, close):
    close()

    with pytest.raises(Conflict, match="закрита"):
        make_exception(world.oleg, MONTH, SCHOOL, LATER_DAY, "закъсняха", now=AFTER)


def test_the_final_answer_has_its_records_as_no_information(world, close, tmp_path):
    add_record(id_number=EGNS[5], decision=Decision.CONFIRMED)
    close()
    load(asp(0))
    with (tmp_path / "answer").open("w+b") as out:
        made = make_answer(world.oleg, MONTH, out, now=AFTER, final=True)
        out.seek(0)
        _, *lines = out.read().decode("cp1251").splitlines()

    assert made.decisions == {Decision.PENDING: 2}
    assert [line.split("|")[11] for line in lines] == ["0", "0"]
    assert all(SCHOOL in line for line in lines)


def test_taken_back_it_has_its_records_on_its_list_again(world, close):
    close()
    load(asp(0))
    load(asp(1, month="2021|01"))
    Submission.update(checked_at=NOW, told_at=NOW).where(Submission.institution == SCHOOL).execute()
    reopen_institution(world.oleg, SCHOOL, now=NOW)

    january = list_of(SCHOOL, Month(2021, 1))
    assert (the_list().total, january.total) == (1, 1)
    assert the_list().checked_at is None
    assert {r.submission_id for r in Record.select()} == {the_list().id, january.id}
    assert waiting(world) == {}
    record = Record.get(Record.submission == the_list())
    decide(world.ana, MONTH, record.id, CONFIRMED, seen=record.version, now=NOW)
    assert AuditEntry.select().where(AuditEntry.what == "reopened_institution").count() == 1
    with pytest.raises(Conflict, match="не е закрита"):
        reopen_institution(world.oleg, SCHOOL, now=NOW)


def test_taken_back_a_signed_list_stays_as_it_was_signed(world, close):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    close()
    load(asp(0))
    reopen_institution(world.oleg, SCHOOL, now=NOW)

    assert (the_list().lock, the_list().total) == (Lock.SIGNED, 0)
    assert waiting(world) == {SCHOOL: 1}


def test_taken_back_it_gets_no_list_in_a_month_that_is_answered(world, close):
    close()
    answered = Campaign.create(month=Month(2020, 11), made_at=NOW, answered_at=NOW)
    under_way = Campaign.create(month=Month(2020, 10), made_at=NOW)
    reopen_institution(world.oleg, SCHOOL, now=NOW)

    have = {each.campaign_id for each in Submission.select().where(Submission.institution == SCHOOL)}
    assert (answered.id in have, under_way.id in have) == (False, True)


def test_the_audit_keeps_a_digest_of_the_day_and_the_successor(world, close):
    digests = {closing_digest(Institution.get_by_id(SCHOOL))}
    for on, successor in ((TODAY, OTHER_SCHOOL), (TODAY, KINDERGARTEN), (TODAY, ""), (TOMORROW, "")):
        close(on=on, successor=successor)
        digests.add(closing_digest(Institution.get_by_id(SCHOOL)))
        assert AuditEntry.select().order_by(AuditEntry.id.desc()).first().content in digests
        reopen_institution(world.oleg, SCHOOL, now=NOW)

    assert len(digests) == 5


def test_the_deadline_is_no_matter(close):
    close(on=CLOSES, now=AFTER)
    assert Institution.get_by_id(SCHOOL).closed_on == CLOSES
