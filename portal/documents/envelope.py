"""The sheet sealed into the institution's safe, with the code that opens the quarantine register."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.documents.pdf import Document
from portal.domain.times import stamp

TITLE = "Плик за карантинния регистър"
KNOWN_BY = 8  # letters of the envelope's name, by which the sheet is told from an older one


@dataclass(frozen=True)
class EnvelopeSheet:
    """``groups`` are those of the code, in order. ``name`` is the envelope's own, and opens nothing."""

    institution: str
    institution_code: str
    name: str
    made_by: str
    made_at: datetime
    address: str
    groups: Sequence[str] = field(repr=False)


def envelope_pdf(sheet: EnvelopeSheet) -> bytes:
    """One page. It is made on request and kept nowhere: the paper is the only copy of the code."""
    paper = Document(TITLE, issuer=sheet.institution, code=sheet.institution_code, made_at=sheet.made_at)
    paper.paragraph("Запечатайте този лист в плик и го сложете в сейфа на институцията.", size=11, bold=True)
    paper.facts(
        [
            ("Знак на плика", known_by(sheet.name)),
            ("Направен на", stamp(sheet.made_at)),
            ("Направил", f"{sheet.made_by}, директор"),
            ("Портал", sheet.address),
        ]
    )
    paper.heading("Код")
    paper.paragraph("Чете се по редове, отляво надясно. В кода няма буквите I, L, O и U: 0 е нула, 1 е едно.")
    paper.boxes(sheet.groups)
    paper.heading("Какво отваря")
    paper.paragraph(
        "Имената в карантинния регистър на институцията, когато паролата на директора е загубена или "
        "директорът се е сменил. Кодът сам не стига: с него се работи след влизане в портала като директор, "
        "от страницата „Достъп до регистъра“. Решенията и подписите по списъците на АСП не зависят от него."
    )
    paper.heading("Как се пази")
    paper.bullets(
        [
            "Никога не го изпращайте: нито по поща, нито по телефон, нито като снимка. "
            "Никой от ЦИОО или РУО няма да ви го поиска.",
            "Не правете копие и не записвайте файла на компютъра. След отпечатване го изтрийте.",
            "Веднъж годишно проверете кода в портала и запечатайте листа отново.",
            "При смяна на директора пликът се предава на ръка заедно с ключа от сейфа.",
            "Ако плика го няма или е отварян без ваше знание, направете нов: старият спира да отваря.",
            "Ако са загубени и паролите, и пликът, имената са загубени. Никой не може да ги върне.",
        ]
    )
    paper.heading("На кого да се обадите")
    paper.paragraph(
        "Първо на директора и на упълномощените от него лица: те виждат кой има достъп и могат да спрат "
        "отваряне, което не е редно. После на ЦИОО, който спира достъпи, но сам не може да отвори регистъра."
    )
    return paper.finished()


def known_by(name: str) -> str:
    """The sign on the sheet and on the page, by which both are seen to be of one envelope."""
    return name[:KNOWN_BY]
