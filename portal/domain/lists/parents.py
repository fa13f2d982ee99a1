"""What a child's parent is told of a decision, in the words that people use."""

from datetime import date

from portal.domain.calendar import long_date
from portal.domain.consequences import consequence, if_confirmed
from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.figures import measured
from portal.domain.month import Month
from portal.domain.signing.declared import Entry

DECIDES = "За помощта решава АСП. Ние само отговорихме на въпроса ѝ."

_IN_FULL = {
    "уч. часа": "учебни часа",
    "уч. час": "учебен час",
    "уч. дни": "учебни дни",
    "уч. ден": "учебен ден",
}


def asked(entry: Entry, month: Month) -> str:
    """What АСП has of the child."""
    figure = measured(entry.case.figure, entry.case.unit)
    said = {
        Reason.ABSENCE: f"детето има отсъствия без уважителна причина: {figure}.",
        Reason.UNENROLLED: "детето е отписано и не се обучава при нас.",
        Reason.DISTANCE: f"детето е учило от разстояние в електронна среда: {figure}.",
    }[entry.reason]
    return _in_full(f"По данните на Агенцията за социално подпомагане (АСП) за {month.label} {said}")


def answered(entry: Entry) -> str:
    """What the institution answered, and why. The note is left out: it was written to the authorities, and
    may be as long as a page."""
    if entry.decision is Decision.CONFIRMED:
        is_gone = entry.reason is Reason.UNENROLLED
        return "Потвърдихме, че детето не се обучава при нас." if is_gone else "Потвърдихме този брой."
    number = measured(entry.corrected, entry.case.unit)
    said = {
        Reason.ABSENCE: f"Не потвърдихме този брой. По нашите данни отсъствията са {number}.",
        Reason.UNENROLLED: f"Не потвърдихме това. Детето е записано и посещава{_where(entry)}.",
        Reason.DISTANCE: f"Не потвърдихме този брой. По нашите данни дните са {number}.",
    }[entry.reason]
    return _in_full(f"{said} {_why(entry.refusal)}".rstrip())


def _where(entry: Entry) -> str:
    stated = entry.enrolled
    return "" if stated is None else f" ({stated.place}; удостоверение {stated.certificate})"


def _why(reason: RefusalReason | None) -> str:
    if reason is None:
        return ""
    if reason is RefusalReason.OTHER:
        return "Попитайте ни за причината."  # it stands in the note alone
    return f"Основание: {reason.label}."


def follows(entry: Entry) -> str:
    """What the answer means for the family, by the sentences under which it was signed."""
    if (entry.reason, entry.decision) == (Reason.DISTANCE, Decision.CONFIRMED):
        return if_confirmed(entry.case)  # the other sentence is said to who confirms
    return _in_full(consequence(entry.case, entry.decision, entry.corrected))


def to_correct(closes_on: date) -> str:
    """What to do where the institution's answer is wrong. Said the same before the deadline and after it:
    the letter is read later than it was made."""
    return (
        "Ако отговорът ни е сгрешен, обадете ни се веднага и донесете документ за верните данни. До края на "
        f"{long_date(closes_on)} можем сами да го поправим. После той е окончателен и поправка може само да "
        "се поиска."
    )


def to_object(reason: Reason) -> list[str]:
    """How АСП's decision is contested, and by when.

    Source: ЗСПД art. 10; АПК art. 59 (2) 7: it says before whom and by when; 84 (1) and 149 (1): in writing,
    14 days from when it was told. By which law the aid for days at distance was paid is our reading alone
    (domain.md), so there no law on aid is named.
    """
    law = "" if reason is Reason.DISTANCE else "чл. 10 от Закона за семейни помощи за деца и "
    return [
        "Обжалва се решението на АСП, а не това писмо. АСП ще Ви го съобщи; от този ден имате 14 дни за "
        "писмена жалба.",
        "Подайте жалбата чрез дирекция „Социално подпомагане“, която е издала решението: до по-горния ѝ "
        "орган или до административния съд. Пред кого и в какъв срок, пише и в самото решение "
        f"({law}чл. 59, 84 и 149 от Административнопроцесуалния кодекс).",
    ]


def _in_full(text: str) -> str:
    """Without the abbreviations of a crowded page: ``7,33 учебни часа``."""
    for short, full in _IN_FULL.items():
        text = text.replace(short, full)
    return text
