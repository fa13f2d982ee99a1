"""Taking turns where there is no row to lock: one change to an institution's accounts at a time."""

from portal.storage.tables import audit
from portal.storage.tables.db import lock_name


def hold_accounts_of(institution: str | None) -> None:
    """One change of an institution's accounts at a time: two new directors would each end the other."""
    lock_name(f"accounts:{institution or audit.NATIONAL}")
