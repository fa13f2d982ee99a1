"""A file's lines before they count: temporary tables of one connection, so that memory stays flat however
long the file is, and nobody has to wait while it is read."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from peewee import BlobField, BooleanField, CharField, IntegerField, SmallIntegerField, TextField

from portal.domain.decisions import Reason
from portal.domain.identifiers import IdType
from portal.storage.tables.bulk import BATCH, tuples
from portal.storage.tables.db import Table, db, is_sqlite, patiently
from portal.storage.tables.fields import CodeField, MonthField


class StagedLine(Table):
    """A line of АСП's list. What names the child stands only where the line is about the campaign's
    month; ``is_sound`` says that the line has no fault of its own. ``target`` is the institution where the
    child belonged when the line was read, nothing for a line about nobody. ``repair`` is the rejected
    line of an earlier load by which this one is read: what stands in ``line`` is as it came."""

    number = IntegerField(primary_key=True)
    line = BlobField()
    faults = TextField()  # joined by "; "
    target = CharField()
    is_sound = BooleanField()
    first = IntegerField(null=True)  # the first sound line with this child and reason
    institution = CharField(null=True)
    id_type = CodeField(IdType, null=True)
    id_number = CharField(null=True)
    reason = CodeField(Reason, null=True)
    given = CharField()
    middle = CharField()
    family = CharField()
    absences = CharField()
    days = CharField()
    repair = IntegerField(null=True)

    class Meta:
        temporary = True
        indexes = ((("id_type", "id_number", "reason"), False), (("target", "number"), False))


class StagedEnrolment(Table):
    """A line of the enrolment file, with its ``rank`` (placement.py)."""

    position = IntegerField(primary_key=True)
    institution = CharField()
    id_type = CodeField(IdType)
    id_number = CharField()
    given = CharField()
    middle = CharField()
    family = CharField()
    edu_form = CharField()
    class_code = SmallIntegerField()
    status = SmallIntegerField()
    rank = SmallIntegerField()

    class Meta:
        temporary = True
        indexes = ((("id_type", "id_number", "institution", "rank", "position"), False),)


class StagedMove(Table):
    """A pending record that new enrolments place otherwise, and the institution where it belongs by them."""

    number = IntegerField(primary_key=True)  # its id
    target = CharField()

    class Meta:
        temporary = True
        indexes = ((("target", "number"), False),)


class StagedOutcome(Table):
    """What a line of АСП's list of what was ended says of a record; it names nobody."""

    record = IntegerField(primary_key=True)
    ended = BooleanField()
    months = SmallIntegerField()
    since = MonthField(null=True)
    why = TextField()

    class Meta:
        temporary = True


class StagedReject(Table):
    """A line that will not be loaded."""

    number = IntegerField(primary_key=True)
    line = BlobField()
    faults = TextField()

    class Meta:
        temporary = True


# What names a child. PostgreSQL's samples of a column outlive the table: its pages keep them long after.
CHILDREN: dict[type[Table], tuple[str, ...]] = {
    StagedLine: ("line", "faults", "id_number", "given", "middle", "family"),
    StagedEnrolment: ("id_number", "given", "middle", "family"),
    StagedMove: (),
    StagedOutcome: ("why",),
    StagedReject: ("line", "faults"),
}


@contextmanager
def staged(*tables: type[Table]) -> Iterator[None]:
    """The temporary tables, empty; gone afterwards. The load that they are for has time."""
    with patiently():
        for table in tables:
            table.drop_table()
            table.create_table()
            _take_no_sample(table)
        try:
            yield
        finally:
            for table in tables:
                table.drop_table()


def _take_no_sample(table: type[Table]) -> None:
    if is_sqlite():
        return
    for column in CHILDREN[table]:
        db.execute_sql(f'ALTER TABLE "{table._meta.table_name}" ALTER COLUMN {column} SET STATISTICS 0')


def staged_rejects() -> Iterator[list[tuple[int, bytes, str]]]:
    """The staged rejects by number, some at a time."""
    last = 0
    while True:
        query = StagedReject.select().where(StagedReject.number > last).order_by(StagedReject.number)
        if not (some := list(tuples(query.limit(BATCH)))):
            return
        last = some[-1][0]
        yield some


def filling() -> AbstractContextManager[Any]:
    """A transaction for temporary tables alone: on SQLite it takes no turn at writing."""
    whole: AbstractContextManager[Any] = db.atomic("DEFERRED") if is_sqlite() else db.atomic()
    return whole


def any_sound() -> bool:
    """Whether any line has no fault of its own."""
    return bool(StagedLine.select().where(StagedLine.is_sound).exists())
