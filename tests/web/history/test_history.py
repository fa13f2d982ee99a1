"""GET /confirmations/<YYYY-MM>/history"""

import pytest

from portal.domain.decisions import Decision, Reason
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.people import Delegation
from tests.cast import MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record, stored
from tests.web.test_home import sign

HERE = "/confirmations/2020-12/history"


def add(person, what, thing, chain=SCHOOL):
    with writing():
        audit.add(person, what, thing, now=NOW, chain=chain)


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


def entries(answer):
    return [" ".join(row.text_content().split()) for row in answer.page.all('tr[id^="entry-"]')]


@pytest.mark.parametrize("name", ["ana", "dora"])
def test_names_the_children_to_the_institutions_own_people(client, world, name):
    record = add_record(family="Петрова", reason=Reason.ABSENCE)
    add(world.dora, "refused", f"record:{record.id}")
    add(world.ana, "signed", f"submission:{record.submission_id}")

    answer = client.sign_in(getattr(world, name)).get(HERE)

    assert entries(answer) == [
        "28.01.2021 г., 10:00 ч. Ана Янева подписа списъка списъкът",
        "28.01.2021 г., 10:00 ч. Дора Илиева отказа Мария Иванова Петрова (Отсъствие)",
    ]


class TestRefusal:
    """POST of decisions, then the history: the number and the reason stand beside the refusal in force."""

    @pytest.fixture
    def refuse(self, ana):
        """Ана refuses at a minute past ten, ``corrected`` instead of 7 hours."""
        record = add_record(figure="007.00")
        address = f"/confirmations/2020-12/records/{record.id}"

        def refuse(minute, decision="refused", corrected="4,5"):
            ana.at(NOW.replace(minute=minute))
            more = {"corrected": corrected, "reason": "late_note", "note": "Бележка за детето."}
            fields = more if decision == "refused" else {}
            answer = ana.send(address, decision=decision, version=stored(record).version, **fields)
            assert answer.status_code == 303
            return record

        return refuse

    def test_stands_with_its_number_and_reason(self, ana, refuse):
        refuse(1)
        answer = ana.get(HERE)

        assert "отказа: 4,5 уч. часа вместо 7 уч. часа – закъсняла медицинска бележка" in entries(answer)[0]
        assert "Бележка за детето" not in answer.text

    def test_an_earlier_one_is_not_given_the_numbers_of_the_last(self, ana, refuse):
        refuse(1, corrected="3,25")
        refuse(2, "pending")
        refuse(3, corrected="4,5")

        last, back, first = entries(ana.get(HERE))

        assert "отказа: 4,5 уч. часа" in last
        assert "върна за преглед" in back
        assert "отказа Мария" in first

    def test_says_nothing_once_it_was_taken_back(self, ana, refuse):
        refuse(1)
        refuse(2, "pending")

        assert "4,5" not in ana.get(HERE).page.text("main")

    def test_says_nothing_of_a_child_who_has_gone(self, ana, refuse):
        record = refuse(1)
        there = Submission.get(Submission.institution == OTHER_SCHOOL)
        Record.update(institution=OTHER_SCHOOL, submission=there).where(Record.id == record.id).execute()

        assert "4,5" not in ana.get(HERE).page.text("main")

    def test_of_a_child_unenrolled_there_is_only_the_reason(self, ana, world):
        record = add_record(
            reason=Reason.UNENROLLED,
            decision=Decision.REFUSED,
            refusal_reason="own_error",
            decided_by=world.ana.user_id,
            decided_at=NOW,
        )
        add(world.ana, "refused", f"record:{record.id}")

        assert "отказа: грешка на институцията Мария" in entries(ana.get(HERE))[0]


def test_shows_only_this_month(ana, world):
    other = Campaign.create(month=MONTH.plus(1), made_at=NOW)
    there = Submission.create(campaign=other, institution=SCHOOL)
    add(world.ana, "confirmed", f"record:{add_record(campaign=other).id}")
    add(world.ana, "signed", f"submission:{there.id}")
    add(world.ana, "signed", "user:1")
    add(world.ana, "confirmed", f"record:{add_record().id}")

    assert len(entries(ana.get(HERE))) == 1


def test_shows_nothing_of_the_neighbours(ana, world):
    record = add_record(OTHER_SCHOOL, family="Чужда")
    add(world.boris, "confirmed", f"record:{record.id}", OTHER_SCHOOL)

    answer = ana.get(HERE)

    assert entries(answer) == []
    assert "Чужда" not in answer.text


def test_does_not_name_a_child_who_has_gone(ana, world):
    record = add_record(family="Отишла")
    add(world.ana, "sent_back", f"record:{record.id}")
    there = Submission.get(Submission.institution == OTHER_SCHOOL)
    Record.update(institution=OTHER_SCHOOL, submission=there).where(Record.id == record.id).execute()

    answer = ana.get(HERE)

    assert "дете, което сега не е във вашата институция" in entries(answer)[0]
    assert "Отишла" not in answer.text


def test_keeps_removed_signatures_with_their_reasons(ana, world):
    sign(world.ana, removed=True)
    sign(world.ana)

    rows = [" ".join(row.text_content().split()) for row in ana.get(HERE).page.all("tbody tr")]

    assert len(rows) == 2
    assert "Ана Янева, директор" in rows[0]
    assert rows[0].endswith("в сила")
    assert rows[1].endswith("премахнат на 28.01.2021 г., 10:00 ч. от Ана Янева. Основание: сгрешено")


def test_says_that_nothing_happened_yet(ana):
    text = ana.get(HERE).page.text("main")

    assert "Списъкът още не е подписван." in text
    assert "Още нищо не е решено." in text


def test_a_month_without_a_list_is_not_there(ana):
    assert ana.get("/confirmations/2019-05/history").status_code == 404


@pytest.mark.parametrize("name", ["nora", "oleg"])
def test_is_for_the_institution_alone(client, world, name):
    assert client.sign_in(getattr(world, name)).get(HERE).status_code == 403


def test_is_not_for_a_delegate_whose_time_is_over(client, world):
    Delegation.update(revoked_at=NOW).execute()

    assert client.sign_in(world.dora).get(HERE).status_code == 403


@pytest.mark.both_databases
def test_reads_the_same_on_both_databases(ana, world):
    record = add_record()
    add(world.ana, "confirmed", f"record:{record.id}")
    add(world.ana, "logged_in", f"user:{world.ana.user_id}")

    assert len(entries(ana.get(HERE))) == 1
