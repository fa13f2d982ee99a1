"""The register of the demo's large school: a class in quarantine, and an envelope whose code is printed."""

from datetime import date, datetime, timedelta

from portal.actions.register.entering import enter
from portal.actions.register.keys import envelopes
from portal.actions.register.keys.holders import envelope_of
from portal.actions.register.keys.proposals import Proposal
from portal.actions.register.keys.session import opened_with
from portal.actions.site import Site
from portal.demo.schools import OWN, PASSWORD
from portal.domain.month import Month
from portal.domain.people import Director
from portal.domain.placement import FIRST_CLASS, LAST_CLASS, class_label
from portal.domain.register.entry import Basis, Draft, PersonKind
from portal.domain.times import today
from portal.storage.lists.enrolled import enrolled_in
from portal.storage.tables.institutions import Enrolment

CODE = "1C0W-EQ9S-KEA6-QAYS-F1R3-X5J0-8JZM-RGGS-R4TP-8YCF-BF9J-MAS7-BSMS-MGA1"
ENVELOPE = "demo-envelope-of-2299"  # 22 signs at most, as a drawn one
ASKED = (1, 2)  # groups of the code, typed back as from paper
BEGAN, ENDS = 4, 9  # days ago, and from today
IN_MONTH = (7, 16)  # of the campaign's month


def printed_code() -> str:
    """As long as it opens something: whoever made a new envelope has its code on paper."""
    envelope = envelope_of(OWN.code)
    return CODE if envelope is not None and envelope.id == ENVELOPE else ""


def has_register() -> bool:
    return envelope_of(OWN.code) is not None


def keep_register(director: Director, month: Month, *, site: Site, now: datetime) -> None:
    """The largest class was in quarantine in the campaign's month, and is again today."""
    session = opened_with(director, PASSWORD, site=site, now=now)
    if session is None:
        return  # somebody has made this account their own
    if not has_register():
        proposal = Proposal(ENVELOPE, CODE, ASKED, now)
        typed = {number: CODE.split("-")[number - 1] for number in ASKED}
        envelopes.confirm(director, session, proposal, typed, site=site, now=now)
    first, last = (date(month.year, month.number, day) for day in IN_MONTH)
    began, ends = (today(now) + timedelta(days=days) for days in (-BEGAN, ENDS))
    children = _largest_class()
    drafts = [_draft(child, first, last, released_on=last) for child in children]
    if began > last:
        drafts += [_draft(child, began, ends) for child in children]
    enter(director, session, drafts, site=site, now=now)


def _largest_class() -> list[Enrolment]:
    by_class: dict[int, list[Enrolment]] = {}
    for child in enrolled_in(OWN.code):
        if FIRST_CLASS <= child.class_code <= LAST_CLASS:
            by_class.setdefault(child.class_code, []).append(child)
    return max(by_class.values(), key=len)


def _draft(child: Enrolment, first: date, last: date, *, released_on: date | None = None) -> Draft:
    return Draft(
        person=PersonKind.CHILD,
        first_name=child.given,
        middle_name=child.middle,
        last_name=child.family,
        id_type=child.id_type,
        id_number=child.id_number,
        class_name=class_label(child.class_code),
        class_code=child.class_code,
        basis=Basis.CONTACT,
        prescription=f"РЗИ-{first:%d%m}",
        placed_on=first,
        planned_until=last,
        released_on=released_on,
    )
