"""A process that is killed while it renews a register's key leaves the old epoch whole, or the new one."""

import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pytest

from portal.actions.people.delegations import change, revoke
from portal.domain.delegations import Terms
from portal.domain.people import Scope
from portal.storage.people.delegations import standing
from portal.storage.tables.people import Delegation, Login
from portal.storage.tables.register import Grant
from tests.actions.register.keys.keepers import as_person, collection, holders, names_seen
from tests.actions.register.unlocked import draft, entered, opened_session, session_of, teacher
from tests.cast import NOW, SITE

KEEPS = Terms(frozenset({Scope.REGISTER}), "РД-21/28.01.2021", date(2021, 3, 31))
ROOT = Path(__file__).parents[4]

CHILD = """
    import sys, time
    import portal.actions.people.delegations as delegations
    import portal.actions.register.keys.rotation as rotation
    from portal.storage.tables.db import connected, open_database
    from tests.cast import NOW, SITE
    from tests.actions.register.keys.keepers import as_person
    from tests.actions.register.unlocked import session_of

    url, person, delegation, token, where, name = sys.argv[1:]

    def here(*args, **kwargs):
        print("here", flush=True)
        time.sleep(60)

    if where:
        setattr({"rotation": rotation, "delegations": delegations}[where], name, here)
    open_database(url)
    with connected():
        director = as_person(int(person))
        delegations.revoke(director, int(delegation), session=session_of(token), site=SITE, now=NOW)
        here()
"""


@pytest.fixture
def keeping(world):
    """Two people stand in the register; Дора holds its key beside Ana."""
    entered(world.ana, draft(), teacher())
    row = standing(world.dora.user_id)
    change(world.ana, row.id, KEEPS, session=opened_session(world.ana), site=SITE, now=NOW)
    return world


def kill_while_revoking(url, world, tmp_path, where, name):
    """Another process revokes Дора's authorisation, and is killed as it comes to this function."""
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(CHILD), "utf-8")
    token = opened_session(world.ana).token
    row = standing(world.dora.user_id)
    arguments = [url, str(world.ana.user_id), str(row.id), token, where, name]
    with subprocess.Popen(
        [sys.executable, str(script), *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout.readline() == "here\n"
        child.kill()
        assert child.wait() == -9
    return token


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("rotation", "reseal_others"),  # the entries are sealed anew, the register is not
        ("rotation", "give"),  # the register has its next epoch, and nobody a grant
        ("delegations", "end_logins"),  # everything is done but the end of the transaction
    ],
)
def test_killed_before_the_end_it_never_happened(database, keeping, tmp_path, where, name):
    opened_session(keeping.dora)
    token = kill_while_revoking(database, keeping, tmp_path, where, name)

    assert (collection().epoch, collection().rotation_due_at) == (1, None)
    assert standing(keeping.dora.user_id) is not None
    assert Login.select().where(Login.user == keeping.dora.user_id).exists()
    assert holders() == {f"user:{keeping.ana.user_id}", f"user:{keeping.dora.user_id}", "envelope"}
    both = sorted([draft().names, teacher().names])
    assert sorted(names_seen(keeping.ana)) == both
    assert sorted(names_seen(as_person(keeping.dora.user_id))) == both

    row = standing(keeping.dora.user_id)  # nothing is stuck: done again, it is done
    assert revoke(keeping.ana, row.id, session=session_of(token), site=SITE, now=NOW) is True
    assert (collection().epoch, sorted(names_seen(keeping.ana))) == (2, both)


def test_killed_after_the_end_it_is_done(database, keeping, tmp_path):
    kill_while_revoking(database, keeping, tmp_path, "", "")

    assert (collection().epoch, holders()) == (2, {f"user:{keeping.ana.user_id}", "envelope"})
    assert {grant.epoch for grant in Grant.select()} == {2}
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 0
    assert sorted(names_seen(keeping.ana)) == sorted([draft().names, teacher().names])
    assert names_seen(as_person(keeping.dora.user_id)) is None
