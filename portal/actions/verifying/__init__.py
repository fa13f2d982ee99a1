"""Verifying that the database still holds what was signed, and that the audit is complete."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from sqlite3 import OperationalError

from portal.actions.site import Site
from portal.actions.verifying.accounts import check_accounts, check_keys, check_links, check_logins
from portal.actions.verifying.chains import Heads, chain_names, check_chain
from portal.actions.verifying.closings import check_closings
from portal.actions.verifying.counted import check_counted, check_enrolments
from portal.actions.verifying.delegations import check_delegations
from portal.actions.verifying.erased import check_erased
from portal.actions.verifying.factors import check_factors, check_passkeys, check_spared
from portal.actions.verifying.figures import Figures, check_figures
from portal.actions.verifying.finding import Finding
from portal.actions.verifying.lists import check_counts, check_gone, check_list, lists_of
from portal.actions.verifying.loads import check_loads
from portal.actions.verifying.notices import check_notices
from portal.actions.verifying.offices import check_calls, check_corrections, check_office_letters
from portal.actions.verifying.registers import check_registers
from portal.actions.verifying.times import check_times, check_windows
from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.storage.schema.installed import altered_triggers
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.snapshot import snapshot

ALTERED = {
    "missing": "липсва: пуснете portal db upgrade",
    "changed": "е променен: пуснете portal db upgrade",
    "foreign": "не е на портала",
}


@dataclass
class Verified:
    """What was looked at. ``heads`` can be kept elsewhere as a checkpoint; ``figures`` say who is done,
    by month, where they are proven."""

    lists: int = 0
    signed: int = 0
    erased: Counter[str] = field(default_factory=Counter)  # by month
    heads: Heads = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        return sum(head.sequence for head in self.heads.values())


def verify(
    month: Month | None,
    *,
    verified: Verified,
    checkpoint: Heads | None = None,
    step: Callable[[], None] = lambda: None,
    site: Site,
) -> Iterator[Finding]:
    """Everything that is not as it must be, in the lists of one month or of all, and in the whole audit.

    Reads one moment of the database, a batch at a time; ``step`` is called after each list and chain.
    """
    if month is not None:
        Campaign.for_month(month)
    with snapshot():
        yield from _triggers()
        yield from _readable("database", _rows(month, verified, checkpoint or {}, step, site=site))


def _rows(
    month: Month | None, verified: Verified, checkpoint: Heads, step: Callable[[], None], *, site: Site
) -> Iterator[Finding]:
    yield from check_keys(site=site)
    yield from _readable("accounts", check_accounts(site=site))
    yield from _readable("logins", check_logins(site=site))
    yield from _readable("links", check_links(site=site))
    yield from _readable("factors", check_factors(site=site))
    yield from _readable("factors", check_spared(site=site))
    yield from _readable("passkeys", check_passkeys(site=site))
    yield from _readable("delegations", check_delegations(site=site))
    yield from _readable("registers", check_registers())
    yield from _readable("campaigns", check_windows(month))
    yield from _readable("institutions", check_closings())
    yield from _readable("figures", check_figures(month, verified.figures))
    yield from _readable("loads", check_loads(month))
    yield from _readable("campaigns", check_counted(month))
    yield from _readable("enrolments", check_enrolments())
    yield from _readable("notices", check_notices())
    yield from _readable("calls", check_calls())
    yield from _readable("office_letters", check_office_letters())
    yield from _readable("corrections", check_corrections())
    yield from _readable("lists", check_gone())
    for batch in lists_of(month):
        yield from check_counts(batch)
        for submission in batch:
            yield from _readable(f"submission:{submission.id}", _list(submission, verified, site=site))
            step()
    for chain in chain_names(checkpoint):
        found = check_chain(chain, checkpoint.get(chain), verified.heads)
        yield from _readable(f"audit:{chain}", found)
        step()


def _list(submission: Submission, verified: Verified, *, site: Site) -> Iterator[Finding]:
    verified.lists += 1
    if submission.lock is Lock.ERASED:
        verified.erased[str(submission.campaign.month)] += 1
        yield from check_erased(submission, site=site)
        return
    verified.signed += submission.lock is Lock.SIGNED
    yield from check_list(submission, site=site)
    yield from check_times(submission)


def _readable(thing: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """A value that the portal could never have written ends one check, not all of them."""
    try:
        yield from findings
    except (ValueError, TypeError, ArithmeticError, OperationalError):  # SQLite's: text that is no UTF-8
        yield Finding("unreadable", thing, f"{thing}: някоя стойност е такава, каквато порталът не записва.")


def steps_of(month: Month | None, checkpoint: Heads | None = None) -> int:
    """How often ``verify`` will call ``step``."""
    return sum(len(batch) for batch in lists_of(month)) + len(chain_names(checkpoint or {}))


def _triggers() -> Iterator[Finding]:
    for name, how in altered_triggers():
        yield Finding(f"trigger_{how}", f"trigger:{name}", f"Тригер {name} {ALTERED[how]}.")
