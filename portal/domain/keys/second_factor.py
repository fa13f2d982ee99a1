"""Who has to have a second factor, when it is asked for, and how it is taken away from who lost it."""

from datetime import datetime, timedelta

from portal.domain.people import Operator, Person, Role, Ruo

TRUSTED = timedelta(days=30)  # a browser that gave a code is not asked again for so long: our decision
STEP_LASTS = timedelta(minutes=5)  # from the right password to the code
SETUP_LASTS = timedelta(minutes=15)  # from the picture to the first code
REMOVAL_NOTICE = timedelta(hours=24)  # as for a register that is opened with the envelope
REMOVAL_LASTS = timedelta(days=7)  # then it has to be asked for anew

# Who has to agree that somebody's second factor is taken away, besides the operator who asks for it: neither
# the operator nor a mailbox can do it alone.
AGREES = {
    Role.DIRECTOR: Role.RUO,
    Role.DELEGATE: Role.DIRECTOR,
    Role.RUO: Role.OPERATOR,
    Role.OPERATOR: Role.OPERATOR,
}
AGREES_LABEL = {
    Role.DIRECTOR: "експерт на РУО от областта",
    Role.DELEGATE: "директорът на институцията",
    Role.RUO: "друг служител на ЦИОО",
    Role.OPERATOR: "друг служител на ЦИОО",
}

NEEDED = (
    "Преди да подписвате, включете втори фактор за достъпа си от „Моят достъп“: тогава само с паролата ви "
    "никой не може да подпише вместо вас. Нищо не е подписано."
)


def is_always_needed(person: Person) -> bool:
    """Operator and РУО see all institutions; directors and delegates need it to sign."""
    return isinstance(person, (Operator, Ruo))


def takes_effect_at(asked_at: datetime) -> datetime:
    """When a removal does, if it was agreed to by then."""
    return asked_at + REMOVAL_NOTICE


def is_removal_due(asked_at: datetime, agreed_at: datetime | None, *, now: datetime) -> bool:
    """Agreed to, after a day in which the person could stop it."""
    return agreed_at is not None and takes_effect_at(asked_at) <= now < asked_at + REMOVAL_LASTS


def is_removal_over(asked_at: datetime, *, now: datetime) -> bool:
    return now >= asked_at + REMOVAL_LASTS
