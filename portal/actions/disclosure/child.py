"""A copy of everything that the portal holds of one child, for its parents, who asked for it."""

from collections.abc import Iterator
from datetime import datetime

from portal.actions.disclosure.copies import Copy, copied
from portal.documents.disclosure import Facts, Section, told
from portal.domain.campaigns.corrections import request_state
from portal.domain.deeds import deed_label
from portal.domain.figures import measured
from portal.domain.identifiers import Identifier
from portal.domain.notices.rules import named
from portal.domain.people import Operator
from portal.domain.placement import ENROLLED, class_label
from portal.domain.submissions import Lock
from portal.domain.times import stamp
from portal.storage.diary.tables import Diary, DiaryFigure
from portal.storage.disclosure.child import (
    Declared,
    Rejected,
    answered_about,
    by_diaries_about,
    declarations_about,
    deeds_about,
    ended_about,
    enrolments_about,
    notices_about,
    records_about,
    rejects_about,
    requests_about,
    types_beside,
)
from portal.storage.lists.returned import institution_names
from portal.storage.notices.tables import Notice
from portal.storage.tables.answers import AnsweredRecord, CorrectionRequest, EndedRecord
from portal.storage.tables.audit import NATIONAL, AuditEntry
from portal.storage.tables.campaigns import Record
from portal.storage.tables.institutions import Enrolment
from portal.storage.tables.people import User

TITLE = "Данни за едно дете в портала „Потвърждения към АСП“"
ANSWERED = ("няма информация", "потвърждавам", "отказвам")  # as АСП reads it, by the decision's number
EXPORTED = "exported_child"  # in the audit


def export_child(person: Operator | None, child: Identifier, *, now: datetime) -> Copy:
    """All of it as a text. Of the quarantine registers it says who can read them: nobody here can."""
    about = f"{child.kind.label} {child.number}"
    return copied(person, EXPORTED, TITLE, about, lambda: list(_sections(child)), now=now)


def _sections(child: Identifier) -> Iterator[Section]:
    records, enrolments, rejects = records_about(child), enrolments_about(child), rejects_about(child)
    declared = declarations_about(child)
    codes = {record.institution_id for record in records} | {row.institution for row in enrolments}
    names = institution_names(codes | {record.asp_institution for record in records})
    answered, ended = answered_about(records), ended_about(records)
    in_lists = tuple(
        _record(record, answered.get(record.id), ended.get(record.id), names) for record in records
    )
    yield Section("В списъците на АСП", in_lists)
    if by_diaries := by_diaries_about(records):
        units = {record.id: record.case(school_days=0).unit for record in records}
        yield Section(
            "По дневника на училището",
            tuple(_by_diary(*each, units, names) for each in by_diaries),
            ("Пази се само броят, с който е сравнен списъкът; файлът от дневника не се пази.",),
        )
    if requests := requests_about(records):
        yield Section("Искания за поправка след срока", tuple(_request(each) for each in requests))
    yield Section(
        "В декларациите, които са издадени за подпис",
        tuple(_declared(each) for each in declared),
        ("Декларацията е копие на списъка към деня си и не се променя, и когато решенията се променят.",),
    )
    yield Section("В записванията от НЕИСПУО", tuple(_enrolment(row, names) for row in enrolments))
    yield Section("Редове от файлове, които не са приети", tuple(map(_rejected, rejects)))
    if notices := notices_about(child):
        yield Section("В текста на циркулярни писма", tuple(_notice(*each) for each in notices))
    deeds = tuple(_deed(entry, user, names) for entry, user in deeds_about(records))
    yield Section("Кой какво е направил със записите", deeds)
    yield _register(names[code] for code in sorted(codes) if code in names)
    yield _background(child)


def _record(
    record: Record, said: AnsweredRecord | None, ended: EndedRecord | None, names: dict[str, str]
) -> Facts:
    campaign, listed, stated = record.campaign, record.submission, record.enrolled
    unit = record.case(school_days=0).unit
    signed = listed.signed_at if listed is not None and listed.lock is Lock.SIGNED else None
    return told(
        ("Месец", campaign.month.label),
        ("Институция", _place(record.institution_id, names)),
        ("Институция според АСП", _place(record.asp_institution, names)),
        ("Имена, както са дошли от АСП", record.names),
        ("Вид и номер", f"{record.id_type.label} {record.id_number}"),
        ("За какво пита АСП", record.reason.label),
        ("Подадено от АСП", measured(record.figure, unit)),
        ("Подадено по-рано", measured(record.figure_before, unit)),
        ("Клас или група", class_label(record.class_code)),
        ("Решение", record.decision.label),
        ("Коригиран брой", measured(record.corrected, unit)),
        ("Основание за отказа", record.refusal_reason.label if record.refusal_reason else None),
        ("Бележки по корекцията", record.note),
        (
            "Издадено е удостоверение за записване",
            _stated(record.certificate, stated.certificate if stated else "да"),
        ),
        ("Разпределено е в паралелка или група", _stated(record.placed, stated.place if stated else "да")),
        ("Решено на", _at(record.decided_at)),
        ("Изпратено обратно като „не е наше дете“ на", _at(record.returned_at)),
        ("Бележка към това", record.returned_note),
        ("Насочено от ЦИОО на", _at(record.routed_at)),
        ("Списъкът е подписан на", _at(signed)),
        ("Включено в окончателния отговор до АСП от", _at(campaign.answered_at)),
        ("Решение в отговора", None if said is None else ANSWERED[said.decision]),
        ("Коригиран брой в отговора", None if said is None else measured(said.corrected, unit)),
        ("Какво е направила АСП", None if ended is None else ended.outcome.told),
        ("Защо, по думите на АСП", None if ended is None else ended.why),
    )


def _stated(holds: bool, which: str) -> str | None:
    return which if holds else None


def _by_diary(row: DiaryFigure, diary: Diary, units: dict[int, str], names: dict[str, str]) -> Facts:
    submission = diary.submission
    said = "няма го в дневника" if row.unexcused is None else measured(row.unexcused, units[row.record_id])
    return (
        ("Месец", submission.campaign.month.label),
        ("Институция", _place(submission.institution_id, names)),
        ("Неизвинени отсъствия по дневника", said),
        ("Сравнено на", stamp(diary.at)),
        ("SHA-256 на файла", diary.sha256),
    )


def _request(request: CorrectionRequest) -> Facts:
    return told(
        ("Месец", request.campaign.month.label),
        ("Поискано на", stamp(request.asked_at)),
        ("Защо", request.reason.label),
        ("Документ", request.document),
        ("Обяснение на институцията", request.note),
        ("Становище на РУО", request.support_note),
        ("Отговор на ЦИОО", request.answer_note),
        ("Състояние", request_state(request.supported, request.granted).label),
    )


def _declared(declared: Declared) -> Facts:
    issued, entry = declared.declaration, declared.entry
    unit = entry.case.unit
    signatures = [
        f"№ {signature.number} от {stamp(signature.signed_at)}"
        + (f", премахнат на {stamp(removed)}" if removed else "")
        for signature, removed in declared.signatures
    ]
    return told(
        ("Месец", issued.submission.campaign.month.label),
        ("Институция", f"{issued.institution_name} ({issued.submission.institution_id})"),
        ("Издадена на", stamp(issued.issued_at)),
        ("SHA-256", issued.sha256),
        ("Имена", entry.names),
        ("За какво пита АСП", entry.reason.label),
        ("Подадено от АСП", measured(entry.case.figure, unit)),
        ("Клас или група", class_label(entry.class_code)),
        ("Решение", entry.decision.label),
        ("Коригиран брой", measured(entry.corrected, unit)),
        ("Основание за отказа", entry.refusal.label if entry.refusal else None),
        ("Посочено", "\n".join(entry.remarks)),
        ("Подписи", "\n".join(signatures) or "няма"),
        ("Пази се и като PDF със същия ред", "да" if declared.has_pdf else None),
    )


def _enrolment(row: Enrolment, names: dict[str, str]) -> Facts:
    return told(
        ("Месец", row.month.label),
        ("Институция", _place(row.institution, names)),
        ("Имена", " ".join(part.strip() for part in (row.given, row.middle, row.family) if part.strip())),
        ("Вид и номер", f"{row.id_type.label} {row.id_number}"),
        ("Клас или група", class_label(row.class_code)),
        ("Форма на обучение (код)", row.edu_form.strip()),
        ("Състояние", "записано" if row.status == ENROLLED else f"отписано (код {row.status})"),
    )


def _rejected(rejected: Rejected) -> Facts:
    return told(
        ("Файл", rejected.load.file_name),
        ("Зареден на", stamp(rejected.load.at)),
        ("Ред", str(rejected.number)),
        ("Какво стои на реда", rejected.text),
        ("Защо не е приет", rejected.faults),
        ("Как е поправен", rejected.mended),
    )


def _notice(notice: Notice, lines: str) -> Facts:
    return (
        ("Писмо", f"{notice.office}, {named(notice.number, notice.dated_on)}"),
        ("Публикувано на", stamp(notice.published_at)),
        ("Редовете, в които стои номерът", lines),
    )


def _deed(entry: AuditEntry, user: User | None, names: dict[str, str]) -> Facts:
    """Who it was by the place alone: an employee is another person."""
    where = "ЦИОО" if entry.chain == NATIONAL else _place(entry.chain, names)
    who = f"{user.role.label}, профил № {user.id}" if user is not None else "порталът"
    return told(
        ("Кога", stamp(entry.at)), ("Какво", deed_label(entry.what)), ("Кой", who), ("В историята на", where)
    )


def _register(places: Iterator[str]) -> Section:
    """What is held, and nobody who makes this copy can read (domain.md, "The quarantine register")."""
    asked = "; ".join(places)
    return Section(
        "Карантинният регистър",
        said=(
            "Вписванията в него са шифровани с ключ на институцията, какъвто ЦИОО и РУО нямат: те не могат "
            "да ги прочетат и не могат да видят дали детето е вписано. Затова в тази справка ги няма.",
            "Чете ги директорът на институцията и когото той е упълномощил. Поискайте ги от "
            + (f"институциите, в които е или е било детето: {asked}." if asked else "институцията на детето.")
            + " Директорът ги намира с търсенето в регистъра.",
        ),
    )


def _background(child: Identifier) -> Section:
    others = types_beside(child)
    said = [
        "Защо: за да потвърди или откаже институцията пред Агенцията за социално подпомагане (АСП) това, "
        "което АСП е подала за детето.",
        "Откъде: от АСП (списъците) и от НЕИСПУО (записванията), чрез ЦИОО; решенията са на институцията.",
        "На кого се предава: решението – на АСП, с отговора за месеца. Регионалното управление вижда броя на "
        "записите, без имена и номера.",
        "Докога: докато операторът заличи месеца, след като отговорът до АСП е изготвен.",
        "Освен тук данните са в резервните копия на базата и в протоколите, които институцията пази. В "
        "писмата и в дневниците на портала няма имена и номера на деца.",
    ]
    if others:
        kinds = " и ".join(kind.label for kind in others)
        said.append(
            f"Същият номер се среща и като {kinds}. Това може да е друг човек, затова не е включено: ако е "
            "същото дете, поискайте и тази справка."
        )
    return Section("Защо, откъде, на кого и докога", said=tuple(said))


def _place(code: str, names: dict[str, str]) -> str:
    return f"{names[code]} ({code})" if code in names else code


def _at(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)
