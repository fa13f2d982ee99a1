"""What the lines of a file of people take from each other: an address is one person's, and an institution
has one director."""

from portal.domain.people import Role
from portal.exchange.people import PersonLine


class Claims:
    """Which line has what. Only a line that is taken claims anything: one that is refused stands in
    nobody's way."""

    def __init__(self) -> None:
        self._addresses: dict[str, int] = {}
        self._directors: dict[str, int] = {}

    def fault(self, line: PersonLine, number: int) -> str:
        """Why an earlier line leaves nothing for this one, which else has claimed it; empty if nothing
        does."""
        if (first := self._addresses.get(line.email)) is not None:
            return f"адресът се повтаря: валиден е ред {first}"
        if line.role is Role.DIRECTOR:
            if (first := self._directors.get(line.institution)) is not None:
                return f"институцията вече има директор на ред {first}"
            self._directors[line.institution] = number
        self._addresses[line.email] = number
        return ""
