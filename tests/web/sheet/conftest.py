"""A sheet as it is opened elsewhere."""

import shutil

import pytest

from tests.conftest import REQUIRED
from tests.office import PROGRAM, Office


@pytest.fixture(scope="session")
def office(tmp_path_factory) -> Office:
    """Skipped, or failed where required, without LibreOffice."""
    if not shutil.which(PROGRAM):
        missing = pytest.fail if "libreoffice" in REQUIRED else pytest.skip
        missing("LibreOffice is not installed (apt-get install --no-install-recommends libreoffice-calc)")
    return Office(tmp_path_factory.mktemp("office"))
