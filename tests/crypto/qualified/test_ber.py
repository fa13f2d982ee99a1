"""converted: what programs write in BER becomes the one DER value that it stands for, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.crypto.qualified.der import DEEPEST, check_der, converted
from portal.crypto.qualified.faults import Fault
from tests.actions.qualified.signed import card
from tests.crypto.qualified.ber import in_ber
from tests.crypto.qualified.certificates import tlv
from tests.crypto.qualified.test_der import VALUES


def to_der(content: bytes) -> bytes:
    made, end = converted(content)
    assert end == len(content)
    return made


def fault_of(content: bytes) -> str:
    with pytest.raises(Fault) as fault:
        converted(content)
    assert fault.value.check == "readable"
    return fault.value.fault


@given(VALUES)
def test_der_stays_as_it_is(content):
    assert to_der(content) == content


@given(VALUES, st.integers(1, 50))
def test_indefinite_lengths_and_strings_of_parts_become_der(content, part):
    assert to_der(in_ber(content, part)) == content
    assert to_der(in_ber(content, part, strings=False)) == content
    assert to_der(in_ber(content, part, lengths=False)) == content


@given(VALUES, st.binary(max_size=9))
def test_says_how_much_it_took(content, more):
    made = in_ber(content, 7)

    assert converted(made + more) == (content, len(made))


@given(VALUES, st.data())
def test_a_part_of_a_value_is_none(content, data):
    made = in_ber(content, 7)
    at = data.draw(st.integers(0, len(made) - 1))

    assert fault_of(made[:at]) in ("malformed", "ber")


@given(st.binary(max_size=60))
def test_whatever_is_read_is_der_afterwards(content):
    for raw in (content, b"\x30\x80" + content, b"\x24\x80" + content, b"\x30" + content):
        try:
            made, _ = converted(raw)
        except Fault:
            continue
        check_der(made)


def test_a_bit_string_of_parts_has_its_unused_bits_in_the_last():
    assert to_der(b"\x23\x80" + tlv(3, b"\x00ab") + tlv(3, b"\x04\xf0") + b"\x00\x00") == tlv(
        3, b"\x04ab\xf0"
    )


REFUSED = {
    "no end": (b"\x30\x80\x02\x01\x05", "malformed"),
    "half of an end": (b"\x30\x80\x02\x01\x05\x00", "malformed"),
    "an end beyond what it is in": (b"\x30\x02\x30\x80\x00\x00", "malformed"),
    "an end with none begun": (b"\x30\x02\x00\x00", "malformed"),
    "an indefinite length of a number": (b"\x02\x80\x05\x00\x00", "malformed"),
    "a length in more octets than it takes": (b"\x30\x81\x03\x02\x01\x05", "ber"),
    "a number in more octets than it takes": (b"\x30\x80\x02\x02\x00\x05\x00\x00", "ber"),
    "true, spelled otherwise": (b"\x30\x80\x01\x01\x01\x00\x00", "ber"),
    "a string of parts of another kind": (b"\x24\x80\x03\x02\x00a\x00\x00", "ber"),
    "a string of numbers": (b"\x24\x80\x02\x01\x05\x00\x00", "ber"),
    "a text of parts": (b"\x2c\x80\x04\x01a\x00\x00", "ber"),
    "a time of parts": (b"\x37\x80\x04\x01a\x00\x00", "ber"),
    "unused bits before the last part": (b"\x23\x80\x03\x02\x04a\x03\x02\x00b\x00\x00", "ber"),
    "a bit string of no parts": (b"\x23\x80\x00\x00", "ber"),
    "a bit string of an empty part": (b"\x23\x80\x03\x00\x00\x00", "ber"),
    "a tag in more octets than it takes": (b"\x3f\x1e\x80\x00\x00", "ber"),
    "a length of five octets": (b"\x30\x85\x01\x00\x00\x00\x00", "malformed"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refuses_every_other_freedom(kind):
    raw, fault = REFUSED[kind]

    assert fault_of(raw) == fault


def test_is_bounded_in_depth_and_does_not_grow():
    assert fault_of(b"\x30\x80" * 100_000) == "malformed"
    deepest = b"\x30\x80" * DEEPEST + b"\x05\x00" + b"\x00\x00" * DEEPEST
    assert len(to_der(deepest)) <= len(deepest) + 4 * DEEPEST
    assert fault_of(b"\x24\x80" * (DEEPEST + 1) + b"\x04\x00" + b"\x00\x00" * (DEEPEST + 1)) == "malformed"


def test_half_a_megabyte_in_pieces_of_one_octet_is_one_string():
    content = bytes(range(256)) * 600

    assert to_der(in_ber(tlv(0x04, content), 1)) == tlv(0x04, content)


def test_a_certificate_comes_out_of_it_byte_for_byte():
    assert to_der(in_ber(card().der, 100)) == card().der
