"""crls.txt: the addresses, one a line, from which the operator wants lists of revoked certificates."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from portal.crypto.qualified.trust import CRLS

FILE = "crls.txt"
MOST_BYTES = 256 * 1024
LONGEST = 2000  # characters of an address
LONGEST_NAME = 80
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """One address, and the line where it stands."""

    line: int
    url: str

    @property
    def shown(self) -> str:
        """Without its query: that is nobody's business in a log."""
        return self.url.partition("?")[0]

    def file_in(self, folder: Path) -> Path:
        """Where its list is kept: always the same for an address, and always in ``folder/crls``."""
        readable = re.sub(r"[^a-z0-9.]+", "-", self.shown.partition("://")[2].lower()).strip("-.")
        digest = hashlib.sha256(self.url.encode()).hexdigest()[:12]
        return folder / CRLS / f"{readable[:LONGEST_NAME]}-{digest}.crl"


@dataclass(frozen=True)
class WrongLine:
    """A line that is no address; 0 is the file itself. The sentence does not repeat it: a password may
    stand in it."""

    line: int
    sentence: str


@dataclass(frozen=True)
class Addresses:
    """What is in the file."""

    listed: tuple[Address, ...] = ()
    wrong: tuple[WrongLine, ...] = ()


def read_addresses(folder: Path) -> Addresses:
    """The addresses in their order, each once. A missing file has none."""
    try:
        with (folder / FILE).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Addresses()
    except OSError as error:
        return Addresses(wrong=(WrongLine(0, f"Файлът {FILE} не може да се прочете ({error.strerror})."),))
    if len(content) > MOST_BYTES:
        return Addresses(wrong=(WrongLine(0, f"Файлът {FILE} е твърде голям: в него стоят само адреси."),))
    return _parsed(content.decode("utf-8-sig", "replace"))


def _parsed(text: str) -> Addresses:
    listed: dict[str, Address] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), 1):
        url = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()
        fault = _fault(url) if url else ""
        if fault:
            wrong.append(WrongLine(number, f"На ред {number} {fault}"))
        elif url:
            listed.setdefault(url, Address(number, url))
    return Addresses(tuple(listed.values()), tuple(wrong))


def _fault(url: str) -> str:
    """Why this is no address to fetch from; empty if it is one."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\^`{|}'):
        return "адресът съдържа знаци, които не стоят в адрес. Препишете го от страницата на издателя."
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError if it is none
    except ValueError:
        return "няма адрес, какъвто се очаква: http://crl.example.bg/list.crl."
    if parts.scheme not in ("http", "https"):
        return "адресът трябва да започва с http:// или https://."
    if parts.username is not None or parts.password is not None:
        return "в адреса не може да има име и парола."
    if not parts.hostname or _HOST.fullmatch(parts.hostname) is None or parts.port == 0:
        return "няма адрес, какъвто се очаква: http://crl.example.bg/list.crl."
    if "#" in url:
        return "в адреса не може да има #."
    return ""
