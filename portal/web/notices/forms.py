"""The forms in which a circular is published, taken back, and its readers are written to."""

import datetime
import re
from typing import Any

from flask import request
from wtforms import HiddenField, IntegerField, MultipleFileField, SelectField, SelectMultipleField
from wtforms.widgets import HiddenInput

from portal.actions.notices.publishing import Edition
from portal.domain.errors import Refusal, check_all
from portal.domain.month import Month
from portal.domain.notices.attachments import LARGEST_FILE, Attachment, safe_name
from portal.domain.notices.recipients import Choice
from portal.domain.notices.rules import Wording
from portal.domain.oversight.wanted import MODULE_CHOICES, STATE_CHOICES, read_wanted
from portal.domain.placement import InstitutionType
from portal.storage.tables.institutions import Institution
from portal.web.http.converters import number_in
from portal.web.http.days import DayField
from portal.web.http.forms import Notes, PortalForm, Text

EVERYBODY = "всички"
BETWEEN = re.compile(r"[\s,;]+")  # codes, as people write them one after the other


class NoticeForm(PortalForm):
    number = Text("Номер на писмото")
    date = DayField("Дата на писмото")
    subject = Text("Относно")
    text = Notes("Текст")
    deadline = DayField("Краен срок")
    file = MultipleFileField("Приложения")
    state = SelectField("Състояние", choices={"": EVERYBODY} | dict(STATE_CHOICES))
    module = SelectField("Какво липсва", choices={"": EVERYBODY} | MODULE_CHOICES)
    type = SelectField("Вид", choices={"": EVERYBODY} | {kind.value: kind.label for kind in InstitutionType})
    recipient = SelectMultipleField("Само тези институции", choices={})
    q = Text("Име, номер, населено място или код")
    codes = Notes("Само тези институции")
    month = HiddenField()
    replaces = HiddenField()

    def edition(self) -> Edition:
        """What was sent; Refusal with every date that is none."""
        check_all(lambda: self.date.day, lambda: self._deadline())
        wording = Wording(
            self.number.data or "",
            self.date.day,
            self.subject.data or "",
            self.text.data or "",
            self._deadline(),
        )
        return Edition(wording, self._choice(), self._files(), self.replaced)

    @property
    def replaced(self) -> int | None:
        return number_in(str(self.replaces.data or ""))

    @property
    def picked(self) -> frozenset[str]:
        """The institutions that were ticked, or whose codes were written."""
        written = BETWEEN.split(self.codes.data or "")
        return frozenset(code for code in (*(self.recipient.data or ()), *written) if code)

    def offer(self, institutions: list[Institution], *, is_whole: bool) -> None:
        """Let these be ticked: the ``is_whole`` region by name, of a country with where they are, as many
        schools have one name."""
        self.recipient.choices = {
            place.code: place.name if is_whole else f"{place.name}, {_where(place)}, {place.code}"
            for place in institutions
        }

    def _deadline(self) -> datetime.date | None:
        return self.deadline.day if (self.deadline.data or "").strip() else None

    def _choice(self) -> Choice:
        sent = {name: self[name].data or "" for name in ("state", "module", "type")}
        chosen = (dict(STATE_CHOICES).get(sent["state"]), MODULE_CHOICES.get(sent["module"]))
        said = ", ".join(label for label in chosen if label)
        month = _month(self.month.data)
        if said and month is None:
            raise Refusal("Няма зареден месец, по който да се избира състояние.", field="type")
        return Choice(read_wanted(sent), said, month, self.picked)

    def _files(self) -> tuple[Attachment, ...]:
        """Of one that is too large no more is read than shows that it is."""
        sent = [file for file in request.files.getlist("file") if file.filename]
        return tuple(
            Attachment(safe_name(file.filename or "", number), file.read(LARGEST_FILE + 1))
            for number, file in enumerate(sent, start=1)
        )


class WithdrawForm(PortalForm):
    reason = Notes("Защо се оттегля")


class ReminderForm(PortalForm):
    text = Notes("Какво да пише в писмото")
    seen = IntegerField(widget=HiddenInput())


def _where(place: Institution) -> str:
    return ", ".join(dict.fromkeys(filter(None, (place.municipality, place.region_name))))


def _month(text: Any) -> Month | None:
    try:
        return Month.parse(str(text or ""))
    except ValueError:
        return None
