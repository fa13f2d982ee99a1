"""The letter to those who have not read a circular: written when it is sent, to whoever has not by then."""

from typing import Any

from portal.actions.letters.matter import Matter, NoLonger
from portal.actions.site import Site
from portal.domain.notices.rules import NoticeState
from portal.mail.messages import Message
from portal.mail.notice_messages import notice_for_nobody, notice_unread
from portal.storage.notices.rounds import fate_of, has_read, round_by_id
from portal.storage.notices.tables import Notice


def write_notice_unread(matter: Matter) -> Message:
    writing = round_by_id(matter.facts["round"])
    _check_in_force(writing.notice)
    if matter.user is None:
        return message_to_nobody(writing.notice, writing.text, matter.to, site=matter.site)
    if has_read(writing.notice_id, matter.user.id):
        raise NoLonger("получателят вече се е запознал с писмото")
    return message_to_director(writing.notice, writing.text, matter.to, site=matter.site)


def message_to_director(notice: Notice, text: str, to: str, *, site: Site) -> Message:
    return notice_unread(to, **_told(notice, text, site=site))


def message_to_nobody(notice: Notice, text: str, to: str, *, site: Site) -> Message:
    return notice_for_nobody(to, **_told(notice, text, site=site))


def _check_in_force(notice: Notice) -> None:
    state = fate_of(notice)
    if state is not NoticeState.IN_FORCE:
        raise NoLonger(f"циркулярното писмо вече е {state.label}")


def _told(notice: Notice, text: str, *, site: Site) -> dict[str, Any]:
    return {
        "office": notice.office,
        "number": notice.number,
        "dated_on": notice.dated_on,
        "deadline": notice.deadline,
        "text": text,
        "link": site.address(f"/notices/{notice.id}"),
    }
