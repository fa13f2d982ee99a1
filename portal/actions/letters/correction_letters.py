"""Letters about a correction that is asked for after the deadline: to whoever has to say something next, and
to the director what was said."""

from datetime import datetime

from portal.actions.letters.deadline import with_deadline
from portal.actions.letters.matter import Matter, NoLonger
from portal.actions.letters.occasions import About, Facts, queue
from portal.domain.campaigns.corrections import RequestState
from portal.domain.letters.kinds import Occasion
from portal.domain.people import Role
from portal.domain.times import today
from portal.mail import correction_messages as letters
from portal.mail.messages import Message
from portal.storage.campaigns.requests import state_of
from portal.storage.letters.readers import Reader, directors_of, offices_of
from portal.storage.tables.answers import CorrectionRequest

WAITS_FOR_OFFICE = (RequestState.ASKED,)
OFFICE_SPOKE = (RequestState.SUPPORTED, RequestState.NOT_SUPPORTED)


def tell_asked(request: CorrectionRequest, *, now: datetime) -> None:
    """The regional office. Each in the caller's transaction, once for each request and reader."""
    readers = offices_of(Role.RUO, region=request.institution.region)
    _tell(Occasion.CORRECTION_ASKED, request, readers, now=now)


def tell_office_spoke(request: CorrectionRequest, *, now: datetime) -> None:
    """The director, and the operator, whose turn it is."""
    readers = [*directors_of([request.institution_id]), *offices_of(Role.OPERATOR)]
    _tell(Occasion.CORRECTION_SUPPORTED, request, readers, now=now)


def tell_answered(request: CorrectionRequest, *, until: datetime | None = None, now: datetime) -> None:
    """``until``: to when the list was opened for it. The letter says both, in place of the one about the
    exception."""
    readers = directors_of([request.institution_id])
    opened = {} if until is None else {"until": until.isoformat()}
    _tell(Occasion.CORRECTION_ANSWERED, request, readers, opened, now=now)


def _tell(
    occasion: Occasion,
    request: CorrectionRequest,
    readers: list[Reader],
    more: Facts | None = None,
    *,
    now: datetime,
) -> None:
    facts = {"request": request.id, **(more or {})}
    about = About(occasion, f"correction:{request.id}", request.campaign_id, facts)
    queue(about, readers, now=now)


def write_asked(matter: Matter) -> Message:
    request = _request(matter)
    if state_of(request) not in WAITS_FOR_OFFICE:
        raise NoLonger("по искането вече е казано нещо")
    return letters.correction_asked(matter.to, _place(matter, request, "oversight"))


def write_office_spoke(matter: Matter) -> Message:
    request = _request(matter)
    state = state_of(request)
    if state not in OFFICE_SPOKE:
        raise NoLonger("ЦИОО вече е отговорил на искането")
    where = "campaigns" if _is_office(matter) else "confirmations"
    place = _place(matter, request, where)
    supported = state is RequestState.SUPPORTED
    if _is_office(matter):
        return letters.correction_to_answer(matter.to, place, supported=supported)
    return letters.office_spoke(matter.to, place, supported=supported)


def write_answered(matter: Matter) -> Message:
    request = _request(matter)
    place = _place(matter, request, "confirmations")
    if state_of(request) is RequestState.DECLINED:
        return letters.correction_declined(matter.to, place)
    submission = matter.submission
    if submission.window.is_over(matter.now):
        raise NoLonger("времето за поправката вече е изтекло")
    is_answered = matter.campaign.answered_at is not None
    letter = letters.correction_granted(
        matter.to, place, until=submission.reopened_until, is_answered=is_answered
    )
    return with_deadline(letter, matter)


def _request(matter: Matter) -> CorrectionRequest:
    """NoLonger where it was erased, where its institution is closed, or where an office that reads of it has
    no part in it any more."""
    request: CorrectionRequest | None = CorrectionRequest.get_or_none(
        CorrectionRequest.id == matter.facts["request"]
    )
    if request is None:
        raise NoLonger("искането е заличено")
    if request.institution.is_closed(today(matter.now)):
        raise NoLonger("институцията е закрита")
    user = matter.user
    if user is not None and user.role is Role.RUO and user.region != request.institution.region:
        raise NoLonger("институцията не е в региона на получателя")
    return request


def _is_office(matter: Matter) -> bool:
    return matter.row.institution_id is None


def _place(matter: Matter, request: CorrectionRequest, where: str) -> letters.Place:
    month = request.campaign.month
    return letters.Place(
        request.institution.name,
        month,
        request.reason.label,
        matter.site.address(f"/{where}/{month}/corrections"),
        matter.site.address(f"/confirmations/{month}"),
    )
