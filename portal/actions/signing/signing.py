"""Signing a list, and removing the signature again before the deadline."""

import logging
from datetime import datetime
from hashlib import sha256

from portal.actions.keys.factors import check_signatory
from portal.actions.keys.marks import MOVED, facts_of
from portal.actions.keys.signing_key import SigningKey, signing_key
from portal.actions.letters.access_news import tell_of_signature
from portal.actions.letters.signing_letters import tell_of_receipt, tell_of_removal
from portal.actions.signing.declarations import issue
from portal.actions.site import Site
from portal.crypto.signatures import verify
from portal.domain.decisions import clean_note
from portal.domain.errors import Conflict, Denied
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.signing.declaration import canonical
from portal.domain.signing.qualified import PASSWORD, PendingState, check_kind
from portal.domain.submissions import Lock, check_may_sign, check_may_unsign
from portal.domain.times import today
from portal.storage.lists.current import held_list, list_of
from portal.storage.people.persons import person_of
from portal.storage.signing.standing import standing_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import writing
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.qualified import end_waiting
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval

logger = logging.getLogger(__name__)

SIGNED, REMOVED, LAPSED = "signed", "signature_removed", "signature_lapsed"  # in the audit


class NotAsShown(Conflict):
    """The list has changed since the person read it."""

    def __init__(self) -> None:
        super().__init__(
            "Междувременно списъкът се е променил и нищо не е подписано. "
            "Прочетете го отново по-долу и подпишете това, което виждате сега."
        )


def sign(
    person: Staff,
    month: Month,
    password: str,
    *,
    shown: str = "",
    site: Site,
    now: datetime,
) -> Signature:
    """Sign the list as it is now with the person's own key. ``shown`` is the digest of what they read."""
    check_scope(person, Scope.SIGN)
    check_kind(PASSWORD, site.signature_kinds)
    check_signatory(person.user_id, site=site)
    seen = list_of(person.institution, month)
    check_may_sign(seen.window, seen.lock, seen.counts, now=now)
    key = signing_key(person.user_id, password, site=site, now=now)
    return sign_with(key, person, month, shown=shown, site=site, now=now)


def sign_with(
    key: SigningKey, person: Staff, month: Month, *, shown: str = "", site: Site, now: datetime
) -> Signature:
    """Freeze and sign in one transaction; everything is asked again, as time has passed. The director is told
    of what a delegate signed."""
    with writing():
        submission, declaration = hold_to_sign(person, month, now=now)
        _check_unchanged(key)
        if shown and shown != declaration.sha256:
            raise NotAsShown
        value = _value(declaration, key)
        signature = add_signature(submission, declaration, PASSWORD, value, now=now, key=key.row)
        freeze(person, submission, declaration, now=now)
        tell_of_signature(signature, person, site=site, now=now)
        tell_of_receipt(signature, person, now=now)
    logger.info("submission %s signed by user %s", submission.id, person.user_id)
    return signature


def hold_to_sign(person: Staff, month: Month, *, now: datetime) -> tuple[Submission, Declaration]:
    """The list, held, and what this person would sign of it now. Called inside ``writing()``."""
    submission = held_list(person.institution, month)
    return submission, issue(_still(person, now=now), submission, month, now=now)


def freeze(person: Staff, submission: Submission, declaration: Declaration, *, now: datetime) -> None:
    """From here on nothing on the list changes; what else waited to sign it no longer can. Called inside
    ``writing()``, after the signature was added."""
    _lock(submission, now=now)
    if end_waiting(submission, PendingState.VOID, "signed_otherwise", now=now):
        audit.add(None, LAPSED, f"submission:{submission.id}", now=now, chain=person.institution)
    audit.add(
        person,
        SIGNED,
        f"submission:{submission.id}",
        now=now,
        chain=person.institution,
        content=declaration.sha256,
    )


def unsign(person: Staff, month: Month, reason: str, *, now: datetime) -> Signature:
    """Take the signature off, so that the list can be changed; the old one and its content stay."""
    check_scope(person, Scope.SIGN)
    reason = clean_note(reason)
    with writing():
        submission = held_list(person.institution, month)
        _still(person, now=now)
        check_may_unsign(submission.window, submission.lock, reason, now=now)
        signature = standing_of(submission)
        SignatureRemoval.create(signature=signature, reason=reason, by=person.user_id, at=now)
        _unlock(submission)
        tell_of_removal(signature, person, now=now)
        audit.add(
            person,
            REMOVED,
            f"submission:{submission.id}",
            now=now,
            chain=person.institution,
            content=removal_digest(signature.number, reason),
        )
    logger.info("submission %s unsigned by user %s", submission.id, person.user_id)
    return signature


def removal_digest(number: str, reason: str) -> str:
    """What the audit keeps of a removal."""
    return sha256(canonical({"number": number, "reason": reason})).hexdigest()


def _still(person: Staff, *, now: datetime) -> Staff:
    """The person as they are now: deriving the key took a while, and a delegation can have been revoked."""
    user = User.get_by_id(person.user_id)
    current = person_of(user, today(now))
    if not user.is_active or not isinstance(current, Staff) or current.institution != person.institution:
        raise Denied("Достъпът ви до тази институция е прекратен.")
    check_scope(current, Scope.SIGN)
    return current


def _check_unchanged(key: SigningKey) -> None:
    row = UserKey.get_by_id(key.row.id)
    if facts_of(row.user) != key.facts:
        raise Conflict(MOVED)
    if row.retired_at is not None:
        raise Conflict("Паролата ви беше сменена междувременно. Нищо не е подписано. Влезте с новата парола.")


def _value(declaration: Declaration, key: SigningKey) -> bytes:
    content = bytes(declaration.content)
    value = key.sign(content)
    if not verify(bytes(key.row.ed25519_public), content, value):
        raise Conflict(
            "Подписът не премина проверката и не е записан. Опитайте отново или се обадете на ЦИОО."
        )
    return value


def add_signature(
    submission: Submission,
    declaration: Declaration,
    kind: str,
    value: bytes,
    *,
    now: datetime,
    key: UserKey | None = None,
) -> Signature:
    """The next signature of the list. Called inside ``writing()``, only with a value that was checked."""
    if Signature.select().where(Signature.declaration == declaration).exists():
        raise NotAsShown  # a declaration is signed once: what was taken off does not come back
    count = Signature.select().where(Signature.submission == submission).count()
    return Signature.create(
        number=f"{submission.campaign.month}/{submission.institution_id}/{count + 1}",
        submission=submission,
        declaration=declaration,
        kind=kind,
        signatory=declaration.signatory_id,
        key=key,
        value=value,
        signed_at=now,
    )


def _lock(submission: Submission, *, now: datetime) -> None:
    """open → signed, if the list is still the version that was declared."""
    changed = (
        Submission.update(lock=Lock.SIGNED, signed_at=now)
        .where(
            (Submission.id == submission.id)
            & (Submission.lock == Lock.OPEN)
            & (Submission.version == submission.version)
        )
        .execute()
    )
    if changed != 1:
        raise NotAsShown


def _unlock(submission: Submission) -> None:
    """signed → open. A new version: what is signed next is declared anew, and follows the old."""
    Submission.update(lock=Lock.OPEN, signed_at=None, version=Submission.version + 1).where(
        Submission.id == submission.id
    ).execute()
