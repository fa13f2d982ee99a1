"""What may be sent about a call."""

from datetime import UTC, datetime

from wtforms import RadioField, StringField

from portal.domain.calls.call import Noted, Outcome, read_time
from portal.domain.errors import Refusal
from portal.web.http.forms import Notes, PortalForm, Text

OUTCOMES = {outcome.value: outcome for outcome in Outcome}
OFFERED = {
    Outcome.PROMISED.value: "обеща да го направи – впишете докога",
    Outcome.NO_ANSWER.value: "не вдига",
    Outcome.AWAY.value: "отсъства – говорих със заместник",
    Outcome.OTHER_PHONE.value: "друг телефон – впишете го",
    Outcome.OTHER.value: "друго – напишете какво",
}


class CallForm(PortalForm):
    outcome = RadioField("Какво стана", choices=OFFERED, validate_choice=False)
    next_call = StringField("Обещано до, или кога пак да се обадим")
    phone = Text("Телефон, който ви казаха")
    note = Notes("Бележка за институцията")
    began = StringField()

    def noted(self) -> Noted:
        return Noted(
            OUTCOMES.get(self.outcome.data or ""), self.note.data or "", self._next(), self.phone.data or ""
        )

    def began_at(self) -> datetime | None:
        """When the page was opened, or the call begun; none for what no page of ours has written."""
        try:
            began = datetime.fromisoformat(str(self.began.data or ""))
        except ValueError:
            return None
        return None if began.tzinfo is None else began.astimezone(UTC)

    def _next(self) -> datetime | None:
        try:
            return read_time(str(self.next_call.data or ""))
        except (ValueError, OverflowError):
            raise Refusal("Впишете ден и час, например 29.01.2021 14:00.", field="next_call") from None
