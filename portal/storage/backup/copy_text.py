"""A row as a line of PostgreSQL's COPY text format, written and read for SQLite.

Source: PostgreSQL 15, COPY, "Text Format". Columns are parted by tabs; a backslash begins what cannot stand
as it is; ``\\N`` is NULL; bytes are hexadecimal after ``\\x``, whose backslash is doubled like any other.
"""

import re
from collections.abc import Collection, Sequence

Value = str | int | bytes | None

END = b"\\.\n"  # after the last row of a table
_NULL = "\\N"
_BYTES = "\\x"
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\\": "\\"}
_ESCAPED = str.maketrans({character: f"\\{letter}" for letter, character in _LETTERS.items()})
_ESCAPE = re.compile(r"\\([tnrbfv\\])")


def line_of(row: Sequence[Value]) -> bytes:
    return ("\t".join(map(_written, row)) + "\n").encode()


def row_of(line: bytes, blobs: Collection[int]) -> list[str | bytes | None]:
    """The values of a line, numbers as text; those at the places ``blobs`` as bytes. ValueError for what
    ``line_of`` does not write."""
    row = [_read(text) for text in line.decode().removesuffix("\n").split("\t")]
    return [_bytes(value) if place in blobs else value for place, value in enumerate(row)]


def _written(value: Value) -> str:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return value.translate(_ESCAPED)
    if isinstance(value, bytes):
        return f"\\{_BYTES}{value.hex()}"
    return str(value)


def _read(text: str) -> str | None:
    if "\\" not in text:
        return text
    return None if text == _NULL else _ESCAPE.sub(lambda found: _LETTERS[found[1]], text)


def _bytes(value: str | None) -> bytes | None:
    if value is None:
        return None
    if not value.startswith(_BYTES):
        raise ValueError("bytes without their mark")
    return bytes.fromhex(value.removeprefix(_BYTES))
