"""portal.storage.backup.copy_text: a row as a line, as PostgreSQL writes it too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.storage.backup.contents import lines_of, parts
from portal.storage.backup.copy_text import END, line_of, row_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record
from portal.storage.tables.people import User
from portal.storage.tables.snapshot import snapshot
from tests.cast import add_record

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
AWKWARD = "\\ \\N \\. \\x00 \t \n \r\n \b\f\v „“ 👩‍👧 \u2028 \x01 \x7f ' \" %s"


@given(st.lists(st.none() | TEXTS | st.integers() | st.binary(), min_size=1))
def test_reads_what_it_wrote(row):
    blobs = {place for place, value in enumerate(row) if isinstance(value, bytes)}
    as_text = [str(value) if isinstance(value, int) else value for value in row]

    line = line_of(row)

    assert row_of(line, blobs) == as_text
    assert line.count(b"\n") == 1
    assert line != END


@pytest.mark.parametrize("line", [b"12\n", b"\\\\xzz\n", b"\xff\n", b"\\\\x0\n"])
def test_refuses_what_are_no_bytes(line):
    with pytest.raises(ValueError):
        row_of(line, {0})


def test_both_databases_write_the_same(world):
    """Whatever stands in a text, a number, a time with or without fractions, a truth or bytes."""
    record = add_record(note=AWKWARD, certificate=True)
    User.update(salt=bytes(range(256))).where(User.id == world.ana.user_id).execute()

    lines = _lines(Record)
    assert line_of([AWKWARD])[:-1] in lines
    assert lines.count(b"\n") == 1
    columns = next(part.columns for part in _parts() if part.table == "record")
    stored = dict(zip(columns, row_of(lines, set()), strict=True))
    assert (stored["id"], stored["certificate"], stored["placed"]) == (str(record.id), "1", "0")
    assert (stored["note"], stored["decided_at"], stored["absences"]) == (AWKWARD, None, "007.00")
    assert b"\\\\x" + bytes(range(256)).hex().encode() in _lines(User)
    assert b"2021-01-28 08:00:00.000000\t" in _lines(User)
    assert b"2021-01-25\t" in _lines(type(world.campaign))
    assert _lines(AuditEntry) == b""


def _parts():
    with snapshot():
        return parts()


def _lines(table) -> bytes:
    with snapshot():
        [part] = [part for part in parts() if part.table == table._meta.table_name]
        return b"".join(lines_of(part))
