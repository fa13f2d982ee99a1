"""portal.crypto.qualified.trust: the folder that says whom the portal trusts."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from portal.crypto.qualified import trust as module
from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.trust import Trust, TrustFolder, Unread, read_trust
from tests.cast import EGNS, NOW
from tests.crypto.qualified.authority import Authority, ec_key
from tests.crypto.qualified.certificates import authority as made
from tests.crypto.qualified.certificates import bent_certificate

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def authority():
    return Authority(NOW)


@pytest.fixture
def folder(authority, tmp_path) -> Path:
    return authority.write(tmp_path / "trust")


def test_reads_whom_to_trust(authority, folder):
    trust = read_trust(folder)

    assert trust.roots == (authority.root.certificate,)
    assert trust.issuers == (authority.issuing.certificate,)
    assert len(trust.crls) == 1
    assert trust.unread == ()


@pytest.mark.parametrize("path", [None, Path("няма такава папка")])
def test_nothing_there_is_nobody_trusted(path):
    trust = TrustFolder(path).read()

    assert (trust.roots, trust.issuers, trust.crls, trust.unread) == ((), (), (), ())


def test_takes_several_certificates_in_a_file_and_each_once(authority, folder):
    other = made("Друг корен", NOW)
    (folder / "roots/all.pem").write_bytes(b"notes\n" + other.pem + authority.root.pem)
    (folder / "roots/binary.pem").write_bytes(other.der)

    assert set(read_trust(folder).roots) == {authority.root.certificate, other.certificate}
    assert len(read_trust(folder).roots) == 2


def test_passes_over_what_has_another_name(authority, folder):
    (folder / "roots/other.crt").write_bytes(made("Друг корен", NOW).pem)
    (folder / "roots/.draft.pem").write_bytes(b"half")
    (folder / "crls/.draft-1.crl").write_bytes(b"half")

    trust = read_trust(folder)
    assert trust.unread == ()
    assert (trust.roots, len(trust.crls)) == ((authority.root.certificate,), 1)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("crls/broken.crl", b"<html>", "not_a_crl"),
        ("crls/empty.crl", b"", "not_a_crl"),
        ("roots/broken.pem", b"-----BEGIN CERTIFICATE-----\n", "not_an_authority"),
        ("issuers/empty.pem", b"", "not_an_authority"),
        ("issuers/words.pem", "пишете тук".encode(), "not_an_authority"),
    ],
)
def test_names_the_broken_file_and_the_rest_counts(folder, name, content, fault):
    before = read_trust(folder)
    (folder / name).write_bytes(content)

    trust = read_trust(folder)

    assert trust.unread == (Unread(name, fault),)
    assert (trust.roots, trust.issuers, trust.crls) == (before.roots, before.issuers, before.crls)


def test_a_person_is_no_issuer(authority, folder):
    (folder / "issuers/person.pem").write_bytes(authority.person(EGNS[0], key=ec_key()).pem)

    assert read_trust(folder).unread == (Unread("issuers/person.pem", "not_an_authority"),)
    assert len(read_trust(folder).issuers) == 1


def test_what_libraries_trip_over_is_named_too(authority, folder):
    def twice(tbs):
        tbs["extensions"].append(tbs["extensions"][0].copy())

    later = authority.root.der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    (folder / "roots/twice.pem").write_bytes(bent_certificate(authority.root.der, authority.root, twice))
    (folder / "roots/version.pem").write_bytes(later)

    trust = read_trust(folder)

    assert {file.path for file in trust.unread} == {"roots/twice.pem", "roots/version.pem"}
    assert trust.roots == (authority.root.certificate,)


def test_waits_for_no_pipe_and_reads_no_folder(folder):
    os.mkfifo(folder / "crls/pipe.crl")
    (folder / "issuers/folder.pem").mkdir()

    unread = {file.path: file.fault for file in read_trust(folder).unread}

    assert unread == {"crls/pipe.crl": "unreadable", "issuers/folder.pem": "unreadable"}


def test_reads_no_file_that_is_too_large(folder):
    with (folder / "crls/huge.crl").open("wb") as file:
        file.truncate(module.LARGEST + 1)

    assert read_trust(folder).unread == (Unread("crls/huge.crl", "too_large"),)


def test_reads_again_only_when_something_has_changed(authority, folder):
    watched = TrustFolder(folder)
    first = watched.read()

    assert watched.read() is first
    (folder / "crls/more.crl").write_bytes(authority.crl(this_update=NOW - 2 * HOUR))
    second = watched.read()
    assert (len(first.crls), len(second.crls)) == (1, 2)
    (folder / "crls/more.crl").unlink()
    assert watched.read() == first


def test_keeps_what_it_found_out_about_a_list_that_is_the_same(authority, folder):
    watched = TrustFolder(folder)
    (crl,) = watched.read().crls
    crl.is_by(authority.issuing.certificate)
    (folder / "crls/more.crl").write_bytes(authority.crl(this_update=NOW - 2 * HOUR))

    assert any(one is crl for one in watched.read().crls)


def test_notices_a_file_of_the_same_size_and_time(authority, folder):
    """``cp -p`` and ``rsync -t`` keep the time of the other file."""
    file = folder / "crls/0.crl"
    watched = TrustFolder(folder)
    (before,), state = watched.read().crls, file.stat()
    while len(other := authority.crl(this_update=NOW - 2 * HOUR)) != state.st_size:
        pass  # an ECDSA signature has one byte more or less
    file.write_bytes(other)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))

    (after,) = watched.read().crls
    assert after.this_update == before.this_update - HOUR


def test_is_read_by_many_at_once(folder):
    watched = TrustFolder(folder)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: watched.read(), range(8)))

    assert all(one is found[0] for one in found)


def test_an_issuer_is_told_by_its_key(authority, folder):
    trust = read_trust(folder)
    ours, forged = authority.person(EGNS[0], key=ec_key()), authority.rogue.person(EGNS[0], key=ec_key())

    assert trust.issuer_of(ours.certificate) == authority.issuing.certificate
    assert trust.path_of(ours.certificate) == [authority.issuing.certificate, authority.root.certificate]
    assert trust.issuer_of(forged.certificate) is None
    assert trust.path_of(forged.certificate) is None


def test_a_root_is_not_pinned_by_being_a_root(authority, folder):
    direct = authority.issue(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Пряко")]), ec_key(), by=authority.root
    )

    assert read_trust(folder).issuer_of(direct.certificate) is None


def test_of_a_renewed_issuer_the_one_that_lasts_counts(authority, tmp_path):
    first = made("Подновен", NOW, by=authority.root, ends=-DAY)
    second = made("Подновен", NOW, by=authority.root, key=first.key)
    person = authority.person(EGNS[0], key=ec_key(), by=first)

    for issuers in ((first, second), (second, first)):
        trust = Trust((authority.root.certificate,), tuple(one.certificate for one in issuers))
        assert trust.issuer_of(person.certificate) == second.certificate


def test_the_newest_list_of_an_authority_comes_first(authority):
    crls = [
        Crl.load(content)
        for content in (
            authority.crl(this_update=NOW - 2 * DAY),
            authority.rogue.crl(),
            authority.crl(),
            authority.crl(by=authority.root),
        )
    ]
    trust = Trust((authority.root.certificate,), (authority.issuing.certificate,), tuple(crls))

    assert trust.crls_of(authority.issuing.certificate) == [crls[2], crls[0]]
    assert trust.crls_of(authority.root.certificate) == [crls[3]]


def test_is_made_again_of_what_was_kept(authority):
    crl = authority.crl()
    material = [("crl", crl), ("issuer", authority.issuing.der), ("root", authority.root.der)]

    trust = Trust.of_material(material)

    assert trust.roots == (authority.root.certificate,)
    assert trust.issuers == (authority.issuing.certificate,)
    assert [one.der for one in trust.crls] == [crl]
