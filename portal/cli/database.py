"""portal db: creating the database and bringing it up to date."""

import time

import click

from portal.actions.keys.marking import bring_up_to_date
from portal.cli.settings import read_config, site, usable_database
from portal.storage.tables.db import connected, open_database
from portal.storage.tables.trouble import Unusable, usable

ASK_AGAIN = 2.0  # seconds


@click.group("db")
def database() -> None:
    """Create or migrate the database."""


@database.command()
@click.option("--wait", default=60, show_default=True, help="Seconds to wait for a database that is away.")
def upgrade(wait: int) -> None:
    """Bring the database up to date with this version of the portal.

    At the start of a machine the portal may be there before its database: it is waited for, and that is said.
    """
    config = read_config()
    open_database(config.database_url)
    _wait_for_database(wait)
    with usable_database(), connected():
        for name in bring_up_to_date(site=site(config)):
            click.echo(f"Applied {name}.")
    click.echo("The database is up to date.")


def _wait_for_database(seconds: int) -> None:
    """Return when it answers, or when the time is over: what then fails says why."""
    until, said = time.monotonic() + seconds, False
    while time.monotonic() < until:
        try:
            with usable(), connected():
                return
        except Unusable:
            pass
        if not said:
            click.echo(f"The database is away: waiting up to {seconds} seconds for it.", err=True)
            said = True
        time.sleep(ASK_AGAIN)
