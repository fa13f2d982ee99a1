"""check_der: DER has one spelling for each value, and every other one is told from it."""

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from portal.crypto.qualified.der import DEEPEST, check_der
from portal.crypto.qualified.faults import Fault
from tests.actions.qualified.signed import authority, card


def tlv(tag: int, content: bytes) -> bytes:
    count = len(content)
    if count < 128:
        return bytes([tag, count]) + content
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def built(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    parts = st.lists(inner, max_size=4).map(b"".join)
    return st.builds(tlv, st.sampled_from([0x30, 0x31, 0xA0, 0xA3, 0xBE]), parts)


SIMPLE = st.one_of(
    st.integers(-(2**70), 2**70).map(lambda value: core.Integer(value).dump()),
    st.booleans().map(lambda value: core.Boolean(value).dump()),
    st.binary(max_size=300).map(lambda value: core.OctetString(value).dump()),
    st.text(max_size=80).map(lambda value: core.UTF8String(value).dump()),
    st.binary(max_size=20).map(lambda value: tlv(0x80, value)),
    st.just(core.Null().dump()),
)
VALUES = st.recursive(SIMPLE, built, max_leaves=12)


def fault_of(content: bytes) -> str:
    with pytest.raises(Fault) as fault:
        check_der(content)
    assert fault.value.check == "readable"
    return fault.value.fault


@given(VALUES)
def test_takes_every_value_in_der(content):
    check_der(content)


@given(VALUES, st.binary(min_size=1, max_size=9))
def test_what_stands_behind_the_value_is_junk(content, more):
    assert fault_of(content + more) == "junk"


@given(VALUES, st.data())
def test_a_part_of_a_value_is_no_value(content, data):
    at = data.draw(st.integers(0, len(content) - 1))

    assert fault_of(content[:at]) == "malformed"


@given(VALUES)
def test_a_length_in_more_octets_than_it_takes_is_ber(content):
    assert fault_of(b"\x30\x84" + len(content).to_bytes(4, "big") + content) == "ber"


@given(st.lists(VALUES, max_size=3).map(b"".join))
def test_a_length_that_is_known_only_at_the_end_is_ber(inside):
    assert fault_of(b"\x30\x80" + inside + b"\x00\x00") == "ber"
    assert fault_of(tlv(0x30, b"\x30\x80" + inside + b"\x00\x00")) == "ber"


@given(st.binary(max_size=100), st.integers(0, 100))
def test_a_string_of_parts_is_ber(content, at):
    parts = tlv(0x04, content[:at]) + tlv(0x04, content[at:])

    assert fault_of(tlv(0x24, parts)) == "ber"


@given(st.integers(1, 254))
def test_a_boolean_is_all_ones_or_none(value):
    assert fault_of(bytes([0x01, 0x01, value])) == "ber"


@given(st.integers(0, 127), st.sampled_from([0x02, 0x0A]))
def test_a_number_has_no_needless_octet(value, tag):
    assert fault_of(bytes([tag, 2, 0, value])) == "ber"
    assert fault_of(bytes([tag, 2, 0xFF, 0x80 | value])) == "ber"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "malformed"),
        (b"\x02\x00", "malformed"),
        (b"\x05\x01\x00", "malformed"),
        (b"\x01\x02\xff\xff", "malformed"),
        (b"\x00\x00", "malformed"),
        (b"\x10\x00", "malformed"),
        (b"\x1f\x80\x01\x00", "ber"),
        (b"\x1f\x1e\x00", "ber"),
        (b"\x1f\x81\x81\x81\x81\x01\x00", "malformed"),
        (b"\x30\x85\x00\x00\x00\x00\x01\x00", "malformed"),
    ],
)
def test_names_what_is_no_value_at_all(content, fault):
    assert fault_of(content) == fault


def test_takes_tags_of_several_octets():
    check_der(b"\x9f\x81\x01\x00")


def test_goes_no_deeper_than_it_says():
    def nested(times: int) -> bytes:
        content = b""
        for _ in range(times):
            content = tlv(0x30, content)
        return content

    check_der(nested(DEEPEST + 1))
    assert fault_of(nested(DEEPEST + 2)) == "malformed"
    assert fault_of(nested(100_000)[:200_000]) == "malformed"


@given(st.binary(max_size=60))
def test_whatever_it_is_there_is_an_answer(content):
    try:
        check_der(content)
    except Fault as fault:
        assert fault.fault in ("ber", "junk", "malformed")


def test_takes_what_authorities_make():
    for content in (card().der, authority().crl(), authority().root.der):
        check_der(content)
