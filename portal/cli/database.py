"""portal db: creating the database and bringing it up to date."""

import click

from portal.cli.settings import read_config
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, open_database


@click.group("db")
def database() -> None:
    """Create or migrate the database."""


@database.command()
def upgrade() -> None:
    """Bring the database up to date with this version of the portal."""
    open_database(read_config().database_url)
    with connected():
        for name in upgrade_database():
            click.echo(f"Applied {name}.")
    click.echo("The database is up to date.")
