"""Letters about the signature on a list."""

from datetime import datetime

from portal.actions.letters.matter import Matter, NoLonger
from portal.actions.letters.occasions import About, queue
from portal.domain.letters.kinds import Occasion
from portal.domain.people import Person, Scope, Staff
from portal.domain.submissions import Lock, SubmissionState
from portal.mail import signing_messages as letters
from portal.mail.messages import Message
from portal.storage.letters.readers import Reader, delegates_of, directors_of
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.people import User
from portal.storage.tables.signatures import Signature, SignatureRemoval


def tell_that_ready(submission: Submission, by: Staff, *, now: datetime) -> bool:
    """The director, or where there is none whoever else may sign; once for each version of the list. Whether
    anybody is written to who was not before. In the caller's transaction."""
    place = [submission.institution_id]
    readers = directors_of(place) or delegates_of(place, (Scope.SIGN,), now=now)
    thing = f"submission:{submission.id}/{submission.version}"
    about = About(Occasion.READY_TO_SIGN, thing, submission.campaign_id, {"by": by.user_id})
    return bool(queue(about, [each for each in readers if each.user_id != by.user_id], now=now))


def tell_of_receipt(signature: Signature, by: Person, *, now: datetime) -> None:
    """Whoever signed. In the caller's transaction."""
    submission = signature.submission
    about = About(Occasion.LIST_SIGNED, f"signature:{signature.id}", submission.campaign_id)
    queue(about, [Reader(by.email, submission.institution_id, by.user_id)], now=now)


def tell_of_removal(signature: Signature, by: Person, *, now: datetime) -> None:
    """The director and whoever had signed. In the caller's transaction."""
    submission = signature.submission
    signatory: User = User.get_by_id(signature.signatory_id)
    readers = directors_of([submission.institution_id])
    if signatory.id not in [reader.user_id for reader in readers]:
        readers.append(Reader(signatory.email, submission.institution_id, signatory.id))
    about = About(
        Occasion.SIGNATURE_REMOVED, f"signature:{signature.id}", submission.campaign_id, {"by": by.user_id}
    )
    queue(about, readers, now=now)


def write_ready(matter: Matter) -> Message:
    matter.check_in_time()
    matter.check_unfinished()
    if matter.state is not SubmissionState.READY:
        raise NoLonger("в списъка отново има необработени записи")
    return letters.ready_to_sign(
        matter.to,
        institution=matter.institution.name,
        month=matter.campaign.month,
        person=_name(matter),
        link=f"{matter.list_link}/sign",
    )


def write_signed(matter: Matter) -> Message:
    signature = _signature(matter)
    if SignatureRemoval.select().where(SignatureRemoval.signature == signature).exists():
        raise NoLonger("подписът вече е премахнат")
    return letters.list_signed(
        matter.to,
        institution=matter.institution.name,
        month=matter.campaign.month,
        number=signature.number,
        at=signature.signed_at,
        digest=signature.declaration.sha256,
        receipt=f"{matter.list_link}/receipt.pdf",
    )


def write_removed(matter: Matter) -> Message:
    if matter.submission.lock is Lock.SIGNED:
        raise NoLonger("списъкът е подписан отново")
    matter.check_in_time()
    removal = SignatureRemoval.get(SignatureRemoval.signature == _signature(matter))
    return letters.signature_removed(
        matter.to,
        institution=matter.institution.name,
        month=matter.campaign.month,
        person=_name(matter),
        at=removal.at,
        link=matter.list_link,
    )


def _signature(matter: Matter) -> Signature:
    """NoLonger where it was erased with its month."""
    number = str(matter.row.occasion).split("/")[1].removeprefix("signature:")
    found: Signature | None = Signature.get_or_none(Signature.id == int(number))
    if found is None:
        raise NoLonger("подписът е заличен")
    return found


def _name(matter: Matter) -> str:
    found: User = User.get_by_id(matter.facts["by"])
    return str(found.name)
