"""The circular of РУО about the demo's month: as the portal proposes it, read by those who are done."""

from datetime import datetime

from portal.actions.notices.acquainting import acquaint
from portal.actions.notices.publishing import Edition, publish
from portal.domain.month import Month
from portal.domain.notices.drafting import Facts, draft_subject, draft_text
from portal.domain.notices.rules import Office, Wording
from portal.domain.oversight.progress import Totals
from portal.domain.people import Director, Ruo
from portal.domain.times import today
from portal.storage.campaigns.progress import standings
from portal.storage.notices.tables import Notice
from portal.storage.people.persons import person_of
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.people import User

NUMBER = "РУО1-3314"  # as that of January 2021


def has_circular(month: Month) -> bool:
    """Whether the demo's office has written about this month."""
    return bool(Notice.select().where(Notice.subject.endswith(month.label)).exists())


def publish_circular(ruo: Ruo, month: Month, *, now: datetime) -> None:
    campaign, office = Campaign.for_month(month), Office.of(ruo)
    found = standings(campaign, now=now, region=ruo.region)
    facts = Facts(month, campaign.window, Totals.of(found), office)
    text = draft_text(facts, now=now)
    wording = Wording(NUMBER, today(now), draft_subject(facts), text, campaign.closes_on)
    notice = publish(ruo, Edition(wording), now=now)
    done = [standing.institution.code for standing in found if standing.state.is_complete]
    for user in User.select().where(User.is_director() & User.institution.in_(done)).order_by(User.id):
        director = person_of(user, today(now))
        assert isinstance(director, Director)
        acquaint(director, notice.id, now=now)
