"""load_ended: what АСП did, beside what was decided and answered."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.letters.matter import NoLonger
from portal.actions.letters.outbox import message_of
from portal.actions.loading.ended import load_ended
from portal.actions.loading.files import Source
from portal.actions.retention.purging import purge
from portal.actions.signing.signing import sign
from portal.actions.verifying import Verified, verify
from portal.domain.campaigns.ended import Agreement
from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.errors import Conflict, Refusal
from portal.domain.letters.fate import LetterState
from portal.domain.month import Month
from portal.storage.campaigns.ended import results_of, returned_in
from portal.storage.campaigns.rejects import rejects_of
from portal.storage.loading.tables import Load
from portal.storage.tables.answers import EndedRecord
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, Login
from tests.cast import AFTER, EGNS, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record

LATER = AFTER + timedelta(days=20)
REFUSED = {
    "decision": Decision.REFUSED, "corrected": Decimal(2),
    "refusal_reason": RefusalReason.LATE_NOTE, "note": "Бележка.",
}  # fmt: skip


@pytest.fixture
def records(world):
    """Two of Ана's, confirmed and refused, signed; one of Борис's, whose list is not."""
    by = {"decided_by": world.ana.user_id, "decided_at": NOW}
    found = [
        add_record(decision=Decision.CONFIRMED, **by),
        add_record(**REFUSED, **by),
        add_record(OTHER_SCHOOL),
    ]
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    return found


def line(record: Record, done: str = "1|12|202101|решение", **more: str) -> str:
    said = {"institution": record.institution_id, "family": record.family, "month": "12", **more}
    return (
        f"2020|{said['month']}|{said['institution']}|{record.id_type:d}|{record.id_number}|{record.given}|"
        f"{record.middle}|{said['family']}|{record.absences}|{record.reason:d}|{record.days}|{done}"
    )


KEPT = "0|00|000000|отказано"


def loaded(*lines: str, name: str = "ASPEND1220.txt", now=LATER, **more) -> Load:
    content = "\r\n".join(lines).encode("cp1251")
    return load_ended(more.pop("person", None), Source(io.BytesIO(content), name), now=now, **more)


def counts(load: Load) -> tuple[int, ...]:
    return load.received, load.distributed, load.rejected


def changed(load: Load) -> tuple[int, ...]:
    return load.added, load.updated, load.unchanged, load.removed


def faults(load: Load) -> list[str]:
    return [faults for _, _, faults in rejects_of(load)]


def letters(to: str = "ana@example.org") -> list[OutboxMessage]:
    ours = (OutboxMessage.kind == "result_came_back") & (OutboxMessage.recipient == to)
    return list(OutboxMessage.select().where(ours).order_by(OutboxMessage.id))


def sent(row: OutboxMessage):
    message = message_of(row, site=SITE, now=LATER)
    OutboxMessage.update(state=LetterState.SENT, sent_at=LATER, attempts=1, facts=row.facts).where(
        OutboxMessage.id == row.id
    ).execute()
    return message


def findings() -> list[str]:
    Delegation.delete().execute()
    Login.delete().execute()
    return [finding.code for finding in verify(None, verified=Verified(), site=SITE)]


class TestLines:
    def test_each_stands_beside_its_record(self, world, records):
        load = loaded(line(records[0]), line(records[1], KEPT), line(records[2]), person=world.oleg)

        assert (counts(load), changed(load)) == ((3, 3, 0), (3, 0, 0, 0))
        assert (load.kind, load.month, load.campaign) == ("ended", MONTH, Campaign.get())
        first = EndedRecord.get_by_id(records[0].id).outcome
        assert (first.ended, first.months, first.since, first.why) == (True, 12, Month(2021, 1), "решение")
        deeds = AuditEntry.select().where(AuditEntry.what.in_(["loaded_ended", "result_came_back"]))
        assert {deed.who for deed in deeds} == {world.oleg.user_id}
        assert len(deeds) == 2

    def test_received_is_placed_and_rejected(self, records):
        elsewhere = line(records[0], institution=OTHER_SCHOOL)
        stranger = line(records[1], family="Друга")
        nobody = next(egn for egn in EGNS if egn not in {record.id_number for record in records})
        unknown = line(records[2]).replace(records[2].id_number, nobody)
        january = line(records[0], month="11")
        load = loaded(
            line(records[0]), line(records[0]), elsewhere, stranger, unknown, january, "боклук", "", "\x1a"
        )

        assert counts(load) == (7, 1, 6)
        assert faults(load) == [
            "детето и причината се повтарят: валиден е ред 1",
            "код на институцията: не е нито този от списъка на АСП, нито този от отговора; "
            "детето и причината се повтарят: валиден е ред 1",
            "имена: не са тези на детето с този идентификатор",
            "детето и причината не са в отговора до АСП за месеца",
            "месецът е друг: файлът е за декември 2020 г.",
            "полетата са 1, а трябва да са 15",
        ]
        assert EndedRecord.select().count() == 1

    def test_the_first_good_line_stands_after_a_wrong_one(self, records):
        load = loaded(line(records[0], family="Друга"), line(records[0], KEPT))

        assert counts(load) == (2, 1, 1)
        assert not EndedRecord.get().ended

    def test_the_institution_of_the_answer_is_as_good_as_that_of_the_list(self, records):
        Record.update(asp_institution=OTHER_SCHOOL).where(Record.id == records[2].id).execute()
        other = Record.update(asp_institution="2200003").where(Record.id == records[2].id)
        assert counts(loaded(line(records[2]))) == (1, 1, 0)
        other.execute()
        assert counts(loaded(line(records[2], institution="2200003"))) == (1, 1, 0)

    def test_names_are_compared_as_they_are_read(self, records):
        assert counts(loaded(line(records[0], family=records[0].family.upper()))) == (1, 1, 0)


class TestAnotherFile:
    def test_the_same_changes_nothing(self, records):
        lines = [line(records[0]), line(records[1], KEPT)]
        loaded(*lines)
        again = loaded(*lines, now=LATER + timedelta(days=1))

        assert (counts(again), changed(again)) == ((2, 2, 0), (0, 0, 2, 0))
        assert AuditEntry.select().where(AuditEntry.what == "result_came_back").count() == 1
        assert len(letters()) == 1

    def test_a_corrected_one_replaces(self, records):
        loaded(line(records[0]), line(records[1], KEPT))
        load = loaded(line(records[1]), line(records[2]))

        assert changed(load) == (1, 1, 0, 1)
        assert {row.record_id for row in EndedRecord} == {records[1].id, records[2].id}
        assert EndedRecord.get_by_id(records[1].id).ended
        assert load.missing == 1
        assert findings() == []

    def test_without_a_good_line_nothing_changes(self, records):
        loaded(line(records[0]))
        load = loaded("2020|12|боклук")

        assert counts(load) == (1, 0, 1)
        assert [row.record_id for row in EndedRecord] == [records[0].id]

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("ASPCONF1220.txt", "", "По името си"),
            ("ASPEND1220.txt", "", "няма нито един ред"),
            ("ASPEND1220.txt", "2020|12|2200004|0|1043183143|С|Г|Ц|007.00|0|00", "а тук се зарежда"),
            ("файл.txt", "боклук", "не личи месецът"),
        ],
    )
    def test_another_file_is_refused(self, records, name, content, said):
        with pytest.raises(Refusal, match=said):
            loaded(content, name=name)
        assert Load.select().count() == 0

    def test_of_another_month_it_is_refused_on_the_page(self, records):
        with pytest.raises(Refusal, match=r"Файлът е за декември 2020 г\., а това е ноември 2020 г\."):
            loaded(line(records[0]), month=Month(2020, 11))

    def test_comes_after_the_answer(self, world):
        record = add_record()
        with pytest.raises(Conflict, match="още не е изготвен"):
            loaded(line(record))


class TestBesideTheDecisions:
    def test_what_differs_comes_first(self, records):
        loaded(line(records[0]), line(records[1]), line(records[2]))
        found = results_of(Campaign.get(), SCHOOL)

        assert [(each.record.id, each.agreement) for each in found] == [
            (records[1].id, Agreement.DIFFERS),
            (records[0].id, Agreement.AGREES),
        ]
        (other,) = results_of(Campaign.get(), OTHER_SCHOOL)
        assert other.agreement is Agreement.UNDECIDED

    def test_is_counted_without_a_child(self, world, records):
        assert returned_in(Campaign.get()) is None
        loaded(line(records[0]), line(records[1]), line(records[2]))
        found = returned_in(Campaign.get())

        assert (found.records, found.ended, found.kept, found.institutions) == (3, 3, 0, 2)
        assert (found.differs, found.undecided) == (1, 1)
        assert returned_in(Campaign.get(), 99) is None
        assert returned_in(Campaign.get(), world.nora.region).records == 3

    def test_a_figure_under_the_limit_is_not_ended_by_a_confirmation(self, world):
        by = {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
        record = add_record(figure="004.00", **by)
        sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
        make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
        loaded(line(record))

        assert returned_in(Campaign.get()).differs == 1
        assert results_of(Campaign.get(), SCHOOL)[0].agreement is Agreement.DIFFERS

    def test_distance_has_no_line(self, world):
        record = add_record(reason=Reason.DISTANCE, figure="09")
        make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
        load = loaded(line(record))
        assert counts(load) == (1, 0, 1)
        assert results_of(Campaign.get(), SCHOOL)[0].agreement is Agreement.APART


class TestLetter:
    def test_says_how_many_and_no_name(self, records):
        loaded(line(records[0]), line(records[1]))
        message = sent(letters()[0])

        assert message.subject.startswith(
            "АСП върна резултата за декември 2020 г. (различни от решението ви: 1)"
        )
        assert "Прекратени помощи: 2. Непрекратени помощи: 0." in message.body
        assert "/confirmations/2020-12/answer" in message.body
        assert records[0].family not in message.body
        with pytest.raises(NoLonger, match="не е върнала нищо"):
            message_of(letters("boris@example.org")[0], site=SITE, now=LATER)

    def test_once_for_the_same_result(self, records):
        loaded(line(records[0]))
        loaded(line(records[0]), line(records[2]))
        sent(letters()[0])

        assert len(letters()) == 2
        with pytest.raises(NoLonger, match="същото вече е съобщено"):
            message_of(letters()[1], site=SITE, now=LATER)

    def test_again_where_it_is_another(self, records):
        loaded(line(records[0], KEPT))
        sent(letters()[0])
        loaded(line(records[0]))

        message = sent(letters()[1])
        assert "АСП съобщи наново какво е направила" in message.body
        assert "съвпада с решенията ви" in message.body


class TestKept:
    def test_a_row_changed_by_hand_is_found(self, records):
        loaded(line(records[0]), line(records[1]))
        assert findings() == []
        EndedRecord.update(ended=False).where(EndedRecord.record == records[0]).execute()
        assert findings() == ["result_changed"]
        EndedRecord.delete().execute()
        assert findings() == ["result_changed"]

    def test_goes_with_the_month(self, records):
        loaded(line(records[0]))
        purge(Month(2021, 6), site=SITE, now=LATER)

        assert EndedRecord.select().count() == 0
        with pytest.raises(Conflict, match="заличени"):
            loaded(line(records[0]))
        assert findings() == []
