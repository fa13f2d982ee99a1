"""portal load: institutions, enrolments, the school calendar, and days moved by decree."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from portal.actions.loading.calendars import load_calendar, load_holidays_override
from portal.actions.loading.enrolments import load_enrolments, picture_of
from portal.actions.loading.faults import Fault, grouped
from portal.actions.loading.files import ALWAYS, COUNTS, facts, labels_of
from portal.actions.loading.institutions import load_institutions
from portal.cli.files import IN, source, watch
from portal.cli.settings import NO, now, say, with_portal
from portal.config import Config
from portal.domain.errors import Unsure
from portal.domain.month import Month
from portal.domain.operating import Loss, TakesAway
from portal.storage.campaigns.loaded import missing_institutions
from portal.storage.campaigns.rejects import some_rejects
from portal.storage.lists.returned import institution_names
from portal.storage.loading.tables import Load

SHOWN = 20  # rejected lines that a person is shown; the rest are in the browser and in `campaign rejects`


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
@click.option("--sure", is_flag=True, help="Load it, whatever it takes away or is called.")
@as_json
@with_portal
def enrolments(
    config: Config, file: Path, correction: bool, month: Month | None, sure: bool, as_json: bool
) -> None:
    """Replace or correct where children are enrolled (MONZPMMYY.txt, MONZPCMMYY.txt).

    Exit code 1 and nothing stored, unless --sure, if a file takes away more than 2 % of the enrolments or
    20 children, or if its name says that it is no correction.
    """
    with source(file) as opened, asking(as_json=as_json):
        picture = picture_of(opened, month, correction=correction, sure=sure)
        done = load_enrolments(None, opened, picture=picture, watch=watch(), now=now(config))
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


@contextmanager
def asking(*, as_json: bool) -> Iterator[None]:
    """Say what has to be confirmed first, with what is known of it; exit code 1."""
    try:
        yield
    except Unsure as question:
        loss = question.loss if isinstance(question, TakesAway) else None
        if as_json:
            say("", {"sure": False} | ({} if loss is None else _told_of(loss)), as_json=True)
        lines = [str(question), *([] if loss is None else _moves(loss))]
        click.echo("\n".join([*lines, "Нищо не е заредено. Ако е вярно, повторете с --sure."]), err=True)
        sys.exit(NO)


def _told_of(loss: Loss) -> dict[str, Any]:
    moves = [{"from": source, "to": target, "records": records} for source, target, records in loss.largest]
    return asdict(loss.enrolments) | {"moved": loss.moves.total(), "moves": moves}


def _moves(loss: Loss) -> list[str]:
    names = institution_names(code for move in loss.largest for code in move[:2])
    return [
        f"{records:>9}  от {source} {names.get(source, '')} към {target} {names.get(target, '')}"
        for source, target, records in loss.largest
    ]


def finish(done: Load, *, as_json: bool) -> None:
    """Say what became of the file; exit code 1 if a line of it was rejected."""
    told = facts(done)
    faults = grouped(done)
    told["faults"] = [{"fault": fault.text, "lines": fault.lines} for fault in faults]
    if done.kind == "institutions":
        told["missing_institutions"] = [each.code for each in missing_institutions()]
    say("\n".join(_lines(done, told, faults)), told, as_json=as_json)
    if done.rejected:
        sys.exit(NO)


def _missing() -> list[str]:
    """Who the file left out, by name."""
    every = missing_institutions()
    lines = ["Няма ги във файла, а не са закрити (portal institution close):"]
    lines += [f"{institution.code}  {institution.name}" for institution in every[:SHOWN]]
    return lines if len(every) <= SHOWN else [*lines, f"… и още {len(every) - SHOWN}"]


def _lines(done: Load, told: dict[str, Any], faults: list[Fault]) -> list[str]:
    month = "" if done.month is None else f", {done.month.label}"
    lines = [f"{done.file_name}{month}, прочетен като {done.encoding}"]
    if not done.distributed:
        lines.append("Нито един ред не е приет: нищо от файла не е заредено.")
    said = (name for name in COUNTS if told[name] or name in ALWAYS)
    labels = labels_of(done)
    lines += [f"{name:<19}{told[name]:>9}  {labels[name]}" for name in said]
    if done.kind == "institutions" and done.missing:
        lines += _missing()
    lines += map(str, faults[:SHOWN])
    if len(faults) > SHOWN:
        lines.append(f"… и още {len(faults) - SHOWN} вида грешки")
    shown = some_rejects(done, SHOWN)
    lines += [f"ред {reject.number}: {reject.faults}" for reject in shown]
    if done.rejected > len(shown):
        lines.append(f"… и още {done.rejected - len(shown)} отхвърлени реда")
    return lines
