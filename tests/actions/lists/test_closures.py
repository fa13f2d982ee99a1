"""add_closure and delete_closure: an institution's own days without school, whoever else is at it."""

from datetime import date

from portal.actions.lists.closures import Changed, add_closure, delete_closure
from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.errors import NotFound, Refusal
from portal.domain.lists.closures import Days
from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Closure
from tests.cast import MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record
from tests.storage.together import at_once

DAYS = Days(date(2020, 12, 10), date(2020, 12, 11), "РД-1")


def test_tells_of_this_schools_lists_and_of_decisions_that_the_days_make_impossible(world):
    for figure in ("16", "17", "15"):
        add_record(reason=Reason.DISTANCE, figure=figure, decision=Decision.CONFIRMED)
    refused = {
        "decision": Decision.REFUSED,
        "corrected": 9,
        "refusal_reason": RefusalReason.OTHER,
        "note": "Да.",
    }
    add_record(**refused)  # nine hours are over the limit, with these days or without
    add_record(OTHER_SCHOOL, reason=Reason.DISTANCE, figure="17", decision=Decision.CONFIRMED)

    assert add_closure(world.ana, DAYS, now=NOW) == Changed([MONTH], doubtful=2)


def test_tells_of_months_in_their_order_and_of_no_list_without_records(world):
    november = Campaign.create(month=Month(2020, 11), made_at=NOW)
    Submission.create(campaign=november, institution=SCHOOL)
    add_record()
    over_both = Days(date(2020, 11, 30), date(2020, 12, 1), "РД-2")

    assert add_closure(world.ana, over_both, now=NOW).months == [MONTH]
    add_record(campaign=november)
    assert delete_closure(world.ana, Closure.get().id, now=NOW).months == [Month(2020, 11), MONTH]


def test_a_neighbour_who_signed_holds_up_nobody(world):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == OTHER_SCHOOL).execute()

    add_closure(world.ana, DAYS, now=NOW)

    assert [(each.institution_id, each.first, each.last) for each in Closure.select()] == [
        (SCHOOL, DAYS.first, DAYS.last)
    ]


def test_each_change_is_in_the_audit_of_the_institution(world):
    add_closure(world.ana, DAYS, now=NOW)
    kept = add_closure(world.ana, Days(date(2020, 12, 14), date(2020, 12, 14), "РД-2"), now=NOW)
    first, second = Closure.select().order_by(Closure.id)

    delete_closure(world.ana, second.id, now=NOW)

    assert [closure.id for closure in Closure.select()] == [first.id]
    entries = AuditEntry.select().order_by(AuditEntry.id)
    assert [(entry.chain, entry.who, entry.what, entry.object) for entry in entries] == [
        (SCHOOL, world.ana.user_id, "added_closure", f"closure:{first.id}"),
        (SCHOOL, world.ana.user_id, "added_closure", f"closure:{second.id}"),
        (SCHOOL, world.ana.user_id, "deleted_closure", f"closure:{second.id}"),
    ]
    assert kept == Changed([], 0)


def test_a_day_entered_twice_at_once_is_entered_once(world):
    results = at_once(*[lambda: add_closure(world.ana, DAYS, now=NOW)] * 4)

    assert sum(isinstance(result, Refusal) for result in results) == 3
    assert Closure.select().count() == 1


def test_days_deleted_twice_at_once_are_deleted_once(world):
    add_closure(world.ana, DAYS, now=NOW)
    closure = Closure.get()

    results = at_once(*[lambda: delete_closure(world.ana, closure.id, now=NOW)] * 4)

    assert sum(isinstance(result, NotFound) for result in results) == 3
    assert AuditEntry.select().where(AuditEntry.what == "deleted_closure").count() == 1
