"""portal user, portal pepper, portal outbox: accounts, the pepper, and letters waiting to be sent."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from portal.actions.letters.sending import deliver
from portal.actions.people import importing, invitations
from portal.actions.people.importing import Examined, Outcome
from portal.actions.people.invitations import NewAccount
from portal.cli.files import IN
from portal.cli.settings import NO, now, say, site, with_portal
from portal.config import Config
from portal.crypto.errors import PepperError
from portal.crypto.pepper import make_pepper
from portal.domain.errors import Refusal
from portal.domain.identifiers import IdType
from portal.domain.people import Role
from portal.storage.letters.outbox import count_waiting

ROLES = click.Choice([Role.DIRECTOR.value, Role.RUO.value, Role.OPERATOR.value])


@click.group()
def user() -> None:
    """Invite people and make accounts."""


def _whom(command: Any) -> Any:
    """The options that say whom an account is for."""
    options = (
        click.option("--role", type=ROLES, required=True),
        click.option("--email", required=True),
        click.option("--name", default="", help="Names of the person; stand on what is signed."),
        click.option("--institution", default="", metavar="CODE", help="For a director."),
        click.option("--region", type=int, metavar="N", help="For an expert of РУО."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _new_account(role: str, email: str, name: str, institution: str, region: int | None) -> NewAccount:
    kind = Role(role)
    if kind is Role.DIRECTOR and not institution:
        raise click.UsageError("A director needs --institution CODE.")
    if kind is Role.RUO and region is None:
        raise click.UsageError("An expert of РУО needs --region N.")
    return NewAccount(kind, email, name, institution, region)


@user.command()
@_whom
@click.option("--json", "as_json", is_flag=True)
@with_portal
def invite(config: Config, as_json: bool, **whom: Any) -> None:
    """Invite a person: print the one-time activation address, and mail it."""
    new = _new_account(**whom)
    made, token = invitations.invite(None, new, site=site(config), now=now(config))
    address = site(config).address(f"/activate/{token}")
    say(address, {"user": made.id, "address": address}, as_json=as_json)


@user.command()
@_whom
@click.option("--egn", metavar="N", help="ЕГН of the person, to recognise it in a certificate.")
@click.option("--lnch", metavar="N", help="ЛНЧ of a foreigner, instead of an ЕГН.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from a line of stdin.")
@click.option("--json", "as_json", is_flag=True)
@with_portal
def create(
    config: Config, as_json: bool, egn: str | None, lnch: str | None, password_stdin: bool, **whom: Any
) -> None:
    """Make an account that is activated at once."""
    if egn is not None and lnch is not None:
        raise click.UsageError("An account has --egn or --lnch, not both.")
    number, kind = (egn, IdType.EGN) if lnch is None else (lnch, IdType.LNCH)
    new = _new_account(**whom)
    password = sys.stdin.readline().rstrip("\r\n")
    made = invitations.create(new, password, egn=number, kind=kind, site=site(config), now=now(config))
    say(f"Account {made.id} of {made.email} is ready.", {"user": made.id}, as_json=as_json)


@user.command("import")
@click.argument("file", type=IN)
@click.option("--send", is_flag=True, help="Invite who is new, and again who did not activate.")
@click.option("--json", "as_json", is_flag=True)
@with_portal
def bring_in(config: Config, file: Path, send: bool, as_json: bool) -> None:
    """Invite the directors and experts of a table (code;name;email;role), or only say what would happen.

    Exit code 1 if a line is rejected; the others are invited all the same.
    """
    try:
        with file.open("rb") as stream:
            lines = importing.examine(stream, now=now(config))
    except Refusal as refusal:
        say(str(refusal), {"fault": str(refusal)}, as_json=as_json)
        sys.exit(NO)
    if send:
        lines = importing.bring_in(None, lines, again=True, site=site(config), now=now(config))
    rejected = [each for each in lines if each.outcome is Outcome.REFUSED]
    facts = {
        "accepted": len(lines) - len(rejected),
        "rejected": len(rejected),
        "sent": send,
        "lines": [
            {"line": each.number, "outcome": each.outcome.value, "faults": each.faults} for each in lines
        ],
    }
    say("\n".join(_told(lines, send=send)), facts, as_json=as_json)
    if rejected:
        sys.exit(NO)


def _told(lines: list[Examined], *, send: bool) -> Iterator[str]:
    for each in lines:
        who = "" if each.line is None else f" {each.line.email}"
        why = f": {'; '.join(each.faults)}" if each.faults else ""
        yield f"ред {each.number}{who} – {each.outcome.label}{why}"
    if not send:
        yield "Нищо не е изпратено. Ако е вярно, повторете с --send."


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def pepper(file: Path) -> None:
    """Make the pepper: 32 random bytes that only their owner can read."""
    try:
        make_pepper(file)
    except PepperError as error:
        click.echo(str(error), err=True)
        sys.exit(NO)
    click.echo(f"{file} is made. Keep a copy of it apart from the database: without it nobody can log in.")


@click.group()
def outbox() -> None:
    """The letters that wait to be sent."""


@outbox.command()
@click.option("--json", "as_json", is_flag=True)
@with_portal
def send(config: Config, as_json: bool) -> None:
    """Deliver waiting letters once."""
    if config.mail_url is None:
        raise click.UsageError(f"Set PORTAL_MAIL_URL: {count_waiting()} letters wait and nothing sends them.")
    done = deliver(config.mail_url, config.mail_sender, site=site(config), clock=lambda: now(config))
    waiting = count_waiting()
    say(
        f"Sent {done.sent}, to be tried again {done.later}, given up {done.given_up}; {waiting} wait.",
        {"sent": done.sent, "later": done.later, "given_up": done.given_up, "waiting": waiting},
        as_json=as_json,
    )
    if done.later or done.given_up:
        sys.exit(NO)
