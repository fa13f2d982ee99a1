"""Corrections that institutions ask for: whole for them and the operator, without the child for РУО."""

from datetime import datetime
from typing import Any, NamedTuple

from peewee import fn

from portal.domain.campaigns.corrections import RequestState, Why, request_state
from portal.domain.month import Month
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.institutions import Institution


class WithoutChild(NamedTuple):
    """A request as the regional office sees it: nothing of the record, nor the note that may name a child."""

    id: int
    code: str
    institution: str
    phone: str
    reason: Why
    document: str
    asked_at: datetime
    supported: bool | None
    support_note: str
    supported_at: datetime | None
    granted: bool | None
    answer_note: str
    answered_at: datetime | None

    @property
    def state(self) -> RequestState:
        return request_state(self.supported, self.granted)


def unanswered_requests() -> list[tuple[Month, int]]:
    """How many wait for the operator in each month, whatever РУО says of them; the newest month first."""
    query = (
        CorrectionRequest.select(Campaign.month, fn.COUNT(CorrectionRequest.id))
        .join(Campaign)
        .where(CorrectionRequest.granted.is_null())
        .group_by(Campaign.month)
        .order_by(Campaign.month.desc())
    )
    return [(month, int(count)) for month, count in tuples(query)]


def requests_of(campaign: Campaign, institution: str) -> list[CorrectionRequest]:
    """An institution's own, the newest first."""
    ours = (CorrectionRequest.campaign == campaign) & (CorrectionRequest.institution == institution)
    return list(_whole().where(ours))


def requests_in(campaign: Campaign) -> list[CorrectionRequest]:
    """All of the month, for the operator."""
    return list(_whole().where(CorrectionRequest.campaign == campaign))


def requests_without_child(campaign: Campaign, region: int | None) -> list[WithoutChild]:
    """Of one region, or of the country; only these columns are read."""
    asked = CorrectionRequest
    query = (
        asked.select(
            asked.id, Institution.code, Institution.name, Institution.phone, asked.reason, asked.document,
            asked.asked_at, asked.supported, asked.support_note, asked.supported_at, asked.granted,
            asked.answer_note, asked.answered_at,
        )
        .join(Institution)
        .where(asked.campaign == campaign)
        .order_by(asked.id.desc())
    )  # fmt: skip
    if region is not None:
        query = query.where(Institution.region == region)
    return [WithoutChild(*row) for row in tuples(query)]


def request_in(campaign: Campaign, request_id: int) -> CorrectionRequest | None:
    found: CorrectionRequest | None = CorrectionRequest.get_or_none(
        (CorrectionRequest.campaign == campaign) & (CorrectionRequest.id == request_id)
    )
    return found


def request_of_region(campaign: Campaign, region: int, request_id: int) -> CorrectionRequest | None:
    """If the institution is of the region; for anybody else there is none."""
    found: CorrectionRequest | None = (
        CorrectionRequest.select()
        .join(Institution)
        .where((CorrectionRequest.campaign == campaign) & (CorrectionRequest.id == request_id))
        .where(Institution.region == region)
        .first()
    )
    return found


def state_of(request: CorrectionRequest) -> RequestState:
    return request_state(request.supported, request.granted)


def _whole() -> Any:
    return (
        CorrectionRequest.select(CorrectionRequest, Record, Institution)
        .join(Record)
        .switch(CorrectionRequest)
        .join(Institution)
        .order_by(CorrectionRequest.id.desc())
    )
