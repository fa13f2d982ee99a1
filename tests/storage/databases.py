"""A fresh database for each test: migrated once, filled with the cast once, then copied or emptied.

To insert the cast costs more than most tests, and so does a new database on PostgreSQL.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, db, open_database
from tests.cast import World

POSTGRES = os.environ.get("PORTAL_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")


class Sqlite:
    """Two files to copy: one with the tables alone, one with the cast as well."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fresh(self, folder: Path, *, peopled: bool) -> str:
        path = folder / "portal.db"
        shutil.copyfile(self._with_cast if peopled else self._bare, path)
        return f"sqlite:///{path}"

    @cached_property
    def world(self) -> World:
        shutil.copyfile(self._bare, self._folder / "cast.db")
        return _in(f"sqlite:///{self._folder / 'cast.db'}", World.made)

    @cached_property
    def _bare(self) -> Path:
        path = self._folder / "bare.db"
        _in(f"sqlite:///{path}", upgrade_database)
        return path

    @property
    def _with_cast(self) -> Path:
        assert self.world
        return self._folder / "cast.db"


# The tables in ``public`` are the portal's; ``cast_of_tests`` keeps the rows that a peopled one begins with.
# Whoever changes a catalogue's row leaves the number of his transaction in it.
SCHEMA_NOW = """
    SELECT
        (SELECT (count(*), sum(c.xmin::text::bigint)) FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'),
        (SELECT (count(*), sum(a.xmin::text::bigint)) FROM pg_attribute a
            WHERE a.attrelid IN (SELECT oid FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')),
        (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_trigger WHERE NOT tgisinternal),
        (SELECT (count(*), sum(xmin::text::bigint)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
        (SELECT string_agg(name, '|' ORDER BY name) FROM schema_migration)
"""
KEEP = """
    DO $$ DECLARE one text; holds boolean; BEGIN
        FOR one IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'schema_migration'
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one) INTO holds;
            IF holds THEN
                EXECUTE format('CREATE TABLE cast_of_tests.%I AS TABLE public.%I', one, one);
            END IF;
        END LOOP;
    END $$
"""
# Functions keep the plans of their statements, which take longer to plan than to do.
FUNCTION = """
    CREATE FUNCTION cast_of_tests.{name}() RETURNS void LANGUAGE plpgsql
    SET session_replication_role = replica AS $$ BEGIN {body} END $$
"""
EMPTIED = """
    SELECT string_agg(format('DELETE FROM public.%I;', tablename), ' ') FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'schema_migration'
"""
BEGUN = """
    SELECT string_agg(format('PERFORM setval(%L, 1, false);', 'public.' || sequencename), ' ')
    FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT LIKE 'schema_migration%'
"""
FILLED = """
    SELECT string_agg(format('INSERT INTO public.%1$I SELECT * FROM cast_of_tests.%1$I;', tablename), ' ')
    FROM pg_tables WHERE schemaname = 'cast_of_tests'
"""
COUNTED = """
    SELECT string_agg(format('PERFORM setval(%L, %s);', 'public.' || sequencename, last_value), ' ')
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
        AND sequencename NOT LIKE 'schema_migration%'
"""
ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Postgres:
    """One database of this worker, emptied before each test: to clone one takes a tenth of a second. A test
    that changed the schema itself leaves a database that is cloned anew."""

    world: World

    def __init__(self, worker: str) -> None:
        self._template, self._name = f"portal_template_{worker}", f"portal_test_{worker}"
        self._server: psycopg.Connection | None = None
        run(POSTGRES, *_dropped(self._template), f'CREATE DATABASE "{self._template}"')
        _in(_beside(self._template), self._fill)
        self._keep()
        self._clone()
        self._schema = self._schema_now()

    def fresh(self, folder: Path, *, peopled: bool) -> str:
        if not self._emptied(peopled):
            self._clone()
            assert self._emptied(peopled)
        return _beside(self._name)

    def drop(self) -> None:
        self._hang_up()
        run(POSTGRES, *_dropped(self._name, self._template))

    def _fill(self) -> None:
        upgrade_database()
        self.world = World.made()

    def _keep(self) -> None:
        """The rows of the cast, and the functions that go back to them or to none."""
        with psycopg.connect(_beside(self._template), autocommit=True) as server:
            server.execute("CREATE SCHEMA cast_of_tests")
            server.execute(KEEP)
            for name, parts in {"empty": (EMPTIED, BEGUN), "fill": (FILLED, COUNTED)}.items():
                body = " ".join(server.execute(part).fetchone()[0] for part in parts)
                server.execute(FUNCTION.format(name=name, body=body))

    def _emptied(self, peopled: bool) -> bool:
        """Whether the database could be used once more, and holds what it should now."""
        try:
            if self._schema_now() != self._schema:
                return False
            self._server.execute(ALONE)
            self._server.execute("SELECT cast_of_tests.empty()")
            if peopled:
                self._server.execute("SELECT cast_of_tests.fill()")
        except psycopg.Error:  # a test dropped a table, or ended every connection
            return False
        return True

    def _schema_now(self) -> object:
        return self._server.execute(SCHEMA_NOW).fetchone()

    def _clone(self) -> None:
        """No power fails during a test: a commit need not wait for the disk."""
        self._hang_up()
        run(
            POSTGRES,
            *_dropped(self._name),
            f'CREATE DATABASE "{self._name}" TEMPLATE "{self._template}"',
            f'ALTER DATABASE "{self._name}" SET synchronous_commit = off',
        )
        self._server = psycopg.connect(_beside(self._name), autocommit=True)

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as server:
        for statement in statements:
            server.execute(statement)


def _dropped(*names: str) -> list[str]:
    return [f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names]


def _beside(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"


@contextmanager
def opened(url: str) -> Iterator[None]:
    """``db`` is open on it."""
    open_database(url)
    try:
        with connected():
            yield
    finally:
        close()


def close() -> None:
    """Every connection of this process, pooled ones too: else a warning tells of an open one."""
    if not db.is_closed():
        db.close()
    if hasattr(db.obj, "close_all"):
        db.close_all()


def _in(url: str, deed: Callable[[], Any]) -> Any:
    with opened(url):
        return deed()


def wipe(url: str) -> None:
    """Nothing is left of the database but its name; ``db`` stays open on it."""
    close()
    if url.startswith("sqlite"):
        for file in Path(url.removeprefix("sqlite:///")).parent.glob("portal.db*"):
            file.unlink()
    else:
        run(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
