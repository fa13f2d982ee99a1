"""portal trust: the roots, pinned issuers and lists of revoked certificates that КЕП are checked against."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from portal.actions.trust.addresses import FILE, WrongLine, read_addresses
from portal.actions.trust.fetching import Fetched, fetch_all
from portal.actions.trust.report import AuthorityShown, TrustReport, report
from portal.cli.settings import NO, now, read_config, say
from portal.config import TRUST_HOLDS, Config
from portal.crypto.qualified.trust import read_trust
from portal.domain.times import stamp


@click.group()
def trust() -> None:
    """Whom the portal trusts about qualified signatures."""


@trust.command()
@click.option("--json", "as_json", is_flag=True, help="Answer for a script.")
def check(*, as_json: bool) -> None:
    """Say what is in PORTAL_TRUST_DIR, what expires when, and what is stale.

    Exit code 1 if anything has to be done now; what expires soon is a warning.
    """
    config = read_config()
    folder, at = _folder(config), now(config)
    found = report(read_trust(folder, greatest_age=config.crl_max_age), now=at, folder=folder)
    say("\n".join(_lines(found, folder, at)), _facts(found), as_json=as_json)
    if not found.is_good:
        sys.exit(NO)


@trust.command()
@click.option("--json", "as_json", is_flag=True, help="Answer for a script.")
def fetch(*, as_json: bool) -> None:
    """Fetch the lists of revoked certificates named in crls.txt, once.

    Exit code 1 if one did not come; what is there stays. portal worker does it by itself.
    """
    config = read_config()
    folder = _folder(config)
    wrong = read_addresses(folder).wrong
    done = fetch_all(folder, read_trust(folder, greatest_age=config.crl_max_age), now=now(config))
    facts = {"fetched": [_fetched(each) for each in done], "wrong_lines": [asdict(line) for line in wrong]}
    say("\n".join(_what_came(done, wrong)), facts, as_json=as_json)
    if wrong or not all(each.is_good for each in done):
        sys.exit(NO)


def _folder(config: Config) -> Path:
    if config.trust_dir is None:
        raise click.UsageError(f"Set PORTAL_TRUST_DIR: a directory with {TRUST_HOLDS}.")
    return config.trust_dir


def _lines(found: TrustReport, folder: Path, at: datetime) -> Iterator[str]:
    yield f"{folder}, към {stamp(at)}"
    yield from _authorities("Корени", found.roots)
    yield from _authorities("Издатели на КЕП", found.issuers)
    if found.stampers:
        yield from _authorities("Издатели на времеви печати", found.stampers)
    yield ""
    for note in sorted(found.notes, key=lambda note: note.is_warning):
        yield f"{'ВНИМАНИЕ' if note.is_warning else 'ПРОБЛЕМ'} {note.code} {note.thing}: {note.sentence}"
    problems = sum(not note.is_warning for note in found.notes)
    warnings = len(found.notes) - problems
    told = f" Предупреждения: {warnings}." if warnings else ""
    yield (
        f"Проблеми: {problems}." if problems else "Проблеми: няма." if warnings else "Всичко е наред."
    ) + told


def _authorities(title: str, authorities: tuple[AuthorityShown, ...]) -> Iterator[str]:
    yield ""
    yield f"{title}: {len(authorities)}"
    for authority in authorities:
        yield f"  {authority.name}"
        yield f"    SHA-256  {_in_pairs(authority.sha256)}"
        yield f"    важи до  {stamp(authority.valid_until)}"
        for crl in authority.lists:
            until = "без срок" if crl.next_update is None else f"до {stamp(crl.next_update)}"
            part = ", само за част от сертификатите" if crl.is_part else ""
            state = "актуален" if crl.is_fresh else "НЕ Е АКТУАЛЕН"
            yield f"    списък   от {stamp(crl.this_update)} {until} – {state}, записи: {crl.entries}{part}"


def _in_pairs(digest: str) -> str:
    """As authorities publish it and as openssl prints it."""
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2)).upper()


def _facts(found: TrustReport) -> dict[str, Any]:
    return {
        "ok": found.is_good,
        "roots": [_plain(asdict(authority)) for authority in found.roots],
        "issuers": [_plain(asdict(authority)) for authority in found.issuers],
        "stampers": [_plain(asdict(authority)) for authority in found.stampers],
        "notes": [asdict(note) for note in found.notes],
    }


def _plain(value: Any) -> Any:
    """The same with times as ISO text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _what_came(done: list[Fetched], wrong: Sequence[WrongLine]) -> Iterator[str]:
    for line in wrong:
        yield f"ПРОБЛЕМ wrong_address {FILE}:{line.line}: {line.sentence}"
    for each in done:
        yield f"{'ДОБРЕ' if each.is_good else 'ПРОБЛЕМ'} {each.code} {each.address.url}: {each.sentence}"
    if not done and not wrong:
        yield f"В {FILE} няма адреси. Запишете там адресите на списъците, по един на ред."


def _fetched(each: Fetched) -> dict[str, Any]:
    return {
        "address": each.address.url,
        "line": each.address.line,
        "code": each.code,
        "ok": each.is_good,
        "sentence": each.sentence,
    }
