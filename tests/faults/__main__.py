"""``make faults``: people's work for minutes while things break, on SQLite and on a PostgreSQL of its own.

As root the databases lie on a small disk, which is filled as well. Exit 1, and the promises that were broken,
if there are any; the seed that is printed makes people and faults choose the same again.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from portal.storage.schema.upgrade import upgrade_database
from tests.cast import World
from tests.faults.breaking import Cluster, newest
from tests.faults.working import Outcome, work
from tests.served import free_port
from tests.storage.databases import opened

SMALL = "400m"  # of the disk: PostgreSQL begins with 90
LONGEST = 12.0  # seconds: more than anybody's wait for the database


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--seconds", type=float, default=300, help="on each of the two databases")
    parser.add_argument("--seed", default=secrets.token_hex(3))
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}, {wanted.seconds:.0f} s on each database", flush=True)
    outcomes = [on(wanted.seed, wanted.seconds) for on in (_on_sqlite, _on_postgres)]
    return 1 if any(outcome and outcome.findings.broken for outcome in outcomes) else 0


def _on_sqlite(seed: str, seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory() as folder, _small_disk(Path(folder)) as disk:
        database = f"sqlite:///{(disk or Path(folder)) / 'portal.db'}"
        return _shown("SQLite", _worked(database, Path(folder), seed, seconds, disk))


def _on_postgres(seed: str, seconds: float) -> Outcome | None:
    if newest("initdb") is None:
        print("PostgreSQL: not installed here")
        return None
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as folder, _small_disk(Path(folder)) as disk:
        home = (disk or Path(folder)) / "home"
        home.mkdir()
        for path in (Path(folder), home.parent, home):
            path.chmod(0o777 if path is home else 0o755)
        cluster = Cluster(home / "data", free_port(), user)
        cluster.make()
        try:
            return _shown("PostgreSQL", _worked(cluster.url, Path(folder), seed, seconds, disk, cluster))
        finally:
            cluster.stop("immediate")


def _worked(database: str, folder: Path, seed: str, seconds: float, *more: object) -> Outcome:
    with opened(database):
        upgrade_database()
        World.made()
    disk, cluster = (*more, None)[:2]
    return work(database, folder, seed=seed, seconds=seconds, longest=LONGEST, disk=disk, cluster=cluster)  # type: ignore[arg-type]


def _shown(name: str, outcome: Outcome) -> Outcome:
    print(f"\n{name}: {outcome}", flush=True)
    return outcome


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """A file system of its own, if it may be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        print("the disk is not filled: no file system may be mounted here")
        with nullcontext():
            yield None
        return
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


if __name__ == "__main__":
    sys.exit(main())
