"""The ЕГН that ties a КЕП to its owner: who is asked for one, and what is a valid one."""

import re
from collections.abc import Set
from enum import Enum

from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal
from portal.domain.identifiers import IdType, is_valid, looks_like
from portal.domain.people import Role
from portal.domain.signing.qualified import PASSWORD, QUALIFIED

EGN_TRIES = 5  # of the operator, at one request: our decision

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


def check_egn(text: str, *, field: str = "egn") -> str:
    """The ten digits; Refusal unless they can be an ЕГН. Spaces around them do not count."""
    egn = clean_note(text)
    if not egn:
        raise Refusal("Напишете ЕГН: десет цифри.", field=field)
    if _TEN_DIGITS.fullmatch(egn) is None:
        raise Refusal("ЕГН има точно десет цифри, без други знаци между тях. Проверете го.", field=field)
    if looks_like(egn, IdType.EGN) is IdType.LNCH:
        raise Refusal("Няма такова ЕГН. Прилича на ЛНЧ, а тук се пише ЕГН: проверете цифрите.", field=field)
    if not is_valid(IdType.EGN, egn):
        raise Refusal("Няма такова ЕГН: някоя от цифрите е сгрешена. Проверете го.", field=field)
    return egn


def check_needed_egn(text: str, need: EgnNeed) -> str:
    """The ten digits, or nothing where nothing is asked or has to be given."""
    if need is EgnNeed.NONE or (need is EgnNeed.OPTIONAL and not clean_note(text)):
        return ""
    return check_egn(text)
