"""Publishing a circular: what it says and whom it is for is fixed from then on."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from portal.domain.errors import check_all
from portal.domain.notices.attachments import Attachment, check_attachments, check_sizes
from portal.domain.notices.recipients import Choice, check_choice, check_somebody
from portal.domain.notices.rules import (
    Office,
    Wording,
    check_in_force,
    check_may_withdraw,
    check_not_published,
    check_own,
    check_wording,
)
from portal.domain.people import Operator, Ruo
from portal.domain.signing.declaration import canonical, timestamp
from portal.storage.notices.files import keep_file
from portal.storage.notices.recipients import chosen, codes_of, still_open
from portal.storage.notices.shown import Shown, for_office, published
from portal.storage.notices.tables import Notice, NoticeFile, NoticeRecipient, NoticeWithdrawal
from portal.storage.tables import audit
from portal.storage.tables.bulk import add_rows
from portal.storage.tables.db import lock_name, writing

logger = logging.getLogger(__name__)

PUBLISHED, WITHDRAWN = "notice_published", "notice_withdrawn"  # in the audit


@dataclass(frozen=True)
class Edition:
    """What is published. ``replaces`` is the circular that it puts right."""

    wording: Wording
    choice: Choice = field(default_factory=Choice)
    files: tuple[Attachment, ...] = ()
    replaces: int | None = None


def check_edition(edition: Edition, *, now: datetime) -> None:
    """Raise Refusal, with everything that is wrong of what can be seen without the database."""
    check_sizes(edition.files)
    check_all(
        lambda: check_wording(edition.wording, now=now),
        lambda: check_choice(edition.choice),
        lambda: check_attachments(edition.files),
    )


def recipients(person: Ruo | Operator, edition: Edition, *, now: datetime) -> list[str]:
    """The codes of the institutions that it would go to now. A correction goes to all who have the old one as
    well: nobody is left with a letter that is no longer valid."""
    office = Office.of(person)
    codes = set(chosen(office.region, edition.choice, now=now))
    if edition.replaces is not None:
        codes |= set(still_open(codes_of(edition.replaces), now=now))
    check_somebody(len(codes))
    return sorted(codes)


def publish(person: Ruo | Operator, edition: Edition, *, now: datetime) -> Notice:
    """Publish it, with a row for each institution as of now. Sent twice, it is published once."""
    check_edition(edition, now=now)
    office, wording = Office.of(person), edition.wording
    with writing():
        lock_name(f"notices:{office.region}")
        replaced = None if edition.replaces is None else _own(office, edition.replaces)
        if replaced is not None:
            check_in_force(replaced.state)
        same = published(office, wording.number, wording.dated_on)
        if same is not None and same.id != edition.replaces:
            check_not_published(same.published_at, wording.number, wording.dated_on)
        codes = recipients(person, edition, now=now)
        row = _added(person, office, edition, now=now)
        add_rows(NoticeRecipient, ("notice", "institution"), ((row.id, code) for code in codes))
        files = [keep_file(row, place, file) for place, file in enumerate(edition.files, start=1)]
        content = digest_of(row, files, codes)
        audit.add(person, PUBLISHED, f"notice:{row.id}", now=now, content=content)
    logger.info("notice %s published for %s institutions by user %s", row.id, len(codes), person.user_id)
    return row


def withdraw(person: Ruo | Operator, notice_id: int, reason: str, *, now: datetime) -> None:
    """Take it back: it stays where it is, with the reason, and nobody is waited for any more."""
    office = Office.of(person)
    with writing():
        lock_name(f"notice:{notice_id}")
        shown = _own(office, notice_id)
        check_may_withdraw(shown.state, reason)
        NoticeWithdrawal.insert(notice=notice_id, reason=reason.strip(), at=now, by=person.user_id).execute()
        content = sha256(reason.strip().encode()).hexdigest()
        audit.add(person, WITHDRAWN, f"notice:{notice_id}", now=now, content=content)
    logger.info("notice %s withdrawn by user %s", notice_id, person.user_id)


def digest_of(row: Notice, files: list[NoticeFile], codes: list[str]) -> str:
    """Over all that people were told and who they are: what the audit keeps of it."""
    told = {
        "number": row.number,
        "dated_on": row.dated_on.isoformat(),
        "subject": row.subject,
        "text": row.text,
        "deadline": row.deadline.isoformat() if row.deadline else "",
        "office": row.office,
        "addressed": row.addressed,
        "replaces": str(row.replaces_id or ""),
        "published_at": timestamp(row.published_at),
        "files": [f"{file.position} {file.sha256} {file.name}" for file in files],
        "institutions": sorted(codes),
    }
    return sha256(canonical(told)).hexdigest()


def _own(office: Office, notice_id: int) -> Shown:
    shown = for_office(office, notice_id)
    check_own(office, shown.notice.region)
    return shown


def _added(person: Ruo | Operator, office: Office, edition: Edition, *, now: datetime) -> Notice:
    wording = edition.wording
    row: Notice = Notice.create(
        region=office.region,
        office=office.name,
        number=wording.number,
        dated_on=wording.dated_on,
        subject=wording.subject,
        text=wording.text,
        deadline=wording.deadline,
        addressed=edition.choice.label,
        published_at=now,
        published_by=person.user_id,
        replaces=edition.replaces,
    )
    return row
