"""The lines about one's own access on the first page, and POST /news."""

from datetime import timedelta

import pytest

from portal.domain.keys.news import NewsKind
from portal.domain.people import Scope
from portal.storage.tables.access_news import AccessNews
from portal.storage.tables.people import Delegation
from tests.cast import NOW, PASSWORD, SCHOOL, change_delegations

BOX = ".notice.is-warning"
EARLIER = NOW - timedelta(hours=2)


def add(person, kind=NewsKind.WRONG_PASSWORDS, at=EARLIER, thing=""):
    return AccessNews.create(user=person.user_id, kind=kind, thing=thing, at=at)


@pytest.mark.parametrize("who", ["ana", "dora", "nora", "oleg"])
@pytest.mark.parametrize("kind", [NewsKind.WRONG_PASSWORDS, NewsKind.WRONG_CODES, NewsKind.NEW_BROWSER])
def test_everybody_reads_their_own_and_says_so(client, world, who, kind):
    person = getattr(world, who)
    add(person, kind)
    page = client.sign_in(person).get("/").page
    text = page.text(BOX)
    assert "28.01.2021 г., 08:00 ч." in text
    assert "Ако не сте вие" in text
    assert "обадете се и на ЦИОО" in text
    form = page.one(f"{BOX} form")

    answer = client.send(form.get("action"), upto=page.fields(form)["upto"])

    assert (answer.status_code, answer.location) == (303, "/")
    assert not client.get("/").page.has(BOX)


def test_a_director_reads_whom_he_named_and_where_to_end_it(client, world):
    change_delegations(scopes=f"{Scope.DECIDE.value},{Scope.SIGN.value}")
    row = Delegation.get(Delegation.institution == SCHOOL)
    add(world.ana, NewsKind.DELEGATE_NAMED, thing=f"delegation:{row.id}")
    page = client.sign_in(world.ana).get("/").page
    assert "упълномощихте Дора Илиева: подготвя решенията, подписва." in page.text(BOX)
    links = [link.get("href") for link in page.all(f"{BOX} a")]
    assert links == [f"/delegates/{row.id}", "/account"]
    assert client.get(links[0]).status_code == 200


def test_the_neighbour_reads_nothing_and_wipes_out_nothing(client, world):
    line = add(world.ana)
    client.sign_in(world.boris)
    assert not client.get("/").page.has(BOX)
    client.send("/news", upto=line.id)
    assert client.sign_in(world.ana).get("/").page.has(BOX)


@pytest.mark.parametrize("upto", ["", "-1", "0", "x", "0x1", "\x00", "1" * 400])
def test_what_is_no_number_is_nothing_or_everything(client, world, upto):
    add(world.ana)
    assert client.sign_in(world.ana).send("/news", upto=upto).status_code == 303
    assert client.get("/").page.has(BOX) == (upto != "1" * 400)


def test_who_logs_in_from_a_new_browser_reads_it_in_the_other(client, world):
    for minutes in (0, 1):
        client.at(NOW + timedelta(minutes=minutes)).sign_out()
        for cookie in ("session", "device"):
            client.http.delete_cookie(cookie, domain="localhost")
        client.send("/login", email="ana@example.org", password=PASSWORD)
    assert not client.get("/").page.has(BOX)
    client.sign_out().at(NOW + timedelta(minutes=2)).sign_in(world.ana)
    assert "от браузър, който порталът не познава" in client.get("/").page.text(BOX)
