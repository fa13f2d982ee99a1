"""What was uploaded: a signature in DER, PEM or base64, or a signed PDF."""

import base64
import binascii
import re
from dataclasses import dataclass, field

from portal.crypto.qualified.der import to_der
from portal.crypto.qualified.faults import Fault

MOST_SIGNATURE = 512 * 1024  # bytes of a signature beside what it signs (signing-and-sealing.md, section 2)
PDF_MARK = b"%PDF-"
# Possessive (++): a half-megabyte of blanks would else be tried in every way there is.
_PEM = re.compile(
    rb"\s*+-----BEGIN (PKCS7|CMS|PKCS #7 SIGNED DATA)-----([A-Za-z0-9+/=\s]++)-----END \1-----\s*+"
)
_BASE64 = re.compile(rb"\s*+MI[A-Za-z0-9+/\s]++={0,2}\s*+")
_MIME = re.compile(rb"\s*(?:MIME-Version|Content-Type|Message-ID|From|To|Subject|Date):", re.IGNORECASE)
_SEQUENCE = 0x30


@dataclass(frozen=True)
class Uploaded:
    """``content`` is DER of a ContentInfo, also where it came in BER; or a PDF."""

    content: bytes = field(repr=False)
    is_pdf: bool = False


def read_upload(raw: bytes, *, most: int) -> Uploaded:
    """What kind of file it is. ``most`` is how many bytes a signature on our content can have; Fault says
    what else was uploaded, and nothing of it is believed."""
    if not raw.strip():
        raise Fault("readable", "empty")
    if len(raw) > most:
        raise Fault("readable", "too_large")
    if raw.startswith(PDF_MARK):
        return Uploaded(raw, is_pdf=True)
    content = _decoded(raw)
    if content[0] != _SEQUENCE:
        raise Fault("readable", "not_a_signature")
    return Uploaded(to_der(content))


def _decoded(raw: bytes) -> bytes:
    """DER from the text forms; what is no text stays as it is."""
    if raw[0] == _SEQUENCE and not raw.isascii():
        return raw
    text = raw.removeprefix(b"\xef\xbb\xbf")
    if b"-----BEGIN" in text:
        match = _PEM.fullmatch(text)
        if match is None:
            raise Fault("readable", "bad_pem")
        return _from_base64(match[2])
    if _BASE64.fullmatch(text):
        return _from_base64(text)
    if _MIME.match(text):
        raise Fault("readable", "mime")
    return raw


def _from_base64(text: bytes) -> bytes:
    try:
        content = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        raise Fault("readable", "bad_pem") from None
    if not content:
        raise Fault("readable", "bad_pem")
    return content
