"""What РУО and the operator are shown of a register: that a month was confirmed, and when. Nothing else.

Every address that they may read is read before and after; what they see may not depend on what is inside.
"""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from portal.actions.register.months import confirm_month, say_nobody
from portal.storage.tables.db import db
from tests.actions.register.unlocked import add_envelope, draft, entered, opened_session, teacher
from tests.cast import MONTH, NOW, SITE, add_record
from tests.web.http.test_roles import PUBLIC, calls, expected

BROTHER = {"first_name": "Калоян", "id_number": "1043183143"}
INSTITUTIONS = f"/oversight/{MONTH}?region=22"
DECEMBER = {"placed_on": date(2020, 12, 7), "planned_until": date(2020, 12, 18)}
# Made anew in each answer, and of no register: the masked token, and how long a script may keep it.
ANEW = re.compile(r'name="csrf_token" value="[^"]*"|data-token="[^"]*"')


@pytest.fixture(params=["nora", "oleg"])
def pages(request, app, client, world):
    """What one of them reads now, everywhere: by address."""
    client.sign_in(getattr(world, request.param))
    kind = {"nora": "ruo", "oleg": "operator"}[request.param]
    addresses = sorted(
        call.address
        for call in calls(app)
        if call.method == "GET" and call.endpoint not in PUBLIC and kind in expected(call.endpoint)
    )
    assert f"/oversight/{MONTH}" in addresses
    addresses.append(INSTITUTIONS)
    return lambda: {address: ANEW.sub("", client.get(address).text) for address in addresses}


@pytest.fixture
def begin_anew(database, tmp_path, pages):
    """Put the database back to where it is now, so that two stories can be told from one beginning."""
    path = Path(database.removeprefix("sqlite:///"))
    db.close()
    shutil.copy(path, tmp_path / "beginning")

    def begin() -> None:
        db.close()
        shutil.copy(tmp_path / "beginning", path)

    return begin


def enter_three(ana) -> None:
    entered(ana, draft(**DECEMBER), teacher(**DECEMBER), draft(**DECEMBER, **BROTHER))


def test_entering_people_changes_nothing_that_they_see(pages, world):
    add_record()
    opened_session(world.ana)  # they do see on which day she came
    before = pages()
    enter_three(world.ana)

    assert differences(before, pages()) == []


def test_nobody_and_somebody_are_the_same_to_them(pages, begin_anew, world):
    add_envelope(world.ana)
    say_nobody(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
    nobody = pages()
    begin_anew()
    enter_three(world.ana)
    confirm_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)

    assert differences(nobody, pages()) == []


def test_that_it_was_confirmed_is_seen(pages, world):
    """Else the tests above might compare pages that show nothing at all."""
    before = pages()
    add_envelope(world.ana)
    say_nobody(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)

    assert INSTITUTIONS in [address for address, _, _ in differences(before, pages())]


def differences(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str, str]]:
    """Address and the first words that differ."""
    found = []
    for address, text in before.items():
        if text != after[address]:
            lines = zip(text.splitlines(), after[address].splitlines(), strict=False)
            found.append((address, *next((pair for pair in lines if pair[0] != pair[1]), ("", ""))))
    return found
