"""portal --version, and the one place where the version is written: pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def version() -> str:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


@pytest.fixture
def headings() -> list[str]:
    return re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_the_command_says_which_version_it_is(version):
    result = CliRunner().invoke(main, ["--version"], prog_name="portal")

    assert result.output == f"portal, version {version}\n"  # differs: run make setup, which installs it anew


def test_the_newest_release_in_the_changelog_is_this_version(version, headings):
    released = [heading for heading in headings if heading != "Unreleased"]

    assert released[0] == version


def test_what_is_not_released_yet_stands_on_top(headings):
    assert "Unreleased" not in headings[1:]
