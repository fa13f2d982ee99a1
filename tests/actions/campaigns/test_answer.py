"""make_answer: what goes to АСП, byte for byte."""

import hashlib
import io
import json
from decimal import Decimal

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.campaigns import make_exception
from portal.actions.lists.confirmations import decide, send_back
from portal.actions.signing.signing import sign, unsign
from portal.domain.decisions import Decided, Decision, Reason, RefusalReason
from portal.domain.errors import Conflict, NotFound
from portal.domain.month import Month
from portal.exchange.answer import HEADER
from portal.storage.loading.tables import Load
from portal.storage.tables.answers import AnswerFile
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import writing
from tests.actions.loading.loaded import LATER_DAY, asp, load
from tests.cast import (
    AFTER,
    EGNS,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    PASSWORD,
    SCHOOL,
    SITE,
    add_record,
)
from tests.exchange.answers import read_back
from tests.exchange.invented import lnch

REFUSED = Decided(Decision.REFUSED, Decimal("4.50"), RefusalReason.LATE_NOTE, "бележка")


def made(*, final: bool, now=None, person=None):
    out = io.BytesIO()
    answer = make_answer(person, MONTH, out, now=now or (AFTER if final else NOW), final=final)
    assert (answer.size, answer.sha256) == (len(out.getvalue()), hashlib.sha256(out.getvalue()).hexdigest())
    return out.getvalue(), answer


def lines(content: bytes) -> list[str]:
    """Without the header and the line ends."""
    head, *rest = content.decode("cp1251").split("\r\n")
    assert head == HEADER
    assert rest.pop() == ""
    return rest


@pytest.fixture
def signed(world):
    """Ана refused an absence and a number of days, and signed; Борис decided and did not."""
    load(
        asp(0, family="Цветанов – мл."),
        asp(1, reason=2, days="15"),
        asp(2, reason=1),
        asp(3, institution=OTHER_SCHOOL),
    )
    first, second, third, fourth = Record.select().order_by(Record.id)
    decide(world.ana, MONTH, first.id, REFUSED, seen=1, now=NOW)
    days = Decided(Decision.REFUSED, Decimal(4), RefusalReason.OTHER_DAYS, "бележка")
    decide(world.ana, MONTH, second.id, days, seen=1, now=NOW)
    decide(world.ana, MONTH, third.id, Decided(Decision.CONFIRMED, note="да"), seen=1, now=NOW)
    decide(world.boris, MONTH, fourth.id, Decided(Decision.CONFIRMED), seen=1, now=NOW)
    sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
    return world


def test_a_preview_holds_only_what_is_signed(signed):
    content, answer = made(final=False)

    assert sorted(lines(content)) == sorted([
        f"2020|12|{SCHOOL}|{EGNS[0]}|0|Стефан|Ганчев|Цветанов – мл.|007.00|00|0|2|004.50|00",
        f"2020|12|{SCHOOL}|{EGNS[1]}|0|Стефан|Ганчев|Цветанов|000.00|15|2|2|000.00|04",
        f"2020|12|{SCHOOL}|{EGNS[2]}|0|Стефан|Ганчев|Цветанов|000.00|00|1|1|000.00|00",
    ])  # fmt: skip
    assert answer.name == "PREVIEW-MONCONF1220.txt"
    assert Campaign.for_month(MONTH).answered_at is None


def test_the_final_answer_holds_everything_and_ends_the_campaign(signed):
    content, answer = made(final=True)

    assert len(lines(content)) == 4
    assert f"2020|12|{OTHER_SCHOOL}|{EGNS[3]}|0|Стефан|Ганчев|Цветанов|007.00|00|0|0|000.00|00" in lines(
        content
    )
    assert answer.name == "MONCONF1220.txt"
    assert Campaign.for_month(MONTH).answered_at == AFTER
    assert [(file.final, file.sha256) for file in AnswerFile.select()] == [(True, answer.sha256)]


def test_the_order_is_by_institution_and_identifier_whatever_came_first(world):
    others = [(2, "b2"), (2, "B1"), (1, lnch(7))]
    done = load(
        *(asp(5, institution=OTHER_SCHOOL), asp(7), asp(2), asp(2, reason=2)),
        *(f"2020|12|{SCHOOL}|{kind}|{number}|А|||001.00|0|00" for kind, number in others),
    )
    assert done.rejected == 0
    content, _ = made(final=True)

    keys = [(f[2], f[4], f[3], f[10]) for f in (line.split("|") for line in lines(content))]
    assert keys == sorted(keys)
    assert [key[2] for key in keys if key[1] == "2"] == ["B1", "B2"]


def test_what_was_read_goes_back_byte_for_byte(world):
    sent = [asp(0, given=" Ана ", middle="", family="О’Нийл"), asp(1, absences="123.45", days="07")]
    load(*sent)
    content, _ = made(final=True)
    rows = {row.id_number: row for row in read_back(content)}

    for number, fields in ((text.split("|")[4], text.split("|")) for text in sent):
        row = rows[number]
        assert [row.given, row.middle, row.family, row.absences, row.days] == [*fields[5:9], fields[10]]


def test_the_same_data_give_the_same_bytes(signed):
    assert made(final=False)[0] == made(final=False)[0]
    first, one = made(final=True)
    again, two = made(final=True, now=AFTER.replace(hour=20), person=signed.oleg)

    assert first == again
    assert one.manifest == two.manifest, "the one that was kept"
    assert Campaign.for_month(MONTH).answered_at == AFTER


def test_the_final_answer_is_made_once_and_then_downloaded(signed):
    _, answer = made(final=True)
    made(final=True, now=AFTER.replace(day=7), person=signed.oleg)

    (kept,) = AnswerFile.select().where(AnswerFile.final)
    assert (kept.at, kept.by_id) == (AFTER, None)
    entries = AuditEntry.select().where(AuditEntry.what.in_(("answered", "downloaded_answer")))
    assert [(entry.what, entry.who) for entry in entries.order_by(AuditEntry.id)] == [
        ("answered", 0),
        ("downloaded_answer", signed.oleg.user_id),
    ]
    assert {entry.content for entry in entries} == {answer.sha256}


def test_a_removed_signature_goes_out_as_no_information(signed):
    unsign(signed.ana, MONTH, "грешка", now=NOW)

    assert lines(made(final=False)[0]) == []
    assert {line.split("|")[11] for line in lines(made(final=True)[0])} == {"0"}


def test_a_record_that_was_sent_back_goes_out_as_no_information(world):
    record = add_record(SCHOOL)
    send_back(world.ana, MONTH, record.id, "не е наше", now=NOW)

    assert lines(made(final=False)[0]) == []
    (line,) = lines(made(final=True)[0])
    assert line.split("|")[2] == SCHOOL
    assert line.split("|")[11:] == ["0", "000.00", "00"]


def test_a_decision_in_an_unsigned_list_carries_no_correction(world):
    record = add_record(SCHOOL)
    decide(world.ana, MONTH, record.id, REFUSED, seen=1, now=NOW)

    assert lines(made(final=True)[0])[0].split("|")[11:] == ["0", "000.00", "00"]


@pytest.mark.parametrize("final", [False, True])
def test_the_manifest_says_what_it_is(signed, final):
    content, answer = made(final=final, person=signed.oleg)
    told = json.loads(answer.manifest)

    assert told["campaign"] == "2020-12"
    assert told["kind"] == ("final" if final else "preview")
    assert told["generated_by"] == "Олег Минчев"
    assert told["generated_at"] == ("2021-02-02T08:00:00Z" if final else "2021-01-28T08:00:00Z")
    assert told["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert told["file"]["bytes"] == len(content)
    assert told["records_by_decision"] == {"pending": 1 if final else 0, "confirmed": 1, "refused": 2}
    assert told["institutions_by_state"]["final" if final else "signed"] == 1
    assert sum(told["institutions_by_state"].values()) == 4


def test_there_is_no_final_answer_before_the_deadline(signed):
    with pytest.raises(Conflict, match=r"Срокът е до края на 1 февруари 2021 г. \(понеделник\)"):
        made(final=True, now=NOW)

    assert Campaign.for_month(MONTH).answered_at is None
    assert AnswerFile.select().count() == 0


def test_there_is_no_final_answer_without_a_deadline_or_in_a_suspended_month(world):
    Campaign.update(suspended_at=NOW).execute()
    with pytest.raises(Conflict, match="спряна"):
        made(final=True)
    Campaign.update(suspended_at=None, closes_on=None, opens_on=None).execute()
    with pytest.raises(Conflict, match="още не е определен"):
        made(final=True)


def test_an_open_exception_holds_up_the_final_answer(world):
    make_exception(world.oleg, MONTH, SCHOOL, LATER_DAY, "причина", now=AFTER)

    with pytest.raises(Conflict, match="отворено изключение: 1"):
        made(final=True)
    assert made(final=False, now=AFTER)[1].records == 0
    made(final=True, now=AFTER.replace(day=6))


def test_an_answer_that_would_differ_from_the_one_sent_is_not_made(signed):
    made(final=True)
    with writing():
        Record.update(family="Друг").where(Record.institution == OTHER_SCHOOL).execute()

    with pytest.raises(Conflict, match="вече не са тези от изготвения отговор"):
        made(final=True)
    assert AnswerFile.select().count() == 1


def test_a_month_that_was_not_loaded_has_no_answer(world):
    with pytest.raises(NotFound):
        make_answer(None, Month(2020, 10), io.BytesIO(), now=NOW, final=False)


def test_the_audit_keeps_the_digest(signed):
    _, answer = made(final=False, person=signed.oleg)

    entry = AuditEntry.get(AuditEntry.what == "previewed_answer")
    assert (entry.content, entry.who) == (answer.sha256, signed.oleg.user_id)
    _, by_command = made(final=True)
    entry = AuditEntry.get(AuditEntry.what == "answered")
    assert (entry.content, entry.who) == (by_command.sha256, 0)
    assert [file.by_id for file in AnswerFile.select().order_by(AnswerFile.id)] == [signed.oleg.user_id, None]


def test_every_record_goes_out_once_over_many_institutions(world):
    from portal.domain.placement import InstitutionType
    from tests.cast import add_institution

    codes = [f"{n:07d}" for n in range(4000000, 4000120)]
    for code in codes:
        add_institution(code, f"Училище {code}", InstitutionType.SCHOOL)
    load(*(f"2020|12|{code}|2|{n}|А|Б|В|007.00|0|00" for n, code in enumerate(codes * 3)))
    content, _ = made(final=True)

    written = lines(content)
    assert len(written) == len(set(written)) == 360
    assert [line.split("|")[2] for line in written] == sorted(codes * 3)


def test_a_child_confirmed_in_a_kindergarten_and_one_far_away(world):
    add_record(KINDERGARTEN, Reason.ABSENCE, "004.00", None)
    add_record(FAR_SCHOOL, Reason.DISTANCE)

    assert [line.split("|")[2] for line in lines(made(final=True)[0])] == [FAR_SCHOOL, KINDERGARTEN]


def test_waits_for_a_load_that_was_broken_off(world, signed):
    load = Load.create(
        kind="asp", campaign=world.campaign, month=MONTH, file_name="ASPCONF1220.txt", sha256="0" * 64,
        encoding="windows-1251", received=9, at=NOW,
    )  # fmt: skip

    with pytest.raises(Conflict, match="още не е зареден докрай"):
        made(final=True)
    assert AnswerFile.select().count() == 0

    Load.update(is_finished=True).where(Load.id == load.id).execute()
    assert made(final=True)
