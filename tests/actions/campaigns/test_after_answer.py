"""After the final answer: that it was sent, what an institution reads of it, and a late correction."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.actions.campaigns.answers import copy_of, make_answer
from portal.actions.campaigns.campaigns import end_exception
from portal.actions.campaigns.correcting import make_correction, may_correct
from portal.actions.campaigns.requests import (
    Asked,
    ask_correction,
    decline_correction,
    grant_correction,
    support_correction,
)
from portal.actions.campaigns.sending import say_sent
from portal.actions.lists.confirmations import decide
from portal.actions.signing.signing import sign, unsign
from portal.actions.verifying import Verified, verify
from portal.actions.verifying.copies import check_copy
from portal.domain.campaigns.corrections import RequestState, Why
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.domain.errors import Conflict, Denied, NotFound, Refusal
from portal.domain.people import Scope
from portal.storage.campaigns.requests import requests_without_child, state_of
from portal.storage.tables.answers import AnsweredRecord, AnswerFile, CorrectionRequest
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.people import Delegation, Login
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record

LATER = AFTER + timedelta(days=1)
UNTIL = (AFTER + timedelta(days=3)).date()
AT_LAST = AFTER + timedelta(days=9)
TODAY = AFTER.date()


@pytest.fixture
def record(world):
    """Of two children Ана has confirmed one and the other, and signed; Борис has not."""
    by = {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
    record = add_record(family="Атанасова", **by)
    add_record(**by)
    add_record(OTHER_SCHOOL)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    return record


@pytest.fixture
def answer(record):
    return made(make_answer, now=AFTER, final=True)


def made(make, **more) -> bytes:
    out = io.BytesIO()
    make(None, MONTH, out, **more)
    return out.getvalue()


def asked(record, **more) -> Asked:
    return Asked(**{"record_id": record.id, "reason": Why.LATE_NOTE, "document": "№ 118/2020", **more})


def correct(world, record, corrected="2") -> None:
    """All the way: asked for, granted, refused instead of confirmed, signed anew, over."""
    request = ask_correction(world.ana, MONTH, asked(record), now=AFTER)
    grant_correction(world.oleg, MONTH, request.id, UNTIL, "", now=LATER)
    unsign(world.ana, MONTH, "Поправка.", now=LATER)
    version = Record.get_by_id(record.id).version
    refused = Decided(
        Decision.REFUSED, corrected=Decimal(corrected), reason=RefusalReason.LATE_NOTE, note="Бележка."
    )
    decide(world.ana, MONTH, record.id, refused, seen=version, now=LATER)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=LATER)
    end_exception(world.oleg, MONTH, SCHOOL, now=LATER + timedelta(hours=1))


def findings() -> list[str]:
    Delegation.delete().execute()
    Login.delete().execute()
    return [finding.code for finding in verify(None, verified=Verified(), site=SITE)]


class TestSent:
    def test_is_said_once_with_its_day(self, world, answer):
        say_sent(world.oleg, MONTH, TODAY, now=AFTER)

        assert Campaign.get().sent_on == TODAY
        assert AuditEntry.get(AuditEntry.what == "sent_answer").who == world.oleg.user_id
        with pytest.raises(Conflict, match="Вече е отбелязано"):
            say_sent(world.oleg, MONTH, TODAY, now=LATER)
        assert findings() == []

    @pytest.mark.parametrize(
        ("on", "said"),
        [(TODAY + timedelta(days=1), "не е дошъл"), (TODAY - timedelta(days=1), "не е изпратен преди")],
    )
    def test_is_neither_in_the_future_nor_before_it_was_made(self, world, answer, on, said):
        with pytest.raises(Refusal, match=said) as refusal:
            say_sent(world.oleg, MONTH, on, now=AFTER)
        assert refusal.value.field == "on"

    def test_is_not_said_of_what_was_not_made(self, world, record):
        with pytest.raises(Conflict, match="още не е изготвен"):
            say_sent(world.oleg, MONTH, TODAY, now=AFTER)

    def test_a_day_that_was_changed_by_hand_is_found(self, world, answer):
        say_sent(world.oleg, MONTH, TODAY, now=AFTER)
        Campaign.update(sent_on=date(2021, 3, 1)).execute()

        assert findings() == ["sent_changed"]


class TestCopy:
    def test_holds_the_lines_of_the_file(self, world, answer):
        copy = copy_of(Campaign.get(), SCHOOL)

        assert set(copy.splitlines()) <= set(answer.splitlines())
        assert len(copy.splitlines()) == 3
        assert list(check_copy(MONTH, copy)) == list(check_copy(MONTH, copy, answer)) == []

    def test_a_line_that_differs_or_lacks_is_found(self, world, answer):
        lines = copy_of(Campaign.get(), SCHOOL).splitlines(keepends=True)
        other = b"".join([*lines[:-1], lines[-1].replace("Мария".encode("cp1251"), "Марио".encode("cp1251"))])

        assert {one.code for one in check_copy(MONTH, other)} == {"copy_differs", "copy_incomplete"}
        assert [one.code for one in check_copy(MONTH, b"".join(lines[:-1]))] == ["copy_incomplete"]
        assert [one.code for one in check_copy(MONTH, b"".join(lines), answer + b"x")] == ["answer_differs"]
        assert "Марио" not in "".join(one.sentence for one in check_copy(MONTH, other))


class TestARequest:
    def test_goes_to_the_regional_office_without_the_child(self, world, record):
        ask_correction(world.ana, MONTH, asked(record, note="Мария Атанасова беше болна."), now=AFTER)

        [seen] = requests_without_child(world.campaign, 22)
        assert (seen.code, seen.reason, seen.document) == (SCHOOL, Why.LATE_NOTE, "№ 118/2020")
        assert "Атанасова" not in str(seen)
        assert record.id_number not in str(seen)
        assert requests_without_child(world.campaign, 3) == []

    @pytest.mark.parametrize("document", ["Бележка на Атанасова", "Справка {number}", ""])
    def test_names_no_child_in_what_the_office_reads(self, world, record, document):
        with pytest.raises(Refusal) as refusal:
            ask_correction(
                world.ana, MONTH, asked(record, document=document.format(number=record.id_number)), now=AFTER
            )
        assert refusal.value.field == "document"

    def test_is_for_after_the_deadline(self, world, record):
        with pytest.raises(Conflict, match="Поправка се иска след срока"):
            ask_correction(world.ana, MONTH, asked(record), now=NOW)

    def test_is_of_the_institutions_own_and_of_who_may_sign(self, world, record):
        with pytest.raises(Refusal, match="Изберете детето"):
            ask_correction(world.boris, MONTH, asked(record), now=AFTER)
        with pytest.raises(Denied):
            ask_correction(world.delegate(Scope.DECIDE), MONTH, asked(record), now=AFTER)

    def test_waits_for_an_answer_before_the_next(self, world, record):
        request = ask_correction(world.ana, MONTH, asked(record), now=AFTER)
        with pytest.raises(Conflict, match="вече има искане"):
            ask_correction(world.ana, MONTH, asked(record), now=AFTER)

        decline_correction(world.oleg, MONTH, request.id, "Няма документ.", now=AFTER)
        assert state_of(CorrectionRequest.get_by_id(request.id)) is RequestState.DECLINED
        assert ask_correction(world.ana, MONTH, asked(record), now=AFTER)

    def test_is_supported_once_by_its_own_office(self, world, record):
        request = ask_correction(world.ana, MONTH, asked(record), now=AFTER)
        with pytest.raises(NotFound):
            support_correction(
                replace(world.nora, region=3), MONTH, request.id, supports=True, note="", now=AFTER
            )

        note = "Не е видяно."
        done = support_correction(world.nora, MONTH, request.id, supports=False, note=note, now=AFTER)
        assert state_of(done) is RequestState.NOT_SUPPORTED
        with pytest.raises(Conflict, match="вече е дадено"):
            support_correction(world.nora, MONTH, request.id, supports=True, note="", now=AFTER)

    def test_is_declined_with_a_reason_that_names_nobody(self, world, record):
        request = ask_correction(world.ana, MONTH, asked(record), now=AFTER)
        for note in ("", "Атанасова не е в списъка."):
            with pytest.raises(Refusal):
                decline_correction(world.oleg, MONTH, request.id, note, now=AFTER)

    def test_opens_the_list_also_after_the_answer(self, world, record, answer):
        request = ask_correction(world.ana, MONTH, asked(record), now=AFTER)
        grant_correction(world.oleg, MONTH, request.id, UNTIL, "", now=LATER)

        unsign(world.ana, MONTH, "Поправка.", now=LATER)
        with pytest.raises(Conflict, match="вече е отговорено"):
            grant_correction(world.oleg, MONTH, request.id, UNTIL, "", now=LATER)
        with pytest.raises(Conflict, match="Отговорът до АСП вече е изготвен"):
            sign(world.ana, MONTH, PASSWORD, site=SITE, now=AT_LAST)


class TestACorrection:
    def test_carries_only_what_was_changed_and_signed_since(self, world, record, answer):
        correct(world, record)
        content = made(make_correction, now=AT_LAST)

        (line,) = content.decode("cp1251").splitlines()[1:]
        fields = line.split("|")
        assert (fields[3], fields[11:]) == (record.id_number, ["2", "002.00", "00"])
        assert content.splitlines()[0] == answer.splitlines()[0]
        assert made(make_correction, now=AT_LAST) == content
        assert made(make_answer, now=AT_LAST, final=True) == answer, "the answer itself stays what it was"
        assert set(copy_of(Campaign.get(), SCHOOL).splitlines()) <= set(answer.splitlines())
        assert findings() == []

    def test_says_in_its_manifest_what_it_is(self, world, record, answer):
        correct(world, record)
        out = io.BytesIO()
        done = make_correction(world.oleg, MONTH, out, now=AT_LAST)

        told = json.loads(done.manifest)
        assert (told["kind"], told["records"]) == ("correction", 1)
        assert told["file"]["sha256"] == hashlib.sha256(out.getvalue()).hexdigest()
        assert AuditEntry.get(AuditEntry.what == "corrected_answer").content == done.sha256

    def test_is_not_made_before_the_answer_nor_of_nothing(self, world, record):
        with pytest.raises(Conflict, match="още не е изготвен"):
            made(make_correction, now=AFTER)
        made(make_answer, now=AFTER, final=True)
        with pytest.raises(Conflict, match="няма какво да се изпрати"):
            made(make_correction, now=AFTER)
        assert not may_correct(Campaign.get(), now=AFTER)

    def test_waits_while_a_list_is_open(self, world, record, answer):
        request = ask_correction(world.ana, MONTH, asked(record), now=AFTER)
        grant_correction(world.oleg, MONTH, request.id, UNTIL, "", now=LATER)

        with pytest.raises(Conflict, match="отворен за поправка списък: 1"):
            made(make_correction, now=LATER)

    def test_what_was_opened_and_not_signed_again_stays_as_it_was_answered(self, world, record, answer):
        request = ask_correction(world.ana, MONTH, asked(record), now=AFTER)
        grant_correction(world.oleg, MONTH, request.id, UNTIL, "", now=LATER)
        unsign(world.ana, MONTH, "Поправка.", now=LATER)

        with pytest.raises(Conflict, match="няма какво да се изпрати"):
            made(make_correction, now=AT_LAST)
        assert made(make_answer, now=AT_LAST, final=True) == answer

    def test_is_not_made_of_what_nobody_signed(self, world, record, answer):
        correct(world, record)
        made(make_correction, now=AT_LAST)
        with writing():
            AnsweredRecord.update(corrected=Decimal(1), decision=Decision.REFUSED).execute()

        with pytest.raises(Conflict, match="portal verify"):
            made(make_correction, now=AT_LAST)
        assert AnswerFile.select().where(AnswerFile.is_correction).count() == 1

    def test_a_second_correction_is_another_file(self, world, record, answer):
        correct(world, record)
        first = made(make_correction, now=LATER + timedelta(hours=2))
        Submission.update(reopened_until=None).execute()
        request = ask_correction(world.ana, MONTH, asked(record), now=LATER + timedelta(days=1))
        assert request.id
        assert made(make_correction, now=AT_LAST) == first


class TestVerified:
    @pytest.fixture
    def request_id(self, world, answer, record):
        """Asked for, and supported."""
        request = ask_correction(world.ana, MONTH, asked(record), now=LATER)
        support_correction(world.nora, MONTH, request.id, supports=True, note="", now=LATER)
        return request.id

    def test_what_people_said_agrees(self, world, request_id):
        assert findings() == []
        grant_correction(world.oleg, MONTH, request_id, UNTIL, "", now=LATER)
        assert findings() == []

    @pytest.mark.parametrize(
        "columns",
        [
            {"supported": False},
            {"supported": None, "supported_by": None, "supported_at": None},
            {"granted": True},
            {"asked_at": AFTER},
        ],
    )
    def test_finds_what_was_changed_by_hand(self, request_id, columns):
        CorrectionRequest.update(columns).execute()
        assert findings() == ["correction_changed"]

    def test_finds_one_that_is_gone_or_that_nobody_asked_for(self, world, request_id):
        CorrectionRequest.update(id=request_id + 1).execute()
        assert findings() == ["correction_changed", "correction_deleted"]
