"""Every address of the portal, asked by everybody: who has no part in it gets nowhere.

What is expected stands here a second time, by hand: a view whose guard says too much fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.routing import Rule

from portal.app import create_app
from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.storage.tables.people import Delegation
from tests.cast import MONTH, NOW, SCHOOL, add_record

EVERYBODY = {"director", "decider", "signer", "keeper", "ended", "ruo", "operator"}
STAFF = {"director", "decider", "signer"}
DECIDERS = {"director", "decider"}
SIGNERS = {"director", "signer"}
SCOPES = {"decider": Scope.DECIDE, "signer": Scope.SIGN, "keeper": Scope.REGISTER}
PUBLIC = {
    "accounts.log_in",
    "accounts.login",
    "accounts.logout",
    "activation.activate",
    "activation.ask",
    "activation.asked",
    "activation.forgotten",
    "activation.open_account",
    "assets.asset",
    "demo.outbox",
    "health.ready",
    "health.serves",
    "login_key.give",
    "login_key.options",
}
# Of a blueprint without people of its own here, every view has to be named.
BLUEPRINTS = {
    "accounts": EVERYBODY,
    "answer": {"operator"},
    "answered": STAFF,
    "correction_answers": {"operator"},
    "own_corrections": SIGNERS,
    "before": {"operator"},
    "before_exception": {"operator"},
    "beside": {"director", "keeper"},
    "calendar": {"operator"},
    "calls": {"ruo", "operator"},
    "overseen": {"ruo", "operator"},
    "campaigns": {"operator"},
    "closures": {"director"},
    "delegates": {"director"},
    "diary": DECIDERS,
    "envelope": {"director"},
    "home": EVERYBODY,
    "kept": {"operator"},
    "letters": EVERYBODY,
    "notices": EVERYBODY - {"ended"},
    "office_notices": {"ruo", "operator"},
    "office_letters": {"ruo"},
    "oversight": {"ruo", "operator"},
    "own_keys": EVERYBODY,
    "own_logins": EVERYBODY,
    "papers": {"director", "keeper"},
    "parent_letters": SIGNERS,
    "people": {"operator"},
    "qualified": SIGNERS,
    "register": {"director", "keeper"},
    "register_classes": {"director", "keeper"},
    "register_months": {"director", "keeper"},
    "rejected": {"operator"},
    "sheet": DECIDERS,
    "slips": DECIDERS,
    "single_lists": {"operator"},
    "striking": {"director", "keeper"},
    "takeover": {"director"},
    "two_factor": EVERYBODY,
    "importing": {"operator"},
    "succession": {"operator"},
    "institutions": {"operator"},
    "unsaid": {"operator"},
    "waiting": {"operator"},
    "year": {"operator"},
}
VIEWS = {
    "region_corrections.index": {"ruo", "operator"},
    "region_corrections.support": {"ruo"},
    "accounts.ask_for_egn": {"director", "decider", "signer", "keeper", "ended"},
    "accounts.withdraw_egn": {"director", "decider", "signer", "keeper", "ended"},
    "two_factor.removals": {"director", "ruo", "operator"},
    "two_factor.agree": {"director", "ruo", "operator"},
    "two_factor.stop_removal": {"director", "ruo", "operator"},
    "notices.read": {"director", "decider", "signer", "keeper"},
    "keys.page": {"director", "keeper"},
    "keys.give": {"director", "keeper"},
    "keys.stop": {"director", "keeper"},
    "keys.open_by_code": {"director"},
    "keys.hand_over": {"director"},
    "lists.months": STAFF,
    "lists.index": STAFF,
    "lists.search": STAFF,
    "lists.decide": DECIDERS,
    "lists.send_back": DECIDERS,
    "lists.take_back": DECIDERS,
    "lists.confirm_rest": DECIDERS,
    "lists.nothing": SIGNERS,
    "lists.ready": DECIDERS,
    "letters.of_institution": {"ruo", "operator"},
    "letters.refused": {"operator"},
    "letters.choose": {"director", "decider", "signer", "keeper", "ended"},
    "history.audit": {"director", "operator"},
    "history.export": {"director"},
    "history.of_list": STAFF,
    "signing.page": SIGNERS,
    "signing.sign": SIGNERS,
    "signing.unsign": SIGNERS,
    "signing.declaration": SIGNERS,
    "signing.receipt": STAFF,
}
VALUES = {
    "month": str(MONTH),
    "code": SCHOOL,
    "institution": SCHOOL,
    "token": "x" * 43,
    "stem": "portal",
    "digest": "0" * 16,
    "extension": "css",
    "kind": "csv",
}


def expected(endpoint: str) -> set[str]:
    """Who may call this view."""
    if endpoint in VIEWS:
        return VIEWS[endpoint]
    blueprint = endpoint.split(".")[0]
    assert blueprint in BLUEPRINTS, f"say in this test who may call {endpoint}"
    return BLUEPRINTS[blueprint]


@dataclass(frozen=True)
class Call:
    endpoint: str
    method: str
    address: str

    def __str__(self) -> str:
        return f"{self.method} {self.address} ({self.endpoint})"


def address(rule: Rule) -> str:
    text = rule.rule
    for name in rule.arguments:
        start = text.rindex("<", 0, text.index(f"{name}>"))
        text = text[:start] + VALUES.get(name, "1") + text[text.index(">", start) + 1 :]
    return text


def calls(app) -> Iterator[Call]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield Call(rule.endpoint, method, address(rule))


@pytest.fixture
def every_call(app):
    record = add_record(decision=Decision.CONFIRMED)
    assert record.id == 1
    found = list(calls(app))
    assert len(found) > 40
    return found


@pytest.fixture
def sign_in(client, world):
    """Be one of the people; a delegate's scopes are set for it."""

    def be(who: str):
        if who == "ended":
            Delegation.update(revoked_at=NOW).execute()
        people = {
            "director": world.ana,
            "decider": world.dora,
            "signer": world.dora,
            "keeper": world.dora,
            "ended": world.dora,
            "ruo": world.nora,
            "operator": world.oleg,
        }
        if who in SCOPES:
            world.delegate(SCOPES[who])
        return client.sign_in(people[who])

    return be


def ask(client, call: Call, *, htmx: bool = False, token: str | None = None):
    if call.method == "GET":
        return client.get(call.address, htmx=htmx)
    return client.send(call.address, htmx=htmx, token=token)


def of_people(every_call) -> list[Call]:
    return [call for call in every_call if call.endpoint not in PUBLIC]


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_the_wrong_person_gets_nowhere(every_call, sign_in, who):
    client = sign_in(who)
    let_in = [
        f"{call}: {status}"
        for call in of_people(every_call)
        if who not in expected(call.endpoint) and (status := ask(client, call).status_code) not in (403, 404)
    ]

    assert let_in == []


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_the_right_person_gets_in(every_call, sign_in, who):
    client = sign_in(who)
    kept_out = [
        f"{call}: {status}"
        for call in of_people(every_call)
        if who in expected(call.endpoint)
        and call.method == "GET"
        and (status := ask(client, call).status_code) in (400, 401, 403, 405, 500)
    ]

    assert kept_out == []


def test_nobody_gets_in_without_a_login(every_call, client):
    for call in of_people(every_call):
        answer = ask(client, call, token="")
        assert answer.status_code == 303, str(call)
        assert answer.location.startswith("/login"), str(call)

        fragment = ask(client, call, htmx=True, token="")
        assert fragment.status_code == 401, str(call)
        assert fragment.headers["HX-Redirect"] == "/login", str(call)
        assert fragment.data == b"", str(call)


@pytest.mark.parametrize("token", ["", "x", "A" * 86])
def test_no_change_without_our_own_form(every_call, sign_in, token):
    for who in sorted(EVERYBODY - {"ended"}):
        client = sign_in(who)
        for call in every_call:
            if call.method == "POST" and (call.endpoint in PUBLIC or who in expected(call.endpoint)):
                assert ask(client, call, token=token).status_code == 400, f"{who}: {call}"


def test_no_change_by_a_stranger_without_our_own_form(every_call, client):
    for call in every_call:
        if call.method == "POST" and call.endpoint in PUBLIC:
            assert ask(client, call, token="x").status_code == 400, str(call)


def test_a_foreign_site_is_refused_even_with_a_good_token(every_call, sign_in):
    client = sign_in("director")
    token = client._form_token()
    for call in every_call:
        if call.method == "POST" and (call.endpoint in PUBLIC or "director" in expected(call.endpoint)):
            answer = client.http.post(
                call.address, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}
            )
            assert answer.status_code == 400, str(call)


def test_what_is_public_is_meant_to_be(app):
    public = {name for name, view in app.view_functions.items() if not view.guard.kinds}

    assert public == PUBLIC


def test_the_letters_of_the_demo_are_the_demos_alone(client, config, world):
    assert client.get("/demo/outbox").status_code == 404


def test_nothing_is_open_to_regional_offices_that_names_a_child(every_call, sign_in):
    record = add_record(family="Неповторимова", note="Бележка за детето")
    client = sign_in("ruo")

    for call in every_call:
        if call.method == "GET":
            text = ask(client, call).text
            assert "Неповторимова" not in text, str(call)
            assert record.id_number not in text, str(call)


def test_a_view_without_a_guard_stops_the_start(config, monkeypatch):
    monkeypatch.delattr("portal.web.http.health.serves.guard")

    with pytest.raises(RuntimeError, match=r"health\.serves"):
        create_app(config)
