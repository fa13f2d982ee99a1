"""portal.actions.people.importing: examine, bring_in"""

import io
from datetime import timedelta

import pytest

from portal.actions.people import importing
from portal.actions.people.importing import CLOSED, UNKNOWN, Outcome, bring_in, examine
from portal.actions.people.invitations import TAKEN, resend
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Role
from portal.domain.times import today
from portal.storage.people.uninvited import not_activated, to_remind, undirected, with_invited, written_at
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import connected, db
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from tests.cast import FAR_SCHOOL, NOW, OTHER_SCHOOL, SCHOOL, SITE
from tests.mail.letters import readers
from tests.statements import noted

HEADER = "code;name;email;role\n"
NEW = f"{FAR_SCHOOL};Нов Директор;new@example.org;director"
EXPERT = "22;Нора Втора;nora2@example.org;ruo"
LATER = NOW + timedelta(days=2)


def examined(*lines, now=NOW):
    return examine(io.BytesIO((HEADER + "\n".join(lines)).encode()), now=now)


def outcomes(lines):
    return [each.outcome for each in lines]


def brought(*lines, again=False, now=NOW):
    return bring_in(None, examined(*lines, now=now), again=again, site=SITE, now=now)


def test_says_what_becomes_of_each_line_and_stores_nothing(world):
    before = User.select().count()
    lines = examined(
        NEW,
        f"{SCHOOL};Ема Колева;ema@example.org;director",
        f"{SCHOOL};Друга Колева;other@example.org;director",
        f"{OTHER_SCHOOL};Ема Колева;EMA@example.org;director",
        "9999999;Никой;nobody@example.org;director",
        EXPERT,
    )
    refused = Outcome.REFUSED
    assert outcomes(lines) == [Outcome.NEW, Outcome.CHANGE, refused, refused, refused, Outcome.NEW]
    assert lines[1].now == world.ana.name
    assert [each.faults for each in lines[2:5]] == [
        ("институцията вече има директор на ред 3",),
        ("адресът се повтаря: валиден е ред 3",),
        (UNKNOWN,),
    ]
    assert User.select().count() == before
    assert readers() == []


def test_a_refused_line_stands_in_nobodys_way(world):
    lines = examined(
        "9999999;Нов Директор;new@example.org;director",  # an unknown institution
        NEW,
        f"{OTHER_SCHOOL};Ема Колева;{world.ana.email};director",  # somebody else's address
        f"{OTHER_SCHOOL};Ема Колева;ema@example.org;director",
        f"{SCHOOL};Ема Колева;ema@example.org;director",  # the address repeats
        f"{SCHOOL};Друга Колева;other@example.org;director",
    )
    assert [each.faults for each in lines] == [
        (UNKNOWN,), (), (TAKEN,), (), ("адресът се повтаря: валиден е ред 5",), (),
    ]  # fmt: skip


def test_lines_far_apart_take_from_each_other(world):
    unknown = (f"{n:07d};Директор;d{n}@example.org;director" for n in range(1500))
    assert examined(NEW, *unknown, NEW)[-1].faults == ("адресът се повтаря: валиден е ред 2",)


def test_who_has_access_already_keeps_it_and_nobody_elses_address_is_given(world):
    lines = examined(
        f"{SCHOOL};Ана;{world.ana.email.upper()};director", f"{FAR_SCHOOL};Борис;{world.boris.email};director"
    )
    assert outcomes(lines) == [Outcome.SAME, Outcome.REFUSED]
    assert lines[1].faults == (TAKEN,)


def test_a_closed_institution_gets_no_director(world):
    Institution.update(closed_on=today(NOW)).where(Institution.code == FAR_SCHOOL).execute()
    (line,) = examined(NEW)
    assert (line.outcome, line.faults) == (Outcome.REFUSED, (CLOSED,))
    assert outcomes(examined(NEW, now=NOW - timedelta(days=1))) == [Outcome.NEW]


def test_invites_who_is_new_and_the_same_file_twice_changes_nothing(world):
    assert outcomes(brought(NEW, EXPERT)) == [Outcome.NEW, Outcome.NEW]
    assert sorted(readers()) == ["new@example.org", "nora2@example.org"]
    new = User.get(User.email == "new@example.org")
    assert (new.role, new.institution_id, new.name) == (Role.DIRECTOR, FAR_SCHOOL, "Нов Директор")
    assert AuditEntry.select().where(AuditEntry.what == "invited").count() == 2

    assert outcomes(brought(NEW, EXPERT)) == [Outcome.AGAIN, Outcome.AGAIN]
    assert len(readers()) == 2


def test_who_did_not_activate_is_invited_again_where_that_is_asked(world):
    brought(NEW)
    brought(NEW, again=True, now=LATER)
    assert readers() == ["new@example.org"] * 2
    brought(NEW, again=True, now=LATER)  # pressed twice
    assert len(readers()) == 2


def test_and_nobody_else_is(world):
    """Who is in is not refused either."""
    lines = brought(f"{OTHER_SCHOOL};{world.boris.name};{world.boris.email};director", again=True)
    assert outcomes(lines) == [Outcome.SAME]
    assert readers() == []


def test_a_line_that_somebody_else_was_quicker_with_is_refused_alone(world):
    lines = examined(NEW, EXPERT)
    brought(f"{OTHER_SCHOOL};Друг;new@example.org;director")
    done = bring_in(None, lines, site=SITE, now=NOW)
    assert outcomes(done) == [Outcome.REFUSED, Outcome.NEW]
    assert done[0].faults == (TAKEN,)


def test_who_was_stopped_between_page_and_button_is_refused_alone(world, monkeypatch):
    brought(NEW)

    def stopped(*args, **kwargs):
        raise Conflict("Достъпът е спрян.")

    monkeypatch.setattr(importing, "resend", stopped)
    assert outcomes(brought(NEW, EXPERT, again=True, now=LATER)) == [Outcome.REFUSED, Outcome.NEW]


def test_the_address_of_a_stopped_account_is_free(world):
    User.update(disabled_at=NOW).where(User.id == world.vyara.user_id).execute()
    line = f"{FAR_SCHOOL};Нов Директор;{world.vyara.email};director"
    assert outcomes(brought(line)) == [Outcome.NEW]


def test_what_is_no_such_table_is_refused_as_a_whole(world):
    with pytest.raises(Refusal, match="таблица с потребители") as caught:
        examine(io.BytesIO(b"%PDF-1.7"), now=NOW)
    assert caught.value.field == "file"


def test_a_thousand_lines_take_three_queries(world):
    lines = [f"{n:07d};Директор;d{n}@example.org;director" for n in range(999)]
    db.close()
    with noted() as asked, connected():
        examined(*lines)
    assert len(asked.statements) == 3
    db.connect()


def test_an_institution_is_without_director_until_one_activates(world):
    assert [place.code for place in undirected(today(NOW))] == [FAR_SCHOOL]
    brought(NEW)
    (place,) = with_invited(undirected(today(NOW), region=3))
    assert [user.name for user in place.invited] == ["Нов Директор"]
    assert undirected(today(NOW), region=22) == []
    User.update(activated_at=NOW).where(User.email == "new@example.org").execute()
    assert undirected(today(NOW)) == []


def test_who_was_written_to_lately_waits_and_is_not_reminded(world):
    brought(NEW)
    (waiting,) = not_activated()
    assert (waiting.email, written_at(waiting)) == ("new@example.org", NOW)
    assert to_remind(not_activated(), now=NOW + timedelta(days=1)) == []
    assert [user.id for user in to_remind(not_activated(), now=LATER)] == [waiting.id]
    resend(None, waiting.id, site=SITE, now=LATER)
    assert to_remind(not_activated(), now=LATER + timedelta(hours=23)) == []
    assert [written_at(user) for user in not_activated()] == [LATER]
    User.update(activated_at=LATER).where(User.id == waiting.id).execute()
    assert not_activated() == []
