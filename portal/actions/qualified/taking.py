"""Taking in a qualified signature: it counts at once, waits to be checked, or is refused with the reason."""

import logging
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from portal.actions.keys.factors import check_signatory
from portal.actions.keys.marks import MOVED, facts_of
from portal.actions.letters.access_news import tell_of_signature
from portal.actions.letters.signing_letters import tell_of_receipt
from portal.actions.qualified.asking import Asked, NotTaken, ask, expected_of, format_of, verdict_of
from portal.actions.qualified.evidence import add_evidence
from portal.actions.signing.declarations import declaration_of
from portal.actions.signing.signing import NotAsShown, add_signature, freeze, hold_to_sign
from portal.actions.site import Site
from portal.crypto.pepper import pending_mark
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.signing.declaration import timestamp
from portal.domain.signing.qualified import QUALIFIED, Outcome, PendingState, Verdict, check_kind
from portal.domain.submissions import check_may_sign
from portal.storage.lists.current import list_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.qualified import PendingSignature, end_waiting
from portal.storage.tables.signatures import Declaration, Signature

logger = logging.getLogger(__name__)

RECEIVED = "signature_received"  # in the audit
EGN_CHANGED = "Междувременно ЕГН или ЛНЧ на достъпа ви е сменено и нищо не е подписано. Подпишете отново."


@dataclass(frozen=True)
class Taken:
    """``signature`` counts; where there is none, the file waits to be checked."""

    signature: Signature | None
    verdict: Verdict


def take(
    person: Staff,
    month: Month,
    raw: bytes,
    *,
    issued: int | None = None,
    site: Site,
    now: datetime,
) -> Taken:
    """Check a signature on this person's declaration, and freeze the list with it if it holds.

    NotTaken says what is wrong. ``issued`` is the declaration that the local service was given to sign; none
    where the file was made elsewhere. Checking takes some milliseconds, so it is done before the
    transaction, which asks again whether the list and the person are as they were.
    """
    check_scope(person, Scope.SIGN)
    check_kind(QUALIFIED, site.signature_kinds)
    check_signatory(person.user_id, site=site)
    seen = list_of(person.institution, month)
    check_may_sign(seen.window, seen.lock, seen.counts, now=now)
    declaration = declaration_of(person, month, now=now)
    if issued is not None and declaration.id != issued:
        raise NotAsShown
    is_local = issued is not None
    user = User.get_by_id(person.user_id)
    verified = ask(raw, declaration, expected_of(declaration, user, site=site), site=site, now=now)
    verdict = verdict_of(verified)
    if verdict.outcome is Outcome.BAD:
        logger.info("submission %s: signature refused: %s", seen.id, verdict.fault)
        raise NotTaken(verdict, "signature" if is_local else "file")
    asked = Asked(raw, user, declaration, verified, format_of(verified, is_local=is_local), now)
    if verdict.outcome is Outcome.GOOD:
        with writing():
            signature = take_good(person, month, asked, site=site, now=now)
            tell_of_receipt(signature, person, now=now)
        return Taken(signature, verdict)
    _let_wait(person, month, asked, site=site, now=now)
    return Taken(None, verdict)


def take_good(person: Staff, month: Month, asked: Asked, *, site: Site, now: datetime) -> Signature:
    """Freeze and keep in one transaction, if nothing has changed since the file was checked."""
    with writing():
        submission, declaration = _unchanged(person, month, asked, now=now)
        signature = add_signature(submission, declaration, QUALIFIED, asked.raw, now=now)
        add_evidence(signature, asked, site=site, now=now)
        freeze(person, submission, declaration, now=now)
        tell_of_signature(signature, person, site=site, now=now)
    logger.info("submission %s signed by user %s, qualified", submission.id, person.user_id)
    return signature


def _let_wait(person: Staff, month: Month, asked: Asked, *, site: Site, now: datetime) -> None:
    """Keep the file until there is word of its certificate; the list stays open, and is not signed."""
    with writing():
        submission, declaration = _unchanged(person, month, asked, now=now)
        end_waiting(submission, PendingState.REPLACED, "replaced", now=now)
        row = PendingSignature(
            submission=submission,
            declaration=declaration,
            signatory=declaration.signatory_id,
            format=asked.format.value,
            content=asked.raw,
            verdict=asked.verdict.dump(),
            received_at=now,
            checked_at=now,
        )
        row.mac = mark_of(row, site=site)
        row.save(force_insert=True)
        audit.add(
            person,
            RECEIVED,
            f"submission:{submission.id}",
            now=now,
            chain=person.institution,
            content=declaration.sha256,
        )
    logger.info("submission %s: signature of user %s waits to be checked", submission.id, person.user_id)


def mark_of(row: PendingSignature, *, site: Site) -> bytes:
    """The portal's mark on a signature that waits."""
    return pending_mark(
        site.pepper,
        str(row.submission_id).encode(),
        str(row.declaration.sha256).encode(),
        str(row.signatory_id).encode(),
        str(row.format).encode(),
        sha256(bytes(row.content)).digest(),
        timestamp(row.received_at).encode(),
    )


def _unchanged(person: Staff, month: Month, asked: Asked, *, now: datetime) -> tuple[Submission, Declaration]:
    submission, declaration = hold_to_sign(person, month, now=now)
    if declaration.id != asked.declaration.id:
        raise NotAsShown
    user = User.get_by_id(person.user_id)
    if facts_of(user) != facts_of(asked.user):
        raise Conflict(MOVED)
    if user.egn_hash != asked.user.egn_hash:
        raise Conflict(EGN_CHANGED)
    return submission, declaration
