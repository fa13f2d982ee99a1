"""What an account is called, how a wrong password is answered, and how long links and failures count."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.domain.decisions import clean_note
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Role
from portal.domain.times import today

LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the brackets
LONGEST_TYPED = 1000  # signs of an address: what is longer is none, and is not looked at letter by letter
LONGEST_NAME = 120

INVITATION = timedelta(days=7)  # our decision: the directors read the mailbox once a week
RESET = timedelta(hours=1)  # our decision
# Who asks for the same letter again so soon has pressed twice: a second one would end the link in the first.
SECOND_CLICK = timedelta(minutes=1)
# Who was invited today has not read it yet: all who wait are written to again without them. Our decision.
READING = timedelta(days=1)

FREE_FAILURES = 5  # of one account or one known browser
# Of one address, behind which many schools can stand: so many accounts may fail, and so often in all may
# those fail again that have failed there before. An IPv6 address is counted by its /64, and by its /48, which
# may be one customer's or a provider's, with four times the room.
FREE_ACCOUNTS = 100
FREE_REPEATS = 20
ROOM_OF_BLOCK = 4
FREE_REQUESTS = 20  # for a new password, from one address
FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(minutes=15)  # about a hundred tries in a day, as NIST SP 800-63B, 5.2.2 allows
# What others fail at keeps an account's owner waiting in a new browser, but never longer than this at a time.
LONGEST_FOR_OTHERS = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(hours=6)

_CYRILLIC = re.compile("[\u0400-\u04ff]+")
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+"
)
LOOKS_LATIN = (
    "Частта преди @ се пише само с латински букви. Напишете я наново на латиница: на кирилица „а“, „е“, „о“, "
    "„р“, „с“ и „х“ изглеждат като латински."
)
TWO_ALPHABETS = (
    "В една дума след @ има букви от две азбуки. Напишете адреса наново, без да сменяте клавиатурната "
    "подредба по средата."
)


def waits_long(written_at: datetime, starts_on: date | None, *, now: datetime) -> bool:
    """Whether a person who was last written to then, and may begin on that day or at once, had the time to
    activate the account."""
    then = now - READING
    return written_at < then and (starts_on is None or starts_on <= today(then))


def fold_email(text: str) -> str:
    """One spelling for each address, so that no capital or full-width letter opens a second account, and none
    that only looks alike: what is after the @ is in ASCII (``xn--e1afmkfd.xn--90ae`` for ``пример.бг``)."""
    if len(text) > LONGEST_TYPED:
        return older_spelling(text)
    local, at, domain = clean_note(unicodedata.normalize("NFKC", text)).rpartition("@")
    return f"{local.casefold()}{at}{_ascii(domain)}"


def older_spelling(text: str) -> str:
    """Up to version 0.1: two of these can be one address. Who had the second one still logs in with it."""
    return clean_note(text).casefold()


def check_email(text: str, *, field: str = "email") -> str:
    """The address in its one spelling; Refusal if nobody could be written to there."""
    email = fold_email(text)
    if not email:
        raise Refusal("Напишете адреса на електронната поща.", field=field)
    if len(text) <= LONGEST_TYPED:
        _check_letters(email, field)
    if len(email) > LONGEST_EMAIL or _EMAIL.fullmatch(email) is None:
        raise Refusal("Проверете адреса: той трябва да изглежда като ime@example.bg.", field=field)
    return email


def _check_letters(email: str, field: str) -> None:
    """Nothing is put right here: the address with the other letter may be somebody else's."""
    local, _, domain = email.rpartition("@")
    if any(letter.isalpha() and not letter.isascii() for letter in local):
        raise Refusal(LOOKS_LATIN, field=field)
    if any(len(_scripts(label)) > 1 for label in domain.split(".")):
        raise Refusal(TWO_ALPHABETS, field=field)


def _scripts(label: str) -> set[str]:
    """``LATIN``, ``CYRILLIC``, …"""
    return {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}


def _ascii(domain: str) -> str:
    """As the registries have it (IDNA 2008); only folded where it is none or mixes alphabets in a word."""
    is_mixed = any(len(_scripts(label)) > 1 for label in domain.split("."))
    if domain.isascii() or is_mixed or len(domain) > LONGEST_EMAIL:
        return domain.casefold()
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain.casefold()


def check_name(text: str, *, field: str = "name") -> str:
    """The name on one line, NFC, without control and bidirectional marks."""
    name = " ".join(clean_note(text).split())
    if not name:
        raise Refusal("Напишете име и фамилия: така ще пише на документите.", field=field)
    if len(name) > LONGEST_NAME:
        raise Refusal(f"Името може да има най-много {LONGEST_NAME} знака.", field=field)
    return name


def check_correctable(role: Role, *, is_active: bool, is_stopped: bool) -> None:
    """Raise unless the operator may correct the account's address: what was done with an account is bound to
    it, and whom a director authorises is the director's to say. Our decision."""
    if is_stopped:
        raise Conflict("Достъпът е спрян. Първо го пуснете отново.")
    if is_active:
        raise Conflict(
            "Достъпът вече е активиран и адресът му не се променя. За друг адрес поканете човека отново."
        )
    if role is Role.DELEGATE:
        raise Conflict("Упълномощеното лице е посочено от директора: той го упълномощава с верния адрес.")


def wrong_password(sentence: str, typed: str, *, field: str = "password") -> Refusal:
    """The ``sentence``, and what in ``typed`` often goes wrong. Only that is looked at, so it is the same for
    whoever has no account, and tells nothing of the password that is kept."""
    return Refusal(" ".join((sentence, *password_hints(typed))), field=field)


def password_hints(typed: str) -> list[str]:
    """What to look at before typing it again, each a sentence."""
    letters = "".join(filter(str.isalpha, typed))
    hints = {
        "Написахте само латински букви: проверете клавиатурната подредба.": letters and letters.isascii(),
        "Написахте само букви на кирилица: проверете клавиатурната подредба.": _CYRILLIC.fullmatch(letters),
        "Написахте само главни букви: проверете Caps Lock.": letters.isupper(),
        "В началото или в края има интервал.": typed != typed.strip(),
    }
    return [hint for hint, holds in hints.items() if holds]


@dataclass(frozen=True)
class Allowance:
    """How many failures cost no time, and what the delay grows to after them."""

    free: int
    longest: timedelta = LONGEST_DELAY

    def delay_after(self, failures: int) -> timedelta:
        """How long to wait after so many failures: nothing below ``free``, then ever longer."""
        if failures < self.free:
            return timedelta(0)
        doubled: timedelta = FIRST_DELAY * 2 ** min(failures - self.free, 10)
        return min(doubled, self.longest)

    def seconds_to_wait(self, failures: int, last_at: datetime, *, now: datetime) -> int:
        """Whole seconds until the next try; 0 when it can be made now."""
        if failures < self.free:
            return 0
        left = last_at + self.delay_after(failures) - now
        return max(0, -(-left // timedelta(seconds=1)))


def wait_in_words(seconds: int) -> str:
    """``15 секунди``, ``1 минута``, ``4 минути``; minutes rounded up."""
    if seconds < 60:
        return "1 секунда" if seconds == 1 else f"{seconds} секунди"
    minutes = -(-seconds // 60)
    return "1 минута" if minutes == 1 else f"{minutes} минути"
