"""Sending letters to a mail server, one after another over one connection."""

import contextlib
import ipaddress
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message as Part
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from portal.domain.letters.fate import Reply, Verdict
from portal.mail.composing import composed, domain_of, has_control, plain_address
from portal.mail.errors import MailError
from portal.mail.messages import Message

TIMEOUT_SECONDS = 20  # for each reply of the server
HUNG_UP = 421  # service not available, closing the channel (RFC 5321, 4.2.3)
FORM = "must be smtp://user:password@host:port or smtps://…, with %-signs for special letters"
_OPTIONS = {"starttls": {"required", "off"}}


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
        if not (user + password).isascii() or has_control(user + password):
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
        self._connection: _Plain | _Secured | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, message: Message, *, at: datetime | None = None, message_id: str | None = None) -> Reply:
        """Hand the letter to the server, or raise MailError. What the server said when it took the letter
        over.

        A letter that is tried again should keep its ``message_id``, so that a double one can be told.
        """
        letter = composed(self._sender, message, at=at or datetime.now(UTC), message_id=message_id)
        is_used = self._connection is not None
        try:
            try:
                return self._hand_over(letter, message.to)
            except smtplib.SMTPException as error:
                if not (is_used and _has_hung_up(error)):
                    raise
                self._close()  # so many letters, or so much time, and servers hang up: this one begins anew
                return self._hand_over(letter, message.to)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, text),) = error.recipients.values()
            raise _refused(Reply.read(code, text), about_reader=True) from None
        except smtplib.SMTPDataError as error:
            raise _refused(Reply.read(error.smtp_code, error.smtp_error), about_reader=False) from None
        except smtplib.SMTPResponseException as error:
            # About us (greeting, login, sender), not about this letter: it waits until that is set right.
            self._close()
            sentence = f"Пощенският сървър не приема портала ({error.smtp_code})."
            reply = Reply.read(error.smtp_code, error.smtp_error)
            raise MailError(sentence, temporary=True, reply=reply, verdict=Verdict.DEFERRED) from None
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            sentence = f"Няма връзка с пощенския сървър ({type(error).__name__})."
            raise MailError(sentence, temporary=True, verdict=Verdict.DEFERRED) from None
        except MailError:  # of the connection
            self._close()
            raise

    def _hand_over(self, letter: Part, to: str) -> Reply:
        if self._connection is None:
            self._connection = _connected(self._server, domain_of(plain_address(self._sender)))
            _secured(self._connection, self._server)
        self._connection.send_message(letter, plain_address(self._sender), [plain_address(to)])
        return self._connection.said

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


class _Kept:
    """smtplib forgets what the server said when it took a letter over."""

    said: Reply

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, text = super().data(msg)  # type: ignore[misc]
        self.said = Reply.read(code, text)
        return code, text


class _Plain(_Kept, smtplib.SMTP):
    pass


class _Secured(_Kept, smtplib.SMTP_SSL):
    pass


def _connected(server: Server, our_name: str) -> "_Plain | _Secured":
    """``our_name`` is how we greet: asking the resolver for our own name can take half a minute."""
    if server.implicit_tls:
        return _Secured(
            server.host,
            server.port,
            local_hostname=our_name,
            timeout=TIMEOUT_SECONDS,
            context=ssl.create_default_context(),
        )
    return _Plain(server.host, server.port, local_hostname=our_name, timeout=TIMEOUT_SECONDS)


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


def _refused(reply: Reply, *, about_reader: bool) -> MailError:
    verdict = reply.verdict(about_reader=about_reader)
    return MailError(
        f"Пощенският сървър отказа писмото ({reply.code}).",
        temporary=verdict not in (Verdict.REFUSED, Verdict.UNKNOWN_ADDRESS),
        reply=reply,
        verdict=verdict,
    )
