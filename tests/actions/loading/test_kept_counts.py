"""What is kept with a month of its records follows a mended line and a re-routed record at once."""

import pytest

from portal.actions.lists.confirmations import send_back
from portal.actions.loading import repairing
from portal.actions.loading.repairing import repair
from portal.actions.loading.routing import route, route_all
from portal.actions.verifying import Verified, verify
from portal.domain.placement import Doubt
from portal.storage.campaigns.loads import last_load
from portal.storage.lists import counted
from portal.storage.lists.counted import count_anew
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.retention.erasing import erase_enrolments
from portal.storage.tables.campaigns import Campaign, DoubtfulRecord, Record
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from tests.actions.loading.loaded import DECEMBER, asp, enrol, enrolled, load
from tests.cast import EGNS, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL, SITE, add_record
from tests.storage.together import at_once

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.both_databases]

NAMES = [*(doubt.value for doubt in Doubt), "under_limit"]
BAD = asp(0, absences="4.5")  # of a child that no enrolment names, and under the limit


def kept() -> list[int]:
    campaign = Campaign.for_month(MONTH)
    return [getattr(campaign, name) for name in NAMES]


def findings() -> list[str]:
    found = verify(MONTH, verified=Verified(), site=SITE)
    return [each.sentence for each in found if each.code == "kept_counts"]


def mend(world):
    (line,) = RejectedLine.select()
    return repair(world.oleg, last_load(MONTH).id, line.id, {"absences": "004.50"}, now=NOW)


def send(world, record: Record) -> None:
    send_back(world.ana, MONTH, record.id, "не е наше", now=NOW)


def test_a_mended_line_is_counted_at_once(world):
    enrol(enrolled(1))
    load(BAD, asp(1))
    assert kept() == [0, 0, 0, 0]
    mended = mend(world)

    assert kept() == [1, 0, 0, 1]
    (doubtful,) = DoubtfulRecord.select()
    assert (doubtful.record_id, doubtful.campaign_id) == (mended.id, mended.campaign_id)
    assert doubtful.without_enrolment
    assert findings() == []


def test_where_it_cannot_be_stored_nothing_is_counted(world, monkeypatch):
    load(BAD, asp(1))
    before = kept()

    def breaks(*_, **more):
        raise ZeroDivisionError

    monkeypatch.setattr(repairing, "_settle", breaks)
    with pytest.raises(ZeroDivisionError):
        mend(world)

    assert kept() == before == [1, 0, 0, 0]


def test_a_record_that_goes_to_a_kindergarten_is_counted_in_days_there(world):
    """Four school hours are under the limit, four days are not; where the child is enrolled is as unsure."""
    load(asp(0, absences="004.00"), asp(1))
    assert kept() == [2, 0, 0, 1]
    record = Record.get(Record.absences == "004.00")
    send(world, record)
    route(world.oleg, MONTH, record.id, KINDERGARTEN, now=NOW)

    assert kept() == [2, 0, 0, 0]
    assert findings() == []


def test_so_are_all_that_go_together(world):
    load(asp(0, absences="004.00"), asp(1, absences="004.00"), asp(2, institution=OTHER_SCHOOL))
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
    route_all(world.oleg, MONTH, SCHOOL, KINDERGARTEN, now=NOW)

    assert kept() == [3, 0, 0, 0]
    assert findings() == []


def test_a_month_of_which_nothing_is_kept_stays_so(world):
    record = add_record(SCHOOL, id_number=EGNS[0])
    send(world, record)
    route(world.oleg, MONTH, record.id, OTHER_SCHOOL, now=NOW)

    assert Campaign.for_month(MONTH).counted_at is None
    assert findings() == []


def test_a_line_that_is_mended_while_the_month_is_counted_is_counted(world, monkeypatch):
    """The count has read the records already."""
    load(BAD, asp(1))
    counts_of, times = counted.counts_of, []

    def mended_after(campaign, kept):
        found = counts_of(campaign, kept)
        times.append(found)
        if len(times) == 1:
            at_once(lambda: mend(world))
        return found

    monkeypatch.setattr(counted, "counts_of", mended_after)
    count_anew(Campaign.for_month(MONTH), now=NOW)

    assert len(times) == 2
    assert DoubtfulRecord.select().count() == 2
    assert kept() == [2, 0, 0, 1]
    assert findings() == []


@pytest.mark.parametrize("name", NAMES)
def test_verify_finds_what_was_changed_by_hand(name):
    load(asp(0))
    with writing():
        Campaign.update({Campaign._meta.fields[name]: 9}).execute()

    assert findings() == [f"2020-12: преброеното при зареждане не е това, което показват записите ({name})."]


def test_verify_proves_nothing_while_a_load_is_not_finished():
    load(asp(0))
    Campaign.update(under_limit=9).execute()
    Load.update(is_finished=False).execute()

    assert findings() == []


def test_verify_holds_erased_enrolments_against_no_month():
    enrol(enrolled(0))
    load(asp(0))
    with writing():
        erase_enrolments(DECEMBER)

    assert (kept(), findings()) == ([0, 0, 0, 0], [])


def test_verify_does_not_hold_a_later_file_against_a_month_that_was_over(world):
    load(asp(0))
    enrol(enrolled(0), now=NOW.replace(month=3))

    assert kept() == [1, 0, 0, 0], "its deadline had passed"
    assert findings() == []
