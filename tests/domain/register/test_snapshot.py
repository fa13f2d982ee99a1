"""portal.domain.register.snapshot: the bytes of a confirmed month, which tell nothing by their length."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.domain.calendar import Band, Span
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.register.entry import PersonKind
from portal.domain.register.month import Child, MonthList, Placed, Worker
from portal.domain.register.snapshot import FRAME, STEP, Snapshot, fingerprint, from_bytes, to_bytes
from tests.domain.invented import day

AT = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)
CHILD = Child(
    names="Калина Петрова Иванова-Симеонова",
    id_type=IdType.EGN,
    id_number="1241012004",
    class_name="5А",
    band=Band.IV_VI,
    placed=Placed.BY_NAME,
    periods=(Span(day(1), day(4)), Span(day(14), day(18))),
    days=9,
)
WORKER = Worker("Мария Петрова Колева", PersonKind.TEACHER, (Span(day(1), day(14)),))
NOBODY = MonthList()
SOME = MonthList((CHILD, replace(CHILD, id_type=None, id_number="", periods=())), (WORKER,))


def made(found):
    return to_bytes(Snapshot(found, "Ана Янева", AT), Month(2020, 12), "2200000")


@pytest.mark.parametrize("found", [NOBODY, SOME])
def test_gives_back_what_was_confirmed(found):
    assert from_bytes(made(found)) == Snapshot(found, "Ана Янева", AT)


def test_has_one_length_for_nobody_and_for_three_hundred_children():
    many = MonthList((CHILD,) * 200, (WORKER,) * 20)

    assert {len(made(found)) for found in (NOBODY, SOME, many)} == {STEP - FRAME}


def test_grows_by_whole_steps():
    lengths = {len(made(MonthList((CHILD,) * count))) + FRAME for count in range(200, 900, 7)}

    assert len(lengths) > 1
    assert all(length % STEP == 0 for length in lengths)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", made(SOME).replace(b'"1"', b'"9"', 1), made(SOME)[:40]],
)
def test_anything_else_is_none(content):
    assert from_bytes(content) is None


def test_another_version_is_none():
    facts = json.loads(made(SOME)) | {"schema_version": "2"}

    assert from_bytes(json.dumps(facts).encode()) is None


def test_the_fingerprint_follows_the_list_alone():
    assert fingerprint(SOME) == fingerprint(MonthList(tuple(SOME.children), tuple(SOME.staff)))
    assert fingerprint(SOME) != fingerprint(NOBODY)
    assert fingerprint(SOME) != fingerprint(MonthList((replace(CHILD, days=8), SOME.children[1]), (WORKER,)))
