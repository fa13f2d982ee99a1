"""Every check that a qualified signature must pass, in order, and the evidence it rests on.

Source: signing-and-sealing.md, section 2; ETSI EN 319 102-1. The first check to fail ends the
verification: later results would mean nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from portal.crypto.qualified.cms import Cms, check_key, read_cms
from portal.crypto.qualified.container import MOST_SIGNATURE, read_upload
from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.faults import BAD, GOOD, NOTED, WAITS, Check, Fault, as_fault
from portal.crypto.qualified.identity import number_in
from portal.crypto.qualified.path import check_path, check_signature
from portal.crypto.qualified.pdf import SignedPdf, read_pdf
from portal.crypto.qualified.purpose import check_qualified, check_usage
from portal.crypto.qualified.revocation import GOOD as NOT_REVOKED
from portal.crypto.qualified.revocation import ON_HOLD, REVOKED, responses_in, status_of, status_of_path
from portal.crypto.qualified.stamps import Stamp, read_stamp
from portal.crypto.qualified.trust import Trust, der_of

P7S, P7M, PDF = "p7s", "p7m", "pdf"
OVER_PDF = {P7S: "pdf.p7s", P7M: "pdf.p7m"}  # the printed form was signed as any file, and not as a PDF


@dataclass(frozen=True)
class Expected:
    """What was issued to be signed, and by whom. ``document`` is its PDF, if one was asked for;
    ``is_owner`` tells whether an ЕГН or ЛНЧ (``number_in``) is the signatory's, and is none where the account
    has none.

    ``by_earlier_rules``: the signature counts since before certificates had to be qualified and documents
    reserved a box for it; what is asked since then is not asked of it.
    """

    declaration: bytes = field(repr=False)
    issued_at: datetime
    document: bytes | None = field(default=None, repr=False)
    is_owner: Callable[[str], bool] | None = None
    by_earlier_rules: bool = False

    @property
    def most(self) -> int:
        """Bytes that a file with a signature on it can have. In a PDF the signature is written in
        hexadecimal, and may have a picture."""
        longest = max(len(self.declaration) + MOST_SIGNATURE, len(self.document or b"") + 2 * MOST_SIGNATURE)
        return int(longest)


@dataclass
class Verified:
    """What was asked and what was found. ``path`` and ``crls`` are all that a good verdict rests on, beside
    what is in the file itself. ``over`` is which of the issued contents was signed, where the signature
    stands in no PDF."""

    checks: list[Check] = field(default_factory=list)
    format: str = ""
    over: bytes | None = field(default=None, repr=False)
    signed: Cms | None = None
    stamp: Stamp = field(default_factory=Stamp)
    path: list[x509.Certificate] = field(default_factory=list)
    crls: list[Crl] = field(default_factory=list)
    appointing: tuple[
        x509.Certificate, ...
    ] = ()  # of who responded about the certificate, if not of ``path``

    @property
    def outcome(self) -> str:
        said = {check.outcome for check in self.checks}
        return BAD if BAD in said else WAITS if WAITS in said else GOOD

    @property
    def fault(self) -> str:
        return next(
            (check.fault for check in self.checks if check.outcome == self.outcome and check.fault), ""
        )

    @property
    def leaf(self) -> x509.Certificate:
        assert self.signed is not None
        return self.signed.leaf

    @property
    def material(self) -> list[tuple[str, bytes]]:
        """Kind and DER of what ``Trust.of_material`` needs to ask all of it again."""
        found = {*_pieces(self.path, "issuer")}
        for path in (self.stamp.path, self.appointing):
            found |= {*_pieces(list(path), "stamper")}
        found |= {("crl", crl.der) for crl in (*self.crls, *self.stamp.crls)}
        return sorted(found)


def verify(raw: bytes, expected: Expected, trust: Trust, *, now: datetime) -> Verified:
    """Ask everything of one file. Nothing is raised for what people can upload: the verdict is in it."""
    verified = Verified()
    try:
        with as_fault():
            _verify(raw, expected, trust, now=now, verified=verified)
    except Fault as fault:
        verified.checks.append(Check(fault.check, BAD, fault.fault))
    return verified


def _verify(raw: bytes, expected: Expected, trust: Trust, *, now: datetime, verified: Verified) -> None:
    signed, pdf = _read(raw, expected, verified)
    _check_content(signed, pdf, expected, verified)
    _check_issuer(signed, trust, verified)
    verified.stamp = read_stamp(signed, trust, issued_at=expected.issued_at, now=now)
    moment = verified.stamp.at or now
    _check_validity(signed.leaf, moment)
    check_usage(signed.leaf)
    check_path(signed, signed.message_digest, trust, moment)
    _passed(verified, "issuer", "certificate", "key_usage")
    if not expected.by_earlier_rules:
        check_qualified(signed.leaf)
        _passed(verified, "qualified")
    _check_identity(signed.leaf, expected)
    _passed(verified, "identity")
    if verified.stamp.check is not None:
        verified.checks.append(verified.stamp.check)
    responses = [*responses_in(signed.data, signed.signer), *(pdf.responses if pdf else ())]
    _check_revocation(signed, trust, responses, moment, now=now, verified=verified)


def _read(raw: bytes, expected: Expected, verified: Verified) -> tuple[Cms, SignedPdf | None]:
    """The signature of the file, and the PDF that it stands in, if it does."""
    if raw == expected.declaration:
        raise Fault("readable", "data_unsigned")
    uploaded = read_upload(raw, most=expected.most)
    verified.format = PDF if uploaded.is_pdf else P7S
    pdf = _read_pdf(uploaded.content, expected) if uploaded.is_pdf else None
    der = pdf.cms if pdf else uploaded.content
    signed = read_cms(der)
    if len(der) - len(signed.embedded or b"") > MOST_SIGNATURE:
        raise Fault("readable", "too_large")
    verified.signed = signed
    if signed.embedded is not None:
        if pdf:
            raise Fault("readable", "not_a_signature")  # what is signed is the file around it
        verified.format = P7M
    _passed(verified, "readable", "one_signer", "attributes", "algorithms")
    if uploaded.is_filled:
        verified.checks.append(Check("behind", NOTED, "filled"))
    return signed, pdf


def _check_content(signed: Cms, pdf: SignedPdf | None, expected: Expected, verified: Verified) -> None:
    """That what was issued was signed, whole and unchanged, and by the key of the certificate in the file."""
    digest = signed.message_digest
    if pdf is None:
        verified.over = _signed_content(signed, expected)
        if verified.over == expected.document:
            verified.format = OVER_PDF[verified.format]
    elif pdf.digest(signed.digest_name) != digest:
        raise Fault("content", "other_content")
    _passed(verified, "content")
    if pdf:
        if pdf.fault:
            raise Fault("document", pdf.fault)
        _passed(verified, "document")
    check_signature(signed, digest)
    _passed(verified, "signature")


def check_certificate(leaf: x509.Certificate, expected: Expected, trust: Trust, *, now: datetime) -> None:
    """Raise Fault for a certificate whose signature could not be taken anyway, before a PIN is asked for."""
    check_key(leaf)
    if trust.path_of(leaf) is None:
        raise Fault("issuer", "unknown_issuer" if trust.issuer_of(leaf) is None else "broken_path")
    _check_validity(leaf, now)
    check_usage(leaf)
    check_qualified(leaf)
    _check_identity(leaf, expected)


def _read_pdf(content: bytes, expected: Expected) -> SignedPdf:
    return read_pdf(content, expected.document, may_be_anywhere=expected.by_earlier_rules)


def _passed(verified: Verified, *checks: str) -> None:
    verified.checks += [Check(check) for check in checks]


def _signed_content(signed: Cms, expected: Expected) -> bytes:
    """The declaration or its printed form, whichever the digest is of, and whole inside if anything is;
    Fault for any other content."""
    for content in (expected.declaration, expected.document):
        if content is not None and signed.embedded in (None, content) and signed.is_over(content):
            return content
    raise Fault("content", "other_content")


def _check_issuer(signed: Cms, trust: Trust, verified: Verified) -> None:
    if trust.issuer_of(signed.leaf) is None:
        raise Fault("issuer", "unknown_issuer")
    path = trust.path_of(signed.leaf)
    if path is None:
        raise Fault("issuer", "broken_path")
    verified.path = path


def _check_validity(leaf: x509.Certificate, moment: datetime) -> None:
    if moment > leaf.not_valid_after_utc:
        raise Fault("certificate", "expired")
    if moment < leaf.not_valid_before_utc:
        raise Fault("certificate", "not_yet_valid")


def _check_identity(leaf: x509.Certificate, expected: Expected) -> None:
    number = number_in(leaf)
    if expected.is_owner is None:
        raise Fault("identity", "no_egn")
    if not expected.is_owner(number):
        raise Fault("identity", "other_person")


def _check_revocation(
    signed: Cms, trust: Trust, responses: list[bytes], moment: datetime, *, now: datetime, verified: Verified
) -> None:
    """Of the person's certificate, on which fresh word is demanded; and of the authorities between it and the
    root, which the operator has pinned, as far as there are lists."""
    above, lists = status_of_path(verified.path, trust, moment=moment, now=now)
    if above in (REVOKED, ON_HOLD):
        raise Fault("revocation", "issuer_revoked")
    verified.crls += lists
    status = status_of(signed.leaf, verified.path[0], trust, responses, moment=moment, now=now)
    if status.crl is not None:
        verified.crls.append(status.crl)
    verified.appointing = status.appointed_by
    if status.fault in (REVOKED, ON_HOLD):
        raise Fault("revocation", status.fault)
    if status.fault == NOT_REVOKED:
        _passed(verified, "revocation")
    else:
        verified.checks.append(Check("revocation", WAITS, status.fault))


def _pieces(path: list[x509.Certificate], kind: str) -> list[tuple[str, bytes]]:
    """The last of a path is its root; one that issues by itself is there for that as well."""
    below = path[:-1] or path
    return [(kind, der_of(one)) for one in below] + [("root", der_of(one)) for one in path[-1:]]
