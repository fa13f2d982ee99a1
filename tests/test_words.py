"""docs/words.md: what is no longer written stands in no template, sentence or letter."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "words.md").read_text("utf-8").split("## No longer written")[1]
ROWS = [line.split("|")[1] for line in TABLE.splitlines() if line.startswith("| ")][1:]
NO_LONGER = [words.strip() for row in ROWS for words in row.split("·")]
WRITTEN = [
    path
    for folder, kind in (("templates", "*.html"), ("portal", "*.py"), ("static/js", "*.js"))
    for path in (ROOT / folder).rglob(kind)
]


def test_is_no_longer_written():
    apart = {words: re.compile(r"\s+".join(map(re.escape, words.split()))) for words in NO_LONGER}
    found = [
        f"{path.relative_to(ROOT)}: {words}"
        for path in WRITTEN
        for text in [_text(path)]
        for words, pattern in apart.items()
        if pattern.search(text)
    ]
    assert found == []


def test_there_is_something_to_look_for_and_where():
    assert len(NO_LONGER) > 10
    assert len(WRITTEN) > 100


def _text(path: Path) -> str:
    """A Python string that goes on in the next line is one sentence."""
    return re.sub(r'"\s*\n\s*f?"', "", path.read_text("utf-8"))
