"""What the actions know about the place they run in."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field

from portal.crypto.qualified.trust import Trust
from portal.crypto.site_key import SiteKey


@dataclass(frozen=True)
class Site:
    """``base_url`` has no slash at its end. ``signature_kinds`` are those that count here
    (``PORTAL_SIGNATURES``); ``needs_second_factor`` says whether ``PORTAL_SECOND_FACTOR`` asks for one.
    ``trust()`` is what qualified signatures are checked against now: it is read only where one is, since most
    requests need none, and the folder may have changed since the last. ``key`` vouches to the local service
    (BISS) that what it is asked to sign comes from here."""

    pepper: bytes = field(repr=False)
    base_url: str
    signature_kinds: Set[str]
    trust: Callable[[], Trust] = field(repr=False)
    needs_second_factor: bool = False
    key: SiteKey | None = field(repr=False, default=None)

    def address(self, path: str) -> str:
        return f"{self.base_url}{path}"
