"""A proposed code for the envelope. Until it has been printed, it exists only on the director's page."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from portal.actions.site import Site
from portal.crypto.envelope import GROUPS, are_groups, groups, groups_mac, new_code
from portal.crypto.errors import CannotOpen
from portal.crypto.pepper import proposal_key
from portal.crypto.register import new_id
from portal.crypto.vault import Vault
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Director
from portal.domain.register.envelopes import ASKED_BACK, check_proposal

STARTED_ANEW = "Тази страница не може да бъде продължена. По-долу е нов код: отпечатайте него."


@dataclass(frozen=True)
class Proposal:
    """A code that is on the director's page and on paper, and nowhere else. ``asked`` are the numbers of
    the groups to type back."""

    envelope: str
    code: str = field(repr=False)
    asked: tuple[int, ...]
    made_at: datetime


def propose(now: datetime) -> Proposal:
    """A new code; nothing is stored."""
    numbers = secrets.SystemRandom().sample(range(1, GROUPS + 1), ASKED_BACK)
    return Proposal(new_id(), new_code(), tuple(sorted(numbers)), now)


def seal_proposal(director: Director, proposal: Proposal, *, site: Site) -> str:
    """What the page's form carries: only this director's next request can use it."""
    content = {
        "envelope": proposal.envelope,
        "code": proposal.code,
        "asked": proposal.asked,
        "made_at": proposal.made_at.astimezone(UTC).isoformat(),
    }
    return _vault(site=site).seal(json.dumps(content).encode(), _place(director)).hex()


def read_proposal(director: Director, text: str, *, site: Site, now: datetime) -> Proposal:
    """The proposal that the form brought back; Conflict if it is over an hour old, or not this director's."""
    try:
        found = json.loads(_vault(site=site).open(bytes.fromhex(text), _place(director)))
    except (CannotOpen, ValueError):
        raise Conflict(STARTED_ANEW) from None
    made_at = datetime.fromisoformat(found["made_at"])
    check_proposal(made_at, now=now)
    return Proposal(found["envelope"], found["code"], tuple(found["asked"]), made_at)


def check_groups(proposal: Proposal, typed: Mapping[int, str], *, site: Site) -> None:
    """Raise Refusal with every group that is not the one on paper."""
    printed = groups(proposal.code)
    wrong = []
    for number in proposal.asked:
        right = groups_mac(site.pepper, proposal.envelope, {number: printed[number - 1]})
        if not are_groups(site.pepper, proposal.envelope, {number: typed.get(number, "")}, right):
            sentence = (
                f"Това не е група {number} от листа. Прочетете я от отпечатания лист и я напишете отново."
            )
            wrong.append(Refusal(sentence, field=f"group_{number}"))
    Refusal.raise_all(wrong)


def _vault(*, site: Site) -> Vault:
    return Vault([proposal_key(site.pepper)])


def _place(director: Director) -> str:
    return f"envelope/{director.institution}/{director.user_id}"
