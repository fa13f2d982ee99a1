"""Letters about what АСП did after the answer."""

import hashlib
from collections import Counter

from portal.actions.letters.matter import Matter, NoLonger
from portal.domain.campaigns.ended import Agreement
from portal.domain.letters.kinds import Occasion
from portal.domain.people import Scope
from portal.mail import result_messages as letters
from portal.mail.messages import Message
from portal.storage.campaigns.ended import results_of


def write_result(matter: Matter) -> Message:
    """To whoever works on the list, where something of it came back; once for the same result, however many
    files of the month brought it."""
    if not matter.scopes & {Scope.DECIDE, Scope.SIGN}:
        raise NoLonger("упълномощаването не включва списъка")
    told = [each for each in results_of(matter.campaign, matter.institution.code) if each.outcome is not None]
    if not told:
        raise NoLonger("АСП не е върнала нищо за записите на институцията")
    said = "\n".join(sorted(f"{each.record.id} {each.outcome}" for each in told))
    digest = hashlib.sha256(said.encode()).hexdigest()
    if matter.last_said(Occasion.RESULT_CAME_BACK, field="result") == digest:
        raise NoLonger("същото вече е съобщено")
    is_again = matter.last_said(Occasion.RESULT_CAME_BACK, field="result") is not None
    matter.note(result=digest)
    by_agreement = Counter(each.agreement for each in told)
    ended = sum(1 for each in told if each.outcome is not None and each.outcome.ended)
    return letters.result_came_back(
        matter.to,
        letters.CameBack(
            matter.institution.name,
            matter.campaign.month,
            f"{matter.list_link}/answer",
            ended=ended,
            kept=len(told) - ended,
            differs=by_agreement[Agreement.DIFFERS],
            undecided=by_agreement[Agreement.UNDECIDED],
            is_again=is_again,
        ),
    )
