"""export_account: everything about one account, and of registers only to its owner."""

import pytest

from portal.actions.disclosure.account import export_account
from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.lists.confirmations import decide
from portal.actions.signing.signing import sign
from portal.crypto.tokens import new_token
from portal.domain.decisions import Decided, Decision
from portal.domain.keys.news import NewsKind
from portal.storage.tables.access_news import AccessNews
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Login, UserKey
from portal.storage.tables.second_factor import Passkey, count_up
from tests.actions.people.factor import with_factor
from tests.actions.people.keys import Key
from tests.actions.people.test_passkeys import add
from tests.actions.register.unlocked import draft, entered
from tests.cast import MONTH, NOW, PASSWORD, SITE, add_login, add_record

pytestmark = pytest.mark.usefixtures("world")


def text_of(user_id: int, person=None) -> str:
    return export_account(person, user_id, now=NOW).content.decode("utf-8-sig").replace("\r\n", "\n")


@pytest.fixture
def ana(world):
    """She has decided, signed, named a delegate, and logged in; a letter was written to her."""
    record = add_record(family="Неповторимова")
    decide(world.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=1, now=NOW)
    sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
    tell_of_list(world.campaign, now=NOW)
    add_login(new_token(), world.ana.user_id)
    Login.update(browser="Firefox, Windows").execute()
    return world.ana


def test_tells_everything_of_the_account(ana):
    text = text_of(ana.user_id)

    assert "Ана Янева, ana@example.org\n" in text
    for line in (
        "Роля: директор",
        "Институция: 39. СУ „Отец Паисий“ (2200000)",
        "Активиран на: 28.01.2021 г., 10:00 ч.",
        f"Публичен ключ (Ed25519): {bytes(UserKey.get(UserKey.user == ana.user_id).ed25519_public).hex()}",
        "Упълномощено лице: Дора Илиева",
        "Какво може: подготвя решенията",
        "Влизане на: 28.01.2021 г., 10:00 ч.",
        "Браузър: Firefox, Windows",
        "Като: директор",
        "Вид (дума на портала): list_received",
        "Какво: подписа списъка",
        "Кой: този профил",
    ):
        assert f"  {line}\n" in text, line


def test_tells_of_keys_and_of_what_was_not_read_yet(world):
    with_factor(world.ana)
    add(world.ana, Key(), name="ключ в сейфа")
    count_up(Passkey.get(), 1, now=NOW)
    AccessNews.create(user=world.ana.user_id, kind=NewsKind.NEW_BROWSER, at=NOW)

    text = text_of(world.ana.user_id)

    for line in (
        "Ключ за вход: ключ в сейфа",
        "Последно ползван на: 28.01.2021 г., 10:00 ч.",
        f"Публичен ключ (COSE): {bytes(Passkey.get().public_key).hex()}",
        "Непрочетена новина за достъпа (дума на портала): new_browser",
    ):
        assert f"  {line}\n" in text, line
    assert "ключ в сейфа" not in text_of(world.boris.user_id)


def test_holds_no_secret_and_no_child(ana):
    text = text_of(ana.user_id, ana)
    key = UserKey.get(UserKey.user == ana.user_id)

    assert "Неповторимова" not in text
    for secret in (key.wrapped_ed25519, key.wrapped_x25519, key.mac):
        assert bytes(secret).hex() not in text


def test_a_delegate_is_told_who_named_him(world):
    assert "  Упълномощил: Ана Янева\n" in text_of(world.dora.user_id)


@pytest.mark.parametrize("who", ["nora", "oleg", "boris"])
def test_is_made_for_every_role(world, who):
    person = getattr(world, who)

    assert person.name in text_of(person.user_id, person)


def test_what_was_done_in_a_register_only_its_owner_is_told(ana):
    entered(ana, draft())

    own, operators = text_of(ana.user_id, ana), text_of(ana.user_id)
    assert "вписа лице под карантина" in own
    assert "Ключ за регистъра на: 39. СУ „Отец Паисий“, учебна година 2020/2021" in own
    assert "вписа лице под карантина" not in operators
    assert "Ключ за регистъра на" not in operators
    assert "ЦИОО не вижда" in operators


def test_the_audit_knows_that_a_copy_was_made(world):
    copy = export_account(world.ana, world.ana.user_id, now=NOW)

    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    assert (entry.who, entry.what, entry.object) == (
        world.ana.user_id, "exported_account", f"export:{copy.number}",
    )  # fmt: skip
