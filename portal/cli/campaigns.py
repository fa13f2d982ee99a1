"""portal campaign: loading АСП's list, setting its window, returning rejected lines, writing the answer."""

from datetime import datetime
from pathlib import Path

import click

from portal.actions.campaigns.answers import Made, make_answer
from portal.actions.campaigns.correcting import make_correction
from portal.actions.campaigns.sending import say_sent
from portal.actions.campaigns.window import Days, set_window, warnings_of
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.ended import load_ended
from portal.cli.files import IN, OUT, source, watch, write, written
from portal.cli.loads import MONTH, as_json, finish
from portal.cli.settings import now, say, with_portal
from portal.config import Config
from portal.domain.calendar import long_date
from portal.domain.decisions import Decision
from portal.domain.month import Month
from portal.exchange.asp_list import write_rejects
from portal.storage.campaigns.loads import last_load
from portal.storage.campaigns.rejects import rejects_of

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def campaign() -> None:
    """One month for which АСП asks."""


@campaign.command("load")
@click.argument("file", type=IN)
@click.option("--opens", type=DAY, help="First day of the window.")
@click.option("--closes", type=DAY, help="Last day of the window.")
@as_json
@with_portal
def load_command(
    config: Config, file: Path, opens: datetime | None, closes: datetime | None, as_json: bool
) -> None:
    """Load АСП's list (ASPCONFMMYY.txt). Exit code 1 if a line was rejected."""
    if (opens is None) != (closes is None):
        raise click.UsageError("Give both --opens and --closes, or neither.")
    window = None
    if opens is not None and closes is not None:
        window = _window(config, opens, closes)
    with source(file) as opened:
        done = load_asp_list(None, opened, window=window, watch=watch(), now=now(config))
        finish(done, as_json=as_json)


@campaign.command()
@click.argument("month", type=MONTH)
@click.option("--opens", type=DAY, required=True, help="First day.")
@click.option("--closes", type=DAY, required=True, help="Last day, to its end.")
@with_portal
def window(config: Config, month: Month, opens: datetime, closes: datetime) -> None:
    """Set or move the days on which lists can be worked on."""
    days = _window(config, opens, closes)
    set_window(None, month, days, now=now(config))
    click.echo(f"{month.label}: от {long_date(days.opens_on)} до края на {long_date(days.closes_on)}.")


def _window(config: Config, opens: datetime, closes: datetime) -> Days:
    days = Days(opens.date(), closes.date())
    for warning in warnings_of(days, now=now(config)):
        click.echo(warning, err=True)
    return days


@campaign.command()
@click.argument("month", type=MONTH)
@click.option("--out", type=OUT, required=True, help="Where to write them.")
@click.option("--ended", is_flag=True, help="Of the list of what was ended, not of the month's list.")
@with_portal
def rejects(config: Config, month: Month, out: Path, ended: bool) -> None:
    """Write the lines that the newest load of the month rejected, each with its number and faults."""
    done = last_load(month, ended=ended)
    write(out, write_rejects((number, line, (faults,)) for number, line, faults in rejects_of(done)))
    click.echo(f"{out}: {done.rejected} отхвърлени реда от {done.file_name}.")


@campaign.command()
@click.argument("month", type=MONTH)
@click.option("--out", type=OUT, required=True, help="Where to write it; FILE.manifest.json goes beside it.")
@click.option("--final", is_flag=True, help="The answer that goes to АСП and ends the campaign.")
@as_json
@with_portal
def answer(config: Config, month: Month, out: Path, final: bool, as_json: bool) -> None:
    """Write the answer to АСП (F2): a preview, or with --final, after the deadline, the one that counts."""
    with written(out) as stream:
        made = make_answer(None, month, stream, now=now(config), final=final)
    what = "окончателен отговор" if final else "предварителен файл, не се изпраща на АСП"
    _say_made(out, month, made, what, {"final": final}, as_json=as_json)


@campaign.command()
@click.argument("month", type=MONTH)
@click.option("--on", "day", type=DAY, required=True, help="The day on which it was handed over.")
@with_portal
def sent(config: Config, month: Month, day: datetime) -> None:
    """Say that the final answer was handed to АСП on this day: the institutions read it from then on."""
    done = say_sent(None, month, day.date(), now=now(config))
    assert done.sent_on is not None
    click.echo(f"{month.label}: отговорът е изпратен на АСП на {long_date(done.sent_on)}.")


@campaign.command()
@click.argument("file", type=IN)
@as_json
@with_portal
def ended(config: Config, file: Path, as_json: bool) -> None:
    """Load what АСП did after the answer (ASPENDMMYY.txt). Exit code 1 if a line was rejected."""
    with source(file) as opened:
        finish(load_ended(None, opened, watch=watch(), now=now(config)), as_json=as_json)


@campaign.command()
@click.argument("month", type=MONTH)
@click.option("--out", type=OUT, required=True, help="Where to write it; FILE.manifest.json goes beside it.")
@as_json
@with_portal
def correction(config: Config, month: Month, out: Path, as_json: bool) -> None:
    """Write the correction of the answer (F2): of what was signed anew after it, only what changed."""
    with written(out) as stream:
        made = make_correction(None, month, stream, now=now(config))
    what = "поправка на окончателния отговор"
    _say_made(out, month, made, what, {"correction": True}, as_json=as_json)


def _say_made(
    out: Path, month: Month, made: Made, what: str, kind: dict[str, object], *, as_json: bool
) -> None:
    """Write the manifest beside the file, and say what is in it."""
    beside = out.with_name(f"{out.name}.manifest.json")
    write(beside, [made.manifest])
    counts = {decision.code: made.decisions[decision] for decision in Decision}
    told = {**kind, "month": str(month), "records": made.records, "sha256": made.sha256} | counts
    lines = [
        f"{out}: {what}, {made.records} записа",
        f"потвърдени {counts['confirmed']}, отказани {counts['refused']}, без информация {counts['pending']}",
        f"SHA-256 {made.sha256}",
        str(beside),
    ]
    say("\n".join(lines), told, as_json=as_json)
