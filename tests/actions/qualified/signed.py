"""What tests of qualified signatures stand on: a trust folder, cards of the cast, files signed with them."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from portal.actions.people.egn import set_at_activation
from portal.actions.qualified.documents import pdf_of
from portal.actions.qualified.taking import take
from portal.actions.signing.declarations import declaration_of
from portal.actions.site import Site
from portal.crypto.qualified.trust import Trust, read_trust
from portal.domain.people import Person
from portal.domain.signing.qualified import KINDS
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from tests.cast import MONTH, NOW, SITE
from tests.crypto.qualified import signed_files
from tests.crypto.qualified.authority import Authority, Card

BOTH = frozenset(KINDS)
# Invented, with good check digits.
NUMBERS = {"ana": "6101052430", "boris": "7503136060", "dora": "8507245570", "vyara": "7112191337"}
NAMES = {"ana": "Ана Янева", "boris": "Борис Тодоров", "dora": "Дора Илиева", "vyara": "Вяра Колева"}


@cache
def authority() -> Authority:
    """One for a process: making keys takes a while."""
    return Authority(NOW)


def card(who: str = "ana", *, elliptic: bool = False) -> Card:
    return _card(who, elliptic)


@cache
def _card(who: str, elliptic: bool) -> Card:
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else None
    return authority().person(NUMBERS[who], NAMES[who], key=key)


def give_egn(person: Person, who: str = "ana") -> None:
    """As the account would have kept it at activation."""
    with writing():
        set_at_activation(User.get_by_id(person.user_id), NUMBERS[who], site=SITE, now=NOW)


def trust(folder: Path, *crls: bytes, fresh: bool = True) -> Trust:
    return read_trust(authority().write(folder, *crls, fresh=fresh))


def declared(person, *, now: datetime = NOW) -> bytes:
    """What the person has to sign, as ``declaration.json`` gives it."""
    return bytes(declaration_of(person, MONTH, now=now).content)


def p7s(person, who: str = "ana", *, now: datetime = NOW) -> bytes:
    """The data signed with the card of ``who``, quickly: openssl has its own tests."""
    return signed_files.by_hand(declared(person, now=now), card(who))


def signed_pdf(person, who: str = "ana", *, now: datetime = NOW, **more) -> bytes:
    document = pdf_of(person, MONTH, site=SITE, now=now)[1]
    return signed_files.pdf(document, card(who), authority(), **more)


def believing(among: Trust, kinds: Set[str] = BOTH) -> Site:
    """The place where qualified signatures are checked against ``among``."""
    return replace(SITE, signature_kinds=kinds, trust=lambda: among)


def take_as(person, raw: bytes, folder_trust: Trust, *, now: datetime = NOW, kinds=BOTH, **more):
    return take(person, MONTH, raw, site=believing(folder_trust, kinds), now=now, **more)
