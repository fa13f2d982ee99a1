"""/oversight/<YYYY-MM>/write: a letter to the institutions that the address shows"""

import json
from datetime import timedelta

import pytest

from portal.actions.disclosure.account import export_account
from portal.actions.letters.outbox import letters
from portal.actions.retention.purging import purge
from portal.actions.verifying import Verified, verify
from portal.domain.people import Role
from portal.domain.submissions import Lock
from portal.storage.people.persons import person_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import db, is_sqlite
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OfficeLetter, OutboxMessage
from portal.storage.tables.people import Delegation, Login, User
from tests.cast import (
    AFTER,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    SCHOOL,
    SITE,
    add_institution,
    add_record,
    add_user,
    end_month,
)

HERE = "/oversight/2020-12/write"
TEXT = "Моля, отворете списъка още днес.\n\nОбадете се, ако не можете да влезете."
MINUTE = timedelta(minutes=1)


@pytest.fixture
def nora(client, world):
    return client.sign_in(world.nora)


def written_to():
    return sorted(row.recipient for row in OutboxMessage.select())


def going_out():
    """The letters as they would be sent now, the last first."""
    return [letter.message for letter in letters(site=SITE, now=NOW)]


def leave(person):
    User.update(disabled_at=NOW).where(User.id == person.user_id).execute()


def no_mailbox(code):
    Institution.update(email="").where(Institution.code == code).execute()


def previewed(client, where=HERE, **changes):
    """The fields of the preview's form, with what was typed."""
    answer = client.send(where, **{"subject": "Списъкът чака", "text": TEXT, "step": "preview"} | changes)
    assert answer.status_code == 200, answer.page.text("main")
    return {each.get("name"): each.get("value") for each in answer.page.all("main input[type=hidden]")}


def send(client, where=HERE, **fields):
    fields.pop("csrf_token", None)
    return client.send(where, **fields | {"step": "send"})


class TestPage:
    def test_the_table_leads_here_with_its_filter(self, nora):
        link = nora.get("/oversight/2020-12", type="school").page.one(f'a[href^="{HERE}"]')

        assert " ".join(link.text_content().split()) == "Писмо до показаните: 2"
        answer = nora.get(link.get("href"))
        assert answer.page.text("h1") == "Писмо до показаните институции: 2"
        assert answer.page.text(".lead") == "За декември 2020 г.: вид „училище“."
        assert "2 до директори" in answer.page.text(".figures")

    @pytest.mark.parametrize("step", [None, "preview"])
    def test_its_figures_have_the_style_of_the_desks(self, nora, step):
        sent = {"subject": "Срок", "text": "Моля, подпишете.", "step": step}
        page = (nora.send(HERE, **sent) if step else nora.get(HERE)).page
        assert page.has(".figures .figure")
        assert [link for link in page.root.xpath("//link/@href") if "desks" in link]

    def test_counts_apart_who_has_nobody_to_read_it(self, nora, world):
        leave(world.boris)
        leave(world.vyara)
        no_mailbox(KINDERGARTEN)

        page = nora.get(HERE).page

        assert "1 до директори 1 до адреса на институция без директор" in page.text(".figures")
        assert "1 няма на кого: без директор и без адрес" in page.text(".figures")
        assert "ДГ № 13 „Детелина“, 02 900 0000" in page.text("main")

    def test_says_that_nobody_is_shown(self, nora):
        page = nora.get(HERE, q="няма такава").page
        assert "няма на кого да се пише" in page.text("main") and not page.has("textarea")

    def test_is_only_for_the_regional_office(self, client, world):
        for person in (world.oleg, world.ana, world.dora):
            assert client.sign_in(person).get(HERE).status_code == 403

    def test_of_a_month_that_is_not_there(self, nora):
        assert nora.get("/oversight/2019-12/write").status_code == 404


class TestPreview:
    def test_shows_the_letter_and_sends_nothing(self, nora):
        answer = nora.send(HERE, subject="Списъкът чака", text=TEXT, step="preview")

        said = answer.page.text("main")
        assert "Преглед: още нищо не е изпратено" in said
        assert "РУО София-град: Списъкът чака" in said
        assert "Моля, отворете списъка още днес." in said
        assert "Пише ви Нора Петрова, РУО София-град. Ако имате въпрос, пишете на nora@example.org." in said
        assert answer.page.has('button[value="send"]')
        assert (written_to(), OfficeLetter.select().count()) == ([], 0)

    def test_what_was_typed_is_there_to_be_mended(self, nora):
        fields = previewed(nora)
        answer = nora.send(HERE, subject=fields["subject"], text=fields["text"], step="write")
        assert answer.page.one("#text").text_content().strip() == TEXT
        assert answer.page.one("#subject").get("value") == "Списъкът чака"

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"subject": " "}, "subject", "Впишете за какво е писмото."),
            ({"text": " \n"}, "text", "Напишете какво трябва да направят институциите."),
            ({"subject": "а" * 121}, "subject", "До 120 знака; написани са 121. Съкратете."),
            ({"text": "а" * 2001}, "text", "До 2000 знака; написани са 2001. Съкратете."),
            ({"text": "Детето 1351210628 чака."}, "text", "Тук има число като ЕГН или ЛНЧ"),
            ({"subject": "За 1351210628"}, "subject", "Тук има число като ЕГН или ЛНЧ"),
        ],
    )
    @pytest.mark.parametrize("step", ["preview", "send"])
    def test_says_what_is_wrong(self, nora, changes, field, sentence, step):
        fields = previewed(nora)
        fields.pop("csrf_token")
        answer = nora.send(HERE, **fields | changes | {"step": step})

        assert answer.status_code == 422
        assert answer.page.text(f"#{field}-error").startswith(sentence)
        assert written_to() == []

    def test_a_telephone_with_spaces_is_no_identifier(self, nora):
        assert previewed(nora, text="Обадете се на 0888 123 456.")["codes"]

    def test_to_nobody_is_no_letter(self, nora, world):
        leave(world.vyara)
        no_mailbox(KINDERGARTEN)
        answer = nora.send(f"{HERE}?type=kindergarten", subject="А", text="Б", step="preview")
        assert answer.status_code == 409 and "Няма на кого да се пише" in answer.page.text(".notice")


class TestSending:
    def test_writes_to_exactly_those_that_are_shown(self, nora, world):
        where = f"{HERE}?type=school"
        answer = send(nora, where, **previewed(nora, where))

        assert answer.location == f"{HERE}?type=school#sent"
        assert written_to() == ["ana@example.org", "boris@example.org"]
        page = nora.get(answer.location).page
        assert "Писмата чакат изпращане: 2." in page.text("body")
        assert "Нора Петрова, до: вид „училище“." in page.text("main")
        assert "Списъкът чака; писма: 2" in page.text("main")

        mail = going_out()[-1]
        assert (mail.to, mail.subject) == ("ana@example.org", "РУО София-град: Списъкът чака")
        assert "Моля, отворете списъка още днес.\n\nОбадете се" in mail.body
        assert "nora@example.org" in mail.body and "http://localhost/" in mail.body

    def test_an_institution_without_director_reads_how_to_get_one(self, nora, world):
        leave(world.vyara)
        where = f"{HERE}?type=kindergarten"
        send(nora, where, **previewed(nora, where))

        (mail,) = going_out()
        assert mail.to == f"dir{KINDERGARTEN}@example.org"
        assert "няма активиран достъп на директор" in mail.body

    def test_stands_with_the_institution_and_with_its_letters(self, nora):
        send(nora, **previewed(nora))
        assert "Писмо от РУО" in nora.get(f"/oversight/2020-12/institutions/{SCHOOL}").page.text("main")
        assert "Писмо от РУО" in nora.get(f"/letters/2020-12/{SCHOOL}").page.text("main")

    def test_stands_in_the_audit(self, nora, world):
        send(nora, **previewed(nora))
        entry, row = AuditEntry.select().order_by(AuditEntry.id.desc()).get(), OfficeLetter.get()
        assert (entry.what, entry.who) == ("office_letter", world.nora.user_id)
        assert entry.object == f"office_letter:{row.campaign_id}-{row.id}"

    def test_pressed_twice_it_is_sent_once(self, nora):
        fields = previewed(nora)
        send(nora, **fields)
        again = send(nora, **fields)

        assert again.status_code == 409
        assert "Това писмо вече е изпратено." in again.page.text(".notice.is-wrong")
        assert (OfficeLetter.select().count(), len(written_to())) == (1, 3)

    def test_another_letter_with_the_same_words_is_another(self, nora):
        send(nora, **previewed(nora))
        send(nora.at(NOW + MINUTE), **previewed(nora))
        assert (OfficeLetter.select().count(), len(written_to())) == (2, 6)

    def test_who_is_done_since_the_preview_gets_none(self, nora):
        add_record(OTHER_SCHOOL)
        add_record(SCHOOL)
        where = f"{HERE}?module=list&type=school"
        fields = previewed(nora, where)
        Submission.update(lock=Lock.SIGNED, signed_at=NOW).where(Submission.institution == SCHOOL).execute()

        answer = send(nora, where, **fields)

        assert written_to() == ["boris@example.org"]
        page = nora.get(answer.location).page
        assert "вече не са сред показаните, и на тях не се пише: 1." in page.text("body")

    def test_none_comes_to_who_was_not_looked_at(self, nora):
        fields = previewed(nora)
        add_institution("2200099", "105. ОУ", Institution.get(Institution.code == SCHOOL).type)
        Submission.create(campaign=Campaign.get(), institution="2200099")
        send(nora, **fields)
        assert "dir2200099@example.org" not in written_to()

    def test_nor_to_another_region_however_the_form_is_changed(self, nora):
        fields = previewed(nora) | {"codes": FAR_SCHOOL}
        assert send(nora, **fields).status_code == 409
        assert send(nora, f"{HERE}?region=3", **previewed(nora, f"{HERE}?region=3")).status_code == 303
        assert written_to() == ["ana@example.org", "boris@example.org", "vyara@example.org"]

    def test_nor_to_who_is_outside_the_filter_however_the_form_is_changed(self, nora):
        where = f"{HERE}?type=school"
        send(nora, where, **previewed(nora, where) | {"codes": f"{SCHOOL} {KINDERGARTEN}"})
        assert written_to() == ["ana@example.org"]

    @pytest.mark.parametrize("prepared", ["", "x", "2021-01-28T08:00:00", "2020-01-28T08:00:00+00:00"])
    def test_what_was_not_looked_at_lately_is_not_sent(self, nora, prepared):
        send(nora, **previewed(nora) | {"prepared": prepared})
        assert written_to() == []

    def test_who_is_done_before_it_goes_out_gets_none(self, nora):
        where = f"{HERE}?module=list&type=school"
        send(nora, where, **previewed(nora, where))
        Submission.update(checked_at=NOW).where(Submission.institution == SCHOOL).execute()

        assert [mail.to for mail in going_out()] == ["boris@example.org"]

    def test_an_erased_month_shows_nobody(self, nora):
        fields = previewed(nora)
        Submission.update(lock=Lock.ERASED).execute()
        assert send(nora, **fields).status_code == 409

    def test_only_the_regional_office_sends(self, client, world):
        for person in (world.oleg, world.ana, world.dora):
            assert send(client.sign_in(person), subject="А", text="Б").status_code == 403

    def test_the_other_office_sees_none_of_it(self, client, nora):
        send(nora, **previewed(nora))
        other = person_of(add_user(Role.RUO, "Рада Желева", "rada@example.org", region=3), NOW.date())
        assert not client.sign_in(other).get(HERE).page.has("#sent")


def verified() -> list[str]:
    """Without the delegate of the cast, whom no director has named, and the logins that no form made."""
    Delegation.delete().execute()
    Login.delete().execute()
    return [finding.code for finding in verify(None, verified=Verified(), site=SITE)]


class TestWhatStays:
    def test_goes_with_its_month(self, nora):
        send(nora, **previewed(nora))
        add_record()
        end_month()

        purge(MONTH.plus(1), site=SITE, now=AFTER + timedelta(days=400))

        assert OfficeLetter.select().count() == 0
        assert verified() == []

    @pytest.mark.parametrize("change", ["UPDATE office_letter SET text = 'x'", "DELETE FROM office_letter"])
    def test_the_database_lets_nobody_change_it(self, nora, change):
        send(nora, **previewed(nora))
        with pytest.raises(Exception, match="only ever added"), db.atomic():
            db.execute_sql(change)

    def test_verify_finds_what_was_changed(self, nora):
        send(nora, **previewed(nora))
        db.execute_sql("DROP TRIGGER office_letter_no_update" + ("" if is_sqlite() else " ON office_letter"))
        OfficeLetter.update(text="Друго.").execute()
        assert "office_letter_changed" in verified()

    def test_verify_finds_what_is_gone(self, nora):
        send(nora, **previewed(nora))
        assert "office_letter_deleted" not in verified()
        db.execute_sql("DROP TRIGGER office_letter_no_delete" + ("" if is_sqlite() else " ON office_letter"))
        OfficeLetter.delete().execute()
        assert "office_letter_deleted" in verified()

    def test_stands_in_the_copy_of_who_wrote(self, nora, world):
        send(nora, f"{HERE}?state=unopened", **previewed(nora, f"{HERE}?state=unopened"))
        copy = export_account(world.nora, world.nora.user_id, now=NOW).content.decode("utf-8-sig")
        assert "  Писмо до: „никога неотварян“\r\n" in copy and "  Относно: Списъкът чака\r\n" in copy
        assert json.loads(OfficeLetter.get().shown) == {"state": "unopened"}
