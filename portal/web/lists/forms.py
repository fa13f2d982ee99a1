"""What may be written about one record: the decision, and that the child is not theirs."""

from dataclasses import dataclass
from typing import Self

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice

from portal.domain.consequences import consequence
from portal.domain.decisions import FITTING, Case, Decided, Decision, Reason, RefusalReason
from portal.domain.enrolled import Enrolled, tidy
from portal.domain.errors import Refusal
from portal.domain.limits import limit_sentence
from portal.web.http.converters import LARGEST_VERSION, number_in
from portal.web.http.days import DayField
from portal.web.http.forms import FigureField, Notes, PortalForm, Text

CHOICES = {
    reason: [
        SelectChoice("", "– изберете –"),
        *(SelectChoice(each.value, each.label) for each in RefusalReason if each in FITTING[reason]),
    ]
    for reason in Reason
}


class DecisionForm(PortalForm):
    """One decision about one record."""

    decision = StringField("Решение")
    corrected = FigureField("Коригиран брой")
    reason = SelectField("Основание", choices=[])
    note = Notes("Бележки по корекцията")
    certificate = BooleanField("Издадено е удостоверение за записване", false_values=("", "no", "false"))
    placed = BooleanField("Детето е разпределено в паралелка или група", false_values=("", "no", "false"))
    certificate_number = Text("Номер на удостоверението")
    certificate_date = DayField("Дата на удостоверението")
    enrolled_class = Text("Паралелка или група")
    enrolled_since = DayField("Записано от дата")
    differs = BooleanField("Вписаното от мен е вярно", false_values=("", "no", "false"))
    version = StringField()

    def offering(self, reason: Reason) -> Self:
        """With the reasons to refuse that can be true of such a record."""
        self.reason.choices = CHOICES[reason]
        return self

    def decided(self) -> Decided:
        """What was decided; raises Refusal with the rule that the typed text broke."""
        decision = {d.code: d for d in Decision}.get(self.decision.data or "")
        if decision is None:
            raise Refusal("Изберете „потвърждавам“ или „отказвам“.", field="decision")
        if decision is not Decision.REFUSED:  # what was typed for a refusal does not count
            return Decided(decision, note=self.note.data if decision is Decision.CONFIRMED else "")
        reasons = {r.value: r for r in RefusalReason}
        return Decided(
            decision,
            self.corrected.figure,
            reasons.get(self.reason.data or ""),
            self.note.data or "",
            bool(self.certificate.data),
            bool(self.placed.data),
            self._enrolled(),
        )

    def _enrolled(self) -> Enrolled | None:
        """What was written of certificate and class; none where these fields were not sent at all."""
        fields = (self.certificate_number, self.certificate_date, self.enrolled_class, self.enrolled_since)
        if not any(field.raw_data for field in fields):
            return None
        return tidy(
            Enrolled(
                self.certificate_number.data or "",
                self.certificate_date.day_if_any,
                self.enrolled_class.data or "",
                self.enrolled_since.day_if_any,
            )
        )

    def seen(self) -> int:
        """The version of the record that the person saw."""
        version = number_in(self.version.data or "", LARGEST_VERSION)
        if version is None:
            raise Refusal("Редът не е зареден докрай. Презаредете страницата и решете отново.")
        return version


class ReturnForm(PortalForm):
    """Why a child is not the institution's."""

    note = Notes("Какво знаете за детето")


@dataclass(frozen=True)
class Unwritten:
    """What a refusal form begins with, which is the same for many rows. A script opens it and goes into its
    first field; nobody has ``opened`` it on a page of its own. ``days`` stands for the school days."""

    case: Case
    days: str = ""
    suggested: str = ""
    opened: None = None

    @property
    def kind(self) -> str:
        """What the words in it depend on, beside the number of school days."""
        case = self.case
        if case.reason is not Reason.ABSENCE:
            return case.reason.name.lower()
        unit = "hours" if case.is_in_hours else "group-days" if case.is_pupil else "days"
        return f"absence-{unit}{'-under' if case.is_under_limit else ''}"

    @property
    def id(self) -> str:
        days = f"-{self.case.school_days}" if self.case.reason is Reason.DISTANCE else ""
        return f"refusal-{self.kind}{days}"

    @property
    def limit(self) -> str:
        """What may be typed as the corrected number."""
        return limit_sentence(self.case, self.days)

    @property
    def if_refused(self) -> str:
        return consequence(self.case, Decision.REFUSED)

    @property
    def asks_number(self) -> bool:
        return self.case.reason is not Reason.UNENROLLED

    @property
    def refusing(self) -> DecisionForm:
        return DecisionForm().offering(self.case.reason)

    @property
    def returning(self) -> ReturnForm:
        return ReturnForm()
