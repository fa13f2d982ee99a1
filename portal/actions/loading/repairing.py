"""Mending a rejected line of АСП's list, which is then placed like any other; or leaving it rejected."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from portal.actions.campaigns.window import held_campaign
from portal.actions.letters.campaign_letters import tell_of_changes, tell_of_list, tell_of_moves
from portal.actions.loading.asp_lines import Batch
from portal.actions.loading.asp_staging import FIELDS, staged_line
from portal.actions.loading.asp_turns import held_places
from portal.actions.loading.outcome import Done, settle
from portal.actions.loading.places import Places
from portal.domain.campaigns.rejected import Outcome, check_may_repair, check_unrepaired
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.people import Operator
from portal.domain.times import today
from portal.exchange.asp_list import LIST_SIGNED, AspRow, read_again, repeated
from portal.exchange.asp_mending import Rejected, parts_of, split
from portal.storage.campaigns.loads import ASP, last_load, load_by_id
from portal.storage.campaigns.placing import enrolments_of, newest_enrolments, records_about
from portal.storage.campaigns.rejects import rejected_line
from portal.storage.campaigns.staging import StagedLine
from portal.storage.lists.counted import following
from portal.storage.lists.held import all_lists, known_codes, open_codes
from portal.storage.lists.returned import institution_names
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

REPAIRED, LEFT = "repaired_line", "left_line"  # in the audit
SALT_BYTES = 16
HAS_DELIMITER = "Знакът | разделя полетата и не може да стои в тях."
AS_IT_STANDS = "Името е дошло с букви, които ги няма в windows-1251, и на тяхно място стои „?“. Напишете го."
ALREADY_THERE = (
    "За това дете и тази причина вече има запис: дошъл е с друг ред или с по-нов файл. Ако детето е друго, "
    "поправете идентификатора; ако е същото, оставете реда отхвърлен."
)


@dataclass(frozen=True)
class Line:
    """A rejected line, its load, and what stands in it."""

    load: Load
    kept: RejectedLine
    rejected: Rejected

    @property
    def is_of_asp(self) -> bool:
        """Whether it is of АСП's list and of a month: only such a line can be placed."""
        return self.load.kind == ASP and self.load.campaign_id is not None


def find_line(load_id: int, line_id: int) -> Line:
    load = load_by_id(load_id)
    kept = rejected_line(load, line_id)
    faults = split(kept.faults)
    return Line(load, kept, Rejected(kept.number, bytes(kept.line), faults, load.encoding))


def check_line(line: Line, campaign: Campaign, *, now: datetime) -> None:
    """Raise Conflict unless the line can be mended now."""
    check_may_repair(
        campaign.window,
        line.kept.outcome,
        is_finished=line.load.is_finished,
        is_whole=line.rejected.is_whole,
        now=now,
    )


def repair(
    person: Operator, load_id: int, line_id: int, changes: Mapping[str, str], *, now: datetime
) -> Record:
    """Place the line with ``changes`` in the parts that were at fault, by the rules that a file is loaded by.

    Refusal, beside its part, of whatever is still wrong; Conflict where somebody else was faster, or it is
    too late. Where its list was signed, the line can be placed as it stands once it is not any more.
    """
    with writing():
        line = _of_month(load_id, line_id)
        assert line.load.month is not None
        campaign = held_campaign(line.load.month)
        line = find_line(load_id, line_id)  # somebody may have been faster
        check_line(line, campaign, now=now)
        mended = _mended(line.rejected, changes)
        row = read_again(line.kept.number, mended)
        record = _place(person, line, campaign, row, now=now)
        _settle(person, line, Outcome.REPAIRED, mended.encode("cp1251"), now=now)
        tell_of_list(campaign, now=now)
    logger.info("line %s of load %s repaired by user %s", line_id, load_id, person.user_id)
    return record


def leave(person: Operator, load_id: int, line_id: int, *, now: datetime) -> RejectedLine:
    """Nobody waits for the line any more: it stays rejected, and goes back to АСП with the others."""
    with writing():
        line = _of_month(load_id, line_id)
        assert line.load.month is not None
        held_campaign(line.load.month)
        line = find_line(load_id, line_id)
        check_unrepaired(line.kept.outcome)
        if line.kept.outcome is Outcome.OPEN:
            _settle(person, line, Outcome.LEFT, None, now=now)
    return line.kept


def digest_of(line: bytes, mended: bytes, salt: bytes) -> str:
    """Of a repair, for the audit. ``salt`` is erased with the line: then the digest tells nobody anything."""
    return sha256(salt + sha256(line).digest() + mended).hexdigest()


def _of_month(load_id: int, line_id: int) -> Line:
    line = find_line(load_id, line_id)
    if not line.is_of_asp:
        raise NotFound("Тук се поправят само редове от списък на АСП с поне един верен ред.")
    return line


def _mended(rejected: Rejected, changes: Mapping[str, str]) -> str:
    """The line as it would be; Refusal for what would break it apart, or stand in it unread."""
    found = [
        Refusal(HAS_DELIMITER, field=part)
        for part, value in changes.items()
        if part in rejected.mendable and part != "line" and "|" in value
    ]
    before = rejected.values
    for part in rejected.lost:
        if changes.get(part, before.get(part)) == before.get(part):
            found.append(Refusal(AS_IT_STANDS, field=part))
    Refusal.raise_all(found)
    return rejected.mended(changes)


def _place(person: Operator, line: Line, campaign: Campaign, row: AspRow, *, now: datetime) -> Record:
    """As one line of a file is placed."""
    day, children = today(now), {row.key[:2]} if row.key is not None else set()
    enrolments = enrolments_of(newest_enrolments(), children, open_codes(day))
    values = staged_line(row, campaign.month, known_codes(), enrolments)
    staged = StagedLine(**dict(zip(FIELDS, values, strict=True)))
    _check(split(staged.faults), staged)
    _check_new(line, campaign, row)
    places, done = held_places(campaign, all_lists(campaign), [staged], day=day), Done()
    with following(campaign, children):
        Batch(campaign, places, done, now=now).distribute([staged])
    for _, _, faults in done.rejected:
        _check_unsigned(split(faults), places, row, campaign)
        _check(split(faults), staged)
    settle(done, person, now=now, content=line.load.sha256)
    tell_of_changes(campaign, [institution for _, institution in done.reset], now=now)
    tell_of_moves(campaign, done.arrived, done.left, now=now)
    assert row.key is not None
    return records_about(campaign, {row.key[:2]})[row.key]


def _check(faults: tuple[str, ...], staged: StagedLine) -> None:
    """Raise what is still wrong, each beside its part."""
    Refusal.raise_all([
        Refusal(f"{fault[:1].upper()}{fault[1:]}.", field=next(iter(parts_of(fault)), None))
        for fault in faults
    ])  # fmt: skip


def _check_unsigned(faults: tuple[str, ...], places: Places, row: AspRow, campaign: Campaign) -> None:
    """Raise Refusal, with whose list it is, where the line would change one that is signed."""
    if LIST_SIGNED not in faults or row.key is None:
        return
    child = row.key[:2]
    record = records_about(campaign, {child}).get(row.key)
    code = places.placement(row.institution or "", child).institution
    if record is not None and places.is_list_locked(record.submission_id):
        code = record.institution_id
    raise Refusal(
        f"{LIST_SIGNED.capitalize()}: {institution_names([code])[code]} ({code}). Договорете се с директора "
        "да премахне подписа си и после поправете реда."
    )


def _check_new(line: Line, campaign: Campaign, row: AspRow) -> None:
    """Raise Refusal where a record about the child and reason is there already, and is not one that the line
    as it came would have changed: of one file the first good line stands, and a newer file knows better."""
    if row.key is None or row.key not in records_about(campaign, {row.key[:2]}):
        return
    came = read_again(line.kept.number, line.rejected.text)
    if came.key != row.key or line.load.id != last_load(campaign.month).id:
        raise Refusal(ALREADY_THERE, field="id_number")
    if line.kept.standing is not None:
        raise Refusal(f"{repeated(line.kept.standing).capitalize()}.", field="id_number")


def _settle(person: Operator, line: Line, outcome: Outcome, mended: bytes | None, *, now: datetime) -> None:
    """Store what became of the line, unless it is something already, and count it."""
    salt = None if mended is None else os.urandom(SALT_BYTES)
    was = line.kept.outcome
    changed = (
        RejectedLine.update(
            outcome=outcome, mended=mended, salt=salt, settled_at=now, settled_by=person.user_id
        )
        .where((RejectedLine.id == line.kept.id) & (RejectedLine.outcome == was))
        .execute()
    )
    if changed != 1:
        raise Conflict("Междувременно друг е направил нещо с този ред. Опитайте отново.")
    content = ""
    if mended is not None and salt is not None:
        content = digest_of(bytes(line.kept.line), mended, salt)
        counts = {Load.rejected: Load.rejected - 1, Load.repaired: Load.repaired + 1}
        Load.update(counts).where(Load.id == line.load.id).execute()
    what = REPAIRED if outcome is Outcome.REPAIRED else LEFT
    audit.add(person, what, f"load:{line.load.id}", now=now, content=content)
