"""Checking one institution's list: that it is there, its counts, its signatures, and its rows against the
declaration."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from peewee import fn

from portal.actions.site import Site
from portal.actions.verifying.finding import Finding, of_list
from portal.actions.verifying.qualified import check_document
from portal.actions.verifying.signatures import check_declaration, check_events, check_signature
from portal.domain.decisions import Decision
from portal.domain.month import Month
from portal.domain.signing.declaration import Line
from portal.domain.signing.declared import Unreadable, read
from portal.domain.submissions import Counts, Lock
from portal.storage.signing.standing import line_of, rebuilt, removal_of, signatures_of
from portal.storage.tables.audit import gone
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.signatures import Declaration, Signature
from portal.storage.tables.snapshot import in_batches


def lists_of(month: Month | None) -> Iterator[list[Submission]]:
    """All lists, or those of one month, a batch at a time, with their campaigns."""
    lists = Submission.select(Submission, Campaign).join(Campaign)
    yield from in_batches(lists if month is None else lists.where(Campaign.month == month), Submission.id)


def check_gone() -> Iterator[Finding]:
    """Lists and months stay, also those that are erased: whoever takes a whole one away takes with it what
    every other check would look at."""
    for kind, table, what in (("submission", Submission, "Списък"), ("campaign", Campaign, "Месец")):
        for thing in gone(kind, table):
            number = thing.partition(":")[2]
            yield Finding(f"{kind}_deleted", thing, f"{what} № {number} стои в одита, а го няма.")


def check_counts(batch: list[Submission]) -> Iterator[Finding]:
    """Whether the counters that everybody reads are what the records say, and each record is of the
    institution on whose list it stands: with the record's own code it goes to АСП."""
    decision = fn.MIN(Record.decision).coerce(False)  # as it stands, even where it is none of ours
    rows: Any = (
        Record.select(Record.submission, decision, fn.COUNT(Record.id))
        .where(Record.submission.in_([submission.id for submission in batch]))
        .group_by(Record.submission, Record.decision)
        .tuples()
    )
    counted = {(list_id, code): count for list_id, code, count in rows}
    for submission in batch:
        each = [counted.get((submission.id, code), 0) for code in Decision]
        if submission.lock is not Lock.ERASED and submission.counts != Counts(sum(each), *each):
            yield of_list("counts", submission, "броячите не са това, което показват записите")
    yield from _check_places(batch)


def _check_places(batch: list[Submission]) -> Iterator[Finding]:
    by_id = {submission.id: submission for submission in batch}
    elsewhere = (Record.institution != Submission.institution) | (Record.campaign != Submission.campaign)
    rows = Record.select(Record.submission, fn.COUNT(Record.id)).join(Submission)
    found = rows.where(Submission.id.in_([*by_id]) & elsewhere).group_by(Record.submission)
    for list_id, count in tuples(found):
        sentence = f"записи на друга институция или месец: {count}"
        yield of_list("records_misplaced", by_id[list_id], sentence)


def check_list(submission: Submission, *, site: Site) -> Iterator[Finding]:
    """Everything about one list that is not erased."""
    for declaration in Declaration.select().where(Declaration.submission == submission):
        declaration.submission = submission
        yield from check_declaration(declaration)
        yield from check_document(declaration, site=site)
    signatures = list(signatures_of(submission))
    if len({signature.declaration_id for signature in signatures}) < len(signatures):
        yield of_list("declaration_signed_twice", submission, "една декларация е подписана повече от веднъж")
    for position, signature in enumerate(signatures, 1):
        if signature.number != f"{submission.campaign.month}/{submission.institution_id}/{position}":
            yield of_list("signature_number", submission, f"номерът {signature.number} не е поред")
        yield from check_signature(signature, site=site)
    yield from check_events(submission, signatures)
    standing = [signature for signature in signatures if removal_of(signature) is None]
    yield from _check_standing(submission, standing)


def _check_standing(submission: Submission, standing: list[Signature]) -> Iterator[Finding]:
    if submission.lock is Lock.OPEN:
        if standing or submission.signed_at:
            yield of_list("signature_on_open_list", submission, "има действащ подпис, а списъкът е отключен")
        return
    if not standing:
        yield of_list("signature_missing", submission, "списъкът е подписан, а подписът липсва")
    elif len(standing) > 1:
        yield of_list("signature_twice", submission, "има повече от един действащ подпис")
    for signature in standing:
        if submission.signed_at != signature.signed_at:
            yield of_list("signed_at", submission, "часът на подписване не е този на подписа")
        signature.declaration.submission = submission
        yield from _check_rows(submission, signature.declaration)


def _check_rows(submission: Submission, declaration: Declaration) -> Iterator[Finding]:
    """Whether the rows and the stored header still make the very bytes that were signed."""
    content = bytes(declaration.content)
    if rebuilt(declaration) == content:
        return
    try:
        declared = {entry.line.order: entry.line for entry in read(content).entries}
    except Unreadable:
        declared = {}
    differing = _differing(submission, declared)
    yield of_list(
        "records_changed",
        submission,
        f"подписаното и записаното се различават{': ' if differing else ''}{'; '.join(differing)}",
    )


def _differing(submission: Submission, declared: dict[tuple[str, str, str], Line]) -> list[str]:
    """Which rows, by number, and in which fields. What a field holds is not told."""
    said = []
    for record in Record.on(submission).order_by(Record.id):
        ours = line_of(record)
        theirs = declared.pop(ours.order, None)
        if theirs is None:
            said.append(f"запис {record.id} не е деклариран")
        elif ours != theirs:
            names = [f.name for f in fields(Line) if getattr(ours, f.name) != getattr(theirs, f.name)]
            said.append(f"запис {record.id} ({', '.join(names)})")
    if declared:
        said.append(f"липсващи записи: {len(declared)}")
    return said
