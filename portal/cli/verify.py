"""portal verify: comparing the database with what was signed, checking every signature and the audit."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from portal.actions.verifying import Verified, steps_of
from portal.actions.verifying import verify as differences
from portal.actions.verifying.copies import check_copy
from portal.actions.verifying.finding import Finding
from portal.cli.checkpoint import read_checkpoint, write_checkpoint
from portal.cli.files import IN
from portal.cli.settings import NO, now, say, site, with_portal
from portal.config import Config
from portal.domain.month import Month


@click.command()
@click.argument("month", required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer for a script.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path), help="Compare the audit with heads kept in this file."
)
@click.option(
    "--write-checkpoint",
    "target",
    type=click.Path(path_type=Path),
    help="Keep the audit's heads in this file, if nothing differs. Take it to another machine.",
)
@click.option("--copy", type=IN, help="An institution's lines of MONTH's answer, to compare with it.")
@click.option("--answer", type=IN, help="With --copy: the answer as it was sent, instead of made again.")
@with_portal
def verify(  # click hands over each option by itself
    config: Config,
    month: str | None,
    as_json: bool,
    checkpoint: Path | None,
    target: Path | None,
    copy: Path | None,
    answer: Path | None,
) -> None:
    """Recompute signed content, signatures and the audit's chains; of one MONTH (2020-12) or of all.

    Exit code 1, and what differs, if anything does.
    """
    wanted = _month(month)
    if (answer is not None and copy is None) or (copy is not None and wanted is None):
        raise click.UsageError("--copy needs a MONTH, and --answer needs --copy.")
    heads = None if checkpoint is None else read_checkpoint(checkpoint)
    verified = Verified()
    with _progress(lambda: steps_of(wanted, heads), quiet=as_json) as step:
        findings = list(
            differences(wanted, verified=verified, checkpoint=heads, step=step, site=site(config))
        )
    if copy is not None and wanted is not None:
        sent = None if answer is None else answer.read_bytes()
        findings += check_copy(wanted, copy.read_bytes(), sent)
    if target is not None and not findings:
        write_checkpoint(target, verified.heads, now=now(config))
    lines = [*_lines(verified, findings)]
    if target is not None and findings:
        lines.append("Контролната точка не е записана: първо изяснете разликите.")
    say("\n".join(lines), _facts(verified, findings), as_json=as_json)
    if findings:
        sys.exit(NO)


def _month(text: str | None) -> Month | None:
    try:
        return None if text is None else Month.parse(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no month; write it as 2020-12.") from None


@contextmanager
def _progress(count: Callable[[], int], *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; nothing where the output is read by something else."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=count(), label="Проверка", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def _lines(verified: Verified, findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"РАЗЛИКА {finding.code} {finding.thing}: {finding.sentence}"
    for month, each in sorted(verified.figures.items()):
        yield (
            f"{month}: приключили {each.complete} от {each.due} (списък {each.lists}, "
            f"карантина {each.registers}), преброени от подписите и потвърдените месеци."
        )
    for month, count in sorted(verified.erased.items()):
        yield f"{month}: заличени след срока за съхранение списъци: {count}; те не се проверяват."
    yield (
        f"Проверени са {verified.lists} списъка, от тях {verified.signed} подписани, "
        f"и {verified.entries} записа в одита на {len(verified.heads)} места."
    )
    yield f"Разлики: {len(findings)}." if findings else "Всичко съвпада."


def _facts(verified: Verified, findings: list[Finding]) -> dict[str, object]:
    return {
        "ok": not findings,
        "lists": verified.lists,
        "signed": verified.signed,
        "audit_entries": verified.entries,
        "audit_chains": len(verified.heads),
        "erased": dict(verified.erased),
        "figures": {month: asdict(each) for month, each in verified.figures.items()},
        "findings": [asdict(finding) for finding in findings],
    }
