"""Markup that is drawn once and filled in often, and sent without what is for its authors' eyes: what repeats
on a page need not run its macros again."""

import re

from jinja2.ext import Extension
from markupsafe import Markup, escape

# Marks of a private plane: nobody's name or note has them, and escaping leaves them as they are.
_OPEN, _CLOSE = "\U000f0000", "\U000f0001"
_MARK = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Reads templates with one space, which parts words as well, where a line begins with many: 0.1 kB of a
    list, compressed. Lines stay lines, so that a fault is still told with its place."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _INDENT.sub(" ", source)


def mark(name: str) -> str:
    """Stands for a value while a stencil is drawn."""
    return f"{_OPEN}{name}{_CLOSE}"


class Stencil:
    """Drawn markup with marks in it."""

    def __init__(self, drawn: str) -> None:
        self._parts = _MARK.split(drawn)  # text, name, text, name, …, text

    def fill(self, **values: object) -> Markup:
        """The markup with each mark replaced; values that are no markup are escaped."""
        parts = self._parts.copy()
        parts[1::2] = [str(escape(values[name])) for name in parts[1::2]]
        return Markup("".join(parts))  # noqa: S704 (drawn by our own templates)
