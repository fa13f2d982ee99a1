"""GET /confirmations/ and the history of each month: decided, signed, removed, sent, and what came back"""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.sending import say_sent
from portal.actions.loading.ended import load_ended
from portal.actions.loading.files import Source
from portal.actions.signing.signing import sign, unsign
from portal.domain.decisions import Decision, RefusalReason
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.campaigns.answers import final_answer
from portal.storage.history.months import Past, Signed, pasts_of, shares_of
from portal.storage.lists.current import list_of
from portal.storage.lists.reading import lists_of
from portal.storage.signing.standing import standing_of
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import db
from portal.storage.tables.signatures import Signature
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record
from tests.statements import noted
from tests.web.campaigns.test_ended import line

MONTHS = "/confirmations/"
HISTORY = f"/confirmations/{MONTH}/history"
SIGN = f"/confirmations/{MONTH}/sign"
REFUSED = {
    "decision": Decision.REFUSED, "corrected": Decimal(2),
    "refusal_reason": RefusalReason.LATE_NOTE, "note": "Бележка.",
}  # fmt: skip

pytestmark = pytest.mark.both_databases


@pytest.fixture
def records(world):
    """Дора refused one and confirmed one, Ана confirmed another; Борис has one that nobody decided."""
    dora = {"decided_by": world.dora.user_id, "decided_at": NOW}
    return [
        add_record(family="Атанасова", decision=Decision.CONFIRMED, **dora),
        add_record(family="Янкова", **REFUSED, **dora),
        add_record(
            family="Колева", decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW
        ),
        add_record(OTHER_SCHOOL, family="Чужда"),
    ]


@pytest.fixture
def signed(world, records):
    """Signed, removed, and signed again."""
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    unsign(world.ana, MONTH, "сгрешено", now=NOW)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    return records


@pytest.fixture
def returned(client, world, signed):
    """Answered, sent, and back: АСП ended two of the three, and did with two other than was decided."""
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    say_sent(world.oleg, MONTH, date(2021, 2, 2), now=AFTER)
    kept = line(signed[2], "0|00|000000|няма основание")
    lines = [line(signed[0]), line(signed[1]), kept]
    file = io.BytesIO("\r\n".join(lines).encode("cp1251"))
    load_ended(world.oleg, Source(file, "ASPEND1220.txt"), now=AFTER)
    client.at(AFTER)
    return signed


def row(client, address=MONTHS) -> str:
    return client.get(address).page.text("main tbody tr").replace("\u00a0", " ")


def test_a_month_that_nobody_signed_says_so(client, world, records):
    text = row(client.sign_in(world.ana))
    assert text.startswith("Декември 2020 г.")
    assert "готово, но неподписано" in text
    assert "до 01.02.2021 г." in text
    assert text.endswith("за преглед: 0потвърдени: 2отказани: 1 – –")


def test_says_when_nothing_to_confirm_was_said(client, world):
    said = (Submission.institution == SCHOOL) & (Submission.campaign == world.campaign)
    Submission.update(checked_at=NOW).where(said).execute()
    assert "„Проверих“ на 28.01.2021 г., 10:00 ч." in row(client.sign_in(world.ana))


def test_says_who_signed_and_how_often_it_was_removed(client, world, signed):
    text = row(client.sign_in(world.ana))
    assert "28.01.2021 г., 10:00 ч.Ана Янева" in text
    assert "премахнати: 1" in text


def test_says_what_was_sent_and_what_came_back(client, world, returned):
    page = client.sign_in(world.ana).get(MONTHS).page
    text = page.text("main tbody tr").replace("\u00a0", " ")
    assert "изпратен на 02.02.2021 г." in text
    assert "прекратени: 2 от 3" in text
    assert "различно от решението: 2" in text
    assert [link.get("href") for link in page.all("main tbody a")] == [
        f"/confirmations/{MONTH}",
        HISTORY,
        f"/confirmations/{MONTH}/answer",
    ]


def test_says_that_an_unsigned_list_went_out_without_information(client, world, records):
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    client.at(AFTER).sign_in(world.ana)

    assert "без подпис, „няма информация“: 3" in row(client)
    told = client.get(HISTORY).page.text("main")
    assert "към АСП е подадено „няма информация“. Записи: 3." in told
    assert "още не е подписван" not in told


@pytest.mark.parametrize(
    ("signatures", "unsaid"),
    [
        ([], 3),
        ([Signed("Ана", NOW, None)], 0),
        ([Signed("Ана", NOW, NOW)], 3),
        ([Signed("Ана", NOW, AFTER + timedelta(days=1))], 0),  # for a correction
        ([Signed("Ана", AFTER + timedelta(days=1), None)], 3),
    ],
)
def test_what_counts_is_the_signature_that_stood_when_the_answer_was_made(signatures, unsaid):
    unsigned = Submission(campaign=Campaign(answered_at=AFTER), lock=Lock.OPEN, total=3)

    assert Past(unsigned, signatures, None).unsaid == unsaid


def test_the_neighbour_reads_nothing_of_it(client, world, returned):
    text = row(client.sign_in(world.boris))
    assert "Ана" not in text
    assert "прекратени" not in text
    assert shares_of(list_of(OTHER_SCHOOL, MONTH)) == []


def test_every_document_stands_in_the_months_history(client, world, returned):
    page = client.sign_in(world.ana).get(HISTORY).page
    links = [link.get("href") for link in page.all("main h2 ~ ul a")]
    here = f"/confirmations/{MONTH}"
    assert links == [
        f"{here}/receipt.pdf",
        f"{here}/declaration.json",
        f"{here}/parent-letters",
        f"{here}/answer",
        f"{here}/answer/copy.txt",
    ]
    for link in links:
        assert client.get(link).status_code == 200
    text = page.text("main")
    assert str(final_answer(Campaign.get()).sha256) in text
    assert standing_of(list_of(SCHOOL, MONTH)).declaration.sha256 in text
    signed = [link.get("href") for link in page.all("main tbody th a")]
    assert [client.get(link).status_code for link in signed] == [200] * 4  # of the removed one, too
    first = client.get(f"{here}/declaration.json?number={MONTH}/{SCHOOL}/1")
    assert first.data == bytes(Signature.select().order_by(Signature.id).first().declaration.content)
    for number in (f"{MONTH}/{SCHOOL}/3", f"{MONTH}/{OTHER_SCHOOL}/1"):
        assert client.get(f"{here}/declaration.json", number=number).status_code == 404


def test_says_who_prepared_how_many_and_who_refused_first(client, world, signed):
    page = client.sign_in(world.ana).get(HISTORY).page
    (table,) = [table for table in page.all("main table") if "Отказани" in table.text_content()]
    rows = [" ".join(each.text_content().split()) for each in table.cssselect("tbody tr")]
    assert rows == ["Дора Илиева 1 1", "Ана Янева 0 1"]


def test_is_told_before_signing_too(client, world, records):
    text = client.sign_in(world.ana).get(SIGN).page.text("#signing")
    assert "Подготвили: Дора Илиева – отказани 1, потвърдени 1; Ана Янева – потвърдени 1." in text
    assert text.index("Подготвили") < text.index("Отказани: 1")


def test_who_prepared_everything_is_not_told_so(client, world):
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    assert "Подготвили" not in client.sign_in(world.ana).get(SIGN).page.text("#signing")


def test_who_may_not_sign_is_offered_no_declaration(client, world, signed):
    page = client.sign_in(world.dora).get(HISTORY).page
    links = [link.get("href") for link in page.all("main h2 ~ ul a")]
    assert links == [f"/confirmations/{MONTH}/receipt.pdf"]
    assert client.get(f"/confirmations/{MONTH}/declaration.json").status_code == 403


def test_who_may_only_enter_names_in_the_register_reads_none_of_it(client, world, signed):
    keeper = client.sign_in(world.delegate(Scope.REGISTER))
    assert keeper.get(MONTHS).status_code == 403
    assert keeper.get(HISTORY).status_code == 403
    for other in (world.nora, world.oleg):
        assert client.sign_in(other).get(HISTORY).status_code == 403


def test_twelve_months_ask_no_more_than_one(database, world, returned):
    with noted() as asked:
        db.close()
        db.connect()
        pasts_of(lists_of(SCHOOL))
        few = len(asked.statements)
        for month in range(1, 12):
            campaign = Campaign.create(month=Month(2020, month), made_at=NOW)
            Submission.create(campaign=campaign, institution=SCHOOL)
        asked.forget()
        assert len(pasts_of(lists_of(SCHOOL))) == 12
        assert len(asked.statements) == few == 3
