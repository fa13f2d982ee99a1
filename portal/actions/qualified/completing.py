"""Signatures that wait: checked again as new lists of revoked certificates arrive, until each is settled."""

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from peewee import DatabaseError

from portal.actions.keys.marks import marked_person
from portal.actions.letters.outbox import enqueue
from portal.actions.qualified.asking import Asked, ask, expected_of, verdict_of
from portal.actions.qualified.taking import mark_of, take_good
from portal.actions.site import Site
from portal.domain.errors import Conflict, Denied, Objection
from portal.domain.month import Month
from portal.domain.people import Scope, Staff
from portal.domain.signing.qualified import QUALIFIED, Format, Outcome, PendingState, Verdict
from portal.domain.submissions import Lock, check_open
from portal.domain.times import today
from portal.mail.signature_messages import signature_decided
from portal.storage.lists.current import held_list
from portal.storage.signing.standing import current_declaration
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import locked, writing
from portal.storage.tables.people import User
from portal.storage.tables.qualified import PendingSignature, waiting_signatures

logger = logging.getLogger(__name__)

REFUSED = "signature_refused"  # in the audit, by the portal itself


@dataclass
class Completed:
    """How many signatures were taken, how many came to nothing, how many still wait."""

    accepted: int = 0
    refused: int = 0
    waiting: int = 0


class _Over(Exception):
    """The signature can come to nothing any more; the reason is a fault of domain.qualified."""

    def __init__(self, state: PendingState, reason: str, verdict: Verdict | None = None) -> None:
        super().__init__(reason)
        self.state, self.reason, self.verdict = state, reason, verdict


def complete_waiting(
    *,
    go_on: Callable[[], bool] = lambda: True,
    site: Site,
    clock: Callable[[], datetime],
) -> Completed:
    """Go through all that wait, each by itself: what one of them trips over stops no other. ``go_on`` and
    ``clock`` are asked for each: a round can last over a deadline."""
    done = Completed()
    for number in waiting_signatures():
        if not go_on():
            break
        try:
            ended = _brought_on(number, site=site, now=clock())
        except Objection as objection:  # changed while it was looked at: the next round sees
            logger.info("pending signature %s: %s", number, type(objection).__name__)
            ended = PendingState.WAITS
        except DatabaseError:  # nobody else can be asked now either
            raise
        except Exception:
            logger.exception("pending signature %s: failed, to be tried again", number)
            ended = PendingState.WAITS
        done.accepted += ended is PendingState.ACCEPTED
        done.waiting += ended is PendingState.WAITS
        done.refused += ended not in (PendingState.ACCEPTED, PendingState.WAITS)
    return done


def _brought_on(number: int, *, site: Site, now: datetime) -> PendingState:
    """What has become of it now."""
    try:
        accepted = _complete(number, site=site, now=now)
    except _Over as over:
        _end(number, over, site=site, now=now)
        return over.state
    return PendingState.ACCEPTED if accepted else PendingState.WAITS


def _complete(number: int, *, site: Site, now: datetime) -> bool:
    """Whether it counts now. _Over if it never will."""
    row = PendingSignature.get_by_id(number)
    if row.state is not PendingState.WAITS:
        return False
    if not hmac.compare_digest(mark_of(row, site=site), bytes(row.mac)):
        raise _Over(PendingState.VOID, "row_changed")
    submission = _list_of(row)
    month = submission.campaign.month
    person = _signatory(row, submission, site=site, now=now)
    declaration = current_declaration(person, submission)
    if declaration is None or declaration.id != row.declaration_id:
        raise _Over(PendingState.VOID, "list_changed")
    if not _is_open(submission, now=now):
        return False  # an exception may let it in yet
    user = User.get_by_id(row.signatory_id)
    raw = bytes(row.content)
    verified = ask(raw, declaration, expected_of(declaration, user, site=site), site=site, now=now)
    verdict = verdict_of(verified)
    if verdict.outcome is Outcome.BAD:
        raise _Over(PendingState.REFUSED, verdict.fault, verdict)
    if verdict.outcome is not Outcome.GOOD:
        _note(row, verdict, now=now)
        return False
    asked = Asked(raw, user, declaration, verified, Format(row.format), row.received_at)
    return _accept(row, person, month, asked, site=site, now=now)


def _accept(
    row: PendingSignature, person: Staff, month: Month, asked: Asked, *, site: Site, now: datetime
) -> bool:
    """Signed and no longer waiting, in one transaction; False if somebody was faster."""
    with writing():
        held_list(person.institution, month)
        changed = (
            PendingSignature.update(
                state=PendingState.ACCEPTED, content=b"", checked_at=now, verdict=asked.verdict.dump()
            )
            .where((PendingSignature.id == row.id) & (PendingSignature.state == PendingState.WAITS))
            .execute()
        )
        if changed != 1:
            return False
        take_good(person, month, asked, site=site, now=now)
        _write(asked.user, month, "", site=site, now=now)
    return True


def _end(number: int, over: _Over, *, site: Site, now: datetime) -> None:
    """Keep the reason, and write to who signed."""
    seen = _list_of(PendingSignature.get_by_id(number))
    with writing():
        submission = held_list(seen.institution_id, seen.campaign.month)
        row = locked(PendingSignature.select().where(PendingSignature.id == number)).get()
        if row.state is not PendingState.WAITS:
            return
        row.state, row.reason, row.content, row.checked_at = over.state, over.reason, b"", now
        if over.verdict is not None:
            row.verdict = over.verdict.dump()
        row.save(
            only=[
                PendingSignature.state,
                PendingSignature.reason,
                PendingSignature.content,
                PendingSignature.checked_at,
                PendingSignature.verdict,
            ]
        )
        thing, chain = f"submission:{submission.id}", submission.institution_id
        audit.add(None, REFUSED, thing, now=now, chain=chain, content=row.declaration.sha256)
        user = User.get_by_id(row.signatory_id)
        if user.is_active:
            _write(user, submission.campaign.month, over.reason, site=site, now=now)
    logger.info("pending signature %s is over: %s", number, over.reason)


def _write(user: User, month: Month, reason: str, *, site: Site, now: datetime) -> None:
    """To who signed; in the caller's transaction."""
    link = site.address(f"/confirmations/{month}/sign")
    letter = signature_decided(user.email, month=month, reason=reason, link=link)
    enqueue(letter, "signature_decided", user=user, site=site, now=now)


def _signatory(row: PendingSignature, submission: Submission, *, site: Site, now: datetime) -> Staff:
    """Who signed, as they are now; _Over if it cannot count, whatever its certificate."""
    if QUALIFIED not in site.signature_kinds:
        raise _Over(PendingState.VOID, "not_counted")
    if submission.lock is not Lock.OPEN:
        raise _Over(PendingState.VOID, "signed_otherwise")
    if submission.campaign.answered_at is not None:
        raise _Over(PendingState.VOID, "too_late")
    user = User.get_by_id(row.signatory_id)
    person = marked_person(user, today(now), site=site)
    if (
        not user.is_active
        or not isinstance(person, Staff)
        or person.institution != submission.institution_id
        or not person.may(Scope.SIGN)
    ):
        raise _Over(PendingState.VOID, "may_not_sign")
    return person


def _is_open(submission: Submission, *, now: datetime) -> bool:
    try:
        check_open(submission.window, now=now)
    except (Conflict, Denied):
        return False
    return True


def _note(row: PendingSignature, verdict: Verdict, *, now: datetime) -> None:
    with writing():
        PendingSignature.update(verdict=verdict.dump(), checked_at=now).where(
            (PendingSignature.id == row.id) & (PendingSignature.state == PendingState.WAITS)
        ).execute()


def _list_of(row: PendingSignature) -> Submission:
    found: Submission = (
        Submission.select(Submission, Campaign).join(Campaign).where(Submission.id == row.submission_id).get()
    )
    return found
