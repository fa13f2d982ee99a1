"""portal load: institutions, enrolments, the school calendar, and days moved by decree."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from portal.actions.loading.calendars import load_calendar, load_holidays_override
from portal.actions.loading.enrolments import load_enrolments, picture_of
from portal.actions.loading.files import facts
from portal.actions.loading.institutions import load_institutions
from portal.cli.files import IN, source, watch
from portal.cli.settings import NO, now, say, site, with_portal
from portal.config import Config
from portal.domain.month import Month
from portal.storage.campaigns.loads import some_rejects
from portal.storage.tables.campaigns import Load

SHOWN = 20  # rejected lines that a person is shown; the rest are in the browser and in `campaign rejects`
LABELS = {
    "received": "получени редове",
    "distributed": "разпределени",
    "rejected": "отхвърлени",
    "added": "нови",
    "updated": "променени",
    "unchanged": "без промяна",
    "reset": "върнати за преглед, защото АСП е променила броя",
    "moved": "преместени в друг списък",
    "missing": "записа от кампанията ги няма във файла",
    "under_limit": "записа от кампанията са с брой под границата: законът не засяга тези помощи",
}


class MonthType(click.ParamType):  # type: ignore[type-arg]
    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        if isinstance(value, Month):
            return value
        try:
            return Month.parse(value)
        except ValueError:
            self.fail(f"{value} is not a month like 2020-12", param, ctx)


MONTH = MonthType()


@click.group("load")
def load() -> None:
    """Load what the lists stand on. АСП's list itself: portal campaign load."""


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Answer for a script.")(command)


@load.command()
@click.argument("file", type=IN)
@as_json
@with_portal
def institutions(config: Config, file: Path, as_json: bool) -> None:
    """Add and update institutions (institutions.csv); none is deleted."""
    with source(file) as opened:
        finish(load_institutions(None, opened, now=now(config)), as_json=as_json)


@load.command()
@click.argument("file", type=IN)
@click.option("--correction", is_flag=True, help="Update what the file names; MONZPC… is one by its name.")
@click.option("--month", type=MONTH, help="The month, where the file's name does not tell.")
@as_json
@with_portal
def enrolments(config: Config, file: Path, correction: bool, month: Month | None, as_json: bool) -> None:
    """Replace or correct where children are enrolled (MONZPMMYY.txt, MONZPCMMYY.txt)."""
    picture = picture_of(file.name, month, correction=correction)
    with source(file) as opened:
        done = load_enrolments(
            None, opened, picture=picture, watch=watch(), site=site(config), now=now(config)
        )
        finish(done, as_json=as_json)


@load.command()
@click.argument("file", type=IN)
@as_json
@with_portal
def calendar(config: Config, file: Path, as_json: bool) -> None:
    """Replace the school years and class bands that the file names (calendar.csv)."""
    with source(file) as opened:
        finish(load_calendar(None, opened, now=now(config)), as_json=as_json)


@load.command("holidays-override")
@click.argument("file", type=IN)
@as_json
@with_portal
def holidays_override(config: Config, file: Path, as_json: bool) -> None:
    """Days that a decree made free or working (header date,kind,name; kind holiday or workday)."""
    with source(file) as opened:
        finish(load_holidays_override(None, opened, now=now(config)), as_json=as_json)


def finish(done: Load, *, as_json: bool) -> None:
    """Say what became of the file; exit code 1 if a line of it was rejected."""
    told = facts(done)
    say("\n".join(_lines(done, told)), told, as_json=as_json)
    if done.rejected:
        sys.exit(NO)


def _lines(done: Load, told: dict[str, Any]) -> list[str]:
    month = "" if done.month is None else f", {done.month.label}"
    lines = [f"{done.file_name}{month}, прочетен като {done.encoding}"]
    always = ("received", "distributed", "rejected")
    lines += [f"{key:<12}{told[key]:>9}  {LABELS[key]}" for key in LABELS if key in always or told[key]]
    shown = some_rejects(done, SHOWN)
    lines += [f"ред {reject.number}: {reject.faults}" for reject in shown]
    if done.rejected > len(shown):
        lines.append(f"… и още {done.rejected - len(shown)} отхвърлени реда")
    return lines
