"""portal.actions.register.keys.rotation.renew_key: rows that only look like grants get no key."""

from datetime import date

import pytest

from portal.actions.keys.passwords import make_keys, stretched_for
from portal.actions.register.keys.opened import NoKey, opened
from portal.actions.register.keys.rotation import renew_key
from portal.crypto.grants import GrantContext, seal_grant
from portal.crypto.register import new_collection_key
from portal.domain.people import Scope
from portal.storage.tables.db import writing
from portal.storage.tables.people import Delegation, User, UserKey
from portal.storage.tables.register import Collection, Envelope, Grant
from tests.actions.register.unlocked import add_envelope, entered, kept, private_of, register_of
from tests.cast import NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE

JUNK = b"\x01" + bytes(120)


@pytest.fixture
def ana(world):
    """Her register is begun; Дора may keep it too."""
    world.delegate(Scope.REGISTER)
    entered(world.ana)
    return world.ana


def forge(holder: str, sealed: bytes = JUNK, **whose) -> None:
    """What somebody who writes to the database can do."""
    Grant.create(
        collection=Collection.get(),
        epoch=1,
        holder=holder,
        scope="full",
        sealed=sealed,
        made_at=NOW,
        made_by=1,
        **whose,
    )


def renewed(ana) -> set[str]:
    """Who has the key after it was renewed."""
    with writing():
        renew_key(register_of(ana), site=SITE, now=NOW)
    assert kept(ana)[0].entry is not None
    return {grant.holder for grant in Grant.select()}


def holders(world) -> set[str]:
    return {
        f"user:{world.ana.user_id}",
        f"user:{world.dora.user_id}",
        f"envelope:{Envelope.get(Envelope.institution == SCHOOL).id}",
    }


def key_of(person) -> UserKey:
    return UserKey.get(UserKey.user == person.user_id)


def test_those_who_have_it_keep_it(ana, world):
    assert renewed(ana) == holders(world)


def test_the_neighbours_director_gets_none(ana, world):
    forge(f"user:{world.boris.user_id}", key=key_of(world.boris))

    assert renewed(ana) == holders(world)


def test_nor_with_a_true_grant_of_a_key_of_his_own(ana, world):
    holder, key = f"user:{world.boris.user_id}", key_of(world.boris)
    context = GrantContext(SCHOOL, Collection.get().id, 1, holder, "full")
    forge(holder, seal_grant(bytes(key.x25519_public), new_collection_key(), context), key=key)

    assert renewed(ana) == holders(world)


def test_nor_when_his_account_was_moved_into_the_institution(ana, world):
    User.update(institution=SCHOOL).where(User.id == world.boris.user_id).execute()
    forge(f"user:{world.boris.user_id}", key=key_of(world.boris))

    assert renewed(ana) == holders(world)


def test_nor_the_neighbours_envelope(ana, world):
    add_envelope(world.boris, world.boris.institution)
    theirs = Envelope.get(Envelope.institution == world.boris.institution)
    forge(f"envelope:{theirs.id}", envelope=theirs)

    assert renewed(ana) == holders(world)


def test_nor_a_grant_copied_from_another_holder(ana, world):
    sealed = bytes(Grant.get(Grant.holder == f"user:{world.ana.user_id}").sealed)
    forge(f"user:{world.boris.user_id}", sealed, key=key_of(world.boris))

    assert renewed(ana) == holders(world)


def test_nor_a_grant_that_is_nobodys(ana, world):
    forge("user:0")

    assert renewed(ana) == holders(world)


def test_whose_password_was_reset_gets_none_and_is_not_called_a_forger(ana, world, caplog):
    dora = User.get_by_id(world.dora.user_id)
    with writing():
        make_keys(dora, stretched_for(dora, PASSWORD), site=SITE, now=NOW)

    assert renewed(ana) == holders(world) - {f"user:{dora.id}"}
    assert not [said for said in caplog.records if said.levelname == "ERROR"]


def test_what_others_hold_is_left_alone(ana, world, caplog):
    entered(world.boris)
    theirs = [(grant.id, bytes(grant.sealed)) for grant in _grants_of(OTHER_SCHOOL)]

    renewed(ana)

    assert [(grant.id, bytes(grant.sealed)) for grant in _grants_of(OTHER_SCHOOL)] == theirs
    assert not [said for said in caplog.records if said.levelname == "ERROR"]


def _grants_of(institution: str) -> list[Grant]:
    return list(Grant.select().join(Collection).where(Collection.institution == institution))


@pytest.mark.parametrize("change", [{"scope": "full"}, {"until": date(2031, 1, 1)}, {"epoch": 2}])
def test_a_grant_that_was_altered_opens_nothing_and_is_not_renewed(ana, world, change):
    holder = f"user:{world.dora.user_id}"
    Grant.update(**change).where(Grant.holder == holder).execute()

    with pytest.raises(NoKey):
        opened(Collection.get(), world.dora, private_of(world.dora), site=SITE, now=NOW)
    assert renewed(ana) == holders(world) - {holder}


def test_a_grant_that_was_put_back_after_a_renewal_opens_nothing(ana, world):
    holder = f"user:{world.dora.user_id}"
    before = Grant.get(Grant.holder == holder)
    Delegation.update(revoked_at=NOW).execute()
    assert holder not in renewed(ana)
    forge(holder, bytes(before.sealed), key=key_of(world.dora))
    Grant.update(scope=before.scope, until=before.until).where(Grant.holder == holder).execute()

    with pytest.raises(NoKey):
        opened(Collection.get(), world.dora, private_of(world.dora), site=SITE, now=NOW)
    Delegation.update(revoked_at=None).execute()
    assert holder not in renewed(ana)
