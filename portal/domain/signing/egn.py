"""The ЕГН, or a foreigner's ЛНЧ, that ties a КЕП to its owner: who is asked for it, and what is valid."""

import re
from collections.abc import Set
from enum import Enum

from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal
from portal.domain.identifiers import IdType, is_valid, looks_like
from portal.domain.people import Role
from portal.domain.signing.qualified import PASSWORD, QUALIFIED

EGN_TRIES = 5  # of the operator, at one request: our decision

# As certificates write a ЛНЧ: one valid ЕГН in ten holds as ЛНЧ too, and is another person's then.
LNCH_PREFIX = "PI:BG-"

_TEN_DIGITS = re.compile(r"[0-9]{10}", re.ASCII)


class EgnNeed(Enum):
    """Whether somebody who opens an account is asked for the ЕГН by which a КЕП is recognised."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


def egn_need(role: Role, kinds: Set[str], *, may_sign: bool) -> EgnNeed:
    """Only where signatures by КЕП count (``kinds``), and only of those who may come to sign; who could not
    sign otherwise must give it."""
    if QUALIFIED not in kinds or role not in (Role.DIRECTOR, Role.DELEGATE):
        return EgnNeed.NONE
    return EgnNeed.REQUIRED if may_sign and PASSWORD not in kinds else EgnNeed.OPTIONAL


def check_egn(text: str, kind: IdType = IdType.EGN, *, field: str = "egn") -> str:
    """The number as accounts know it: ten digits, and before those of a ЛНЧ its ``PI:BG-``. Refusal unless
    they can be one of this kind. Spaces around them do not count."""
    number, what = clean_note(text), kind.label
    if not number:
        raise Refusal(f"Напишете {what}: десет цифри.", field=field)
    if _TEN_DIGITS.fullmatch(number) is None:
        raise Refusal(f"{what} има точно десет цифри, без други знаци между тях. Проверете го.", field=field)
    if not is_valid(kind, number):
        raise Refusal(_unlike(number, kind), field=field)
    return LNCH_PREFIX + number if kind is IdType.LNCH else number


def check_needed_egn(text: str, need: EgnNeed, kind: IdType = IdType.EGN) -> str:
    """The number, or nothing where nothing is asked or has to be given."""
    if need is EgnNeed.NONE or (need is EgnNeed.OPTIONAL and not clean_note(text)):
        return ""
    return check_egn(text, kind)


def _unlike(number: str, kind: IdType) -> str:
    other = looks_like(number, kind)
    if other is None:
        return f"Няма такова {kind.label}: някоя от цифрите е сгрешена. Проверете го."
    mark = "отбележете го" if other is IdType.LNCH else "махнете отметката за ЛНЧ"
    return f"Няма такова {kind.label}. Прилича на {other.label}: {mark} или проверете цифрите."
