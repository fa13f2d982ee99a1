"""portal.storage.tables.db.Writer: statements are, letter by letter, those that Peewee writes itself."""

import pytest
from peewee import JOIN, Context, fn

from portal.storage.schema.models import TABLES
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import db
from portal.storage.tables.institutions import Institution
from tests.cast import MONTH, NOW, SCHOOL

Other = Record.alias("other")
Named = Record.alias()
counted = (
    Record.select(Record.institution, fn.COUNT(Record.id).alias("records"))
    .where(Record.campaign == 1)
    .group_by(Record.institution)
    .having(fn.COUNT(Record.id) > 2)
)
late = Submission.select(Submission.id).where(Submission.campaign == 1, Submission.institution == SCHOOL)

STATEMENTS = {
    "rows of two joined tables": lambda: (
        Record.select(Record, Campaign)
        .join(Campaign)
        .where((Record.institution == SCHOOL) & ~(Record.returned_at.is_null()) | (Campaign.month == MONTH))
        .order_by(Record.family.desc(), Record.id)
        .limit(3)
    ),
    "a table and its alias": lambda: (
        Record.select(Record.id, Other.id, Named.note)
        .join(Other, JOIN.LEFT_OUTER, on=(Other.id_number == Record.id_number))
        .join(Named, on=(Named.id == Other.id))
    ),
    "a statement to join": lambda: Institution.select(Institution.name, counted.c.records).join(
        counted, on=(counted.c.institution_id == Institution.code)
    ),
    "a named statement": lambda: (
        Record.select(Record.id)
        .join(late.cte("late"), on=(Record.submission == late.cte("late").c.id))
        .with_cte(late.cte("late"))
    ),
    "a statement in a condition": lambda: Record.select(fn.MAX(Record.absences)).where(
        Record.submission.in_(late), Record.id.not_in([1, 2]), fn.EXISTS(counted)
    ),
    "two statements in one": lambda: counted | counted.where(Record.version == 1),
    "a change": lambda: Record.update(version=Record.version + 1, note=None).where(Record.id == 7),
    "a change by a statement": lambda: Submission.update(signed_at=NOW).where(Submission.id.in_(late)),
    "a new row": lambda: Campaign.insert(month=MONTH, made_at=NOW),
    "rows of a statement": lambda: Submission.insert_from(
        Record.select(Record.campaign, Record.institution), [Submission.campaign, Submission.institution]
    ),
    "a new row or its change": lambda: Institution.insert(code=SCHOOL, name="ОУ").on_conflict(
        conflict_target=[Institution.code],
        update={Institution.name: Institution.name.concat("!")},
        where=(Institution.region == 22),
    ),
    "less rows": lambda: Record.delete().where(Record.campaign == 1, Record.submission.in_(late)),
}


def by_peewee(statement, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(type(db.obj), "context_class", Context)
        return statement().sql()


@pytest.mark.parametrize("name", STATEMENTS)
def test_writes_what_peewee_writes(database, monkeypatch, name):
    assert STATEMENTS[name]().sql() == by_peewee(STATEMENTS[name], monkeypatch)


def test_writes_the_columns_of_every_table(database, monkeypatch):
    for table in TABLES:
        assert table.select().sql() == by_peewee(table.select, monkeypatch), table


def test_doubles_a_quote_in_a_name(database, monkeypatch):
    quoted = Record.alias('an"other')

    def statement():
        return quoted.select(quoted.id).order_by(quoted.id)

    assert '"an""other"."id"' in statement().sql()[0]
    assert statement().sql() == by_peewee(statement, monkeypatch)
