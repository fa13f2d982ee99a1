"""DER written as BER: with lengths that are known only at their end, and with strings in parts."""

from tests.crypto.qualified.certificates import tlv

OCTETS, BITS = 0x04, 0x03
END = b"\x00\x00"


def streamed(der: bytes) -> bytes:
    """As programs do that write while they sign: what is around certificates and signer, and no deeper."""
    return in_ber(der, strings=False, levels=4)


def in_ber(
    der: bytes, part: int = 100, *, lengths: bool = True, strings: bool = True, levels: int = 99
) -> bytes:
    """The same value. ``part``: octets of a piece of a string; ``lengths`` and ``strings``: what of it, so
    many ``levels`` deep."""
    if not levels:
        return der
    out, at = b"", 0
    while at < len(der):
        tag, head, content, at = _next(der, at)
        if tag & 0x20:
            inside = in_ber(content, part, lengths=lengths, strings=strings, levels=levels - 1)
            out += head + b"\x80" + inside + END if lengths else _definite(head, inside)
        elif strings and tag == OCTETS:
            out += _whole(0x24, _pieces(content, part), lengths=lengths)
        elif strings and tag == BITS and content:
            pieces = [content[place : place + part] for place in range(1, len(content), part)] or [b""]
            unused = [b"\x00"] * (len(pieces) - 1) + [content[:1]]
            parts = [tlv(BITS, bits + piece) for bits, piece in zip(unused, pieces, strict=True)]
            out += _whole(0x23, b"".join(parts), lengths=lengths)
        else:
            out += _definite(head, content)
    return out


def _pieces(content: bytes, part: int) -> bytes:
    return b"".join(tlv(OCTETS, content[at : at + part]) for at in range(0, len(content), part))


def _whole(tag: int, parts: bytes, *, lengths: bool) -> bytes:
    return bytes([tag, 0x80]) + parts + END if lengths else tlv(tag, parts)


def _definite(head: bytes, content: bytes) -> bytes:
    return head[:-1] + tlv(head[-1], content)


def _next(der: bytes, at: int) -> tuple[int, bytes, bytes, int]:
    """Tag, its octets, content, and where the next one begins."""
    begin, tag = at, der[at]
    at += 1
    if tag & 0x1F == 0x1F:
        while der[at] & 0x80:
            at += 1
        at += 1
    head, length = der[begin:at], der[at]
    at += 1
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(der[at : at + count], "big"), at + count
    return tag, head, der[at : at + length], at + length
