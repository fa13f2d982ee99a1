"""Letters about a change of director: before it happens, and where it is called off."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.times import stamp
from portal.mail.messages import Message, composed, spoken_day

UNKNOWN_TO_YOU = (
    "Ако смяната е редна, не е нужно да правите нищо. Ако не е или не знаете за нея, обадете се веднага на "
    "институцията и на ЦИОО."
)


@dataclass(frozen=True)
class Change:
    """``person`` directs ``institution`` from ``first_day`` on. ``former`` is who does now, or empty;
    ``ended_at`` is when that access was stopped, if it does not last until the next one has begun."""

    institution: str
    person: str
    first_day: date
    former: str = ""
    ended_at: datetime | None = None

    @property
    def invited(self) -> str:
        return f"ЦИОО покани {self.person} за директор на {self.institution} от {spoken_day(self.first_day)}."

    @property
    def meanwhile(self) -> str:
        """Who can work until the next one has begun."""
        if not self.former:
            return "Докато новият директор не активира достъпа си, институцията няма директор в портала."
        if self.ended_at is not None:
            return (
                f"Достъпът на досегашния директор {self.former} е спрян на {stamp(self.ended_at)} "
                "Подписаното остава в сила."
            )
        return (
            f"Досегашният директор {self.former} работи, докато новият активира достъпа си, но не преди този "
            "ден. В същия миг досегашният достъп спира. Подписаното остава в сила."
        )


def director_leaves(to: str, change: Change, *, link: str) -> Message:
    """To the one before."""
    if change.ended_at is not None:
        until: tuple[str, ...] = (
            f"Достъпът ви е спрян на {stamp(change.ended_at)} Подписаното от вас остава в сила.",
            "Ако институцията води карантинен регистър, предайте на новия директор плика с кода от сейфа.",
        )
    else:
        until = (
            "Достъпът ви остава, докато новият директор активира своя, но не преди този ден: дотогава "
            "решавате и подписвате вие. В същия миг достъпът ви спира сам. Подписаното от вас остава в сила.",
            "Ако институцията води карантинен регистър, предайте го от портала, докато имате достъп, и дайте "
            "на новия директор плика с кода от сейфа:",
            link,
        )
    return composed(
        to,
        f"Смяна на директора: {change.institution}",
        change.invited,
        *until,
        "Ако не знаете за тази смяна, обадете се веднага на институцията и на ЦИОО.",
    )


def delegate_stays(to: str, change: Change) -> Message:
    """To whoever the one before has authorised: an authorisation ends with its last day or a revocation."""
    return composed(
        to,
        f"Смяна на директора: {change.institution}",
        change.invited,
        change.meanwhile,
        "Упълномощаването ви не се променя: важи до последния си ден, освен ако новият директор го оттегли.",
        UNKNOWN_TO_YOU,
    )


def director_changes(to: str, change: Change) -> Message:
    """To РУО and to the institution's own address."""
    return composed(
        to, f"Смяна на директора: {change.institution}", change.invited, change.meanwhile, UNKNOWN_TO_YOU
    )


def change_called_off(to: str, change: Change) -> Message:
    """To all of them."""
    return composed(
        to,
        f"Смяната на директора е отменена: {change.institution}",
        f"ЦИОО отмени поканата на {change.person} за директор на {change.institution}. Останалите достъпи в "
        "институцията са, каквито бяха.",
        "Ако отмяната е редна, не е нужно да правите нищо. Ако не е, обадете се на ЦИОО.",
    )


def invitation_taken_back(to: str, *, institution: str) -> Message:
    """To who was invited."""
    return composed(
        to,
        f"Поканата ви е отменена: {institution}",
        f"ЦИОО отмени поканата ви за директор на {institution}. Връзката в нея вече не отваря нищо.",
        "Ако институцията очаква да започнете, помолете я да се обърне към ЦИОО за нова покана.",
    )
