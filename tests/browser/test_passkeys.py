"""A passkey in Chromium, whose virtual authenticator is the key: it is made, used, and not needed."""

from collections.abc import Iterator

import pytest

from portal.storage.tables.people import Login
from portal.storage.tables.second_factor import Passkey
from tests.actions.people.factor import code, with_factor
from tests.actions.people.keys import Key
from tests.actions.people.test_passkeys import add
from tests.cast import PASSWORD
from tests.served import served

pytestmark = [pytest.mark.browser, pytest.mark.both_databases]


@pytest.fixture
def portal(world, database, tmp_path) -> Iterator[str]:
    """At a name: browsers know no passkeys at a number."""
    with_factor(world.ana)
    with served(database, tmp_path, "localhost") as portal:
        yield portal.address


def plug_in(page, **more) -> str:
    """A key, of which a person is there and says yes; its number."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    verified = {"hasUserVerification": True, "isUserVerified": True}
    added = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options | verified | more})
    return added["authenticatorId"]


def give_password(page) -> None:
    page.goto("/login")
    page.fill("#email", "ana@example.org")
    page.fill("#password", PASSWORD)
    page.click("text=Влизам")


def log_out(page) -> None:
    """As somebody of whom no browser knows that a code was given."""
    page.context.clear_cookies()
    Login.delete().execute()


def add_key(page, name="ключ в сейфа") -> None:
    page.goto("/account/two-factor")
    page.fill("#key-name", name)
    page.fill("#key-password", PASSWORD)
    page.fill("#key-code", code(steps=1))
    page.click("text=Добавям ключ за вход")
    page.click("text=Добавям ключа")


@pytest.mark.parametrize("javascript", [True], indirect=True)
@pytest.mark.parametrize("verifies", [{}, {"hasUserVerification": False, "isUserVerified": False}])
def test_a_key_is_added_and_lets_in(tab, verifies):
    plug_in(tab, **verifies)
    give_password(tab)
    tab.fill("#code", code())
    tab.click("text=Влизам")
    add_key(tab)
    tab.wait_for_selector("text=Ключът е добавен")
    log_out(tab)

    give_password(tab)
    tab.click("text=Ключ за вход")
    tab.wait_for_url("**/")

    assert "Ана Янева" in tab.text_content(".who")
    assert Passkey.get().used_at is not None
    assert Passkey.get().sign_count > 0


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_who_has_the_key_elsewhere_is_told_and_gives_a_code(tab):
    plug_in(tab)
    give_password(tab)
    tab.fill("#code", code())
    tab.click("text=Влизам")
    add_key(tab)
    tab.wait_for_selector("text=Ключът е добавен")
    log_out(tab)
    stranger = tab.context.new_page()
    plug_in(stranger)

    give_password(stranger)
    stranger.click("text=Ключ за вход")

    stranger.wait_for_selector("text=Ключът не беше потвърден")
    assert stranger.is_visible("#code")
    stranger.close()


def test_the_code_remains_with_and_without_a_script(tab, world, javascript):
    add(world.ana, Key())
    give_password(tab)
    tab.wait_for_selector("[data-passkey]", state="visible" if javascript else "hidden")
    tab.fill("#code", code(steps=1))
    tab.click("text=Влизам")
    tab.wait_for_selector("text=Ана Янева")
