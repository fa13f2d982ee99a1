"""Whether a certificate was revoked: by the lists in the trust folder, and by OCSP responses inside the file.

Nobody is ever asked: an address in a certificate is chosen by who made the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import Any

from asn1crypto import core
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from portal.crypto.qualified.certificates import UNREADABLE, WEAK_DIGESTS, extended_key_usage, is_authority
from portal.crypto.qualified.cms import SHAPELESS
from portal.crypto.qualified.crls import SKEW, Crl
from portal.crypto.qualified.trust import Trust, is_issued_by

GOOD, REVOKED, ON_HOLD, STALE, NO_DATA = "good", "revoked", "on_hold", "stale_data", "no_data"
# A response that promises no next one tells of its moment only: newer may be had at any time. Our decision.
RESPONSE_LASTS = timedelta(hours=1)

NEVER = datetime.min.replace(tzinfo=UTC)
_OCSP_IN_CMS = "1.3.6.1.5.5.7.16.2"  # RFC 5940
_ADOBE_ARCHIVAL = "1.2.840.113583.1.1.8"
_REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"  # CAdES, ETSI EN 319 122-1
MOST_RESPONSES = 20


@dataclass(frozen=True)
class Status:
    """What is known of one certificate, since when, and by which list, if by one; or whose responder says so,
    with the authorities above, if it is not the issuer's own."""

    fault: str = GOOD
    since: datetime = NEVER
    crl: Crl | None = field(default=None, repr=False)
    is_hold: bool = False
    appointed_by: tuple[x509.Certificate, ...] = ()


def status_of(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    trust: Trust,
    responses: Iterable[bytes],
    *,
    moment: datetime,
    now: datetime,
) -> Status:
    """Whether it was revoked at ``moment``, when it was used, as far as is known ``now``.

    A revocation that is in any authentic list or response holds, however old that is; "not revoked" is
    believed only of one that is fresh.
    """
    found = [
        *(_by_list(crl, certificate, trust, moment, now=now) for crl in trust.crls_of(issuer)),
        *(_by_response(response, certificate, issuer, trust, moment, now=now) for response in responses),
    ]
    known = sorted((each for each in found if each is not None), key=lambda each: each.since, reverse=True)
    for wanted in ((REVOKED,), (GOOD, ON_HOLD), (STALE,)):  # of those that are fresh the newest says
        for status in known:
            if status.fault in wanted:
                return _unless_held_since(status, known)
    return Status(NO_DATA)


def status_of_path(
    path: list[x509.Certificate], trust: Trust, *, moment: datetime, now: datetime
) -> tuple[str, list[Crl]]:
    """Of authorities, each below the next, as far as there are lists about them: GOOD, or what is known of
    the first that is not; and the lists."""
    crls: list[Crl] = []
    for authority, above in pairwise(path):
        status = status_of(authority, above, trust, (), moment=moment, now=now)
        if status.fault in (REVOKED, ON_HOLD):
            return status.fault, crls
        if status.crl is not None:
            crls.append(status.crl)
    return GOOD, crls


def _unless_held_since(status: Status, known: list[Status]) -> Status:
    """A hold that is newer than the good word, though not fresh itself, has to be cleared up first."""
    newer = (each for each in known if each.is_hold and each.since > status.since)
    return next(newer, status) if status.fault == GOOD else status


def _by_list(
    crl: Crl, certificate: x509.Certificate, trust: Trust, moment: datetime, *, now: datetime
) -> Status | None:
    """That somebody is revoked any list of the authority may say; that nobody is, only one that covers the
    certificate. Lists about authorities and time stampers are made once in months: their own word is
    enough."""
    if crl.this_update > now + SKEW:
        return None
    is_fresh = crl.is_fresh(now) if is_authority(certificate) else trust.is_in_force(crl, now=now)
    entry = None if crl.is_indirect else crl.find(certificate.serial_number)
    if entry is not None and entry.at <= moment + SKEW:
        if not entry.on_hold:
            return Status(REVOKED, crl.this_update, crl)
        return Status(ON_HOLD if is_fresh else STALE, crl.this_update, crl, is_hold=True)
    if not crl.covers(certificate):
        return None
    return Status(GOOD if is_fresh else STALE, crl.this_update, crl)


def _by_response(
    der: bytes,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    trust: Trust,
    moment: datetime,
    *,
    now: datetime,
) -> Status | None:
    """What one OCSP response says, if it is about this certificate and by somebody who may say it."""
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        path = _responders_path(response, issuer, trust, now=now)
        if path is None:
            return None
        for single in response.responses:
            if _is_about(single, certificate, issuer):
                status = _single(single, trust, moment, now=now)
                is_own = path[0] == issuer
                return status if status is None or is_own else replace(status, appointed_by=tuple(path))
    except (x509.ExtensionNotFound, *UNREADABLE):
        return None
    return None


def _single(
    single: ocsp.OCSPSingleResponse, trust: Trust, moment: datetime, *, now: datetime
) -> Status | None:
    """A response cannot be asked for anew: it is fresh as long as it lasts, and of a stamped moment for good
    if it was made then or later."""
    since = single.this_update_utc
    if since > now + SKEW:
        return None
    lasts = single.next_update_utc or since + RESPONSE_LASTS
    if trust.greatest_age is not None:
        lasts = min(lasts, since + trust.greatest_age)
    # One that ended between its making and a stamp says nothing of the days between.
    is_fresh = lasts >= now or since >= moment - SKEW
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        at = single.revocation_time_utc
        if at is not None and at > moment + SKEW:
            return Status(GOOD, since)
        if single.revocation_reason is x509.ReasonFlags.certificate_hold:
            return Status(ON_HOLD if is_fresh else STALE, since, is_hold=True)
        return Status(REVOKED, since)
    if single.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        return None
    return Status(GOOD if is_fresh else STALE, since)


def _is_about(
    single: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    wanted = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, single.hash_algorithm).build()
    return (single.serial_number, single.issuer_key_hash, single.issuer_name_hash) == (
        wanted.serial_number,
        wanted.issuer_key_hash,
        wanted.issuer_name_hash,
    )


def _responders_path(
    response: ocsp.OCSPResponse, issuer: x509.Certificate, trust: Trust, *, now: datetime
) -> list[x509.Certificate] | None:
    """The authority whose word it is, and those above it: the response is signed by the pinned authority
    itself, or by one whom it, or one that may do so in its stead, appointed to respond (RFC 6960, 4.2.2.2).
    """
    for path in trust.appointing(issuer):
        if path[0] != issuer and not _stands(path, trust, now=now):
            continue
        own = [issuer] if path[0] == issuer else []
        appointed = (each for each in response.certificates if _is_appointed(each, path[0], trust, now=now))
        if any(_has_signed(signer, response) for signer in chain(own, appointed)):
            return path
    return None


def _stands(path: list[x509.Certificate], trust: Trust, *, now: datetime) -> bool:
    """Whether these authorities are in their time, and none of them is revoked by the one above."""
    if not all(each.not_valid_before_utc <= now <= each.not_valid_after_utc for each in path):
        return False
    return status_of_path(path, trust, moment=now, now=now)[0] == GOOD


def _is_appointed(signer: x509.Certificate, issuer: x509.Certificate, trust: Trust, *, now: datetime) -> bool:
    """By a certificate of the authority's own for this, in time, and revoked by none of its lists."""
    if (
        not is_issued_by(signer, issuer)
        or not signer.not_valid_before_utc <= now <= signer.not_valid_after_utc
    ):
        return False
    if any(crl.find(signer.serial_number) for crl in trust.crls_of(issuer)):
        return False
    digest = signer.signature_hash_algorithm
    if digest is None or digest.name in WEAK_DIGESTS:
        return False
    try:
        uses = extended_key_usage(signer)
    except UNREADABLE:
        return False
    return uses is not None and ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string in uses[0]


def _has_signed(signer: x509.Certificate, response: ocsp.OCSPResponse) -> bool:
    key, algorithm = signer.public_key(), response.signature_hash_algorithm
    if algorithm is None or algorithm.digest_size < 32:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def responses_in(data: Any, signer: Any) -> list[bytes]:
    """The OCSP responses that came with a signature, in each of the places where tools put them."""
    found: list[bytes] = []
    for read in (_in_signed_data, _in_archival, _in_values):
        try:
            found += read(data, signer)
        except SHAPELESS:  # broken ones say nothing
            continue
    return found[:MOST_RESPONSES]


def _in_signed_data(data: Any, signer: Any) -> list[bytes]:
    return [
        choice.chosen["other_rev_info"].dump()
        for choice in data["crls"] or ()
        if choice.name == "other" and choice.chosen["other_rev_info_format"].dotted == _OCSP_IN_CMS
    ]


def _in_archival(data: Any, signer: Any) -> list[bytes]:
    return [
        response.dump()
        for attribute in signer["signed_attrs"]
        if attribute["type"].dotted == _ADOBE_ARCHIVAL
        for value in attribute["values"]
        for response in value["ocsp"] or ()
    ]


def _in_values(data: Any, signer: Any) -> list[bytes]:
    """``ocspVals`` of revocation-values: basic responses, without the envelope that others have."""
    found = []
    for attribute in signer["unsigned_attrs"] or ():
        if attribute["type"].dotted == _REVOCATION_VALUES:
            for value in attribute["values"]:
                basics = _RevocationValues.load(value.dump())["ocsp_vals"]
                found += [_enveloped(basic) for basic in basics or ()]
    return found


class _BasicResponses(core.SequenceOf):  # type: ignore[misc]
    _child_spec = asn1_ocsp.BasicOCSPResponse


class _RevocationValues(core.Sequence):  # type: ignore[misc]
    """RFC 5126, 6.3.4."""

    _fields = (
        ("crl_vals", core.SequenceOf, {"explicit": 0, "optional": True, "spec": core.Any}),
        ("ocsp_vals", _BasicResponses, {"explicit": 1, "optional": True}),
        ("other_rev_vals", core.Any, {"explicit": 2, "optional": True}),
    )


def _enveloped(basic: asn1_ocsp.BasicOCSPResponse) -> bytes:
    body = {"response_type": "basic_ocsp_response", "response": basic}
    return bytes(asn1_ocsp.OCSPResponse({"response_status": "successful", "response_bytes": body}).dump())
