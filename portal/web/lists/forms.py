"""What may be written about one record: the decision, and that the child is not theirs."""

from dataclasses import dataclass
from hashlib import blake2s
from typing import Self

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice

from portal.domain.decisions import FITTING, Decided, Decision, Reason, RefusalReason
from portal.domain.errors import Refusal
from portal.web.http.converters import LARGEST_VERSION
from portal.web.http.forms import FigureField, Notes, PortalForm

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
        )

    def seen(self) -> int:
        """The version of the record that the person saw."""
        text = self.version.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 12) or int(text) > LARGEST_VERSION:
            raise Refusal("Редът не е зареден докрай. Презаредете страницата и решете отново.")
        return int(text)


class ReturnForm(PortalForm):
    """Why a child is not the institution's."""

    note = Notes("Какво знаете за детето")


@dataclass(frozen=True)
class Unwritten:
    """What a refusal form begins with: the same for many rows, and so sent once for all of them."""

    reason: Reason
    limit: str
    if_refused: str
    suggested: str = ""

    @property
    def id(self) -> str:
        words = f"{self.reason.value}{self.limit}{self.if_refused}"
        return f"refusal-{blake2s(words.encode(), digest_size=3).hexdigest()}"

    @property
    def asks_number(self) -> bool:
        return self.reason is not Reason.UNENROLLED

    @property
    def refusing(self) -> DecisionForm:
        return DecisionForm().offering(self.reason)

    @property
    def returning(self) -> ReturnForm:
        return ReturnForm()
