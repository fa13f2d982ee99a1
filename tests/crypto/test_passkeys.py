"""portal.crypto.passkeys: what is asked of a key, and which answers count."""

import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.crypto.passkeys import (
    LONGEST,
    BadPasskey,
    Party,
    challenge_of,
    count_of,
    creation_options,
    credential_in,
    handle_of,
    made_key,
    party_of,
    request_options,
)
from tests.actions.people.keys import PRESENT, Key, coded, decoded

PARTY = Party("localhost", "http://localhost")
CHALLENGE = b"c" * 32
PEPPER = b"p" * 32
AT = datetime(2021, 1, 28, 8, tzinfo=UTC)


def creation(challenge=CHALLENGE, known=()):
    who = {"handle": b"h" * 32, "email": "ana@example.org", "name": "Ана Янева", "known": list(known)}
    return creation_options(PARTY, challenge, **who)


def request(challenge=CHALLENGE, known=(b"a key",)):
    return request_options(PARTY, challenge, list(known))


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("https://portal.example.bg", Party("portal.example.bg", "https://portal.example.bg")),
        ("https://Portal.Example.BG:443", Party("portal.example.bg", "https://portal.example.bg")),
        ("https://portal.example.bg:8443", Party("portal.example.bg", "https://portal.example.bg:8443")),
        ("http://localhost", PARTY),
        ("http://localhost:8000", Party("localhost", "http://localhost:8000")),
        ("http://portal.example.bg", None),
        ("https://192.0.2.1", None),
        ("http://127.0.0.1:8000", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_keys_belong_to_the_configured_name(address, party):
    assert party_of(address) == party


def test_a_challenge_is_of_one_purpose_login_account_nonce_and_moment():
    facts = [b"login", b"holder", b"1", b"nonce"]
    seen = {challenge_of(PEPPER, *facts, at=AT), challenge_of(b"q" * 32, *facts, at=AT)}
    seen.add(challenge_of(PEPPER, *facts, at=AT.replace(hour=9)))
    for place in range(len(facts)):
        changed = [*facts[:place], facts[place] + b"x", *facts[place + 1 :]]
        seen.add(challenge_of(PEPPER, *changed, at=AT))
    assert len(seen) == 3 + len(facts)


def test_the_handle_names_nobody():
    assert handle_of(PEPPER, "1") == handle_of(PEPPER, "1") != handle_of(PEPPER, "2")
    assert len(handle_of(PEPPER, "1")) == 32


def test_a_new_key_need_not_keep_the_account_and_tells_no_maker():
    asked = json.loads(creation(known=[b"old"]))
    assert asked["rp"]["id"] == "localhost"
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["residentKey"] == "discouraged"
    assert asked["authenticatorSelection"]["userVerification"] == "preferred"
    assert [each["id"] for each in asked["excludeCredentials"]] == [coded(b"old")]


def test_at_the_login_only_the_accounts_keys_are_asked():
    asked = json.loads(request(known=[b"one", b"two"]))
    assert [each["id"] for each in asked["allowCredentials"]] == [coded(b"one"), coded(b"two")]
    assert decoded(asked["challenge"]) == CHALLENGE


@pytest.mark.parametrize("flags", [PRESENT, PRESENT | 0x04])
def test_takes_what_the_key_signed(flags):
    key = Key(flags=flags)
    new = made_key(key.made(creation()), PARTY, CHALLENGE)
    assert (new.credential_id, new.sign_count) == (key.credential_id, 0)
    answer = key.used(request())
    assert credential_in(answer) == key.credential_id
    assert count_of(answer, PARTY, CHALLENGE, new.public_key) == 1


OTHER = request(b"d" * 32)
WRONG = {
    "another challenge": lambda key: key.used(OTHER),
    "another page": lambda key: key.used(request(), origin="http://localhost:81"),
    "a page that looks alike": lambda key: key.used(request(), origin="http://localhost.example.org"),
    "another host's key": lambda key: key.used(request(), host="example.org"),
    "another key": lambda key: Key(key.credential_id).used(request()),
    "nobody there": lambda key: Key(key.credential_id, flags=0, private=key.private).used(request()),
    "the answer of making it": lambda key: key.made(request()),
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_takes_nothing_else(answer):
    key = Key()
    new = made_key(key.made(creation()), PARTY, CHALLENGE)
    with pytest.raises(BadPasskey):
        count_of(answer(key), PARTY, CHALLENGE, new.public_key)


@pytest.mark.parametrize(
    "answer",
    [
        Key().made(creation(b"d" * 32)),
        Key().made(creation(), origin="https://localhost"),
        Key().made(creation(), host="example.org"),
        Key(flags=0).made(creation()),
        Key().used(request()),
    ],
)
def test_makes_no_key_of_another_answer(answer):
    with pytest.raises(BadPasskey):
        made_key(answer, PARTY, CHALLENGE)


GOOD = json.loads(Key().used(request()))
MADE = json.loads(Key().made(creation()))
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


def tampered(answer, place, value):
    changed = json.loads(json.dumps(answer))
    (changed["response"] if place in changed["response"] else changed)[place] = value
    return json.dumps(changed)


@pytest.mark.parametrize("answer", [GOOD, MADE], ids=["used", "made"])
@given(data=st.data())
def test_whatever_is_sent_it_is_refused_and_nothing_breaks(answer, data):
    place = data.draw(st.sampled_from([*answer, *answer["response"]]))
    value = data.draw(NONSENSE | st.binary(max_size=200).map(coded))
    for text in (json.dumps(value), tampered(answer, place, value), tampered(answer, place, value)[:-3]):
        for taken in (
            lambda text=text: count_of(text, PARTY, b"d" * 32, b"\x04" + bytes(64)),
            lambda text=text: made_key(text, PARTY, b"d" * 32),
        ):
            with pytest.raises(BadPasskey):
                taken()


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "[" * 100_000, "1" * 20_000, " " * (LONGEST + 1), '{"rawId": 7}']
)
def test_what_is_no_answer_names_no_key(text):
    with suppress(BadPasskey):
        assert credential_in(text) != Key().credential_id


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_of_what_was_signed_is_noticed(place, value):
    key = Key()
    new = made_key(key.made(creation()), PARTY, CHALLENGE)
    answer = json.loads(key.used(request()))
    signed = bytearray(decoded(answer["response"]["authenticatorData"]))
    if signed[place % len(signed)] == value:
        return
    signed[place % len(signed)] = value
    with pytest.raises(BadPasskey):
        text = tampered(answer, "authenticatorData", coded(bytes(signed)))
        count_of(text, PARTY, CHALLENGE, new.public_key)


def test_the_library_is_loaded_only_where_a_key_is_used():
    code = "import sys, portal.app; sys.exit(any(name in sys.modules for name in ('webauthn', 'OpenSSL')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
