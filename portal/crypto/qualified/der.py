"""Whether bytes are exactly one DER value: one spelling for each value, so that no two readers differ; and
the DER of what programs write in BER.

Source: ITU-T X.690, clauses 8, 10 and 11. Libraries accept BER too; what one of them ignores (junk at the
end, an indefinite length) another may read. So what comes in BER is made DER first, by us, and only that is
read.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from asn1crypto import core

from portal.crypto.qualified.faults import Fault

DEEPEST = 40  # a certificate's deepest is about 12
_CONSTRUCTED = 0x20
_UNIVERSAL_MASK = 0xC0
# Universal types that are always built of others, and those that DER never builds of parts.
_BUILT = {0x10, 0x11, 0x08, 0x0B}
_WHOLE = {
    0x01,
    0x02,
    0x03,
    0x04,
    0x05,
    0x06,
    0x09,
    0x0A,
    0x0C,
    0x12,
    0x13,
    0x14,
    0x16,
    0x17,
    0x18,
    0x1A,
    0x1B,
}
_WHOLE |= {0x1C, 0x1E, 0x0D, 0x07, 0x15, 0x19}
_BOOLEAN, _INTEGER, _ENUMERATED, _NULL = 0x01, 0x02, 0x0A, 0x05
_BIT_STRING, _OCTET_STRING = 0x03, 0x04
_STRINGS = (_BIT_STRING, _OCTET_STRING)  # texts in parts nobody writes, and readers differ about them
_INDEFINITE, _MARK = b"\x80", b"\x00\x00"


def check_der(content: bytes) -> None:
    """Raise Fault unless ``content`` is exactly one value, in DER: ``ber``, ``junk`` or ``malformed``."""
    end = _check(content, 0, len(content), 0)
    if end != len(content):
        raise _fault("junk")


def _check(content: bytes, at: int, end: int, depth: int) -> int:
    """Check the value at ``at``; where the next one begins."""
    if depth > DEEPEST:
        raise _fault("malformed")
    tag, start = _tag(content, at, end)
    length, start = _length(content, start, end)
    stop = start + length
    if stop > end:
        raise _fault("malformed")
    is_built = bool(tag & _CONSTRUCTED)
    if not tag & _UNIVERSAL_MASK:
        _check_universal(tag & 0x1F, is_built, content[start:stop])
    if is_built:
        while start < stop:
            start = _check(content, start, stop, depth + 1)
    return stop


def _tag(content: bytes, at: int, end: int) -> tuple[int, int]:
    if at >= end:
        raise _fault("malformed")
    tag, at = content[at], at + 1
    if tag & 0x1F != 0x1F:
        return tag, at
    number = 0
    for place in range(4):
        if at >= end:
            raise _fault("malformed")
        octet, at = content[at], at + 1
        if place == 0 and octet == 0x80:
            raise _fault("ber")
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            if number < 0x1F:
                raise _fault("ber")
            return tag, at
    raise _fault("malformed")


def _length(content: bytes, at: int, end: int) -> tuple[int, int]:
    if at >= end:
        raise _fault("malformed")
    first, at = content[at], at + 1
    if first < 0x80:
        return first, at
    if first == 0x80:
        raise _fault("ber")  # an indefinite length
    count = first & 0x7F
    if count > 4 or at + count > end:
        raise _fault("malformed")
    octets = content[at : at + count]
    length = int.from_bytes(octets, "big")
    if octets[0] == 0 or length < 0x80:
        raise _fault("ber")
    return length, at + count


def _check_universal(number: int, is_built: bool, value: bytes) -> None:
    if number == 0:
        raise _fault("malformed")  # the end of an indefinite length, with none begun
    if number in _BUILT and not is_built:
        raise _fault("malformed")
    if number in _WHOLE and is_built:
        raise _fault("ber")
    if number == _BOOLEAN and value not in (b"\x00", b"\xff"):
        raise _fault("ber" if len(value) == 1 else "malformed")
    if number == _NULL and value:
        raise _fault("malformed")
    if number in (_INTEGER, _ENUMERATED):
        if not value:
            raise _fault("malformed")
        if len(value) > 1 and (
            (value[0] == 0 and not value[1] & 0x80) or (value[0] == 0xFF and value[1] & 0x80)
        ):
            raise _fault("ber")


def _fault(fault: str) -> Fault:
    return Fault("readable", fault)


def converted(content: bytes) -> tuple[bytes, int]:
    """DER of the first value, which is in DER or in BER, and how many octets it took; what stands behind it
    is not looked at. Of BER two freedoms are taken back: lengths that are known only at their end, and
    strings that are built of parts (X.690, 8.1.3.6, 8.6.4, 8.7.3 and 8.23). Fault as ``check_der`` for any
    other, and what comes out is DER by that very check.

    LibreOffice, BouncyCastle, PDFBox and ``openssl cms -stream`` write so. What they signed is in DER all the
    same (RFC 5652, 5.4), and so it is verified.
    """
    made, end = _converted(content, 0, len(content), 0)
    check_der(made)
    return made, end


def _converted(content: bytes, at: int, end: int, depth: int) -> tuple[bytes, int]:
    """The value at ``at``, and where the next one begins."""
    if depth > DEEPEST:
        raise _fault("malformed")
    begin = at
    tag, at = _tag(content, at, end)
    head = content[begin:at]
    is_built = bool(tag & _CONSTRUCTED)
    if content[at : at + 1] == _INDEFINITE:
        if not is_built:
            raise _fault("malformed")
        parts, at = _parts_until_mark(content, at + 1, end, depth)
    else:
        length, at = _length(content, at, end)
        if at + length > end:
            raise _fault("malformed")
        if not is_built:
            return head + _length_octets(length) + content[at : at + length], at + length
        parts, at = _parts(content, at, at + length, depth)
    if tag & ~_CONSTRUCTED in _STRINGS:
        return _joined(tag & 0x1F, parts), at
    body = b"".join(parts)
    return head + _length_octets(len(body)) + body, at


def _parts(content: bytes, at: int, end: int, depth: int) -> tuple[list[bytes], int]:
    parts = []
    while at < end:
        part, at = _converted(content, at, end, depth + 1)
        parts.append(part)
    return parts, at


def _parts_until_mark(content: bytes, at: int, end: int, depth: int) -> tuple[list[bytes], int]:
    parts = []
    while at + 2 > end or content[at : at + 2] != _MARK:
        part, at = _converted(content, at, end, depth + 1)
        parts.append(part)
    return parts, at + 2


def _joined(number: int, parts: list[bytes]) -> bytes:
    """One string of its parts, each of which is one of the same kind."""
    pieces = []
    for part in parts:
        tag, at = _tag(part, 0, len(part))
        length, at = _length(part, at, len(part))
        if tag != number:
            raise _fault("ber")
        pieces.append(part[at : at + length])
    if number == _BIT_STRING:
        pieces = _bits(pieces)
    body = b"".join(pieces)
    return bytes([number]) + _length_octets(len(body)) + body


def _bits(pieces: list[bytes]) -> list[bytes]:
    """The first octet of each says how many bits of its last are unused; only of the last some may be."""
    if not pieces or not all(pieces) or any(piece[0] for piece in pieces[:-1]):
        raise _fault("ber")
    return [pieces[-1][:1], *(piece[1:] for piece in pieces)]


def _length_octets(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def _mend_asn1crypto() -> None:
    """Give back what was read as it was read, also where its length ends in 0x80: one value's in 256.

    asn1crypto (1.5.1) takes the last octet of such a length for the mark of an indefinite one, and writes the
    whole value anew as it would have: a certificate that spells out a default, or has an extension that the
    library has no name for, then is another one, and its issuer's signature does not fit.
    """
    for kind in (core.Asn1Value, core.Primitive, core.Sequence, core.SequenceOf):
        kind.dump = _as_it_was_read(kind.dump)


def _as_it_was_read(dump: Callable[..., bytes]) -> Callable[..., bytes]:
    @wraps(dump)
    def mended(self: Any, force: bool = False) -> bytes:
        header = self._header
        if force or header is None or not _ends_a_length(header) or getattr(self, "_mutated", False):
            return dump(self, force)
        return bytes(header + self.contents + self._trailer)

    return mended


def _ends_a_length(header: bytes) -> bool:
    """Whether the last octet, 0x80, is the last one of a length of two or three octets and no mark."""
    return header[-1:] == b"\x80" and (header[-2:-1] == b"\x81" or header[-3:-2] == b"\x82")


_mend_asn1crypto()
