"""GET /audit"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.actions.people.accounts import DISABLED
from portal.domain.deeds import LABELS, REGISTER, deed_label, thing_label
from portal.storage.history.entries import PAGE
from portal.storage.register.told import TAKEN_OVER
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import writing
from portal.storage.tables.people import Delegation
from tests.actions.register.unlocked import entered, keep
from tests.cast import AFTER, NOW, OTHER_SCHOOL, SCHOOL, add_record

ACTIONS = [
    path
    for path in sorted((Path(__file__).parents[3] / "portal/actions").rglob("*.py"))
    if "verifying" not in path.parts  # it reads the audit and writes nothing
]


def add(person, what, thing, *, chain=SCHOOL, now=NOW):
    with writing():
        return audit.add(person, what, thing, now=now, chain=chain)


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


def rows(answer):
    return [" ".join(row.text_content().split()) for row in answer.page.all("tbody tr")]


def test_the_director_reads_who_did_what_newest_first(ana, world):
    record = add_record(family="Неповторимова")
    add(world.dora, "confirmed", f"record:{record.id}")
    add(world.ana, "signed", f"submission:{record.submission_id}", now=AFTER)
    add(None, "account_disabled", f"user:{world.dora.user_id}")

    answer = ana.get("/audit")

    assert rows(answer) == [
        "28.01.2021 г., 10:00 ч. порталът спря достъпа профил на Дора Илиева",
        "02.02.2021 г., 10:00 ч. Ана Янева подписа списъка списъкът за декември 2020 г.",
        f"28.01.2021 г., 10:00 ч. Дора Илиева потвърди запис № {record.id} за декември 2020 г.",
    ]
    assert "Неповторимова" not in answer.text


def test_the_director_reads_nothing_of_the_neighbours(ana, world):
    add(world.boris, "signed", "submission:1", chain=OTHER_SCHOOL)
    add(world.oleg, "loaded_asp", "load:1", chain=audit.NATIONAL)

    answer = ana.get("/audit", chain=OTHER_SCHOOL)

    assert rows(answer) == []
    assert "Още нищо не е направено." in answer.page.text("main")


def test_the_operator_reads_everything_without_a_name(oleg, world):
    record = add_record()
    add(world.ana, "confirmed", f"record:{record.id}")
    add(world.boris, "signed", "submission:7", chain=OTHER_SCHOOL)
    add(None, "signed", "user:3", chain=audit.NATIONAL)

    answer = oleg.get("/audit")
    main = answer.page.text("main")

    assert rows(answer) == [
        "28.01.2021 г., 10:00 ч. общи порталът подписа списъка профил № 3",
        f"28.01.2021 г., 10:00 ч. {OTHER_SCHOOL} директор (профил {world.boris.user_id}) "
        "подписа списъка списък № 7",
        f"28.01.2021 г., 10:00 ч. {SCHOOL} директор (профил {world.ana.user_id}) "
        f"потвърди запис № {record.id}",
    ]
    assert not [name for name in ("Ана", "Янева", "Борис", "Тодоров", "Мария") if name in main]


def test_the_operator_reads_one_chain(oleg, world):
    add(world.ana, "confirmed", "record:1")
    add(world.boris, "signed", "submission:7", chain=OTHER_SCHOOL)

    assert len(rows(oleg.get("/audit", chain=OTHER_SCHOOL))) == 1
    assert "Няма записи." in oleg.get("/audit", chain="9999999").page.text("main")


def test_the_operator_reads_what_concerns_no_single_institution(oleg, world):
    add(world.ana, "confirmed", "record:1")
    add(None, "signed", "user:3", chain=audit.NATIONAL)

    for chain in ("общи", " Общи", "national"):
        assert len(rows(oleg.get("/audit", chain=chain))) == 1
    page = oleg.get("/audit", chain="общи").page
    assert page.one("#chain").get("value") == "общи"
    assert "national" not in page.text()


@pytest.mark.parametrize("name", ["ana", "oleg"])
def test_goes_on_to_older_entries(client, world, name):
    client.sign_in(getattr(world, name))
    with writing():
        for number in range(PAGE + 3):
            audit.add(world.ana, "confirmed", f"record:{number}", now=NOW, chain=SCHOOL)

    first = client.get("/audit")
    second = client.get(first.page.one("main p > a.button").get("href"))

    assert len(rows(first)) == PAGE
    assert len(rows(second)) == 3
    assert not second.page.has("main p > a.button")


def test_the_operator_learns_of_a_register_only_that_a_month_was_confirmed(oleg, world):
    add(world.ana, "signed", "submission:7")
    before = oleg.get("/audit")
    for verb in sorted(REGISTER.keys() - {"register_month_confirmed"} | {"register_to_come"}):
        add(world.ana, verb, "entry:ab0000000000000000000x")
    after = oleg.get("/audit")

    assert after.page.text("main") == before.page.text("main")
    assert ids(after) == ids(before)
    assert oleg.get("/audit", chain=SCHOOL).page.text("tbody") == after.page.text("tbody")

    add(world.ana, "register_month_confirmed", "month:2020-12")

    assert "потвърди месеца в регистъра" in rows(oleg.get("/audit"))[0]
    assert ids(oleg.get("/audit")) == ["entry-1", "entry-2"]


def ids(answer):
    """Numbers with gaps would tell how much is left out."""
    return [row.get("id") for row in answer.page.all("tbody tr")]


def test_the_director_reads_what_was_done_with_the_register(ana, world):
    add(world.dora, "register_entered", "entry:ab0000000000000000000x")
    add(world.ana, "register_month_confirmed", "month:2020-12")
    add(world.ana, "register_month_confirmed", "month:nonsense")
    add(world.ana, "delegated", f"delegation:{Delegation.get().id}")

    assert [row.partition(" ч. ")[2] for row in rows(ana.get("/audit"))] == [
        "Ана Янева упълномощи упълномощаване на Дора Илиева",
        "Ана Янева потвърди месеца в регистъра месец nonsense",
        "Ана Янева потвърди месеца в регистъра месец декември 2020 г.",
        "Дора Илиева вписа лице под карантина запис ab0000… в регистъра",
    ]


def test_an_entry_of_the_register_is_one_click_away(client, world):
    (entry,) = entered(world.ana)
    link = keep(client, world.ana).get("/audit", kind="register").page.one("td a")

    assert client.get(link.get("href")).page.has(f"#entry-{entry}")


def test_narrows_to_one_person_and_one_kind(ana, world):
    add(world.dora, "register_entered", "entry:ab0000000000000000000x")
    add(world.dora, "confirmed", f"record:{add_record().id}")
    add(world.ana, "register_changed", "entry:ab0000000000000000000x")

    dora = ana.get("/audit", person=world.dora.user_id)
    both = ana.get("/audit", person=world.dora.user_id, kind="register")

    assert len(rows(dora)) == 2
    assert len(rows(ana.get("/audit", kind="register"))) == 2
    assert [row.partition(" ч. ")[2] for row in rows(both)] == [
        "Дора Илиева вписа лице под карантина запис ab0000… в регистъра"
    ]
    assert both.page.one("#person option[selected]").text == "Дора Илиева"
    assert both.page.one("#kind option[selected]").get("value") == "register"
    assert "Няма такива записи." in ana.get("/audit", kind="operating").page.text("main")


@pytest.mark.parametrize(("person", "kind"), [("x", "everything"), ("-1", "'"), ("9" * 40, "x")])
def test_a_filter_that_is_none_filters_nothing(ana, world, person, kind):
    add(world.ana, "signed", "submission:7")

    assert len(rows(ana.get("/audit", person=person, kind=kind))) == 1


def test_the_filter_goes_on_to_older_entries(ana, world):
    with writing():
        for _ in range(PAGE + 3):
            audit.add(world.dora, "register_changed", "entry:ab0000000000000000000x", now=NOW, chain=SCHOOL)
            audit.add(world.ana, "signed", "submission:7", now=NOW, chain=SCHOOL)

    first = ana.get("/audit", person=world.dora.user_id, kind="register")
    second = ana.get(first.page.one("main p > a.button").get("href"))

    assert len(rows(first)) == PAGE
    assert len(rows(second)) == 3
    assert {"Дора Илиева" in row for row in rows(second)} == {True}


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣"])
def test_takes_any_address(ana, before):
    assert ana.get("/audit", before=before).status_code == 200


@pytest.mark.parametrize("name", ["dora", "nora"])
def test_is_for_no_one_else(client, world, name):
    assert client.sign_in(getattr(world, name)).get("/audit").status_code == 403


def test_wrong_passwords_of_a_day_are_read_with_day_and_number(client, ana, world):
    with writing():
        counted = {"now": NOW, "content": "2021-01-27 17"}
        audit.add(None, "wrong_passwords", f"user:{world.dora.user_id}", chain=SCHOOL, **counted)
        audit.add(None, "wrong_passwords", "strangers", **counted)
        audit.add(None, "wrong_codes", "user:1", chain=SCHOOL, now=NOW, content="нещо друго")

    (other, own) = rows(ana.get("/audit"))
    assert own.endswith("паролата беше грешна профил на Дора Илиева, 27.01.2021 г.: 17")
    assert other.endswith("кодът след паролата беше грешен профил на Ана Янева")
    text = client.sign_in(world.oleg).get("/audit").page.text("main")
    assert "адреси, които никой няма, 27.01.2021 г.: 17" in text


def test_a_word_without_a_label_is_shown_as_it_is(ana, world):
    add(world.ana, "something new", "thing:1")

    assert rows(ana.get("/audit")) == ["28.01.2021 г., 10:00 ч. Ана Янева something new thing:1"]
    assert thing_label("national") == "national"


def verbs(path: Path) -> set[str]:
    """Every word that the module gives to ``audit.add``, resolved where it stands behind a name."""
    module = ast.parse(path.read_text("utf-8"))
    named: dict[str, list[ast.expr]] = {}
    through = {}  # functions that hand on a word of their caller's, and where it stands
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            for target, value in _assigned(node):
                named.setdefault(target.id, []).append(value)
        elif isinstance(node, ast.FunctionDef):
            arguments = [argument.arg for argument in node.args.args]
            if "what" in arguments:
                through[node.name] = arguments.index("what")
    found = set()
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        for word in _given(call, through):
            found |= _words(word, named, path)
    return found


def _given(call: ast.Call, through: dict[str, int]) -> Iterator[ast.expr]:
    name = ast.unparse(call.func)
    if name == "audit.add":
        yield call.args[1]
    elif name in through and len(call.args) > through[name]:
        yield call.args[through[name]]
    if not name.endswith(".create"):  # there it is a column
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "what")


def _assigned(node: ast.Assign) -> Iterator[tuple[ast.Name, ast.expr]]:
    targets, values = node.targets[0], node.value
    if isinstance(targets, ast.Tuple) and isinstance(values, ast.Tuple):
        pairs = list(zip(targets.elts, values.elts, strict=True))
    else:
        pairs = [(targets, values)]
    yield from ((target, value) for target, value in pairs if isinstance(target, ast.Name))


BROUGHT_IN = {"TAKEN_OVER": TAKEN_OVER, "DISABLED": DISABLED}  # from another module
DECISIONS = {"pending", "confirmed", "refused"}
LOADED = {f"loaded_{kind}" for kind in ("asp", "enrolments", "calendar", "institutions", "holidays")}


def _words(node: ast.expr, named: dict[str, list[ast.expr]], path: Path) -> set[str]:
    if isinstance(node, ast.Constant):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _words(node.body, named, path) | _words(node.orelse, named, path)
    if isinstance(node, ast.Name) and node.id in named:
        return set().union(*(_words(value, named, path) for value in named[node.id]))
    text = ast.unparse(node)
    if text.endswith("ecision.code"):
        return DECISIONS
    if text.startswith("Decision."):
        return {text.split(".")[1].lower()}
    if text == "f'loaded_{load.kind}'":
        return LOADED
    if text in BROUGHT_IN:
        return {BROUGHT_IN[text]}
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        begin = node.values[0].value
        return {word for word in LABELS if word.startswith(begin)} or {f"{begin}…"}
    assert text == "what", f"{path.name}: say in this test what {text} can be"
    return set()


def test_every_word_of_the_actions_has_a_label():
    said = set().union(*(verbs(path) for path in ACTIONS))

    assert len(said) > 10
    assert {word for word in said if deed_label(word) == word} == set()
    assert all(len(word) <= 40 for word in LABELS)


def test_a_list_is_named_by_its_month_only(ana, world):
    submission = Submission.get(Submission.institution == SCHOOL)
    add(world.ana, "nothing_to_confirm", f"submission:{submission.id}")

    assert "списъкът за декември 2020 г." in rows(ana.get("/audit"))[0]
