"""What the operator is told before a record is routed."""

from datetime import datetime
from typing import Any

from portal.domain.errors import Conflict
from portal.domain.identifiers import masked
from portal.domain.operating import check_routing
from portal.storage.campaigns.answers import open_exceptions
from portal.storage.lists.returned import institution_names
from portal.storage.tables.campaigns import Campaign, Record


def told_of(records: list[Record], enrolled: dict[int, str]) -> dict[str, Any]:
    """What the operator is told beside a record, so as to find its institution."""
    codes = [*enrolled.values(), *(record.asp_institution for record in records)]
    return {"enrolled": enrolled, "names": institution_names(codes), "masked": masked}


def why_not_routed(campaign: Campaign, *, now: datetime) -> str:
    """Why no record can be routed now; empty where some can."""
    try:
        check_routing(campaign.window, open_exceptions(campaign, now=now), now=now)
    except Conflict as why:
        return str(why)
    return ""
