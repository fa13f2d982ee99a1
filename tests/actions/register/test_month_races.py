"""„Няма лица“ while somebody is being entered: the month is never called empty wrongly, whoever is first."""

from datetime import date

import pytest

from portal.actions.register.entering import enter
from portal.actions.register.months import read_month, say_nobody
from portal.domain.errors import Conflict
from portal.storage.tables.db import connected
from portal.storage.tables.register import RegisterMonth
from tests.actions.register.unlocked import add_envelope, draft, opened_session
from tests.cast import MONTH, NOW, SITE
from tests.storage.together import at_once

SOMEBODY = draft(placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18))


@pytest.mark.parametrize("attempt", range(5))
def test_nobody_and_somebody_at_once(world, attempt):
    add_envelope(world.ana)
    word, pen = opened_session(world.ana), opened_session(world.ana)

    results = at_once(
        lambda: say_nobody(world.ana, word, MONTH, site=SITE, now=NOW),
        lambda: enter(world.ana, pen, [SOMEBODY], site=SITE, now=NOW),
    )

    assert [type(result) for result in results if isinstance(result, Exception)] in ([], [Conflict])
    with connected():
        found = read_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW).found
        assert len(found.children) == 1
        row = RegisterMonth.get_or_none()
        assert row is None or row.confirmed_at is None
