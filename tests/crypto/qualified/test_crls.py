"""portal.crypto.qualified.crls: lists of revoked certificates."""

import tracemalloc
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from portal.crypto.qualified.crls import SKEW, Crl, NotACrl, is_authority
from tests.cast import EGNS, NOW
from tests.crypto.qualified.authority import NEVER, Authority, Card, ec_key
from tests.crypto.qualified.certificates import authority as made
from tests.crypto.qualified.certificates import bent_certificate, bent_list, delta, long_list, part

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def authority():
    return Authority(NOW)


@pytest.fixture(scope="module")
def ana(authority) -> Card:
    return authority.person(EGNS[0], key=ec_key())


def serial(card: Card) -> int:
    return card.certificate.serial_number


def test_is_read_from_der_and_from_pem(authority, ana):
    der = authority.crl((ana, NOW - DAY))
    pem = x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)

    for content in (der, pem, b"\r\n" + pem):
        crl = Crl.load(content)
        assert (crl.der, crl.entries) == (der, 1)
        assert (crl.this_update, crl.next_update) == (NOW - HOUR, NOW - HOUR + DAY)
        assert crl.find(serial(ana)).at == NOW - DAY


@pytest.mark.parametrize(
    "bend",
    [
        lambda der: b"",
        lambda der: b"<!doctype html><title>404</title>",
        lambda der: b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
        lambda der: der[:-1],
        lambda der: der + b"\0",
        lambda der: b"\x31" + der[1:],
        lambda der: bytes(len(der)),
    ],
    ids=["nothing", "html", "bad pem", "cut off", "junk behind", "a set", "zeros"],
)
def test_garbage_is_no_list(authority, bend):
    with pytest.raises(NotACrl):
        Crl.load(bend(authority.crl()))


def test_a_certificate_is_no_list(authority):
    for content in (authority.root.der, authority.root.pem):
        with pytest.raises(NotACrl):
            Crl.load(content)


def test_a_list_of_a_version_to_come_is_no_list(authority):
    content = bent_list(authority.crl(), authority.issuing, lambda tbs: tbs.__setitem__("version", "v3"))

    with pytest.raises(NotACrl):
        Crl.load(content)


def test_a_list_with_an_extension_that_cannot_be_read_is_no_list(authority):
    broken = x509.UnrecognizedExtension(x509.ExtensionOID.ISSUING_DISTRIBUTION_POINT, b"\x30\x01\x00")

    with pytest.raises(NotACrl):
        Crl.load(authority.crl(extensions=[(broken, True)]))


@pytest.mark.parametrize(
    ("since", "until", "is_fresh"),
    [
        (-HOUR, DAY, True),
        (-DAY, timedelta(0), True),  # promised for this very second
        (-DAY, -SECOND, False),
        (SKEW, DAY, True),
        (SKEW + SECOND, DAY, False),
    ],
    ids=["in its time", "last second", "a second late", "our clock is late", "from the future"],
)
def test_is_fresh_from_its_making_until_the_next_one(authority, since, until, is_fresh):
    crl = Crl.load(authority.crl(this_update=NOW + since, next_update=NOW + until))

    assert crl.is_fresh(NOW) is is_fresh


def test_a_list_that_promises_no_next_one_is_never_fresh(authority):
    der = bent_list(authority.crl(), authority.issuing, lambda tbs: tbs.__setitem__("next_update", None))
    crl = Crl.load(der)

    assert crl.is_by(authority.issuing.certificate)
    assert (crl.next_update, crl.is_fresh(NOW)) == (None, False)


def test_a_country_has_a_hundred_thousand_entries(authority, ana):
    first = 10**12
    content = long_list(authority.issuing, NOW, range(first, first + 100_000))

    tracemalloc.start()
    crl = Crl.load(content)
    assert crl.is_by(authority.issuing.certificate)
    assert crl.entries == 100_000
    assert crl.find(first + 99_999) is not None
    assert crl.find(serial(ana)) is None
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3 * len(content), "no entry becomes an object: 0.3 s on a machine with two cores"


def test_is_of_who_signed_it_and_not_of_who_has_the_name(authority):
    real, forged = Crl.load(authority.crl()), Crl.load(authority.rogue.crl())

    assert real.issuer == forged.issuer
    assert real.is_by(authority.issuing.certificate)
    assert not forged.is_by(authority.issuing.certificate)
    assert not real.is_by(authority.root.certificate)


def test_one_bit_makes_it_nobodys(authority):
    content = bytearray(authority.crl())
    content[-1] ^= 1

    assert not Crl.load(bytes(content)).is_by(authority.issuing.certificate)


def test_an_authority_may_be_one_that_signs_no_lists(authority):
    silent = made("Само сертификати", NOW, by=authority.root, crl_sign=False)

    assert not Crl.load(authority.crl(by=silent)).is_by(silent.certificate)


def test_a_weak_digest_proves_nothing(authority):
    list_ = x509.load_der_x509_crl(authority.crl())
    builder = x509.CertificateRevocationListBuilder(
        list_.issuer, list_.last_update_utc, list_.next_update_utc
    )
    content = builder.sign(authority.issuing.key, hashes.SHA224()).public_bytes(Encoding.DER)

    assert not Crl.load(content).is_by(authority.issuing.certificate)


def test_says_since_when(authority, ana):
    crl = Crl.load(authority.crl((ana, NOW - DAY, x509.ReasonFlags.key_compromise)))

    assert (crl.find(serial(ana)).at, crl.find(serial(ana)).on_hold) == (NOW - DAY, False)
    assert crl.find(serial(ana) + 1000) is None


def test_knows_who_is_revoked_for_a_while(authority, ana):
    crl = Crl.load(authority.crl((ana, NOW - DAY, x509.ReasonFlags.certificate_hold)))

    assert crl.find(serial(ana)).on_hold


def test_who_was_taken_off_the_list_is_not_on_it(authority, ana):
    crl = Crl.load(authority.crl((ana, NOW - DAY, x509.ReasonFlags.remove_from_crl)))

    assert crl.find(serial(ana)) is None


def test_a_whole_list_covers_everybody(authority, ana):
    crl = Crl.load(authority.crl())

    assert crl.covers(ana.certificate)
    assert crl.covers(authority.issuing.certificate)
    assert crl.scope == frozenset()


def test_who_has_expired_may_have_been_dropped(authority):
    late = authority.person(EGNS[0], key=ec_key(), not_after=NOW - DAY)

    assert not Crl.load(authority.crl()).covers(late.certificate)
    assert Crl.load(authority.crl(this_update=NOW - 2 * DAY)).covers(late.certificate)


def test_what_is_missing_in_a_delta_may_stand_in_its_base(authority, ana):
    crl = Crl.load(authority.crl((ana, NOW - DAY), extensions=[delta()]))

    assert not crl.is_understood
    assert not crl.covers(ana.certificate)
    assert crl.find(serial(ana)) is not None


def test_a_list_with_rules_that_nobody_knows_tells_nothing(authority, ana):
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")

    assert not Crl.load(authority.crl(extensions=[(unknown, True)])).covers(ana.certificate)
    assert Crl.load(authority.crl(extensions=[(unknown, False)])).covers(ana.certificate)


@pytest.mark.parametrize(
    ("extension", "people", "authorities"),
    [
        (part(f"{NEVER}/list.crl"), True, False),
        (part("http://crl.example.org/other.crl", f"{NEVER}/list.crl"), True, False),
        (part("http://crl.example.org/other.crl"), False, False),
        (part(only_contains_user_certs=True), True, False),
        (part(only_contains_ca_certs=True), False, True),
        (part(only_contains_attribute_certs=True), False, False),
        (part(indirect_crl=True), False, False),
        (part(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])), False, False),
        (part(relative=True), False, False),
    ],
    ids=[
        "ours",
        "ours too",
        "another",
        "users",
        "authorities",
        "attributes",
        "indirect",
        "reasons",
        "relative",
    ],
)
def test_a_part_covers_who_belongs_to_it(authority, ana, extension, people, authorities):
    crl = Crl.load(authority.crl(extensions=[extension]))

    assert crl.covers(ana.certificate) is people
    assert crl.covers(authority.issuing.certificate) is authorities  # it names no place of its list
    assert crl.scope


def test_parts_are_told_from_each_other(authority):
    scopes = {
        Crl.load(authority.crl(extensions=[part(*names)])).scope
        for names in (
            ["http://a/1"],
            ["http://a/2"],
            ["http://a/1", "http://a/2"],
            ["http://a/2", "http://a/1"],
        )
    }

    assert len(scopes) == 3


def test_a_certificate_that_cannot_be_read_is_no_authority(authority):
    def twice(tbs):
        tbs["extensions"].append(tbs["extensions"][0].copy())

    broken = x509.load_der_x509_certificate(bent_certificate(authority.root.der, authority.root, twice))

    assert is_authority(authority.root.certificate)
    assert not is_authority(broken)
