"""A file with the audit's heads, kept elsewhere, against which a shortened or rewritten audit shows."""

import json
import re
from datetime import datetime
from pathlib import Path

import click

from portal.actions.verifying.chains import Head, Heads
from portal.domain.signing.declaration import timestamp

FORMAT = "portal.audit.checkpoint.1"
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def write_checkpoint(path: Path, heads: Heads, *, now: datetime) -> None:
    """Whole or not at all: an older checkpoint stays until the new one is on the disk."""
    content = {
        "format": FORMAT,
        "made_at": timestamp(now),
        "heads": {chain: [head.sequence, head.digest] for chain, head in sorted(heads.items())},
    }
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        draft.replace(path)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}.") from None


def read_checkpoint(path: Path) -> Heads:
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ValueError
        return {chain: _head(*head) for chain, head in content["heads"].items()}
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise click.UsageError(f"{path} is no checkpoint of the audit.") from None


def _head(sequence: int, digest: str) -> Head:
    if not isinstance(sequence, int) or _DIGEST.fullmatch(digest) is None:
        raise ValueError
    return Head(sequence, digest)
