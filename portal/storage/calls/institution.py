"""One institution as the regional office sees it: who came in and when, its directors, its year.

Nothing here touches a record or names a child.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from peewee import JOIN

from portal.domain.campaigns.corrections import RequestState, request_state
from portal.domain.month import Month
from portal.domain.people import Role
from portal.domain.submissions import Counts, Lock, SubmissionState, Window, submission_state
from portal.domain.times import today
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth

MONTHS = 12
LOGINS, DAYS = 200, 10  # entries that are looked through, and days that are told


@dataclass(frozen=True)
class OfMonth:
    """How far the institution was with one month."""

    month: Month
    state: SubmissionState
    counts: Counts
    done_at: datetime | None  # signed, or „Проверих – няма записи“ said
    register_confirmed_at: datetime | None


def login_days(people: list[User]) -> list[tuple[date, list[Role]]]:
    """The last days (Sofia) on which somebody of the institution came in, the newest first, and in what
    role. The hour is nobody's business."""
    roles = {f"user:{user.id}": user.role for user in people}
    entries = (
        AuditEntry.select(AuditEntry.object, AuditEntry.at)
        .where(AuditEntry.object.in_(list(roles)) & (AuditEntry.what == "logged_in"))
        .order_by(AuditEntry.id.desc())
        .limit(LOGINS)
    )
    found: dict[date, set[Role]] = {}
    for thing, at in tuples(entries):
        found.setdefault(today(at), set()).add(roles[thing])
    days = sorted(found, reverse=True)[:DAYS]
    return [(day, [role for role in Role if role in found[day]]) for day in days]


def people_of(institution: str) -> list[User]:
    """Everybody who has or had an account there, the newest first."""
    return list(User.select().where(User.institution == institution).order_by(User.id.desc()))


def year_of(institution: str, *, now: datetime) -> list[OfMonth]:
    """The newest twelve months, the newest first."""
    same_month = (RegisterMonth.campaign == Submission.campaign) & (
        RegisterMonth.institution == Submission.institution
    )
    query = (
        Submission.select(
            Campaign.month,
            Campaign.opens_on,
            Campaign.closes_on,
            Submission.reopened_until,
            Submission.total,
            Submission.pending,
            Submission.confirmed,
            Submission.refused,
            Submission.lock,
            Submission.checked_at,
            Submission.signed_at,
            RegisterMonth.confirmed_at,
        )
        .join(Campaign)
        .switch(Submission)
        .join(RegisterMonth, JOIN.LEFT_OUTER, on=same_month)
        .where(Submission.institution == institution)
        .order_by(Campaign.month.desc())
        .limit(MONTHS)
    )
    found = []
    for month, opens, closes, reopened, *counted, lock, checked, signed, confirmed in tuples(query):
        window, counts = Window(opens, closes, reopened_until=reopened), Counts(*counted)
        state = submission_state(
            counts, Lock(lock), checked=checked is not None, has_account=True, past=window.is_over(now)
        )
        done_at = signed if lock is not Lock.OPEN else checked if counts.total == 0 else None
        found.append(OfMonth(month, state, counts, done_at, confirmed))
    return found


def corrections_in(campaign: Campaign, institution: str) -> Counter[RequestState]:
    """How many late corrections it asked for, by how far they are."""
    asked = CorrectionRequest.select(CorrectionRequest.supported, CorrectionRequest.granted).where(
        (CorrectionRequest.campaign == campaign) & (CorrectionRequest.institution == institution)
    )
    return Counter(request_state(supported, granted) for supported, granted in tuples(asked))
