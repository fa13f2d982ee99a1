"""What every test stands on: a migrated database, the cast, a clock, and a client that reads its pages.

Tests of storage and actions run on SQLite and on PostgreSQL; so does any test marked
``both_databases``. Everything else runs on SQLite.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from portal.app import create_app
from portal.config import Config
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, db, open_database
from tests.cast import NOW, World
from tests.page import Client

POSTGRES = os.environ.get("PORTAL_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
REQUIRED = os.environ.get("PORTAL_TEST_REQUIRE", "").split(",")
ON_BOTH = ("tests/storage", "tests/actions")


def pytest_configure(config):
    config.addinivalue_line("markers", "both_databases: runs on SQLite and on PostgreSQL")
    config.addinivalue_line("markers", "browser: drives a real Chromium")


def pytest_generate_tests(metafunc):
    if "database" not in metafunc.fixturenames:
        return
    here = metafunc.definition.path.relative_to(metafunc.config.rootpath).as_posix()
    both = here.startswith(ON_BOTH) or metafunc.definition.get_closest_marker("both_databases")
    metafunc.parametrize("database", ["sqlite", "postgres"] if both else ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "portal.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(worker) -> Iterator[str]:
    """A migrated database of this worker, to clone; skipped, or failed where required, without a server."""
    name = f"portal_template_{worker}"
    try:
        _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError as error:
        if "postgres" in REQUIRED:
            pytest.fail(f"PostgreSQL is required and does not answer: {error}")
        pytest.skip("no PostgreSQL answers at PORTAL_TEST_POSTGRES")
    _migrate(_sibling(name))
    yield name
    for made in (name, name.replace("template", "test")):
        _on_server(f'DROP DATABASE IF EXISTS "{made}" WITH (FORCE)')


@pytest.fixture(scope="session")
def worker(request) -> str:
    """One of several that run at once, on this machine perhaps from several checkouts."""
    return f"{getattr(request.config, 'workerinput', {}).get('workerid', 'main')}_{os.getpid()}"


@pytest.fixture
def database(request, tmp_path) -> Iterator[str]:
    """The address of a fresh, migrated database; ``db`` is open on it."""
    make = _sqlite if request.param == "sqlite" else _postgres
    with make(request, tmp_path) as url:
        open_database(url)
        with connected():
            yield url
        _close()


@contextmanager
def _sqlite(request, tmp_path) -> Iterator[str]:
    path = tmp_path / "portal.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    yield f"sqlite:///{path}"


@contextmanager
def _postgres(request, tmp_path) -> Iterator[str]:
    """One database of this worker, emptied before each test: cloning one takes a tenth of a second. A
    test that changed the schema itself leaves a database that is cloned anew."""
    template = request.getfixturevalue("postgres_template")
    name = template.replace("template", "test")
    if not _emptied(name, template):
        _on_server(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
            f'CREATE DATABASE "{name}" TEMPLATE "{template}"',
        )
    yield _sibling(name)


SCHEMA_NOW = """
    SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
        SELECT concat_ws(' ', a.attrelid::regclass, a.attname, a.atttypid, a.attnotnull) AS line
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
        UNION ALL SELECT concat_ws(' ', tgname, tgenabled, pg_get_triggerdef(oid))
        FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT concat_ws(' ', proname, prosrc)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', 'migration', name) FROM schema_migration
    ) AS lines
"""
EMPTY = """
    DO $$ DECLARE one text; BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid();
        SET LOCAL session_replication_role = replica;
        FOR one IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'schema_migration'
            LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
        PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
            WHERE schemaname = 'public' AND sequencename NOT LIKE 'schema_migration%';
    END $$
"""
_schemas: dict[str, str] = {}


def _emptied(name: str, template: str) -> bool:
    """Whether the worker's database could be used once more, and is empty now."""
    if template not in _schemas:
        with psycopg.connect(_sibling(template), autocommit=True) as server:
            _schemas[template] = server.execute(SCHEMA_NOW).fetchone()[0]
    try:
        with psycopg.connect(_sibling(name), autocommit=True) as server:
            if server.execute(SCHEMA_NOW).fetchone()[0] != _schemas[template]:
                return False
            server.execute(EMPTY)
            return True
    except psycopg.Error:
        return False


def _migrate(url: str) -> None:
    open_database(url)
    with connected():
        upgrade_database()
    _close()


def _close() -> None:
    """Every connection of this process, pooled ones too: else a warning tells of an open one."""
    if not db.is_closed():
        db.close()
    if hasattr(db.obj, "close_all"):
        db.close_all()


def _sibling(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"


def _on_server(*statements: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
        for statement in statements:
            server.execute(statement)


@pytest.fixture
def config(database) -> Config:
    return Config(
        env="test",
        base_url="http://localhost",
        database_url=database,
        secret_key="tests only, and long enough to be one",
        pepper=b"p" * 32,
        clock=NOW,
    )


@pytest.fixture
def world(database) -> World:
    """Institutions, calendar, campaign and people; see tests/cast.py."""
    return World.made()


@pytest.fixture
def app(config, world):
    _close()  # the portal opens its own
    return create_app(config)


@pytest.fixture
def client(app, config) -> Client:
    return Client(app, config)
