"""What the operator is told before a record is routed: whose it may be, and where nobody could decide it."""

from datetime import datetime
from typing import Any

from portal.domain.errors import Conflict
from portal.domain.identifiers import masked
from portal.domain.month import Month
from portal.domain.operating import check_routing
from portal.domain.times import stamp
from portal.storage.campaigns.answers import open_exceptions
from portal.storage.institutions.finding import open_institutions
from portal.storage.lists.returned import institution_names
from portal.storage.people.accounts import directors_at
from portal.storage.tables.campaigns import Campaign, Record
from portal.web.campaigns.change import Change, shown
from portal.web.http import clock


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


def sure_of(month: Month, question: str, code: str, records: int, *, action: str, origin: str = "") -> str:
    """The page that asks before ``records`` go to an institution that nobody directs: ``action`` does it."""
    place = open_institutions([code], day=clock.today())[code]
    invited = [f"{user.name}, на {stamp(user.invited_at)}" for user in directors_at([code]).get(code, ())]
    change = Change(
        heading="Насочване",
        button="Насочвам въпреки това",
        action=action,
        sentences=[
            "Каквото насочите, отива в нейния списък и пак чака при вас, „За насочване“, докато неин "
            "директор активира достъпа си.",
            "Ако дотогава срокът изтече, излиза като „няма информация“.",
        ],
        fields={"institution": code, "sure": "yes"} | ({"from": origin} if origin else {}),
        facts=[
            ("Институция", f"{place.name}, {code}"),
            ("Поканен директор", "; ".join(invited) or "няма: първо поканете директор"),
            ("Телефон", place.phone or "няма"),
        ],
        warnings=[question],
        warned="Няма кой да реши",
        place="returned" if not origin.isdigit() else "waiting",
    )
    return shown(month, change, [(records, "записи", "waiting")])
