"""portal.domain.calendar"""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.calendar import (
    Band,
    BandCalendar,
    DayKind,
    DayOverride,
    Term,
    Vacation,
    band_calendar,
    band_of,
    deadline_warnings,
    long_date,
    school_days,
    weekday_name,
    with_overrides,
)
from portal.domain.month import Month

DECEMBER = Month(2020, 12)
HOLIDAYS = {date(2020, 12, d): "Рождество Христово" for d in (24, 25, 26, 28)}
# The Ministry's order for 2020/2021, as tests/data/calendar.csv has it.
PUPILS = [band for band in Band if band is not Band.PRESCHOOL]
ORDER = [
    Term(date(2020, 9, 15), date(2021, 9, 14), 2020, Band.PRESCHOOL),
    Term(date(2020, 9, 15), date(2021, 5, 31), 2020, Band.I_III),
    Term(date(2020, 9, 15), date(2021, 6, 15), 2020, Band.IV_VI),
    Term(date(2020, 9, 15), date(2021, 6, 30), 2020, Band.VII_XI),
    Term(date(2020, 9, 15), date(2021, 5, 14), 2020, Band.XII),
    *(Vacation(date(2020, 12, 24), date(2021, 1, 3), 2020, band) for band in PUPILS),
]

months = st.builds(Month, st.integers(2001, 2098), st.integers(1, 12))
days = st.dates(date(2019, 1, 1), date(2022, 12, 31))
spans = st.tuples(days, days).map(sorted).map(tuple)


def of(band: Band, month: Month = DECEMBER) -> BandCalendar | None:
    return band_calendar(ORDER, band, month)


@pytest.mark.parametrize(("band", "count"), [(Band.PRESCHOOL, 20), *((band, 17) for band in PUPILS)])
def test_december_2020_has_the_days_that_the_directorate_counted(band, count):
    assert len(school_days(DECEMBER, of(band), HOLIDAYS)) == count


def test_without_a_calendar_a_month_has_its_weekdays_less_the_holidays():
    assert len(school_days(DECEMBER, None, HOLIDAYS)) == 20
    assert len(school_days(DECEMBER, None, ())) == 23


@pytest.mark.parametrize(
    ("band", "month", "last"),
    [
        (Band.XII, Month(2021, 5), date(2021, 5, 14)),
        (Band.I_III, Month(2021, 5), date(2021, 5, 31)),
        (Band.VII_XI, Month(2021, 6), date(2021, 6, 30)),
    ],
)
def test_school_ends_with_the_term(band, month, last):
    assert max(school_days(month, of(band, month), ())) == last
    assert school_days(month.plus(1), of(band, month.plus(1)), ()) == frozenset()


def test_school_begins_with_the_term():
    september = Month(2020, 9)
    assert min(school_days(september, of(Band.I_III, september), ())) == date(2020, 9, 15)


def test_a_kindergarten_works_in_september_before_its_new_year_begins():
    september = Month(2021, 9)
    entries = [*ORDER, Term(date(2021, 9, 15), date(2022, 9, 14), 2021, Band.PRESCHOOL)]
    found = school_days(september, band_calendar(entries, Band.PRESCHOOL, september), ())
    assert len(found) == 22
    assert date(2021, 9, 1) in found


def test_the_calendar_of_another_year_or_band_is_none():
    assert band_calendar(ORDER, Band.XII, Month(2021, 9)) is None
    assert band_calendar(ORDER, Band.XII, Month(2020, 8)) is None
    assert band_calendar([], Band.XII, DECEMBER) is None
    assert band_calendar(ORDER[:1], Band.XII, DECEMBER) is None
    assert band_calendar(ORDER[5:], Band.XII, DECEMBER) is None  # vacations alone are no calendar


def test_closures_are_taken_off_by_both_their_ends():
    closed = [(date(2020, 12, 1), date(2020, 12, 2)), (date(2020, 12, 2), date(2020, 12, 2))]
    assert len(school_days(DECEMBER, of(Band.I_III), HOLIDAYS, closures=closed)) == 15


def test_a_saturday_that_a_decree_made_working_counts():
    saturday = date(2020, 12, 12)
    assert saturday in school_days(DECEMBER, of(Band.I_III), HOLIDAYS, {saturday})
    assert len(school_days(DECEMBER, of(Band.I_III), HOLIDAYS, {saturday})) == 18


def test_a_working_saturday_in_a_vacation_stays_free():
    assert len(school_days(DECEMBER, of(Band.I_III), HOLIDAYS, {date(2020, 12, 26)})) == 17


def test_a_weekday_that_a_decree_made_working_is_no_holiday():
    assert len(school_days(DECEMBER, of(Band.PRESCHOOL), HOLIDAYS, {date(2020, 12, 28)})) == 21


@given(
    st.sampled_from(list(Band)), st.sets(days, max_size=20), st.sets(days, max_size=5),
    st.lists(spans, max_size=3), st.integers(0, 11),
)  # fmt: skip
@settings(deadline=None)
def test_each_school_day_holds_every_condition(band, holidays, workdays, closures, ahead):
    month = Month(2020, 9).plus(ahead)
    calendar = of(band, month)
    found = school_days(month, calendar, holidays, workdays, closures)
    for day in month.days:
        works = day in workdays or (day.isoweekday() <= 5 and day not in holidays)
        in_term = any(t.first <= day <= t.last for t in calendar.terms)
        on_vacation = any(v.first <= day <= v.last for v in calendar.vacations)
        closed = any(first <= day <= last for first, last in closures)
        assert (day in found) == (works and in_term and not on_vacation and not closed)
    assert found <= set(month.days)


@given(months, st.sets(days, max_size=20), spans)
@settings(deadline=None)
def test_a_holiday_or_a_closure_never_adds_a_day(month, holidays, closure):
    plain = school_days(month, None, ())
    assert school_days(month, None, holidays) <= plain
    assert school_days(month, None, (), closures=[closure]) <= plain


@given(st.integers(-999, 999))
@settings(deadline=None)
def test_every_class_has_a_band(code):
    bands = {**dict.fromkeys((1, 2, 3), Band.I_III), **dict.fromkeys((4, 5, 6), Band.IV_VI),
             **dict.fromkeys((7, 8, 9, 10, 11), Band.VII_XI), 12: Band.XII}  # fmt: skip
    assert band_of(code) is bands.get(code, Band.PRESCHOOL)


def test_a_decree_moves_a_day_either_way():
    moved = [
        DayOverride(date(2020, 12, 28), DayKind.WORKDAY),
        DayOverride(date(2020, 12, 31), DayKind.HOLIDAY, "по РМС"),
        DayOverride(date(2020, 12, 12), DayKind.WORKDAY),
    ]
    free, working = with_overrides(HOLIDAYS, moved)
    assert date(2020, 12, 28) not in free
    assert free[date(2020, 12, 31)] == "по РМС"
    assert working == {date(2020, 12, 28), date(2020, 12, 12)}
    assert date(2020, 12, 28) in HOLIDAYS  # what was given stays as it was


@given(st.lists(st.builds(DayOverride, days, st.sampled_from(DayKind)), max_size=10))
@settings(deadline=None)
def test_no_day_is_both_free_and_working_and_the_last_word_counts(overrides):
    free, working = with_overrides(HOLIDAYS, overrides)
    last = {override.day: override.kind for override in overrides}
    assert not free.keys() & working
    assert all((day in free) == (kind is DayKind.HOLIDAY) for day, kind in last.items())
    assert all((day in working) == (kind is DayKind.WORKDAY) for day, kind in last.items())


def test_a_deadline_on_a_working_day_has_no_warning():
    assert deadline_warnings(date(2021, 2, 1), HOLIDAYS) == []


def test_a_deadline_on_a_weekend_or_a_holiday_is_told():
    (weekend,) = deadline_warnings(date(2021, 1, 31), HOLIDAYS)
    assert weekend.startswith("Крайният срок 31 януари 2021 г. (неделя) е в почивен ден.")
    (holiday,) = deadline_warnings(date(2020, 12, 28), HOLIDAYS)
    assert holiday.startswith(
        "Крайният срок 28 декември 2020 г. (понеделник) е официален празник: Рождество Христово."
    )
    assert len(deadline_warnings(date(2020, 12, 26), HOLIDAYS)) == 2


def test_days_are_named_in_bulgarian():
    monday = date(2021, 2, 1)
    assert long_date(monday) == "1 февруари 2021 г. (понеделник)"
    assert [weekday_name(monday + timedelta(n)) for n in range(7)] == [
        "понеделник", "вторник", "сряда", "четвъртък", "петък", "събота", "неделя",
    ]  # fmt: skip


def test_bands_are_named_in_bulgarian():
    assert Band("VII-XI").label == "VII – XI клас"
    assert len({band.label for band in Band}) == 5
