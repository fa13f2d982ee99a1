"""attempt: where what speaks against a change is told, and with which status."""

import pytest
from flask import Flask, get_flashed_messages
from werkzeug.wrappers import Response

from portal.domain.errors import Conflict, Denied, NotFound, Refusal, TooOften
from portal.web.http.attempts import Attempt, attempt
from portal.web.http.forms import PortalForm, Text
from portal.web.http.htmx import init_htmx


class NameForm(PortalForm):
    name = Text("Име")


def test_hands_on_what_was_made():
    with attempt(NameForm()) as tried:
        made = 7

    assert not tried.failed
    assert (made, tried.status, tried.alert, tried.wrong_form) == (7, 200, "", None)
    assert tried.reply("страница") == ("страница", 200, {})


def test_says_a_refusal_beside_its_field():
    form = NameForm()
    with attempt(form) as tried:
        raise Refusal("Напишете име.", field="name")

    assert tried.failed
    assert form.name.errors == ["Напишете име."]
    assert tried.wrong_form is form
    assert tried.alert == ""
    assert tried.reply("страница") == ("страница", 422, {})


def test_says_all_that_is_wrong():
    form = NameForm()
    with attempt(form):
        Refusal.raise_all([Refusal("Напишете име.", field="name"), Refusal("Отбележете поне едно дете.")])

    assert form.name.errors == ["Напишете име."]
    assert form.form_errors == ["Отбележете поне едно дете."]


def test_says_a_conflict_at_the_top_and_nothing_in_the_form():
    form = NameForm()
    with attempt(form) as tried:
        raise Conflict("Списъкът вече е подписан.")

    assert not form.errors
    assert tried.wrong_form is None
    assert tried.alert == "Списъкът вече е подписан."
    assert tried.reply("страница") == ("страница", 409, {})


def test_keeps_the_objection_for_a_page_that_shows_more_of_it():
    refusal = Refusal("Не е подпис.", field="name")
    with attempt(NameForm()) as tried:
        raise refusal

    assert tried.objection is refusal


@pytest.mark.parametrize(
    ("field", "beside_it", "above"),
    [("name", ["Опитайте след минута."], []), ("", [], ["Опитайте след минута."])],
)
def test_lets_a_form_say_other_objections(field, beside_it, above):
    form = NameForm()
    with attempt(form, beside={TooOften: field}) as tried:
        raise TooOften("Опитайте след минута.", retry_after=60)

    assert (list(form.name.errors), form.form_errors) == (beside_it, above)
    assert tried.alert == ""
    assert tried.reply("страница") == ("страница", 429, {"Retry-After": "60"})


def test_says_when_to_come_back_in_an_alert_too():
    with attempt(alerts=(TooOften,)) as tried:
        raise TooOften("Опитайте след минута.", retry_after=60)

    assert tried.alert == "Опитайте след минута."
    assert tried.reply("страница") == ("страница", 429, {"Retry-After": "60"})


def test_what_was_typed_and_names_nothing_is_a_refusal():
    with attempt(NameForm(), beside={NotFound: "name"}) as tried:
        raise NotFound("Няма такава институция.")

    assert tried.status == 422


def test_what_is_not_there_any_more_is_an_alert_on_the_page():
    with attempt(alerts=(NotFound,)) as tried:
        raise NotFound("Няма такива дни.")

    assert (tried.alert, tried.status) == ("Няма такива дни.", 404)


@pytest.mark.parametrize(
    "error", [Denied("Не е за вас."), NotFound("Няма такава страница."), KeyError("name")]
)
def test_whatever_else_goes_on(error):
    with pytest.raises(type(error)), attempt(NameForm()):
        raise error


def test_without_a_form_a_refusal_goes_on():
    with pytest.raises(Refusal), attempt():
        raise Refusal("Напишете име.", field="name")


@pytest.fixture
def asked():
    """A request to a portal of one address: by HTMX or not."""
    app = Flask(__name__)
    app.secret_key = "tests only"
    init_htmx(app)
    return lambda htmx: app.test_request_context(headers={"HX-Request": "true"} if htmx else {})


def shown(tried: Attempt):
    return tried.show(lambda: "страница", part=lambda: "ред", said="Записано е.", back="/closures/")


def test_sends_back_with_what_was_done(asked):
    with asked(htmx=False):
        with attempt() as tried:
            pass
        response = shown(tried)

        assert isinstance(response, Response)
        assert (response.status_code, response.location) == (303, "/closures/")
        assert get_flashed_messages() == ["Записано е."]


def test_shows_the_page_when_it_failed(asked):
    with asked(htmx=False):
        with attempt() as tried:
            raise Conflict("Редът вече е променен.")

        assert shown(tried) == ("страница", 409, {})
        assert get_flashed_messages() == []


def test_sends_htmx_the_part(asked):
    with asked(htmx=True):
        with attempt() as tried:
            pass

        assert shown(tried) == ("ред", 200, {})
        assert get_flashed_messages() == []


def test_sends_htmx_the_part_when_it_failed(asked):
    with asked(htmx=True):
        with attempt() as tried:
            raise Conflict("Редът вече е променен.")

        assert shown(tried) == ("ред", 409, {})


def test_sends_htmx_the_page_where_it_knows_its_parts_itself(asked):
    with asked(htmx=True):
        with attempt() as tried:
            pass

        assert tried.show(lambda: "страница", said="Записано е.", back="/") == ("страница", 200, {})
