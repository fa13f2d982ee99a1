"""portal.crypto.register: sealed records and the manifest over them."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.crypto import register
from portal.crypto.errors import CannotOpen, ManifestBroken
from portal.crypto.primitives import sealed
from portal.crypto.register import (
    Place,
    check_key,
    check_manifest,
    key_mac,
    manifest,
    new_collection_key,
    new_id,
    open_record,
    seal_record,
)

KEY, OTHER = b"k" * 32, b"o" * 32
PEPPER = b"p" * 32
PLACE = Place("record", "2200001", "Xb2e", 3, "pT9q", 2)
MANIFEST = Place("manifest", "2200001", "Xb2e", 3)
TEXT = '{"first_name":"Калина"}'.encode()
BOX = seal_record(KEY, TEXT, PLACE)
ELSEWHERE = [
    replace(PLACE, purpose="reason"),
    replace(PLACE, institution="2200002"),
    replace(PLACE, collection="Xb2f"),
    replace(PLACE, epoch=4),
    replace(PLACE, epoch=2),
    replace(PLACE, record="pT9r"),
    replace(PLACE, revision=3),
    replace(PLACE, revision=1),
    replace(PLACE, collection="Xb2e3", epoch=0),
    replace(PLACE, institution="2200001X", collection="b2e"),
]
ROWS = [("a", 1), ("b", 2), ("c", 1)]

texts = st.text("абв123", max_size=8)
places = st.builds(Place, texts, texts, texts, st.integers(0, 99), texts, st.integers(0, 99))
rows = st.lists(
    st.tuples(st.text("ab1", max_size=4), st.integers(0, 20)), max_size=8, unique_by=lambda r: r[0]
)


@given(plaintext=st.binary(max_size=3000), place=places)
@settings(deadline=None)
def test_opens_what_it_sealed(plaintext, place):
    assert open_record(KEY, seal_record(KEY, plaintext, place), place) == plaintext


@given(here=places, there=places)
@settings(deadline=None)
def test_opens_in_one_place_only(here, there):
    box = seal_record(KEY, TEXT, here)

    if here == there:
        assert open_record(KEY, box, there) == TEXT
    else:
        with pytest.raises(CannotOpen):
            open_record(KEY, box, there)


@pytest.mark.parametrize("place", ELSEWHERE, ids=str)
def test_stays_closed_where_it_was_transplanted(place):
    with pytest.raises(CannotOpen):
        open_record(KEY, BOX, place)


@given(bit=st.integers(0, len(BOX) * 8 - 1))
@settings(deadline=None, max_examples=300)
def test_stays_closed_when_one_bit_is_changed(bit):
    changed = bytearray(BOX)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CannotOpen):
        open_record(KEY, bytes(changed), PLACE)


@pytest.mark.parametrize("length", range(len(BOX)))
def test_stays_closed_when_cut_short(length):
    with pytest.raises(CannotOpen):
        open_record(KEY, BOX[:length], PLACE)


@pytest.mark.parametrize("more", [b"\0", bytes(16), bytes(256)])
def test_stays_closed_when_lengthened(more):
    with pytest.raises(CannotOpen):
        open_record(KEY, BOX + more, PLACE)


@given(box=st.binary(max_size=600))
@settings(deadline=None)
def test_stays_closed_for_any_other_bytes(box):
    with pytest.raises(CannotOpen):
        open_record(KEY, b"\x01" + box, PLACE)


def test_stays_closed_when_parts_of_two_records_are_swapped():
    twin = seal_record(KEY, TEXT, PLACE)

    for cut in (17, 33, 45, 200):
        with pytest.raises(CannotOpen):
            open_record(KEY, BOX[:cut] + twin[cut:], PLACE)


@given(key=st.binary(min_size=32, max_size=32).filter(lambda key: key != KEY))
@settings(deadline=None)
def test_opens_under_one_key_only(key):
    with pytest.raises(CannotOpen):
        open_record(key, BOX, PLACE)


def test_refuses_another_key_by_the_commitment_before_anything_is_decrypted(monkeypatch):
    used = []
    monkeypatch.setattr(register, "AESGCM", lambda key: used.append(key) or AESGCM(key))

    with pytest.raises(CannotOpen):
        open_record(OTHER, BOX, PLACE)
    assert used == []
    assert open_record(KEY, BOX, PLACE) == TEXT
    assert len(used) == 1


def test_a_forged_commitment_does_not_make_another_key_open_it():
    foreign = seal_record(OTHER, TEXT, PLACE)

    with pytest.raises(CannotOpen):
        open_record(KEY, foreign[:33] + BOX[33:45] + foreign[45:], PLACE)
    with pytest.raises(CannotOpen):
        open_record(KEY, BOX[:45] + foreign[45:], PLACE)


def test_does_not_take_what_the_other_modules_sealed():
    with pytest.raises(CannotOpen):
        open_record(KEY, sealed(KEY, bytes(512), PLACE.context), PLACE)


def test_every_short_text_has_the_same_length():
    assert {len(seal_record(KEY, b"x" * length, PLACE)) for length in range(201)} == {1 + 32 + 12 + 256 + 16}


@pytest.mark.parametrize(("length", "blocks"), [(252, 1), (253, 2), (508, 2), (509, 3)])
def test_grows_by_whole_blocks(length, blocks):
    box = seal_record(KEY, b"x" * length, PLACE)

    assert len(box) == 1 + 32 + 12 + 256 * blocks + 16
    assert open_record(KEY, box, PLACE) == b"x" * length


def test_never_gives_the_same_bytes_twice():
    again = seal_record(KEY, TEXT, PLACE)

    assert BOX[0] == again[0] == 1
    assert BOX[1:33] != again[1:33]
    assert BOX[33:45] != again[33:45]
    assert BOX[45:] != again[45:]


def test_shows_nothing_of_what_is_inside():
    assert "Калина".encode() not in BOX
    assert PLACE.record.encode() not in BOX


def test_keys_and_ids_are_new_each_time():
    assert len(new_collection_key()) == 32
    assert len({new_collection_key() for _ in range(50)}) == 50
    assert {len(new_id()) for _ in range(50)} == {22}
    assert len({new_id() for _ in range(50)}) == 50


@given(found=rows, order=st.randoms())
def test_the_manifest_knows_its_rows_in_any_order(found, order):
    mac = manifest(KEY, MANIFEST, found)
    order.shuffle(found)

    check_manifest(KEY, MANIFEST, iter(found), mac)


@given(left=rows, right=rows)
def test_the_manifest_tells_any_other_rows(left, right):
    same = manifest(KEY, MANIFEST, left) == manifest(KEY, MANIFEST, right)

    assert same is (sorted(left) == sorted(right))


@pytest.mark.parametrize(
    "found",
    [
        [],
        ROWS[:2],
        ROWS[1:],
        [*ROWS, ("d", 1)],
        [*ROWS, ("c", 1)],
        [("a", 1), ("b", 1), ("c", 1)],
        [("a", 2), ("b", 1), ("c", 1)],
        [("a1", 1), ("b", 2), ("c", 1)],
        [("ab", 12), ("c", 1)],
    ],
    ids=str,
)
def test_the_manifest_catches_deleted_added_and_rolled_back_rows(found):
    with pytest.raises(ManifestBroken):
        check_manifest(KEY, MANIFEST, found, manifest(KEY, MANIFEST, ROWS))


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (OTHER, MANIFEST),
        (KEY, replace(MANIFEST, institution="2200002")),
        (KEY, replace(MANIFEST, collection="Xb2f")),
        (KEY, replace(MANIFEST, epoch=2)),
        (KEY, replace(MANIFEST, purpose="months")),
    ],
    ids=str,
)
def test_the_manifest_belongs_to_one_collection_and_epoch(key, place):
    with pytest.raises(ManifestBroken):
        check_manifest(key, place, ROWS, manifest(KEY, MANIFEST, ROWS))


@pytest.mark.parametrize("mac", [b"", bytes(32), manifest(KEY, MANIFEST, ROWS)[:31]])
def test_a_broken_manifest_holds_nothing(mac):
    with pytest.raises(ManifestBroken):
        check_manifest(KEY, MANIFEST, ROWS, mac)


def test_knows_the_collection_key_that_the_portal_made():
    check_key(PEPPER, KEY, "2200001", "Xb2e", 3, key_mac(PEPPER, KEY, "2200001", "Xb2e", 3))


@pytest.mark.parametrize(
    "about",
    [
        (OTHER, KEY, "2200001", "Xb2e", 3),
        (PEPPER, OTHER, "2200001", "Xb2e", 3),
        (PEPPER, KEY, "2200002", "Xb2e", 3),
        (PEPPER, KEY, "2200001", "Xb2f", 3),
        (PEPPER, KEY, "2200001", "Xb2e", 2),
    ],
)
def test_notices_a_collection_key_from_elsewhere(about):
    with pytest.raises(CannotOpen):
        check_key(*about, key_mac(PEPPER, KEY, "2200001", "Xb2e", 3))
