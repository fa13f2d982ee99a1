"""No page offers what the server would refuse: every page of every role, in every state of a month."""

import dataclasses
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.campaigns import make_exception, suspend
from portal.actions.campaigns.closing import close_institution
from portal.actions.campaigns.requests import (
    Asked,
    ask_correction,
    decline_correction,
    grant_correction,
    support_correction,
)
from portal.actions.campaigns.sending import say_sent
from portal.actions.diary.comparing import compare
from portal.actions.lists.confirmations import decide, send_back
from portal.actions.notices.acquainting import acquaint
from portal.actions.notices.publishing import withdraw
from portal.actions.qualified.taking import take
from portal.actions.retention.purging import purge
from portal.actions.signing.signing import sign, unsign
from portal.crypto.qualified.trust import read_trust
from portal.domain.campaigns.corrections import Why
from portal.domain.decisions import Decided, Decision, Reason, RefusalReason
from portal.domain.people import Scope
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.qualified import PendingSignature
from tests.actions.qualified.signed import BOTH, authority, believing, give_egn, p7s
from tests.actions.register.unlocked import entered, keep
from tests.cast import AFTER, FAR_SCHOOL, MONTH, NOW, PASSWORD, SCHOOL, SITE, add_record, change_delegations
from tests.circulars import WORDING, published
from tests.diaries import diary, line_of
from tests.sheets import brought
from tests.web.crawling import Crawl

NOT_OF_A_MONTH = ("/account", "/closures", "/audit", "/delegates", "/quarantine")
FROM_THE_ACCOUNT = ("/account", "/people", "/delegates", "/calendar", "/demo")  # of no month: once is enough
LIST = f"/confirmations/{MONTH}"
OF_A_LIST = ("/", LIST, f"{LIST}/history", f"/quarantine/{MONTH}")
STARTS = {  # beside what links lead to: what people keep among their bookmarks
    "ana": (*OF_A_LIST, f"{LIST}/sign", "/quarantine/"),
    "vyara": (*OF_A_LIST, f"{LIST}/sign"),
    "decides": (LIST, "/"),
    "signs": (*OF_A_LIST, f"{LIST}/sign"),
    "oleg": ("/", f"/campaigns/{MONTH}", f"/oversight/{MONTH}?region=22"),
}
LONG_AFTER = datetime(2026, 3, 2, 8, tzinfo=UTC)
BEFORE = datetime(2021, 1, 20, 8, tzinfo=UTC)


@pytest.fixture
def trust_dir(tmp_path):
    return authority().write(tmp_path / "trust")


@pytest.fixture
def config(config, trust_dir):
    return dataclasses.replace(config, signatures=BOTH, trust_dir=trust_dir)


def records(world, *, decided: bool) -> list[Record]:
    by = (
        {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
        if decided
        else {}
    )
    return [add_record(reason=reason, **by) for reason in Reason]


def no_window(world):
    records(world, decided=False)
    Campaign.update(opens_on=None, closes_on=None).execute()
    return NOW


def not_yet_open(world):
    records(world, decided=False)
    return BEFORE


def open_list(world):
    records(world, decided=False)
    refused = {"decision": Decision.REFUSED, "decided_by": world.ana.user_id, "decided_at": NOW}
    add_record(corrected=Decimal(2), note="По дневника.", refusal_reason=RefusalReason.OWN_ERROR, **refused)
    away = add_record()
    send_back(world.ana, MONTH, away.id, "Учи другаде.", now=NOW)
    compared(world)
    entered(world.ana)
    circulars(world)
    brought(world.ana)
    return NOW


def compared(world):
    """With the school's diary: one that is equal, and one for which a refusal is suggested."""
    equal, lower = add_record(), add_record()
    compare(world.ana, MONTH, diary(line_of(equal, "7"), line_of(lower, "4,5")), now=NOW)


def circulars(world):
    """In force, with a file; replaced; and one that is withdrawn, of which Ана has to read why."""
    wording = dataclasses.replace(WORDING, text="Елате на съвещание.")
    old = published(world.nora, files=1, wording=wording)
    published(world.nora, files=1, wording=dataclasses.replace(wording, number="2"), replaces=old.id)
    gone = published(world.oleg, wording=wording)
    acquaint(world.ana, gone.id, now=NOW)
    withdraw(world.oleg, gone.id, "Няма да има съвещание.", now=NOW)
    published(world.oleg, wording=dataclasses.replace(wording, number="3"))


def ready(world):
    records(world, decided=True)
    return NOW


def signed(world):
    ready(world)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    return NOW


def waiting(world):
    """A file made with a card waits for its issuer's list of revoked certificates."""
    ready(world)
    give_egn(world.ana)
    with TemporaryDirectory() as folder:
        stale = read_trust(authority().write(Path(folder), fresh=False))
        take(world.ana, MONTH, p7s(world.ana), site=believing(stale), now=NOW)
    assert PendingSignature.select().count() == 1
    return NOW


def closed_waiting(world):
    waiting(world)
    return AFTER


def closed(world):
    ready(world)
    return AFTER


def closed_signed(world):
    signed(world)
    return AFTER


def suspended(world):
    open_list(world)
    suspend(world.oleg, MONTH, "Извънредно положение.", now=NOW)
    return NOW


def suspended_signed(world):
    signed(world)
    suspend(world.oleg, MONTH, "Извънредно положение.", now=NOW)
    return NOW


def exception(world):
    ready(world)
    make_exception(world.oleg, MONTH, SCHOOL, (AFTER + timedelta(days=2)).date(), "Писмо № 5.", now=AFTER)
    return AFTER


def closed_undecided(world):
    """With a record that was sent back, and others where nobody directs the institution."""
    open_list(world)
    add_record(FAR_SCHOOL)
    return AFTER


def broken_off(world):
    """A load of АСП's that nobody finished before the deadline."""
    ready(world)
    Load.create(
        kind="asp", campaign=world.campaign, month=MONTH, file_name="ASPCONF1220.txt", sha256="0" * 64,
        encoding="windows-1251", received=9, at=NOW, by=world.oleg.user_id,
    )  # fmt: skip
    return AFTER


def closed_institution(world):
    ready(world)
    close_institution(world.oleg, SCHOOL, date(2021, 1, 28), now=BEFORE)
    return NOW


def answered_unsigned(world):
    closed_undecided(world)
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    return AFTER


def answered(world):
    signed(world)
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    return AFTER


def asked_for_correction(world):
    """For two records; of one it was declined."""
    answered(world)
    for record in list(Record.select().limit(2)):
        asked = Asked(record.id, Why.LATE_NOTE, "№ 118/2020", "Беше болна.")
        request = ask_correction(world.ana, MONTH, asked, now=AFTER)
    decline_correction(world.oleg, MONTH, request.id, "Няма документ.", now=AFTER)
    return AFTER


def correcting(world):
    """The list is open again after the answer."""
    answered(world)
    asked = Asked(Record.get(Record.reason == Reason.ABSENCE).id, Why.LATE_NOTE, "№ 118/2020")
    request = ask_correction(world.ana, MONTH, asked, now=AFTER)
    support_correction(world.nora, MONTH, request.id, supports=True, note="", now=AFTER)
    grant_correction(world.oleg, MONTH, request.id, (AFTER + timedelta(days=2)).date(), "", now=AFTER)
    return AFTER


def corrected(world):
    """It was signed anew, and is over."""
    correcting(world)
    now = AFTER + timedelta(hours=1)
    unsign(world.ana, MONTH, "Поправка.", now=now)
    record = Record.get(Record.reason == Reason.ABSENCE)
    decided = Decided(Decision.REFUSED, corrected=Decimal(2), reason=RefusalReason.LATE_NOTE, note="Бележка.")
    decide(world.ana, MONTH, record.id, decided, seen=record.version, now=now)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=now)
    say_sent(world.oleg, MONTH, AFTER.date(), now=now)
    return AFTER + timedelta(days=5)


def erased(world):
    answered(world)
    purge(MONTH.plus(1), site=SITE, now=LONG_AFTER)
    return LONG_AFTER


OPEN = (
    no_window, not_yet_open, open_list, ready, signed, waiting, suspended, suspended_signed, exception,
    closed_institution, correcting,
)  # fmt: skip
OVER = (
    closed, closed_undecided, closed_signed, closed_waiting, broken_off, answered, answered_unsigned,
    asked_for_correction, corrected, erased,
)  # fmt: skip
# What nobody can follow any more once the deadline has passed; a step that is done is no advice.
TOO_LATE = re.compile(
    "(премахне|премахнете) подписа|чакат? подпис|подпишете(?! списъка – готово)|решете|потвърдете|отбележете",
    re.IGNORECASE,
)


@pytest.mark.parametrize("state", OPEN + OVER, ids=lambda state: state.__name__)
def test_offers_nothing_that_it_would_refuse(client, world, state, trust_dir):
    now = state(world)
    change_delegations(until=LONG_AFTER.date())
    skips = () if state is open_list else FROM_THE_ACCOUNT
    faults = []
    for name in ("ana", "vyara", "decides", "signs", "nora", "oleg"):
        client.at(now)
        if name == "decides":
            client.sign_in(world.delegate(Scope.DECIDE))
        elif name == "signs":
            client.sign_in(world.delegate(Scope.SIGN, Scope.REGISTER))
        else:
            keep(client, world.ana) if name == "ana" else client.sign_in(getattr(world, name))
        done = Crawl(client, skips).run(*STARTS.get(name, ("/",)))
        faults += [f"{name}: {fault}" for fault in done.faults]
        if state in OVER and name not in ("nora", "oleg"):
            faults += [
                f"{name}: {address} advises „{found[0]}“"
                for address, text in done.texts.items()
                if (found := TOO_LATE.search(text)) and not address.startswith(NOT_OF_A_MONTH)
            ]
        assert done.pages > 3
        assert done.presses > 1
    assert not faults, "\n".join(faults)
