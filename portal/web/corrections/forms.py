"""What may be sent about a late correction."""

from wtforms import RadioField, SelectField, StringField

from portal.actions.campaigns.requests import Asked
from portal.domain.campaigns.corrections import Why
from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal
from portal.web.http.converters import number_in
from portal.web.http.days import DayField
from portal.web.http.forms import Notes, PortalForm, Text

REASONS = {why.value: why for why in Why}
# Nothing is chosen beforehand: the first child and the first reason would be asked for by mistake.
OFFERED = {"": "– изберете –", **{why.value: why.label for why in Why}}
YES, NO = "yes", "no"


class AskForm(PortalForm):
    record = StringField("Дете")
    reason = SelectField("Защо", choices=OFFERED, validate_choice=False)
    document = Text("Номер и дата на документа")
    note = Notes("Обяснение")

    def asked(self) -> Asked:
        """A reason in words instead of a code is kept as words: „друго“."""
        reason, note = self.reason.data or "", clean_note(self.note.data or "")
        if reason and reason not in REASONS:
            reason, note = Why.OTHER.value, "\n".join(filter(None, (clean_note(reason), note)))
        return Asked(self._record_id(), REASONS.get(reason), clean_note(self.document.data or ""), note)

    def _record_id(self) -> int | None:
        return number_in(str(self.record.data or ""))


class SupportForm(PortalForm):
    supported = RadioField("Становище", choices={YES: "подкрепям", NO: "не подкрепям"}, validate_choice=False)
    note = Notes("Бележка")

    def supports(self) -> bool:
        if self.supported.data not in (YES, NO):
            raise Refusal("Изберете подкрепяте ли искането.", field="supported")
        return bool(self.supported.data == YES)


class AnswerForm(PortalForm):
    granted = StringField()
    until = DayField("Отворен до")
    note = Notes("Бележка")
