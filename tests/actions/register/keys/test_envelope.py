"""portal.actions.register.keys.envelopes and proposals: the code printed, typed back, renewed and checked."""

from datetime import timedelta

import pytest

from portal.actions.register.entering import enter
from portal.actions.register.keys.envelopes import confirm, rehearse
from portal.actions.register.keys.opened import NoKey
from portal.actions.register.keys.proposals import propose, read_proposal, seal_proposal
from portal.actions.register.keys.session import Locked, lock
from portal.crypto.envelope import groups
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Scope
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.register import Collection, Entry, Envelope, Grant
from tests.actions.register.keys.keepers import collection, names_seen, swap_key
from tests.actions.register.unlocked import add_envelope, draft, entered, opened_session, session_of
from tests.cast import NOW, SCHOOL, SITE
from tests.mail.letters import readers

HOUR = timedelta(hours=1)


def typed_back(proposal):
    return {number: groups(proposal.code)[number - 1] for number in proposal.asked}


def make(director, *, session=None, proposal=None, typed=None, now=NOW):
    """The code of the envelope that the director made."""
    proposal = proposal or propose(now)
    typed = typed_back(proposal) if typed is None else typed
    confirm(director, session or opened_session(director), proposal, typed, site=SITE, now=now)
    return proposal.code


def envelopes():
    return [row.id for row in Envelope.select().where(Envelope.retired_at.is_null())]


def test_nothing_is_entered_before_it(world):
    session = opened_session(world.ana)
    with pytest.raises(Conflict, match="Първо направете плика"):
        enter(world.ana, session, [draft()], site=SITE, now=NOW)
    assert (Collection.select().count(), Entry.select().count()) == (0, 0)


def test_two_groups_typed_back_make_it(world):
    code = make(world.ana)

    assert len(envelopes()) == 1
    rehearse(world.ana, code, site=SITE, now=NOW)
    entry = AuditEntry.get(AuditEntry.what == "register_envelope_made")
    assert (entry.chain, entry.who, entry.object) == (SCHOOL, world.ana.user_id, f"envelope:{envelopes()[0]}")
    assert readers("envelope_made") == ["ana@example.org", "dora@example.org"]


def test_asks_for_two_different_groups_of_fourteen(world):
    asked = [propose(NOW).asked for _ in range(200)]
    assert all(1 <= first < second <= 14 for first, second in asked)
    assert {number for pair in asked for number in pair} == set(range(1, 15))


def test_takes_the_groups_as_people_type_them(world):
    proposal = propose(NOW)
    make(world.ana, proposal=proposal, typed={n: f" {g.lower()} " for n, g in typed_back(proposal).items()})
    assert envelopes() == [proposal.envelope]


@pytest.mark.parametrize("wrong", ["", "ABC", "что?"])
def test_refuses_each_group_that_is_not_on_the_paper(world, wrong):
    proposal = propose(NOW)
    first, second = proposal.asked
    with pytest.raises(Refusal) as refusal:
        make(world.ana, proposal=proposal, typed={first: wrong})
    fields = [refusal.value.field, *(other.field for other in refusal.value.also)]
    assert fields == [f"group_{first}", f"group_{second}"]
    assert envelopes() == []


def test_the_groups_count_only_in_their_own_places(world):
    proposal = propose(NOW)
    first, second = proposal.asked
    right = typed_back(proposal)
    with pytest.raises(Refusal):
        make(world.ana, proposal=proposal, typed={first: right[second], second: right[first]})


def test_the_page_carries_the_proposal_sealed_for_one_hour(world):
    proposal = propose(NOW)
    text = seal_proposal(world.ana, proposal, site=SITE)

    assert proposal.code not in text
    assert read_proposal(world.ana, text, site=SITE, now=NOW + HOUR - timedelta(seconds=1)) == proposal
    with pytest.raises(Conflict, match="повече от час"):
        read_proposal(world.ana, text, site=SITE, now=NOW + HOUR)
    with pytest.raises(Conflict, match="нов код"):
        read_proposal(world.boris, text, site=SITE, now=NOW)
    for changed in ("", "zz", text[:-2], text[:-1] + ("0" if text[-1] != "0" else "1")):
        with pytest.raises(Conflict, match="нов код"):
            read_proposal(world.ana, changed, site=SITE, now=NOW)


def test_sent_twice_it_is_made_once(world):
    proposal = propose(NOW)
    make(world.ana, proposal=proposal)
    make(world.ana, proposal=proposal)
    assert envelopes() == [proposal.envelope]
    assert AuditEntry.select().where(AuditEntry.what.startswith("register_envelope")).count() == 1


def test_a_new_one_opens_everything_and_the_old_one_nothing(world):
    old = make(world.ana)
    entered(world.ana)
    epoch = collection().epoch
    new = make(world.ana)

    rehearse(world.ana, new, site=SITE, now=NOW)
    with pytest.raises(Refusal, match="не отваря сегашния плик") as refusal:
        rehearse(world.ana, old, site=SITE, now=NOW)
    assert refusal.value.field == "code"
    assert collection().epoch == epoch + 1  # what the old code could open is gone
    assert Grant.select().where(Grant.envelope.is_null(False)).count() == 1
    assert names_seen(world.ana) == [draft().names]
    assert AuditEntry.select().where(AuditEntry.what == "register_envelope_renewed").count() == 1


def test_a_new_one_needs_the_register_open(world):
    old = make(world.ana)
    entered(world.ana)
    session = opened_session(world.ana)
    lock(session)
    with pytest.raises(Locked):
        make(world.ana, session=session_of(session.token))
    rehearse(world.ana, old, site=SITE, now=NOW)  # it is as it was


def test_a_new_one_needs_a_key_to_the_register_of_every_year(world):
    old = make(world.ana)
    entered(world.ana)
    later = NOW + timedelta(days=250)  # in the school year after it
    of_october = draft(placed_on=later.date(), planned_until=later.date() + timedelta(days=10))
    entered(world.ana, of_october, now=later)
    first = Collection.select().order_by(Collection.school_year).first()
    theirs = (Grant.collection == first) & (Grant.holder == f"user:{world.ana.user_id}")
    assert Grant.delete().where(theirs).execute() == 1

    with pytest.raises(NoKey, match="за всяка учебна година"):
        make(world.ana, session=opened_session(world.ana, now=later), now=later)
    rehearse(world.ana, old, site=SITE, now=later)  # it is as it was


def test_a_new_one_before_the_first_entry_needs_no_key(world):
    make(world.ana)
    session = opened_session(world.ana)
    lock(session)
    code = make(world.ana, session=session_of(session.token))
    entered(world.ana)

    rehearse(world.ana, code, site=SITE, now=NOW)

    (made,) = envelopes()
    assert Envelope.get_by_id(made).rehearsed_at == NOW


def test_covers_a_school_year_that_begins_later(world):
    code = make(world.ana)
    entered(world.ana)
    rehearse(world.ana, code, site=SITE, now=NOW)
    assert Envelope.get().rehearsed_at == NOW


def test_a_checked_code_is_noted_and_a_slip_is_called_one(world):
    code = make(world.ana)
    later = NOW + timedelta(days=300)
    rehearse(world.ana, code.lower().replace("-", " "), site=SITE, now=later)
    assert Envelope.get().rehearsed_at == later

    with pytest.raises(Refusal, match="Група 14 е преписана с грешка") as refused:
        rehearse(world.ana, code[:-1] + ("2" if code[-1] != "2" else "3"), site=SITE, now=later)
    assert refused.value.field == "group_14"
    with pytest.raises(Refusal, match="преписан с грешка"):
        rehearse(world.ana, "", site=SITE, now=later)


def test_a_check_is_in_the_audit_and_of_this_envelope_alone(world):
    make(world.boris)
    code = make(world.ana)
    rehearse(world.ana, code, site=SITE, now=NOW)

    checked = {envelope.institution_id: envelope.rehearsed_at for envelope in Envelope.select()}
    assert checked == {SCHOOL: NOW, world.boris.institution: None}
    entry = AuditEntry.get(AuditEntry.what == "register_envelope_checked")
    ours = Envelope.get(Envelope.institution == SCHOOL)
    assert (entry.chain, entry.who, entry.object) == (SCHOOL, world.ana.user_id, f"envelope:{ours.id}")


def test_a_check_notices_that_the_envelope_opens_the_register_no_more(world):
    code = make(world.ana)
    entered(world.ana)
    Grant.delete().where(Grant.envelope.is_null(False)).execute()
    with pytest.raises(Conflict, match="не са онези"):
        rehearse(world.ana, code, site=SITE, now=NOW)
    assert Envelope.get().rehearsed_at is None


def test_a_swapped_envelope_gets_nothing(world):
    code = make(world.ana)
    entered(world.ana)
    Envelope.update(public=b"x" * 32).execute()
    with pytest.raises(Conflict, match="Публичният ключ на плика"):
        rehearse(world.ana, code, site=SITE, now=NOW)


def test_a_swapped_envelope_stops_a_new_school_year(world):
    make(world.ana)
    Envelope.update(public=b"x" * 32).execute()
    with pytest.raises(Conflict, match="Публичният ключ на плика"):
        entered(world.ana)
    assert Grant.select().count() == 0


def test_a_swapped_person_stops_a_new_envelope(world):
    world.delegate(Scope.REGISTER)
    make(world.ana)
    entered(world.ana)
    before = envelopes()
    swap_key(world.dora.user_id)
    with pytest.raises(Conflict, match="Дора Илиева"):
        make(world.ana)
    assert envelopes() == before


def test_is_the_institutions_own(world):
    code = make(world.ana)
    with pytest.raises(Conflict, match="няма плик"):
        rehearse(world.boris, code, site=SITE, now=NOW)
    add_envelope(world.boris, world.boris.institution)
    with pytest.raises(Refusal, match="не отваря сегашния плик"):
        rehearse(world.boris, code, site=SITE, now=NOW)
