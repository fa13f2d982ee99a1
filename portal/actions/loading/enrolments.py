"""Loading enrolments: a main file replaces the whole month, a correction only the children it names."""

import logging
from datetime import datetime

from portal.actions.loading.asp_turns import is_short
from portal.actions.loading.beside import Beside
from portal.actions.loading.enrolment_staging import stage
from portal.actions.loading.enrolment_turns import Picture, Turns
from portal.actions.loading.files import (
    Source,
    Watch,
    begin,
    check_named,
    check_not_empty,
    check_readable,
    unwatched,
)
from portal.actions.loading.others import one_at_a_time
from portal.domain.errors import Refusal, Unsure
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.exchange.enrolments import EnrolmentLine, read_enrolments
from portal.exchange.file_names import named
from portal.exchange.text import Reading, Row, count_lines
from portal.storage.campaigns.loads import ENROLMENTS
from portal.storage.campaigns.staging import StagedEnrolment, StagedMove, StagedReject, staged
from portal.storage.loading.tables import Load

logger = logging.getLogger(__name__)

STAGED = (StagedEnrolment, StagedReject, StagedMove)


def picture_of(
    source: Source, month: Month | None = None, *, correction: bool = False, sure: bool = False
) -> Picture:
    """What the name says (formats.md, F5), unless the operator says it. Unsure where the two disagree."""
    check_named(source.name, ENROLMENTS)
    said = named(source.name)
    if said is not None and correction and not said.is_correction and not sure:
        raise Unsure(
            f"По името си „{source.kept_name}“ е основен файл, а е посочено, че само поправя: "
            "децата, които не са в него, ще останат, където са."
        )
    if month is None and said is not None:
        month = said.month
    if month is None:
        check_readable(read_enrolments(source.stream))  # what holds no enrolments is not asked for its month
        raise Refusal(
            "От името на файла не личи за кой месец е (MONZPММГГ.txt). Посочете месеца.", field="month"
        )
    return Picture(month, correction or (said is not None and said.is_correction), sure)


def load_enrolments(
    person: Operator | None,
    source: Source,
    *,
    picture: Picture | None = None,
    watch: Watch = unwatched,
    now: datetime,
) -> Load:
    """Store where children are enrolled, then put pending records where their children are now.

    The file is read before anybody is kept waiting, as for АСП's list, and what it takes away is known before
    anything is stored: TakesAway asks about it.
    """
    picture, reading = picture or picture_of(source), _looked_at(source)
    with staged(*STAGED):
        good, rejected = stage(reading, watch)
        check_not_empty(good + rejected)
        with one_at_a_time(ENROLMENTS):
            load = Turns(person, picture, good, rejected, watch, now).store(source, reading.encoding)
    logger.info("load %s: %s lines received, %s rejected", load.id, load.received, load.rejected)
    return load


def take_enrolments(person: Operator, source: Source, *, picture: Picture, now: datetime) -> int:
    """The same for a page, which does not wait for a long file: that goes on beside it. The id of the load.

    What the file takes away is asked about on the page of the load then. Conflict where other enrolments are
    being loaded.
    """
    reading = _looked_at(source)
    if is_short(count_lines(source.stream)):
        return int(load_enrolments(person, source, picture=picture, now=now).id)
    is_correction = picture.corrected is not None  # a Conflict is told at once

    def row(kept: Source) -> Load:
        load = begin(ENROLMENTS, kept, reading.encoding, person, now=now, month=picture.month)
        load.is_correction = is_correction
        return load

    def work(kept: Source, load: Load, watch: Watch) -> None:
        with staged(*STAGED):
            good, rejected = stage(read_enrolments(kept.stream), watch)
            check_not_empty(good + rejected)
            Turns(person, picture, good, rejected, watch, now, taken=load).store(kept, reading.encoding)

    return Beside(row, work).start(source, alone=lambda: one_at_a_time(ENROLMENTS, patience=0))


def _looked_at(source: Source) -> Reading[Row[EnrolmentLine]]:
    """Refusal where the file is not what it should be."""
    check_named(source.name, ENROLMENTS)
    reading = read_enrolments(source.stream)
    check_readable(reading)
    return reading
