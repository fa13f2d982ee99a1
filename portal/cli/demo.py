"""portal demo: the portal with invented schools, served from an embedded database."""

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

import click

from portal.actions.keys.marking import bring_up_to_date
from portal.cli.settings import NO, now, read_config, site
from portal.config import DEMO, TEST
from portal.crypto.qualified.trust import FOLDERS
from portal.demo.filling import fill
from portal.demo.quarantine import printed_code
from portal.demo.schools import ACCOUNTS, OWN, PASSWORD
from portal.domain.errors import Objection
from portal.instance import DEMO_TRUST, INSTANCE
from portal.storage.tables.db import connected, open_database

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"


@click.command()
@click.option("--fill-only", is_flag=True, help="Fill the database and do not serve.")
def demo(*, fill_only: bool) -> None:
    """Try the portal with invented schools, on 127.0.0.1 and PORT (8000), until Ctrl-C.

    Run again, it keeps what was done. When the month's window has passed, it gets a new month.
    """
    _check_environment()
    port = os.environ.setdefault("PORT", "8000")
    os.environ.setdefault("PORTAL_DATABASE_URL", f"sqlite:///{INSTANCE / 'demo.db'}")
    os.environ.setdefault("PORTAL_BASE_URL", f"http://{HOST}:{port}")
    if not fill_only:
        _check_free(int(port))
    _fill()
    if not fill_only:
        _serve()


def _check_environment() -> None:
    """Accounts with a known password never go where PORTAL_ENV says that people work."""
    given = os.environ.setdefault("PORTAL_ENV", DEMO)
    if given not in (DEMO, TEST):
        raise click.UsageError(
            f"PORTAL_ENV is {given}: the demo has accounts with a known password. Unset it to try the demo."
        )


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise click.UsageError(
                f"Something answers on port {port} already. Choose another one: make demo PORT={port + 1}"
            ) from None


def _fill() -> None:
    config = read_config()
    here = replace(site(config), needs_second_factor=False)  # who signs in the story has no telephone
    if config.trust_dir == DEMO_TRUST:
        _make_trust_folder()
    open_database(config.database_url)
    with connected():
        bring_up_to_date(site=site(config))
        try:
            month = fill(click.echo, site=here, now=now(config))
        except Objection as objection:
            click.echo(str(objection), err=True)
            sys.exit(NO)
        code = printed_code()
    click.echo(f"\nДемонстрацията е на {config.base_url}/ – месецът за потвърждаване е {month.label}\n")
    for account in ACCOUNTS:
        if account.shown:
            click.echo(f"  {account.email:<28} {account.shown}")
    click.echo(f"\nПаролата на всички е: {PASSWORD}")
    if code:
        click.echo(f"Кодът от плика на {OWN.name}: {code}")
    click.echo(f"Списъкът на децата: {config.base_url}/confirmations/{month}\n")


def _make_trust_folder() -> None:
    """Empty places for certificates and lists: whoever has a КЕП can try it."""
    for folder, _ in FOLDERS:
        (DEMO_TRUST / folder).mkdir(parents=True, exist_ok=True)


def _serve() -> None:
    """gunicorn takes this process over, so that Ctrl-C ends it and its workers."""
    click.echo("Спира се с Ctrl-C.", nl=True)
    sys.stdout.flush()
    arguments = ["--config", str(ROOT / "gunicorn.conf.py"), "--pythonpath", str(ROOT), "wsgi:app"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])  # noqa: S606 (our own)
