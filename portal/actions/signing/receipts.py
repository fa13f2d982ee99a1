"""The receipt of a signature: what was signed, as the signed bytes state it, and by whom."""

from datetime import UTC, datetime

from portal.documents.decided import children_of
from portal.documents.receipt import Receipt, RemovedSignature
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.people import Role, Staff
from portal.domain.signing.declared import read
from portal.domain.signing.qualified import QUALIFIED, Format, Verdict, certificate_facts
from portal.domain.submissions import Lock
from portal.domain.times import stamp
from portal.storage.lists.current import list_of
from portal.storage.signing.standing import removal_of, signature_numbered, signatures_of, standing_signature
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.qualified import evidence_of
from portal.storage.tables.signatures import Signature

CHANGES = {  # words of the audit
    "account_enabled": "Спрян достъп на директор е пуснат отново",
    "egn_changed": "Ново ЕГН или ЛНЧ, по което се познава КЕП на директор",
}
METHOD = "личен ключ в портала, отключен с парола (Ed25519)"


def receipt_of(person: Staff, month: Month, number: str = "") -> Receipt:
    """Of the signature that counts, or of an older one by its number, marked as removed."""
    submission = list_of(person.institution, month)
    if submission.lock is Lock.ERASED:
        raise NotFound("Списъкът и протоколът са заличени след изтичане на срока за съхранение.")
    signature = signature_numbered(submission, number) if number else standing_signature(submission)
    if signature is None:
        raise NotFound("Списъкът не е подписан, затова няма протокол. Подпишете го, за да го получите.")
    declared = read(bytes(signature.declaration.content))
    closes_on = submission.campaign.closes_on
    assert closes_on is not None  # only an open campaign is signed
    evidence = evidence_of(signature) if signature.kind == QUALIFIED else None
    verdict = None if evidence is None else Verdict.load(evidence.verdict)
    form = None if evidence is None else Format(evidence.format)
    return Receipt(
        number=signature.number,
        institution=declared.header.institution_name,
        institution_code=declared.header.institution,
        month=month,
        signed_by=declared.header.signatory,
        authority=declared.header.authority,
        method=METHOD if form is None else f"КЕП, {form.label}",
        certificate=() if verdict is None or form is None else certificate_facts(verdict, form),
        checks=() if verdict is None else _checks(verdict),
        signed_at=signature.signed_at,
        closes_on=closes_on,
        digest=signature.declaration.sha256,
        children=children_of(declared),
        notices=[
            *_removal_notice(signature),
            *_new_accesses(submission, signature),
            *_changed(submission, signature),
        ],
        removed=_removed_before(submission, signature),
    )


def _checks(verdict: Verdict) -> list[str]:
    """What was asked of a qualified signature before it was taken."""
    return [f"{each.label}{f' – {each.sentence}' if each.sentence else ''}" for each in verdict.checks]


def _removal_notice(signature: Signature) -> list[str]:
    removal = removal_of(signature)
    if removal is None:
        return []
    return [
        f"ПРЕМАХНАТ ПОДПИС. Този подпис е премахнат на {stamp(removal.at)} от {removal.by.name} "
        f"и не важи. Причина: {removal.reason}"
    ]


def _new_accesses(submission: Submission, signature: Signature) -> list[str]:
    """Accesses of a director made or renewed since the institution signed before: the operator, who
    makes them, cannot quietly sign as somebody (domain.md, "States")."""
    made = (
        UserKey.select(UserKey, User)
        .join(User)
        .where(
            (User.institution == submission.institution_id)
            & (User.role == Role.DIRECTOR)
            & (UserKey.made_at <= signature.signed_at)
            & (UserKey.made_at > _signed_before(signature, submission.institution_id))
        )
        .order_by(UserKey.made_at, UserKey.id)
    )
    return [f"Нов или подновен достъп на директор: {key.user.name}, на {stamp(key.made_at)}" for key in made]


def _changed(submission: Submission, signature: Signature) -> list[str]:
    """Directors whose stopped access was let in again (their keys are old, and tell nothing), or whose КЕП
    is known by another ЕГН."""
    chain = submission.institution_id
    entries = (
        AuditEntry.select()
        .where(
            (AuditEntry.chain == chain)
            & AuditEntry.what.in_(list(CHANGES))
            & (AuditEntry.at <= signature.signed_at)
            & (AuditEntry.at > _signed_before(signature, chain))
        )
        .order_by(AuditEntry.sequence)
    )
    last = {(int(entry.object.removeprefix("user:")), entry.what): entry.at for entry in entries}
    directors = User.select().where(User.id.in_([key for key, _ in last]) & (User.role == Role.DIRECTOR))
    names = {user.id: user.name for user in directors}
    return [
        f"{CHANGES[what]}: {names[key]}, на {stamp(at)}"
        for (key, what), at in sorted(last.items())
        if key in names
    ]


def _signed_before(signature: Signature, institution: str) -> datetime:
    """When the institution signed last before this, whatever the month; the beginning of time if never."""
    last = (
        Signature.select()
        .join(Submission)
        .where((Submission.institution == institution) & (Signature.id < signature.id))
        .order_by(Signature.id.desc())
        .first()
    )
    return datetime.min.replace(tzinfo=UTC) if last is None else last.signed_at


def _removed_before(submission: Submission, signature: Signature) -> list[RemovedSignature]:
    """The history of the list until this signature."""
    found = []
    for old in signatures_of(submission).where(Signature.id < signature.id):
        removal = removal_of(old)
        if removal is not None:
            found.append(
                RemovedSignature(
                    signed_by=old.declaration.signatory_name,
                    signed_at=old.signed_at,
                    removed_by=removal.by.name,
                    removed_at=removal.at,
                    reason=removal.reason,
                    digest=old.declaration.sha256,
                )
            )
    return found
