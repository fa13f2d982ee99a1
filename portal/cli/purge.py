"""portal purge: retention, run when the operator decides that a month is old enough."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from portal.actions.retention.purging import Plan, Purged, plan_of
from portal.actions.retention.purging import purge as erase
from portal.cli.loads import MONTH, as_json
from portal.cli.settings import NO, now, say, site, with_portal
from portal.config import Config
from portal.domain.month import Month
from portal.domain.register.entry import school_year_label
from portal.domain.times import today


@click.command()
@click.option("--before", type=MONTH, required=True, help="Months before this one (2020-12) are erased.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@with_portal
def purge(config: Config, before: Month, yes: bool, as_json: bool) -> None:
    """Erase the children and declarations of answered months, and registers whose date has come.

    The audit and the counts stay. What is erased cannot be brought back; backups keep it until they are
    overwritten. Done twice it is done once. Exit code 1 if you answer "no", or where somebody still reads the
    database as it was, so that its files keep what is erased.
    """
    at = now(config)
    if before > Month.of(today(at)):
        raise click.BadParameter(f"{before} has not begun; nothing later than this month can be named.")
    plan = plan_of(before, now=at)
    if not plan.is_empty and not yes:
        _ask(plan)
    with _progress(len(plan.campaigns)) as step:
        purged = erase(before, step=step, site=site(config), now=at)
    say("\n".join(_lines(purged, plan)), _facts(purged, plan), as_json=as_json)
    if not purged.is_overwritten:
        sys.exit(NO)


@contextmanager
def _progress(count: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; nothing where the output is read by something else."""
    if not count or not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=count, label="Заличаване", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def is_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


def _ask(plan: Plan) -> None:
    if not is_terminal():
        raise click.UsageError("Nobody is here to be asked: add --yes.")
    for line in _intended(plan):
        click.echo(line, err=True)
    if not click.confirm("Да се заличат ли? Връщане няма.", err=True):
        click.echo("Нищо не е заличено.", err=True)
        sys.exit(NO)


def _intended(plan: Plan) -> Iterator[str]:
    if plan.campaigns:
        yield f"Ще се заличат децата, решенията и подписите за: {_months(plan.campaigns)}."
    if plan.enrolments:
        yield f"Ще се заличат записванията за: {_months(plan.enrolments)}."
    if plan.registers:
        yield f"Ще се изтрият карантинните регистри за учебните години: {_years(plan.registers)}."
    if plan.letters:
        yield f"Ще се изтрият писма: {plan.letters}."
    if plan.notices:
        yield f"Ще се заличат циркулярни писма: {plan.notices}."


def _lines(purged: Purged, plan: Plan) -> Iterator[str]:
    for month in plan.waiting:
        yield f"{month} остава: отговорът до АСП още не е изготвен."
    if purged.campaigns:
        yield f"Заличени: {_months(purged.campaigns)} – {purged.lists} списъка, {purged.records} записа."
    if purged.enrolments:
        yield f"Заличени са {purged.enrolments} реда със записвания."
    if purged.registers:
        yield f"Изтрити са карантинните регистри за {_years(purged.registers)}."
    if purged.letters:
        yield f"Изтрити писма: {purged.letters}."
    if purged.notices:
        yield f"Заличени циркулярни писма: {purged.notices}."
    if not purged.is_overwritten:
        yield (
            "Заличеното още стои във файловете на базата: някой я чете, каквато беше, може би архивиране. "
            "Изчакайте го и пуснете командата отново."
        )
    if plan.is_empty:
        yield "Няма какво да се заличи."


def _facts(purged: Purged, plan: Plan) -> dict[str, object]:
    return {
        "campaigns": [str(month) for month in purged.campaigns],
        "lists": purged.lists,
        "records": purged.records,
        "enrolments": purged.enrolments,
        "notices": purged.notices,
        "letters": purged.letters,
        "registers": [school_year_label(year) for year in purged.registers],
        "overwritten": purged.is_overwritten,
        "waiting": [str(month) for month in plan.waiting],
    }


def _months(months: list[Month]) -> str:
    return ", ".join(map(str, months))


def _years(years: list[int]) -> str:
    return ", ".join(map(school_year_label, years))
