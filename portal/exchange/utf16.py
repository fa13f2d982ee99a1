"""UTF-16 as UTF-8, in flat memory: „Unicode text“ of Excel, and what Notepad once called „Unicode“."""

import codecs
from collections.abc import Iterable, Iterator

BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a file that begins with one of BOMS, transcoded; the BOM is left out.

    Never raises: half a pair comes out as bytes that are no UTF-8, and so does half a letter at the end: what
    is damaged costs its own line. A single Ctrl-Z there is that of ``copy``, and no half letter.
    """
    decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0] not in (b"", b"\x1a"):
        yield b"\xff"


def is_unmarked(head: bytes) -> bool:
    """Whether a file is UTF-16 without a BOM: more than a quarter of the letters of any of our formats are
    digits and delimiters, and each of them has its NUL on the same side."""
    sides = [head[start::2].count(0) for start in (0, 1)]
    return max(sides) > len(head) / 8 and min(sides) * 16 < max(sides)
