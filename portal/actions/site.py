"""What actions need of the settings: the pepper, and the address that stands in letters."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Site:
    """``base_url`` has no slash at its end."""

    pepper: bytes = field(repr=False)
    base_url: str

    def address(self, path: str) -> str:
        return f"{self.base_url}{path}"
