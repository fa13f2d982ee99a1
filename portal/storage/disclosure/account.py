"""Every row about one account."""

from collections.abc import Iterator
from typing import Any

from peewee import JOIN

from portal.domain.deeds import NOT_SECRET, OF_REGISTER
from portal.domain.errors import NotFound
from portal.storage.calls.tables import CallClaim, PhoneCall
from portal.storage.notices.tables import Notice, NoticeReading
from portal.storage.tables.access_news import AccessNews, WrongGuesses
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OfficeLetter, OutboxMessage
from portal.storage.tables.people import Delegation, Device, Login, OneTimeLink, User, UserKey
from portal.storage.tables.qualified import EgnRequest
from portal.storage.tables.register import Collection, Grant
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval

HOLDER = "user:"


def account_with(email: str) -> User:
    """By its address as it is kept."""
    found: User | None = User.get_or_none(User.email == email)
    if found is None:
        raise NotFound("Няма профил с тази електронна поща.")
    return found


def account_row(user_id: int) -> User:
    """With its institution."""
    query = User.select(User, Institution).join(Institution, JOIN.LEFT_OUTER)
    found: User = query.where(User.id == user_id).get()
    return found


def keys_of(user_id: int) -> list[UserKey]:
    return list(UserKey.select().where(UserKey.user == user_id).order_by(UserKey.id))


def delegations_of(user_id: int) -> list[Delegation]:
    """Given to the account and by it, with both accounts and the institution."""
    giver = User.alias()
    query = (
        Delegation.select(Delegation, User, giver, Institution)
        .join(User, on=(Delegation.user == User.id))
        .switch(Delegation)
        .join(giver, on=(Delegation.made_by == giver.id))
        .switch(Delegation)
        .join(Institution)
        .where((Delegation.user == user_id) | (Delegation.made_by == user_id))
    )
    return list(query.order_by(Delegation.id))


def entries_of(user_id: int) -> tuple[list[Login], list[Device], list[OneTimeLink]]:
    """The ways in: logins that are kept, browsers that are known, and one-time addresses."""
    return (
        list(Login.select().where(Login.user == user_id).order_by(Login.made_at)),
        list(Device.select().where(Device.user == user_id).order_by(Device.made_at)),
        list(OneTimeLink.select().where(OneTimeLink.user == user_id).order_by(OneTimeLink.made_at)),
    )


def guesses_of(user_id: int) -> list[WrongGuesses]:
    return list(WrongGuesses.select().where(WrongGuesses.who == user_id).order_by(WrongGuesses.day))


def news_of(user_id: int) -> list[AccessNews]:
    """What the account has not read yet."""
    return list(AccessNews.select().where(AccessNews.user == user_id).order_by(AccessNews.id))


def notices_of(user_id: int) -> tuple[list[NoticeReading], list[Notice]]:
    """Circulars that the account has read, or the withdrawal of which, and those that it published."""
    read = NoticeReading.select(NoticeReading, Notice).join(Notice).where(NoticeReading.user == user_id)
    published = Notice.select().where(Notice.published_by == user_id)
    return list(read.order_by(NoticeReading.at)), list(published.order_by(Notice.id))


def calls_by(user_id: int) -> tuple[list[PhoneCall], list[CallClaim]]:
    """Calls that the account has noted, and institutions that it has begun to call and not noted yet."""
    noted = (
        PhoneCall.select(PhoneCall, Institution, Campaign).join(Institution).switch(PhoneCall).join(Campaign)
    )
    begun = CallClaim.select(CallClaim, Institution).join(Institution).where(CallClaim.by == user_id)
    return (
        list(noted.where(PhoneCall.by == user_id).order_by(PhoneCall.id)),
        list(begun.order_by(CallClaim.since)),
    )


def letters_by(user_id: int) -> list[OfficeLetter]:
    """What the account wrote to the institutions that it was shown."""
    query = OfficeLetter.select(OfficeLetter, Campaign).join(Campaign).where(OfficeLetter.by == user_id)
    return list(query.order_by(OfficeLetter.id))


def letters_to(user: User) -> list[OutboxMessage]:
    """To the account, or to its address."""
    theirs = (OutboxMessage.user == user.id) | (OutboxMessage.recipient == user.email)
    return list(OutboxMessage.select().where(theirs).order_by(OutboxMessage.id))


def egn_request_of(user_id: int) -> EgnRequest | None:
    found: EgnRequest | None = EgnRequest.get_or_none(EgnRequest.user == user_id)
    return found


def declarations_to(user_id: int) -> list[tuple[Declaration, list[tuple[Signature, Any]]]]:
    """Issued to the account, each with its signatures and when they were removed, if they were."""
    issued = (
        Declaration.select(Declaration, Submission, Campaign)
        .join(Submission)
        .join(Campaign)
        .where(Declaration.signatory == user_id)
        .order_by(Declaration.id)
    )
    return [(row, signatures_on(row)) for row in issued]


def signatures_on(declaration: Declaration) -> list[tuple[Signature, Any]]:
    query: Any = (
        Signature.select(Signature, SignatureRemoval.at.alias("removed"))
        .join(SignatureRemoval, JOIN.LEFT_OUTER)
        .where(Signature.declaration == declaration)
        .order_by(Signature.id)
    )
    return [(row, row.removed) for row in query.objects()]


def deeds_of(user_id: int, *, of_registers: bool) -> Iterator[AuditEntry]:
    """What the account did, and what was done to it. Without ``of_registers`` only what anybody outside an
    institution may learn of its register (domain.md)."""
    theirs = (AuditEntry.who == user_id) | (AuditEntry.object == f"user:{user_id}")
    if not of_registers:
        secret = AuditEntry.what.startswith(OF_REGISTER) & AuditEntry.what.not_in(NOT_SECRET)
        theirs &= ~secret
    yield from AuditEntry.select().where(theirs).order_by(AuditEntry.id)


def grants_to(user_id: int) -> list[Grant]:
    """The keys of registers that are sealed to the account, with the registers and their institutions."""
    query = Grant.select(Grant, Collection, Institution).join(Collection).join(Institution)
    return list(query.where(Grant.holder == f"{HOLDER}{user_id}").order_by(Grant.id))
