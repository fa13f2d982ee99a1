"""Letters to parents about what was signed of their child, made when asked for and kept nowhere."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from portal.documents.parent_letters import ParentLetters, letters_pdf
from portal.domain.errors import Conflict, NotFound
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.signing.declared import Declared, Entry, read
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of, records_of
from portal.storage.signing.standing import line_of, standing_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

PRINTED = "parent_letters"  # in the audit
UNSIGNED = "Списъкът още не е подписан, а писмата казват какво е подписано. Подпишете го и се върнете тук."
ERASED = "Списъкът е заличен след изтичане на срока за съхранение."
UNKNOWN = "Някое от избраните деца не е в подписания списък. Изберете отново."


@dataclass(frozen=True)
class Told:
    """One child of the signed list: the record's id, and what was signed of it."""

    record_id: int
    entry: Entry


@dataclass(frozen=True)
class SignedList:
    """Class by class, and in a class by name. ``declared`` is what the signature that counts covers."""

    submission: Submission
    declared: Declared
    classes: list[tuple[str, list[Told]]]

    @property
    def children(self) -> list[Told]:
        return [told for _, group in self.classes for told in group]


def signed_list(person: Staff, month: Month) -> SignedList:
    """Conflict where nothing is signed, NotFound where it is erased."""
    check_scope(person, Scope.SIGN)
    submission = list_of(person.institution, month)
    if submission.lock is Lock.ERASED:
        raise NotFound(ERASED)
    if submission.lock is not Lock.SIGNED:
        raise Conflict(UNSIGNED)
    declared = read(bytes(standing_of(submission).declaration.content))
    ids = {line_of(record).order: record.id for record in records_of(submission).listed}
    classes = [
        (label, [Told(ids[entry.line.order], entry) for entry in entries])
        for label, entries in declared.by_class
    ]
    return SignedList(submission, declared, classes)


def make_letters(person: Staff, month: Month, chosen: Collection[int] | None, *, now: datetime) -> bytes:
    """One PDF with a page for each of the ``chosen`` records, or for all. NotFound for one that is not on the
    signed list. The audit learns who made how many, and of nobody."""
    signed = signed_list(person, month)
    told = [each for each in signed.children if chosen is None or each.record_id in chosen]
    if not told or (chosen is not None and len(told) < len(set(chosen))):
        raise NotFound(UNKNOWN)
    header, closes_on = signed.declared.header, signed.submission.campaign.closes_on
    assert closes_on is not None  # only an open campaign is signed
    content = letters_pdf(
        ParentLetters(
            institution=header.institution_name,
            code=header.institution,
            month=month,
            signatory=header.signatory,
            authority=header.authority,
            closes_on=closes_on,
            entries=[each.entry for each in told],
            made_at=now,
        )
    )
    with writing():
        thing = f"submission:{signed.submission.id}"
        audit.add(person, PRINTED, thing, now=now, chain=person.institution)
    logger.info("%s letters to parents for user %s", len(told), person.user_id)
    return content
