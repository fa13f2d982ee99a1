"""Who uses the portal. Each kind of person is a type, so a view's signature says who may call it."""

from abc import ABC, abstractmethod
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from portal.domain.errors import Denied


class Role(Enum):
    DIRECTOR = "director"
    DELEGATE = "delegate"
    RUO = "ruo"
    OPERATOR = "operator"

    @property
    def label(self) -> str:
        return _ROLE_LABELS[self]

    def at(self, place: str) -> str:
        """``директор – 10. СУ „Христо Ботев“``; an expert's office is named once: ``експерт в РУО Варна``."""
        if self is Role.RUO and place:
            return f"експерт в {place}"
        return f"{self.label} – {place}" if place else self.label


_ROLE_LABELS = {
    Role.DIRECTOR: "директор",
    Role.DELEGATE: "упълномощено лице",
    Role.RUO: "експерт в РУО",
    Role.OPERATOR: "ЦИОО",
}


class Scope(Enum):
    """What a director may let a delegate do (domain.md, "Who uses the portal")."""

    DECIDE = "decide"
    SIGN = "sign"
    REGISTER = "quarantine"  # as it is kept, and signed in grants

    @property
    def label(self) -> str:
        return {
            "decide": "подготвя решенията",
            "sign": "подписва",
            "quarantine": "води карантинния регистър",
        }[self.value]

    @property
    def deed(self) -> str:
        return {
            "decide": "подготвяне на решенията",
            "sign": "подписване",
            "quarantine": "карантинния регистър",
        }[self.value]


@dataclass(frozen=True)
class Person(ABC):
    """Somebody who is logged in."""

    user_id: int
    name: str
    email: str

    @property
    @abstractmethod
    def role(self) -> Role: ...

    @property
    def role_label(self) -> str:
        return self.role.label

    @property
    def place_label(self) -> str:
        """Where the person works, for the head of each page."""
        return ""


@dataclass(frozen=True)
class Staff(Person):
    """Whoever works on an institution's list and register: its director, or a delegate. What they may do
    there is a question of scopes, which an authorisation grants and ends, not of types: ``check_scope``."""

    institution: str
    institution_name: str

    @property
    def place_label(self) -> str:
        return self.institution_name

    @property
    @abstractmethod
    def authority(self) -> str:
        """On what ground the person signs, as the declaration says it."""

    @abstractmethod
    def may(self, scope: Scope) -> bool: ...


@dataclass(frozen=True)
class Director(Staff):
    @property
    def role(self) -> Role:
        return Role.DIRECTOR

    @property
    def authority(self) -> str:
        return "директор"

    def may(self, scope: Scope) -> bool:
        return True


@dataclass(frozen=True)
class Delegate(Staff):
    """``scopes`` are those in force now: none after the end date or a revocation."""

    order_number: str = ""
    until: date | None = None
    scopes: AbstractSet[Scope] = field(default_factory=frozenset)

    @property
    def role(self) -> Role:
        return Role.DELEGATE

    @property
    def authority(self) -> str:
        return f"упълномощено лице със заповед {self.order_number}"

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes


@dataclass(frozen=True)
class Ruo(Person):
    region: int
    region_name: str

    @property
    def role(self) -> Role:
        return Role.RUO

    @property
    def role_label(self) -> str:
        """The office stands beside it."""
        return "експерт"

    @property
    def place_label(self) -> str:
        return f"РУО {self.region_name}"


@dataclass(frozen=True)
class Operator(Person):
    @property
    def role(self) -> Role:
        return Role.OPERATOR


def check_scope(person: Staff, *scopes: Scope) -> None:
    """Raise Denied unless the person may do at least one of ``scopes``."""
    if not any(person.may(scope) for scope in scopes):
        wanted = " или ".join(scope.deed for scope in scopes)
        raise Denied(f"Заповедта ви не включва {wanted}. Обърнете се към директора.")
