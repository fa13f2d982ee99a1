"""portal.domain.register.papers: who stands on a paper, and what has to be said before one is made."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.calendar import Span
from portal.domain.errors import Refusal, holds
from portal.domain.register.entry import Basis, PersonKind
from portal.domain.register.papers import (
    Asked,
    PaperFormat,
    PaperKind,
    check_asked,
    day_numbers,
    on_list,
    on_order,
    order_span,
)
from tests.domain.invented import KALINA, OTHER_EGN, TEACHER, TODAY, day, entry

PETAR = replace(KALINA, first_name="Петър", id_number=OTHER_EGN, class_name="4б", class_code=4)


def order(**asked):
    return Asked(kind=PaperKind.ORDER, **{"class_name": "5а"} | asked)


def first_names(entries):
    return [entry.first_name for entry in entries]


class TestWhatIsAsked:
    def test_is_whole(self):
        assert holds(check_asked, Asked(kind=PaperKind.RZI))
        assert holds(check_asked, Asked(kind=PaperKind.DAY, day=TODAY))
        assert holds(check_asked, order())
        assert holds(check_asked, Asked(kind=PaperKind.RZI, class_name="х" * 30))

    @pytest.mark.parametrize("days", [{"first": day(2)}, {"last": day(2)}, {"first": day(2), "last": day(2)}])
    def test_is_whole_with_either_day_of_an_order(self, days):
        assert holds(check_asked, order(**days))

    @pytest.mark.parametrize(
        ("asked", "fields"),
        [
            (Asked(kind=None), ["kind"]),
            (Asked(kind=None, format=None, class_name="х" * 31), ["kind", "format", "class_name"]),
            (order(class_name=" - "), ["class_name"]),
            (order(class_name="", first=day(2), last=day(1)), ["class_name", "last"]),
        ],
    )
    def test_or_everything_that_is_wrong_is_said(self, asked, fields):
        with pytest.raises(Refusal) as refusal:
            check_asked(asked)

        assert [each.field for each in (refusal.value, *refusal.value.also)] == fields

    def test_formats_and_papers_have_names(self):
        assert all(one.label for kind in (PaperKind, PaperFormat) for one in kind)


class TestTheListForRzi:
    def test_has_everyone_in_quarantine_that_day_children_first(self):
        gone = replace(PETAR, placed_on=day(1), planned_until=day(4))

        assert on_list([TEACHER, KALINA, gone], day(5)) == [KALINA, TEACHER]

    def test_can_be_of_one_class_however_it_is_typed(self):
        assert on_list([TEACHER, KALINA, PETAR], day(5), " 5 A ") == [KALINA]

    @pytest.mark.parametrize(
        ("day_number", "class_name", "who"), [(15, "", "никого. "), (5, "7в", "никого от „7в“. ")]
    )
    def test_of_nobody_is_refused(self, day_number, class_name, who):
        with pytest.raises(Refusal, match=who) as refusal:
            on_list([KALINA], day(day_number), class_name)

        assert refusal.value.field == "day"


class TestTheOrder:
    def test_has_the_children_of_the_class_and_no_staff(self):
        teacher = replace(TEACHER, class_name="5а")

        assert on_order([teacher, PETAR, KALINA], order(), TODAY) == [KALINA]

    @pytest.mark.parametrize(
        ("first", "last", "found"),
        [
            (None, None, True),
            (day(14), None, True),
            (day(15), None, False),
            (None, day(1), True),
            (day(15), day(20), False),
        ],
    )
    def test_takes_those_whose_days_meet_its_own(self, first, last, found):
        asked = order(first=first, last=last)

        assert holds(on_order, [KALINA], asked, TODAY) is found

    def test_leaves_out_who_is_free_again_unless_those_days_are_named(self):
        past = entry(1, 4)

        assert not holds(on_order, [past], order(), TODAY)
        assert on_order([past], order(first=day(1)), TODAY) == [past]
        assert on_order([past], order(last=day(4)), TODAY) == [past]

    def test_leaves_out_who_comes_after_its_end(self):
        assert not holds(on_order, [entry(5, 9)], order(last=day(4)), TODAY)

    def test_takes_its_days_from_the_register_where_none_are_named(self):
        entries = [entry(3, 12), entry(5, 18, released=16)]

        assert order_span(entries, order()) == Span(day(3), day(16))
        assert order_span(entries, order(first=day(7))) == Span(day(7), day(16))
        assert order_span(entries, order(last=day(11))) == Span(day(3), day(11))

    def test_of_nobody_is_refused(self):
        with pytest.raises(Refusal) as refusal:
            on_order([PETAR], order(), TODAY)

        assert refusal.value.field == "class_name"


class TestTheNumbersOfADay:
    def test_count_by_kind_and_basis(self):
        positive = replace(PETAR, basis=Basis.POSITIVE)
        numbers = day_numbers([KALINA, positive, TEACHER, replace(KALINA, placed_on=day(9))], day(5))

        assert numbers.count() == 3
        assert numbers.count(PersonKind.CHILD) == 2
        assert numbers.count(PersonKind.CHILD, Basis.POSITIVE) == 1
        assert numbers.count(basis=Basis.CONTACT) == 2
        assert numbers.count(PersonKind.STAFF) == 0

    def test_count_the_children_of_each_class_in_order(self):
        latin = replace(KALINA, class_name="5 A")
        nameless = replace(KALINA, class_name="", class_code=None)

        numbers = day_numbers([TEACHER, nameless, latin, KALINA, PETAR], day(5))

        assert numbers.classes == (("4б", 1), ("5 A", 2), ("без клас", 1))

    def test_tell_who_came_and_for_whom_it_is_the_last_day(self):
        entries = [entry(5, 9), entry(1, 9, released=5), entry(1, 5), entry(1, 9), entry(1, 9)]
        numbers = day_numbers(entries, day(5))

        assert (numbers.placed, numbers.ending) == (1, 2)

    def test_of_a_quiet_day_are_zero(self):
        numbers = day_numbers([KALINA], date(2021, 3, 1))

        assert (numbers.count(), numbers.classes, numbers.placed, numbers.ending) == (0, (), 0, 0)
