"""portal export: a copy of what is held of one person, for that person (GDPR, art. 15)."""

import sys
from datetime import datetime
from pathlib import Path

import click

from portal.actions.disclosure.account import export_account
from portal.actions.disclosure.child import export_child
from portal.actions.disclosure.copies import Copy
from portal.cli.files import OUT, write
from portal.cli.settings import now, with_portal
from portal.config import Config
from portal.domain.accounts import fold_email
from portal.domain.identifiers import Identifier, IdType
from portal.storage.disclosure.account import account_with

TYPES = click.Choice([kind.name.lower() for kind in IdType])
TO = click.option(
    "--out", type=OUT, required=True, help="Where to write the text; only its owner may read it."
)


@click.group()
def export() -> None:
    """Copies of what the portal holds of one person, for that person (GDPR, art. 15)."""


@export.command()
@click.option("--type", "kind", type=TYPES, default="egn", show_default=True, help="Of the identifier.")
@TO
@with_portal
def child(config: Config, kind: str, out: Path) -> None:
    """Everything about one child; its number is read from stdin, or asked for on a terminal.

    It stands in no argument: those are seen by every user of the machine and kept in the shell's history.
    """
    number = click.prompt("Номер", err=True) if sys.stdin.isatty() else sys.stdin.readline()
    asked = Identifier.typed(IdType[kind.upper()], number)
    _written(export_child(None, asked, now=now(config)), out, now(config))


@export.command()
@click.argument("email")
@TO
@with_portal
def account(config: Config, email: str, out: Path) -> None:
    """Everything about one account."""
    user = account_with(fold_email(email))
    _written(export_account(None, user.id, now=now(config)), out, now(config))


def _written(copy: Copy, out: Path, at: datetime) -> None:
    write(out, [copy.content])
    click.echo(f"{out}: справка № {copy.number}, редове от базата: {copy.things}.")
