"""portal.mail.composing: plain text, the same as HTML, and a date."""

import email
from dataclasses import replace
from datetime import UTC, date, datetime
from email import policy

import lxml.html
import pytest

from portal.mail.calendar_file import Deadline
from portal.mail.composing import as_html, composed
from portal.mail.messages import Message
from portal.mail.messages import composed as written

AT = datetime(2021, 1, 28, 7, 30, tzinfo=UTC)
LINK = "https://portal.example.bg/confirmations/2020-12?a=1&b=2"
LONG = "Ред <b>не</b> е „удебелен“ & дълъг. " * 5
LETTER = written("ana@school.example.bg", "Тема", LONG, "Отворете:", LINK)


def travelled(letter: Message):
    raw = composed("portal@portal.example.bg", letter, at=AT).as_bytes()
    return email.message_from_bytes(raw, policy=policy.default)


def test_plain_text_comes_first_and_html_beside_it():
    letter = travelled(LETTER)

    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert letter.get_body(("plain",)).get_content() == LETTER.body.replace("\n", "\r\n")


def test_the_html_says_the_same_words():
    shown = lxml.html.fromstring(as_html(LETTER)).find("body").text_content()

    assert shown.split() == LETTER.body.split()


def test_on_a_telephone_a_digest_breaks_and_a_year_keeps_its_letter():
    page = as_html(replace(LETTER, body="За декември 2020 г. отпечатъкът е " + "ab12" * 16 + ".\n"))
    assert "2020&nbsp;г. отпечатъкът" in page
    assert "overflow-wrap:anywhere" in page


def test_a_link_is_one_and_nothing_else_is():
    page = lxml.html.fromstring(as_html(LETTER))

    assert [(link.get("href"), link.text) for link in page.iter("a")] == [(LINK, LINK)]
    assert list(page.iter("b")) == []


def test_the_html_fetches_nothing_and_runs_nothing():
    page = lxml.html.fromstring(as_html(LETTER))

    assert {element.tag for element in page.iter()} <= {
        *("html", "head", "meta", "title", "body", "div", "p", "a"),
    }
    assert not any(set(element.attrib) & {"src", "background", "onclick"} for element in page.iter())


@pytest.mark.parametrize(("is_cancelled", "method"), [(False, "PUBLISH"), (True, "CANCEL")])
def test_a_date_travels_as_a_file_beside_both(is_cancelled, method):
    deadline = Deadline("1@p.bg", 0, date(2021, 2, 1), "Срок", "Текст", LINK, is_cancelled)
    text = deadline.as_text(at=AT)
    letter = travelled(Message(LETTER.to, LETTER.subject, LETTER.body, text, deadline.method))

    assert letter.get_content_type() == "multipart/mixed"
    both, calendar = letter.iter_parts()
    assert both.get_content_type() == "multipart/alternative"
    assert calendar.get_content_type() == "text/calendar"
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": method, "name": "srok.ics"}
    assert calendar.get_filename() == "srok.ics"
    assert calendar.get_payload(decode=True).decode() == text
