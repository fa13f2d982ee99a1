"""The portal as it is deployed: nginx and TLS in front of gunicorn."""

import shutil
import socket
from collections.abc import Iterator

import pytest

from tests.cast import add_record
from tests.conftest import REQUIRED
from tests.deploy.front import HOST, NGINX, Front, Visitor, in_front_of
from tests.served import Served, served
from tests.storage.databases import opened


@pytest.fixture(scope="session")
def programs():
    """Skipped, or failed where required, without them."""
    missing = [name for name in (NGINX, "curl") if not shutil.which(name)]
    if missing and "nginx" in REQUIRED:
        pytest.fail("nginx and curl are required and not installed (apt-get install nginx curl)")
    if missing:
        pytest.skip("no nginx or no curl on this machine (apt-get install nginx curl)")


@pytest.fixture(scope="session")
def peopled(sqlite, tmp_path_factory) -> str:
    """With the cast and a child of Ана's school in it."""
    url = sqlite.fresh(tmp_path_factory.mktemp("database"), peopled=True)
    with opened(url):
        add_record(family="Ангелова")
    return url


@pytest.fixture(scope="session")
def portal(programs, peopled, tmp_path_factory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("portal")
    settings = {"PORTAL_BASE_URL": f"https://{HOST}", "PORTAL_TRUSTED_PROXIES": "1"}
    with served(peopled, folder, **settings) as found:
        yield found


@pytest.fixture(scope="session")
def front(portal, tmp_path_factory) -> Iterator[Front]:
    with in_front_of(portal.address, tmp_path_factory.mktemp("nginx")) as found:
        yield found


@pytest.fixture(scope="session")
def alone(programs, tmp_path_factory) -> Iterator[Front]:
    """nginx in front of a portal that is away."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and listens to nobody
        away = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with in_front_of(away, tmp_path_factory.mktemp("alone")) as found:
            yield found


@pytest.fixture
def visitor() -> Iterator:
    """Make one, ``visitor(front, address)``."""
    made: list[Visitor] = []

    def new(*words: object) -> Visitor:
        made.append(Visitor(*words))
        return made[-1]

    yield new
    for each in made:
        each.line.close()
