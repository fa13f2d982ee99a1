"""A circular from its proposed text to „Запознах се“ and the letters to the others, with and without a
script."""

from pathlib import Path

import pytest

from portal.storage.notices.recipients import codes_of
from portal.storage.notices.tables import Notice
from tests.cast import FAR_SCHOOL, OTHER_SCHOOL
from tests.circulars import PDF
from tests.mail.letters import readers

pytestmark = [pytest.mark.browser, pytest.mark.both_databases]


@pytest.fixture
def pdf() -> list[dict]:
    return [{"name": f"Заповед {n}.pdf", "mimeType": "application/pdf", "buffer": PDF} for n in (1, 2)]


def test_a_circular_is_published_read_and_followed(browse, world, javascript, pdf):
    nora = browse(world.nora, java_script_enabled=javascript)
    nora.goto("/oversight/notices")
    assert "УВАЖАЕМИ ГОСПОЖИ И ГОСПОДА ДИРЕКТОРИ," in nora.input_value("#text")
    nora.fill("#number", "РУО1-3314")
    nora.click("text=Преглеждам преди публикуване")
    nora.wait_for_selector("#proof >> text=Институции, които ще го получат: 3")
    nora.set_input_files("#file", pdf)
    nora.click("button:text-is('Публикувам')")
    nora.wait_for_selector("text=Писмото е публикувано.")
    nora.wait_for_selector(".figure >> text=запознати от 3")
    here = f"#notice-{Notice.get().id}"

    ana = browse(world.ana, java_script_enabled=javascript)
    ana.goto("/")
    ana.click(f"{here} summary")
    ana.wait_for_selector(f"{here} >> text=Подпишете списъка.")
    with ana.expect_download() as saved:
        ana.click(f"{here} >> text=Заповед 2.pdf")
    assert saved.value.suggested_filename == "Заповед 2.pdf"
    assert Path(saved.value.path()).read_bytes() == PDF
    ana.click(f"{here} >> text=Запознах се")
    ana.wait_for_selector("text=Отбелязано е, че сте се запознали с писмо № РУО1-3314")
    assert not ana.is_visible(here)

    nora.reload()
    nora.wait_for_selector("#institution-2200000 >> text=Ана Янева")
    nora.click("text=Преглеждам писмото")
    nora.wait_for_selector("text=още нищо не е изпратено")
    assert readers("notice_unread") == []
    nora.click("text=Изпращам писмата: 2")
    nora.wait_for_selector("text=Писмата чакат изпращане: 2.")
    assert sorted(readers("notice_unread")) == ["boris@example.org", "vyara@example.org"]


def test_recipients_are_found_by_name_and_what_was_typed_stays(browse, world, javascript):
    oleg = browse(world.oleg, java_script_enabled=javascript)
    oleg.goto("/oversight/notices")
    oleg.fill("#number", "РУО1-3314")
    for words, code in (("ботев", OTHER_SCHOOL), ("варна", FAR_SCHOOL)):
        oleg.fill("#find", words)
        if not javascript:
            oleg.click("button[name=find]")
        oleg.check(f"#choice input[value='{code}']")
    assert oleg.is_checked(f"#choice input[value='{OTHER_SCHOOL}']")
    assert oleg.input_value("#number") == "РУО1-3314"
    oleg.click("button:text-is('Публикувам')")
    oleg.wait_for_selector("text=Писмото е публикувано.")
    assert set(codes_of(Notice.get())) == {OTHER_SCHOOL, FAR_SCHOOL}
