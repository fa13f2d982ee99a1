"""portal.domain.delegations: on what terms a director may authorise."""

from datetime import date

import pytest

from portal.domain.delegations import Terms, a_year_after, check_terms
from portal.domain.errors import Refusal
from portal.domain.people import Scope

TODAY = date(2021, 1, 28)


def terms(scopes=frozenset({Scope.DECIDE}), order="РД-15", until=TODAY):
    return Terms(scopes, order, until)


@pytest.mark.parametrize("until", [TODAY, date(2021, 6, 30), date(2022, 1, 28)])
def test_ends_today_at_the_earliest_and_in_a_year_at_the_latest(until):
    assert check_terms(terms(until=until), TODAY).until == until


@pytest.mark.parametrize("until", [None, date(2021, 1, 27), date(2022, 1, 29)])
def test_refuses_other_ends(until):
    with pytest.raises(Refusal) as refusal:
        check_terms(terms(until=until), TODAY)
    assert refusal.value.field == "until"


def test_a_year_after_a_leap_day_is_the_day_before():
    assert a_year_after(date(2024, 2, 29)) == date(2025, 2, 28)


def test_allows_at_least_one_thing():
    with pytest.raises(Refusal) as refusal:
        check_terms(terms(scopes=frozenset()), TODAY)
    assert refusal.value.field == "scopes"


def test_allows_the_register_alone_and_with_the_rest():
    assert check_terms(terms({Scope.REGISTER}), TODAY).scope_words == "quarantine"
    assert check_terms(terms(set(Scope)), TODAY).scope_words == "decide,sign,quarantine"


@pytest.mark.parametrize("order", ["", "  ", "Р" * 61])
def test_needs_an_order(order):
    with pytest.raises(Refusal) as refusal:
        check_terms(terms(order=order), TODAY)
    assert refusal.value.field == "order_number"


def test_keeps_the_order_and_the_scopes_in_one_form():
    kept = check_terms(terms({Scope.SIGN, Scope.DECIDE}, "  РД-15 /\n12.01.2021 "), TODAY)
    assert kept.order_number == "РД-15 / 12.01.2021"
    assert check_terms(terms(order="Р" * 60), TODAY).order_number == "Р" * 60
    assert kept.scope_words == "decide,sign"


def test_names_everything_that_does_not_hold():
    with pytest.raises(Refusal) as refusal:
        check_terms(Terms(frozenset(), "", None), TODAY)
    assert [refusal.value.field, *(other.field for other in refusal.value.also)] == [
        "scopes",
        "order_number",
        "until",
    ]
