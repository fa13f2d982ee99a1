"""Putting a list of revoked certificates into the trust folder: only if it can be trusted, only if it is
newer, and always as a whole file."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from portal.actions.trust.download import NotFetched
from portal.crypto.qualified.crls import SKEW, Crl, NotACrl
from portal.crypto.qualified.identity import common_name
from portal.crypto.qualified.trust import Trust
from portal.domain.times import stamp

NEW, UNCHANGED = "new", "unchanged"


def checked(content: bytes, trust: Trust, *, now: datetime) -> Crl:
    """A list of somebody whom we trust, that says what is so now; NotFetched for anything else."""
    try:
        crl = Crl.load(content)
    except NotACrl:
        raise NotFetched("not_a_crl", "изпрати нещо, което не е списък на прекратени сертификати.") from None
    if not any(crl.is_by(authority) for authority in trust.authorities):
        raise NotFetched(
            "stranger",
            f"списъкът е на „{common_name(crl.issuer)}“ и не е подписан от никого в roots/, issuers/ и "
            "stampers/.",
        )
    if not crl.is_understood:
        raise NotFetched(
            "not_understood", "списъкът е само допълнение (delta) или има непознати правила. Трябва пълният."
        )
    if crl.this_update > now + SKEW:
        raise NotFetched(
            "future",
            f"списъкът е издаден в бъдещето{dated(crl.this_update)}: проверете часовника на сървъра.",
        )
    return crl


def store(crl: Crl, file: Path, *, now: datetime) -> str:
    """Put it in the place of the older one, whole; NotFetched if the one in hand is newer."""
    try:
        file.parent.mkdir(exist_ok=True)
        with _turn(file.parent):
            before = in_hand(file)
            if before is not None and before.der == crl.der:
                return UNCHANGED
            if before is not None:
                _check_follows(crl, before, file)
            _write(crl.der, file, now=now)
    except OSError as error:
        raise NotFetched(
            "not_written", f"списъкът не може да се запише в {file.parent}: {error.strerror}."
        ) from None
    return NEW


def _check_follows(crl: Crl, before: Crl, file: Path) -> None:
    """What was shown once can be shown again by anybody between us and the authority (http)."""
    if crl.issuer != before.issuer:
        raise NotFetched(
            "other_issuer",
            f"досега там беше списъкът на „{common_name(before.issuer)}“, а сега е на "
            f"„{common_name(crl.issuer)}“. Ако така трябва, изтрийте {file}.",
        )
    if crl.this_update < before.this_update:
        raise NotFetched(
            "older",
            f"списъкът там{dated(crl.this_update)} е по-стар от нашия{dated(before.this_update)}",
        )


def _write(content: bytes, file: Path, *, now: datetime) -> None:
    """Whole or not at all, and still there after a power cut. Everybody may read it, whoever fetched it:
    a list is public."""
    descriptor, name = tempfile.mkstemp(prefix=".draft-", dir=file.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        draft.chmod(0o644)
        os.utime(draft, (now.timestamp(), now.timestamp()))  # when it came, by the portal's clock
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    with _opened(file.parent) as folder:
        os.fsync(folder)


def in_hand(file: Path) -> Crl | None:
    """The list that is there; none where it cannot be read, so that a good one takes its place."""
    try:
        return Crl.load(file.read_bytes())
    except (OSError, NotACrl):
        return None


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Alone in the folder between looking at what is there and replacing it."""
    with _opened(folder) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def dated(moment: datetime | None) -> str:
    return "" if moment is None else f" от {stamp(moment)}"
