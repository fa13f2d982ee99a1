"""load_institutions, load_calendar, load_holidays_override: the small files that everything stands on."""

import io
from datetime import date

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.actions.loading.calendars import load_calendar, load_holidays_override
from portal.actions.loading.files import Source
from portal.actions.loading.institutions import load_institutions
from portal.domain.calendar import Band, DayKind
from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.placement import InstitutionType
from portal.storage.campaigns.loaded import missing_institutions
from portal.storage.lists.school_days import school_days_of
from portal.storage.loading.tables import Load
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import BandTerm, BandVacation, HolidayOverride, Institution
from tests.actions.loading.loaded import counts, rejected, sample
from tests.cast import AFTER, FAR_SCHOOL, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL

pytestmark = pytest.mark.usefixtures("world")

INSTITUTIONS = "code,name,type,region_code,region,email,phone,municipality\n"
CALENDAR = "school_year,band,kind,first,last,name\n"
HOLIDAYS = "date,kind,name\n"


def source(text: str) -> Source:
    return Source(io.BytesIO(text.encode()), "файл.csv")


def test_the_sample_adds_what_is_new_and_updates_the_rest():
    done = load_institutions(None, sample("institutions.csv"), now=NOW)

    assert counts(done) == {
        "received": 8,
        "distributed": 8,
        "added": 5,
        "updated": 2,
        "unchanged": 1,
        "missing": 1,
    }
    assert Institution.select().count() == 9, "none is deleted"
    assert Institution.get_by_id("2200004").phone == "02 900 0004"
    assert counts(load_institutions(None, sample("institutions.csv"), now=NOW)) == {
        "received": 8, "distributed": 8, "unchanged": 8, "missing": 1,
    }  # fmt: skip


def test_every_column_is_kept_as_it_came():
    load_institutions(
        None,
        source(INSTITUTIONS + "0100001,ДГ „ЩУРЧЕ“,kindergarten,1,Благоевград,a@b.bg,073 1,Банско\n"),
        now=NOW,
    )

    added = Institution.get_by_id("0100001")
    assert (added.type, added.region, added.region_name, added.municipality) == (
        InstitutionType.KINDERGARTEN, 1, "Благоевград", "Банско",
    )  # fmt: skip
    assert added.name == "ДГ „ЩУРЧЕ“"
    assert (added.email, added.phone) == ("a@b.bg", "073 1")


def test_who_is_left_out_is_missing_since_then_until_a_file_names_it(world):
    def since():
        return {i.code: i.missing_since for i in Institution.select() if i.missing_since is not None}

    load_institutions(None, sample("institutions.csv"), now=NOW)
    assert since() == {FAR_SCHOOL: NOW}
    load_institutions(None, sample("institutions.csv"), now=AFTER)
    assert since() == {FAR_SCHOOL: NOW}, "the first time counts"
    load_institutions(None, source(f"{INSTITUTIONS}{FAR_SCHOOL},ОУ,school,3,Варна,,,\n"), now=AFTER)
    assert since() == {i.code: AFTER for i in Institution.select() if i.code != FAR_SCHOOL}


def test_who_is_closed_is_missed_by_nobody_and_a_rejected_line_names_its_institution(world):
    close_institution(world.oleg, SCHOOL, NOW.date(), now=NOW)
    done = load_institutions(
        None,
        source(f"{INSTITUTIONS}{KINDERGARTEN},ДГ,kindergarten,22,София-град,,,\n{OTHER_SCHOOL},,x,22,x,,,\n"),
        now=NOW,
    )

    assert (done.rejected, done.missing) == (1, 1)
    assert [i.code for i in missing_institutions()] == [FAR_SCHOOL]


def test_a_file_without_a_good_line_misses_nobody():
    done = load_institutions(None, source(f"{INSTITUTIONS}100,,школа,31,,x,,\n"), now=NOW)

    assert (done.rejected, done.missing) == (1, 0)
    assert missing_institutions() == []


def test_a_closed_institution_gets_no_list_by_a_newer_file(world):
    Submission.delete().where(Submission.institution == SCHOOL).execute()
    close_institution(world.oleg, SCHOOL, NOW.date(), now=NOW)
    load_institutions(None, sample("institutions.csv"), now=NOW)

    assert not Submission.select().where(Submission.institution == SCHOOL).exists()


def test_a_new_institution_gets_its_list_in_campaigns_that_are_not_answered():
    Campaign.create(month=Month(2020, 11), made_at=NOW, answered_at=NOW)
    load_institutions(None, source(INSTITUTIONS + "0100001,ОУ,school,1,Област,,,\n"), now=NOW)

    lists = Submission.select().where(Submission.institution == "0100001")
    assert [one.campaign.month for one in lists] == [MONTH]


def test_rejects_bad_lines_and_loads_the_good():
    done = load_institutions(
        None, source(INSTITUTIONS + "0100001,ОУ,school,1,Област,,,\n100,,школа,31,,x,,\n"), now=NOW
    )

    assert counts(done) == {"received": 2, "distributed": 1, "rejected": 1, "added": 1, "missing": 4}
    assert rejected(done)[3].startswith("код на институцията: трябва да са точно 7 цифри; име: липсва")


@pytest.mark.parametrize("load", [load_institutions, load_calendar, load_holidays_override])
@pytest.mark.parametrize("text", ["", "нещо,друго\n1,2\n"])
def test_another_file_is_refused_whole(load, text):
    with pytest.raises(Refusal) as refused:
        load(None, source(text), now=NOW)

    assert refused.value.field == "file"
    assert Load.select().count() == 0


def test_a_header_alone_is_refused():
    with pytest.raises(Refusal, match="няма нито един ред"):
        load_institutions(None, source(INSTITUTIONS), now=NOW)

    assert Load.select().count() == 0


def test_the_sample_calendar_gives_the_known_school_days_of_december():
    BandTerm.delete().execute()
    BandVacation.delete().execute()
    done = load_calendar(None, sample("calendar.csv"), now=NOW)

    assert counts(done) == {"received": 21, "distributed": 21}
    days = school_days_of(SCHOOL, MONTH)
    assert {band: days.count(band) for band in Band} == {
        Band.PRESCHOOL: 20, Band.I_III: 17, Band.IV_VI: 17, Band.VII_XI: 17, Band.XII: 17,
    }  # fmt: skip
    assert BandVacation.select().count() == 16


def test_a_calendar_replaces_the_years_and_bands_that_it_names():
    load_calendar(None, sample("calendar.csv"), now=NOW)
    load_calendar(None, source(CALENDAR + "2020,XII,vacation,2020-12-21,2021-01-03,коледна\n"), now=NOW)

    of_band = {
        band: [v.first for v in BandVacation.select().where(BandVacation.band == band)]
        for band in (Band.XII, Band.I_III)
    }
    assert of_band[Band.XII] == [date(2020, 12, 21)]
    assert len(of_band[Band.I_III]) == 4
    assert BandTerm.select().where(BandTerm.band == Band.XII).count() == 1


def test_a_term_is_replaced_not_repeated():
    load_calendar(None, source(CALENDAR + "2020,XII,term,2020-09-14,2021-05-20,\n"), now=NOW)

    (term,) = BandTerm.select().where(BandTerm.band == Band.XII)
    assert (term.first, term.last) == (date(2020, 9, 14), date(2021, 5, 20))


def test_a_decree_moves_days_and_a_later_file_corrects_it():
    load_holidays_override(None, source(HOLIDAYS + "2020-12-11,holiday,пандемия\n"), now=NOW)
    done = load_holidays_override(
        None, source(HOLIDAYS + "2020-12-11,holiday,друго име\n2020-12-12,workday,отработва се\n"), now=NOW
    )

    assert counts(done) == {"received": 2, "distributed": 2}
    assert {(row.day, row.kind, row.name) for row in HolidayOverride.select()} == {
        (date(2020, 12, 11), DayKind.HOLIDAY, "друго име"),
        (date(2020, 12, 12), DayKind.WORKDAY, "отработва се"),
    }
    assert school_days_of(SCHOOL, MONTH).count(Band.I_III) == 17


def test_each_load_is_in_the_audit(world):
    load_institutions(world.oleg, sample("institutions.csv"), now=NOW)
    load_calendar(world.oleg, sample("calendar.csv"), now=NOW)
    load_holidays_override(world.oleg, source(HOLIDAYS + "2020-12-11,holiday,x\n"), now=NOW)

    assert [(entry.what, entry.who) for entry in AuditEntry.select().order_by(AuditEntry.id)] == [
        ("loaded_institutions", world.oleg.user_id),
        ("loaded_calendar", world.oleg.user_id),
        ("loaded_holidays", world.oleg.user_id),
    ]
