"""verify, with stampers/ in the trust folder: authorities that are believed about when, and about nobody's
certificate. As at issuers whose time stamps come from another authority than their people's certificates."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.ocsp import OCSPCertStatus
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.faults import BAD, GOOD, NOTED, WAITS
from portal.crypto.qualified.trust import GREATEST_AGE, Trust
from portal.crypto.qualified.verifying import Verified, verify
from tests.actions.qualified.signed import NUMBERS, authority, card
from tests.cast import NOW
from tests.crypto.qualified.authority import Authority, Card, ec_key, name, rsa_key
from tests.crypto.qualified.certificates import authority as made
from tests.crypto.qualified.certificates import ocsp
from tests.crypto.qualified.signed_files import by_hand, stamped
from tests.crypto.qualified.test_files import BODY, expected, good, trust, with_answer

HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
AT = NOW - timedelta(minutes=10)


class Beside:
    """An authority of stampers and responders: under the issuer's root unless ``root`` is another."""

    def __init__(self, root: Card | None = None) -> None:
        self.root = root or authority().root
        self.card = made("Изпитателни времеви печати", NOW, by=self.root)
        self.stamping = self._for(Use.TIME_STAMPING, rsa_key(), is_critical=True)
        self.answering = self._for(Use.OCSP_SIGNING, ec_key())

    def _for(self, use, key, *, is_critical: bool = False) -> Card:
        more = [(x509.ExtendedKeyUsage([use]), is_critical)]
        return authority().issue(name("Услуга"), key, by=self.card, more=more)

    def stamp(self, der: bytes, at=AT) -> bytes:
        return stamped(der, self._as_authority(), at)

    def crl(self, *revoked, **more) -> Crl:
        return Crl.load(authority().crl(*revoked, by=self.card, **more))

    def _as_authority(self) -> Authority:
        found = Authority(NOW)  # what is made once is kept there
        found.__dict__.update(root=self.root, issuing=self.card, stamping=self.stamping)
        return found


@pytest.fixture(scope="module")
def beside() -> Beside:
    return Beside()


def knowing(*stampers: Beside, roots: tuple[Card, ...] = (), crls: tuple[Crl, ...] | None = None) -> Trust:
    """The usual trust, and these."""
    return replace(
        trust(),
        roots=(*trust().roots, *(each.certificate for each in roots)),
        crls=(*trust().crls, *([each.crl() for each in stampers] if crls is None else crls)),
        stampers=tuple(each.card.certificate for each in stampers),
        greatest_age=GREATEST_AGE,
    )


def asked(raw: bytes, among: Trust, **more) -> Verified:
    return verify(raw, expected(**more), among, now=NOW)


def noted(verified: Verified) -> list[str]:
    return [check.fault for check in verified.checks if check.outcome == NOTED]


def test_a_stamp_of_an_authority_beside_the_pinned_one_counts_when_it_is_there(beside):
    raw = beside.stamp(good())

    before, after = asked(raw, knowing(crls=(beside.crl(),))), asked(raw, knowing(beside))

    assert (before.outcome, before.stamp.at, noted(before)) == (GOOD, None, ["stamp_not_trusted"])
    assert (after.outcome, after.stamp.at, noted(after)) == (GOOD, AT, [])


def test_so_a_card_that_ran_out_on_the_way_was_good_then(beside):
    brief = authority().person(NUMBERS["ana"], not_after=NOW - timedelta(minutes=5), key=ec_key())
    raw = beside.stamp(by_hand(BODY, brief))
    lists = Crl.load(authority().crl(this_update=NOW - timedelta(minutes=30)))
    among = replace(knowing(beside), crls=(beside.crl(), lists))

    assert asked(raw, replace(among, stampers=())).fault == "expired"
    assert asked(raw, among).outcome == GOOD


def test_a_root_that_stamps_by_itself_is_put_there_too():
    """It stands in roots/, and is pinned for nothing by that."""
    root = authority().root
    itself = Beside()
    itself.card = root
    itself.stamping = authority().issue(
        name("Печат на корена"), rsa_key(), by=root, more=[(x509.ExtendedKeyUsage([Use.TIME_STAMPING]), True)]
    )
    raw = itself.stamp(good())

    assert asked(raw, knowing(crls=(itself.crl(),))).stamp.at is None
    assert asked(raw, knowing(itself)).stamp.at == AT


def test_its_list_is_good_as_long_as_it_says(beside):
    """Lists about stampers come once in months; the age that lists about people may have is not asked."""
    raw = beside.stamp(good())
    old = beside.crl(this_update=NOW - MONTH, next_update=NOW + MONTH)

    assert asked(raw, knowing(beside, crls=(old,))).stamp.at == AT
    ended = beside.crl(this_update=NOW - MONTH, next_update=NOW - HOUR)
    assert asked(raw, knowing(beside, crls=(ended,))).stamp.at is None
    assert asked(raw, knowing(beside, crls=())).stamp.at is None


def test_a_list_about_people_is_as_young_as_ever(beside):
    old = Crl.load(authority().crl(this_update=NOW - 2 * DAY, next_update=NOW + MONTH))

    verified = asked(good(), replace(knowing(beside), crls=(beside.crl(), old)))

    assert (verified.outcome, verified.fault) == (WAITS, "stale_data")


@pytest.mark.parametrize(
    "revoked",
    [
        lambda beside: (beside.crl((beside.stamping, NOW - DAY)),),
        lambda beside: (
            beside.crl(),
            Crl.load(authority().crl((beside.card, NOW - DAY), by=authority().root)),
        ),
    ],
    ids=["the stamper", "its authority"],
)
def test_what_was_revoked_stamps_nothing(beside, revoked):
    verified = asked(beside.stamp(good()), knowing(beside, crls=revoked(beside)))

    assert (verified.outcome, verified.stamp.at, noted(verified)) == (GOOD, None, ["stamp_not_trusted"])


def test_no_root_no_stamp():
    stranger = Beside(root=authority().rogue.root)
    raw = stranger.stamp(good())

    assert asked(raw, knowing(stranger)).stamp.at is None
    assert asked(raw, knowing(stranger, roots=(stranger.root,))).stamp.at == AT


# ---- What it never vouches for


def test_no_persons_certificate_is_of_a_stamper(beside):
    hers = authority().person(NUMBERS["ana"], key=ec_key(), by=beside.card)

    verified = asked(by_hand(BODY, hers), knowing(beside))

    assert (verified.outcome, verified.fault) == (BAD, "unknown_issuer")


@pytest.mark.parametrize("is_pinned", [False, True])
def test_no_issuer_is_below_a_stamper(beside, is_pinned):
    """Neither by itself nor pinned: the way to the root would go through the stampers' authority."""
    below = made("Издател на КЕП под печатите", NOW, by=beside.card)
    hers = authority().person(NUMBERS["ana"], key=ec_key(), by=below)
    among = knowing(beside, crls=(beside.crl(), Crl.load(authority().crl(by=below))))
    if is_pinned:
        among = replace(among, issuers=(*among.issuers, below.certificate))

    verified = asked(by_hand(BODY, hers), among)

    assert (verified.outcome, verified.fault) == (BAD, "broken_path" if is_pinned else "unknown_issuer")


def test_its_list_says_nothing_of_people(beside):
    """Though hers had the same number and it lists none."""
    verified = asked(good(), replace(knowing(beside), crls=(beside.crl(),)))

    assert (verified.outcome, verified.fault) == (WAITS, "no_data")
    same = x509.RevokedCertificateBuilder().serial_number(card().certificate.serial_number)
    builder = x509.CertificateRevocationListBuilder(beside.card.certificate.subject)
    builder = builder.last_update(NOW - HOUR).next_update(NOW + DAY)
    builder = builder.add_revoked_certificate(same.revocation_date(NOW - DAY).build())
    theirs = Crl(builder.sign(beside.card.key, hashes.SHA256()).public_bytes(x509_der()))
    assert asked(good(), replace(knowing(beside), crls=(*trust().crls, theirs))).outcome == GOOD


def x509_der():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


# ---- Responses about people, by who was appointed there


def without_lists(*stampers: Beside, roots: tuple[Card, ...] = (), crls: tuple[Crl, ...] = ()) -> Trust:
    return replace(knowing(*stampers, roots=roots), crls=crls)


def test_a_responder_that_it_appointed_is_believed_under_the_same_root(beside):
    raw = with_answer(ocsp(OCSPCertStatus.GOOD, by=beside.answering))

    assert asked(raw, without_lists()).outcome == WAITS
    assert asked(raw, without_lists(beside)).outcome == GOOD
    assert (
        asked(raw, without_lists(beside, crls=(beside.crl((beside.answering, NOW - DAY)),))).outcome == WAITS
    )
    revoked = with_answer(ocsp(OCSPCertStatus.REVOKED, by=beside.answering))
    assert asked(revoked, without_lists(beside)).fault == "revoked"


def test_one_under_another_root_has_no_say_about_them():
    other = Beside(root=authority().rogue.root)
    raw = with_answer(ocsp(OCSPCertStatus.GOOD, by=other.answering))

    assert asked(raw, without_lists(other, roots=(other.root,))).outcome == WAITS


def test_neither_has_the_authority_itself_or_its_stamper(beside):
    for by in (beside.card, beside.stamping):
        raw = with_answer(ocsp(OCSPCertStatus.GOOD, by=by))
        assert asked(raw, without_lists(beside)).outcome == WAITS


def test_nor_one_that_its_root_took_back(beside):
    raw = with_answer(ocsp(OCSPCertStatus.GOOD, by=beside.answering))
    taken_back = Crl.load(authority().crl((beside.card, NOW - DAY), by=authority().root))

    assert asked(raw, without_lists(beside, crls=(taken_back,))).outcome == WAITS


def test_another_pinned_issuer_does_not_appoint_for_this_one(beside):
    """Only who stands in stampers/ does: to be pinned for one's own people is another thing."""
    among = without_lists()
    among = replace(among, issuers=(*among.issuers, beside.card.certificate))

    assert asked(with_answer(ocsp(OCSPCertStatus.GOOD, by=beside.answering)), among).outcome == WAITS


# ---- Years later


@pytest.mark.parametrize(
    ("make", "among"),
    [
        (lambda beside: beside.stamp(good()), knowing),
        (lambda beside: with_answer(ocsp(OCSPCertStatus.GOOD, by=beside.answering)), without_lists),
    ],
    ids=["stamp", "response"],
)
def test_it_is_kept_for_what_it_vouched_for_and_no_more(beside, make, among):
    raw = make(beside)
    then = asked(raw, among(beside))
    kept = Trust.of_material(then.material)

    assert then.outcome == GOOD
    assert kept.stampers == (beside.card.certificate,)
    assert kept.issuers == (authority().issuing.certificate,)
    again = asked(raw, kept)
    assert [(c.check, c.outcome) for c in again.checks] == [(c.check, c.outcome) for c in then.checks]
    assert asked(raw, replace(kept, stampers=())).checks != then.checks
