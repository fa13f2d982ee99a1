"""back_up and restore: every acknowledged row comes back, all or nothing, on either database."""

import gzip
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import peewee
import pytest
from pyrage import x25519

from portal.actions.backup import content, making
from portal.actions.backup.content import Reader
from portal.actions.backup.making import back_up
from portal.actions.backup.restoring import Restored, restore
from portal.actions.backup.since import since
from portal.actions.keys.marks import is_marked
from portal.actions.letters.links import ACTIVATE, make_link
from portal.actions.letters.outbox import enqueue
from portal.actions.lists.confirmations import decide
from portal.actions.loading.files import unwatched
from portal.actions.people.delegations import Appointment, name_delegate, revoke
from portal.actions.people.logins import log_in
from portal.actions.signing.signing import sign
from portal.actions.verifying import Verified, verify
from portal.crypto.tokens import new_token
from portal.domain.decisions import Decided, Decision
from portal.domain.delegations import Terms
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Scope
from portal.mail.messages import Message
from portal.storage.backup.contents import lines_of, parts
from portal.storage.backup.filling import empty_place
from portal.storage.schema.installed import altered_triggers
from portal.storage.schema.upgrade import applied_migrations, is_current, upgrade_database, upgrade_to
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected, db, writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, Login, OneTimeLink, User
from portal.storage.tables.second_factor import LoginStep
from portal.storage.tables.snapshot import snapshot
from tests.cast import (
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    ORIGIN,
    OTHER_SCHOOL,
    PASSWORD,
    SCHOOL,
    SITE,
    add_login,
    add_record,
    stored,
)
from tests.storage.databases import opened, wipe
from tests.storage.together import at_once

KEY, STRANGER = x25519.Identity.generate(), x25519.Identity.generate()
CONFIRM = Decided(Decision.CONFIRMED)
ENDED = {
    "login",
    "login_step",
    "one_time_link",
    "outbox_message",
    "audit_entry",
}  # what a restore itself changes
TERMS = Terms(frozenset({Scope.DECIDE}), "РД-16/27.01.2021", date(2021, 6, 30))


@pytest.fixture
def world(world):
    """Without the delegate of the cast, whom no director has named."""
    Delegation.delete().execute()
    return world


def kept(key=KEY) -> bytes:
    file = io.BytesIO()
    back_up(file, [key.to_public()] if key else [], site=SITE, now=NOW)
    return file.getvalue()


def brought_back(backup: bytes, *, key=KEY, checkpoint=None, site=SITE) -> Restored:
    source, keys = io.BytesIO(backup), [key] if key else []
    return restore(source, keys, checkpoint=checkpoint, watch=unwatched, site=site, now=NOW)


def contents() -> dict[str, bytes]:
    with snapshot():
        return {part.table: b"".join(lines_of(part)) for part in parts()}


def findings() -> list:
    return list(verify(None, verified=Verified(), site=SITE))


def heads() -> dict:
    verified = Verified()
    assert list(verify(None, verified=verified, site=SITE)) == []
    return verified.heads


def signed_list(world) -> None:
    add_record(decision=Decision.CONFIRMED)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)


@pytest.fixture
def worked(world):
    """A signed list, a delegate, and a child whose names are hard to write down."""
    signed_list(world)
    add_record("2200004", note="два\nреда \\N \t „“", family="О’Нийл")
    name_delegate(world.ana, Appointment("zara@example.org", "Зара", TERMS), site=SITE, now=NOW)
    return world


def test_what_was_restored_is_what_was_there(database, worked):
    before, backup = contents(), kept()
    wipe(database)

    done = brought_back(backup)

    after = contents()
    assert {table: rows for table, rows in after.items() if table not in ENDED} == {
        table: rows for table, rows in before.items() if table not in ENDED
    }
    assert after["audit_entry"].startswith(before["audit_entry"])
    assert AuditEntry.select().order_by(AuditEntry.id.desc()).get().what == "restored"
    assert done.header.rows == sum(rows.count(b"\n") for rows in before.values())
    assert findings() == []
    assert list(altered_triggers()) == []
    assert is_current()
    assert is_marked(User.get_by_id(worked.ana.user_id), site=SITE)


def test_a_backup_of_one_database_fills_the_other(sqlite, postgres, tmp_path):
    """And back again, byte for byte."""
    (tmp_path / "again").mkdir()
    there, here = postgres.fresh(tmp_path, peopled=False), sqlite.fresh(tmp_path, peopled=True)
    with opened(here):
        Delegation.delete().execute()
        add_record(note="\\ \\N \t\n\r „“ 👩‍👧")
        before, backup = contents(), kept(None)
    with opened(there):
        brought_back(backup, key=None)
        between, backup = contents(), kept()
    with opened(f"sqlite:///{tmp_path}/again/portal.db"):
        brought_back(backup)
        after = contents()

    for table in before.keys() - ENDED:
        assert before[table] == between[table] == after[table]


def test_what_was_acknowledged_before_it_began_is_in_it_while_people_decide(database, world):
    records = [add_record() for _ in range(16)]
    early, late = records[:4], records[4:]
    for record in early:
        decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    *_, backup = at_once(
        *(
            lambda part=part: [decide(world.ana, MONTH, r.id, CONFIRM, seen=1, now=NOW) for r in part]
            for part in (late[:6], late[6:])
        ),
        kept,
    )
    now_decided = {record.id for record in Record.select().where(Record.decision == Decision.CONFIRMED)}
    wipe(database)
    brought_back(backup)

    assert findings() == []
    decided = {record.id for record in Record.select().where(Record.decision == Decision.CONFIRMED)}
    assert {record.id for record in early} <= decided <= now_decided == {record.id for record in records}


def test_people_go_on_afterwards(database, worked):
    """The next row gets a number of its own, decisions count, and a signed list stays locked."""
    open_record = Record.get(Record.institution == "2200004")
    signed = Record.get(Record.institution == "2200000")
    backup = kept()
    wipe(database)
    brought_back(backup)

    decide(worked.boris, MONTH, open_record.id, CONFIRM, seen=1, now=NOW)
    assert add_record("2200004").id > max(open_record.id, signed.id)
    assert stored(open_record).decision is Decision.CONFIRMED
    with pytest.raises(peewee.IntegrityError):
        Record.update(note="друго").where(Record.id == signed.id).execute()


def test_nobody_is_logged_in_and_no_address_opens_anything(database, world):
    add_login(new_token(), world.ana.user_id)
    LoginStep.create(digest=b"d" * 32, user=world.ana.user_id, made_at=NOW, mac=b"m" * 32)
    with writing():
        make_link(User.get_by_id(world.boris.user_id), ACTIVATE, site=SITE, now=NOW)
        for kind in ("invitation", "list_received"):
            enqueue(
                Message("b@example.org", "тема", "текст"), kind, user=world.boris.user_id, site=SITE, now=NOW
            )
    backup = kept()
    wipe(database)

    done = brought_back(backup)

    assert (done.logins, done.links, done.waiting) == (1, 1, 1)
    assert Login.select().count() == LoginStep.select().count() == 0
    assert OneTimeLink.get().ended_at == NOW
    waiting = OutboxMessage.select().where(OutboxMessage.sealed.is_null(False))
    assert [letter.kind for letter in waiting] == ["list_received"]


def test_says_what_was_changed_after_the_checkpoint(database, worked):
    checkpoint = heads()
    revoke(worked.ana, Delegation.get().id, site=SITE, now=NOW + timedelta(minutes=5))
    backup = kept()
    wipe(database)

    found = brought_back(backup, checkpoint=checkpoint).since

    assert (found.missing, found.differing) == ({}, [])
    assert [(entry.chain, entry.what) for entry in found.changed] == [("2200000", "delegation_revoked")]


def test_says_what_the_checkpoint_knows_and_the_backup_does_not(database, worked):
    backup = kept()
    revoke(worked.ana, Delegation.get().id, site=SITE, now=NOW)
    checkpoint = heads()
    wipe(database)

    found = brought_back(backup, checkpoint=checkpoint).since

    assert (found.missing, found.differing, found.changed) == ({"2200000": 1}, [], [])


def test_says_where_the_audit_is_another(database, worked):
    checkpoint = heads()
    checkpoint["2200000"] = replace(checkpoint["2200000"], digest="f" * 64)
    backup = kept()
    wipe(database)

    assert brought_back(backup, checkpoint=checkpoint).since.differing == ["2200000"]


def test_looks_at_the_audit_of_each_institution_by_itself(database, worked):
    """One shorter than another, and one that began after the checkpoint; a login changes no access."""
    boris = Delegation.select().where(Delegation.institution == OTHER_SCHOOL)
    name_delegate(worked.boris, Appointment("yana@example.org", "Яна", TERMS), site=SITE, now=NOW)
    checkpoint = heads()
    assert checkpoint[SCHOOL].sequence > checkpoint[OTHER_SCHOOL].sequence
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    name_delegate(worked.vyara, Appointment("toni@example.org", "Тони", TERMS), site=SITE, now=NOW)
    backup = kept()
    revoke(worked.boris, boris.get().id, site=SITE, now=NOW)
    beyond = heads()
    wipe(database)
    brought_back(backup)

    found, undone = since(checkpoint), since(beyond)

    assert (found.missing, found.differing) == ({}, [])
    assert [(entry.chain, entry.what) for entry in found.changed] == [(KINDERGARTEN, "delegated")]
    assert undone.missing == {OTHER_SCHOOL: 1}


def test_a_backup_of_an_older_version_is_brought_up_to_date(database):
    wipe(database)
    with connected():
        upgrade_to("0004_qualified_signatures")
        columns = "code, name, folded, type, region, region_name, municipality, email, phone"
        values = "'0300001', 'Училище', 'училище', 'school', 3, 'Варна', '', '', ''"
        db.execute_sql(f"INSERT INTO institution ({columns}) VALUES ({values})")
        backup = kept()
    wipe(database)

    done = brought_back(backup)

    assert done.header.migrations[-1] == "0004_qualified_signatures"
    assert is_current()
    assert list(altered_triggers()) == []
    assert (Institution.get().name, Institution.get().closed_on) == ("Училище", None)


def test_a_backup_of_a_newer_version_is_refused(database, world, monkeypatch):
    monkeypatch.setattr(making, "applied_migrations", lambda: [*applied_migrations(), "9999_later"])
    backup = kept()
    wipe(database)

    with pytest.raises(Refusal, match="по-нова версия"):
        brought_back(backup)


def test_a_backup_in_a_newer_format_is_refused(database, world, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(content, "FORMAT", "portal.backup.2")
        backup = kept()
    wipe(database)

    with pytest.raises(Refusal, match="по-нова версия"):
        brought_back(backup)


def test_fills_a_database_that_was_just_made(database, worked):
    backup = kept()
    wipe(database)
    with connected():
        upgrade_database()

    brought_back(backup)

    assert findings() == []


def test_a_database_that_is_not_empty_stays_as_it_is(database, worked):
    before, backup = contents(), kept()

    with pytest.raises(Conflict, match="не е празна"):
        brought_back(backup)

    assert contents() == before


def test_a_database_of_something_else_stays_as_it_is(database, worked):
    backup = kept()
    wipe(database)
    with connected():
        db.execute_sql("CREATE TABLE theirs (id INTEGER)")

    with pytest.raises(Conflict, match="не е празна"):
        brought_back(backup)

    assert db.get_tables() == ["theirs"]


def damaged() -> Iterator:
    yield "cut off in the middle", lambda whole: whole[: len(whole) // 2]
    yield "cut off at the end", lambda whole: whole[:-1]
    yield "a bit changed", lambda whole: whole[:-99] + bytes([whole[-99] ^ 1]) + whole[-98:]
    yield "something follows", lambda whole: whole + b"x"
    yield "empty", lambda whole: b""
    yield "foreign", lambda whole: b"PK\x03\x04" + bytes(500)


@pytest.mark.parametrize("locked", [True, False], ids=["encrypted", "plain"])
@pytest.mark.parametrize("harm", [pytest.param(harm, id=name) for name, harm in damaged()])
def test_nothing_is_left_of_a_damaged_file(database, world, harm, locked):
    key = KEY if locked else None
    backup = harm(kept(key))
    wipe(database)

    with pytest.raises(Refusal), empty_place():
        brought_back(backup, key=key)

    assert not _anything(database)


def test_rows_that_refer_to_what_is_not_there_are_not_restored(database, world):
    """Whoever wrote past the portal took an institution away: SQLite sees it when the transaction ends."""
    off, on = (
        ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
        if database.startswith("sqlite")
        else ("SET session_replication_role = replica", "RESET session_replication_role")
    )
    db.execute_sql(off)
    Institution.delete().where(Institution.code == FAR_SCHOOL).execute()
    db.execute_sql(on)
    backup = kept()
    wipe(database)

    with pytest.raises(Refusal, match="повреден"), empty_place():
        brought_back(backup)

    assert not _anything(database)


@pytest.mark.parametrize("harm", [pytest.param(harm, id=name) for name, harm in damaged()])
def test_nothing_is_left_of_a_file_that_shows_its_damage_late(database, world, monkeypatch, harm):
    """A large one is read block by block: tables are filled before the fault is met."""
    backup = harm(kept(None))
    wipe(database)
    monkeypatch.setattr(content, "BLOCK", 64)

    with pytest.raises(Refusal, match="повреден"), empty_place():
        brought_back(backup, key=None)

    assert not _anything(database)


@pytest.mark.parametrize(
    "row",
    [b"1\n", b"1\t2\t3\t4\t5\t6\t7\t8\t9" * 9 + b"\n", b"\xff\n", b""],
    ids=["short", "long", "no text", "none"],
)
def test_a_row_that_is_not_as_it_was_is_a_damaged_file(database, world, row):
    """The mark over the rows is at their end: until there they may be anything."""
    head, mark, _, *rest = gzip.decompress(kept(None)).splitlines(keepends=True)
    wipe(database)

    with pytest.raises(Refusal, match="повреден"), empty_place():
        brought_back(gzip.compress(b"".join([head, mark, row, *rest])), key=None)

    assert not _anything(database)


def test_what_is_packed_behind_the_mark_is_refused(database, world):
    backup = kept(None)
    wipe(database)

    with pytest.raises(Refusal, match="повреден"), empty_place():
        brought_back(backup + gzip.compress(b"x"), key=None)

    assert not _anything(database)


def test_rows_that_end_too_early_are_not_awaited_for_ever(world):
    """Cut off, and packed anew so that gzip finds nothing wrong."""
    head, mark, *_ = gzip.decompress(kept(None)).splitlines(keepends=True)
    reader = Reader(io.BytesIO(gzip.compress(head + mark)), watch=unwatched, site=SITE)
    first = reader.header.parts[0]

    with pytest.raises(Refusal, match="повреден"):
        list(islice(reader.lines(first), first.rows + 1))


@pytest.mark.parametrize(
    ("key", "said"), [(STRANGER, "не се отваря с този ключ"), (None, "--identity")], ids=["another", "none"]
)
def test_without_its_key_it_does_not_open(database, world, key, said):
    backup = kept()
    wipe(database)

    with pytest.raises(Refusal, match=said), empty_place():
        brought_back(backup, key=key)

    assert not _anything(database)


def test_who_has_not_the_pepper_makes_no_backup(database, world):
    """The recipient's key is no secret: anybody can encrypt to it."""
    backup = kept()
    wipe(database)

    with pytest.raises(Refusal, match="знака на този портал"), empty_place():
        brought_back(backup, site=replace(SITE, pepper=b"q" * 32))

    assert not _anything(database)


def test_shows_no_child_in_the_file(world):
    add_record(family="Караджова")

    assert "Караджова".encode() not in kept()


def _anything(database: str) -> bool:
    if database.startswith("sqlite"):
        folder = Path(database.removeprefix("sqlite:///")).parent
        return any(folder.glob("portal.db*"))
    with connected():
        return bool(db.get_tables())
