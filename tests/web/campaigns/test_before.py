"""/campaigns/<YYYY-MM>/before/…: what a change of the window sets off, before it is made."""

from datetime import date

import pytest

from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables import remembered
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import connected
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import Announcement, OutboxMessage
from portal.storage.tables.register import RegisterMonth
from tests.cast import AFTER, CLOSES, FAR_SCHOOL, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record
from tests.statements import noted
from tests.web.campaigns.test_size import grow

pytestmark = pytest.mark.both_databases

PAGE = f"/campaigns/{MONTH}"
LATER = {"opens_on": "2021-01-25", "closes_on": "2021-02-05"}


@pytest.fixture
def oleg(client, world):
    """Three directors and Ана's delegate; one list is signed, one is begun, one untouched."""
    add_record(SCHOOL, decision=Decision.CONFIRMED)
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)
    add_record(OTHER_SCHOOL)
    add_record(KINDERGARTEN)
    Submission.update(told_at=NOW).execute()
    return client.sign_in(world.oleg)


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.page.text("main").split())


def test_a_later_deadline_says_whom_it_concerns_and_stores_nothing(oleg):
    answer = oleg.send(f"{PAGE}/before/window", **LATER)
    said = text(answer)

    assert "За новия срок пишем на директори: 3, упълномощени лица: 1, и на адреса на институции" in said
    assert "в които никой няма достъп: 1." in said
    assert "Вече са подписали: 1. Още не са: 2." in said
    assert "Предстоящи напомняния сега29.01.2021, 01.02.2021" in said
    assert Campaign.for_month(MONTH).closes_on == CLOSES
    assert (Announcement.select().count(), OutboxMessage.select().count()) == (0, 0)


@pytest.mark.parametrize("htmx", [True, False])
def test_its_button_makes_the_change(oleg, htmx):
    page = oleg.send(f"{PAGE}/before/window", **LATER).page
    fields = page.fields(page.one(f'form[action="{PAGE}/window"]'))

    assert oleg.send(f"{PAGE}/window", htmx=htmx, **fields).status_code == 303
    assert Campaign.for_month(MONTH).closes_on == date(2021, 2, 5)


def test_a_deadline_on_a_sunday_is_warned_of_on_the_same_page(oleg):
    page = oleg.send(f"{PAGE}/before/window", opens_on="2021-01-25", closes_on="2021-02-07").page

    assert "неделя" in page.text(".notice.is-warning")
    assert page.text(f'form[action="{PAGE}/window"] button').startswith("Записвам срока въпреки това")


def test_the_first_window_says_who_hears_of_the_list(oleg):
    Campaign.update(opens_on=None, closes_on=None).execute()
    Submission.update(told_at=None).execute()
    said = text(oleg.send(f"{PAGE}/before/window", **LATER))

    assert "Че списъкът е тук, пишем за пръв път на директори: 3." in said
    assert "Срок сегане е определен" in said


def test_after_the_deadline_it_opens_lists_again(oleg):
    said = text(oleg.at(AFTER).send(f"{PAGE}/before/window", **LATER))

    assert "Отварят се отново неподписани списъци: 2." in said
    assert "вече подписаните (1) отново могат да се премахнат" in said


def test_the_same_window_changes_nothing(oleg):
    same = {"opens_on": "2021-01-25", "closes_on": "2021-02-01"}

    assert "нищо не се променя и не се пише на никого" in text(oleg.send(f"{PAGE}/before/window", **same))


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 422), ({"opens_on": "2021-02-05", "closes_on": "2021-01-25"}, 422), ({"opens_on": "x"}, 422)],
)
def test_a_window_that_does_not_hold_is_told_beside_its_field(oleg, sent, status):
    answer = oleg.send(f"{PAGE}/before/window", **sent)

    assert answer.status_code == status
    assert answer.page.has(".field.has-error")


def test_after_the_answer_there_is_nothing_to_change(oleg):
    Campaign.update(answered_at=AFTER).execute()

    assert oleg.at(AFTER).send(f"{PAGE}/before/window", **LATER).status_code == 409
    assert oleg.send(f"{PAGE}/before/suspend", reason="Епидемия.").status_code == 409


def test_suspending_says_what_stops_and_keeps_the_reason(oleg):
    page = oleg.send(f"{PAGE}/before/suspend", reason="Епидемия & „карантина“.").page
    said = " ".join(page.text("main").split())

    assert "Пишем на директори: 3, упълномощени лица: 1, и на адреса" in said
    assert "по които вече не може да се работи: 2, от тях започнати: 1" in said
    assert "Предстоящи напомняния след тованяма" in said
    fields = page.fields(page.one(f'form[action="{PAGE}/suspend"]'))
    assert fields["reason"] == "Епидемия & „карантина“."
    assert oleg.send(f"{PAGE}/suspend", **fields).status_code == 303
    assert Campaign.for_month(MONTH).suspended_reason == "Епидемия & „карантина“."


def test_suspending_without_a_reason_is_asked_for_one(oleg):
    answer = oleg.send(f"{PAGE}/before/suspend", reason=" ")

    assert answer.status_code == 422
    assert answer.page.text("#suspend-reason-error") == "Напишете защо спирате кампанията."


def test_resuming_says_which_reminders_go_again(oleg):
    oleg.send(f"{PAGE}/suspend", reason="Епидемия.")
    page = oleg.send(f"{PAGE}/before/resume").page
    said = " ".join(page.text("main").split())

    assert "Предстоящи напомняния сеганяма" in said
    assert "Предстоящи напомняния след това29.01.2021, 01.02.2021" in said
    fields = page.fields(page.one(f'form[action="{PAGE}/resume"]'))
    assert oleg.send(f"{PAGE}/resume", **fields).status_code == 303


@pytest.mark.parametrize("change", ["has no mailbox", "is done", "is closed"])
def test_only_a_mailbox_that_will_be_written_to_is_counted(oleg, world, change):
    if change == "has no mailbox":
        Institution.update(email="").execute()
    elif change == "is done":
        Submission.update(checked_at=NOW).where(Submission.institution == FAR_SCHOOL).execute()
        RegisterMonth.create(campaign=world.campaign, institution=FAR_SCHOOL, confirmed_at=NOW)
    else:
        Institution.update(closed_on=NOW.date()).where(Institution.code == FAR_SCHOOL).execute()
    assert "никой няма достъп" not in text(oleg.send(f"{PAGE}/before/window", **LATER))


def test_what_is_not_suspended_is_not_resumed(oleg):
    assert oleg.send(f"{PAGE}/before/resume").status_code == 409


def test_who_is_closed_is_not_written_to(oleg):
    Institution.update(closed_on=date(2021, 1, 4)).where(Institution.code == KINDERGARTEN).execute()

    assert "пишем на директори: 2" in text(oleg.send(f"{PAGE}/before/window", **LATER))


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
@pytest.mark.parametrize("what", ["window", "suspend", "resume"])
def test_is_for_the_operator_only(client, world, who, what):
    assert client.sign_in(getattr(world, who)).send(f"{PAGE}/before/{what}", **LATER).status_code == 403


def test_a_month_that_is_not_there(oleg):
    assert oleg.send("/campaigns/2020-10/before/window", **LATER).status_code == 404


def test_asks_as_much_of_a_large_country_as_of_a_small_one(client, world, monkeypatch):
    monkeypatch.setattr(remembered, "SECONDS", 3600.0)
    with noted() as asked:
        client.sign_in(world.oleg).send(f"{PAGE}/before/window", **LATER)
        asked.forget()
        client.send(f"{PAGE}/before/window", **LATER)
        before = len(asked.statements)
        with connected():
            grow()
        asked.forget()
        client.send(f"{PAGE}/before/window", **LATER)

    assert len(asked.statements) == before, "\n".join(asked.statements)


EXCEPTION = {"institution": SCHOOL, "until": "2021-02-03", "reason": "сървърът им не работеше"}


def test_an_exception_says_who_is_written_to_until_when_and_what_is_signed(oleg):
    answer = oleg.at(AFTER).send(f"{PAGE}/before/exception", **EXCEPTION)
    said = text(answer)

    assert answer.page.text("h1").startswith("Изключение за 39. СУ „Отец Паисий“")
    assert "Пишем писмо, че списъкът е отворен: директор – 1, упълномощени лица – 1." in said
    assert "до края на 3 февруари 2021 г." in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "Списъкът е подписан и подписът остава в сила." in said
    assert list_of(SCHOOL, MONTH).reopened_until is None
    assert (Announcement.select().count(), OutboxMessage.select().count()) == (0, 0)


def test_an_unsigned_list_says_what_goes_out_without_a_signature(oleg):
    said = text(oleg.at(AFTER).send(f"{PAGE}/before/exception", **EXCEPTION | {"institution": OTHER_SCHOOL}))

    assert "Списъкът не е подписан. За преглед: 1 от 2." in said
    assert "излиза като „няма информация“" in said
    assert "директор – 1." in said, "Борис has no delegate"


@pytest.mark.parametrize(
    ("email", "told"), [("u@example.org", "адрес на институцията – 1."), ("", "Няма на кого")]
)
def test_where_nobody_has_access_it_says_who_hears_of_the_exception(oleg, email, told):
    Institution.update(email=email).where(Institution.code == FAR_SCHOOL).execute()
    said = text(oleg.at(AFTER).send(f"{PAGE}/before/exception", **EXCEPTION | {"institution": FAR_SCHOOL}))

    assert told in said


@pytest.mark.parametrize("htmx", [True, False])
def test_the_button_makes_the_exception_and_the_message_says_that_a_letter_goes(oleg, htmx):
    page = oleg.at(AFTER).send(f"{PAGE}/before/exception", **EXCEPTION).page
    fields = page.fields(page.one(f'form[action="{PAGE}/exceptions"]'))
    answer = oleg.send(f"{PAGE}/exceptions", htmx=htmx, **fields)

    assert answer.status_code == 303
    assert list_of(SCHOOL, MONTH).reopened_until is not None
    assert oleg.get(PAGE).page.text(".notice.is-done") == (
        f"Списъкът на 39. СУ „Отец Паисий“ ({SCHOOL}) е отворен отново. Пишем писмо, че списъкът е отворен: "
        "директор – 1, упълномощени лица – 1."
    )
    assert OutboxMessage.select().where(OutboxMessage.kind == "exception_opened").count() == 2


def test_what_is_open_already_says_until_when(oleg):
    oleg.at(AFTER).send(f"{PAGE}/exceptions", **EXCEPTION)
    said = text(oleg.send(f"{PAGE}/before/exception", **EXCEPTION | {"until": "2021-02-04"}))

    assert "Сега е отворен до 03.02.2021 г., 23:59 ч. Новият ден заменя този." in said


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"institution": "9999999"}, "institution"),
        ({"until": "2021-02-01"}, "until"),
        ({"until": "някога"}, "until"),
        ({"reason": ""}, "reason"),
    ],
)
def test_an_exception_that_does_not_hold_is_said_beside_its_field(oleg, wrong, field):
    answer = oleg.at(AFTER).send(f"{PAGE}/before/exception", **(EXCEPTION | wrong))

    assert answer.status_code == 422
    assert answer.page.has(f"#exception-{field}-error")


def test_before_the_deadline_there_is_no_exception_to_see(oleg):
    assert oleg.send(f"{PAGE}/before/exception", **EXCEPTION).status_code == 409
