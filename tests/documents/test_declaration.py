"""declaration_pdf: what is signed with a КЕП, and what the institution keeps."""

import hashlib
import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from portal.crypto.qualified.pdf_additions import reserved_box
from portal.documents.decided import children_of
from portal.documents.declaration import NOTE_LINES, declaration_pdf
from portal.domain.decisions import NOTE_LENGTH, Decision, Reason, RefusalReason
from portal.domain.signing.declaration import Header, Line, declaration, digest, grouped
from portal.domain.signing.declared import Unreadable, read
from tests.actions.qualified.signed import authority, card
from tests.cast import NOW
from tests.crypto.qualified import signed_files

AT = datetime(2021, 1, 28, 8, 0, 0, 123, tzinfo=UTC)
HEADER = Header(
    month="2020-12",
    institution="2200000",
    institution_name="39. СУ „Отец Паисий“",
    signatory="Ана Янева",
    signatory_id="1",
    authority="директор",
    issued_at=AT,
    audit_head="0" * 64,
    previous="",
    list_version=7,
)
ABSENT = Line(
    id_type="egn",
    id_number="1351210628",
    given="МАРИЯ",
    middle="ИВАНОВА",
    family="ПЕТРОВА",
    class_code="7",
    band="VII-XI",
    asp_institution="2200000",
    reason="absence",
    absences="018.67",
    days="",
    counted_in="hours",
    decision="confirmed",
    corrected="",
    refusal_reason="",
    note="",
    certificate=False,
    placed=False,
    certificate_number="",
    certificate_date="",
    enrolled_class="",
    enrolled_since="",
    decided_by="1",
    decided_at="2021-01-28T08:00:00.000000Z",
)
EXCUSED = replace(
    ABSENT,
    id_number="1351210629",
    given="ИВАН",
    family="КОЛЕВ",
    decision="refused",
    corrected="4.50",
    refusal_reason="late_note",
    note="Бележката дойде по-късно.",
)
ENROLLED = replace(
    EXCUSED,
    id_type="lnch",
    id_number="1000000037",
    given="ЕЛЕНА",
    class_code="-3",
    band="preschool",
    reason="unenrolled",
    absences="",
    corrected="",
    refusal_reason="entered_late",
    certificate=True,
    placed=True,
    note="",
)
DISTANT = replace(ABSENT, id_number="0541010002", given="ПЕТЪР", reason="distance", absences="", days="17")
LINES = (ABSENT, EXCUSED, ENROLLED, DISTANT)
CONTENT = declaration(HEADER, LINES)
NAME = "declaration-2020-12-2200000.json"

texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), max_size=30)


def pages(content):
    reader = PdfReader(io.BytesIO(declaration_pdf(content)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def text_of(content):
    return " ".join(pages(content))


def attachments(pdf):
    return dict(PdfReader(io.BytesIO(pdf)).attachments)


def said(*lines, **header):
    return text_of(declaration(replace(HEADER, **header), lines))


def test_says_who_declares_what_for_whom_and_when():
    text = text_of(CONTENT)

    assert "Декларация за потвърждаване на данните, подадени от АСП за декември 2020 г." in text
    assert "39. СУ „Отец Паисий“ код по НЕИСПУО 2200000" in text
    assert "Подписва Ана Янева, директор" in text
    assert "Издадена на 28.01.2021 г., 10:00 ч. Времето на подписване е в подписа." in text
    assert "Версия на списъка 7" in text
    assert "Ана Янева, директор, декларира от името на 39. СУ „Отец Паисий“ следните 4 решения" in text


def test_a_delegate_declares_on_an_order():
    authority = "упълномощено лице със заповед РД-15/12.01.2021"

    assert f"Подписва Дора Динева, {authority}" in said(ABSENT, signatory="Дора Динева", authority=authority)
    assert "следното 1 решение" in said(ABSENT)


def test_carries_the_whole_digest_to_compare():
    assert f"SHA-256 на данните {grouped(digest(CONTENT))}" in text_of(CONTENT)


def test_names_the_declaration_that_it_follows():
    assert "Предходна декларация SHA-256 abababab abababab…" in said(ABSENT, previous="ab" * 32)
    assert "Предходна" not in text_of(CONTENT)


def test_lists_every_child_with_what_was_decided():
    text = text_of(CONTENT)

    for row in (
        "1 ЕЛЕНА ИВАНОВА КОЛЕВ ЛНЧ 100*****37 · предучилищна група (код −3) Отписан отказвам внесено след",
        "2 ИВАН ИВАНОВА КОЛЕВ ЕГН 135*****29 · VII клас Отсъствие 18,67 уч. часа отказвам 4,5 уч. часа",
        "3 МАРИЯ ИВАНОВА ПЕТРОВА ЕГН 135*****28 · VII клас Отсъствие 18,67 уч. часа потвърждавам",
        "4 ПЕТЪР ИВАНОВА ПЕТРОВА ЕГН 054*****02 · VII клас ОРЕС 17 уч. дни потвърждавам",
    ):
        assert row in text


def test_counts_by_reason_and_decision():
    text = text_of(CONTENT)

    for row in ("Отсъствие 1 1 2", "Отписан 0 1 1", "ОРЕС 1 0 1", "Общо 2 2 4"):
        assert row in text


def test_says_what_the_answers_that_were_given_mean():
    text = text_of(CONTENT)

    assert "Отсъствие, „потвърждавам“. Семейните помощи за детето се прекратяват" in text
    assert "Отписан, „отказвам“. Детето е записано и посещава" in text
    assert "Отписан, „потвърждавам“" not in text  # nobody confirmed one


def test_says_what_follows_from_the_signature():
    text = text_of(CONTENT)

    assert "не подлежи на последваща корекция след крайния срок" in text
    assert "Директорът отговаря за верността и навременността му (писмо на МОН 9105-336/01.10.2019)" in text
    assert "Премахнат подпис не важи" in text
    assert "Отпечатана, тя е само за четене." in text
    assert "РУО" not in text  # the letter of one regional directorate binds no other


def test_says_the_note_and_the_facts_that_are_signed():
    text = text_of(CONTENT)

    assert (
        "1. ЕЛЕНА ИВАНОВА КОЛЕВ: издадено е удостоверение за записване; разпределено е в паралелка или група"
    ) in text
    assert "2. ИВАН ИВАНОВА КОЛЕВ: Бележката дойде по-късно." in text
    assert "Бележки и отбелязани обстоятелства" not in said(ABSENT)


@pytest.mark.parametrize(
    "note",
    [
        "с „кавички“, \"други\" и 'трети'",
        "първи ред\nвтори ред\n\nтрети ред",
        "**не** __е__ [връзка](https://example.org) <b>и не е</b> \\ таг",
        "{nb} страници, {0} и %s",
        "РД-15 " * (NOTE_LENGTH // 6),
        "я" * 60,
    ],
)
def test_a_note_stands_as_it_was_written(note):
    assert " ".join(note.split()) in said(replace(EXCUSED, note=note))


def test_a_word_without_end_is_broken_and_not_lost():
    assert said(replace(EXCUSED, note="Щ" * NOTE_LENGTH)).count("Щ") == NOTE_LENGTH


def test_a_note_of_many_lines_is_run_on():
    few, many = (declaration(HEADER, [replace(EXCUSED, note="ред\n" * (n - 1) + "край")])
                 for n in (NOTE_LINES, NOTE_LENGTH // 4))  # fmt: skip

    assert "ред ред край" in text_of(few)
    assert "ред / ред / край" in text_of(many)
    assert text_of(many).count("ред /") == NOTE_LENGTH // 4 - 1
    assert len(pages(many)) <= 3


@pytest.mark.parametrize("why", RefusalReason, ids=lambda why: why.name)
def test_breaks_no_word(why):
    line = replace(
        EXCUSED, refusal_reason=why.value, absences="999.75", class_code="-3", corrected="4.75", band="VII-XI"
    )
    text = said(line)

    for words in (why.label, "предучилищна група (код −3)", "999,75 уч. часа", "4,75 уч. часа"):
        assert words in text


def test_identifiers_are_masked_to_the_eye_and_whole_in_the_data():
    pdf = declaration_pdf(CONTENT)
    text = text_of(CONTENT)

    for line in LINES:
        assert line.id_number not in text
        assert line.id_number.encode() not in pdf  # what is attached is compressed
        assert line.id_number.encode() in attachments(pdf)[NAME][0]
    assert "в прикачения файл са цели" in text


def test_carries_the_bytes_themselves():
    pdf = declaration_pdf(CONTENT)

    assert attachments(pdf) == {NAME: [CONTENT]}
    assert f"прикачен файлът {NAME}" in text_of(CONTENT)


def test_says_what_the_attached_file_is():
    [attached] = PdfReader(io.BytesIO(declaration_pdf(CONTENT))).attachment_list

    assert attached.description == f"Данните, които се подписват. SHA-256: {digest(CONTENT)}"
    assert attached.associated_file_relationship == "/Data"
    assert attached.subtype == "/application/json"
    assert attached.modification_date == AT.replace(microsecond=0)


@settings(max_examples=12, deadline=None)
@given(texts, texts, st.lists(st.sampled_from(LINES), max_size=4, unique=True))
def test_whatever_people_wrote_the_attached_bytes_are_the_declaration(name, note, lines):
    content = declaration(
        replace(HEADER, institution_name=f"СУ {name}", signatory=name),
        [replace(line, note=note, given=name) for line in lines],
    )

    assert attachments(declaration_pdf(content)) == {NAME: [content]}


def test_numbers_every_page():
    content = declaration(HEADER, [replace(ABSENT, id_number=str(10**9 + n)) for n in range(60)])
    texts = pages(content)

    assert len(texts) > 3
    for number, text in enumerate(texts, 1):
        assert f"стр. {number} от {len(texts)}" in text
        assert "декември 2020 г." in text


def test_three_hundred_children_are_all_there():
    content = declaration(
        HEADER, [replace(EXCUSED, given=f"Дете{n}", id_number=str(10**9 + n)) for n in range(300)]
    )
    text = text_of(content)

    assert all(text.count(f"Дете{n} ") == 2 for n in range(300))  # in the table and with its note


def test_a_list_without_children_says_so():
    text = said()

    assert "За този месец в списъка на институцията няма деца, за които да се решава." in text
    assert "Какво значи решението" not in text


def test_the_same_declaration_is_the_same_bytes():
    assert declaration_pdf(CONTENT) == declaration_pdf(CONTENT)
    assert declaration_pdf(CONTENT) != declaration_pdf(declaration(replace(HEADER, list_version=8), LINES))


def test_it_is_the_same_bytes_in_another_process():
    """Under another hash seed, in another time zone and another language."""
    told = subprocess.run(
        [sys.executable, "-c",
         "import hashlib, sys; from portal.documents.declaration import declaration_pdf;"
         "print(hashlib.sha256(declaration_pdf(sys.stdin.buffer.read())).hexdigest())"],
        input=CONTENT,
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )  # fmt: skip

    assert told.stdout.decode().strip() == hashlib.sha256(declaration_pdf(CONTENT)).hexdigest()


def test_says_when_it_was_made_and_for_whom():
    meta = PdfReader(io.BytesIO(declaration_pdf(CONTENT))).metadata

    assert meta.title == "Декларация за потвърждаване на данните, подадени от АСП за декември 2020 г."
    assert meta.author == HEADER.institution_name
    assert meta.creation_date == AT.replace(microsecond=0)


@pytest.mark.parametrize("content", [b"", b"{}", CONTENT[:-1]])
def test_draws_nothing_that_is_no_declaration(content):
    with pytest.raises(Unreadable):
        declaration_pdf(content)


def test_children_come_class_by_class_with_their_codes_as_values():
    children = children_of(read(CONTENT))

    assert [child.class_name for child in children] == ["предучилищна група (код −3)", *["VII клас"] * 3]
    assert [(child.case.reason, child.decision, child.case.figure is None) for child in children[:2]] == [
        (Reason.UNENROLLED, Decision.REFUSED, True),
        (Reason.ABSENCE, Decision.REFUSED, False),
    ]
    assert children[1].refusal_reason is RefusalReason.LATE_NOTE


def test_a_signing_program_has_nothing_to_add_but_its_signature():
    """pyHanko compares two forms and not one with none; iText copies the size to the page of the field."""
    root = PdfReader(io.BytesIO(declaration_pdf(CONTENT))).root_object

    assert root["/AcroForm"] == {"/Fields": [], "/SigFlags": 3}
    assert all("/MediaBox" in page.get_object() for page in root["/Pages"]["/Kids"])


@pytest.mark.parametrize("children", [0, 1, 8, 11, 14, 40, 300])
def test_the_last_page_has_a_place_for_the_signature_where_nothing_stands(children):
    content = declaration(HEADER, [replace(EXCUSED, id_number=str(10**9 + n)) for n in range(children)])
    pdf = declaration_pdf(content)
    left, bottom, right, top = reserved_box(PdfFileReader(io.BytesIO(pdf)))
    last = PdfReader(io.BytesIO(pdf)).pages[-1]
    lines = []

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            lines.append((text_matrix[5] if not matrix[5] else matrix[5], text))

    last.extract_text(visitor_text=visit)

    assert "Място за подписа" in last.extract_text()
    assert 40 < left < right < 555
    assert 55 < bottom < top - 90
    assert len(lines) > 3
    assert [text for at, text in lines if bottom - 3 <= at <= top] == []


def test_the_same_file_says_where_the_place_is_without_a_key_of_ours():
    """In the part of the catalogue that is for data of programs (ISO 32000-2, 14.5)."""
    root = PdfReader(io.BytesIO(declaration_pdf(CONTENT))).root_object

    assert root["/PieceInfo"]["/BGConfirmations"]["/LastModified"] == "D:20210128080000Z"


@pytest.mark.parametrize("box", [None, (300, 60, 540, 110)], ids=["invisible", "visible"])
def test_can_be_signed_by_adding_to_it(box):
    issued = declaration_pdf(CONTENT)
    signed = signed_files.pdf(issued, card(), authority(), box=box)

    reader = PdfFileReader(io.BytesIO(signed))
    [signature] = reader.embedded_signatures
    root = signed_files.as_asn1(authority().root)
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=NOW)
    status = signed_files.apart(lambda: validate_pdf_signature(signature, context))
    review = DEFAULT_DIFF_POLICY.review_file(reader, reader.get_historical_resolver(0))

    assert signed.startswith(issued)
    assert attachments(signed) == {NAME: [CONTENT]}
    assert status.intact
    assert status.valid
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert review.modification_level is ModificationLevel.FORM_FILLING
