"""portal restore: a backup back into an empty database."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from portal.actions.backup.restoring import Restored
from portal.actions.backup.restoring import restore as fill
from portal.actions.backup.since import Since
from portal.cli.checkpoint import read_checkpoint
from portal.cli.files import IN, watch
from portal.cli.settings import NO, now, read_config, site, usable_database
from portal.crypto.backups import load_identities
from portal.crypto.errors import MalformedKey
from portal.domain.deeds import deed_label, thing_label
from portal.domain.errors import Objection
from portal.domain.times import stamp
from portal.storage.backup.filling import empty_place
from portal.storage.tables.audit import NATIONAL
from portal.storage.tables.db import open_database


@click.command()
@click.argument("file", type=IN)
@click.option("--identity", type=IN, help="The file that portal backup-key made.")
@click.option("--checkpoint", type=IN, help="The newest heads of portal verify --write-checkpoint.")
def restore(file: Path, identity: Path | None, checkpoint: Path | None) -> None:
    """Bring a backup back into the empty database of PORTAL_DATABASE_URL, with the portal stopped.

    All or nothing; a backup of an older version is brought up to date. Logins and links are ended.
    Exit code 1, and nothing stored, for a file that does not open, is damaged or is another portal's.
    """
    config = read_config()
    heads = None if checkpoint is None else read_checkpoint(checkpoint)
    identities = [] if identity is None else _identities(identity)
    open_database(config.database_url)
    try:
        with usable_database(), empty_place(), file.open("rb") as source:
            place, at = site(config), now(config)
            done = fill(source, identities, checkpoint=heads, watch=watch(), site=place, now=at)
    except Objection as objection:
        click.echo(f"{objection} Нищо не е възстановено.", err=True)
        sys.exit(NO)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None
    for line in _lines(done):
        click.echo(line)


def _identities(file: Path) -> list[Any]:
    try:
        return load_identities(file)
    except MalformedKey:
        raise click.ClickException(f"{file} is no key: portal backup-key makes one.") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None


def _lines(done: Restored) -> Iterator[str]:
    yield f"Възстановени са {done.header.rows} реда. Копието е от {stamp(done.header.made_at)}"
    yield f"Прекратени са {done.logins} влизания и {done.links} еднократни връзки (покани и нови пароли)."
    if done.waiting:
        yield f"Чакащи писма: {done.waiting}. Ще бъдат изпратени, и ако преди това вече са били."
    if done.since is None:
        yield "Без --checkpoint не е сравнено с нищо: не се знае какво е станало след копието."
        return
    yield from _compared(done.since)


def _compared(found: Since) -> Iterator[str]:
    for chain, count in found.missing.items():
        yield (
            f"ЛИПСВА {_place(chain)}: {count} записа от одита, които контролната точка знае. Направеното с "
            "тях го няма: отнетите достъпи, ключове и упълномощавания са пак в сила."
        )
    for chain in found.differing:
        yield f"РАЗЛИКА {_place(chain)}: одитът не е онзи, който пази контролната точка."
    for entry in found.changed:
        what = f"{deed_label(entry.what)}, {thing_label(entry.object)}"
        yield f"СЛЕД КОНТРОЛНАТА ТОЧКА {_place(entry.chain)}, {stamp(entry.at)}: {what}."
    if not (found.missing or found.differing or found.changed):
        yield "След контролната точка не са променяни достъпи, ключове и упълномощавания."


def _place(chain: str) -> str:
    return "общо" if chain == NATIONAL else chain
