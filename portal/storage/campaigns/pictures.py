"""The pictures of where children are enrolled: storing one beside that which is in force, some lines at a
time, putting it in its place, and erasing what is not in force."""

from collections.abc import Iterator
from typing import Any

from peewee import Value, fn

from portal.domain.month import Month
from portal.storage.campaigns.loads import ENROLMENTS
from portal.storage.campaigns.staging import StagedEnrolment
from portal.storage.loading.tables import Load
from portal.storage.tables.bulk import tuples
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth

AT_A_TURN = 2_000  # lines: some hundredths of a second
FIELDS = (
    "position", "institution", "id_type", "id_number", "given", "middle", "family", "edu_form",
    "class_code", "status",
)  # fmt: skip
_CHILD = ("id_type", "id_number", "institution")
_INTO = [Enrolment.month, Enrolment.picture, *(Enrolment._meta.fields[name] for name in FIELDS)]


def in_force(month: Month) -> EnrolmentMonth | None:
    """Which picture of the month is; none where none was loaded."""
    found: EnrolmentMonth | None = EnrolmentMonth.get_or_none(EnrolmentMonth.month == month)
    return found


def count_of(month: Month, picture: int) -> int:
    """How many enrolments a picture holds."""
    ours = (Enrolment.month == month) & (Enrolment.picture == picture)
    return int(Enrolment.select().where(ours).count())


def put_in_force(month: Month, picture: int, enrolments: int) -> None:
    EnrolmentMonth.insert(month=month, picture=picture, enrolments=enrolments).on_conflict(
        conflict_target=[EnrolmentMonth.month], preserve=[EnrolmentMonth.picture, EnrolmentMonth.enrolments]
    ).execute()


def store(lines: Any) -> None:
    """What ``staged_lines`` or ``rest_of`` say. In the caller's transaction."""
    Enrolment.insert_from(lines, _INTO).execute()


def staged_lines(month: Month, picture: int, *, after: int = 0) -> Iterator[tuple[Any, int]]:
    """The lines of the file for a turn each, and how many they are. They come ``after`` a position."""
    position = StagedEnrolment.position
    ((first, last),) = tuples(StagedEnrolment.select(fn.MIN(position), fn.MAX(position)))
    for start in range(first or 0, (last or 0) + 1, AT_A_TURN):
        lines = _lines(month, picture, after).where(position.between(start, start + AT_A_TURN - 1))
        yield lines, int(lines.count())


def rest_of(before: EnrolmentMonth, picture: int) -> Iterator[Any]:
    """The lines in force that the file does not correct, for a turn each."""
    ours = Enrolment.of(before)
    ((first, last),) = tuples(Enrolment.select(fn.MIN(Enrolment.id), fn.MAX(Enrolment.id)).where(ours))
    named = StagedEnrolment.select(StagedEnrolment.position).where(_is_same())
    fields = (Enrolment._meta.fields[name] for name in FIELDS)
    rest = Enrolment.select(Enrolment.month, Value(picture, converter=False), *fields).where(
        ours & ~fn.EXISTS(named)
    )
    for start in range(first or 0, (last or 0) + 1, AT_A_TURN):
        yield rest.where(Enrolment.id.between(start, start + AT_A_TURN - 1))


def put_over(before: EnrolmentMonth, updated: int) -> None:
    """The few lines of a short correction over those in force, of which so many are about a child that is
    named already. In the caller's transaction."""
    added = StagedEnrolment.select().where(StagedEnrolment.position > 0).count() - updated
    EnrolmentMonth.update(enrolments=EnrolmentMonth.enrolments + added).where(
        EnrolmentMonth.month == before.month
    ).execute()
    lines = _lines(before.month, before.picture, last_position(before)).where(StagedEnrolment.position > 0)
    Enrolment.insert_from(lines, _INTO).on_conflict(  # SQLite reads ON CONFLICT after a bare SELECT as a join
        conflict_target=[Enrolment.month, Enrolment.picture, *(Enrolment._meta.fields[n] for n in _CHILD)],
        preserve=[Enrolment._meta.fields[name] for name in FIELDS if name not in _CHILD],
    ).execute()


def last_position(before: EnrolmentMonth) -> int:
    return int(Enrolment.select(fn.MAX(Enrolment.position)).where(Enrolment.of(before)).scalar() or 0)


def named_already(before: EnrolmentMonth) -> int:
    """How many staged lines are about a child and institution that the month holds."""
    there = Enrolment.select(Enrolment.id).where(Enrolment.of(before) & _is_same())
    return int(StagedEnrolment.select().where(fn.EXISTS(there)).count())


def sweep() -> None:
    """Erase, some lines in each turn, every picture that is not in force: it was followed by another, or the
    load that brought it was broken off."""
    now = {each.month: each.picture for each in EnrolmentMonth.select()}
    brought = list(tuples(Load.select(Load.month, Load.id).where(Load.kind == ENROLMENTS)))
    for month, picture in brought + [(month, 0) for month in now]:
        if now.get(month) != picture:
            _erase((Enrolment.month == month) & (Enrolment.picture == picture))


def _erase(ours: Any) -> None:
    while True:
        some = [number for (number,) in tuples(Enrolment.select(Enrolment.id).where(ours).limit(AT_A_TURN))]
        if not some:
            return
        with writing():
            Enrolment.delete().where(Enrolment.id.in_(some)).execute()


def _lines(month: Month, picture: int, after: int) -> Any:
    """The staged lines as they are stored."""
    return StagedEnrolment.select(
        Value(str(month), converter=False),
        Value(picture, converter=False),
        StagedEnrolment.position + after,
        *(StagedEnrolment._meta.fields[name] for name in FIELDS[1:]),
    )


def _is_same() -> Any:
    """That a line in force and a staged one are about the same child and institution."""
    return (
        (Enrolment.id_type == StagedEnrolment.id_type)
        & (Enrolment.id_number == StagedEnrolment.id_number)
        & (Enrolment.institution == StagedEnrolment.institution)
    )
