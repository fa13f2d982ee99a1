"""Notes on the roots and issuers in the trust folder, and on their lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from portal.actions.trust.addresses import FILE
from portal.crypto.qualified.certificates import UNREADABLE, WEAK_DIGESTS
from portal.crypto.qualified.cms import check_key
from portal.crypto.qualified.crls import SKEW, Crl
from portal.crypto.qualified.faults import Fault
from portal.crypto.qualified.identity import common_name
from portal.crypto.qualified.purpose import issues_others
from portal.crypto.qualified.revocation import ON_HOLD, REVOKED, status_of
from portal.crypto.qualified.trust import ISSUERS, ROOTS, STAMPERS, Trust
from portal.domain.times import stamp

EXPIRES_SOON = timedelta(days=60)  # our decision: an authority announces its next certificate long before
QUALIFIED_NAMES = ("qualified", "квалифициран", "кеп")  # in the names of those that issue nothing else
# Parts of an authority's certificates in which no person's is.
NOT_OF_PEOPLE = {
    "only_contains_ca_certs",
    "only_contains_attribute_certs",
    "indirect_crl",
    "only_some_reasons",
    "relative_name",
}


@dataclass(frozen=True)
class Note:
    """Something to be known. ``code`` is for scripts, ``thing`` names what it is about, the sentence says
    what to do; a warning can wait."""

    code: str
    thing: str
    sentence: str
    is_warning: bool = False


def of_whole(trust: Trust) -> Iterator[Note]:
    if not trust.roots:
        yield Note(
            "no_roots",
            ROOTS,
            "В roots/ няма корен: запишете там кореновите сертификати на издателите (.pem).",
        )
    if not trust.issuers:
        yield Note(
            "no_issuers",
            ISSUERS,
            "В issuers/ няма издател: запишете там сертификатите, с които се издават приеманите КЕП (.pem).",
        )


def of_root(root: x509.Certificate, trust: Trust, *, now: datetime) -> Iterator[Note]:
    """A root's signature on itself proves nothing, so its digest does not matter. Its lists, about issuers,
    are welcome and not demanded."""
    yield from of_certificate(root, f"root:{fingerprint(root)}", now=now)
    if root in trust.issuers:
        return
    for crl in _newest_of_each_part(trust.crls_of(root)):
        if not crl.is_fresh(now):
            yield Note(
                "stale_root_list",
                f"root:{fingerprint(root)}",
                f"Списъкът на корена „{common_name(root.subject)}“ за прекратени издатели не е актуален"
                f"{_until(crl)}. Вземете новия.",
                is_warning=True,
            )


def of_issuer(issuer: x509.Certificate, trust: Trust, *, now: datetime) -> Iterator[Note]:
    thing, name = f"issuer:{fingerprint(issuer)}", common_name(issuer.subject)
    yield from of_certificate(issuer, thing, now=now)
    yield from of_path(issuer, trust, thing, ISSUERS, now=now)
    yield from _of_purpose(issuer, thing, name)
    if issuer.not_valid_after_utc >= now:
        yield from _of_lists(trust, issuer, thing, name, now=now)


def of_certificate(authority: x509.Certificate, thing: str, *, now: datetime) -> Iterator[Note]:
    name, until = common_name(authority.subject), stamp(authority.not_valid_after_utc)
    if authority.not_valid_after_utc < now:
        yield Note(
            "expired", thing, f"Сертификатът на „{name}“ е изтекъл на {until} Сменете файла му с новия."
        )
    elif authority.not_valid_after_utc < now + EXPIRES_SOON:
        sentence = f"Сертификатът на „{name}“ изтича на {until} Вземете навреме новия от издателя."
        yield Note("expires_soon", thing, sentence, is_warning=True)
    if authority.not_valid_before_utc > now:
        yield Note(
            "not_yet_valid",
            thing,
            f"Сертификатът на „{name}“ важи едва от {stamp(authority.not_valid_before_utc)} "
            "Проверете часовника на сървъра; ако е верен, дотогава оставете и досегашния сертификат.",
        )
    try:
        check_key(authority)
    except Fault:
        yield Note(
            "weak_key",
            thing,
            f"Ключът на „{name}“ не е надежден (трябва RSA 2048, P-256 или по-дълъг). Махнете файла му.",
        )


def of_path(
    issuer: x509.Certificate, trust: Trust, thing: str, folder: str, *, now: datetime
) -> Iterator[Note]:
    """Who stands above an issuer, or a stampers' authority, and whether the one above took it back."""
    name = common_name(issuer.subject)
    if _is_signed_weakly(issuer) and issuer not in trust.roots:
        yield Note(
            "weak_digest",
            thing,
            f"Сертификатът на „{name}“ е подписан със SHA-1 или по-слаб алгоритъм и може да е подправен. "
            "Махнете файла му и вземете от издателя по-нов.",
        )
    path = trust.stamping_path_of(issuer) if folder == STAMPERS else trust.path_of(issuer)
    above = trust.root_of(issuer) or (path[0] if path else None)
    if above is None:
        yield Note(
            "no_root",
            thing,
            f"От „{name}“ не се стига до корен: запишете в roots/ сертификата на "
            f"„{common_name(issuer.issuer)}“ или махнете издателя от {folder}/.",
        )
    if above is None or above == issuer:
        return
    status = status_of(issuer, above, trust, (), moment=now, now=now)
    if status.fault in (REVOKED, ON_HOLD):
        what = "е прекратен" if status.fault == REVOKED else "е временно спрян"
        yield Note(
            "revoked" if status.fault == REVOKED else "on_hold",
            thing,
            f"Издателят „{name}“ {what} според списъка на „{common_name(above.subject)}“ от "
            f"{stamp(status.since)} Махнете файла му от {folder}/ и се обадете на издателя.",
        )


def _of_purpose(issuer: x509.Certificate, thing: str, name: str) -> Iterator[Note]:
    """The portal takes none but qualified certificates for signatures, whoever issued them."""
    if issues_others(issuer):
        yield Note(
            "issues_others",
            thing,
            f"„{name}“ издава и сертификати, които не са за КЕП: така пише в неговия. Порталът не приема "
            "подписи с тях. Ако този издател не издава КЕП, махнете файла му от issuers/.",
            is_warning=True,
        )
    elif not any(word in name.casefold() for word in QUALIFIED_NAMES):
        yield Note(
            "maybe_not_qualified",
            thing,
            f"По името на „{name}“ не личи, че издава КЕП. Сверете го с доверителния списък на КРС и ако не "
            "издава, махнете файла му от issuers/. Порталът не приема подписи с други сертификати.",
            is_warning=True,
        )


def has_list_in_force(issuer: x509.Certificate, trust: Trust, *, now: datetime) -> bool:
    """Whether lists say now of each of the issuer's people whether they are revoked, so that nobody waits."""
    newest = _newest(issuer, trust)
    young = [crl for crl in newest if trust.is_young(crl, now=now)]
    return any(not crl.scope for crl in young) or (bool(newest) and len(young) == len(newest))


def _newest(issuer: x509.Certificate, trust: Trust) -> list[Crl]:
    """The newest list of each part of the issuer's people."""
    usable = [crl for crl in trust.crls_of(issuer) if crl.is_understood and not crl.scope & NOT_OF_PEOPLE]
    return _newest_of_each_part(usable)


def _of_lists(
    trust: Trust, issuer: x509.Certificate, thing: str, name: str, *, now: datetime
) -> Iterator[Note]:
    """Whether the newest lists say of each of the issuer's people what is so now."""
    yield from _of_unused(trust.crls_of(issuer), name)
    newest = _newest(issuer, trust)
    if not newest:
        yield Note(
            "no_list",
            thing,
            f"От „{name}“ няма списък на прекратените сертификати: подписите ще чакат. Запишете адреса му в "
            f"{FILE} и изпълнете portal trust fetch.",
        )
    elif not has_list_in_force(issuer, trust, now=now):
        for crl in newest:
            yield from _of_list(crl, trust, thing, name, now=now)


def _of_unused(crls: Iterable[Crl], name: str) -> Iterator[Note]:
    for crl in crls:
        if not crl.is_understood:
            sentence = (
                f"Списък на „{name}“ от {stamp(crl.this_update)} е само допълнение (delta) или има непознати "
                "правила и не се ползва. Нужен е пълният списък."
            )
            yield Note("unused_list", f"list:{crl.sha256}", sentence, is_warning=True)


def _of_list(crl: Crl, trust: Trust, thing: str, name: str, *, now: datetime) -> Iterator[Note]:
    """Why one list says nothing of what is so now; nothing where it does."""
    if crl.this_update > now + SKEW:
        yield Note(
            "future_list",
            thing,
            f"Списъкът на „{name}“ е издаден в бъдещето, на {stamp(crl.this_update)} "
            "Проверете часовника на сървъра.",
        )
    elif not crl.is_fresh(now):
        yield Note(
            "stale_list",
            thing,
            f"Списъкът на „{name}“ не е актуален{_until(crl)}: подписите ще чакат. Изпълнете "
            "portal trust fetch и вижте защо не идва нов.",
        )
    elif not trust.is_young(crl, now=now):
        yield Note(
            "old_list",
            thing,
            f"Списъкът на „{name}“ е от {stamp(crl.this_update)} Порталът не приема по-стар от "
            f"{in_hours(trust.greatest_age)} (PORTAL_CRL_MAX_AGE): подписите ще чакат. Изпълнете portal "
            "trust fetch и вижте защо не идва нов.",
        )


def _newest_of_each_part(crls: list[Crl]) -> list[Crl]:
    found: dict[frozenset[str], Crl] = {}
    for crl in crls:  # the newest first
        found.setdefault(crl.scope, crl)
    return list(found.values())


def _is_signed_weakly(certificate: x509.Certificate) -> bool:
    try:
        digest = certificate.signature_hash_algorithm
    except UNREADABLE:
        return True
    return digest is not None and digest.name in WEAK_DIGESTS


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def in_hours(age: timedelta | None) -> str:
    """``24 часа``"""
    hours = 0 if age is None else int(age.total_seconds() // 3600)
    return "1 час" if hours == 1 else f"{hours} часа"


def _until(crl: Crl) -> str:
    return "" if crl.next_update is None else f" (изтекъл е на {stamp(crl.next_update)})"
