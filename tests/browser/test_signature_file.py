"""Signing with a file made elsewhere, in a browser: download, sign, upload, keep, take off, sign anew."""

import pytest

from portal.actions.qualified.completing import complete_waiting
from portal.crypto.qualified.trust import read_trust
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from tests.actions.qualified.signed import authority, believing, card, give_egn
from tests.cast import MONTH, NOW, PASSWORD, SCHOOL, add_record
from tests.crypto.qualified.signed_files import openssl, pdf

pytestmark = pytest.mark.browser

PAGE = "/confirmations/2020-12/sign"


@pytest.fixture
def trust_dir(tmp_path):
    return authority().write(tmp_path / "trust")


@pytest.fixture
def trusting(world, trust_dir, monkeypatch):
    """Settings that take qualified signatures too, and Ана's list ready to be signed."""
    monkeypatch.setenv("PORTAL_SIGNATURES", "password,qualified")
    monkeypatch.setenv("PORTAL_TRUST_DIR", str(trust_dir))
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)


@pytest.fixture
def portal(trusting, portal):
    return portal


def lock() -> Lock:
    return list_of(SCHOOL, MONTH).lock


def log_in(tab) -> None:
    tab.goto("/login?next=" + PAGE)
    tab.get_by_label("Електронна поща").fill("ana@example.org")
    tab.get_by_label("Парола").fill(PASSWORD)
    tab.get_by_role("button", name="Влизам").click()


def download(tab, link: str) -> bytes:
    with tab.expect_download() as waiting:
        tab.get_by_role("link", name=link).click()
    return waiting.value.path().read_bytes()


def upload(tab, name: str, content: bytes) -> None:
    tab.get_by_label("Подписаният файл").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    tab.get_by_role("button", name="Качвам подписания файл").click()


def test_a_director_signs_with_a_file(tab, portal):
    log_in(tab)
    upload(tab, "снимка.jpg", b"\xff\xd8\xff\xe0" + bytes(100))
    tab.locator("#signature-file-error", has_text="Това не е подписан файл").wait_for()
    upload(tab, "declaration.pdf", download(tab, "Изтеглете декларацията (PDF)"))
    tab.locator("#signature-file-error", has_text="Този PDF не е подписан").wait_for()
    document = download(tab, "Изтеглете декларацията (PDF)")
    upload(tab, "declaration.pdf", pdf(document, card("boris"), authority()))
    tab.locator("#signature-file-error", has_text="Сертификатът е на друг човек").wait_for()
    assert lock() is Lock.OPEN

    signed = pdf(document, card(), authority(), stamped_at=NOW)
    upload(tab, "declaration.pdf", signed)
    tab.locator(".notice.is-done", has_text="Подписано").last.wait_for()
    assert lock() is Lock.SIGNED
    assert download(tab, "Подписаният файл (КЕП)") == signed
    assert tab.request.get("/confirmations/2020-12/receipt.pdf").body().startswith(b"%PDF")

    tab.locator("summary", has_text="премахвам подписа").click()
    tab.get_by_label("Защо премахвате подписа").fill("Сбъркан е един брой.")
    tab.get_by_role("button", name="Премахвам подписа").click()
    tab.get_by_text("Подписът е премахнат и няма нов").wait_for()
    data = download(tab, "данните (JSON)")
    upload(tab, "declaration.json.p7m", openssl(data, card(), "-nodetach"))
    tab.locator(".notice.is-done", has_text="2020-12/2200000/2").wait_for()


def test_a_file_waits_until_the_list_arrives(tab, portal, trust_dir):
    authority().write(trust_dir, fresh=False)
    log_in(tab)
    upload(tab, "d.pdf", pdf(download(tab, "Изтеглете декларацията (PDF)"), card(), authority()))
    tab.get_by_role("heading", name="Подписът с КЕП е приет за проверка").wait_for()
    assert lock() is Lock.OPEN

    arrived = read_trust(authority().write(trust_dir))
    complete_waiting(site=believing(arrived), clock=lambda: NOW)
    tab.goto(PAGE)
    tab.locator(".notice.is-done", has_text="Подписано").wait_for()


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_a_file_is_sent_from_the_keyboard_and_fits_a_phone(tab, portal):
    log_in(tab)
    tab.set_viewport_size({"width": 360, "height": 740})
    document = download(tab, "Изтеглете декларацията (PDF)")
    tab.get_by_label("Подписаният файл").set_input_files(
        {"name": "d.pdf", "mimeType": "application/pdf", "buffer": pdf(document, card("boris"), authority())}
    )
    tab.get_by_label("Подписаният файл").focus()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.locator("#signature-file-error").wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.evaluate("document.activeElement.className") == "error-summary"
