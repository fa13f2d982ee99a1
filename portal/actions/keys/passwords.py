"""A password and the keys behind it. Stretching takes time and happens outside any transaction."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.keys.marks import check_mark, mark
from portal.actions.site import Site
from portal.crypto.errors import CryptoError, WeakParameters, WrongPassword
from portal.crypto.keys import PersonKeys, make_person_keys, rewrap, unwrap_x25519
from portal.crypto.passwords import (
    CURRENT,
    SALT_BYTES,
    KdfParams,
    derive_root,
    is_login,
    login_tag,
    needs_raise,
    new_salt,
    unlock_key,
)
from portal.storage.tables.people import User, UserKey

logger = logging.getLogger(__name__)

NOBODYS_SALT = bytes(SALT_BYTES)


@dataclass(frozen=True)
class Stretched:
    """A password after Argon2id. Making one takes 0.2 s, in which nobody should wait for a transaction."""

    salt: bytes
    params: KdfParams
    root: bytes = field(repr=False)

    @property
    def needs_raise(self) -> bool:
        return needs_raise(self.params)


def stretched_anew(password: str) -> Stretched:
    """With a new salt and today's parameters."""
    salt = new_salt()
    return Stretched(salt, CURRENT, derive_root(password, salt, CURRENT))


def stretched_for(user: User | None, password: str) -> Stretched:
    """As this account stretches it. Nobody's takes as long, so that the time tells nothing."""
    if user is not None and user.salt is not None:
        salt = bytes(user.salt)
        params = KdfParams(user.kdf_memory or 0, user.kdf_iterations or 0, user.kdf_lanes or 0)
        try:
            return Stretched(salt, params, derive_root(password, salt, params))
        except WeakParameters:
            logger.error("the stored parameters of user %s are outside the bounds", user.id)
    return Stretched(NOBODYS_SALT, CURRENT, derive_root(password, NOBODYS_SALT, CURRENT))


def opens(user: User | None, stretched: Stretched, *, site: Site) -> bool:
    """Whether this is the account's password."""
    tag = b"" if user is None else bytes(user.login_tag or b"")
    return is_login(site.pepper, stretched.root, tag)


def set_password(user: User, stretched: Stretched, *, site: Site) -> None:
    """In the caller's transaction. Conflict for an account that is not as the portal made it: the new mark
    would make it so."""
    check_mark(user, site=site)
    user.salt = stretched.salt
    user.kdf_memory = stretched.params.memory_kib
    user.kdf_iterations = stretched.params.iterations
    user.kdf_lanes = stretched.params.lanes
    user.login_tag = login_tag(site.pepper, stretched.root)
    user.save(only=[User.salt, User.kdf_memory, User.kdf_iterations, User.kdf_lanes, User.login_tag])
    mark(user, site=site)


def make_keys(user: User, stretched: Stretched, *, site: Site, now: datetime) -> UserKey:
    """Two new key pairs; of the ones before, only the public halves stay, for ``verify``."""
    UserKey.update(retired_at=now, wrapped_x25519=None, wrapped_ed25519=None).where(
        (UserKey.user == user) & UserKey.retired_at.is_null()
    ).execute()
    made = make_person_keys(unlock_key(site.pepper, stretched.root), site.pepper, str(user.id))
    return UserKey.create(
        user=user,
        x25519_public=made.x25519_public,
        ed25519_public=made.ed25519_public,
        wrapped_x25519=made.wrapped_x25519,
        wrapped_ed25519=made.wrapped_ed25519,
        mac=made.mac,
        made_at=now,
    )


def rewrap_keys(user: User, old: Stretched, new: Stretched, *, site: Site) -> bool:
    """The same keys under the new password; False, and nothing done, if they do not open with the old."""
    row = current_key(user)
    if row is None:
        return True
    kept = PersonKeys(
        bytes(row.x25519_public),
        bytes(row.ed25519_public),
        bytes(row.wrapped_x25519 or b""),
        bytes(row.wrapped_ed25519 or b""),
        bytes(row.mac),
    )
    try:
        renewed = rewrap(
            unlock_key(site.pepper, old.root), unlock_key(site.pepper, new.root), kept, str(user.id)
        )
    except WrongPassword:
        logger.error("the stored keys of user %s do not open", user.id)
        return False
    row.wrapped_x25519, row.wrapped_ed25519 = renewed.wrapped_x25519, renewed.wrapped_ed25519
    row.save(only=[UserKey.wrapped_x25519, UserKey.wrapped_ed25519])
    return True


def receiving_key(user: User, stretched: Stretched, *, site: Site) -> bytes | None:
    """The private key that opens what was sealed for the person. Without it a login still works: it
    opens everything but the register."""
    row = current_key(user)
    if row is None or row.wrapped_x25519 is None:
        return None
    unlock = unlock_key(site.pepper, stretched.root)
    try:
        return unwrap_x25519(unlock, bytes(row.wrapped_x25519), str(user.id), bytes(row.x25519_public))
    except CryptoError:
        logger.error("the stored key of user %s does not open", user.id)
        return None


def current_key(user: User) -> UserKey | None:
    row: UserKey | None = UserKey.get_or_none((UserKey.user == user) & UserKey.retired_at.is_null())
    return row
