"""make_answer while people work: it is written while nobody waits, and says what holds when it is stored."""

import io

import pytest

from portal.actions.campaigns import answers
from portal.actions.campaigns.answers import TRIES, make_answer
from portal.actions.lists.confirmations import decide
from portal.actions.signing.signing import sign, unsign
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict
from portal.storage.campaigns import answered
from portal.storage.tables.answers import AnsweredRecord, AnswerFile
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record
from tests.actions.loading.loaded import asp, load
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SITE, stored
from tests.storage.together import at_once

pytestmark = pytest.mark.both_databases

CONFIRM = Decided(Decision.CONFIRMED)


@pytest.fixture
def signed(world, monkeypatch):
    """Ана confirmed two children and signed, Борис has one to decide; each record is a turn."""
    monkeypatch.setattr(answered, "AT_A_TURN", 1)
    load(asp(0), asp(1), asp(2, institution=OTHER_SCHOOL))
    for record in Record.select().where(Record.asp_institution != OTHER_SCHOOL):
        decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)
    signs(world)
    return world


def signs(world):
    sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)


def unsigns(world):
    unsign(world.ana, MONTH, "грешка", now=NOW)


def made(*, final: bool = True, now=AFTER) -> list[str]:
    """What each line says of its record."""
    out = io.BytesIO()
    make_answer(None, MONTH, out, now=now, final=final)
    return [line.split("|")[11] for line in out.getvalue().decode("cp1251").split("\r\n")[1:-1]]


def kept() -> list[str]:
    return [str(int(row.decision)) for row in AnsweredRecord.select().order_by(AnsweredRecord.record)]


def meanwhile(monkeypatch, deed, *, times: int) -> None:
    """So often ``deed`` is done by somebody else after the answer was written and before it is stored."""
    written, left = answers._written, [times]

    def deed_last(*args, **more):
        found = written(*args, **more)
        if left[0]:
            left[0] -= 1
            at_once(deed)
        return found

    monkeypatch.setattr(answers, "_written", deed_last)


@pytest.mark.parametrize("final", [True, False])
def test_people_work_while_it_is_written(signed, monkeypatch, final):
    """Of two hours of one clock: an answer that is made after the deadline is decided for before it."""
    record = Record.get(Record.asp_institution == OTHER_SCHOOL)
    meanwhile(monkeypatch, lambda: decide(signed.boris, MONTH, record.id, CONFIRM, seen=1, now=NOW), times=1)
    said = made(final=final, now=AFTER if final else NOW)

    assert stored(record).decision is Decision.CONFIRMED
    assert said == (["1", "1", "0"] if final else ["1", "1"])


@pytest.mark.parametrize("times", [1, TRIES])
def test_what_changes_meanwhile_is_in_the_final_answer(signed, monkeypatch, times):
    """However often it does: in the end the answer is written while the others wait."""
    turn = [unsigns, signs]

    def deed():
        turn[0](signed)
        turn.reverse()

    meanwhile(monkeypatch, deed, times=times)
    said = made()

    is_signed = times % 2 == 0
    assert said == kept() == (["1", "1", "0"] if is_signed else ["0", "0", "0"])
    assert (
        AnswerFile.select().count() == AuditEntry.select().where(AuditEntry.what == "answered").count() == 1
    )
    assert made() == said, "and again it says the same"


def test_a_preview_is_of_one_moment_and_written_once(signed, monkeypatch):
    meanwhile(monkeypatch, lambda: unsigns(signed), times=1)

    assert made(final=False, now=NOW) == ["1", "1"]
    assert made(final=False, now=NOW) == []


def test_what_is_kept_before_the_month_is_answered_counts_for_nothing(signed, monkeypatch):
    """The process ends when all is kept; then a signature is removed, and the answer made anew."""

    def ends(*_, **more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(answers, "_end", ends)
        make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    assert kept() == ["1", "1", "0"]
    assert Campaign.get().answered_at is None
    assert not AnswerFile.select().exists()

    unsigns(signed)
    assert made() == kept() == ["0", "0", "0"]


def test_a_month_that_is_suspended_meanwhile_has_no_answer(signed, monkeypatch):
    meanwhile(monkeypatch, lambda: Campaign.update(suspended_at=NOW).execute(), times=1)

    with pytest.raises(Conflict, match="спряна"):
        made()
    assert not AnswerFile.select().exists()
