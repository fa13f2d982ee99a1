"""The operator's forms on the page of a month, and for the files it is built on."""

from collections.abc import Iterable, Mapping

from flask import request
from wtforms import BooleanField, FileField, HiddenField, TextAreaField

from portal.actions.campaigns.window import Days
from portal.actions.loading.files import Source
from portal.domain.errors import Refusal
from portal.storage.tables.campaigns import Campaign
from portal.web.http.days import DayField
from portal.web.http.forms import Notes, PortalForm, Text

LARGEST_ANSWER = 256 * 1024 * 1024  # bytes: a country in a month of distance learning is about 130 MB
LARGEST_FILE = 128 * 1024 * 1024  # bytes: the enrolments of the whole country are about 75 MB


class FileForm(PortalForm):
    file = FileField("Файл")

    def source(self) -> Source:
        """The file that was chosen; Refusal where none was."""
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Refusal("Изберете файл.", field="file")
        return Source(sent.stream, sent.filename)


class EnrolmentsForm(FileForm):
    month = Text("Месец")
    correction = BooleanField("Файлът само поправя: обновява децата, които са в него", false_values=("",))
    sure = HiddenField()

    def is_sure(self) -> bool:
        """Whether the file is the one that was asked about, by its digest. It is chosen again: a browser
        sends no file a second time by itself, and the portal keeps none, with the names of a country's
        children, that may never be loaded."""
        return bool(self.sure.data) and self.sure.data == self.source().sha256()


class WindowForm(PortalForm):
    opens_on = DayField("Първи ден")
    closes_on = DayField("Краен срок")

    def days(self) -> Days:
        return Days(self.opens_on.day, self.closes_on.day)

    @classmethod
    def of(cls, campaign: Campaign) -> "WindowForm":
        """As it is set now."""
        if campaign.opens_on is None or campaign.closes_on is None:
            return cls()
        return cls(data={name: getattr(campaign, name).isoformat() for name in ("opens_on", "closes_on")})


class SuspendForm(PortalForm):
    reason = Notes("Защо се спира")


class SentForm(PortalForm):
    on = DayField("Изпратих го на АСП на")


class ExceptionForm(PortalForm):
    institution = Text("Код на институцията")
    until = DayField("Последен ден")
    reason = Notes("Защо се прави изключение")


class ClosingForm(PortalForm):
    institution = Text("Код на институцията")
    on = DayField("Закрита от")
    successor = Text("Приемник")


LABELS = {
    "year": "Година",
    "month": "Месец",
    "institution": "Код на институцията",
    "id_type": "Вид на идентификатора",
    "id_number": "Идентификатор",
    "given": "Собствено име",
    "middle": "Бащино име",
    "family": "Фамилно име",
    "absences": "Отсъствия",
    "reason": "Основание",
    "days": "Дни",
    "line": "Целият ред",
}


class RepairForm(PortalForm):
    """The parts of a rejected line. Only those at fault are shown, and only they are taken."""

    year = Text(LABELS["year"])
    month = Text(LABELS["month"])
    institution = Text(LABELS["institution"])
    id_type = Text(LABELS["id_type"])
    id_number = Text(LABELS["id_number"])
    given = Text(LABELS["given"])
    middle = Text(LABELS["middle"])
    family = Text(LABELS["family"])
    absences = Text(LABELS["absences"])
    reason = Text(LABELS["reason"])
    days = Text(LABELS["days"])
    line = TextAreaField(LABELS["line"])

    def changes(self, mendable: Iterable[str]) -> dict[str, str]:
        """What was typed, of the parts that can be mended; a part that was not sent stays as it is."""
        typed = {part: self[part].data or "" for part in mendable if self[part].raw_data}
        return {part: "".join(text.splitlines()) for part, text in typed.items()}

    def filled(self, values: Mapping[str, str]) -> "RepairForm":
        """With what stands in the line where nothing was typed."""
        for part, value in values.items():
            if not self[part].raw_data:
                self[part].data = value
        return self


class RouteForm(PortalForm):
    institution = Text("Код на институцията")
