"""What every test stands on: a migrated database, the cast, a clock, and a client that reads its pages.

Tests of storage and actions run on SQLite and on PostgreSQL; so does any test marked
``both_databases``. Everything else runs on SQLite.
"""

import gc
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings

from portal.app import Portal, create_app
from portal.config import Config
from portal.crypto import passwords
from portal.crypto.qualified.trust import TrustFolder
from portal.storage.tables.campaigns import Campaign
from tests.cast import NOW, World
from tests.crypto.stretching import Quick
from tests.page import Client
from tests.served import COMPILED, keep_compiled
from tests.storage.databases import Postgres, Sqlite, close, opened

REQUIRED = os.environ.get("PORTAL_TEST_REQUIRE", "").split(",")
MEMORY, ROOM = "/dev/shm", 2**30  # bytes
ON_BOTH = ("tests/storage", "tests/actions")


# How long an example takes says how busy the machine is: no test is about that.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure(config):
    _use_memory()
    settings.load_profile("portal")
    config.addinivalue_line("markers", "both_databases: runs on SQLite and on PostgreSQL")
    config.addinivalue_line("markers", "browser: drives a real Chromium")
    config.addinivalue_line("markers", "nginx: asks through a real nginx")


def _use_memory() -> None:
    """Where files in memory have room, ``tmp_path`` is there: SQLite, as it is set up to serve, waits for the
    disk at each commit."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


def pytest_generate_tests(metafunc):
    if "database" not in metafunc.fixturenames:
        return
    here = metafunc.definition.path.relative_to(metafunc.config.rootpath).as_posix()
    both = here.startswith(ON_BOTH) or metafunc.definition.get_closest_marker("both_databases")
    metafunc.parametrize("databases", ["sqlite", "postgres"] if both else ["sqlite"], indirect=True)


def pytest_collection_finish():
    """What was imported and collected stays to the end: the garbage collector need not go through it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def passwords_are_stretched_quickly():
    """In all tests but those of the stretching itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "Argon2id", Quick)
        yield


@pytest.fixture(scope="session", autouse=True)
def templates_are_compiled_once(tmp_path_factory, worker):
    """In all processes of this run together."""
    mine = tmp_path_factory.getbasetemp()
    kept = (mine if worker.startswith("main") else mine.parent) / "templates"
    kept.mkdir(exist_ok=True)
    os.environ[COMPILED] = str(kept)
    keep_compiled()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres(worker) -> Iterator[Postgres]:
    """Skipped, or failed where required, without a server."""
    try:
        made = Postgres(worker)
    except psycopg.OperationalError as error:
        if "postgres" in REQUIRED:
            pytest.fail(f"PostgreSQL is required and does not answer: {error}")
        pytest.skip("no PostgreSQL answers at PORTAL_TEST_POSTGRES")
    yield made
    made.drop()


@pytest.fixture(scope="session")
def worker(request) -> str:
    """One of several that run at once, on this machine perhaps from several checkouts."""
    return f"{getattr(request.config, 'workerinput', {}).get('workerid', 'main')}_{os.getpid()}"


@pytest.fixture
def databases(request) -> Sqlite | Postgres:
    return request.getfixturevalue(request.param)


@pytest.fixture
def database(databases, request, tmp_path) -> Iterator[str]:
    """The address of a fresh, migrated database, with the cast in it for who asks for ``world``; ``db`` is
    open on it."""
    url = databases.fresh(tmp_path, peopled="world" in request.fixturenames)
    with opened(url):
        yield url


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
def world(databases, database) -> World:
    """Institutions, calendar, campaign and people; see tests/cast.py."""
    return replace(databases.world, campaign=Campaign.get())


@pytest.fixture(scope="session")
def portals() -> dict[Config, Flask]:
    """Each portal of this worker, by its settings: to make one and to compile its templates takes longer than
    most tests."""
    return {}


@pytest.fixture
def app(portals, config, world) -> Flask:
    """The portal of these settings, over this test's database and trust folder."""
    close()  # the portal opens its own
    settings = replace(config, database_url="", trust_dir=None)
    if settings not in portals:
        portals[settings] = create_app(config)
    app = portals[settings]
    app.extensions["portal"] = Portal(config, TrustFolder(config.trust_dir, config.crl_max_age))
    return app


@pytest.fixture
def client(app, config) -> Client:
    return Client(app, config)
