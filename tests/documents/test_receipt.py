"""receipt_pdf: what the institution keeps in its file about one month."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from portal.documents.receipt import Child, Receipt, RemovedSignature, receipt_pdf
from portal.domain.decisions import Case, Decision, Reason, RefusalReason
from portal.domain.month import Month

ABSENT = Child(
    names="Мария Петрова Георгиева",
    identifier="ЕГН 135*****28",
    class_name="5. а",
    case=Case(Reason.ABSENCE, Decimal("18.67"), is_pupil=True, school_days=0),
    decision=Decision.CONFIRMED,
)
EXCUSED = replace(
    ABSENT,
    names="Иван Димитров Колев",
    decision=Decision.REFUSED,
    corrected=Decimal("4.50"),
    refusal_reason=RefusalReason.LATE_NOTE,
)
GONE = Child(
    names="Елена Стоянова Тодорова",
    identifier="ЛНЧ 100*****37",
    class_name="2. б",
    case=Case(Reason.UNENROLLED, None, is_pupil=True, school_days=0),
    decision=Decision.CONFIRMED,
)
DISTANT = Child(
    names="Петър Илиев Ангелов",
    identifier="ЕГН 054*****02",
    class_name="9. в",
    case=Case(Reason.DISTANCE, Decimal(17), is_pupil=True, school_days=0),
    decision=Decision.CONFIRMED,
)
DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def receipt():
    return Receipt(
        number="2200000-2020-12-1",
        institution="107. основно училище „Хан Крум“",
        institution_code="2200000",
        month=Month(2020, 12),
        signed_by="Ана Георгиева Петрова",
        authority="директор",
        method="с паролата на профила в портала",
        signed_at=datetime(2021, 1, 31, 22, 30, tzinfo=UTC),
        closes_on=date(2021, 2, 1),
        digest=DIGEST,
        children=(ABSENT, EXCUSED, GONE, DISTANT),
    )


def text_of(receipt):
    reader = PdfReader(io.BytesIO(receipt_pdf(receipt)))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_says_who_signed_what_and_until_when_it_could_change(receipt):
    text = text_of(receipt)

    assert "Протокол № 2200000-2020-12-1" in text
    assert "данните, подадени от АСП за декември 2020 г." in text
    assert "Подписал Ана Георгиева Петрова, директор" in text
    assert "Подписано на 01.02.2021 г., 00:30 ч." in text  # Sofia, where the day had changed
    assert "Краен срок 01.02.2021 г., до края на деня" in text
    assert "с паролата на профила в портала" in text


def test_carries_the_whole_digest_to_compare(receipt):
    assert "01234567 89abcdef 01234567 89abcdef 01234567 89abcdef 01234567 89abcdef" in text_of(receipt)


def test_lists_every_child_with_what_was_decided(receipt):
    text = text_of(receipt)

    assert "1 Мария Петрова Георгиева ЕГН 135*****28 · 5. а Отсъствие 18,67 уч. часа потвърждавам" in text
    assert "Иван Димитров Колев" in text
    assert "отказвам 4,5 уч. часа закъсняла медицинска бележка" in text
    assert "Отписан потвърждавам" in text
    assert "ОРЕС 17 уч. дни потвърждавам" in text


def test_says_the_note_and_the_facts_that_were_signed(receipt):
    enrolled = replace(
        GONE,
        decision=Decision.REFUSED,
        refusal_reason=RefusalReason.MOVED,
        remarks=("издадено е удостоверение за записване", "Върна се\nна 3 декември."),
    )
    text = text_of(replace(receipt, children=(ABSENT, enrolled)))

    assert (
        "2. Елена Стоянова Тодорова: издадено е удостоверение за записване; Върна се на 3 декември." in text
    )
    assert "1. Мария" not in text
    assert "Бележки и отбелязани обстоятелства" not in text_of(receipt)


def test_the_longest_note_goes_on_over_the_page(receipt):
    text = text_of(replace(receipt, children=(replace(EXCUSED, remarks=("ред\n" * 600 + "край",)),)))

    assert text.count("ред ") == 600
    assert "край" in text


@pytest.mark.parametrize("why", RefusalReason, ids=lambda why: why.name)
def test_breaks_no_word(receipt, why):
    labels = ("предучилищна група (код −4)", "неизвестен клас", "без записана паралелка")
    children = [
        replace(
            EXCUSED, class_name=label, refusal_reason=why, case=replace(ABSENT.case, figure=Decimal("999.75"))
        )
        for label in labels
    ]
    counted_there = replace(ABSENT.case, figure=Decimal("999.75"), in_kindergarten=True)
    text = text_of(replace(receipt, children=[*children, replace(EXCUSED, case=counted_there)]))

    units = ("999,75 уч. часа", "999,75 дни в детската градина", "4,5 дни в детската градина")
    for words in (why.label, *labels, *units, "Подадено от АСП", "Решение", "Коригиран брой", "Основание"):
        assert words in text


def test_cites_no_letter_of_one_regional_directorate(receipt):
    assert "РУО" not in text_of(receipt)


def test_counts_by_reason_and_decision(receipt):
    text = text_of(receipt)

    assert "Отсъствие 1 1 2" in text
    assert "Отписан 1 0 1" in text
    assert "ОРЕС 1 0 1" in text
    assert "Общо 3 1 4" in text


def test_says_what_the_answers_that_were_given_mean(receipt):
    text = text_of(receipt)

    assert "Отсъствие, „потвърждавам“. Семейните помощи за детето се прекратяват за срок до една" in text
    assert "неизвинените отсъствия са под границата" in text
    assert "под границата. Законът" not in text  # nobody's figure was under the limit
    assert "помощите не се спират" not in text  # nobody refused an „отписан“
    assert "Потвърденото е окончателно" in text


def test_a_figure_under_the_limit_is_said_to_terminate_nothing(receipt):
    under = replace(ABSENT, case=replace(ABSENT.case, figure=Decimal("4.99")))
    text = text_of(replace(receipt, children=(under, replace(under, decision=Decision.REFUSED))))

    assert text.count("защото подаденият брой е под границата.") == 2
    assert "прекратяват" not in text


def test_a_month_without_children_is_a_receipt_too(receipt):
    text = text_of(replace(receipt, children=()))

    assert "За този месец АСП не е подала деца от институцията." in text
    assert "Какво значи решението" not in text


def test_announces_what_the_school_has_to_know(receipt):
    notice = "На 15.01.2021 г. е създаден нов профил на директор."

    assert notice in text_of(replace(receipt, notices=(notice,)))
    assert notice not in text_of(receipt)


def test_a_removed_signature_stands_as_removed(receipt):
    removed = RemovedSignature(
        signed_by="Борис Колев",
        signed_at=datetime(2021, 1, 27, 9, 0, tzinfo=UTC),
        removed_by="Ана Георгиева Петрова",
        removed_at=datetime(2021, 1, 27, 15, 0, tzinfo=UTC),
        reason="Получена е бележка",
        digest="fedcba98" * 8,
    )
    text = text_of(replace(receipt, removed=(removed,)))

    assert "Премахнат подпис не важи." in text
    for part in (
        "Борис Колев",
        "27.01.2021 г., 11:00 ч.",
        "27.01.2021 г., 17:00 ч.",
        "Получена е бележка",
        "fedcba98",
    ):
        assert part in text
    assert "Премахнати подписи" not in text_of(receipt)


def test_the_same_receipt_is_the_same_bytes(receipt):
    assert receipt_pdf(receipt) == receipt_pdf(replace(receipt))
    assert receipt_pdf(receipt) != receipt_pdf(replace(receipt, digest="f" * 64))


def test_three_hundred_children_fit(receipt):
    children = tuple(replace(ABSENT, names=f"Дете{n} Презиме Фамилия") for n in range(300))
    text = text_of(replace(receipt, children=children))

    assert all(f"Дете{n} " in text for n in range(300))
