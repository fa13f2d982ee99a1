"""GET …/declaration.pdf, POST and GET …/signature: signing with a file made elsewhere."""

import dataclasses
import io
from datetime import timedelta
from hashlib import sha256

import pytest
from asn1crypto import cms

from portal.actions.people.invitations import NewAccount, invite
from portal.actions.qualified.completing import complete_waiting
from portal.crypto.qualified.trust import read_trust
from portal.domain.decisions import Decision
from portal.domain.people import Role, Scope
from portal.domain.signing.declaration import grouped
from portal.domain.signing.qualified import PendingState
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.people import User
from portal.storage.tables.qualified import PendingSignature
from portal.storage.tables.signatures import Signature
from tests.actions.qualified.signed import BOTH, NUMBERS, authority, believing, card, give_egn
from tests.cast import AFTER, MONTH, NOW, PASSWORD, SCHOOL, SITE, add_record
from tests.crypto.qualified import pdf_by_hand
from tests.crypto.qualified.authority import Card, ec_key
from tests.crypto.qualified.signed_files import attributes, by_hand, openssl, pdf
from tests.web.http.test_too_large import post

LIST = "/confirmations/2020-12"
ADDRESS = f"{LIST}/signature"
PAGE = f"{LIST}/sign"


LONG = "нова дълга парола"  # of a new account
AT_ONCE = (
    "Това не е подписан файл",
    "Файлът е празен",
    "Това е XML подпис",
    "няма подписани атрибути",
)  # nothing was checked before


@pytest.fixture
def kinds():
    return BOTH


@pytest.fixture
def trust_dir(tmp_path):
    return authority().write(tmp_path / "trust")


@pytest.fixture
def config(config, kinds, trust_dir):
    return dataclasses.replace(config, signatures=kinds, trust_dir=trust_dir)


@pytest.fixture
def record(world):
    give_egn(world.ana)
    return add_record(
        family="Атанасова", decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW
    )


def lock() -> Lock:
    return list_of(SCHOOL, MONTH).lock


def send(client, raw: bytes, name: str = "declaration.p7s", *, htmx: bool = False):
    return client.send(ADDRESS, files={"file": (io.BytesIO(raw), name)}, htmx=htmx)


def data(client) -> bytes:
    return client.get(f"{LIST}/declaration.json").data


def document(client) -> bytes:
    return client.get(f"{LIST}/declaration.pdf").data


def test_gives_the_document_and_the_data_that_are_signed(client, world, record):
    client.sign_in(world.ana)
    first = client.get(f"{LIST}/declaration.pdf")

    assert first.data.startswith(b"%PDF")
    assert first.headers["Content-Disposition"] == 'attachment; filename="declaration-2020-12-2200000.pdf"'
    assert first.headers["Cache-Control"] == "no-store"
    assert document(client) == first.data
    Submission.recount([record.submission_id])
    assert document(client) != first.data


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("form", ["p7s", "p7m", "pdf"])
def test_signs_with_a_file_made_elsewhere(client, world, record, form, htmx):
    client.sign_in(world.ana)
    raw = {
        "p7s": lambda: openssl(data(client), card()),
        "p7m": lambda: openssl(data(client), card(), "-nodetach"),
        "pdf": lambda: pdf(document(client), card(), authority(), stamped_at=NOW),
    }[form]()

    answer = send(client, raw, f"x.{form}", htmx=htmx)

    assert lock() is Lock.SIGNED
    assert (answer.status_code, answer.location) == ((200, "") if htmx else (303, PAGE))
    page = client.get(PAGE).page
    text = page.text("#signing")
    assert "Сертификат наАна Янева" in text
    assert "ИздателИзпитателен издател на КЕП" in text
    assert "Сертификатът не е прекратен: да" in text
    assert NUMBERS["ana"] not in client.get(PAGE).text
    kept = client.get(ADDRESS)
    assert kept.data == raw
    assert (
        kept.headers["Content-Disposition"] == f'attachment; filename="signature-2020-12-{SCHOOL}-1.{form}"'
    )
    assert client.get(f"{LIST}/receipt.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize("form", ["p7s", "p7m"])
def test_signs_with_a_file_over_the_document_and_gives_both(client, world, record, form):
    client.sign_in(world.ana)
    paper = document(client)
    raw = openssl(paper, card(), *(["-nodetach"] if form == "p7m" else []))

    assert send(client, raw, f"declaration.pdf.{form}").status_code == 303

    page = client.get(PAGE).page
    assert f"SHA-256 на подписания PDF{grouped(sha256(paper).hexdigest())}" in page.text("#signing")
    assert (
        client.get(page.one("#signing .notice.is-done a[href$='declaration.pdf']").get("href")).data == paper
    )
    kept = client.get(ADDRESS)
    assert kept.data == raw
    assert kept.headers["Content-Disposition"].endswith(f'-1.{form}"')
    assert client.get(f"{LIST}/receipt.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda body: b"hello", "Това не е подписан файл"),
        (lambda body: b"", "Файлът е празен"),
        (lambda body: b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>', "Това е XML подпис"),
        (lambda body: openssl(body + b" ", card()), "Подписано е нещо друго"),
        (lambda body: by_hand(body, card("boris")), "Сертификатът е на друг човек"),
        (lambda body: by_hand(body, authority().rogue.person(NUMBERS["ana"])), "признат издател"),
        (lambda body: openssl(body, card(), "-noattr", cades=False), "няма подписани атрибути"),
        (
            lambda body: by_hand(body, authority().person(NUMBERS["ana"], not_after=NOW - timedelta(1))),
            "изтекъл срок",
        ),
    ],
)
def test_says_beside_the_field_what_is_wrong(client, world, record, make, sentence, htmx):
    client.sign_in(world.ana)

    answer = send(client, make(data(client)), htmx=htmx)

    assert answer.status_code == 422
    assert sentence in answer.page.text("#signature-file-error")
    assert answer.page.one("#signing > .error-summary a").get("href") == "#signature-file"
    assert answer.page.has(".checks li.is-bad") == (sentence not in AT_ONCE)
    assert lock() is Lock.OPEN
    assert not Signature.select().exists()


def test_says_beforehand_which_programs_do(client, world, record):
    text = client.sign_in(world.ana).get(PAGE).page.text("#signing ol")

    assert "тази на B-Trust, LibreOffice" in text
    assert "Не става Adobe Acrobat" in text
    assert "отделен подпис (.p7s) върху PDF файла" in text


def test_asks_for_a_file(client, world, record):
    client.sign_in(world.ana)

    assert "Изберете подписания файл" in client.send(ADDRESS).page.text("#signature-file-error")
    assert send(client, b"", "").status_code == 422


def test_a_file_of_five_megabytes_is_too_large(client, world, record):
    client.sign_in(world.ana)

    answer, taken = post(client, ADDRESS, 5 * 1024 * 1024)

    assert (answer.status_code, taken) == (413, 5 * 1024 * 1024)
    assert "Проверете дали сте избрали верния файл" in answer.get_data(as_text=True)
    assert "signature-file-error" in answer.get_data(as_text=True)
    assert lock() is Lock.OPEN


def test_what_changed_meanwhile_is_shown_again(client, world, record):
    client.sign_in(world.ana)
    raw = by_hand(data(client), card())
    Record.update(note="друго").where(Record.id == record.id).execute()
    Submission.recount([record.submission_id])

    answer = send(client, raw)

    assert answer.status_code == 422
    assert "Списъкът е променен, след като файлът е изтеглен" in answer.page.text("#signature-file-error")


def test_twice_is_once(client, world, record):
    client.sign_in(world.ana)
    raw = by_hand(data(client), card())
    send(client, raw)

    answer = send(client, raw)

    assert answer.status_code == 409
    assert "вече е подписан" in answer.page.text("#signing > .error-summary")
    assert Signature.select().count() == 1


def test_too_late_is_409(client, world, record):
    client.sign_in(world.ana)
    raw = by_hand(data(client), card())

    assert send(client.at(AFTER), raw).status_code == 409
    assert client.get(f"{LIST}/declaration.pdf").status_code == 409
    assert lock() is Lock.OPEN


def test_the_neighbour_gets_and_signs_only_his_own(client, world, record):
    client.sign_in(world.ana)
    raw = by_hand(data(client), card())
    assert send(client, raw).status_code == 303

    client.sign_in(world.boris)
    assert client.get(ADDRESS).location == PAGE
    assert client.get(ADDRESS, number=f"2020-12/{SCHOOL}/1").status_code == 404
    assert send(client, raw).status_code == 409


@pytest.mark.parametrize("who", ["nora", "oleg", "dora"])
def test_is_not_for_others(client, world, record, who):
    client.sign_in(getattr(world, who))

    assert client.get(ADDRESS).status_code == 403
    assert client.get(f"{LIST}/declaration.pdf").status_code == 403
    assert send(client, b"x").status_code == 403


def test_a_delegate_signs_with_the_own_card(client, world, record):
    dora = world.delegate(Scope.SIGN)
    give_egn(dora, "dora")
    client.sign_in(dora)

    assert send(client, by_hand(data(client), card("dora"))).status_code == 303
    assert Signature.get().signatory_id == dora.user_id


LNCH = "7000001233"


def open_account(client, world) -> None:
    """As a new director of Ана's school, by the letter's address, with the number of a foreigner."""
    new = NewAccount(Role.DIRECTOR, "john@example.org", "Джон Смит", SCHOOL)
    _, token = invite(world.oleg, new, site=SITE, now=NOW)
    answer = client.send(f"/activate/{token}", password=LONG, confirm=LONG, egn=LNCH, lnch="yes")
    assert answer.status_code == 303
    client.token = client.http.get_cookie("session", domain="localhost").value


def with_number(number: str) -> Card:
    return authority().person(None, "John Smith", key=ec_key(), numbers=[number])


def test_a_foreigner_signs_by_the_lnch_given_at_activation(client, world, record):
    """From the letter to the receipt: nobody has an ЕГН to type, and the card says PI:BG-."""
    open_account(client, world)
    paper = pdf_by_hand.signed(document(client), with_number(f"PI:BG-{LNCH}"))
    assert send(client, paper, "declaration.pdf").status_code == 303

    assert lock() is Lock.SIGNED
    text = client.get(PAGE).page.text("#signing")
    assert "Сертификат наJohn Smith" in text
    assert "ЕГН или ЛНЧ в сертификата е на човека, който подписва: да" in text
    assert LNCH not in client.get(PAGE).text
    assert client.get(f"{LIST}/receipt.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize("number", [f"PNOBG-{LNCH}", "PI:BG-7000001234", f"PI:RO-{LNCH}", f"PASBG-{LNCH}"])
def test_no_other_number_signs_for_a_foreigner(client, world, record, number):
    open_account(client, world)

    answer = send(client, by_hand(data(client), with_number(number)))

    assert answer.status_code == 422
    assert lock() is Lock.OPEN


def test_a_removed_signature_keeps_its_file(client, world, record):
    client.sign_in(world.ana)
    raw = by_hand(data(client), card())
    send(client, raw)
    client.send(f"{LIST}/unsign", reason="Сбъркан брой.")

    assert client.get(ADDRESS).location == PAGE
    link = client.get(PAGE).page.one("a[href*='number=']:not([href*='receipt'])").get("href")
    assert client.get(link).data == raw


def test_says_that_the_account_has_no_egn(client, world, record):
    User.update(egn_hash=None).execute()
    page = client.sign_in(world.ana).get(PAGE).page

    assert "В профила ви няма ЕГН" in page.text("#signing")
    assert not page.has("input[type=file]")
    assert send(client, by_hand(data(client), card())).status_code == 422


# ---- Waiting


@pytest.fixture
def waits(client, world, record, trust_dir):
    authority().write(trust_dir, fresh=False)
    client.sign_in(world.ana)
    assert send(client, by_hand(data(client), card())).status_code == 303


def test_says_that_it_waits_and_signs_nothing(client, waits):
    text = client.get(PAGE).page.text("#signing")

    assert "Подписът с КЕП е приет за проверка – списъкът още не е подписан" in text
    assert "Порталът още няма сведения от издателя" in text
    assert "Не променяйте решенията" in text
    assert lock() is Lock.OPEN
    assert "подписът чака проверка" in client.get("/").page.text("main")
    assert "Към подписване" not in client.get("/").page.text("main")
    assert "Подпис с КЕП чака проверка" in client.get(LIST).page.text("main")


def complete(trust_dir):
    return complete_waiting(site=believing(read_trust(trust_dir)), clock=lambda: NOW)


def test_counts_when_the_list_of_revoked_certificates_arrives(client, waits, trust_dir):
    authority().write(trust_dir)
    complete(trust_dir)

    assert "Подписано" in client.get(PAGE).page.text("#signing .notice.is-done")
    assert lock() is Lock.SIGNED
    assert "провери" not in client.get(f"{LIST}/history").page.text("h1")


def test_says_why_it_was_refused_in_the_end(client, waits, trust_dir):
    authority().write(trust_dir, authority().crl((card(), NOW - timedelta(days=2))))
    complete(trust_dir)

    text = client.get(PAGE).page.text("#signing")
    assert "Подписът с КЕП не е приет и списъкът не е подписан" in text
    assert "Сертификатът е прекратен от издателя си" in text
    assert PendingSignature.get().state is PendingState.REFUSED


def test_a_change_voids_it_and_the_page_says_so_at_once(client, waits, record):
    client.send(f"{LIST}/records/{record.id}", decision="confirmed", note="друго", version=record.version)

    text = client.get(PAGE).page.text("#signing")
    assert "Подписът с КЕП не е приет" in text
    assert "Списъкът е променен, след като файлът е подписан" in text
    assert "чака проверка" not in client.get("/").page.text("main")
    assert "чака проверка" not in client.get(LIST).page.text("main")


def test_what_was_overtaken_is_not_brought_up_again(client, waits):
    client.send(PAGE, password=PASSWORD)
    client.send(f"{LIST}/unsign", reason="Сбъркан брой.")

    text = client.get(PAGE).page.text("#signing")
    assert "Подписът е премахнат и няма нов" in text
    assert "Подписът с КЕП не е приет" not in text
    assert "остави без действие подписа с КЕП" in client.get(f"{LIST}/history").page.text("main")


def test_the_password_signs_while_a_file_waits(client, waits):
    assert client.send(PAGE, password=PASSWORD).status_code == 303
    assert "приет за проверка" not in client.get(PAGE).page.text("#signing")
    assert PendingSignature.get().state is PendingState.VOID


def test_the_folder_is_read_again_when_it_changes(client, world, record, trust_dir):
    authority().write(trust_dir, authority().crl((card(), NOW - timedelta(days=2))))
    client.sign_in(world.ana)
    raw = by_hand(data(client), card())
    assert "прекратен" in send(client, raw).page.text("#signature-file-error")
    authority().write(trust_dir, authority().crl())

    assert send(client, raw).status_code == 303
    assert lock() is Lock.SIGNED


def test_the_operator_is_told_what_waits_and_what_is_missing(client, waits, world):
    text = client.sign_in(world.oleg).get("/").page.text("main")

    assert "Подписи, които чакат списък на прекратените сертификати: 1" in text
    assert "portal trust check" in text


# ---- Which kinds count


@pytest.mark.parametrize("kinds", [frozenset({"password"})])
def test_where_only_passwords_count_no_file_is_offered_or_taken(client, world, record):
    page = client.sign_in(world.ana).get(PAGE)

    assert not page.page.has("input[type=file]")
    assert "КЕП" not in page.text
    assert "biss" not in page.text
    assert "localhost" not in page.headers["Content-Security-Policy"]
    answer = send(client, by_hand(data(client), card()))
    assert answer.status_code == 409
    assert "КЕП не се приема" in answer.page.text("#signing > .error-summary")


@pytest.mark.parametrize("kinds", [frozenset({"qualified"})])
def test_where_only_qualified_signatures_count_no_password_is_asked(client, world, record):
    page = client.sign_in(world.ana).get(PAGE).page

    assert not page.has("input[name=password]")
    assert page.has("input[type=file]")
    answer = client.send(PAGE, password=PASSWORD)
    assert answer.status_code == 409
    assert "с КЕП, а не с парола" in answer.page.text("#signing > .error-summary")
    assert send(client, by_hand(data(client), card())).status_code == 303


EGN_NOTICE = "В профила ви няма ЕГН или ЛНЧ и не може да подписвате"


@pytest.mark.parametrize("kinds", [frozenset({"qualified"})])
def test_who_could_not_sign_without_egn_reads_so_on_the_first_page(client, world):
    client.sign_in(world.ana)
    assert EGN_NOTICE in client.get("/").page.text("main")
    assert client.get("/").page.has('a[href="/account#signing-egn"]')

    give_egn(world.ana)
    assert EGN_NOTICE not in client.get("/").page.text("main")


def test_who_can_sign_by_password_is_not_alarmed(client, world):
    assert EGN_NOTICE not in client.sign_in(world.ana).get("/").page.text("main")


def test_the_address_of_the_upload_typed_by_hand_leads_to_the_page(client, world, record):
    """As after a reload or a login that was over: there is no file to be given yet."""
    client.sign_in(world.ana)

    assert client.get(ADDRESS).location == PAGE
    assert client.get(f"{ADDRESS}?number=2020-12/{SCHOOL}/9").status_code == 404


@pytest.mark.parametrize("htmx", [True, False])
def test_a_clock_beyond_all_years_breaks_no_page(client, world, record, htmx):
    client.sign_in(world.ana)
    signed = attributes(data(client), card())
    time = cms.Time.load(b"\x18\x0f99991231235959Z")
    signed.append(cms.CMSAttribute({"type": "signing_time", "values": [time]}))

    send(client, by_hand(data(client), card(), signed=signed), htmx=htmx)

    assert lock() is Lock.SIGNED
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{LIST}/receipt.pdf").status_code == 200


def test_only_the_page_to_sign_may_speak_to_the_local_service(client, world, record):
    client.sign_in(world.ana)
    policy = client.get(PAGE).headers["Content-Security-Policy"]

    assert all(f"https://localhost:{port}" in policy for port in (53952, 53953, 53954, 53955))
    assert "biss-" in client.get(PAGE).text
    for address in ("/", LIST, "/account", f"{LIST}/history"):
        answer = client.get(address)
        assert "localhost" not in answer.headers["Content-Security-Policy"]
        assert "biss-" not in answer.text
    send(client, by_hand(data(client), card()))
    assert "localhost" not in client.get(PAGE).headers["Content-Security-Policy"]
