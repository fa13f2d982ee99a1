"""What the documents name is there: files, folders, what is defined in them, and commits."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
PATH = re.compile(
    r"(?<![\w./-])(?:"
    r"(?:portal|templates|static|tests|docs|bench|deploy|\.ci)/[\w./*-]*"
    r"|[\w-]+\.(?:md|toml|lock)|wsgi\.py|gunicorn\.conf\.py"
    r")(?::\w+)?"
)
LINK = re.compile(r"\]\(([\w./-]+)")
COMMIT = re.compile(r"`([0-9a-f]{7,40})`\s+“([^”]+)”")
TREE = re.compile(r"^(portal/\S*)", re.MULTILINE)


def text(document: Path) -> str:
    return (ROOT / document).read_text("utf-8")


def named(document: Path) -> Iterator[str]:
    """What stands in code: paths, and ``file.py:name``."""
    for code in CODE.findall(text(document)):
        yield from PATH.findall(code)


def is_there(name: str) -> bool:
    """A path, with ``*`` if need be; a decision may be called by its number alone."""
    path, _, inside = name.partition(":")
    if not any(ROOT.glob(path)) and not any(ROOT.glob(f"{path}-*.md")):
        return False
    definition = rf"^\s*(?:def|class) {inside}\b|^{inside}\b.* = "
    return not inside or re.search(definition, text(Path(path)), re.MULTILINE) is not None


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_file_that_a_document_names_is_there(document):
    assert [name for name in named(document) if not is_there(name)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_to_a_file_leads_there(document):
    links = LINK.findall(text(document))
    assert [link for link in links if not (ROOT / document.parent / link).exists()] == []


def test_every_folder_of_the_code_stands_in_the_tree():
    folders = {f"{path.parent.relative_to(ROOT)}/" for path in (ROOT / "portal").rglob("*.py")}
    assert sorted(TREE.findall(text(Path("docs/architecture.md")))) == sorted(folders)


def test_every_commit_that_serves_as_example_is_there():
    if shutil.which("git") is None or git("rev-parse", "--is-shallow-repository") != "false":
        pytest.skip("the history is not here")
    examples = COMMIT.findall(text(Path("CONTRIBUTING.md")))
    assert len(examples) >= 3
    for commit, subject in examples:
        assert git("log", "-1", "--format=%s", commit) == " ".join(subject.split())
