"""The forms of the quarantine register, including the password that opens it."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from wtforms import PasswordField, RadioField, SelectField
from wtforms.fields import SelectChoice

from portal.domain.errors import Refusal
from portal.domain.identifiers import IdType
from portal.domain.placement import class_label
from portal.domain.register.entry import Basis, Draft, Entry, PersonKind
from portal.domain.register.revisions import LABELS, facts
from portal.storage.tables.institutions import Enrolment
from portal.web.http.converters import LARGEST_VERSION, number_in
from portal.web.http.days import DayField
from portal.web.http.forms import Notes, PortalForm, Text


class OptionalDay(DayField):
    """A day that may be left out; the rules say where it may not."""

    @property
    def given(self) -> date | None:
        return self.day if str(self.data or "").strip() else None


def _basis() -> RadioField:
    choices = [SelectChoice(basis.value, basis.label) for basis in Basis]
    return RadioField(LABELS["basis"], choices=choices, validate_choice=False)


class UnlockForm(PortalForm):
    """``reason`` is asked of delegates."""

    password = PasswordField("Паролата, с която влизате")
    reason = Text("Защо отваряте регистъра")


class DaysForm(PortalForm):
    """A form with several days."""

    def check_days(self) -> None:
        """Refusal with every day that is none."""
        Refusal.raise_all(list(self._unreadable()))

    def _unreadable(self) -> Iterator[Refusal]:
        for field in self:
            if isinstance(field, OptionalDay):
                try:
                    _ = field.given
                except Refusal as refusal:
                    yield refusal


class EntryForm(DaysForm):
    """One person, entered or changed. Of a change only what was sent counts: a form may ask for one thing."""

    look = Text("Търсене в записванията")
    person = RadioField(
        LABELS["person"],
        choices=[SelectChoice(kind.value, kind.label) for kind in PersonKind],
        default=PersonKind.CHILD.value,
        validate_choice=False,
    )
    first_name = Text(LABELS["first_name"])
    middle_name = Text(LABELS["middle_name"])
    last_name = Text(LABELS["last_name"])
    id_type = SelectField(
        LABELS["id_type"],
        choices=[SelectChoice(str(kind.value), kind.label) for kind in IdType],
        validate_choice=False,
    )
    id_number = Text(LABELS["id_number"])
    class_name = Text(LABELS["class_name"])
    basis = _basis()
    prescription = Text(LABELS["prescription"])
    phone = Text(LABELS["phone"])
    place = Text(LABELS["place"])
    placed_on = OptionalDay(LABELS["placed_on"])
    planned_until = OptionalDay(LABELS["planned_until"])
    released_on = OptionalDay(LABELS["released_on"])
    note = Notes(LABELS["note"])
    version = Text()

    @classmethod
    def showing(cls, entry: Entry) -> "EntryForm":
        """The form as the entry would fill it in."""
        return cls(data=facts(entry))

    @property
    def names_nobody(self) -> bool:
        """Whether nothing is typed of who it is."""
        return not (self.first_name.data or self.last_name.data or self.id_number.data)

    def draft(self) -> Draft:
        return Draft(**self._values())

    def over(self, entry: Entry, sent: Collection[str]) -> Draft:
        """The entry with the fields that were ``sent``. A class typed anew is no longer the enrolment's."""
        kept = {name: getattr(entry, name) for name in (*LABELS, "class_code")}
        typed = {name: value for name, value in self._values().items() if name in sent}
        if typed.get("class_name", entry.class_name) != entry.class_name:
            typed["class_code"] = None
        return Draft(**kept | typed)

    def seen(self) -> int:
        """The revision of the entry that the person saw."""
        return _revision(self.version.data or "")

    def _values(self) -> dict[str, Any]:
        self.check_days()
        return {
            "person": _one_of(PersonKind, self.person.data),
            "first_name": self.first_name.data or "",
            "middle_name": self.middle_name.data or "",
            "last_name": self.last_name.data or "",
            "id_type": {str(kind.value): kind for kind in IdType}.get(self.id_type.data or ""),
            "id_number": self.id_number.data or "",
            "phone": self.phone.data or "",
            "place": self.place.data or "",
            "released_on": self.released_on.given,
            "note": self.note.data or "",
            **_of_the_case(self),
        }


class StrikingForm(PortalForm):
    """Why an entry was a mistake; ``revision`` is the one that the person saw."""

    why = Text("Защо се зачерква")
    revision = Text()

    def seen(self) -> int:
        return _revision(self.revision.data or "")


class ClassForm(DaysForm):
    """A whole class: the same days and basis for every child that is ticked."""

    class_name = Text(LABELS["class_name"])
    basis = _basis()
    prescription = Text(LABELS["prescription"])
    placed_on = OptionalDay(LABELS["placed_on"])
    planned_until = OptionalDay(LABELS["planned_until"])

    def drafts(self, children: list[Enrolment]) -> list[Draft]:
        if not children:
            raise Refusal("Отбележете поне едно дете, което е под карантина.")
        self.check_days()
        return [self._draft(child) for child in children]

    def _draft(self, child: Enrolment) -> Draft:
        return Draft(
            person=PersonKind.CHILD,
            first_name=child.given,
            middle_name=child.middle,
            last_name=child.family,
            id_type=child.id_type,
            id_number=child.id_number,
            class_code=child.class_code,
            **_of_the_case(self) | {"class_name": self.class_name.data or class_label(child.class_code)},
        )


def _revision(text: str) -> int:
    number = number_in(text, LARGEST_VERSION)
    if number is None:
        raise Refusal("Редът не е зареден докрай. Презаредете страницата и опитайте отново.")
    return number


def _of_the_case(form: Any) -> dict[str, Any]:
    return {
        "class_name": form.class_name.data or "",
        "basis": _one_of(Basis, form.basis.data),
        "prescription": form.prescription.data or "",
        "placed_on": form.placed_on.given,
        "planned_until": form.planned_until.given,
    }


def _one_of(kind: Any, value: str | None) -> Any:
    return next((each for each in kind if each.value == value), None)
