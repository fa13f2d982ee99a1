"""/oversight/<YYYY-MM>/institutions/<institution>"""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.campaigns.campaigns import suspend
from portal.actions.signing.signing import sign, unsign
from portal.domain.campaigns.corrections import Why
from portal.domain.decisions import Decision
from portal.domain.letters.fate import LetterState, Verdict
from portal.domain.people import Role
from portal.domain.submissions import Lock
from portal.storage.tables import audit
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth
from tests.cast import (
    AFTER,
    FAR_SCHOOL,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    PASSWORD,
    SCHOOL,
    SITE,
    add_record,
    add_user,
)

HERE = f"/oversight/2020-12/institutions/{SCHOOL}"
BEFORE = datetime(2021, 1, 20, 8, tzinfo=UTC)
DECIDED = {"decision": Decision.CONFIRMED, "decided_at": NOW}


@pytest.fixture
def nora(client, world):
    return client.sign_in(world.nora)


def told(nora) -> str:
    return nora.get(HERE).page.text("main")


def change(**columns):
    Submission.update(**columns).where(Submission.institution == SCHOOL).execute()


def nothing(world):
    return NOW


def checked(world):
    change(checked_at=NOW)
    return NOW


def not_started(world):
    add_record()
    return NOW


def in_progress(world):
    add_record()
    add_record(**DECIDED, decided_by=world.ana.user_id)
    return NOW


def ready(world):
    add_record(**DECIDED, decided_by=world.ana.user_id)
    return NOW


def signed(world):
    ready(world)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    return NOW


def unsigned(world):
    signed(world)
    unsign(world.ana, MONTH, "Сгрешен е броят.", now=NOW)
    return NOW


def final(world):
    signed(world)
    return AFTER


def missed(world):
    not_started(world)
    return AFTER


def not_marked(world):
    return AFTER


def not_open_yet(world):
    not_started(world)
    return BEFORE


def no_window(world):
    not_started(world)
    Campaign.update(opens_on=None, closes_on=None).execute()
    return NOW


def stopped(world):
    not_started(world)
    suspend(world.oleg, MONTH, "Повреда.", now=NOW)
    return NOW


def excepted(world):
    not_started(world)
    change(reopened_until=AFTER + timedelta(hours=3))
    return AFTER


def closed(world):
    not_started(world)
    Institution.update(closed_on=date(2021, 1, 15)).where(Institution.code == SCHOOL).execute()
    return NOW


def erased(world):
    signed(world)
    change(lock=Lock.ERASED)
    return AFTER


WHY = {
    nothing: "АСП не е изпратила деца, които сега се водят в тази институция",
    checked: "Отбелязано е „Проверих – няма записи“",
    not_started: "нито един още не е решен",
    in_progress: "Част от записите са решени",
    ready: "Всички записи са решени, а подпис няма",
    signed: "Списъкът е подписан",
    unsigned: "Подписът е премахнат на 28.01.2021 г., 10:00 ч. и няма нов",
    final: "подписаното е окончателно",
    missed: "Не е подписано в срок",
    not_marked: "Не е отбелязано в срок",
    not_open_yet: "Списъкът се отваря за работа на 25.01.2021 г.",
    no_window: "Срокът още не е определен",
    stopped: "Кампанията е спряна от ЦИОО",
    excepted: "нито един още не е решен",
    closed: "закрита",
    erased: "заличени",
}


@pytest.mark.parametrize("state", WHY, ids=lambda state: state.__name__)
def test_says_what_the_director_reads_and_why(client, world, state):
    """Word by word what stands on the director's own first page."""
    client.at(state(world))
    own = client.sign_in(world.ana).get("/").page
    heading = own.text("#month-2020-12 h2")

    seen = client.sign_in(world.nora).get(HERE).page.text(".seen")

    assert f"„{heading}“" in seen
    if own.has("#month-2020-12 .when"):
        assert own.text("#month-2020-12 .when") in seen
    assert WHY[state] in seen


def test_a_month_that_is_no_longer_on_the_first_page_is_said_so(client, world, nora):
    Campaign.update(answered_at=AFTER).execute()
    later = Campaign.create(month=MONTH.plus(1), made_at=AFTER, answered_at=AFTER)
    Submission.create(campaign=later, institution=SCHOOL)
    assert "вече не е на първата страница" in told(nora)


def test_says_that_nobody_sees_it_where_nobody_has_access(nora, world):
    assert "никой не вижда списъка" not in told(nora)
    User.update(activated_at=None).where(User.id == world.ana.user_id).execute()
    assert "Ана Янева има покана от 28.01.2021 г., 10:00 ч., по която достъпът още не" in told(nora)
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
    assert "ЦИОО трябва да покани директор" in told(nora)


def test_tells_what_it_has_done(client, world, nora):
    in_progress(world)
    change(first_opened_at=NOW)
    RegisterMonth.create(campaign=Campaign.get(), institution=SCHOOL, confirmed_at=NOW)
    nora.send(f"/oversight/2020-12/calls/{SCHOOL}", outcome="other", note="Нямат ток.")
    OutboxMessage.create(
        recipient="ana@example.org",
        user=world.ana.user_id,
        kind="list_received",
        campaign=Campaign.get(),
        institution=SCHOOL,
        made_at=NOW,
        not_before=NOW,
        state=LetterState.GIVEN_UP,
        verdict=Verdict.UNKNOWN_ADDRESS,
        code=550,
        status="5.1.1",
    )
    with writing():
        audit.add(world.ana, "logged_in", f"user:{world.ana.user_id}", now=NOW, chain=SCHOOL)
        audit.add(world.boris, "logged_in", f"user:{world.boris.user_id}", now=NOW, chain=OTHER_SCHOOL)

    text = told(nora)

    for words in (
        "общо 2, за преглед 1, потвърдени 1, отказани 0",
        "потвърдена на 28.01.2021 г., 10:00 ч.",
        "Нора Петрова: друго",
        "Нямат ток.",
        "няма такъв адрес (550 5.1.1)",
        "28 януари 2021 г. (четвъртък): директор",
        "Ана Янева: покана от 28.01.2021 г., 10:00 ч.; активиран достъп",
        "Няма искания.",
    ):
        assert words in text, words
    assert "10:00 ч.: директор" not in text  # the hour of a login is nobody's business


def test_tells_of_the_former_director(nora, world):
    add_user(Role.DIRECTOR, "Цвета Нова", "cveta@example.org", institution=SCHOOL)
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
    text = told(nora)
    assert "Цвета Нова: покана от" in text
    assert "спрян достъп от 28.01.2021 г., 10:00 ч." in text


def test_counts_late_corrections_and_names_none(client, world, nora):
    record = add_record(family="Неповторимова", **DECIDED, decided_by=world.ana.user_id)
    for granted in (None, None, True):
        CorrectionRequest.create(
            campaign=Campaign.get(),
            institution=SCHOOL,
            record=record,
            reason=Why.MISSED,
            note="Мария Неповторимова",
            document="№ 7",
            asked_by=world.ana.user_id,
            asked_at=AFTER,
            granted=granted,
        )
    client.at(AFTER)
    answer = nora.get(HERE)
    assert "чака становище на РУО: 2" in answer.page.text("main")
    assert "списъкът е отворен за поправка: 1" in answer.page.text("main")
    assert "Неповторимова" not in answer.text


def test_shows_twelve_months(nora):
    for back in range(1, 14):
        earlier = Campaign.create(month=MONTH.plus(-back), made_at=NOW, answered_at=NOW)
        Submission.create(campaign=earlier, institution=SCHOOL, lock=Lock.SIGNED, signed_at=NOW, total=2)
    rows = nora.get(HERE).page.all("#year tbody tr")
    assert len(rows) == 12
    assert nora.get(f"/oversight/{MONTH.plus(-1)}/institutions/{SCHOOL}").status_code == 200


def test_is_of_the_region_and_of_the_operator(client, world, nora):
    far = f"/oversight/2020-12/institutions/{FAR_SCHOOL}"
    assert nora.get(far).status_code == 404
    assert client.sign_in(world.oleg).get(far).status_code == 200
    assert client.sign_in(world.ana).get(HERE).status_code == 403


def test_the_table_of_the_region_leads_to_it(nora):
    assert nora.get("/oversight/2020-12").page.has(f"#institution-{SCHOOL} a[href='{HERE}']")


def test_a_closed_institution_has_its_page(nora, world):
    closed(world)
    assert "никой не я чака" in told(nora)
    assert "няма: институцията е закрита от 15.01.2021" in told(nora)
