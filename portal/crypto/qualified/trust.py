"""Whom the portal trusts: roots, pinned issuing authorities, those of time stampers, and lists of revoked
certificates, in a folder.

``roots/*.pem``, ``issuers/*.pem``, ``stampers/*.pem``, ``crls/*.crl``: read again when anything there
changes.
"""

import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from portal.crypto.qualified.certificates import UNREADABLE, is_authority
from portal.crypto.qualified.crls import Crl, NotACrl

ROOTS, ISSUERS, STAMPERS, CRLS = "roots", "issuers", "stampers", "crls"
FOLDERS = ((ROOTS, "*.pem"), (ISSUERS, "*.pem"), (STAMPERS, "*.pem"), (CRLS, "*.crl"))
LONGEST_PATH = 4  # authorities above a person: an issuer, a root, seldom one between
# A list promises a newer one by its next update: of B-Trust's, which come every three hours, after a month.
GREATEST_AGE = timedelta(hours=24)  # unless PORTAL_CRL_MAX_AGE says otherwise
LARGEST = 64 * 1024 * 1024  # bytes of one file; a national list of 100,000 has about 4 MB

Fingerprint = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Unread:
    """A file in the folder that is not what its place says. ``fault`` is a word for scripts."""

    path: str
    fault: str


@dataclass(frozen=True)
class Trust:
    """What signatures are checked against. An issuing authority counts only if it is pinned here.

    ``stampers`` are authorities whose word on *when* is believed, and on no person's certificate: they issue
    to who stamps, and appoint who responds (OCSP) about people of issuers under the same root as they.

    ``greatest_age`` is how old a list about people may be to say that somebody is not revoked; where there is
    none, the list's own word decides.
    """

    roots: tuple[x509.Certificate, ...] = ()
    issuers: tuple[x509.Certificate, ...] = ()
    crls: tuple[Crl, ...] = field(default=(), repr=False)
    unread: tuple[Unread, ...] = ()
    greatest_age: timedelta | None = None
    stampers: tuple[x509.Certificate, ...] = ()

    @classmethod
    def of_material(cls, material: list[tuple[str, bytes]]) -> "Trust":
        """From what a signature was checked against then: (kind, DER), kinds root, issuer, stamper and crl.
        How old the lists could be then is not asked again: it was a setting, and may be another one now."""
        certificates: dict[str, list[x509.Certificate]] = {"root": [], "issuer": [], "stamper": []}
        crls = []
        for kind, der in material:
            if kind == "crl":
                crls.append(Crl.load(der))
            else:
                certificates[kind].append(x509.load_der_x509_certificate(der))
        return cls(
            tuple(certificates["root"]),
            tuple(certificates["issuer"]),
            tuple(crls),
            stampers=tuple(certificates["stamper"]),
        )

    @property
    def authorities(self) -> tuple[x509.Certificate, ...]:
        """Everybody whose lists of revoked certificates are of use."""
        return (*self.issuers, *self.roots, *self.stampers)

    def issuer_of(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """The pinned authority that issued it, told by its key and not by its name. Of an authority whose
        certificate was renewed for the same key it is the one that lasts longest."""
        return _issuer_among(self.issuers, certificate)

    def root_of(self, issuer: x509.Certificate) -> x509.Certificate | None:
        """The root that issued this authority, or that it is itself."""
        if issuer in self.roots:
            return issuer
        return _issuer_among(self.roots, issuer)

    def path_of(self, certificate: x509.Certificate) -> list[x509.Certificate] | None:
        """The pinned authority that issued it, those above, and the root; none if there is no such way."""
        return self._up_from(self.issuer_of(certificate), self.issuers)

    def stamping_path_of(self, certificate: x509.Certificate) -> list[x509.Certificate] | None:
        """The same of who stamps: authorities in ``stampers`` may have issued to it as well."""
        among = (*self.issuers, *self.stampers)
        return self._up_from(_issuer_among(among, certificate), among)

    def appointing(self, issuer: x509.Certificate) -> Iterator[list[x509.Certificate]]:
        """Who may appoint responders (OCSP) about the people of this pinned authority, each with those above:
        itself, and of ``stampers`` those under its root. One root's authorities are of one organisation;
        those of another have no say (RFC 6960, 4.2.2.2, 1 and 3)."""
        own = self._up_from(issuer, self.issuers)
        if own is None:
            return
        yield own
        for stamper in self.stampers:
            path = self._up_from(stamper, (*self.issuers, *self.stampers))
            if stamper != issuer and path is not None and path[-1] == own[-1]:
                yield path

    def _up_from(
        self, authority: x509.Certificate | None, among: tuple[x509.Certificate, ...]
    ) -> list[x509.Certificate] | None:
        """The authority, those of ``among`` above it, and the root."""
        path: list[x509.Certificate] = []
        while authority is not None and authority not in path and len(path) < LONGEST_PATH:
            path.append(authority)
            root = self.root_of(authority)
            if root is not None:
                return path if root == authority else [*path, root]
            authority = _issuer_among(among, authority)
        return None

    def is_young(self, crl: Crl, *, now: datetime) -> bool:
        """Whether a list about people is fresh by its own word, and by ours."""
        is_old = self.greatest_age is not None and now - crl.this_update > self.greatest_age
        return crl.is_fresh(now) and not is_old

    def is_in_force(self, crl: Crl, *, now: datetime) -> bool:
        """Whether the list says what is so now. Lists about authorities and time stampers are made once in
        months."""
        return self.is_young(crl, now=now) if self.is_about_people(crl) else crl.is_fresh(now)

    def is_about_people(self, crl: Crl) -> bool:
        return any(crl.is_by(issuer) for issuer in self.issuers)

    def crls_of(self, issuer: x509.Certificate) -> list[Crl]:
        """The lists that this authority signed; the newest first."""
        theirs = [crl for crl in self._by_issuer.get(issuer.subject, ()) if crl.is_by(issuer)]
        return sorted(theirs, key=lambda crl: crl.this_update, reverse=True)

    @cached_property
    def _by_issuer(self) -> dict[x509.Name, list[Crl]]:
        found: dict[x509.Name, list[Crl]] = {}
        for crl in self.crls:
            found.setdefault(crl.issuer, []).append(crl)
        return found


class TrustFolder:
    """The folder, read again when a file in it changes; one for a process, shared by its threads."""

    def __init__(self, path: Path | None, greatest_age: timedelta = GREATEST_AGE) -> None:
        self.path = path
        self._greatest_age = greatest_age
        self._lock = threading.Lock()
        self._fingerprint: Fingerprint | None = None
        self._trust = Trust()

    def read(self) -> Trust:
        """What is there now. A file that cannot be read is named, and the rest counts."""
        if self.path is None:
            return self._trust
        with self._lock:
            fingerprint = _fingerprint(self.path)
            if fingerprint != self._fingerprint:
                self._trust = read_trust(self.path, self._trust, greatest_age=self._greatest_age)
                self._fingerprint = fingerprint
            return self._trust


def _issuer_among(
    authorities: tuple[x509.Certificate, ...], certificate: x509.Certificate
) -> x509.Certificate | None:
    found = [one for one in authorities if is_issued_by(certificate, one)]
    return max(found, key=lambda one: one.not_valid_after_utc, default=None)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether this authority's key signed the certificate, which names it as its issuer."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def read_trust(path: Path, before: Trust = Trust(), *, greatest_age: timedelta = GREATEST_AGE) -> Trust:
    """Everything in the folder. Lists that were read ``before`` keep what was found out about them."""
    known = {crl.der: crl for crl in before.crls}
    found: dict[str, list[x509.Certificate]] = {ROOTS: [], ISSUERS: [], STAMPERS: []}
    crls: list[Crl] = []
    unread: list[Unread] = []
    for kind, file in files_of(path):
        name = f"{kind}/{file.name}"
        try:
            content = _content(file)
            if kind == CRLS:
                crl = Crl.load(content)
                crls.append(known.get(crl.der, crl))
            else:
                found[kind] += [one for one in _authorities(content) if one not in found[kind]]
        except NotACrl:
            unread.append(Unread(name, "not_a_crl"))
        except OSError:
            unread.append(Unread(name, "unreadable"))
        except _TooLarge:
            unread.append(Unread(name, "too_large"))
        except UNREADABLE:
            unread.append(Unread(name, "not_an_authority"))
    return Trust(
        tuple(found[ROOTS]),
        tuple(found[ISSUERS]),
        tuple(crls),
        tuple(unread),
        greatest_age,
        tuple(found[STAMPERS]),
    )


def files_of(path: Path) -> Iterator[tuple[str, Path]]:
    """Each file that counts, with the folder that it is in."""
    for kind, pattern in FOLDERS:
        for file in sorted((path / kind).glob(pattern)):
            if not file.name.startswith("."):
                yield kind, file


def der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


class _TooLarge(ValueError):
    pass


def _content(file: Path) -> bytes:
    state = file.stat()
    if not stat.S_ISREG(state.st_mode):  # a pipe would be waited for
        raise OSError("not a regular file")
    if state.st_size > LARGEST:
        raise _TooLarge
    return file.read_bytes()


def _authorities(content: bytes) -> list[x509.Certificate]:
    """The certificates of one PEM file, or the one of a DER file; ValueError unless all are authorities'."""
    if content.lstrip().startswith(b"-----") or b"-----BEGIN" in content:
        found = x509.load_pem_x509_certificates(content)
    else:
        found = [x509.load_der_x509_certificate(content)]
    if not all(is_authority(certificate) for certificate in found):
        raise ValueError("no authority's certificate")
    return found


def _fingerprint(path: Path) -> Fingerprint:
    found = []
    for kind, file in files_of(path):
        try:
            state = file.stat()
        except OSError:  # gone in this moment
            continue
        # The time of change too: who copies a file may keep the other one.
        found.append((f"{kind}/{file.name}", state.st_mtime_ns, state.st_ctime_ns, state.st_size))
    return tuple(found)
