"""What regional offices wrote to the institutions that they were shown, and whom such a letter reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.domain.oversight.progress import Contact, Wanted
from portal.domain.oversight.wanted import read_wanted
from portal.storage.campaigns.progress import standings
from portal.storage.letters.readers import Reader, directors_of, mailboxes_of
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.letters import OfficeLetter
from portal.storage.tables.people import User


@dataclass(frozen=True)
class Addressed:
    """Of ``institutions`` the directors, the mailboxes of those that nobody directs, and who has neither."""

    institutions: Sequence[Contact]
    directors: Sequence[Reader]
    mailboxes: Sequence[Reader]
    unreachable: Sequence[Contact]

    @property
    def readers(self) -> list[Reader]:
        return [*self.directors, *self.mailboxes]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(place.code for place in self.institutions)


def addressed(campaign: Campaign, region: int, wanted: Wanted, *, now: datetime) -> Addressed:
    """Everybody who is shown now. Of an erased month nobody is: there is nothing left to write about."""
    found = wanted.of(standings(campaign, now=now, region=region))
    return reached([standing.institution for standing in found if standing.is_due])


def reached(places: Sequence[Contact]) -> Addressed:
    codes = [place.code for place in places]
    directors, mailboxes = directors_of(codes), mailboxes_of(codes)
    with_reader = {reader.institution for reader in (*directors, *mailboxes)}
    return Addressed(
        places, directors, mailboxes, [place for place in places if place.code not in with_reader]
    )


def is_still_shown(letter: OfficeLetter, shown: dict[str, str], code: str, *, now: datetime) -> bool:
    """Whether the institution is one of those that are shown as the letter's were."""
    found = standings(letter.campaign, now=now, codes=[code])
    return bool(read_wanted(shown).of(found))


def office_letters(campaign: Campaign, region: int) -> list[OfficeLetter]:
    """What was written about a month, the newest first, with who wrote it."""
    query = OfficeLetter.select(OfficeLetter, User).join(User)
    ours = (OfficeLetter.campaign == campaign) & (OfficeLetter.region == region)
    return list(query.where(ours).order_by(OfficeLetter.id.desc()))


def office_letter(number: int) -> OfficeLetter:
    """With its month and who wrote it."""
    query = OfficeLetter.select(OfficeLetter, User, Campaign).join(User).switch(OfficeLetter).join(Campaign)
    found: OfficeLetter = query.where(OfficeLetter.id == number).get()
    return found


def is_written(campaign: Campaign, user_id: int, prepared_at: datetime) -> bool:
    this = (OfficeLetter.by == user_id) & (OfficeLetter.prepared_at == prepared_at)
    return bool(OfficeLetter.select().where((OfficeLetter.campaign == campaign) & this).exists())
