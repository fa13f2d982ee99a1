"""Fields shared by several forms, and what every form can do."""

from collections.abc import Iterable
from decimal import Decimal

from wtforms import Form, StringField, TextAreaField

from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal
from portal.domain.figures import UNREADABLE, parse_figure


class PortalForm(Form):  # type: ignore[misc]
    """A form whose errors also come from the rules."""

    def with_error(self, refusal: Refusal) -> "PortalForm":
        """Put the rule's sentence beside its field, or above the form where it names none."""
        for each in (refusal, *refusal.also):
            field = self._fields.get(each.field or "")
            if field is None:
                self.form_errors: list[str] = [*self.form_errors, str(each)]
            else:
                field.errors = [*field.errors, str(each)]
        return self


class Text(StringField):  # type: ignore[misc]
    """One line, not padded, without control marks."""

    def process_formdata(self, valuelist: Iterable[str]) -> None:
        super().process_formdata(list(valuelist))
        self.data: str = " ".join(clean_note(self.data or "").split())


class Notes(TextAreaField):  # type: ignore[misc]
    """Several lines, as they are kept."""

    def process_formdata(self, valuelist: Iterable[str]) -> None:
        super().process_formdata(list(valuelist))
        self.data: str = clean_note(self.data or "")


class FigureField(StringField):  # type: ignore[misc]
    """A number with a comma or a point. What was typed stays as it was typed."""

    @property
    def figure(self) -> Decimal | None:
        """None when empty; UNREADABLE for what is no number, which the rules then refuse."""
        try:
            return parse_figure(self.data or "")
        except Refusal:
            return UNREADABLE
