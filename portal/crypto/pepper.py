"""The pepper: 32 bytes in a file outside the database and its backups, and the keys derived from it."""

import os
import re
import stat
from pathlib import Path

from portal.crypto.errors import PepperError
from portal.crypto.files import write_once
from portal.crypto.primitives import derived, joined, keyed

PEPPER_BYTES = 32
_NUMBER = re.compile(r"(PI:BG-)?[0-9]{10}", re.ASCII)  # ЕГН; ЛНЧ as certificates write it


def make_pepper(path: Path) -> None:
    """Write a new pepper. A file that is there stays: all passwords need it."""
    try:
        write_once(path, os.urandom(PEPPER_BYTES))
    except FileExistsError:
        raise PepperError(f"{path} is there already. A new pepper would make all passwords wrong.") from None
    except OSError as error:
        raise PepperError(f"{path} cannot be written: {error.strerror}.") from error


def load_pepper(path: Path) -> bytes:
    """The pepper; PepperError unless the file is exactly one and only its owner can read it."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise PepperError(
            f"{path} cannot be read: {error.strerror}. Make it with: portal pepper FILE."
        ) from error
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size != PEPPER_BYTES:
            raise PepperError(f"{path} is no pepper: it must have {PEPPER_BYTES} bytes.")
        if found.st_mode & 0o077:
            raise PepperError(f"{path} can be read by others. Run: chmod 600 {path}.")
        return os.read(file, PEPPER_BYTES)
    finally:
        os.close(file)


def outbox_key(pepper: bytes) -> bytes:
    """Seals the bodies of waiting mail: they hold addresses that open an account once."""
    return derived(pepper, "outbox")


def proposal_key(pepper: bytes) -> bytes:
    """Seals an envelope's code while its page is open in the director's browser, and only there."""
    return derived(pepper, "envelope proposal")


def throttle_key(pepper: bytes) -> bytes:
    """For ``keyed_hash`` of the e-mail and network addresses that a login was tried from."""
    return derived(pepper, "throttle")


def purge_key(pepper: bytes) -> bytes:
    """For ``keyed_hash`` of what retention erased: after that, nothing else is left to check."""
    return derived(pepper, "purge")


def row_mark(pepper: bytes, purpose: str, *facts: str) -> bytes:
    """Binds what a row says that opens something, an account's or a login's: only who has the pepper can
    make it. ``purpose`` keeps the mark of one kind of row off another's."""
    parts = (fact.encode("utf-8", "surrogatepass") for fact in facts)
    return keyed(derived(pepper, purpose), joined(*parts))


def evidence_mark(pepper: bytes, *facts: bytes) -> bytes:
    """Binds what a qualified signature was taken on: only who has the pepper can make it."""
    return keyed(derived(pepper, "evidence"), joined(*facts))


def document_mark(pepper: bytes, declaration: str, content: bytes) -> bytes:
    """Binds a printed form to the declaration (SHA-256, hexadecimal) that it was drawn from."""
    return keyed(derived(pepper, "document"), joined(declaration.encode(), content))


def pending_mark(pepper: bytes, *facts: bytes) -> bytes:
    """Binds a signature that waits: what it is, whose, on what, and when it came."""
    return keyed(derived(pepper, "pending"), joined(*facts))


def sheet_mark(pepper: bytes, *facts: str) -> bytes:
    """Binds a row of a sheet that goes out to its list and record: only who has the pepper can make one."""
    return keyed(derived(pepper, "sheet"), joined(*(fact.encode() for fact in facts)))


def sheet_key(pepper: bytes) -> bytes:
    """Seals what was read of a sheet while its page can be looked at, and only there."""
    return derived(pepper, "sheet examined")


def keyed_hash(key: bytes, text: str) -> bytes:
    """A name for ``text`` that tells nothing to who has no key: the few possible texts cannot be tried."""
    return keyed(key, text.encode("utf-8", "surrogatepass"))


def egn_hash(pepper: bytes, person: str, egn: str) -> bytes:
    """What the account ``person`` keeps of its ЕГН, to recognise it in a certificate: copied to another
    account it is nobody's. ``egn`` is ten ASCII digits, or a ЛНЧ after ``PI:BG-``; ValueError for else."""
    return _egn_mark(pepper, "egn", person, egn)


def asked_egn_hash(pepper: bytes, person: str, egn: str) -> bytes:
    """What is kept of an ЕГН that was only asked for: in the account's own place it is nobody's either."""
    return _egn_mark(pepper, "asked egn", person, egn)


def _egn_mark(pepper: bytes, purpose: str, person: str, egn: str) -> bytes:
    if _NUMBER.fullmatch(egn) is None:
        raise ValueError("an ЕГН has ten digits, and a ЛНЧ its prefix before them")
    return keyed(derived(pepper, purpose), joined(person.encode(), egn.encode()))
