"""first_to_call, late_ones: the order of in_order, and whom to_call finds, of institutions taken by kinds."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.calls.first import Kind, NextCall, Place, first_to_call, late_ones
from portal.domain.calls.order import Situation, in_order, own_window, to_call
from portal.domain.oversight.progress import Alike, Contact, Standing
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Counts, Lock, Window, submission_state
from tests.cast import AFTER, CLOSES, NOW, OPENS

WINDOWS = (Window(OPENS, CLOSES), Window(OPENS, CLOSES, suspended=True), Window())
UNTIL = (None, NOW - timedelta(hours=1), AFTER + timedelta(days=1), AFTER + timedelta(days=2))


@st.composite
def _standings(draw, window, now):
    total = draw(st.integers(0, 4))
    pending = draw(st.integers(0, total))
    until, has_director = draw(st.sampled_from(UNTIL)), draw(st.booleans())
    opened, checked, confirmed = (draw(st.sampled_from((None, NOW))) for _ in range(3))
    counts = Counts(total, pending, total - pending, 0)
    state = submission_state(
        counts,
        draw(st.sampled_from(Lock)),
        checked=checked is not None,
        has_account=has_director,
        past=replace(window, reopened_until=until).is_over(now),
    )
    name, region = draw(st.sampled_from(("9. ОУ", "10. ОУ", "ДГ"))), draw(st.integers(1, 2))
    contact = Contact("", name, InstitutionType.SCHOOL, region, f"Р{region}", "", "")
    return Standing(contact, counts, state, opened, checked, None, confirmed, has_director, until)


@st.composite
def _months(draw):
    """A window, a time, institutions; and of each whether a letter was lost, and what its last call left."""
    window, now = draw(st.sampled_from(WINDOWS)), draw(st.sampled_from((NOW, AFTER)))
    found = draw(st.lists(_standings(window, now), max_size=25))
    numbered = [
        replace(each, institution=each.institution._replace(code=f"{number:07}"))
        for number, each in enumerate(found)
    ]
    lost = {each.institution.code: draw(st.booleans()) for each in numbered}
    times = st.integers(-3, 3).map(lambda hours: now + timedelta(hours=hours))
    calls = st.none() | st.builds(NextCall, times, st.booleans())
    called = {each.institution.code: draw(calls) for each in numbered}
    return window, now, numbered, lost, {code: call for code, call in called.items() if call is not None}


def _kinds(standings, lost):
    found = defaultdict(list)
    for each in standings:
        of = each.institution
        records = each.counts.total + each.counts.pending
        alike = (
            each.state, each.first_opened_at, each.register_confirmed_at, each.has_director,
            each.reopened_until, lost[of.code],
        )  # fmt: skip
        found[alike].append(Place(of.code, of.name, of.region, of.region_name, records))
    return [
        Kind(Alike(len(places), Counts(), *about), until, was_lost, places)
        for (*about, until, was_lost), places in found.items()
    ]


@given(_months(), st.integers(1, 8))
def test_finds_the_first_of_all_that_are_late(month, most):
    window, now, standings, lost, called = month
    late = to_call(window, standings, now=now)
    one_by_one = in_order(
        (
            Situation(
                each,
                own_window(window, each.reopened_until, now=now),
                has_access=each.has_director,
                letter_lost=lost[each.institution.code],
                next_call=called[each.institution.code].at if each.institution.code in called else None,
                is_promise=each.institution.code in called and called[each.institution.code].is_promise,
            )
            for each in late
        ),
        now=now,
    )

    by_kind = late_ones(window, _kinds(standings, lost), now=now)

    assert {place.code for kind in by_kind for place in kind.places} == {
        each.institution.code for each in late
    }
    assert first_to_call(window, by_kind, called, most, now=now) == [
        each.standing.institution.code for each in one_by_one[:most]
    ]
