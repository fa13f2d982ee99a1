"""Letters in an office's own words: to those who have not read a circular, and to the institutions that РУО
was shown. Written when they are sent, to whoever still is one of them."""

import json
from typing import Any

from portal.actions.letters.matter import Matter, NoLonger
from portal.actions.site import Site
from portal.domain.notices.rules import NoticeState
from portal.domain.oversight.writing import Words
from portal.mail.messages import Message
from portal.mail.notice_messages import notice_for_nobody, notice_unread
from portal.mail.office_messages import Writer, office_letter
from portal.storage.letters.office import is_still_shown
from portal.storage.letters.office import office_letter as stored_letter
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


def write_office_letter(matter: Matter) -> Message:
    letter = stored_letter(matter.facts["letter"])
    if not is_still_shown(letter, json.loads(letter.shown), matter.institution.code, now=matter.now):
        raise NoLonger("институцията вече не е сред показаните, на които е писано")
    writer = Writer(letter.by.name, letter.by.email, matter.facts["office"])
    words, is_directed = Words(letter.subject, letter.text), matter.user is not None
    return message_to_shown(matter.to, words, writer, is_directed=is_directed, site=matter.site)


def message_to_shown(to: str, words: Words, writer: Writer, *, is_directed: bool, site: Site) -> Message:
    return office_letter(to, words, writer, link=site.address("/"), is_directed=is_directed)


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
