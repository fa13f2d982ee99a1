"""What load_asp_list and load_enrolments count of records whose children nobody can be sure of."""

import pytest

from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.storage.tables.campaigns import Campaign, DoubtfulRecord, Record
from tests.actions.loading.loaded import asp, doubts, enrol, enrolled, load
from tests.cast import AFTER, CLOSES, EGNS, NOW, OTHER_SCHOOL, SCHOOL

pytestmark = pytest.mark.usefixtures("world")

NOBODY = "9999999"  # no institution of the portal
BOTH_EGN_AND_LNCH = "1045120036"


def test_a_list_counts_what_the_enrolments_do_not_say():
    enrol(
        enrolled(0),
        enrolled(1, status=3),
        enrolled(3, institution=NOBODY),
        enrolled(4, institution=NOBODY),
        enrolled(4, institution=OTHER_SCHOOL),
        enrolled(number=BOTH_EGN_AND_LNCH, kind=IdType.LNCH),
    )
    done = load(*(asp(child) for child in range(5)), asp(number=BOTH_EGN_AND_LNCH))

    assert doubts(done) == (2, 1, 1)
    assert {r.institution_id for r in Record.select()} == {SCHOOL, OTHER_SCHOOL}


def test_without_any_enrolments_every_record_is_without_one():
    assert doubts(load(asp(0), asp(1, reason=2), asp(1))) == (3, 0, 0)


def test_the_same_list_again_counts_what_is_so_now():
    load(asp(0), asp(1))
    assert doubts(enrol(enrolled(0))) == (1, 0, 0)
    assert doubts(enrol(enrolled(0, institution=NOBODY), enrolled(1))) == (0, 1, 0)
    assert doubts(load(asp(0), asp(1))) == (0, 1, 0)


def test_a_child_by_number_alone_at_an_institution_outside_the_portal_is_both():
    enrol(enrolled(number=BOTH_EGN_AND_LNCH, kind=IdType.LNCH, institution=NOBODY))

    assert doubts(load(asp(number=BOTH_EGN_AND_LNCH))) == (0, 1, 1)


def test_a_number_of_two_other_types_is_nobodys_enrolment():
    enrol(*(enrolled(number=BOTH_EGN_AND_LNCH, kind=kind) for kind in (IdType.LNCH, IdType.IDN)))

    assert doubts(load(asp(number=BOTH_EGN_AND_LNCH))) == (1, 0, 0)


def test_a_record_in_small_letters_is_enrolled_in_capitals():
    load(asp(number="AB1", kind=IdType.IDN))
    Record.update(id_number="ab1").execute()

    assert doubts(enrol(enrolled(number="AB1", kind=IdType.IDN))) == (0, 0, 0)


def test_enrolments_count_in_every_campaign_under_way_and_in_no_other():
    load(asp(0), asp(1))
    november = Campaign.create(month=Month(2020, 11), made_at=NOW, opens_on=CLOSES, closes_on=CLOSES)
    Record.update(campaign=november, submission=None).where(Record.id_number == EGNS[1]).execute()
    DoubtfulRecord.delete().execute()  # no record ever goes to another month
    assert doubts(enrol(enrolled(2))) == (2, 0, 0)

    Campaign.update(answered_at=NOW).where(Campaign.month == Month(2020, 11)).execute()
    assert doubts(enrol(enrolled(2))) == (1, 0, 0)
    assert doubts(enrol(enrolled(2), now=AFTER)) == (0, 0, 0)


def test_only_the_newest_enrolments_count():
    enrol(enrolled(0), month=Month(2020, 11))
    enrol(enrolled(1))

    assert doubts(load(asp(0), asp(1))) == (1, 0, 0)


def test_a_file_without_one_good_line_counts_too():
    load(asp(0))

    assert doubts(enrol("боклук")) == (1, 0, 0)
