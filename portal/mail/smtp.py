"""Sending letters to a mail server, one after another over one connection."""

import contextlib
import ipaddress
import re
import smtplib
import ssl
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, make_msgid
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from portal.mail.messages import Message

TIMEOUT_SECONDS = 20  # for each reply of the server
HUNG_UP = 421  # service not available, closing the channel (RFC 5321, 4.2.3)
SENDER_NAME = "Потвърждения към АСП"
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*", re.ASCII)
FORM = "must be smtp://user:password@host:port or smtps://…, with %-signs for special letters"
_OPTIONS = {"starttls": {"required", "off"}}


class MailError(Exception):
    """The letter was not sent. ``temporary`` says whether it can go later, as it is.

    The sentence holds no address and no words of the server, which like to repeat the address.
    """

    def __init__(self, sentence: str, *, temporary: bool) -> None:
        super().__init__(sentence)
        self.temporary = temporary


@dataclass(frozen=True)
class Server:
    """A mail server as ``PORTAL_MAIL_URL`` names it:

    ``smtp://user:password@host:587/?starttls=required`` or ``smtps://host``. STARTTLS is used where
    it is offered; ``required`` sends nothing without it, ``off`` never asks for it.
    """

    host: str
    port: int
    implicit_tls: bool
    starttls: str
    user: str
    password: str = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """ValueError for anything else; it does not repeat the address, where a password may stand."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(FORM) from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if not (user + password).isascii() or _has_control(user + password):
            raise ValueError("must hold a name and a password in ASCII letters, as smtplib sends no others")
        if parts.scheme not in ("smtp", "smtps") or not host or parts.path not in ("", "/") or parts.fragment:
            raise ValueError(FORM)
        options = parse_qs(parts.query, keep_blank_values=True)
        for name, values in options.items():
            if name not in _OPTIONS or len(values) != 1 or values[0] not in _OPTIONS[name]:
                raise ValueError("the only option is starttls=required or starttls=off")
        implicit_tls = parts.scheme == "smtps"
        return cls(
            host=host,
            port=port or (465 if implicit_tls else 25),
            implicit_tls=implicit_tls,
            starttls=options.get("starttls", ["offered"])[0],
            user=user,
            password=password,
        )

    @property
    def is_local(self) -> bool:
        """Whether nothing leaves the machine on the way to it."""
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return self.host == "localhost"


class Session:
    """One connection to the mail server, made for the first letter and kept for those that follow."""

    def __init__(self, mail_url: str, sender: str) -> None:
        self._server, self._sender = Server.parse(mail_url), sender
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, message: Message, *, at: datetime | None = None, message_id: str | None = None) -> None:
        """Hand the letter to the server, or raise MailError. It returns once the server took the letter over.

        A letter that is tried again should keep its ``message_id``, so that a double one can be told.
        """
        letter = composed(self._sender, message, at=at or datetime.now(UTC), message_id=message_id)
        is_used = self._connection is not None
        try:
            try:
                self._hand_over(letter, message.to)
            except smtplib.SMTPException as error:
                if not (is_used and _has_hung_up(error)):
                    raise
                self._close()  # so many letters, or so much time, and servers hang up: this one begins anew
                self._hand_over(letter, message.to)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(*(code for code, _ in error.recipients.values())) from None
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code) from None
        except smtplib.SMTPResponseException as error:
            # About us (greeting, login, sender), not about this letter: it waits until that is set right.
            self._close()
            sentence = f"Пощенският сървър не приема портала ({error.smtp_code})."
            raise MailError(sentence, temporary=True) from None
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            sentence = f"Няма връзка с пощенския сървър ({type(error).__name__})."
            raise MailError(sentence, temporary=True) from None
        except MailError:  # of the connection
            self._close()
            raise

    def _hand_over(self, letter: MIMEText, to: str) -> None:
        if self._connection is None:
            self._connection = _connected(self._server, _domain(_address(self._sender)))
            _secured(self._connection, self._server)
        self._connection.send_message(letter, _address(self._sender), [_address(to)])

    def _close(self) -> None:
        """Say good-bye. What the server replies to that changes nothing: the letter is sent or is not."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._connection.close()
            self._connection = None


def _has_hung_up(error: smtplib.SMTPException) -> bool:
    """Whether the server ended the connection between two letters (RFC 5321, 3.8: 421, or no word at all)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == HUNG_UP for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPServerDisconnected) or (
        isinstance(error, smtplib.SMTPResponseException) and error.smtp_code == HUNG_UP
    )


def composed(sender: str, message: Message, *, at: datetime, message_id: str | None = None) -> MIMEText:
    """The letter as it travels; MailError if an address or the subject could smuggle a header in.

    Made with ``Header``: ``EmailMessage`` of Python 3.11 loses spaces where it folds a long Cyrillic subject
    (python/cpython#92081).
    """
    writer, reader = _address(sender), _address(message.to)
    if _has_control(message.subject) or _has_control(message_id or ""):
        raise MailError("Темата на писмото съдържа недопустими знаци.", temporary=False)
    body = "\r\n".join(message.body.splitlines()) + "\r\n"  # RFC 2045, 6.8: before it becomes base64
    letter = MIMEText(body, "plain", "utf-8")
    letter["From"] = formataddr((SENDER_NAME, writer))
    letter["To"] = reader
    letter["Subject"] = Header(message.subject, "utf-8", header_name="Subject").encode()
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = message_id or make_msgid(domain=_domain(writer))
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no replies from people on holiday
    return letter


def _address(text: str) -> str:
    """One plain address, its domain in ASCII; never two, never with anything around it."""
    local, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not (_LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise MailError("Адресът не е адрес на електронна поща.", temporary=False)
    return f"{local}@{domain}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _has_control(text: str) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text)


def _connected(server: Server, our_name: str) -> smtplib.SMTP:
    """``our_name`` is how we greet: asking the resolver for our own name can take half a minute."""
    if server.implicit_tls:
        return smtplib.SMTP_SSL(
            server.host,
            server.port,
            local_hostname=our_name,
            timeout=TIMEOUT_SECONDS,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(server.host, server.port, local_hostname=our_name, timeout=TIMEOUT_SECONDS)


def _secured(connection: smtplib.SMTP, server: Server) -> None:
    """TLS as the settings ask, then the login; a password never leaves the machine in clear."""
    secure = server.implicit_tls
    connection.ehlo_or_helo_if_needed()
    if not secure and server.starttls != "off" and connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
        secure = True
    if not secure and server.starttls == "required":
        raise MailError("Пощенският сървър не предлага защитена връзка.", temporary=True)
    if server.user:
        if not (secure or server.is_local):
            raise MailError("Паролата за пощата не се изпраща по незащитена връзка.", temporary=True)
        connection.login(server.user, server.password)


def _refused(*codes: int) -> MailError:
    """5xx is for good; 4xx, and a reply that is none, is for now (RFC 5321, 4.2.1)."""
    code = max(codes)
    return MailError(f"Пощенският сървър отказа писмото ({code}).", temporary=not 500 <= code <= 599)
