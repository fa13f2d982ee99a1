"""portal.storage.campaigns.placing: how much is read to find some children of a country."""

from collections.abc import Callable

import pytest

from portal.domain.calendar import Band
from portal.domain.decisions import Reason
from portal.domain.identifiers import IdType
from portal.storage.campaigns.pictures import count_of, put_in_force
from portal.storage.campaigns.placing import (
    enrolments_with,
    institutions_about,
    newest_enrolments,
    records_about,
)
from portal.storage.tables.bulk import add_rows, know_size
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import db, is_sqlite
from portal.storage.tables.institutions import Enrolment
from tests.cast import MONTH, SCHOOL

COUNTRY = 30_000  # children; from some hundred of them on, PostgreSQL would rather read them all
SOME = (1, 50, 1_000, 5_000)  # children at once
STEPS = 120  # of SQLite's machine, for one child; to go through the table takes it at least as many as rows


def number(child: int) -> str:
    return f"{child:010}"


def spread(count: int) -> list[str]:
    return [number(child) for child in range(0, COUNTRY, COUNTRY // count)][:count]


@pytest.fixture(params=[True, False], ids=["counted", "never counted"])
def country(world, request):
    """With what PostgreSQL keeps of a table that was counted, as each load and autovacuum do, and without."""
    names = ("month", "picture", "position", "institution", "id_type", "id_number", "given", "middle")
    names += ("family", "edu_form", "class_code", "status")
    every = range(COUNTRY)
    add_rows(
        Enrolment,
        names,
        ((MONTH, 0, n, SCHOOL, IdType.EGN, number(n), "А", "Б", "В", "1", 1, 1) for n in every),
    )
    put_in_force(MONTH, 0, count_of(MONTH, 0))
    record = Record(
        campaign=world.campaign, institution=SCHOOL, asp_institution=SCHOOL, id_type=IdType.EGN, given="А",
        middle="Б", family="В", reason=Reason.UNENROLLED, absences="000.00", days="00", band=Band.I_III,
    )  # fmt: skip
    names = tuple(name for name in Record._meta.sorted_field_names if name != "id")
    values = {name: record.__data__.get(name) for name in names}
    add_rows(Record, names, ((values | {"id_number": number(n)}).values() for n in every))
    for table in (Enrolment, Record):
        know_size(table) if request.param else _forget_size(table)


@pytest.mark.usefixtures("country")
def test_reads_the_enrolments_of_the_children_alone():
    for count in SOME:
        numbers = spread(count)

        found, read = counted(
            Enrolment, lambda numbers=numbers: enrolments_with(newest_enrolments(), numbers)
        )
        assert found.keys() == set(numbers)
        assert read <= most(count), count


@pytest.mark.usefixtures("country")
def test_reads_the_records_of_the_children_alone(world):
    for count in SOME:
        children = [(IdType.EGN, number) for number in spread(count)]

        found, read = counted(Record, lambda asked=children: records_about(world.campaign, asked))
        assert found.keys() == {(*child, Reason.UNENROLLED) for child in children}
        assert read <= most(count), count

        codes, read = counted(Record, lambda asked=children: institutions_about(world.campaign, asked))
        assert codes == {SCHOOL}
        assert read <= most(count), count


def _forget_size(table) -> None:
    """As in a database that has just been restored."""
    if not is_sqlite():
        name = (table._meta.table_name,)
        db.execute_sql("DELETE FROM pg_statistic WHERE starelid = %s::regclass", name)
        db.execute_sql("UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid = %s::regclass", name)


def most(children: int) -> int:
    return children * STEPS + 1_000 if is_sqlite() else 2 * children  # their keys, and then the rows


def counted(table, asked: Callable) -> tuple:
    """What it finds, and how many rows of the table PostgreSQL read for it; on SQLite, which counts none, how
    many steps its machine took."""
    if not is_sqlite():
        with db.atomic():
            before = _rows_read(table)
            return asked(), _rows_read(table) - before
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 10

    db.connection().set_progress_handler(step, 10)
    found = asked()
    db.connection().set_progress_handler(None, 0)
    return found, steps


def _rows_read(table) -> int:
    query = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = %s"
    (rows,) = db.execute_sql(query, (table._meta.table_name,)).fetchone()
    return rows
