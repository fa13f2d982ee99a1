"""What was uploaded: a signature in DER, PEM or base64, or a signed PDF."""

import base64
import binascii
import re
from dataclasses import dataclass, field

from portal.crypto.qualified.der import converted
from portal.crypto.qualified.faults import Fault

MOST_SIGNATURE = 512 * 1024  # bytes of a signature beside what it signs (signing-and-sealing.md, section 2)
PDF_MARK = b"%PDF-"
# Possessive (++): a half-megabyte of blanks would else be tried in every way there is.
_PEM = re.compile(rb"\s*+-----BEGIN (PKCS7|CMS|PKCS #7 SIGNED DATA)-----([A-Za-z0-9+/=\s]++)-----END \1-----")
_BASE64 = re.compile(rb"\s*+MI[A-Za-z0-9+/\s]++={0,2}")
_MIME = re.compile(rb"\s*(?:MIME-Version|Content-Type|Message-ID|From|To|Subject|Date):", re.IGNORECASE)
_ZIP, _BOM = b"PK\x03\x04", b"\xef\xbb\xbf"
# ETSI EN 319 162-1: the kind stands in the first entry, or else the signatures' names are told by theirs.
_ASIC = re.compile(
    rb"application/vnd\.etsi\.asic-"
    rb"|META-INF/(?:signatures?|xadessignatures?|ASiCManifest)[\w.-]{0,40}\.(?:xml|p7s)",
    re.IGNORECASE,
)
_XML_BEGINS = {"utf-8": b"<", "utf-16-le": b"\xff\xfe<\x00", "utf-16-be": b"\xfe\xff\x00<"}
_XML_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"  # W3C XML Signature; XAdES is one
_SEQUENCE = 0x30
_FILLING = b"\r\n\x00"  # what editors and block devices put behind a file; no reader takes it for anything
_TEXT_FILLING = _FILLING + b" \t\x0b\x0c"
_LINE_ENDS = (b"", b"\n", b"\r\n")  # of a text's last line: they are the text's own


@dataclass(frozen=True)
class Uploaded:
    """``content`` is DER of a ContentInfo, also where it came in BER; or a PDF. ``is_filled``: behind the
    signature stood line ends or zeros and nothing else, and they are left out of ``content``."""

    content: bytes = field(repr=False)
    is_pdf: bool = False
    is_filled: bool = False


def read_upload(raw: bytes, *, most: int) -> Uploaded:
    """What kind of file it is. ``most`` is how many bytes a signature on our content can have; Fault says
    what else was uploaded, and nothing of it is believed."""
    if not raw.strip():
        raise Fault("readable", "empty")
    if len(raw) > most:
        raise Fault("readable", "too_large")
    if raw.startswith(PDF_MARK):
        return Uploaded(raw, is_pdf=True)
    _check_kind(raw)
    encoded, is_filled = _decoded(raw)
    if encoded[0] != _SEQUENCE:
        raise Fault("readable", "not_a_signature")
    content, end = converted(encoded)
    behind = encoded[end:]
    if behind.strip(_FILLING):
        raise Fault("readable", "junk")
    return Uploaded(content, is_filled=is_filled or bool(behind))


def _check_kind(raw: bytes) -> None:
    """Raise Fault for signatures of kinds that are none of ours: they are signed all the same, and called by
    their names."""
    if raw.startswith(_ZIP) and _ASIC.search(raw):
        raise Fault("readable", "asic")
    text = raw.removeprefix(_BOM).lstrip()
    if any(
        text.startswith(begin) and _XML_SIGNATURE.encode(coding) in text
        for coding, begin in _XML_BEGINS.items()
    ):
        raise Fault("readable", "xml_signature")


def _decoded(raw: bytes) -> tuple[bytes, bool]:
    """BER or DER from the text forms, and whether the text was filled up; what is no text stays as it is."""
    if raw[0] == _SEQUENCE and not raw.isascii():
        return raw, False
    whole = raw.removeprefix(_BOM)
    text = whole.rstrip(_TEXT_FILLING)
    is_filled = whole[len(text) :] not in _LINE_ENDS
    if b"-----BEGIN" in text:
        match = _PEM.fullmatch(text)
        if match is None:
            raise Fault("readable", "bad_pem")
        return _from_base64(match[2]), is_filled
    if _BASE64.fullmatch(text):
        return _from_base64(text), is_filled
    if _MIME.match(text):
        raise Fault("readable", "mime")
    return raw, False


def _from_base64(text: bytes) -> bytes:
    try:
        content = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        raise Fault("readable", "bad_pem") from None
    if not content:
        raise Fault("readable", "bad_pem")
    return content
