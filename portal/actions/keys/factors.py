"""The second factor of an account: keeping its secret, and asking for a code."""

import logging
from datetime import datetime
from enum import Enum

from portal.actions.keys.limits import of_codes
from portal.actions.keys.marks import is_marked, mark
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen, MalformedToken
from portal.crypto.second_factor import (
    is_totp,
    new_recovery_codes,
    recovery_hash,
    second_factor_key,
    step_of,
    without_blanks,
)
from portal.crypto.tokens import token_digest
from portal.crypto.vault import Vault
from portal.domain.errors import Conflict, Refusal
from portal.domain.keys.second_factor import NEEDED, TRUSTED
from portal.domain.signing.declaration import timestamp
from portal.storage.tables.db import writing
from portal.storage.tables.people import Device, User
from portal.storage.tables.second_factor import FactorRemoval, Passkey, RecoveryCode, SecondFactor
from portal.storage.tables.throttle import Counted, count_attempt

logger = logging.getLogger(__name__)

WRONG_CODE = (
    "Кодът не е верен или вече е използван. Изчакайте приложението да покаже следващия и напишете него. "
    "Ако телефонът не е у вас, напишете един от кодовете за възстановяване."
)
NO_CODE = "Напишете кода от приложението."
ALTERED = (
    "Вторият фактор на достъпа ви не е такъв, какъвто порталът го е записал: променен е направо в базата "
    "данни. Нищо не е направено. Обадете се на ЦИОО."
)


class Code(Enum):
    """Which kind of code was given."""

    TOTP = "totp"
    RECOVERY = "recovery"


def count_code(user_id: int, *, site: Site, now: datetime) -> Counted:
    """Count a try before it is made, for the account, from wherever: whoever tries knows the password.
    TooOften after too many; the right code forgives the wrong ones before it."""
    with writing():
        [counted] = count_attempt([of_codes(user_id, site=site)], now=now)
    return counted


def use_code(user: User, text: str, *, site: Site, now: datetime) -> Code:
    """Take a code, which counts once: in the caller's transaction, over the locked account. One sentence for
    every code that is not taken."""
    code = without_blanks(text)
    if not code:
        raise Refusal(NO_CODE, field="code")
    if is_totp(code):
        kind = Code.TOTP if _is_taken(user, code, site=site, now=now) else None
    else:
        hashed = recovery_hash(site.pepper, str(user.id), code)
        own = (RecoveryCode.user == user) & (RecoveryCode.hash == hashed)
        kind = Code.RECOVERY if RecoveryCode.delete().where(own).execute() else None
    if kind is None:
        raise Refusal(WRONG_CODE, field="code")
    return kind


def keep_secret(user: User, secret: bytes, step: int, *, site: Site, now: datetime) -> None:
    """Give the account its second factor, of whose codes that of ``step`` was used. In the caller's
    transaction."""
    user.factor_at = now
    user.save(only=[User.factor_at])
    mark(user, site=site)
    sealed = _vault(site=site).seal(secret, _place(user))
    SecondFactor.insert(user=user, sealed=sealed, last_step=step).execute()


def make_recovery_codes(user: User, *, site: Site) -> list[str]:
    """New ones in the place of all before; only their hashes are kept. In the caller's transaction."""
    codes = new_recovery_codes()
    RecoveryCode.delete().where(RecoveryCode.user == user).execute()
    RecoveryCode.insert_many(
        [{"user": user.id, "hash": recovery_hash(site.pepper, str(user.id), code)} for code in codes]
    ).execute()
    return codes


def take_away(user: User, *, site: Site) -> None:
    """The account has none from here on. In the caller's transaction."""
    for table in (SecondFactor, RecoveryCode, FactorRemoval, Passkey):
        table.delete().where(table.user == user).execute()
    user.factor_at = None
    user.save(only=[User.factor_at])
    mark(user, site=site)


def is_trusted(user: User, device: str, *, site: Site, now: datetime) -> bool:
    """Whether a code of this very factor was given in the browser lately."""
    try:
        digest = token_digest(device)
    except MalformedToken:
        return False
    row: Device | None = Device.get_or_none((Device.digest == digest) & (Device.user == user))
    if row is None or row.factor_at is None or user.factor_at is None or not is_marked(row, site=site):
        return False
    return user.factor_at <= row.factor_at <= now < row.factor_at + TRUSTED


def trust(user: User, device: str, *, site: Site, now: datetime) -> None:
    """A code was given in this browser, which the account has logged in from. In the caller's transaction."""
    row: Device | None = Device.get_or_none((Device.digest == token_digest(device)) & (Device.user == user))
    if row is not None:
        row.factor_at = now
        row.save(only=[Device.factor_at])
        mark(row, site=site)


def secret_of(user: User, *, site: Site) -> bytes:
    """Conflict if it is not as the portal made it."""
    row: SecondFactor | None = SecondFactor.get_or_none(SecondFactor.user == user)
    try:
        if row is not None and user.factor_at is not None:
            return _vault(site=site).open(bytes(row.sealed), _place(user))
    except CannotOpen:
        pass
    logger.error("the second factor of user %s is not as the portal made it", user.id)
    raise Conflict(ALTERED)


def check_signatory(user_id: int, *, site: Site) -> None:
    """Raise Conflict where one is needed to sign and the person has none."""
    if site.needs_second_factor and User.get_by_id(user_id).factor_at is None:
        raise Conflict(NEEDED)


def _is_taken(user: User, code: str, *, site: Site, now: datetime) -> bool:
    """Of two requests at once with one code the second finds the step used."""
    step = step_of(secret_of(user, site=site), code, at=now)
    if step is None:
        return False
    own = (SecondFactor.user == user) & (SecondFactor.last_step < step)
    return bool(SecondFactor.update(last_step=step).where(own).execute())


def _vault(*, site: Site) -> Vault:
    return Vault([second_factor_key(site.pepper)])


def _place(user: User) -> str:
    assert user.factor_at is not None
    return f"second_factor/{user.id}/{timestamp(user.factor_at)}"
