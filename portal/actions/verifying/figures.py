"""Checking who is shown as done with a month, counted anew from signatures and confirmed months."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from portal.actions.register.months import CONFIRMED
from portal.actions.register.reopening import REOPENED
from portal.actions.verifying.finding import Finding
from portal.domain.month import Month
from portal.domain.oversight.progress import Module, Standing, Totals
from portal.domain.submissions import Lock
from portal.storage.campaigns.progress import standings
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.register import RegisterMonth
from portal.storage.tables.signatures import Signature, SignatureRemoval

Said = tuple[datetime, int]  # when, and by whom


@dataclass(frozen=True)
class Figures:
    """What the pages say of a month, once it was found to be true."""

    due: int
    complete: int
    lists: int
    registers: int


def check_figures(month: Month | None, proven: dict[str, Figures]) -> Iterator[Finding]:
    """``proven`` gets the figures of each month in which nothing differs."""
    campaigns = Campaign.select() if month is None else Campaign.select().where(Campaign.month == month)
    for campaign in campaigns.order_by(Campaign.month):
        differing = [*_check_months(campaign), *_check_done(campaign)]
        yield from differing
        if not differing:
            shown = Totals.of(_shown(campaign).values())
            proven[str(campaign.month)] = Figures(shown.due, shown.complete, shown.lists, shown.registers)


def _check_months(campaign: Campaign) -> Iterator[Finding]:
    """Whether the audit says of the same institutions that they confirmed the month, and when."""
    said, kept = _said_confirmed(campaign.month), _kept_confirmed(campaign)
    for code in sorted(said.keys() | kept.keys()):
        if said.get(code) != kept.get(code):
            yield _finding(
                "register_month_unsaid", campaign, code, "месецът в регистъра не е това, което казва одитът"
            )


def _check_done(campaign: Campaign) -> Iterator[Finding]:
    """Whether each institution is shown as done with exactly what it has done."""
    shown = _shown(campaign)
    signed, filled, checked = _signed(campaign), _with_records(campaign), _checked(campaign)
    confirmed = _said_confirmed(campaign.month).keys()
    for code in sorted(shown.keys() | signed):
        has_list = code in signed or (code in checked and code not in filled)
        lacking = {
            *(() if has_list else (Module.LIST,)),
            *(() if code in confirmed else (Module.REGISTER,)),
        }
        if code not in shown or (shown[code].is_due and shown[code].missing != lacking):
            yield _finding(
                "figures_differ", campaign, code, "не се показва това, което институцията е направила"
            )


def _shown(campaign: Campaign) -> dict[str, Standing]:
    """As on the campaign's first day: who was closed later counts as well."""
    return {each.institution.code: each for each in standings(campaign, now=campaign.made_at)}


def _said_confirmed(month: Month) -> dict[str, Said]:
    entries = AuditEntry.select().where(
        (AuditEntry.object == f"month:{month}") & AuditEntry.what.in_((CONFIRMED, REOPENED))
    )
    said: dict[str, Said] = {}
    for entry in entries.order_by(AuditEntry.id):
        said.pop(entry.chain, None)
        if entry.what == CONFIRMED:
            said[entry.chain] = (entry.at, entry.who)
    return said


def _kept_confirmed(campaign: Campaign) -> dict[str, Said]:
    query = RegisterMonth.select(
        RegisterMonth.institution, RegisterMonth.confirmed_at, RegisterMonth.confirmed_by
    ).where((RegisterMonth.campaign == campaign) & RegisterMonth.confirmed_at.is_null(False))
    return {code: (at, by or 0) for code, at, by in tuples(query)}


def _signed(campaign: Campaign) -> set[str]:
    """Whose list has a signature that nobody took off; a list that was erased has none to look at."""
    removed = SignatureRemoval.select().where(SignatureRemoval.signature == Signature.id)
    query = (
        Submission.select(Submission.institution)
        .join(Signature, on=Signature.submission == Submission.id)
        .where((Submission.campaign == campaign) & (Submission.lock != Lock.ERASED) & ~fn.EXISTS(removed))
    )
    return {code for (code,) in tuples(query)}


def _with_records(campaign: Campaign) -> set[str]:
    """Whose list holds a record."""
    query = Submission.select(Submission.institution).join(Record, on=Record.submission == Submission.id)
    return {code for (code,) in tuples(query.where(Submission.campaign == campaign).distinct())}


def _checked(campaign: Campaign) -> set[str]:
    """Who said „няма записи“; that the audit says so too is asked list by list."""
    said = Submission.select(Submission.institution).where(
        (Submission.campaign == campaign) & Submission.checked_at.is_null(False)
    )
    return {code for (code,) in tuples(said)}


def _finding(code: str, campaign: Campaign, institution: str, what: str) -> Finding:
    return Finding(code, f"campaign:{campaign.id}:{institution}", f"{campaign.month} {institution}: {what}.")
