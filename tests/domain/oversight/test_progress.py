"""missing(state, register_confirmed_at), Wanted.of(standings) and Totals.of(standings)"""

import pytest

from portal.domain.names import by_number
from portal.domain.oversight.progress import Contact, Module, Standing, Totals, Wanted, missing
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Counts, SubmissionState
from tests.cast import NOW

State = SubmissionState


def standing(
    name, state=State.NOT_STARTED, counts=None, *, kind=InstitutionType.SCHOOL, opened=NOW, confirmed=None
):
    counts = counts or Counts(total=4, pending=4)
    code = f"{len(name):07d}"
    contact = Contact(code, name, kind, 22, "София-град", "", "")
    return Standing(contact, counts, state, opened, None, None, confirmed)


def names(wanted, *standings):
    return [found.institution.name for found in wanted.of(standings)]


TEN = standing("10. СУ", counts=Counts(4, 1, 2, 1))
NINE = standing("9. ОУ", counts=Counts(9, 9))
READY = standing("ДГ № 2", State.READY, Counts(2, 0, 2), kind=InstitutionType.KINDERGARTEN)
SIGNED = standing(
    "ДГ № 13 100%", State.SIGNED, Counts(1, 0, 1), kind=InstitutionType.KINDERGARTEN, confirmed=NOW
)
UNOPENED = standing("ПГ_1", opened=None)
ALL = (SIGNED, UNOPENED, NINE, TEN, READY)


def test_puts_first_who_has_to_be_called():
    assert names(Wanted(), *ALL) == ["ДГ № 2", "ПГ_1", "9. ОУ", "10. СУ", "ДГ № 13 100%"]


@pytest.mark.parametrize(
    ("sort", "first"), [("name", "ДГ № 2"), ("share", "ПГ_1"), ("pending", "9. ОУ"), ("state", "ДГ № 2")]
)
def test_orders_as_asked(sort, first):
    assert names(Wanted(sort=sort), *ALL)[0] == first


@pytest.mark.parametrize("state", State)
def test_unfinished_is_everything_that_somebody_has_still_to_do(state):
    done = {State.CHECKED, State.SIGNED, State.FINAL, State.ERASED}
    unfinished = Wanted(unfinished=True)
    assert bool(names(unfinished, standing("ОУ", state, confirmed=NOW))) is (state not in done)
    assert bool(names(unfinished, standing("ОУ", state))) is (state is not State.ERASED)


@pytest.mark.parametrize("state", State)
def test_done_is_who_has_done_both(state):
    lists = set() if state in (State.CHECKED, State.SIGNED, State.FINAL) else {Module.LIST}

    assert missing(state, NOW) == lists
    assert missing(state, None) == lists | {Module.REGISTER}


def test_knows_who_lacks_one_of_the_two():
    every = (
        standing("А", State.SIGNED, confirmed=NOW),
        standing("Б", State.SIGNED),
        standing("В", State.READY, confirmed=NOW),
        standing("Г", State.READY),
        standing("Д", State.ERASED),
    )

    assert names(Wanted(lacks_one=True), *every) == ["В", "Б"]
    assert names(Wanted(module=Module.LIST), *every) == ["В", "Г"]
    assert names(Wanted(module=Module.REGISTER), *every) == ["Г", "Б"]
    assert names(Wanted(sort="one"), *every) == ["Б", "В", "Г", "А", "Д"]
    assert names(Wanted(), *every) == ["В", "Г", "Б", "А", "Д"]
    totals = Totals.of(every)
    assert (totals.due, totals.complete, totals.lists, totals.registers, totals.lack_one) == (4, 1, 2, 2, 2)
    assert totals.percent == 25


def test_orders_numbered_schools_by_their_number():
    assert sorted(["10. СУ", "9. ОУ", "ДГ № 13", "ДГ № 2"], key=by_number) == [
        "ДГ № 2",
        "ДГ № 13",
        "9. ОУ",
        "10. СУ",
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("су", ["10. СУ"]),
        ("дг 13", ["ДГ № 13 100%"]),
        ("0000006", ["10. СУ", "ДГ № 2"]),
        ("100%", ["ДГ № 13 100%"]),
        ("0%0", []),
        ("пг_", ["ПГ_1"]),
        ("_", ["ПГ_1"]),
        ("няма такава", []),
    ],
)
def test_searches_name_and_code_in_any_case_and_takes_signs_as_they_are(words, found):
    assert sorted(names(Wanted(words=words), *ALL)) == sorted(found)


def test_filters_by_state_and_kind():
    assert names(Wanted(state=State.READY), *ALL) == ["ДГ № 2"]
    assert names(Wanted(unopened=True), *ALL) == ["ПГ_1"]
    assert names(Wanted(unfinished=True), *ALL) == ["ДГ № 2", "ПГ_1", "9. ОУ", "10. СУ"]
    assert set(names(Wanted(type=InstitutionType.KINDERGARTEN), *ALL)) == {"ДГ № 2", "ДГ № 13 100%"}


def test_knows_whether_anything_is_left_out():
    assert not Wanted(words="  ", sort="name").is_filter
    for one in (
        {"state": State.READY},
        {"unopened": True},
        {"unfinished": True},
        {"lacks_one": True},
        {"module": Module.LIST},
        {"type": InstitutionType.SCHOOL},
        {"words": "су"},
    ):
        assert Wanted(**one).is_filter


def test_ready_but_unsigned_is_not_complete():
    totals = Totals.of(ALL)

    assert (totals.due, totals.complete, totals.percent) == (5, 1, 20)
    assert totals.by_state("ready") == 1
    assert totals.never_opened == 1
    assert totals.counts == Counts(20, 14, 5, 1)


def test_one_hundred_percent_is_said_only_of_all():
    many = [SIGNED] * 999 + [READY]

    assert Totals.of(many).percent == 99
    assert Totals.of([SIGNED]).percent == 100
    assert Totals.of([]).percent == 100, "nobody is waited for"


def test_of_no_records_all_are_decided():
    assert (standing("А", State.NOTHING, Counts()).share, TEN.share, SIGNED.share) == (1, 0.75, 1)


def test_who_has_signed_need_not_open_the_list():
    assert not standing("А", State.SIGNED, Counts(1, 0, 1), opened=None).never_opened


def test_who_has_nothing_and_said_nothing_is_waited_for_as_everybody_else():
    totals = Totals.of(
        [
            standing("А", State.NOTHING, Counts()),
            standing("Б", State.CHECKED, Counts(), confirmed=NOW),
            standing("В", State.ERASED, Counts()),
        ]
    )

    assert (totals.institutions, totals.due, totals.complete) == (3, 2, 1)
