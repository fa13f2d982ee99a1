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
    differs = f", различни от решението ви: {result.differs}" if result.differs else ""
    return composed(
        to,
        f"АСП върна резултата за {result.month.label}{differs}: {result.institution}",
        f"{'АСП поправи' if result.is_again else 'АСП върна'} какво е направила с помощите по потвържденията "
        f"за {result.month.label}.",
        f"Прекратени помощи: {result.ended}. Непрекратени помощи: {result.kept}.",
        *_tasks(result),
        result.link,
    )


def _tasks(result: CameBack) -> list[str]:
    found = []
    if result.differs:
        found.append(
            f"Различни от решението ви: {result.differs}. Прегледайте ги: за всяко дете е написано какво сте "
            "решили, какво е подадено и какво да направите."
        )
    if result.undecided:
        found.append(
            f"Без ваше решение, защото списъкът не беше подписан: {result.undecided}. Ако нещо не е редно, "
            "поискайте поправка."
        )
    return found or [
        "Всичко съвпада с решенията ви. Не е нужно да правите нищо. Кое дете как е, ще видите тук:"
    ]
