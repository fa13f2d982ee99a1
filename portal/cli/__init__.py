"""Commands for the people who run the portal."""

import click

from portal.cli.backup import backup, backup_key
from portal.cli.campaigns import campaign
from portal.cli.database import database
from portal.cli.demo import demo
from portal.cli.exports import export
from portal.cli.institutions import institution
from portal.cli.loads import load
from portal.cli.people import outbox, pepper, user
from portal.cli.purge import purge
from portal.cli.restore import restore
from portal.cli.trust import trust
from portal.cli.verify import verify
from portal.cli.worker import worker
from portal.logs import silence_libraries


@click.group()
@click.version_option(package_name="confirmation-portal")
def main() -> None:
    """The confirmation portal: everything that its operator does by hand."""
    silence_libraries()


main.add_command(campaign)
main.add_command(database)
main.add_command(load)
main.add_command(export)
main.add_command(institution)
main.add_command(demo)
for command in (user, pepper, outbox):
    main.add_command(command)
main.add_command(worker)
main.add_command(trust)
main.add_command(verify)
for command in (backup, backup_key, restore):
    main.add_command(command)
main.add_command(purge)
