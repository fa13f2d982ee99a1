"""What people are told about their own access: in a letter, and on the first page until they have read it."""

from datetime import timedelta
from enum import Enum

from portal.domain.accounts import FREE_FAILURES
from portal.domain.people import Scope

TOLD_FOR = timedelta(days=60)  # on the first page: who comes once a month comes within it; our decision
MANY_WRONG = 10  # of one kind in a day: above what slips of a good day come to
MOST_BROWSERS = 3  # told of in a day: a browser that forgets its cookies each evening is one
DAY = timedelta(days=1)

# What a delegate needs for the director to be told of it: with the others nothing leaves the institution.
GRAVE = frozenset({Scope.SIGN, Scope.REGISTER})


class NewsKind(Enum):
    """What happened, in words that the database keeps."""

    DELEGATE_NAMED = "delegate_named"
    DELEGATE_SIGNED = "delegate_signed"
    NEW_BROWSER = "new_browser"
    WRONG_PASSWORDS = "wrong_passwords"
    WRONG_CODES = "wrong_codes"

    @property
    def is_of_delegate(self) -> bool:
        return self in (NewsKind.DELEGATE_NAMED, NewsKind.DELEGATE_SIGNED)


class Guess(Enum):
    """What somebody who logs in can have wrong. A code is asked for only after the right password."""

    PASSWORD = "password"  # noqa: S105
    CODE = "code"

    @property
    def many(self) -> int:
        """From how many in a day on the owner is told."""
        return MANY_WRONG if self is Guess.PASSWORD else FREE_FAILURES

    @property
    def news(self) -> NewsKind:
        return NewsKind.WRONG_PASSWORDS if self is Guess.PASSWORD else NewsKind.WRONG_CODES
