"""The form into which the envelope's code is copied from paper: a field for each group."""

from typing import Any

from portal.crypto.envelope import GROUP, GROUPS, plain_letters
from portal.web.http.forms import PortalForm, Text


class CodeForm(PortalForm):
    """``group_1`` and so on; ``code`` is the whole of it, from whoever sends it so."""

    code = Text("Код от плика")

    @property
    def group_fields(self) -> list[Any]:
        return [self[f"group_{number}"] for number in range(1, GROUPS + 1)]

    @property
    def typed(self) -> str:
        """The groups with dashes between them; a whole code that was pasted into one field as it is."""
        if self.code.data:
            return str(self.code.data)
        texts = [field.data or "" for field in self.group_fields]
        pasted = any(len(plain_letters(text)) > GROUP for text in texts)
        return "".join(texts) if pasted else "-".join(plain_letters(text) for text in texts)


for _number in range(1, GROUPS + 1):
    setattr(CodeForm, f"group_{_number}", Text(f"Група {_number}"))
