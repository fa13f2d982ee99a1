"""Some seconds of people's work while things break. Longer: ``python -m tests.faults``."""

import pytest

from tests.faults.working import work
from tests.storage.databases import close

SECONDS, LONGEST = 6, 1.0


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", ["1"])
def test_what_was_acknowledged_is_there_whatever_breaks(world, database, tmp_path, seed):
    close()  # gunicorn opens its own

    outcome = work(database, tmp_path, seed=seed, seconds=SECONDS, longest=LONGEST)

    assert outcome.findings.broken == [], str(outcome)
    assert outcome.acknowledged > 0
    assert sum(outcome.faults.values()) > 1
