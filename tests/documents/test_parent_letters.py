"""parent_letters: one page a child, in the words of who reads it."""

import subprocess
from dataclasses import replace
from datetime import date

import pytest

from portal.documents.parent_letters import ParentLetters, letters_pdf
from portal.domain.month import Month
from portal.domain.signing.declaration import declaration
from portal.domain.signing.declared import Entry, read
from tests.cast import NOW
from tests.documents.test_declaration import ABSENT, DISTANT, ENROLLED, EXCUSED, HEADER, LINES

STATED = replace(
    ENROLLED,
    certificate_number="15-2021",
    certificate_date="2021-01-05",
    enrolled_class="ПГ „Слънце“",
    enrolled_since="2020-12-03",
)
UNDER = replace(EXCUSED, absences="003.00", corrected="3.00")
OBJECTION = "от този ден имате 14 дни за писмена жалба"


def letters(lines) -> ParentLetters:
    return ParentLetters(
        institution=HEADER.institution_name,
        code=HEADER.institution,
        month=Month(2020, 12),
        signatory=HEADER.signatory,
        authority=HEADER.authority,
        closes_on=date(2021, 2, 1),
        entries=[Entry(line) for line in lines],
        made_at=NOW,
    )


def tool(*command: str, pdf: bytes) -> str:
    """What poppler says of it."""
    done = subprocess.run(
        [*command, "-"] if command[0] == "pdfinfo" else [*command, "-", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def text_of(pdf: bytes) -> str:
    return " ".join(tool("pdftotext", "-layout", pdf=pdf).replace("\N{NO-BREAK SPACE}", " ").split())


def letter(line) -> str:
    return text_of(letters_pdf(letters([line])))


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        (
            ABSENT,
            [
                "детето има отсъствия без уважителна причина: 18,67 учебни часа.",
                "Потвърдихме този брой.",
                "Семейните помощи за детето се прекратяват за срок до една година.",
            ],
        ),
        (
            EXCUSED,
            [
                "Не потвърдихме този брой. По нашите данни отсъствията са 4,5 учебни часа. Основание: "
                "закъсняла медицинска бележка.",
                "Помощите не се прекратяват: неизвинените отсъствия са 4,5 учебни часа, под границата.",
            ],
        ),
        (UNDER, ["Законът не засяга помощите за детето, защото подаденият брой е под границата."]),
        (
            STATED,
            [
                "детето е отписано и не се обучава при нас.",
                "Детето е записано и посещава (ПГ „Слънце“, от 03.12.2020 г.; удостоверение № 15-2021 от "
                "05.01.2021 г.). Основание: внесено след 4-то число.",
                "помощите не се спират.",
            ],
        ),
        (ENROLLED, ["Не потвърдихме това. Детето е записано и посещава. Основание"]),
        (
            replace(ENROLLED, decision="confirmed", refusal_reason="", certificate=False, placed=False),
            ["Потвърдихме, че детето не се обучава при нас.", "помощите се спират."],
        ),
        (
            DISTANT,
            ["от разстояние в електронна среда: 17 учебни дни.", "АСП определя помощта по 17 учебни дни."],
        ),
        (
            replace(DISTANT, decision="refused", corrected="1.00", refusal_reason="other"),
            ["По нашите данни дните са 1 учебен ден. Попитайте ни за причината."],
        ),
    ],
)
def test_says_what_was_answered_why_and_what_follows(line, sentences):
    said = letter(line)

    for sentence in sentences:
        assert sentence in said
    assert "уч. " not in said


@pytest.mark.parametrize("line", LINES)
def test_says_how_to_object_to_the_decision_and_until_when_to_be_told_of_a_fault(line):
    said = letter(line)

    assert "Обжалва се решението на АСП, а не това писмо." in said
    assert OBJECTION in said
    assert "До края на 1 февруари 2021 г. (понеделник) можем сами да го поправим." in said
    is_of_benefits = line.reason != "distance"
    assert ("чл. 10 от Закона за семейни помощи за деца" in said) == is_of_benefits
    assert "59, 84 и 149 от Административнопроцесуалния кодекс" in said


def test_is_of_the_school_and_of_who_signed_and_names_the_child_alone():
    said = letter(EXCUSED)

    assert "39. СУ „Отец Паисий“" in said
    assert "Ана Янева, директор" in said
    assert "ИВАН" in said
    assert EXCUSED.id_number not in said
    assert EXCUSED.note not in said  # written to the authorities


def test_each_child_has_a_page_of_its_own_without_the_others():
    pdf = letters_pdf(letters(LINES))

    assert "Pages:           4" in tool("pdfinfo", pdf=pdf)
    pages = tool("pdftotext", pdf=pdf).split("\f")[:4]
    for line, page in zip(LINES, pages, strict=True):
        assert line.given in page
        assert OBJECTION in " ".join(page.replace("\N{NO-BREAK SPACE}", " ").split())
        assert not [other for other in LINES if other is not line and other.given in page.split()]
        assert "стр." not in page


def test_the_title_names_nobody():
    info = tool("pdfinfo", pdf=letters_pdf(letters([EXCUSED])))

    assert "Title:           Писма до родителите за декември 2020 г." in info
    assert "Tagged:          yes" in info
    assert "A4" in info


@pytest.mark.parametrize("line", [STATED, UNDER, DISTANT])
@pytest.mark.parametrize("sign", ["Щ", "ж-", "Ю "])
def test_the_longest_words_fit_on_one_page(line, sign):
    """Names of 25 wide letters, the longest certificate and class, and a long name of a school."""
    long = sign * 30
    longest = replace(
        line, given=long[:25], middle=long[:25], family=long[:25], certificate_number=long[:40],
        enrolled_class=long[:30], certificate_date="2021-01-05", enrolled_since="2020-12-03",
        refusal_reason="late_note" if line.decision == "refused" else "",
    )  # fmt: skip
    school = "Профилирана гимназия с преподаване на чужди езици „Свети Константин-Кирил Философ“ – София-град"
    made = replace(
        letters([longest]),
        institution=school,
        signatory="Александрина Константинова-Хаджипетрова",
        authority="упълномощено лице със заповед № РД-15-1234/12.01.2021 г.",
    )

    assert "Pages:           1" in tool("pdfinfo", pdf=letters_pdf(made))


def test_the_same_letters_are_the_same_bytes():
    assert letters_pdf(letters(LINES)) == letters_pdf(letters(LINES))


def test_reads_what_was_declared():
    [entry] = read(declaration(HEADER, [STATED])).entries

    assert text_of(letters_pdf(replace(letters([]), entries=[entry]))) == letter(STATED)
