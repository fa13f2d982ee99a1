"""``make bench``: every measurement, or the one that ``PART=`` names; exit 1 if a figure misses its limit."""

import sys
import tempfile
from pathlib import Path

from bench import (
    backup,
    beside,
    desks,
    doors,
    job,
    letters,
    loading,
    month,
    pages,
    passwords,
    purging,
    qualified,
    region,
    register,
    slow,
    throughput,
    turns,
    wire,
)
from bench.paper import diary, printed, sheet

PARTS = {
    "pages": lambda folder: all(
        [pages.measured(folder), wire.measured(folder / "wire"), slow.measured(folder / "slow")]
    ),
    "job": job.measured,
    "throughput": throughput.measured,
    "register": register.measured,
    "qualified": qualified.measured,
    "loading": lambda folder: all(
        [loading.measured(folder), turns.measured(folder / "turns"), beside.measured(folder / "beside")]
    ),
    "letters": letters.measured,
    "month": month.measured,
    "desks": lambda folder: all([desks.measured(folder), region.measured(folder / "region")]),
    "doors": doors.measured,
    "passwords": passwords.measured,
    "backup": backup.measured,
    "purging": purging.measured,
    "paper": lambda folder: all(
        [
            sheet.measured(folder / "sheet"),
            diary.measured(folder / "diary"),
            printed.measured(folder / "printed"),
        ]
    ),
}


def main(wanted: list[str]) -> int:
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(
            f"make bench has no part {', '.join(unknown)}; PART= is one of {', '.join(PARTS)}.",
            file=sys.stderr,
        )
        return 2
    with tempfile.TemporaryDirectory() as folder:
        within = [PARTS[name](Path(folder) / name) for name in wanted or PARTS]
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
