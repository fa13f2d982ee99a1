"""The line of a month's completion, drawn as the figures of an SVG: no script, no style of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.domain.calendar import WEEKDAYS
from portal.domain.oversight.pace import HOUR, Course, Forecast, percent
from portal.domain.times import end_of, local, start_of

SIDE = 1000  # units of both sides of the picture, which is stretched to what room there is
EVERY_HOURS = 3  # a mark on the axis of the last day


@dataclass(frozen=True)
class Tick:
    """``at`` in percent from the left."""

    at: str
    label: str


@dataclass(frozen=True)
class Row:
    """What the line says at one time, in institutions; None where it has not come yet, or nothing is known.
    ``before`` is the share of the month before in whole percent."""

    label: str
    done: int | None
    percent: int | None
    before: int | None
    even: int


@dataclass(frozen=True)
class Chart:
    """``mine``, ``before`` and ``even`` are paths; ``now`` and ``forecast`` in percent from the left and from
    the top."""

    mine: str
    before: str
    even: str
    ticks: list[Tick]
    rows: list[Row]
    now: str = ""
    forecast: str = ""


def window_chart(this: Course, before: Course | None, ahead: Forecast | None, *, now: datetime) -> Chart:
    """From the first day of the window to its end, day by day."""
    days = [this.opens_on + timedelta(n) for n in range((this.closes_on - this.opens_on).days + 1)]
    step = 1 + (len(days) - 1) // 10
    ticks = [
        Tick(_percent(_part(start_of(day), this.begins, this.ends)), f"{day:%d.%m.}") for day in days[::step]
    ]
    rows = [_row(_day_label(day), start_of(day), end_of(day), this, before, now=now) for day in days]
    return _drawn(this, before, this.begins, ticks, rows, ahead, now=now)


def last_day_chart(
    this: Course, before: Course | None, ahead: Forecast | None, *, now: datetime
) -> Chart | None:
    """Hour by hour; None before the last day."""
    begins = start_of(this.closes_on)
    if now < begins:
        return None
    hours = [begins + HOUR * n for n in range(1, round((this.ends - begins) / HOUR) + 1)]
    marked = [at for at in hours[:-1] if local(at).hour % EVERY_HOURS == 0]
    ticks = [Tick(_percent(_part(at, begins, this.ends)), f"{local(at):%H} ч.") for at in marked]
    rows = [_row(_hour_label(at, this.ends), at - HOUR, at, this, before, now=now) for at in hours]
    return _drawn(this, before, begins, ticks, rows, ahead, now=now)


def _drawn(
    this: Course,
    before: Course | None,
    begins: datetime,
    ticks: list[Tick],
    rows: list[Row],
    ahead: Forecast | None,
    *,
    now: datetime,
) -> Chart:
    ends, is_running = this.ends, begins <= now < this.ends
    return Chart(
        mine=_path(_steps(this, begins, min(now, ends), timedelta(0)), begins, ends),
        before=""
        if before is None
        else _path(_steps(before, begins, ends, ends - before.ends), begins, ends),
        even=_path(iter([(begins, this.even(begins)), (ends, 1.0)]), begins, ends),
        ticks=ticks,
        rows=rows,
        now=_percent(_part(now, begins, ends)) if is_running else "",
        forecast=_percent(1 - ahead.complete / ahead.due) if ahead is not None and ahead.due else "",
    )


def _steps(
    course: Course, begins: datetime, ends: datetime, later: timedelta
) -> Iterator[tuple[datetime, float]]:
    """The share before and after each hour in which it grew; ``later`` moves the course so that both months
    end together."""
    done = course.done_by(begins - later)
    yield begins, done / max(course.due, 1)
    for hour in sorted(course.done):
        at = hour + later
        if begins <= at < ends:
            yield at, done / max(course.due, 1)
            done += course.done[hour]
            yield min(at + HOUR, ends), done / max(course.due, 1)
    yield ends, done / max(course.due, 1)


def _path(points: Iterator[tuple[datetime, float]], begins: datetime, ends: datetime) -> str:
    drawn = [f"{SIDE * _part(at, begins, ends):.0f} {SIDE * (1 - share):.0f}" for at, share in points]
    return f"M{drawn[0]}L{' '.join(drawn[1:])}"


def _row(
    label: str, begins: datetime, ends: datetime, this: Course, before: Course | None, *, now: datetime
) -> Row:
    """Of a day or an hour; of one that goes on, what has been done by now."""
    done = this.done_by(ends) if begins <= now else None
    return Row(
        label,
        done,
        None if done is None else 100 * done // max(this.due, 1),
        None if before is None else percent(before.share_left(this.ends - ends)),
        int(this.due * this.even(ends)),
    )


def _part(at: datetime, begins: datetime, ends: datetime) -> float:
    return (at - begins) / (ends - begins)


def _percent(part: float) -> str:
    return f"{100 * part:.1f}%"


def _day_label(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]}, {day:%d.%m.}"


def _hour_label(at: datetime, ends: datetime) -> str:
    return "до края на деня" if at == ends else f"до {local(at):%H:%M} ч."
