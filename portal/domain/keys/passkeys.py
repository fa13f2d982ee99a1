"""What a passkey is called, how many an account has, and how long a key is waited for."""

from datetime import timedelta

from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal

MOST = 10  # of one account: the own telephone, a key on the ring, one in the safe, and some more
LONGEST_NAME = 60
CHALLENGE_LASTS = timedelta(minutes=5)  # as the step of the login that it belongs to


def check_key_name(text: str, *, field: str = "name") -> str:
    """On one line; Refusal if there is none."""
    name = " ".join(clean_note(text).split())
    if not name:
        raise Refusal("Напишете име, по което ще познаете ключа, например „телефон“.", field=field)
    if len(name) > LONGEST_NAME:
        raise Refusal(f"Името на ключа може да има най-много {LONGEST_NAME} знака.", field=field)
    return name
