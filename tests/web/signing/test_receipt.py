"""GET /confirmations/<month>/receipt.pdf and declaration.json"""

import hashlib
import json
from datetime import date
from io import BytesIO

import brotli
import pytest
from pypdf import PdfReader

from portal.actions.people import accounts
from portal.actions.signing.signing import sign, unsign
from portal.domain.decisions import Decision, Reason
from portal.domain.identifiers import masked
from portal.domain.people import Scope
from portal.storage.tables.campaigns import Record
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.signatures import Declaration, Signature
from tests.cast import AFTER, MONTH, NOW, PASSWORD, SITE, add_record

RECEIPT = "/confirmations/2020-12/receipt.pdf"
DECLARATION = "/confirmations/2020-12/declaration.json"


@pytest.fixture
def record(world):
    return add_record(decision=Decision.CONFIRMED, family="Петрова")


@pytest.fixture
def signed(world, record):
    return sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)


def text_of(answer) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages).split())


def test_the_receipt_is_sent_packed(client, world, signed):
    """Its structure is written out in words: a line of 50 kbit/s takes half as long without them."""
    plain = client.sign_in(world.ana).get(RECEIPT)
    packed = client.http.get(RECEIPT, headers={"Accept-Encoding": "br"})

    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) * 0.8


def test_the_receipt_says_number_digest_who_and_when(client, world, record, signed):
    answer = client.sign_in(world.ana).get(RECEIPT)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="protocol-2020-12-2200000-1.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    text = text_of(answer)
    assert "2020-12/2200000/1" in text
    assert signed.declaration.sha256[:8] in text
    assert "Ана Янева, директор" in text
    assert "28.01.2021 г., 10:00 ч." in text
    assert f"Мария Иванова Петрова ЕГН {masked(record.id_number)} · VII клас" in text
    assert record.id_number not in text
    assert "Начин на подписване личен ключ в портала, отключен с парола (Ed25519)" in text
    assert "Подписано на 28.01.2021 г., 10:00 ч. Краен срок" in text


def test_the_receipt_has_the_note_and_the_facts_that_were_signed(client, world):
    add_record(
        reason=Reason.UNENROLLED,
        decision=Decision.REFUSED,
        family="Петрова",
        refusal_reason="own_error",
        note="Върна се на 3 декември.",
        certificate=True,
        placed=True,
        certificate_number="15-2021",
        certificate_date=date(2021, 1, 5),
        enrolled_class="VII а",
        enrolled_since=date(2020, 12, 3),
    )
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)

    assert (
        "1. Мария Иванова Петрова: издадено е удостоверение за записване: № 15-2021 от 05.01.2021 г.; "
        "разпределено е в паралелка или група: VII а, от 03.12.2020 г.; Върна се на 3 декември."
    ) in text_of(client.sign_in(world.ana).get(RECEIPT))


def test_the_same_receipt_is_the_same_bytes(client, world, signed):
    client.sign_in(world.ana)
    first = client.get(RECEIPT).data

    assert client.at(AFTER).get(RECEIPT).data == first


def test_an_older_receipt_is_marked_as_removed(client, world, signed):
    unsign(world.ana, MONTH, "Сбъркан е един брой.", now=NOW)
    client.sign_in(world.ana)
    assert client.get(RECEIPT).status_code == 404
    old = text_of(client.get(RECEIPT, number=signed.number))
    assert "ПРЕМАХНАТ ПОДПИС" in old
    assert "Сбъркан е един брой." in old

    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)

    new = text_of(client.get(RECEIPT))
    assert "2020-12/2200000/2" in new
    assert "ПРЕМАХНАТ ПОДПИС" not in new
    assert "Сбъркан е един брой." in new


def test_there_is_no_receipt_before_the_signature(client, world, record):
    answer = client.sign_in(world.ana).get(RECEIPT)

    assert answer.status_code == 404
    assert "не е подписан" in answer.page.text("main")


def test_a_new_access_of_a_director_stands_on_the_next_receipt(client, world, signed):
    renewed = "Нов или подновен достъп на директор: Ана Янева"
    client.sign_in(world.ana)
    assert renewed in text_of(client.get(RECEIPT))
    unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)
    later = NOW.replace(hour=9)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=later)
    assert renewed not in text_of(client.get(RECEIPT))

    unsign(world.ana, MONTH, "Сбъркан брой.", now=later)
    UserKey.update(made_at=NOW.replace(hour=10)).where(UserKey.user == world.ana.user_id).execute()
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW.replace(hour=11))

    assert renewed in text_of(client.get(RECEIPT))


def test_a_director_who_was_let_in_again_stands_on_the_next_receipt(client, world, record):
    accounts.disable(world.oleg, world.ana.user_id, now=NOW)
    accounts.enable(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    back = "Спрян достъп на директор е пуснат отново: Ана Янева, на 28.01.2021 г., 10:00 ч."
    first = text_of(client.sign_in(world.ana).get(RECEIPT))
    assert back in first
    assert "ч.." not in first

    unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW.replace(hour=9))

    assert back not in text_of(client.get(RECEIPT))


def test_the_receipt_keeps_the_name_that_was_signed(client, world, signed):
    User.update(name="Ана Новакова").where(User.id == world.ana.user_id).execute()

    assert "Ана Янева, директор" in text_of(client.sign_in(world.ana).get(RECEIPT))


@pytest.mark.parametrize(("who", "status"), [("boris", 404), ("dora", 200), ("nora", 403), ("oleg", 403)])
def test_the_receipt_is_for_the_institutions_own_people(client, world, signed, who, status):
    client.sign_in(getattr(world, who))

    assert client.get(RECEIPT).status_code == status
    assert client.get(RECEIPT, number=signed.number).status_code == status


def test_a_delegate_for_the_register_alone_has_no_receipt(client, world, signed):
    assert client.sign_in(world.delegate(Scope.REGISTER)).get(RECEIPT).status_code == 403


def test_the_declaration_is_the_exact_bytes(client, world, record):
    answer = client.sign_in(world.ana).get(DECLARATION)

    issued = Declaration.get()
    assert answer.data == bytes(issued.content)
    assert hashlib.sha256(answer.data).hexdigest() == issued.sha256
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["ETag"] == f'"{issued.sha256}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="declaration-2020-12-2200000.json"'
    assert json.loads(answer.data)["records"][0]["family"] == "Петрова"


def test_every_download_is_the_same_until_a_record_changes(client, world, record):
    client.sign_in(world.ana)
    first = client.get(DECLARATION).data
    assert client.at(NOW.replace(hour=9)).get(DECLARATION).data == first

    Record.update(note="друго").where(Record.id == record.id).execute()

    assert client.get(DECLARATION).data != first


def test_a_signed_list_gives_what_was_signed_to_everyone_who_may(client, world, signed):
    first = client.sign_in(world.ana).get(DECLARATION).data
    assert first == bytes(Signature.get().declaration.content)

    assert client.sign_in(world.delegate(Scope.SIGN)).at(AFTER).get(DECLARATION).data == first


def test_a_declaration_that_is_there_already_is_not_sent_again(client, world, record):
    client.sign_in(world.ana)
    tag = client.get(DECLARATION).headers["ETag"]

    again = client.http.get(DECLARATION, headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


def test_there_is_no_declaration_while_a_record_is_pending(client, world, record):
    add_record()

    assert client.sign_in(world.ana).get(DECLARATION).status_code == 409
    assert not Declaration.select().exists()


@pytest.mark.parametrize("who", ["dora", "nora", "oleg"])
def test_the_declaration_is_for_who_may_sign(client, world, record, who):
    assert client.sign_in(getattr(world, who)).get(DECLARATION).status_code == 403
