"""/people/institutions and /people/institutions/<code>/director: one director after another"""

from datetime import timedelta

import pytest
from werkzeug.http import parse_cookie

from portal.actions.people.activation import Activation, open_account
from portal.actions.people.succession import Successor, change_director
from portal.storage.tables.people import User
from tests.cast import FAR_SCHOOL, KINDERGARTEN, NOW, OTHER_SCHOOL, SCHOOL, SITE, add_record
from tests.mail.letters import letters, readers, token_in

FIND = "/people/institutions"
PAGE = f"{FIND}/{SCHOOL}/director"
NEXT = {"name": "Нов Директор", "email": "new@example.org", "first_day": "2021-01-28"}


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


def sure(client, shown):
    """The second step, as the page that was shown offers it."""
    form = shown.page.one("main form")
    return client.send(form.get("action"), **shown.page.fields(form))


def test_the_institution_is_found_by_name_and_one_press_away(oleg):
    assert not oleg.get(FIND).page.has("#choice a")
    page = oleg.get(FIND, q="паисий").page
    (link,) = page.all("#choice a")
    assert link.get("href") == PAGE
    assert "няма институция" in oleg.get(FIND, q="няматакава").page.text("#choice")


def test_shows_who_directs_it_and_proposes_today(oleg):
    page = oleg.get(PAGE).page
    assert page.text("h1") == "Смяна на директора"
    assert "Ана Янева, ana@example.org: директор в портала от 28.01.2021" in page.text("main")
    assert page.one("#first_day").get("value") == "2021-01-28"
    vacant = oleg.get(f"{FIND}/{FAR_SCHOOL}/director").page
    assert vacant.text("h1") == "Покана на директор"
    assert not vacant.has("#ends_now")


def test_what_follows_is_shown_before_anything_is_done(oleg, world):
    add_record()
    shown = oleg.send(PAGE, **NEXT)

    assert shown.status_code == 200
    said = shown.page.text("main")
    assert "още нищо не е изпратено" in said
    assert "Достъпът на Ана Янева остава, докато новият директор активира своя." in said
    assert "Списъкът за декември 2020 г. не е подписан (за преглед: 1 от 1)" in said
    assert "Упълномощаването на Дора Илиева остава до 30.06.2021 г." in said
    assert "nora@example.org" in said and f"dir{SCHOOL}@example.org" in said
    assert readers() == []
    assert not User.select().where(User.email == NEXT["email"]).exists()

    done = sure(oleg, shown)
    assert (done.status_code, done.location) == (303, PAGE)
    assert len(readers()) == 5
    page = oleg.get(PAGE).page
    assert "Новият директор е поканен." in page.text(".notice.is-done")
    assert page.text(".card h2") == "Поканен: Нов Директор"
    assert User.get_by_id(world.ana.user_id).is_active


def test_the_cookie_of_what_was_done_names_nobody(app, oleg):
    """It is signed, and anybody who has it can read it."""
    done = sure(oleg, oleg.send(PAGE, **NEXT))

    (value,) = (
        parse_cookie(sent)["flash"]
        for sent in done.response.headers.getlist("Set-Cookie")
        if sent.startswith("flash=")
    )
    said = str(app.session_interface.get_signing_serializer(app).loads(value))
    assert "директор" in said
    assert not [name for name in ("Нов Директор", "Директор", "new@") if name in said]


def test_a_later_day_is_said_and_kept(oleg):
    shown = oleg.send(PAGE, **NEXT | {"first_day": "2021-02-01"})
    assert "отваря от 01.02.2021 г. и важи 7 дни след това" in shown.page.text("main")
    sure(oleg, shown)
    assert "Може да активира достъпа си от 01.02.2021 г." in oleg.get(PAGE).page.text(".card")
    early = oleg.sign_out().get(f"/activate/{token_in(letters('invitation')[0])}")
    assert early.status_code == 409
    assert "Достъпът ви започва на 01.02.2021 г." in early.page.text("main")


def test_ending_at_once_is_said_loudly(oleg, world):
    shown = oleg.send(PAGE, **NEXT, ends_now="yes")
    assert "Достъпът на Ана Янева спира веднага." in shown.page.text("main li strong")
    sure(oleg, shown)
    assert not User.get_by_id(world.ana.user_id).is_active


@pytest.mark.parametrize("is_sure", [False, True])
def test_says_beside_each_field_what_does_not_hold(oleg, is_sure):
    sent = {"name": "", "email": "ana", "first_day": "скоро"} | ({"sure": "yes"} if is_sure else {})
    answer = oleg.send(PAGE, **sent)
    assert answer.status_code == 422
    assert answer.page.text("#name-error")
    assert answer.page.text("#email-error")
    assert "Изберете деня" in answer.page.text("#first_day-error")
    assert answer.page.one("#first_day").get("value") == "скоро"
    assert readers() == []


def test_what_changed_meanwhile_is_shown_again(oleg, world):
    shown = oleg.send(PAGE, **NEXT)
    other = Successor("other@example.org", "Друг Директор", NOW.date())
    change_director(world.oleg, SCHOOL, other, site=SITE, now=NOW - timedelta(hours=1))
    answer = sure(oleg, shown)
    assert answer.status_code == 409
    assert "Междувременно друг" in answer.page.text(".notice.is-wrong")
    assert answer.page.text(".card h2") == "Поканен: Друг Директор"
    assert answer.page.one("#email").get("value") == NEXT["email"]


def test_pressed_twice_is_once(oleg):
    shown = oleg.send(PAGE, **NEXT)
    assert [sure(oleg, shown).status_code for _ in range(2)] == [303, 303]
    assert len(readers()) == 5


def test_is_called_off_until_it_has_begun(oleg, world):
    sure(oleg, oleg.send(PAGE, **NEXT))
    user = User.get(User.email == NEXT["email"])
    withdrawing = oleg.get(PAGE).page.all("main form")[0].get("action")
    assert withdrawing == f"{PAGE}/{user.id}/withdraw"
    assert oleg.send(f"{FIND}/{OTHER_SCHOOL}/director/{user.id}/withdraw").status_code == 404
    assert oleg.send(withdrawing).location == PAGE
    assert not oleg.get(PAGE).page.has(".card")

    sure(oleg, oleg.send(PAGE, **NEXT))
    token = token_in(letters("invitation")[-1])
    open_account(token, Activation("нова дълга парола", "нова дълга парола"), site=SITE, now=NOW)
    begun = User.get(User.email == NEXT["email"])
    late = oleg.send(f"{PAGE}/{begun.id}/withdraw")
    assert late.status_code == 409
    assert "вече е активирал" in late.page.text(".notice.is-wrong")


def test_inviting_where_there_is_a_director_shows_the_change_first(oleg):
    fields = {"role": "director", "name": NEXT["name"], "email": NEXT["email"], "institution": SCHOOL}
    shown = oleg.send("/people/invite", **fields)
    assert "още нищо не е изпратено" in shown.page.text("h1")
    assert readers() == []
    assert sure(oleg, shown).location == PAGE
    assert len(readers()) == 5


def test_the_institution_of_an_invitation_is_found_by_name(oleg):
    page = oleg.get("/people/invite", q="детелина").page
    assert [box.get("value") for box in page.all("#choice input[checked]")] == [KINDERGARTEN]
    page = oleg.get("/people/invite", q="варна").page
    form = page.all("main form")[-1]
    fields = page.fields(form) | {"name": "Нов", "email": "new@example.org"}
    assert fields["institution"] == FAR_SCHOOL
    answer = oleg.send(form.get("action"), **fields)
    assert answer.status_code == 303
    assert User.get(User.email == "new@example.org").institution_id == FAR_SCHOOL


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_is_for_the_operator_alone(client, world, who):
    other = client.sign_in(getattr(world, who))
    for address in (FIND, PAGE):
        assert other.get(address).status_code == 403
    assert other.send(PAGE, **NEXT, sure="yes").status_code == 403
    assert other.send(f"{PAGE}/1/withdraw").status_code == 403


def test_there_is_none_where_there_is_no_institution(oleg):
    assert oleg.get(f"{FIND}/9999999/director").status_code == 404
