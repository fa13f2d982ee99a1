"""load_asp_list of a long file: list by list, while people work, and once more where it is broken off."""

from collections import Counter

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.actions.campaigns.window import Days, set_window
from portal.actions.lists.confirmations import decide, say_nothing_to_confirm
from portal.actions.loading import asp_turns, others
from portal.actions.loading.asp_turns import Turns
from portal.actions.signing.signing import sign
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, Refusal
from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.domain.times import today
from portal.exchange.asp_list import LIST_SIGNED
from portal.storage.campaigns.loads import last_load, unfinished_loads
from portal.storage.lists.current import list_of
from portal.storage.loading.tables import Load
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import is_sqlite, writing
from portal.storage.tables.letters import OutboxMessage
from tests.actions.loading.conftest import store_in_turns
from tests.actions.loading.loaded import asp, counts, enrol, enrolled, load, rejected
from tests.cast import (
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
from tests.storage.together import at_once

CONFIRM = Decided(Decision.CONFIRMED)
DAYS = Days(OPENS, CLOSES)
JANUARY = Month(2021, 1)
# Turns go by the order of the codes: what is no line, Варна, Ана's school, the kindergarten, Борис's school.
FILE = (
    asp(0), asp(1, institution=OTHER_SCHOOL), asp(2), asp(3, institution=KINDERGARTEN),
    asp(4, institution=FAR_SCHOOL), asp(5, institution=OTHER_SCHOOL), "боклук",
)  # fmt: skip
WHOLE = {"received": 7, "distributed": 6, "rejected": 1, "added": 6}

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture(autouse=True)
def in_turns(monkeypatch):
    store_in_turns(monkeypatch)


def between_turns(monkeypatch, deed, *, before: str) -> None:
    """``deed`` is done before the lines of this institution are stored."""
    take = Turns.take

    def done_first(turns, lines):
        if lines[0].institution == before:
            deed()
        take(turns, lines)

    monkeypatch.setattr(Turns, "take", done_first)


def broken_off(monkeypatch, *lines: str, before: str = KINDERGARTEN, **more) -> Load:
    """A load whose process ends before the lines of this institution."""

    def ends():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        between_turns(patch, ends, before=before)
        with pytest.raises(KeyboardInterrupt):
            load(*lines, **more)
    return Load.select().order_by(Load.id.desc()).get()


def held() -> dict[str, int]:
    """Records by institution; the counts of the lists say the same."""
    lists = {row.institution_id: row.total for row in Submission.select() if row.total}
    records = Counter(record.institution_id for record in Record.select())
    assert lists == records
    return lists


def told() -> list[str]:
    return [letter.recipient for letter in OutboxMessage.select().order_by(OutboxMessage.id)]


def test_says_the_same_as_of_a_short_file():
    done = load(*FILE)

    assert counts(done) == WHOLE
    assert set(rejected(done)) == {7}
    assert held() == {SCHOOL: 2, OTHER_SCHOOL: 2, KINDERGARTEN: 1, FAR_SCHOOL: 1}
    assert done.is_finished
    assert unfinished_loads(done.campaign) == []


def test_the_audit_says_when_it_began_and_that_it_came_to_its_end(world):
    done = load(*FILE, person=world.oleg)

    said = [(entry.what, entry.object, entry.content, entry.who) for entry in AuditEntry.select()]
    whole = (f"load:{done.id}", done.sha256, world.oleg.user_id)
    assert said == [("began_asp", *whole), ("loaded_asp", *whole)]


def test_directors_decide_between_the_turns(world, monkeypatch):
    record = add_record(OTHER_SCHOOL, id_number=EGNS[15])
    decided = []

    def decides():
        decided.extend(
            at_once(lambda: decide(world.boris, MONTH, record.id, CONFIRM, seen=1, now=NOW), lambda: held())
        )

    between_turns(monkeypatch, decides, before=KINDERGARTEN)
    load(*FILE)

    assert decided[0].record.decision is Decision.CONFIRMED
    assert decided[1] == {FAR_SCHOOL: 1, SCHOOL: 2, OTHER_SCHOOL: 1}, "some lists had theirs, whole"
    assert stored(record).decision is Decision.CONFIRMED
    assert (list_of(OTHER_SCHOOL, MONTH).total, list_of(OTHER_SCHOOL, MONTH).pending) == (3, 2)


def test_within_a_turn_only_the_lists_of_its_lines_are_held(world, monkeypatch):
    """On PostgreSQL; of SQLite's one writer a turn is short."""
    if is_sqlite():
        return
    record, settle, decided = add_record(OTHER_SCHOOL, id_number=EGNS[15]), asp_turns.settle, []

    def settles(*args, **more):
        if not decided:
            decided.extend(at_once(lambda: decide(world.boris, MONTH, record.id, CONFIRM, seen=1, now=NOW)))
        settle(*args, **more)

    monkeypatch.setattr(asp_turns, "settle", settles)
    load(*FILE)

    assert decided[0].record.decision is Decision.CONFIRMED


@pytest.mark.parametrize(("before", "takes"), [(SCHOOL, False), (OTHER_SCHOOL, True)])
def test_a_list_that_is_signed_meanwhile_has_all_its_lines_or_none(world, monkeypatch, before, takes):
    """Ана signs before the turn of her school, or after it, when she has decided what came."""
    mine = {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
    add_record(SCHOOL, id_number=EGNS[15], **mine)

    def signs():
        for record in Record.select().where((Record.institution == SCHOOL) & (Record.decision == 0)):
            decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)
        sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)

    with monkeypatch.context() as patch:
        between_turns(patch, signs, before=before)
        done = load(*FILE)

    listed = list_of(SCHOOL, MONTH)
    assert (listed.lock, listed.total, listed.pending) == (Lock.SIGNED, 3 if takes else 1, 0)
    signed = {line for line, faults in rejected(done).items() if faults == LIST_SIGNED}
    assert signed == (set() if takes else {1, 3})
    assert done.received == done.distributed + done.rejected == 7
    assert counts(load(*FILE))["unchanged"] == (6 if takes else 4), "and once more says the same"


def test_nothing_leaves_a_list_that_is_signed_meanwhile(world, monkeypatch):
    """АСП names another school now: the turn of that one asks where the record stands."""
    mine = {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
    record = add_record(SCHOOL, id_number=EGNS[1], **mine)
    between_turns(
        monkeypatch,
        lambda: sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW),
        before=OTHER_SCHOOL,
    )
    done = load(asp(1, institution=OTHER_SCHOOL), asp(4, institution=FAR_SCHOOL))

    assert rejected(done) == {1: LIST_SIGNED}
    assert stored(record).institution_id == SCHOOL
    assert held() == {SCHOOL: 1, FAR_SCHOOL: 1}


def test_nothing_comes_onto_a_list_that_is_signed_meanwhile(world, monkeypatch):
    """АСП names a school where the child is not: the turn asks of the list that the child goes to."""
    mine = {"decision": Decision.CONFIRMED, "decided_by": world.boris.user_id, "decided_at": NOW}
    add_record(OTHER_SCHOOL, id_number=EGNS[15], **mine)
    enrol(enrolled(0, institution=OTHER_SCHOOL))
    between_turns(
        monkeypatch,
        lambda: sign(world.boris, MONTH, PASSWORD, shown="", site=SITE, now=NOW),
        before=SCHOOL,
    )
    done = load(asp(0), asp(4, institution=FAR_SCHOOL))

    assert rejected(done) == {1: LIST_SIGNED}
    assert held() == {OTHER_SCHOOL: 1, FAR_SCHOOL: 1}


def test_nor_where_the_child_goes_as_its_own_school_closes_meanwhile(world, monkeypatch):
    """Then the record stays with АСП's institution."""
    mine = {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
    add_record(SCHOOL, id_number=EGNS[15], **mine)
    enrol(enrolled(0, institution=OTHER_SCHOOL))

    def closes():
        close_institution(world.oleg, OTHER_SCHOOL, today(NOW), now=NOW)
        sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)

    between_turns(monkeypatch, closes, before=SCHOOL)
    done = load(asp(0), asp(4, institution=FAR_SCHOOL))

    assert rejected(done) == {1: LIST_SIGNED}
    assert held() == {SCHOOL: 1, FAR_SCHOOL: 1}


def test_who_said_that_there_is_nothing_is_told_otherwise(world, monkeypatch):
    between_turns(
        monkeypatch, lambda: say_nothing_to_confirm(world.boris, MONTH, now=NOW), before=OTHER_SCHOOL
    )
    load(*FILE)

    assert list_of(OTHER_SCHOOL, MONTH).checked_at is None
    assert told().count("boris@example.org") == 1


def test_a_child_who_is_enrolled_elsewhere_meanwhile_goes_there(monkeypatch):
    between_turns(
        monkeypatch, lambda: enrol(enrolled(3, institution=OTHER_SCHOOL), enrolled(4)), before=KINDERGARTEN
    )
    load(*FILE)

    assert held() == {SCHOOL: 3, OTHER_SCHOOL: 3}


def test_a_record_that_goes_to_another_list_is_on_one_of_the_two(monkeypatch):
    load(*FILE)
    moves = (asp(0, institution=OTHER_SCHOOL), asp(1, institution=KINDERGARTEN), asp(3, institution=SCHOOL))
    seen = []
    between_turns(monkeypatch, lambda: seen.append(sum(held().values())), before=KINDERGARTEN)
    done = load(*moves)

    assert (counts(done)["updated"], counts(done)["moved"], seen) == (3, 3, [6])
    assert held() == {SCHOOL: 2, OTHER_SCHOOL: 2, KINDERGARTEN: 1, FAR_SCHOOL: 1}


def answered():
    with writing():
        Campaign.update(answered_at=NOW).execute()


class TestBrokenOff:
    def test_every_list_has_all_its_lines_or_none(self, monkeypatch):
        done = broken_off(monkeypatch, *FILE)

        assert held() == {FAR_SCHOOL: 1, SCHOOL: 2}
        assert not done.is_finished
        assert counts(done) == {"received": 7, "distributed": 3, "rejected": 1, "added": 3}

    def test_the_operator_sees_how_far_it_came(self, monkeypatch):
        done = broken_off(monkeypatch, *FILE)

        (seen,) = unfinished_loads(done.campaign)
        assert (seen.load, seen.done, seen.is_going_on) == (done, 4, False)

    def test_also_where_it_came_nowhere(self, monkeypatch):
        done = broken_off(monkeypatch, *FILE[:-1], before=FAR_SCHOOL)

        (seen,) = unfinished_loads(done.campaign)
        assert (seen.load.received, seen.done) == (6, 0)

    def test_while_it_goes_on_it_is_not_broken_off(self, world, monkeypatch):
        broken_off(monkeypatch, *FILE)
        seen = []
        between_turns(monkeypatch, lambda: seen.extend(unfinished_loads(world.campaign)), before=KINDERGARTEN)
        load(asp(6), *FILE)

        assert [(each.load.received, each.is_going_on) for each in seen] == [(8, True), (7, False)]

    def test_the_same_file_loaded_again_completes_it(self, monkeypatch):
        done = broken_off(monkeypatch, *FILE)
        again = load(*FILE)

        assert counts(again) == WHOLE | {"added": 3, "unchanged": 3}
        assert held() == {SCHOOL: 2, OTHER_SCHOOL: 2, KINDERGARTEN: 1, FAR_SCHOOL: 1}
        assert unfinished_loads(done.campaign) == []

    def test_another_file_does_not(self, monkeypatch):
        done = broken_off(monkeypatch, *FILE)
        load(asp(9))

        assert [each.load for each in unfinished_loads(done.campaign)] == [done]

    def test_what_was_decided_meanwhile_stays(self, world, monkeypatch):
        broken_off(monkeypatch, *FILE)
        record = Record.get(Record.institution == SCHOOL)
        decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)
        again = load(*FILE)

        assert stored(record).decision is Decision.CONFIRMED
        assert again.reset == 0

    def test_rejected_lines_are_those_of_the_last_that_came_to_its_end(self, monkeypatch):
        whole = load("боклук", *FILE)
        broken_off(monkeypatch, *FILE, asp(9))

        assert last_load(MONTH) == whole

    @pytest.mark.parametrize("before", [FAR_SCHOOL, KINDERGARTEN])
    def test_a_new_month_has_no_window_until_its_file_is_loaded(self, world, monkeypatch, before):
        lines = [line.replace("2020|12", "2021|01") for line in FILE]
        broken_off(monkeypatch, *lines, before=before, window=DAYS)
        campaign = Campaign.for_month(JANUARY)

        assert campaign.closes_on is None
        assert told() == []
        with pytest.raises(Conflict, match="заредете отново същия файл"):
            set_window(world.oleg, JANUARY, DAYS, now=NOW)
        load(*lines, window=DAYS)
        assert Campaign.for_month(JANUARY).closes_on == CLOSES
        assert sorted(told()) == ["ana@example.org", "boris@example.org", "vyara@example.org"]

    def test_letters_that_were_not_written_are_written_by_the_next(self, world, monkeypatch):
        written = []

        def ends(*args, **more):
            written.append(1)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(asp_turns, "tell_of_list", ends)
            with pytest.raises(KeyboardInterrupt):
                load(*FILE)
        assert (written, told()) == ([1], [])
        assert len(unfinished_loads(world.campaign)) == 1
        load(*FILE)
        load(*FILE)

        assert sorted(told()) == ["ana@example.org", "boris@example.org", "vyara@example.org"]

    def test_changes_are_told_once(self, world, monkeypatch):
        load(*FILE)
        Record.update(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW).execute()
        OutboxMessage.delete().execute()
        changed = [line.replace("007.00", "008.00") for line in FILE]
        broken_off(monkeypatch, *changed)
        load(*changed)
        load(*changed)

        kinds = [(letter.recipient, letter.kind) for letter in OutboxMessage.select()]
        assert sorted(kinds) == [
            (f"{name}@example.org", "changed_after_decision") for name in ("ana", "boris", "vyara")
        ]

    def test_where_the_answer_went_meanwhile_no_line_is_stored_any_more(self, world, monkeypatch):
        between_turns(monkeypatch, answered, before=KINDERGARTEN)
        with pytest.raises(Conflict, match="вече е изготвен"):
            load(*FILE)

        assert held() == {FAR_SCHOOL: 1, SCHOOL: 2}
        assert not Load.get().is_finished


def test_a_file_of_one_piece_is_stored_whole_or_not_at_all(monkeypatch):
    def ends(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Turns, "take", ends)
        load(asp(0))
    assert not Load.select().exists()

    load(asp(0))
    assert [entry.what for entry in AuditEntry.select()] == ["loaded_asp"]


def test_a_window_that_cannot_be_is_refused_before_the_first_line():
    with pytest.raises(Refusal, match="преди началото"):
        load(*FILE, window=Days(CLOSES, OPENS))

    assert (held(), Load.select().count()) == ({}, 0)


def test_a_month_that_is_answered_takes_no_file_not_even_its_beginning():
    answered()
    with pytest.raises(Conflict, match="вече е изготвен"):
        load(*FILE)

    assert Load.select().count() == AuditEntry.select().count() == 0


def test_a_file_without_one_good_line_is_kept_in_turns_too(monkeypatch):
    done = load("едно", "две", "три")

    assert counts(done) == {"received": 3, "rejected": 3}
    assert (done.campaign, done.is_finished, set(rejected(done))) == (None, True, {1, 2, 3})


def test_of_two_loads_the_second_waits_for_the_first_or_is_told_to(world, monkeypatch):
    answers = []
    with monkeypatch.context() as patch:
        patch.setattr(others, "PATIENCE", 0.1)
        between_turns(patch, lambda: answers.extend(at_once(lambda: load(asp(9)))), before=KINDERGARTEN)
        done = load(*FILE)

    assert str(answers[0]).startswith("В момента се зарежда друг списък от АСП.")
    assert counts(done) == WHOLE
    assert counts(load(asp(9)))["added"] == 1, "and afterwards it has its turn"


def test_lines_of_a_list_stay_together_unless_they_are_too_many(monkeypatch):
    store_in_turns(monkeypatch, lines=2, largest=3)
    sizes = []
    take = Turns.take
    monkeypatch.setattr(Turns, "take", lambda turns, lines: (sizes.append(len(lines)), take(turns, lines)))
    load(
        *(asp(child) for child in range(3)),
        *(asp(child, institution=OTHER_SCHOOL) for child in range(3, 8)),
        asp(8, institution=FAR_SCHOOL),
        asp(9, institution=KINDERGARTEN),
    )

    assert sizes == [1, 3, 1, 2, 2, 1]
    assert held() == {SCHOOL: 3, OTHER_SCHOOL: 5, FAR_SCHOOL: 1, KINDERGARTEN: 1}
