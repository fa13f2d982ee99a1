"""export_child: everything about one child, nothing about another, and no name in the audit."""

import io
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.requests import Asked, ask_correction
from portal.actions.diary.comparing import compare
from portal.actions.disclosure.child import export_child
from portal.actions.lists.confirmations import decide, send_back
from portal.actions.signing.signing import sign, unsign
from portal.domain.campaigns.corrections import Why
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.domain.enrolled import Enrolled
from portal.domain.errors import Refusal
from portal.domain.identifiers import Identifier, IdType
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record
from tests import diaries
from tests.actions.loading.loaded import asp, enrol, enrolled, load
from tests.cast import AFTER, EGNS, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE

pytestmark = pytest.mark.usefixtures("world")

ONE = Identifier(IdType.EGN, EGNS[0])


def text_of(child: Identifier = ONE, person=None) -> str:
    return export_child(person, child, now=NOW).content.decode("utf-8-sig").replace("\r\n", "\n")


@pytest.fixture
def asked(world):
    """Two children on one list; the first is refused with a note, and the list is signed."""
    enrol(enrolled(0, class_code=7), enrolled(1, class_code=7))
    load(asp(0, given="Калина"), asp(1, given="Неделчо"), asp(0, absences="7"), "x")
    for record in Record.select():
        decided = Decided(Decision.CONFIRMED)
        if record.given == "Калина":
            decided = Decided(
                Decision.REFUSED, Decimal("3.5"), RefusalReason.LATE_NOTE, "Бележка от лекар\nна два реда"
            )
        decide(world.ana, MONTH, record.id, decided, seen=1, now=NOW)
    sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)


def test_tells_everything_of_the_child(asked):
    text = text_of()

    assert text.startswith("Данни за едно дете в портала „Потвърждения към АСП“\n====")
    assert f"ЕГН {EGNS[0]}" in text
    for line in (
        "Месец: декември 2020 г.",
        f"Институция: 39. СУ „Отец Паисий“ ({SCHOOL})",
        "Имена, както са дошли от АСП: Калина Ганчев Цветанов",
        "За какво пита АСП: Отсъствие",
        "Подадено от АСП: 7 уч. часа",
        "Клас или група: VII клас",
        "Решение: отказвам",
        "Коригиран брой: 3,5 уч. часа",
        "Основание за отказа: закъсняла медицинска бележка",
        "Бележки по корекцията: Бележка от лекар\n    на два реда",
        "Решено на: 28.01.2021 г., 10:00 ч.",
        "Списъкът е подписан на: 28.01.2021 г., 10:00 ч.",
        "Състояние: записано",
        f"Какво стои на реда: {asp(0, absences='7')}",
        "Какво: отказа",
        "Кой: директор, профил № 1",
    ):
        assert f"  {line}\n" in text, line


def test_tells_which_certificate_and_class_were_stated(world):
    enrol(enrolled(0, class_code=7))
    load(asp(0, reason=1))
    record = Record.get()
    stated = Enrolled("15-2021", date(2021, 1, 5), "VII а", date(2020, 12, 3))
    decided = Decided(Decision.REFUSED, None, RefusalReason.MOVED, "Дошло е.", True, True, stated)
    decide(world.ana, MONTH, record.id, decided, seen=1, now=NOW)
    sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)

    text = text_of()
    for line in (
        "Издадено е удостоверение за записване: № 15-2021 от 05.01.2021 г.",
        "Разпределено е в паралелка или група: VII а, от 03.12.2020 г.",
        "Посочено: издадено е удостоверение за записване: № 15-2021 от 05.01.2021 г.",
    ):
        assert f"  {line}\n" in text, line


def test_tells_of_what_was_signed_and_by_which_signature(asked):
    declared = text_of().split("2. В декларациите")[1].split("3. В записванията")[0]

    assert "Имена: Калина Ганчев Цветанов" in declared
    assert "Подписи: № " in declared
    assert declared.count("Издадена на:") == 1


def test_names_nobody_else(asked):
    text = text_of()

    assert "Неделчо" not in text
    assert EGNS[1] not in text
    assert "Ана Янева" not in text, "an employee is another person"


def test_says_honestly_who_can_read_the_register(asked):
    register = text_of().split("Карантинният регистър")[1]

    assert "шифровани с ключ на институцията, какъвто ЦИОО и РУО нямат" in register
    assert "институциите, в които е или е било детето: 39. СУ „Отец Паисий“." in register


def test_tells_of_a_child_in_two_places_and_sent_back(world):
    load(asp(0), asp(0, reason=2, institution=OTHER_SCHOOL))
    record = Record.get(Record.institution == OTHER_SCHOOL)
    send_back(world.boris, MONTH, record.id, "Учи в 39. СУ", now=NOW)
    text = text_of()

    assert "39. СУ „Отец Паисий“" in text
    assert "10. СУ „Христо Ботев“" in text
    assert "  Бележка към това: Учи в 39. СУ\n" in text
    assert "Какво: изпрати обратно към ЦИОО" in text


def test_the_same_number_of_another_type_is_somebody_else_until_it_is_asked_for(world):
    load(asp(0, number="ab12", kind=IdType.IDN, given="Първа"), asp(1, number="1234567890", kind=IdType.IDN))
    enrol(enrolled(0, number=EGNS[2], kind=IdType.EGN))
    load(asp(2, kind=IdType.IDN, given="Друга"))

    text = text_of(Identifier(IdType.EGN, EGNS[2]))
    assert "Друга" not in text
    assert "Същият номер се среща и като ИДН." in text
    assert "Друга" in text_of(Identifier(IdType.IDN, EGNS[2]))
    assert "Първа" in text_of(Identifier.typed(IdType.IDN, " Ab12 "))


def test_a_number_within_a_longer_one_is_no_hit(world):
    load(f"1{EGNS[0]}2", f"{EGNS[0]}", asp(0, number=f"{EGNS[0]}"))

    rejected = text_of().split("4. Редове от файлове")[1].split("\n5. ")[0]
    assert rejected.count("Какво стои на реда") == 1


def test_of_a_child_that_nobody_knows_it_says_that_there_is_nothing(world):
    text = text_of(Identifier(IdType.EGN, EGNS[5]))

    assert "1. В списъците на АСП\n---------------------\nНяма.\n" in text
    assert "Поискайте ги от институцията на детето." in text


@pytest.mark.parametrize("number", ["", "1234567890", "135121062", "1351210628 1", "дете"])
def test_what_is_no_identifier_is_refused(number):
    with pytest.raises(Refusal, match="Това не е ЕГН"):
        Identifier.typed(IdType.EGN, number)


def test_the_audit_knows_that_a_copy_was_made_and_of_nobody(asked, world):
    copy = export_child(world.oleg, ONE, now=NOW)

    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    assert (entry.who, entry.what, entry.object, entry.content) == (
        world.oleg.user_id, "exported_child", f"export:{copy.number}", "",
    )  # fmt: skip
    assert copy.number in copy.content.decode()
    assert export_child(world.oleg, ONE, now=NOW).number != copy.number


def test_tells_what_was_answered_and_what_was_asked_to_be_corrected(world, asked):
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    record = Record.get(Record.given == "Калина")
    request = Asked(record.id, Why.LATE_NOTE, "№ 118/2020", "Калина беше болна.")
    ask_correction(world.ana, MONTH, request, now=AFTER)

    told = text_of()

    assert "Решение в отговора: отказвам" in told
    assert "Коригиран брой в отговора: 3,5 уч. часа" in told
    assert "Калина беше болна." in told
    assert "Калина" not in text_of(Identifier(IdType.EGN, EGNS[1]))


def test_tells_what_the_schools_diary_said(asked, world):
    assert "дневник" not in text_of().split("Защо, откъде")[0]
    unsign(world.ana, MONTH, "Сравняване.", now=NOW)
    content = diaries.diary(diaries.line("4,5", number=EGNS[0]))
    compare(world.ana, MONTH, content, now=NOW)

    text = text_of()
    section = text.split("По дневника на училището")[1]
    for told in (
        f"Институция: 39. СУ „Отец Паисий“ ({SCHOOL})",
        "Неизвинени отсъствия по дневника: 4,5 уч. часа",
        f"SHA-256 на файла: {sha256(content).hexdigest()}",
    ):
        assert told in section
    assert "Неизвинени отсъствия по дневника: няма го в дневника" in text_of(Identifier(IdType.EGN, EGNS[1]))
