"""portal institution: closing one, and taking that back."""

from datetime import datetime

import click

from portal.actions.campaigns.closing import close_institution, reopen_institution
from portal.cli.campaigns import DAY
from portal.cli.settings import now, with_portal
from portal.config import Config
from portal.domain.calendar import long_date
from portal.storage.campaigns.waiting import unsigned_at


@click.group()
def institution() -> None:
    """Institutions that close, or open again."""


@institution.command()
@click.argument("code")
@click.option("--on", type=DAY, required=True, help="The first day on which it is closed.")
@click.option("--successor", default="", metavar="CODE", help="Who takes over its records.")
@with_portal
def close(config: Config, code: str, on: datetime, successor: str) -> None:
    """Close an institution: no list and no record from that day on. Nothing is moved by itself."""
    closed = close_institution(None, code, on.date(), successor, now=now(config))
    click.echo(f"{closed.name} ({code}) е закрита от {long_date(on.date())}.")
    for month, count in unsigned_at(code):
        click.echo(f"{month.label}: {count} неподписани записа, които от този ден чакат насочване от ЦИОО.")


@institution.command()
@click.argument("code")
@with_portal
def reopen(config: Config, code: str) -> None:
    """Take the closing of an institution back."""
    opened = reopen_institution(None, code, now=now(config))
    click.echo(f"Закриването на {opened.name} ({code}) е отменено.")
