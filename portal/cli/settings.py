"""What every command starts with: settings, the database, and sentences instead of tracebacks."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click

from portal.actions.site import Site
from portal.config import Config, ConfigError
from portal.crypto.qualified.trust import TrustFolder
from portal.domain.errors import Objection
from portal.storage.schema.upgrade import is_current
from portal.storage.tables.db import connected, open_database
from portal.storage.tables.trouble import Unusable, usable

NO = 1  # exit code: it is not so, or not done; click says 2 to a call that makes no sense


def with_portal(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the settings first, with the database open and up to date."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        config = read_config()
        open_database(config.database_url)
        with usable_database(), connected():
            if not is_current():
                raise click.UsageError("The database is missing or behind: run portal db upgrade first.")
            try:
                command(config, *args, **kwargs)
            except Objection as objection:
                click.echo(str(objection), err=True)
                sys.exit(NO)

    return run


@contextmanager
def usable_database() -> Iterator[None]:
    """A sentence where the database is away or does not give the turn; exit code 1, nothing was done."""
    try:
        with usable():
            yield
    except Unusable as error:
        raise click.ClickException(f"The database cannot be used ({error}): try again.") from None


def read_config() -> Config:
    try:
        return Config.from_env()
    except ConfigError as error:
        raise click.UsageError(str(error)) from None


def site(config: Config) -> Site:
    trust = TrustFolder(config.trust_dir, config.crl_max_age).read
    return Site(
        config.pepper, config.base_url, config.signatures, trust, config.needs_second_factor, config.site_key
    )


def now(config: Config) -> datetime:
    return config.clock or datetime.now(UTC)


def say(lines: str, facts: dict[str, Any], *, as_json: bool) -> None:
    """Print for a person, or the same as JSON for a script."""
    click.echo(json.dumps(facts, ensure_ascii=False, sort_keys=True) if as_json else lines)
