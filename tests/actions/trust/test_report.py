"""portal.actions.trust.report: what is in the trust folder, and what has to be done."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from portal.actions.trust.report import lists_missing, report
from portal.crypto.qualified.crls import SKEW
from portal.crypto.qualified.trust import read_trust
from tests.cast import EGNS, NOW
from tests.crypto.qualified.authority import Authority, Card, ec_key, qc_statements, rsa_key
from tests.crypto.qualified.certificates import authority as made
from tests.crypto.qualified.certificates import delta, part

SECOND, HOUR, DAY = (timedelta(seconds=n) for n in (1, 3600, 86400))


@pytest.fixture(scope="module")
def authority():
    return Authority(NOW)


@pytest.fixture
def folder(authority, tmp_path) -> Path:
    """A folder where nothing has to be done."""
    folder = authority.write(tmp_path / "trust")
    (folder / "crls.txt").write_text("http://crl.example.bg/list.crl\n")
    return folder


def put(folder: Path, place: str, card: Card) -> None:
    (folder / place).write_bytes(card.pem)


def lists(folder: Path, *crls: bytes) -> None:
    for old in (folder / "crls").iterdir():
        old.unlink()
    for number, content in enumerate(crls):
        (folder / f"crls/{number}.crl").write_bytes(content)


def asked(folder, now=NOW):
    return report(read_trust(folder), now=now, folder=folder)


def problems(folder, now=NOW) -> list[str]:
    return [note.code for note in asked(folder, now).notes if not note.is_warning]


def warnings(folder, now=NOW) -> list[str]:
    return [note.code for note in asked(folder, now).notes if note.is_warning]


def policies(*identifiers: str) -> tuple[x509.CertificatePolicies, bool]:
    found = [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in identifiers]
    return x509.CertificatePolicies(found), False


@pytest.mark.parametrize(
    ("common", "more", "expected"),
    [
        ("Qualified CA", [], []),
        ("Друг квалифициран издател", [], []),
        ("Operational Advanced CA", [], ["maybe_not_qualified"]),
        ("Qualified CA", [policies("0.4.0.194112.1.2", "1.3.6.1.4.1.15862.1.6.1", "2.5.29.32.0")], []),
        ("Qualified CA", [policies("0.4.0.194112.1.2", "0.4.0.194112.1.3")], ["issues_others"]),
        ("Qualified CA", [policies("0.4.0.2042.1.1")], ["issues_others"]),
        ("Qualified CA", [(qc_statements(), False)], []),
        ("Qualified CA", [(qc_statements(kinds=("0.4.0.1862.1.6.2",)), False)], ["issues_others"]),
        ("Qualified CA", [(x509.ExtendedKeyUsage([Use.SERVER_AUTH]), False)], ["issues_others"]),
        ("Qualified CA", [(x509.ExtendedKeyUsage([Use.EMAIL_PROTECTION]), False)], []),
    ],
)
def test_warns_of_an_authority_that_issues_other_than_qualified_certificates(
    authority, folder, common, more, expected
):
    issuer = made(common, NOW, by=authority.root, more=more)
    put(folder, "issuers/issuing.pem", issuer)
    lists(folder, authority.crl(by=issuer))

    assert (problems(folder), warnings(folder)) == ([], expected)


def test_a_list_that_is_valid_for_a_month_is_old_after_a_day(authority, folder):
    since = NOW - 24 * HOUR
    lists(folder, authority.crl(this_update=since, next_update=NOW + 30 * DAY))
    assert problems(folder) == []
    assert asked(folder).issuers[0].lists[0].is_fresh

    lists(folder, authority.crl(this_update=since - SECOND, next_update=NOW + 30 * DAY))
    assert problems(folder) == ["old_list"]
    assert not asked(folder).issuers[0].lists[0].is_fresh
    assert "не приема по-стар от 24 часа (PORTAL_CRL_MAX_AGE): подписите ще чакат" in sentence(
        folder, "old_list"
    )


def test_a_roots_list_may_be_older(authority, folder):
    old = authority.crl(by=authority.root, this_update=NOW - 90 * DAY, next_update=NOW + 90 * DAY)
    lists(folder, authority.crl(), old)

    assert (problems(folder), warnings(folder)) == ([], [])


@pytest.mark.parametrize(
    ("made", "is_missing"),
    [
        (lambda authority: [authority.crl()], False),
        (lambda authority: [], True),
        (lambda authority: [authority.crl(this_update=NOW - 3 * DAY)], True),
        (lambda authority: [authority.crl(this_update=NOW - 25 * HOUR, next_update=NOW + DAY)], True),
    ],
    ids=["young", "none", "stale", "old"],
)
def test_says_in_a_line_that_lists_are_missing(authority, folder, made, is_missing):
    lists(folder, *made(authority))
    said = lists_missing(read_trust(folder), now=NOW)

    assert said == (
        "lists of revoked certificates are missing or too old, of 1 issuer(s): run portal trust check"
        if is_missing
        else ""
    )


def sentence(folder, code) -> str:
    (note,) = (note for note in asked(folder).notes if note.code == code)
    return note.sentence


def test_says_what_is_there(folder, authority):
    found = asked(folder)

    assert found.is_good
    assert found.notes == ()
    (root,), (issuer,) = found.roots, found.issuers
    assert (root.name, root.lists) == ("Изпитателен корен", ())
    assert issuer.name == "Изпитателен издател на КЕП"
    assert issuer.sha256 == authority.issuing.certificate.fingerprint(hashes.SHA256()).hex()
    assert issuer.valid_until == authority.issuing.certificate.not_valid_after_utc
    (crl,) = issuer.lists
    assert (crl.this_update, crl.next_update) == (NOW - HOUR, NOW - HOUR + DAY)
    assert (crl.entries, crl.is_fresh, crl.is_part) == (0, True, False)


def test_an_empty_folder_needs_everything(tmp_path):
    assert problems(tmp_path) == ["no_roots", "no_issuers"]
    assert warnings(tmp_path) == ["no_addresses"]


@pytest.mark.parametrize("place", ["roots", "issuers"])
@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (-DAY, -SECOND, (["expired"], [])),
        (-DAY, 60 * DAY - SECOND, ([], ["expires_soon"])),
        (-DAY, 60 * DAY, ([], [])),
        (SECOND, 900 * DAY, (["not_yet_valid"], [])),
    ],
    ids=["expired", "expires in 60 days", "lasts", "to come"],
)
def test_says_what_expires_when(folder, authority, place, begins, ends, expected):
    by = None if place == "roots" else authority.root
    other = made("Друг издател на КЕП", NOW, by=by, begins=begins, ends=ends)
    put(folder, f"{place}/other.pem", other)
    lists(folder, authority.crl(), authority.crl(by=other))

    assert (problems(folder), warnings(folder)) == expected
    assert asked(folder).is_good is not bool(expected[0])


def test_says_which_certificate_and_until_when(folder, authority):
    put(folder, "roots/other.pem", made("Стар корен", NOW, ends=-DAY))

    assert sentence(folder, "expired").startswith("Сертификатът на „Стар корен“ е изтекъл на 27.01.2021 г., ")


@pytest.mark.parametrize(
    ("key", "is_weak"),
    [
        (lambda: rsa_key(1024), True),
        (lambda: ec_key(ec.SECP224R1()), True),
        (lambda: rsa_key(2048), False),
        (lambda: ec_key(ec.SECP384R1()), False),
    ],
    ids=["RSA 1024", "P-224", "RSA 2048", "P-384"],
)
def test_a_weak_key_is_trusted_by_nobody(folder, key, is_weak):
    put(folder, "roots/other.pem", made("Друг корен", NOW, key=key()))

    assert problems(folder) == ["weak_key"] * is_weak


def test_a_weak_digest_in_an_issuer_may_hide_a_forgery(folder, authority):
    other = made("Друг", NOW, by=authority.root, digest=hashes.SHA224())
    put(folder, "issuers/other.pem", other)
    lists(folder, authority.crl(), authority.crl(by=other))

    assert problems(folder) == ["weak_digest"]


def test_a_roots_signature_on_itself_proves_nothing_anyway(folder):
    put(folder, "roots/other.pem", made("Друг корен", NOW, digest=hashes.SHA224()))

    assert problems(folder) == []


def test_an_issuer_needs_its_root(folder, authority):
    elsewhere = made("Корен другаде", NOW)
    other = made("Друг", NOW, by=elsewhere)
    put(folder, "issuers/other.pem", other)
    lists(folder, authority.crl(), authority.crl(by=other))

    assert problems(folder) == ["no_root"]
    assert "„Корен другаде“" in sentence(folder, "no_root")
    put(folder, "roots/other.pem", elsewhere)
    assert problems(folder) == []


def test_a_root_of_the_same_name_will_not_do(folder, authority):
    put(folder, "issuers/other.pem", authority.rogue.issuing)

    assert set(problems(folder)) == {"no_root", "no_list"}


def test_between_an_issuer_and_its_root_may_stand_another(folder, authority):
    between = made("Между", NOW, by=authority.root)
    below = made("Долу", NOW, by=between)
    put(folder, "issuers/below.pem", below)
    lists(folder, authority.crl(), authority.crl(by=below))
    assert "no_root" in problems(folder)

    put(folder, "issuers/between.pem", between)
    lists(folder, authority.crl(), authority.crl(by=below), authority.crl(by=between))
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (x509.ReasonFlags.ca_compromise, "revoked"),
        (x509.ReasonFlags.certificate_hold, "on_hold"),
        (x509.ReasonFlags.remove_from_crl, None),
    ],
)
def test_an_issuer_that_its_root_took_back(folder, authority, reason, code):
    of_root = authority.crl((authority.issuing, NOW - DAY, reason), by=authority.root)
    lists(folder, authority.crl(), of_root)

    assert problems(folder) == ([code] if code else [])


def test_a_revocation_holds_in_an_old_list_too(folder, authority):
    of_root = authority.crl((authority.issuing, NOW - 9 * DAY), by=authority.root, this_update=NOW - 8 * DAY)
    lists(folder, authority.crl(), of_root)

    assert problems(folder) == ["revoked"]


def test_lists_of_roots_are_welcome_and_not_demanded(folder, authority):
    lists(folder, authority.crl(), authority.crl(by=authority.root))
    assert asked(folder).notes == ()
    assert len(asked(folder).roots[0].lists) == 1

    lists(folder, authority.crl(), authority.crl(by=authority.root, this_update=NOW - 3 * DAY))
    assert (problems(folder), warnings(folder)) == ([], ["stale_root_list"])


def test_an_issuer_without_a_list_keeps_people_waiting(folder):
    lists(folder)

    assert problems(folder) == ["no_list"]
    assert "portal trust fetch" in sentence(folder, "no_list")


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (-DAY, timedelta(0), []),
        (-DAY, -SECOND, ["stale_list"]),
        (SKEW + SECOND, DAY, ["future_list"]),
    ],
)
def test_says_what_is_stale(folder, authority, since, until, expected):
    lists(folder, authority.crl(this_update=NOW + since, next_update=NOW + until))

    assert problems(folder) == expected
    assert asked(folder).issuers[0].lists[0].is_fresh is not bool(expected)


def test_an_old_list_beside_the_new_one_does_no_harm(folder, authority):
    lists(folder, authority.crl(), authority.crl(this_update=NOW - 3 * DAY))

    assert asked(folder).is_good
    assert [crl.is_fresh for crl in asked(folder).issuers[0].lists] == [True, False]


def test_each_part_of_a_list_must_be_fresh(folder, authority):
    first, second = part("http://a.bg/1.crl"), part("http://a.bg/2.crl")
    old = {"this_update": NOW - 3 * DAY}
    lists(folder, authority.crl(extensions=[first]), authority.crl(extensions=[second], **old))
    assert problems(folder) == ["stale_list"]
    assert all(crl.is_part for crl in asked(folder).issuers[0].lists)

    lists(folder, authority.crl(), authority.crl(extensions=[second], **old))
    assert problems(folder) == [], "the whole one says it all"


@pytest.mark.parametrize(
    ("extensions", "warned"),
    [([delta()], ["unused_list"]), ([part(only_contains_ca_certs=True)], [])],
    ids=["delta", "of authorities"],
)
def test_a_list_that_clears_nobody_is_none(folder, authority, extensions, warned):
    lists(folder, authority.crl(extensions=extensions))

    assert (problems(folder), warnings(folder)) == (["no_list"], warned)


def test_an_expired_issuer_needs_no_list_any_more(folder, authority):
    put(folder, "issuers/other.pem", made("Стар", NOW, by=authority.root, ends=-DAY))

    assert problems(folder) == ["expired"]


def test_names_the_file_of_a_list_that_nobody_here_signed(folder, authority):
    (folder / "crls/чужд.crl").write_bytes(authority.rogue.crl())

    (note,) = asked(folder).notes
    assert (note.code, note.thing) == ("stranger_list", "crls/чужд.crl")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("roots/a.pem", "not_an_authority"),
        ("issuers/a.pem", "not_an_authority"),
        ("stampers/a.pem", "not_an_authority"),
        ("crls/a.crl", "not_a_crl"),
    ],
)
def test_names_files_that_are_not_what_they_should_be(folder, name, code):
    (folder / name).write_bytes(b"<html>")

    (note,) = asked(folder).notes
    assert (note.code, note.thing, note.is_warning) == (code, name, False)
    assert name in note.sentence


@pytest.mark.parametrize(
    "name",
    ["roots/root.crt", "issuers/issuer.cer", "stampers/a.cer", "crls/list.pem", "root.pem", "list.crl"],
)
def test_names_files_that_nobody_reads(folder, authority, name):
    put(folder, name, authority.root)

    (note,) = asked(folder).notes
    assert (note.code, note.thing, note.is_warning) == ("passed_over", name, True)


def test_a_hidden_file_or_a_readme_is_nobodys_business(folder):
    (folder / "crls/.draft-x").write_bytes(b"")
    (folder / "README").write_bytes(b"")

    assert asked(folder).notes == ()


def test_names_what_is_wrong_with_the_addresses(folder):
    (folder / "crls.txt").write_text("# B-Trust\nldap://x\n")

    (note,) = asked(folder).notes
    assert (note.code, note.thing, note.is_warning) == ("wrong_address", "crls.txt:2", False)


def test_says_that_nothing_will_come_by_itself(folder):
    (folder / "crls.txt").write_text("# празно\n")

    assert (problems(folder), warnings(folder)) == ([], ["no_addresses"])


def test_a_person_in_place_of_an_issuer(folder, authority):
    put(folder, "issuers/ana.pem", authority.person(EGNS[0], key=ec_key()))

    assert problems(folder) == ["not_an_authority"]


# ---- stampers/


@pytest.fixture
def stamper(folder, authority) -> Card:
    """An authority of time stampers beside the pinned one, with its list."""
    card = made("Изпитателни времеви печати", NOW, by=authority.root)
    put(folder, "stampers/stamps.pem", card)
    lists(folder, authority.crl(), authority.crl(by=card))
    return card


def test_shows_who_stamps_beside_those_who_issue(folder, stamper):
    (shown,) = asked(folder).stampers

    assert shown.name == "Изпитателни времеви печати"
    assert [crl.is_fresh for crl in shown.lists] == [True]
    assert asked(folder).notes == ()
    assert len(asked(folder).issuers) == 1


def test_without_its_list_only_its_stamps_are_lost(folder, authority, stamper):
    lists(folder, authority.crl())

    assert (problems(folder), warnings(folder)) == ([], ["no_stampers_list"])
    assert lists_missing(read_trust(folder), now=NOW) == ""
    assert "времевите печати от него не се използват" in sentence(folder, "no_stampers_list")


def test_its_list_may_be_as_old_as_it_says(folder, authority, stamper):
    lists(
        folder, authority.crl(), authority.crl(by=stamper, this_update=NOW - 90 * DAY, next_update=NOW + DAY)
    )
    assert (problems(folder), warnings(folder)) == ([], [])

    lists(
        folder, authority.crl(), authority.crl(by=stamper, this_update=NOW - 90 * DAY, next_update=NOW - DAY)
    )
    assert (problems(folder), warnings(folder)) == ([], ["no_stampers_list"])


def test_one_that_leads_to_no_root_or_has_ended_is_a_warning(folder, authority):
    stranger = authority.rogue.issuing
    put(folder, "stampers/stranger.pem", stranger)
    lists(folder, authority.crl(), authority.crl(by=stranger))
    assert (problems(folder), warnings(folder)) == ([], ["no_root"])

    put(folder, "stampers/stranger.pem", made("Старо", NOW, by=authority.root, ends=-DAY))
    lists(folder, authority.crl())
    assert (problems(folder), warnings(folder)) == ([], ["expired"])


def test_one_that_its_root_took_back_has_to_go(folder, authority, stamper):
    taken_back = authority.crl((stamper, NOW - DAY), by=authority.root)
    lists(folder, authority.crl(), authority.crl(by=stamper), taken_back)

    assert problems(folder) == ["revoked"]
    assert "Махнете файла му от stampers/" in sentence(folder, "revoked")
