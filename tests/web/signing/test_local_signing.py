"""POST /confirmations/<month>/sign/prepare and …/complete: what the page's script asks."""

import base64
import dataclasses

import pytest

from portal.crypto.site_key import SiteKey
from portal.domain.decisions import Decision
from portal.domain.signing.declaration import grouped
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.qualified import SigningRequest
from tests.actions.qualified.signed import BOTH, authority, card, give_egn
from tests.browser.biss import is_vouched
from tests.cast import AFTER, MONTH, NOW, SCHOOL, add_record
from tests.crypto.qualified.signed_files import raw_signature

LIST = "/confirmations/2020-12"
PREPARE, COMPLETE = f"{LIST}/sign/prepare", f"{LIST}/sign/complete"


@pytest.fixture
def config(config, tmp_path):
    return dataclasses.replace(config, signatures=BOTH, trust_dir=authority().write(tmp_path / "trust"))


@pytest.fixture
def record(world):
    give_egn(world.ana)
    return add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def lock() -> Lock:
    return list_of(SCHOOL, MONTH).lock


def prepare(client, who=None, **changes):
    digest = client.get(f"{LIST}/sign").page.one("#local-signing").get("data-digest")
    return client.send(PREPARE, **{"digest": digest, "chain": b64((who or card()).der), **changes})


def complete(client, prepared, who=None, **changes):
    value = raw_signature(who or card(), base64.b64decode(prepared["contents"]))
    return client.send(COMPLETE, **{"request": prepared["request"], "signature": b64(value), **changes})


def test_signs_in_two_requests(client, world, record):
    client.sign_in(world.ana)
    prepared = prepare(client)
    assert (prepared.status_code, prepared.response.json["hash"]) == (200, "SHA256")

    answer = complete(client, prepared.response.json)

    assert (answer.status_code, answer.response.json) == (200, {"location": f"{LIST}/sign"})
    assert lock() is Lock.SIGNED
    page = client.get(f"{LIST}/sign").page
    assert "Списъкът е подписан" in page.text(".notice[role=status]")
    assert "от картата, чрез BISS" in page.text("#signing")
    assert client.get(f"{LIST}/signature").headers["Content-Disposition"].endswith('.p7s"')


def test_the_certificate_comes_with_those_of_its_issuers(client, world, record):
    """As the page's script sends them: a field for each."""
    prepared = prepare(client.sign_in(world.ana), chain=[b64(card().der), b64(b"an issuer's")])

    assert complete(client, prepared.response.json).status_code == 200
    assert lock() is Lock.SIGNED


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"chain": b64(b"x")}, 422, "не може да се прочете"),
        ({"chain": "никак"}, 422, "не може да се прочете"),
        ({"chain": ""}, 422, "не може да се прочете"),
        ({"digest": ""}, 409, "Списъкът е променен"),
        ({"digest": "0" * 64}, 409, "Списъкът е променен"),
    ],
)
def test_says_in_a_sentence_why_nothing_is_prepared(client, world, record, changes, status, sentence):
    answer = prepare(client.sign_in(world.ana), **changes)

    assert answer.status_code == status
    assert sentence in answer.response.json["sentence"]
    assert not SigningRequest.select().exists()


def test_refuses_the_card_of_somebody_else_before_the_pin(client, world, record):
    answer = prepare(client.sign_in(world.ana), card("boris"))

    assert answer.status_code == 422
    assert "Сертификатът е на друг човек" in answer.response.json["sentence"]


@pytest.mark.parametrize("changes", [{"signature": ""}, {"signature": "никак"}, {"signature": "A" * 70_000}])
def test_says_in_a_sentence_why_nothing_is_signed(client, world, record, changes):
    client.sign_in(world.ana)

    answer = complete(client, prepare(client).response.json, **changes)

    assert answer.status_code == 422
    assert "Подписът не съответства" in answer.response.json["sentence"]
    assert lock() is Lock.OPEN


def test_twice_is_once(client, world, record):
    client.sign_in(world.ana)
    prepared = prepare(client).response.json
    complete(client, prepared)

    answer = complete(client, prepared)

    assert answer.status_code == 409
    assert "вече е използвано" in answer.response.json["sentence"]


def test_another_login_of_the_same_person_completes_nothing(client, world, record):
    prepared = prepare(client.sign_in(world.ana)).response.json

    assert complete(client.sign_in(world.ana), prepared).status_code == 409
    assert lock() is Lock.OPEN


def test_too_late_is_409(client, world, record):
    client.sign_in(world.ana)
    prepared = prepare(client).response.json

    assert complete(client.at(AFTER), prepared).status_code == 409
    assert lock() is Lock.OPEN


@pytest.mark.parametrize("address", [PREPARE, COMPLETE])
@pytest.mark.parametrize("who", ["nora", "oleg", "dora"])
def test_is_not_for_others(client, world, record, address, who):
    assert client.sign_in(getattr(world, who)).send(address).status_code == 403


@pytest.mark.parametrize("address", [PREPARE, COMPLETE])
def test_a_form_without_its_token_does_nothing(client, world, record, address):
    assert client.sign_in(world.ana).send(address, token="x").status_code == 400


def test_a_site_with_a_key_vouches_for_what_is_to_be_signed(app, client, world, record):
    site, portal = authority().site, app.extensions["portal"]
    config = dataclasses.replace(portal.config, site_key=SiteKey(site.der, site.key))
    app.extensions["portal"] = dataclasses.replace(portal, config=config)

    prepared = prepare(client.sign_in(world.ana)).response.json

    assert base64.b64decode(prepared["signedContentsCert"]) == site.der
    wanted = {name: [prepared[name]] for name in ("signedContents", "signedContentsCert")}
    contents = base64.b64decode(prepared["contents"])
    assert is_vouched(contents, wanted)
    assert not is_vouched(contents + b"0", wanted)


def test_a_site_without_a_key_sends_no_such_field(client, world, record):
    prepared = prepare(client.sign_in(world.ana)).response.json

    assert set(prepared) == {"request", "contents", "hash", "confirm", "about"}


def test_tells_the_program_what_the_page_shows(client, world, record):
    prepared = prepare(client.sign_in(world.ana)).response.json

    digest = client.get(f"{LIST}/sign").page.one("#local-signing").get("data-digest")
    assert prepared["confirm"] == f"SHA-256 на данните: {grouped(digest)}"
    assert prepared["about"] == f"Списък за декември 2020 г., {world.ana.institution_name}"
