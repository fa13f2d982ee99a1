"""Why an institution's people see on their first page what they see, for whoever is asked „При нас не се
вижда“."""

from datetime import datetime

from portal.domain.errors import Conflict
from portal.domain.submissions import SubmissionState, Window, check_open

State = SubmissionState
_WHY = {
    State.SIGNED: "Списъкът е подписан и нищо повече не се иска за него.",
    State.FINAL: "Списъкът е подписан и срокът изтече: подписаното е окончателно.",
    State.CHECKED: "Отбелязано е „Проверих – няма записи“. Ако АСП добави записи, списъкът се отваря отново.",
    State.ERASED: "Децата са заличени след срока за съхранение; остават броят и кога е подписано.",
}
_WHY_OPEN = {
    State.NOTHING: (
        "АСП не е изпратила деца, които сега се водят в тази институция, и затова в списъка няма записи. "
        "Остава да се отбележи „Проверих – няма записи“. Дете, което се очаква тук, може да е записано "
        "другаде: тогава е в списъка на новата институция. ЦИОО може да го намери и да го насочи."
    ),
    State.READY: "Всички записи са решени, а подпис няма. Подписва директорът или упълномощено от него лице.",
    State.NOT_STARTED: "Има записи и нито един още не е решен.",
    State.IN_PROGRESS: "Част от записите са решени, другите чакат.",
}


def why_shown(state: SubmissionState, window: Window, missed: str, *, now: datetime) -> str:
    """A sentence. ``state`` is what the institution's people are told, ``missed`` what they read where the
    deadline passed without what was due, empty elsewhere."""
    if state in _WHY:
        return _WHY[state]
    if missed:
        return f"{missed} Нищо не се променя, докато ЦИОО не отвори списъка с изключение."
    try:
        check_open(window, now=now)
    except Conflict as why:
        return str(why)
    return _WHY_OPEN[state]
