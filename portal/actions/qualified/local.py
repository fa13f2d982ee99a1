"""Signing with the local service (BISS) in two requests: data to sign goes out, the signature comes back."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.actions.keys.factors import check_signatory
from portal.actions.qualified.asking import NotTaken, expected_of
from portal.actions.qualified.taking import Taken, take
from portal.actions.signing.declarations import declaration_of
from portal.actions.signing.signing import NotAsShown
from portal.actions.site import Site
from portal.crypto.errors import MalformedToken
from portal.crypto.qualified.assembling import assemble, attributes_to_sign, read_chosen
from portal.crypto.qualified.faults import Fault, as_fault
from portal.crypto.qualified.verifying import Expected, check_certificate
from portal.crypto.tokens import new_token, token_digest
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.signing.qualified import QUALIFIED, Checked, Outcome, Verdict, check_kind
from portal.domain.submissions import check_may_sign
from portal.storage.lists.current import list_of
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.qualified import SigningRequest
from portal.storage.tables.signatures import Declaration

logger = logging.getLogger(__name__)

LASTS = timedelta(minutes=10)  # to find the smart card and type its PIN (signing-and-sealing.md, section 2)
OVER = (
    "Това подписване вече е използвано или времето за него изтече. Нищо не е подписано. "
    "Започнете подписването отначало."
)


@dataclass(frozen=True)
class Prepared:
    """``token`` is for ``complete``; ``attributes`` (DER) are what the service signs, about the
    ``declaration``. ``vouched`` is the site's own signature over them, with its certificate (DER), where it
    has a key for that."""

    token: str
    attributes: bytes = field(repr=False)
    declaration: Declaration
    vouched: tuple[bytes, bytes] | None = field(repr=False, default=None)


def prepare(  # six, and the login that the request belongs to
    person: Staff,
    month: Month,
    certificate: bytes,
    *,
    shown: str,
    login: bytes,
    site: Site,
    now: datetime,
) -> Prepared:
    """What the chosen certificate (DER) has to sign. One with which the signature could not be taken is
    refused here, before anybody types a PIN. ``shown`` is the digest of what the person read; the request
    belongs to this ``login`` alone."""
    check_scope(person, Scope.SIGN)
    check_kind(QUALIFIED, site.signature_kinds)
    check_signatory(person.user_id, site=site)
    seen = list_of(person.institution, month)
    check_may_sign(seen.window, seen.lock, seen.counts, now=now)
    declaration = declaration_of(person, month, now=now)
    if shown != declaration.sha256:
        raise NotAsShown
    expected = expected_of(declaration, User.get_by_id(person.user_id), site=site)
    attributes = _to_sign(certificate, expected, site=site, now=now)
    token = new_token()
    with writing():
        _forget(login, now=now)
        SigningRequest.create(
            digest=token_digest(token),
            login=login,
            declaration=declaration,
            certificate=certificate,
            attributes=attributes,
            made_at=now,
        )
    vouched = None if site.key is None else (site.key.sign(attributes), site.key.certificate)
    return Prepared(token, attributes, declaration, vouched)


def _to_sign(certificate: bytes, expected: Expected, *, site: Site, now: datetime) -> bytes:
    """The attributes (DER) for this certificate; NotTaken for one whose signature could not be taken."""
    try:
        with as_fault():
            leaf = read_chosen(certificate)
            check_certificate(leaf, expected, site.trust(), now=now)
            return attributes_to_sign(expected.declaration, leaf, now=now)
    except Fault as fault:
        raise _not_taken(fault) from None


def complete(  # six, and the login that the request belongs to
    person: Staff,
    month: Month,
    token: str,
    value: bytes,
    *,
    login: bytes,
    site: Site,
    now: datetime,
) -> Taken:
    """Put the signature together and take it as any other. The request is used up, whatever comes of it."""
    check_scope(person, Scope.SIGN)
    check_kind(QUALIFIED, site.signature_kinds)
    check_signatory(person.user_id, site=site)
    asked = _used(token, login, now=now)
    try:
        with as_fault():
            leaf = read_chosen(bytes(asked.certificate))
            issuers = (site.trust().path_of(leaf) or [])[:1]
            raw = assemble(bytes(asked.attributes), leaf, issuers, value)
    except Fault as fault:
        raise _not_taken(fault) from None
    return take(
        person,
        month,
        raw,
        issued=asked.declaration_id,
        site=site,
        now=now,
    )


def _used(token: str, login: bytes, *, now: datetime) -> SigningRequest:
    """The request, used by this very call; Conflict for the second of two, another login's, or an old one."""
    try:
        digest = token_digest(token)
    except MalformedToken:
        raise Conflict(OVER) from None
    with writing():
        changed = (
            SigningRequest.update(used_at=now)
            .where(
                (SigningRequest.digest == digest)
                & (SigningRequest.login == login)
                & SigningRequest.used_at.is_null()
                & (SigningRequest.made_at > now - LASTS)
            )
            .execute()
        )
        if changed != 1:
            raise Conflict(OVER)
        found: SigningRequest = SigningRequest.get_by_id(digest)
    return found


def forget_old(now: datetime) -> None:
    """What nobody can complete any more: it holds the certificate, and so the ЕГН."""
    with writing():
        SigningRequest.delete().where(SigningRequest.made_at <= now - LASTS).execute()


def _forget(login: bytes, *, now: datetime) -> None:
    """Asking again ends what this login asked before; what is over is not kept."""
    theirs = (SigningRequest.login == login) | (SigningRequest.made_at <= now - LASTS)
    SigningRequest.delete().where(theirs).execute()


def _not_taken(fault: Fault) -> NotTaken:
    logger.info("certificate refused: %s", fault.fault)
    return NotTaken(Verdict((Checked(fault.check, Outcome.BAD, fault.fault),)), "signature")
