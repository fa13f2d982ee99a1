"""Signing against everything else at the same moment: threads with connections of their own."""

import threading

import pytest
from peewee import IntegrityError

from portal.actions.keys.signing_key import signing_key
from portal.actions.lists.confirmations import Change, decide
from portal.actions.signing.declarations import declaration_of
from portal.actions.signing.signing import NotAsShown, sign_with, unsign
from portal.actions.verifying import Verified, verify
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.signing.standing import standing_of
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import connected, db, writing
from portal.storage.tables.signatures import Declaration, Signature
from tests.cast import MONTH, NOW, PASSWORD, SCHOOL, SITE, add_record, stored

ROUNDS = range(10)
REASON = "Сбъркан е един брой."


@pytest.fixture
def record(world):
    for number in range(30):
        add_record(decision=Decision.CONFIRMED, id_number=f"{number:010}")
    return add_record(decision=Decision.CONFIRMED)


class Begun:
    """An act in a thread with a connection of its own."""

    def __init__(self, act, start=None) -> None:
        self._act, self._start = act, start
        self._result = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with connected():
            if self._start:
                self._start.wait()
            try:
                self._result = self._act()
            except (Conflict, IntegrityError) as refused:
                self._result = refused

    def waits(self) -> bool:
        """Whether it has not ended after a while."""
        self._thread.join(0.5)
        return self._thread.is_alive()

    def result(self):
        """What it gave back, or raised."""
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self._result


def at_once(*acts) -> list:
    start = threading.Barrier(len(acts))
    return [begun.result() for begun in [Begun(act, start) for act in acts]]


def key_of(person):
    return signing_key(person.user_id, PASSWORD, site=SITE, now=NOW)


def the_list() -> Submission:
    return list_of(SCHOOL, MONTH)


def differences() -> list:
    """But for the delegate of the cast, whom no director has named."""
    found = verify(None, verified=Verified(), site=SITE)
    return [finding for finding in found if finding.code != "delegation_changed"]


def open_again(person) -> None:
    if the_list().lock is Lock.SIGNED:
        unsign(person, MONTH, REASON, now=NOW)


def test_an_edit_lands_before_the_signature_or_not_at_all(world, record):
    key = key_of(world.ana)
    firsts = set()
    for number in ROUNDS:
        shown = declaration_of(world.ana, MONTH, now=NOW).sha256
        seen = stored(record).version
        answer = Decided(Decision.CONFIRMED, note=f"бележка {number}")

        signed, edited = at_once(
            lambda shown=shown: sign_with(key, world.ana, MONTH, shown=shown, site=SITE, now=NOW),
            lambda answer=answer, seen=seen: decide(world.ana, MONTH, record.id, answer, seen=seen, now=NOW),
        )

        assert isinstance(signed, NotAsShown) != isinstance(edited, Conflict)
        assert (the_list().lock is Lock.SIGNED) == isinstance(signed, Signature)
        assert (stored(record).note == f"бележка {number}") == isinstance(edited, Change)
        assert differences() == []
        firsts.add(type(signed))
        open_again(world.ana)
    assert firsts <= {Signature, NotAsShown}


def test_an_edit_past_the_portal_lands_before_the_signature_or_not_at_all(world, record):
    key = key_of(world.ana)
    for number in ROUNDS:
        shown = declaration_of(world.ana, MONTH, now=NOW).sha256
        edit = Record.update(note=f"бележка {number}").where(Record.id == record.id)

        signed, edited = at_once(
            lambda shown=shown: sign_with(key, world.ana, MONTH, shown=shown, site=SITE, now=NOW),
            edit.execute,
        )

        assert isinstance(signed, NotAsShown) != isinstance(edited, IntegrityError)
        assert (stored(record).note == f"бележка {number}") == (edited == 1)
        assert differences() == []
        open_again(world.ana)


def test_a_signature_waits_for_an_edit_under_way_past_the_portal(world, record):
    key, shown = key_of(world.ana), declaration_of(world.ana, MONTH, now=NOW).sha256
    with db.atomic():
        Record.update(note="друго").where(Record.id == record.id).execute()
        signing = Begun(lambda: sign_with(key, world.ana, MONTH, shown=shown, site=SITE, now=NOW))
        assert signing.waits()

    assert isinstance(signing.result(), NotAsShown)
    assert the_list().lock is Lock.OPEN


def test_an_edit_past_the_portal_waits_for_a_signature_under_way(world, record):
    key = key_of(world.ana)
    with writing():
        sign_with(key, world.ana, MONTH, site=SITE, now=NOW)
        editing = Begun(Record.update(note="друго").where(Record.id == record.id).execute)
        assert editing.waits()

    assert isinstance(editing.result(), IntegrityError)
    assert stored(record).note == ""
    assert differences() == []


def test_of_two_signatures_at_once_one_counts(world, record):
    dora = world.delegate(Scope.SIGN)
    keys = key_of(world.ana), key_of(dora)
    for number in ROUNDS:
        results = at_once(
            lambda: sign_with(keys[0], world.ana, MONTH, site=SITE, now=NOW),
            lambda: sign_with(keys[1], dora, MONTH, site=SITE, now=NOW),
            lambda: sign_with(keys[0], world.ana, MONTH, site=SITE, now=NOW),
        )

        [signature] = [result for result in results if isinstance(result, Signature)]
        assert sum(isinstance(result, Conflict) for result in results) == 2
        assert standing_of(the_list()).id == signature.id
        assert Signature.select().count() == number + 1
        assert differences() == []
        open_again(world.ana)


def test_a_signature_and_its_removal_follow_one_another(world, record):
    key = key_of(world.ana)
    sign_with(key, world.ana, MONTH, site=SITE, now=NOW)
    for _ in ROUNDS:
        removed, signed = at_once(
            lambda: unsign(world.ana, MONTH, REASON, now=NOW),
            lambda: sign_with(key, world.ana, MONTH, site=SITE, now=NOW),
        )

        assert isinstance(removed, Signature)
        assert isinstance(signed, (Signature, Conflict))
        assert (the_list().lock is Lock.SIGNED) == isinstance(signed, Signature)
        assert differences() == []
        if the_list().lock is Lock.OPEN:
            sign_with(key, world.ana, MONTH, site=SITE, now=NOW)


def test_two_removals_at_once_are_one(world, record):
    key = key_of(world.ana)
    for _ in ROUNDS:
        sign_with(key, world.ana, MONTH, site=SITE, now=NOW)
        results = at_once(*[lambda: unsign(world.ana, MONTH, REASON, now=NOW)] * 2)

        assert sum(isinstance(result, Conflict) for result in results) == 1
        assert differences() == []


def test_two_readers_at_once_are_issued_one_declaration(world, record):
    for number in ROUNDS:
        Submission.recount([record.submission_id])

        first, second = at_once(*[lambda: declaration_of(world.ana, MONTH, now=NOW)] * 2)

        assert first.id == second.id
        assert Declaration.select().count() == number + 1
