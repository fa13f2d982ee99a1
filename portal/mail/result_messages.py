"""The letter that АСП's result came back: counts, and where to read whose they are."""

from dataclasses import dataclass

from portal.domain.month import Month
from portal.mail.messages import Message, composed


@dataclass(frozen=True)
class CameBack:
    """Records of one institution by what became of them. ``is_again``: another result was told before."""

    institution: str
    month: Month
    link: str
    ended: int
    kept: int
    differs: int
    undecided: int
    is_again: bool


def result_came_back(to: str, result: CameBack) -> Message:
    month = result.month.label
    differs = f" (различни от решението ви: {result.differs})" if result.differs else ""
    return composed(
        to,
        f"АСП върна резултата за {month}{differs}: {result.institution}",
        f"АСП съобщи{' наново' if result.is_again else ''} какво е направила с помощите по потвържденията за "
        f"{month}.",
        f"Прекратени помощи: {result.ended}. Непрекратени помощи: {result.kept}.",
        *_tasks(result),
        "Кое дете как е, ще видите тук:",
        result.link,
    )


def _tasks(result: CameBack) -> list[str]:
    found = []
    if result.differs:
        found.append(
            f"Различни от решението ви: {result.differs}. Прегледайте ги: написано е какво сте решили, какво "
            "е подадено и какво да направите."
        )
    if result.undecided:
        found.append(
            f"Без ваше решение, защото списъкът не беше подписан: {result.undecided}. Ако нещо не е редно, "
            "поискайте поправка."
        )
    return found or ["Всичко съвпада с решенията ви. Не е нужно да правите нищо."]
