"""Notes on the authorities whose time stamps are believed: what they lack costs a stamp, and no signature."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cryptography import x509

from portal.actions.trust.addresses import FILE
from portal.actions.trust.notes import Note, fingerprint, of_certificate, of_path
from portal.crypto.qualified.identity import common_name
from portal.crypto.qualified.trust import STAMPERS, Trust


def of_stamper(stamper: x509.Certificate, trust: Trust, *, now: datetime) -> Iterator[Note]:
    """A signature counts without its stamp too, so that nothing here keeps it waiting: one that was taken
    back by its root, or is too weak, has to go; the rest are warnings."""
    thing, name = f"stamper:{fingerprint(stamper)}", common_name(stamper.subject)
    for note in (
        *of_certificate(stamper, thing, now=now),
        *of_path(stamper, trust, thing, STAMPERS, now=now),
    ):
        yield note if note.code in ("revoked", "weak_digest", "weak_key") else replace(note, is_warning=True)
    if stamper.not_valid_after_utc >= now and not _has_list_in_force(stamper, trust, now=now):
        yield Note(
            "no_stampers_list",
            thing,
            f"От „{name}“ няма актуален списък на прекратените сертификати: времевите печати от него не се "
            f"използват. Запишете адреса му в {FILE} и изпълнете portal trust fetch.",
            is_warning=True,
        )


def _has_list_in_force(stamper: x509.Certificate, trust: Trust, *, now: datetime) -> bool:
    return any(crl.is_understood and trust.is_in_force(crl, now=now) for crl in trust.crls_of(stamper))
