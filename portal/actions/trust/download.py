"""Downloading one list from one address that the operator wrote down, and from nowhere else.

Redirects are not followed: their target is chosen by whoever replied, not by the operator.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from portal.crypto.qualified.trust import LARGEST

USER_AGENT = "confirmation-portal (CRL)"
CHUNK = 64 * 1024
LOOK_UP = 0.1  # seconds between two looks whether to go on
LONGEST_SHOWN = 300  # characters of an address that a stranger sends


@dataclass(frozen=True)
class Bounds:
    """How long a server may be silent, how long it may take in all (seconds), and how much it may send."""

    silence: float = 20
    in_all: float = 120
    most_bytes: int = LARGEST


BOUNDS = Bounds()


class NotFetched(Exception):
    """Nothing usable came. ``code`` is for scripts; the sentence is for the operator."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Stopped(Exception):
    """Somebody ended the work before the response came."""


def download(url: str, bounds: Bounds, go_on: Callable[[], bool]) -> bytes:
    """What the address sends; NotFetched, or Stopped once ``go_on`` says no.

    In a thread: a server that sends a byte now and then would hold up everything else for as long as it
    likes. One that is given up is left alone and ends by itself.
    """
    asking = _Asking(url, bounds)
    asking.start()
    until = time.monotonic() + bounds.in_all
    while asking.is_alive():
        asking.join(LOOK_UP)
        if not go_on():
            asking.is_given_up = True
            raise Stopped
        if time.monotonic() > until:
            asking.is_given_up = True
            raise NotFetched("slow", "отговаря твърде бавно.")
    if asking.error is not None:
        raise asking.error
    return asking.content


class _Asking(threading.Thread):
    def __init__(self, url: str, bounds: Bounds) -> None:
        super().__init__(name="crl", daemon=True)
        self._url = url
        self._bounds = bounds
        self.is_given_up = False
        self.content = b""
        self.error: NotFetched | None = None

    def run(self) -> None:
        try:
            request = Request(self._url, headers={"User-Agent": USER_AGENT})  # noqa: S310 (http, https: _opener)
            with _opener().open(request, timeout=self._bounds.silence) as response:
                self.content = self._read(response)
        except NotFetched as error:
            self.error = error
        except HTTPError as error:
            self.error = _refused(self._url, error)
            error.close()
        except Exception as error:  # what a thread does not catch is printed, with the values in it
            self.error = _silent(error)

    def _read(self, response: HTTPResponse) -> bytes:
        if response.status != 200:
            raise NotFetched("status", f"отговори с код {response.status} вместо със списък.")
        most = self._bounds.most_bytes
        if (response.length or 0) > most:  # what it says that it will send
            raise _too_large(most)
        parts, size = [], 0
        while not self.is_given_up and (chunk := response.read1(CHUNK)):
            parts.append(chunk)
            size += len(chunk)
            if size > most:
                raise _too_large(most)
        return b"".join(parts)


def _opener() -> OpenerDirector:
    """http and https, by the proxies of the environment: no files, no redirects, no passwords."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
        UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _too_large(most: int) -> NotFetched:
    return NotFetched("too_large", f"изпраща повече от {most} байта; никой списък не е толкова голям.")


def _refused(url: str, error: HTTPError) -> NotFetched:
    target = error.headers.get("Location") if 300 <= error.code < 400 else None
    if target is None:
        return NotFetched("status", f"отговори с грешка {error.code}. Проверете адреса.")
    return NotFetched(
        "redirect",
        f"пренасочва към {_where(url, target)} – порталът не отива там сам. "
        "Ако адресът е верен, запишете него.",
    )


def _where(url: str, target: str) -> str:
    """A whole address that can be printed, of what a stranger sent."""
    with suppress(ValueError):
        target = urljoin(url, target)
    return "".join(letter for letter in target if letter.isprintable())[:LONGEST_SHOWN]


def _silent(error: Exception) -> NotFetched:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return NotFetched("no_answer", "не отговаря навреме.")
    return NotFetched("no_answer", f"не отговаря ({type(cause).__name__}).")
