"""Reading and replacing what a list was compared with."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from portal.storage.diary.tables import Diary, DiaryFigure
from portal.storage.tables.bulk import add_rows, tuples
from portal.storage.tables.campaigns import Submission

Figures = Mapping[int, Decimal | None]  # by record; none for a child who is not in the diary


def diary_of(submission: Submission) -> Diary | None:
    """With which file the list was compared last, if it was."""
    found: Diary | None = Diary.get_or_none(Diary.submission == submission.id)
    return found


def figures_of(submission: Submission) -> dict[int, Decimal | None]:
    query = DiaryFigure.select(DiaryFigure.record, DiaryFigure.unexcused)
    return dict(tuples(query.where(DiaryFigure.submission == submission.id)))


def replace_figures(submission: Submission, figures: Figures, *, sha256: str, by: int, now: datetime) -> bool:
    """Keep these alone, and of which file they are; whether anything is new in that. The list is held by the
    caller, in whose transaction this is."""
    before = diary_of(submission)
    if before is not None and before.sha256 == sha256 and figures_of(submission) == figures:
        return False
    DiaryFigure.delete().where(DiaryFigure.submission == submission.id).execute()
    rows = [(submission.id, record, unexcused) for record, unexcused in figures.items()]
    add_rows(DiaryFigure, ("submission", "record", "unexcused"), rows)
    source = {"sha256": sha256, "at": now, "by": by}
    if before is None:
        Diary.create(submission=submission.id, **source)
    else:
        Diary.update(version=Diary.version + 1, **source).where(Diary.submission == submission.id).execute()
    return True
