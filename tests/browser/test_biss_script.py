"""Signing with a card, in a browser: biss.js between the portal and a simulated BISS."""

import base64
import re
from collections.abc import Iterator

import pytest

from portal.actions.people.egn import set_at_activation
from portal.crypto.tokens import new_token
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.db import writing
from portal.storage.tables.people import Login, User
from portal.storage.tables.signatures import Signature
from tests.browser.biss import VOUCHED, Biss, the_ports
from tests.browser.conftest import ASKING, FLAGS, LONGEST
from tests.cast import (
    MONTH,
    NOW,
    PASSWORD,
    SCHOOL,
    SITE,
    add_login,
    add_record,
)
from tests.crypto.qualified.authority import Authority, ec_key
from tests.waiting import until

# The service has four fixed ports, so its tests stay with one process: another one would only wait.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("biss")]

PAGE = "/confirmations/2020-12/sign"
EGN, OTHER_EGN = "7523084952", "8032056031"
SIGN = "Подписвам с КЕП от картата"
SENT_TO_SIGN = {
    "version",
    "signatureType",
    "contentType",
    "hashAlgorithm",
    "contents",
    "signerCertificateB64",
    "confirmText",
    "additonalConfirmText",
}
SAYS_DENIED = """
    navigator.permissions.query = function (asked) {
        return asked.name === "%s"
            ? Promise.resolve({ state: "denied" })
            : Promise.reject(new TypeError("no such permission"));
    };
"""


@pytest.fixture(scope="module")
def authority():
    return Authority(NOW)


@pytest.fixture(scope="module")
def card(authority):
    return authority.person(EGN)


@pytest.fixture
def trusting(authority, world, tmp_path, monkeypatch):
    """Settings that take qualified signatures too; the portal knows Ана's ЕГН, and her list is ready."""
    monkeypatch.setenv("PORTAL_SIGNATURES", "password,qualified")
    monkeypatch.setenv("PORTAL_TRUST_DIR", str(authority.write(tmp_path / "trust")))
    with writing():
        set_at_activation(User.get_by_id(world.ana.user_id), EGN, site=SITE, now=NOW)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)


@pytest.fixture
def portal(trusting, portal):
    return portal


@pytest.fixture
def biss(card, authority):
    with Biss(card, issuers=(authority.issuing,)) as service:
        yield service


@pytest.fixture
def no_biss():
    with the_ports():
        yield


@pytest.fixture
def tab(browse, world):
    """Ана at the signing page. What breaks the CSP, or what a script throws, fails the test."""
    wrong = []
    page = browse(world.ana, ignore_https_errors=True)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    page.goto(PAGE)
    yield page
    assert wrong == []


def logged_in(person) -> str:
    """The cookie of a new login."""
    token = new_token()
    add_login(token, person.user_id, now=NOW)
    return token


def sign(tab) -> None:
    tab.get_by_role("button", name=SIGN).click()


def lock() -> Lock:
    return list_of(SCHOOL, MONTH).lock


def says(tab, text: str) -> None:
    """Wait until the status line does."""
    tab.locator("#local-signing [data-says]", has_text=text).wait_for()


def told(tab) -> str:
    """What went wrong, as it is read out: visible, and under the focus. The file is the other way where the
    program fails, and only there: what the portal refuses it refuses of a file too."""
    place = tab.locator("#local-signing [role=alert]")
    place.wait_for(state="visible")
    assert place.evaluate("element => element === document.activeElement")
    link = place.get_by_role("link", name="го качете по-долу")
    assert link.count() == ("BISS" in place.inner_text())
    assert link.count() == 0 or link.get_attribute("href") == "#signature-file"
    assert tab.locator("#local-signing button", has_text=SIGN).get_attribute("aria-disabled") is None
    assert not tab.get_by_role("button", name="Спирам").is_visible()
    return place.inner_text()


def posts_to_the_portal(tab) -> list[str]:
    """The last part of each address that something is sent to from here on."""
    sent = []

    def note(asked):
        if asked.method == "POST" and "/confirmations/" in asked.url:
            sent.append(asked.url.split("/")[-1])

    tab.on("request", note)
    return sent


def answer_late(tab, biss, path: str) -> None:
    """Let BISS answer what it was asked, and the page get it if it still listens."""
    biss.release()
    until(lambda: path in biss.answered)
    tab.evaluate("fetch('/healthz').then(answer => answer.text())")


def test_signs_and_shows_the_signed_list(tab, biss):
    biss.hold("/getsigner", "/sign")
    sign(tab)
    says(tab, "Изберете сертификата")
    biss.release("/getsigner")
    says(tab, "ПИН")
    biss.release()
    tab.get_by_text("2020-12/2200000/1").first.wait_for()

    assert lock() is Lock.SIGNED
    assert Signature.get().kind == "qualified"
    assert tab.url.endswith(PAGE)
    assert not tab.locator("#local-signing").count()
    (chosen, _), (wanted, headers) = [(body, headers) for _, body, headers in biss.asked]
    assert chosen == {"selector": {}, "showValidCerts": True}
    assert set(wanted) == SENT_TO_SIGN
    assert not {"Cookie", "Referer", "Authorization"} & set(headers)
    assert biss.languages == {"bg"}


def test_the_program_shows_what_the_page_shows(tab, biss, world):
    shown = dict(zip(*(tab.locator(f"main {each}").all_inner_texts() for each in ("dt", "dd")), strict=True))
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()

    wanted = biss.asked[-1][1]
    assert wanted["confirmText"] == [f"SHA-256 на данните: {shown['SHA-256 на данните']}"]
    assert wanted["additonalConfirmText"] == f"Списък за декември 2020 г., {world.ana.institution_name}"
    assert shown["Институция"].startswith(world.ana.institution_name)


def failures(tab) -> Iterator[str]:
    """What is told, try after try, on one page."""
    while True:
        sign(tab)
        yield told(tab)


def test_works_with_a_program_that_is_new_enough(tab, biss):
    biss.cancels = {"/getsigner"}
    tries = failures(tab)
    for version in ("2.20", "2.20.1", "2.32", "3.0", "10", 2.2, 2.32):
        biss.version = version
        assert "Не е избран сертификат" in next(tries), version


def test_says_when_the_program_is_too_old(tab, biss):
    tries = failures(tab)
    for version in ("2.19", "2.3", "1.33", "0.2.20", "2", "last", 2.19):
        biss.version = version
        assert "порталът работи с версия 2.20 и по-нови" in next(tries), version
    assert biss.asked == []


def test_what_has_no_version_is_not_the_program(tab, biss):
    tries = failures(tab)
    for version in (None, "", {}, True):
        biss.version = version
        assert "не отговаря на този компютър" in next(tries), version


def test_finds_the_newer_of_two_programs(tab, card, authority):
    with Biss(card, issuers=(authority.issuing,)) as first:
        second = Biss(card, issuers=(authority.issuing,))
        first.version = "1.0"
        second.start()
        try:
            sign(tab)
            tab.get_by_text("2020-12/2200000/1").first.wait_for()
        finally:
            second.stop()
        assert (first.asked, second.times("/sign")) == ([], 1)


@pytest.mark.parametrize("says_numbers", [False, True], ids=["texts", "numbers"])
def test_a_site_that_the_program_does_not_know_is_no_wrong_pin(tab, biss, says_numbers):
    biss.cancels, biss.says_numbers = {"/sign"}, says_numbers
    tries = failures(tab)
    for code, said, is_of_the_site in (
        ("403", "Операцията не е разрешена", True),
        ("400", "Сайтът не е доверен", True),
        ("401", "Липсващ сертификат в signedContentsCert", True),
        ("500", "Certificate is not trusted", True),
        ("401", "Грешен ПИН", False),
        ("400", "Отказано от потребителя на B-Trust BISS", False),
        ("404", "Няма такъв сертификат", False),
    ):
        biss.refuses = code, said
        text = next(tries)
        assert ("отказва да подписва за този сайт" in text) is is_of_the_site, said
        assert ("ПИН кодът не е приет" in text) is not is_of_the_site, said
        assert f"Съобщение от BISS: {said}" in text


def test_signs_with_a_program_whose_codes_are_numbers(tab, biss):
    biss.says_numbers = True
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()


@pytest.mark.parametrize(
    ("platform", "is_offered"), [("Win32", True), ("Linux x86_64", False), ("MacIntel", False)]
)
def test_offers_to_start_the_program_on_windows(tab, no_biss, platform, is_offered):
    tab.add_init_script(f"Object.defineProperty(navigator, 'platform', {{ get: () => '{platform}' }});")
    tab.reload()
    sign(tab)
    told(tab)
    link = tab.get_by_role("link", name="Пуснете BISS оттук")
    assert link.is_visible() is is_offered
    if is_offered:
        assert link.get_attribute("href") == "bissopen:start"


@pytest.fixture
def vouching(authority, tmp_path, monkeypatch):
    """Settings with a key by which the local service knows the site."""
    site = authority.site
    for name, content in {"KEY": site.key_pem, "CERT": site.pem}.items():
        file = tmp_path / name
        file.touch(mode=0o600)
        file.write_bytes(content)
        monkeypatch.setenv(f"PORTAL_BISS_{name}_FILE", str(file))
    return site


@pytest.mark.parametrize("demands", [True, False], ids=["demands it", "does without"])
def test_a_site_with_a_key_vouches_for_what_is_to_be_signed(vouching, tab, biss, demands):
    biss.demands = demands
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()
    wanted = biss.asked[-1][1]
    assert set(wanted) == SENT_TO_SIGN | VOUCHED
    assert wanted["signedContentsCert"] == [base64.b64encode(vouching.der).decode()]
    assert lock() is Lock.SIGNED


def test_a_site_without_a_key_is_refused_where_one_is_demanded(tab, biss):
    biss.demands = True
    sign(tab)
    text = told(tab)
    assert "отказва да подписва за този сайт" in text
    assert "Съобщение от BISS: Сайтът не е доверен" in text
    assert not VOUCHED & set(biss.asked[-1][1])
    assert lock() is Lock.OPEN


@pytest.mark.parametrize("raw", [False, True], ids=["as DER", "side by side"])
def test_signs_with_a_card_of_elliptic_curves(tab, biss, authority, raw):
    card = authority.person(EGN, key=ec_key())
    biss.cards, biss.chosen, biss.raw = (card,), card, raw

    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()
    assert lock() is Lock.SIGNED


def test_finds_the_program_on_another_port(tab, card, authority):
    with Biss(card, issuers=(authority.issuing,)) as first:
        second = Biss(card, issuers=(authority.issuing,))
        first.garbage = {"/version"}
        second.start()
        try:
            sign(tab)
            tab.get_by_text("2020-12/2200000/1").first.wait_for()
        finally:
            second.stop()
        assert (first.asked, second.times("/sign")) == ([], 1)


def test_says_when_the_program_is_not_there(tab, no_biss):
    sign(tab)
    text = told(tab)
    assert "Програмата BISS не отговаря на този компютър" in text
    assert "натиснете „Разрешаване“" in text
    assert lock() is Lock.OPEN


def test_what_to_try_is_not_shown_as_a_fault(tab, no_biss):
    sign(tab)
    told(tab)

    advice = tab.locator("#local-signing [data-when='absent'] li").first
    calm = "each => [getComputedStyle(each).fontWeight, getComputedStyle(each).color]"
    assert advice.evaluate(calm) == tab.locator("#local-signing [data-when='absent'] > p").evaluate(calm)
    assert advice.evaluate("each => getComputedStyle(each.parentElement).listStyleType") == "disc"


@pytest.mark.parametrize("name", ["loopback-network", "local-network-access"])
def test_says_when_the_browser_was_told_to_refuse(tab, no_biss, name):
    tab.add_init_script(SAYS_DENIED % name)
    tab.reload()
    sign(tab)
    text = told(tab)
    assert "Браузърът не разрешава" in text
    assert "не отговаря на този компютър" not in text


@pytest.fixture
def public_tab(chromium, portal, world):
    """Ана at the signing page of a portal that Chromium believes is on the internet, and asks about."""
    elsewhere = f"--ip-address-space-overrides={portal.removeprefix('http://')}=public"
    browser = chromium.browser_type.launch(executable_path=ASKING, args=[*FLAGS, elsewhere])
    context = browser.new_context(base_url=portal, ignore_https_errors=True, locale="bg-BG")
    context.add_cookies([{"name": "session", "value": logged_in(world.ana), "url": portal}])
    page = context.new_page()
    page.set_default_timeout(LONGEST)
    yield page
    browser.close()


def test_a_browser_that_refuses_says_so_afterwards(public_tab, biss):
    public_tab.goto(PAGE)  # without a window Chromium answers its own question with no
    sign(public_tab)
    assert "Браузърът не разрешава" in told(public_tab)
    assert biss.asked == []


def test_a_browser_that_allows_it_signs(public_tab, biss):
    public_tab.context.grant_permissions(["local-network-access"])
    public_tab.goto(PAGE)
    sign(public_tab)
    public_tab.get_by_text("2020-12/2200000/1").first.wait_for()
    assert lock() is Lock.SIGNED


def test_the_program_that_answers_too_late_is_not_there(tab, biss):
    biss.slow = {"/version": 3}
    tab.add_init_script("navigator.permissions.query = undefined;")
    tab.reload()
    sign(tab)
    assert "не отговаря на този компютър" in told(tab)


@pytest.mark.parametrize(
    ("path", "sentence", "said"),
    [
        ("/getsigner", "Не е избран сертификат", "Операцията е отказана от потребителя"),
        ("/sign", "Подписът не е положен", "Грешен ПИН"),
    ],
)
def test_who_cancels_may_try_again(tab, biss, path, sentence, said):
    biss.cancels = {path}
    sign(tab)
    text = told(tab)
    assert sentence in text
    assert f"Съобщение от BISS: {said}" in text
    assert lock() is Lock.OPEN

    biss.cancels = set()
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()
    assert lock() is Lock.SIGNED


def test_a_card_of_somebody_else_is_told_before_the_pin(tab, biss, authority):
    biss.chosen = authority.person(OTHER_EGN, "Борис Тодоров")
    biss.cards = (*biss.cards, biss.chosen)
    sign(tab)
    text = told(tab)
    assert "Сертификатът е на друг човек" in text
    assert "Съобщение от BISS" not in text
    assert biss.times("/sign") == 0
    assert lock() is Lock.OPEN


def test_a_card_that_was_changed_after_the_choice_signs_nothing(tab, biss, authority):
    biss.signs_with = authority.person(EGN)
    sign(tab)
    assert "Подписът не съответства на сертификата" in told(tab)
    assert lock() is Lock.OPEN


@pytest.mark.parametrize("path", ["/getsigner", "/sign"])
def test_says_when_the_program_answers_something_else(tab, biss, path):
    biss.garbage = {path}
    sign(tab)
    assert "отговори нещо, което порталът не разбира" in told(tab)
    assert lock() is Lock.OPEN


@pytest.mark.parametrize("path", ["/getsigner", "/sign"])
def test_shows_what_the_program_says_of_its_own_fault(tab, biss, path):
    biss.breaks = {path}
    sign(tab)
    assert "Съобщение от BISS: Вътрешна грешка" in told(tab)


@pytest.mark.parametrize("path", ["/getsigner", "/sign"])
def test_says_when_the_program_is_gone_in_the_middle(tab, biss, path):
    biss.hangs_up = {path}
    sign(tab)
    assert "Програмата BISS спря да отговаря" in told(tab)


def test_a_double_click_signs_once(tab, biss):
    biss.hold("/getsigner")
    sent = posts_to_the_portal(tab)
    tab.get_by_role("button", name=SIGN).dblclick()
    tab.get_by_role("button", name=SIGN).click(force=True)
    biss.release()
    tab.get_by_text("2020-12/2200000/1").first.wait_for()
    assert (biss.times("/getsigner"), biss.times("/sign")) == (1, 1)
    assert sent == ["prepare", "complete"]
    assert Signature.select().count() == 1


def test_the_button_says_that_it_is_under_way(tab, biss):
    biss.hold("/getsigner")
    button = tab.get_by_role("button", name=SIGN)
    button.click()
    says(tab, "Изберете сертификата")
    assert button.get_attribute("aria-disabled") == "true"
    assert button.evaluate("element => element === document.activeElement")


@pytest.mark.parametrize("path", ["/getsigner", "/sign"])
def test_what_comes_after_it_was_stopped_changes_nothing(tab, biss, path):
    biss.hold(path)
    sent = posts_to_the_portal(tab)
    sign(tab)
    says(tab, "Изберете сертификата" if path == "/getsigner" else "ПИН")
    tab.get_by_role("button", name="Спирам").click()
    says(tab, "Спряхте подписването и нищо не е записано")
    answer_late(tab, biss, path)

    says(tab, "Спряхте подписването")
    assert not tab.locator("#local-signing [role=alert]").is_visible()
    assert "complete" not in sent
    assert lock() is Lock.OPEN
    focused = tab.evaluate("document.activeElement.textContent")
    assert focused == SIGN

    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()
    assert lock() is Lock.SIGNED


def test_who_leaves_in_the_middle_signs_nothing_and_may_begin_anew(tab, biss):
    biss.hold("/sign")
    sign(tab)
    says(tab, "ПИН")
    tab.goto("/confirmations/2020-12")
    answer_late(tab, biss, "/sign")
    assert lock() is Lock.OPEN

    tab.go_back()
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()


@pytest.mark.parametrize("path", ["/getsigner", "/sign"])
def test_a_login_that_ended_meanwhile_is_shown_the_way_back(tab, biss, path):
    biss.hold(path)
    sign(tab)
    says(tab, "Изберете сертификата" if path == "/getsigner" else "ПИН")
    Login.delete().execute()
    biss.release()
    text = told(tab)
    assert "Влизането ви е изтекло" in text
    assert lock() is Lock.OPEN

    tab.locator("#local-signing [role=alert]").get_by_role("link", name="Влезте отново").click()
    tab.get_by_label("Електронна поща").fill("ana@example.org")
    tab.get_by_label("Парола").fill(PASSWORD)
    tab.get_by_role("button", name="Влизам").click()
    tab.wait_for_url(re.compile(PAGE))
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()


def test_a_page_of_an_older_login_says_to_load_it_again(tab, biss):
    tab.evaluate("document.querySelector('#local-signing [name=csrf_token]').value = 'x'")
    sign(tab)
    assert "преди последното ви влизане" in told(tab)
    tab.locator("#local-signing [role=alert]").get_by_role("link", name="Заредете я отново").click()
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()


def test_a_list_that_changed_meanwhile_is_to_be_read_again(tab, biss, world):
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    sign(tab)
    told(tab)
    again = tab.locator("#local-signing [role=alert]").get_by_role("link", name="Заредете страницата отново")
    again.click()
    assert lock() is Lock.OPEN
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (503, '{"sentence": "Опитайте след половин минута."}', "Опитайте след половин минута."),
        (422, '{"sentence": "<b>Не</b>"}', "<b>Не</b>"),
        (502, "<html>Bad gateway</html>", "Порталът не отговори както трябва"),
        (200, "<html>Добре дошли в мрежата</html>", "Порталът не отговори както трябва"),
        (200, "null", "Порталът не отговори както трябва"),
    ],
)
def test_shows_what_the_portal_answers(tab, biss, status, body, sentence):
    tab.route("**/sign/prepare", lambda route: route.fulfill(status=status, body=body))
    sign(tab)
    assert sentence in told(tab)
    assert biss.times("/sign") == 0


@pytest.mark.parametrize(
    ("step", "sentence"),
    [("prepare", "Няма връзка с портала"), ("complete", "не се знае дали подписът е записан")],
)
def test_says_when_the_portal_does_not_answer(tab, biss, step, sentence):
    tab.route(f"**/sign/{step}", lambda route: route.abort())
    sign(tab)
    assert sentence in told(tab)


def test_signs_from_the_keyboard_alone(tab, biss):
    biss.hold("/getsigner")
    tab.locator("#password").focus()
    for _ in range(12):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent.trim()") == SIGN:
            break
    tab.keyboard.press("Enter")
    says(tab, "Изберете сертификата")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    says(tab, "Спряхте подписването")

    biss.release()
    tab.keyboard.press("Space")
    tab.get_by_text("2020-12/2200000/1").first.wait_for()
    assert lock() is Lock.SIGNED


def test_the_page_after_a_wrong_password_signs_too_and_sends_no_form_again(tab, biss):
    tab.get_by_label("Парола").fill("не е тази парола")
    tab.locator("main form:has([name=password]) .is-primary").click()
    tab.locator("#password-error").wait_for()

    sent = posts_to_the_portal(tab)
    sign(tab)
    tab.get_by_text("2020-12/2200000/1").first.wait_for()
    assert sent == ["prepare", "complete"]
    assert lock() is Lock.SIGNED


def test_fits_a_phone(tab, no_biss):
    tab.set_viewport_size({"width": 360, "height": 740})
    sign(tab)
    told(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_only_the_signing_page_loads_the_script_and_may_reach_the_program(tab, browse, world):
    page = browse(world.ana)
    for address in ("/", "/confirmations/2020-12", "/account", PAGE):
        answer = page.goto(address)
        is_here = address == PAGE
        assert (page.locator("script[src*=biss]").count() == 1) is is_here, address
        assert ("localhost" in answer.headers["content-security-policy"]) is is_here, address


def test_without_a_script_there_is_only_the_file(browse, world, portal):
    page = browse(world.ana, java_script_enabled=False)
    page.goto(PAGE)
    assert not page.locator("#local-signing").is_visible()
    assert page.locator("#signature-file").is_visible()
