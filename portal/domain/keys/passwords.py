"""Which password an account takes: long rather than complicated, and none that is guessed among the first."""

import re
import unicodedata
from dataclasses import dataclass

from portal.domain.accounts import fold_email
from portal.domain.errors import Refusal
from portal.domain.keys.guesses import Estimate, estimate
from portal.domain.keys.layouts import folded

SHORTEST_PASSWORD = 12  # our decision: long rather than complicated (NIST SP 800-63B, 5.1.1)
LONGEST_PASSWORD = 1000
# Our decision: at one try a minute, which is what very many addresses together are let (decision 0022), these
# take nineteen years.
FEWEST_GUESSES = 10**7

ADVICE = "Изберете поне четири думи, които не вървят една с друга, без имена и години."
EASY = f"Паролата се отгатва лесно: състои се от {{}}. {ADVICE}"
OTHER_LAYOUT = "Сменената клавиатурна подредба не я прави по-трудна."
NO_LETTERS = f"Паролата е само от цифри и знаци: телефони, номера и дати се отгатват. {ADVICE}"
_IN_WORDS = {
    "own": "вашето име, адрес или институция",
    "portal": "думи от работата с портала",
    "common": "често избирани пароли",
    "passwords": "често избирани пароли",
    "time": "година, месец или дата",
    "regex": "година, месец или дата",
    "date": "година, месец или дата",
    "names": "имена на хора или места",
    "families": "имена на хора или места",
    "places": "имена на хора или места",
    "male_names": "имена на хора или места",
    "female_names": "имена на хора или места",
    "surnames": "имена на хора или места",
    "spatial": "съседни клавиши",
    "sequence": "поредни букви или цифри",
    "repeat": "повторения",
    "digits": "цифри",
    "letters": "отделни знаци",
}
_ORDINARY = "обикновени думи"  # whatever other list has them
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_TOP_LEVEL = re.compile(r"\.[^.@]*$")


@dataclass(frozen=True)
class Owner:
    """Whose password it is, as anybody may know; ``place`` is an institution or office."""

    email: str
    name: str = ""
    place: str = ""

    @property
    def words(self) -> set[str]:
        text = " ".join((_TOP_LEVEL.sub("", self.email), self.name, self.place))
        return set(_WORDS.findall(folded(text)))


def check_password(password: str, owner: Owner, *, field: str = "password") -> None:
    """Raise Refusal unless the password will do. Letters are counted as they are kept, in NFC."""
    kept = unicodedata.normalize("NFC", password)
    if len(kept) < SHORTEST_PASSWORD:
        raise Refusal(
            f"Паролата трябва да има поне {SHORTEST_PASSWORD} знака. Няколко думи подред се помнят лесно.",
            field=field,
        )
    if len(kept) > LONGEST_PASSWORD:
        raise Refusal(f"Паролата може да има най-много {LONGEST_PASSWORD} знака.", field=field)
    if fold_email(kept) == fold_email(owner.email):
        raise Refusal("Паролата не може да е адресът на пощата ви. Изберете друга.", field=field)
    if not any(map(str.isalpha, kept)):
        raise Refusal(NO_LETTERS, field=field)
    found = estimate(kept, owner.words, enough=FEWEST_GUESSES)
    if found.guesses < FEWEST_GUESSES:
        raise Refusal(_why(found), field=field)


def check_repeated(password: str, again: str, *, field: str = "confirm") -> None:
    if unicodedata.normalize("NFC", password) != unicodedata.normalize("NFC", again):
        raise Refusal(
            "Двете пароли се различават. Напишете новата парола еднакво и на двете места.", field=field
        )


def _why(found: Estimate) -> str:
    *others, last = dict.fromkeys(_IN_WORDS.get(kind, _ORDINARY) for kind in found.kinds)
    sentence = EASY.format(", ".join(others) + " и " + last if others else last)
    return sentence if found.is_as_typed else f"{sentence} {OTHER_LAYOUT}"
