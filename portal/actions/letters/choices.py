"""Which letters a person does without."""

from collections.abc import Collection

from portal.domain.letters.kinds import Occasion
from portal.domain.people import Person
from portal.storage.tables.bulk import tuples
from portal.storage.tables.db import writing
from portal.storage.tables.letters import DeclinedLetter

OPTIONAL = tuple(occasion for occasion in Occasion if occasion.is_optional)


def declined_by(person: Person) -> frozenset[Occasion]:
    query = DeclinedLetter.select(DeclinedLetter.occasion).where(DeclinedLetter.user == person.user_id)
    return frozenset(occasion for (occasion,) in tuples(query))


def choose_letters(person: Person, wanted: Collection[str]) -> None:
    """``wanted`` are the words of those that are to come; what is obligatory comes whatever it says."""
    with writing():
        DeclinedLetter.delete().where(DeclinedLetter.user == person.user_id).execute()
        for occasion in OPTIONAL:
            if occasion.value not in wanted:
                DeclinedLetter.insert(user=person.user_id, occasion=occasion).execute()
