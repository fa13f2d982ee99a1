"""portal backup, portal backup-key: the database in a file that only an offline key opens, and that key."""

from pathlib import Path
from typing import Any

import click

from portal.actions.backup.making import back_up
from portal.cli.files import watch
from portal.cli.settings import now, with_portal
from portal.cli.settings import site as site_of
from portal.config import Config
from portal.crypto.backups import make_identity, read_recipient
from portal.crypto.errors import MalformedKey
from portal.crypto.files import new_file

NEW = click.Path(path_type=Path)
HOW = (
    "A backup holds children's names: give --recipient KEY, which portal backup-key makes on another "
    "machine, or --unencrypted."
)


def _read(_: click.Context, __: click.Parameter, keys: tuple[str, ...]) -> list[Any]:
    try:
        return [read_recipient(key) for key in keys]
    except MalformedKey:
        raise click.BadParameter("a key begins with age1; portal backup-key prints it.") from None


@click.command()
@click.argument("file", type=NEW)
@click.option(
    "--recipient",
    "recipients",
    metavar="KEY",
    multiple=True,
    envvar="PORTAL_BACKUP_RECIPIENT",
    callback=_read,
    help="Who will be able to open it (age1…); several, if need be. Else as in PORTAL_BACKUP_RECIPIENT.",
)
@click.option("--unencrypted", is_flag=True, help="Let whoever has the file read it.")
@with_portal
def backup(config: Config, file: Path, recipients: list[Any], unencrypted: bool) -> None:
    """Write the whole database, as of one moment, to a new FILE, while everybody works.

    It has its name once it is whole and on the disk. Keep the pepper too, and not beside it.
    """
    if unencrypted == bool(recipients):
        raise click.UsageError(HOW)
    try:
        with new_file(file) as stream:
            made = back_up(stream, recipients, watch=watch(), site=site_of(config), now=now(config))
    except OSError as error:
        raise _unwritten(file, error) from None
    size = file.stat().st_size / 1e6
    click.echo(f"{file}: {made.rows:,} rows of {len(made.parts)} tables, {size:,.1f} MB.")


@click.command("backup-key")
@click.argument("file", type=NEW)
def backup_key(file: Path) -> None:
    """Make the key that opens backups: the secret half in a new FILE, the other half is printed.

    Run it on a machine that is not the server, and keep FILE there and in one more place.
    """
    try:
        recipient = make_identity(file, "opens backups of the confirmation portal: portal restore --identity")
    except OSError as error:
        raise _unwritten(file, error) from None
    click.echo(recipient)
    click.echo(f"{file} opens what is encrypted to this key; without it no backup opens.", err=True)


def _unwritten(file: Path, error: OSError) -> click.ClickException:
    if isinstance(error, FileExistsError):
        return click.ClickException(f"{file} is there already, and stays as it is: name another file.")
    return click.ClickException(f"{file} cannot be written: {error.strerror}.")
