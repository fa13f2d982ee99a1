"""One record as it is drawn: the same row on the page, in a response to HTMX, and after an error."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from portal.actions.signing.declarations import decision_of
from portal.domain.consequences import consequence, if_confirmed
from portal.domain.decisions import Case, Decision, Reason
from portal.domain.diary.agreement import Agreement, suggested_number
from portal.domain.errors import Refusal, holds
from portal.domain.figures import measured, plain
from portal.domain.identifiers import IdType, in_capitals, masked
from portal.domain.lists.deciding import check_confirmation, check_correction, check_decision
from portal.domain.placement import class_label
from portal.storage.lists.reading import agreement_of
from portal.storage.tables.campaigns import Record, columns_of
from portal.web.lists.forms import DecisionForm, ReturnForm, Unwritten


class Editor(Enum):
    """What may stand open below a row, as an address says it."""

    REFUSAL = "refusal"
    NOT_OURS = "not-ours"


@dataclass(frozen=True)
class Row:
    """``form`` and ``returning`` carry what was typed and what is wrong with it; ``alert`` says what
    happened meanwhile. ``register_days`` are those of a child who was in quarantine, for whoever has the
    register open. ``opened`` is what the person asked to see below it."""

    record: Record
    case: Case
    may_decide: bool
    form: DecisionForm
    returning: ReturnForm
    alert: str = ""
    register_days: int | None = None
    opened: Editor | None = None

    def beside(self, register: Mapping[tuple[IdType, str], int] | None) -> "Row":
        """The same with the register's days. They are put in the refusal's field where they could be the
        corrected number; its reason is the person's to give: the register never enters this list."""
        found = (register or {}).get((self.record.id_type, in_capitals(self.record.id_number)))
        if found is None or self.case.reason is Reason.UNENROLLED:
            return self
        typed = self.form.decision.data or self.record.decision is not Decision.PENDING
        fits = holds(check_correction, self.case, Decimal(found))
        if typed or self.case.reason is not Reason.DISTANCE or not fits:
            return replace(self, register_days=found)
        return replace(self, register_days=found, form=DecisionForm(data={"corrected": str(found)}))

    @property
    def state(self) -> str:
        if self.record.submission_id is None:
            return "away"
        return self.record.decision.code

    @property
    def class_name(self) -> str:
        """Below a heading that has a group's code, where there are several."""
        return class_label(self.record.class_code, with_code=False)

    @property
    def masked_number(self) -> str:
        return f"{self.record.id_type.label}\N{NO-BREAK SPACE}{masked(self.record.id_number)}"

    @property
    def figure(self) -> str:
        """Its unit („уч. часа“) stays in one piece where the column is narrow."""
        return measured(self.case.figure, self.case.unit).replace("уч. ", "уч.\N{NO-BREAK SPACE}")

    @property
    def figure_before(self) -> str:
        return measured(self.record.figure_before, self.case.unit)

    @property
    def corrected(self) -> str:
        return measured(self.record.corrected, self.case.unit)

    @property
    def may_be_confirmed(self) -> bool:
        return holds(check_confirmation, self.case)

    @property
    def is_of_rest(self) -> bool:
        """Whether „потвърждавам останалите“ would confirm it."""
        return self.state == "pending" and self.may_be_confirmed

    @property
    def why_not_confirmed(self) -> str:
        try:
            check_confirmation(self.case)
        except Refusal as refusal:
            return str(refusal)
        return ""

    @property
    def if_confirmed(self) -> str:
        return if_confirmed(self.case)

    @property
    def if_refused(self) -> str:
        return self.unwritten.if_refused

    @property
    def meaning(self) -> str:
        """What the decision that stands means for the family."""
        return consequence(self.case, self.record.decision, self.record.corrected)

    @property
    def stated(self) -> list[str]:
        """What was stated of a child who is enrolled; nothing where only the two facts were."""
        enrolled = self.record.enrolled
        if enrolled is None:
            return []
        return [f"удостоверение {enrolled.certificate}", f"в {enrolled.place}"]

    @property
    def limit(self) -> str:
        return self.unwritten.limit

    @property
    def agreement(self) -> Agreement | None:
        """How the school's diary stands to АСП's figure, where the two were compared."""
        return agreement_of(self.record)

    @property
    def by_diary(self) -> str:
        return "" if self.record.by_diary is None else self.record.by_diary.said(self.case)

    @property
    def suggested_number(self) -> str:
        """The diary's number where a refusal with it is suggested; its reason is the person's to give."""
        is_open = self.may_decide and self.state == "pending"
        return suggested_number(self.record.by_diary, self.case) if is_open else ""

    @property
    def suggested(self) -> str:
        """That the number in the field is the register's or the diary's, and what is left to do about it."""
        number = self.refusing.corrected.data
        if self.state != "pending" or not number:
            return ""
        if number == self.suggested_number:
            return ". Попълнен е броят по дневника: проверете го и изберете основание"
        if number == str(self.register_days):
            return ". Попълнени са дните под карантина: проверете ги и изберете основание"
        return ""

    @property
    def asks_number(self) -> bool:
        return self.unwritten.asks_number

    @property
    def refusing(self) -> DecisionForm:
        """The form of the refusal: as it was typed, as it stands, to be put right, or with what the diary
        suggests."""
        record = self.record
        if self.suggested_number and not self.form.decision.data:
            return DecisionForm(data={"corrected": self.suggested_number}).offering(self.case.reason)
        if self.form.decision.data or record.decision is not Decision.REFUSED:
            return self.form.offering(self.case.reason)
        stored = {
            "corrected": "" if record.corrected is None else plain(record.corrected),
            "reason": record.refusal_reason.value if record.refusal_reason else "",
            "note": record.note,
            "certificate": record.certificate,
            "placed": record.placed,
            **columns_of(record.enrolled),
        }
        return DecisionForm(data=stored).offering(self.case.reason)

    @property
    def editor(self) -> Editor | None:
        """What stands open below the row: what was asked for, or has something to put right in it."""
        if self.state == "away" or not self.may_decide:
            return None
        if self.returning.errors:
            return Editor.NOT_OURS
        if self.form.errors and self.form.decision.data == Decision.REFUSED.code:
            return Editor.REFUSAL
        return self.opened

    @property
    def unwritten(self) -> Unwritten:
        return Unwritten(self.case)

    @property
    def unwritten_id(self) -> str:
        """Of the empty form that a script may open below; nothing where it would not begin empty."""
        return "" if self.suggested else self.unwritten.id

    @property
    def has_more_than_facts(self) -> bool:
        """Whether beside АСП's reason and figure stands what comes and goes."""
        record = self.record
        is_more_told = record.figure_changed_at is not None or record.by_diary is not None
        return is_more_told or self.register_days is not None

    @property
    def is_plain(self) -> bool:
        """Whether it can be decided on and nothing stands in it but АСП's facts: nobody has typed, refused,
        been refused or been told anything, and the register and an earlier figure say nothing."""
        return (
            self.may_decide
            and self.record.submission_id is not None
            and self.record.decision is not Decision.REFUSED
            and self.record.figure_changed_at is None
            and self.register_days is None
            and self.opened is None
            and not self.alert
            and not self.no_longer_holds
            and not (self.form.errors or any(self.form.data.values()))
            and not (self.returning.errors or self.returning.note.data)
        )

    @property
    def errors(self) -> list[tuple[str, str]]:
        """What is wrong, each with the id of its field."""
        found = [(self.id_of(field.name), text) for field in self.form for text in field.errors]
        found += [(f"returned-{self.record.id}", text) for text in self.returning.note.errors]
        found += [(f"record-{self.record.id}", text) for text in self.form.form_errors]
        found += [(f"record-{self.record.id}", self.alert)] if self.alert else []
        return [(id, f"{self.record.names}: {text}") for id, text in found]

    def id_of(self, name: str) -> str:
        """The id of one field of this row; that of the row itself for what is not typed."""
        return f"record-{self.record.id}" if name in ("decision", "version") else f"{name}-{self.record.id}"

    @property
    def says(self) -> str:
        """What the row itself has to say, beside its fields."""
        wrong = [*self.form.decision.errors, *self.form.form_errors]
        return self.alert or " ".join(wrong) or ("" if self.form.errors else self.no_longer_holds)

    @property
    def no_longer_holds(self) -> str:
        """Why the decision that stands would not be signed any more: a rule, the calendar or the days without
        school are others than when it was made."""
        if not self.may_decide or self.record.submission_id is None:
            return ""
        try:
            check_decision(self.case, decision_of(self.record))
        except Refusal as refusal:
            return f"Решението вече не отговаря на правилата. {refusal}"
        return ""
