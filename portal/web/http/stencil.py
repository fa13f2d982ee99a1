"""Markup that is drawn once and filled in often: what repeats on a page need not run its macros again."""

import re

from markupsafe import Markup, escape

# Marks of a private plane: nobody's name or note has them, and escaping leaves them as they are.
_OPEN, _CLOSE = "\U000f0000", "\U000f0001"
_MARK = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")


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
