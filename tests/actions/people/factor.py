"""Giving people of the cast a second factor, and what their applications show."""

from portal.actions.people.second_factor import Here, Setup, turn_on
from portal.actions.site import Site
from portal.crypto.second_factor import code_at, step_at
from portal.crypto.tokens import token_digest
from portal.storage.tables.people import Login
from tests.cast import NOW, ORIGIN, SITE, add_login

SECRET = b"12345678901234567890"
LOGIN = "f" * 43


def here_of(person, origin=ORIGIN, token: str = LOGIN) -> Here:
    if not Login.select().where(Login.digest == token_digest(token)).exists():
        add_login(token, person.user_id)
    return Here(token_digest(token), origin)


def code(at=NOW, steps: int = 0, secret: bytes = SECRET) -> str:
    """What the application shows, so many steps later."""
    return code_at(secret, step_at(at) + steps)


def with_factor(person, *, site: Site = SITE, now=NOW, secret: bytes = SECRET) -> list[str]:
    """The recovery codes. The code of the step before ``now`` is used up."""
    here = here_of(person)
    codes = turn_on(person, Setup(secret, ""), code(now, -1, secret), here=here, site=site, now=now)
    Login.delete().where(Login.digest == here.login).execute()
    return codes
