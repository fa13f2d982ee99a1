"""A letter as it travels: plain text, the same as light HTML beside it, and a date for the calendar if it has
one."""

import html
import re
import unicodedata
from datetime import datetime
from email.header import Header
from email.message import Message as Part
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, make_msgid

from portal.domain.letters.fate import Verdict
from portal.mail.errors import MailError
from portal.mail.messages import Message

SENDER_NAME = "Потвърждения към АСП"
CALENDAR_NAME = "srok.ics"
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*", re.ASCII)
_LINK = re.compile(r"https?://\S+")
_PAGE = (
    '<!doctype html>\n<html lang="bg">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
    '<body style="margin:0;padding:16px;font:16px/1.5 Arial,sans-serif;color:#1a1a1a">\n'
    '<div style="max-width:640px;overflow-wrap:anywhere">\n{content}\n</div>\n</body>\n</html>\n'
)
_PARAGRAPH = '<p style="margin:0 0 16px">{}</p>'
_ADDRESS = '<a href="{0}" style="color:#143d5c;word-break:break-all">{0}</a>'


def composed(sender: str, message: Message, *, at: datetime, message_id: str | None = None) -> Part:
    """The whole letter; MailError if an address or the subject could smuggle a header in.

    Made with ``Header``: ``EmailMessage`` of Python 3.11 loses spaces where it folds a long Cyrillic subject
    (python/cpython#92081).
    """
    writer, reader = plain_address(sender), plain_address(message.to)
    if has_control(message.subject) or has_control(message_id or ""):
        raise MailError("Темата на писмото съдържа недопустими знаци.", temporary=False)
    letter = _with_calendar(message)
    letter["From"] = formataddr((SENDER_NAME, writer))
    letter["To"] = reader
    letter["Subject"] = Header(message.subject, "utf-8", header_name="Subject").encode()
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = message_id or make_msgid(domain=domain_of(writer))
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no replies from people on holiday
    return letter


def as_html(message: Message) -> str:
    """The same words: nothing is said in one of the two alone. What is drawn is in the elements themselves,
    as mail programs keep no style sheet; nothing is fetched."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in message.body.strip().split("\n\n")]
    content = "\n".join(_PARAGRAPH.format(_with_links(paragraph)) for paragraph in paragraphs)
    return _PAGE.format(title=html.escape(message.subject), content=content)


def _with_links(paragraph: str) -> str:
    parts, last = [], 0
    for found in _LINK.finditer(paragraph):
        parts += [_escaped(paragraph[last : found.start()]), _ADDRESS.format(html.escape(found[0]))]
        last = found.end()
    return "".join([*parts, _escaped(paragraph[last:])])


def _escaped(text: str) -> str:
    """A year stays with its „г.“ on one line here too, however narrow it is."""
    return html.escape(text).replace(" г.", "&nbsp;г.")


def _with_calendar(message: Message) -> Part:
    """The date is a file of its own: beside the texts, some programs would show it in their place."""
    both = MIMEMultipart("alternative", None, [_text(message.body, "plain"), _text(as_html(message), "html")])
    if not message.calendar:
        return both
    date = MIMEText(message.calendar, "calendar", "utf-8")
    date.set_param("method", message.calendar_method)
    date.set_param("name", CALENDAR_NAME)
    date.add_header("Content-Disposition", "attachment", filename=CALENDAR_NAME)
    return MIMEMultipart("mixed", None, [both, date])


def _text(text: str, kind: str) -> MIMEText:
    return MIMEText("\r\n".join(text.splitlines()) + "\r\n", kind, "utf-8")  # RFC 2045, 6.8: before base64


def plain_address(text: str) -> str:
    """One plain address, its domain in ASCII; never two, never with anything around it."""
    local, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not (_LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        sentence = "Адресът не е адрес на електронна поща."
        raise MailError(sentence, temporary=False, verdict=Verdict.UNKNOWN_ADDRESS)
    return f"{local}@{domain}"


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def has_control(text: str) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text)
