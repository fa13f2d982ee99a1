"""verify beside pyHanko alone, ``openssl cms -verify`` and ``pdfsig``: never laxer than one of them, and
stricter only where a decision says why."""

import logging
import re
from pathlib import Path

import pytest

from portal.crypto.qualified.container import read_upload
from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.trust import Trust
from portal.crypto.qualified.verifying import Expected, Verified, verify
from tests.actions.qualified.signed import NUMBERS
from tests.crypto.qualified.compared.corpus import DATA, FILES, GOOD, HOUR, File, authority, crls
from tests.crypto.qualified.compared.others import Others
from tests.crypto.qualified.test_signed_pdf import issued

pytestmark = pytest.mark.xdist_group("compared")  # one authority and one database of NSS for all
DECISION = Path(__file__).parents[4] / "docs/decisions/0032-beside-other-programs.md"
# What we read and others do not: each says why ours is no laxer for it.
MORE_READ = ("spelling", "archival")


@pytest.fixture(scope="module")
def others(tmp_path_factory) -> Others:
    return Others(authority(), crls(), tmp_path_factory.mktemp("others"))


@pytest.fixture(autouse=True)
def quiet():
    """pyHanko tells the log of each refusal, at length."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def trust() -> Trust:
    ours = authority()
    lists = tuple(map(Crl.load, crls()))
    return Trust((ours.root.certificate,), (ours.issuing.certificate,), lists)


def asked(raw: bytes, trust: Trust) -> Verified:
    since = authority().now - HOUR
    expected = Expected(DATA, since, issued(), lambda number: number == NUMBERS["ana"])
    return verify(raw, expected, trust, now=authority().now)


def asked_elsewhere(others: Others, file: File, raw: bytes) -> set[str]:
    return others.asked_of_pdf(raw) if file.over is None else others.asked_of_file(raw, file.over())


@pytest.mark.parametrize("kind", FILES)
def test_is_never_laxer_than_others(kind, others, trust):
    file = FILES[kind]
    raw = file.make()

    verified, taken = asked(raw, trust), asked_elsewhere(others, file, raw)

    listed = set(file.taken.split())
    assert (verified.outcome if verified.outcome == GOOD else verified.fault) == file.verdict
    if file.verdict == GOOD:
        everybody = {"pyhanko", "openssl"} | ({"pdfsig"} if file.over is None else set())
        assert taken == listed
        assert listed == everybody or file.why in MORE_READ
    else:
        assert taken <= listed, "a difference that nobody has explained"
        assert ("pyhanko" in taken) == ("pyhanko" in listed)  # the others' versions are the machine's
        assert bool(file.why) == bool(listed)


@pytest.mark.parametrize("kind", [kind for kind, file in FILES.items() if file.why == "spelling"])
def test_what_others_do_not_read_is_what_they_take_once_we_have_spelled_it_out(kind, others):
    raw = FILES[kind].make()

    spelled_out = read_upload(raw, most=len(raw)).content

    assert others.asked_of_file(spelled_out, DATA) == {"pyhanko", "openssl"}


@pytest.mark.parametrize("kind", [kind for kind, file in FILES.items() if file.why == "archival"])
def test_what_follows_a_signature_is_all_that_pdfsig_has_against_it(kind, others):
    raw = FILES[kind].make()

    until_signed = sum(int(each) for each in re.findall(rb"/ByteRange \[0 \d+ (\d+) (\d+)", raw)[0])

    assert others.asked_of_pdf(raw[:until_signed]) == {"pyhanko", "openssl", "pdfsig"}


def test_the_decision_names_every_file_about_which_we_differ():
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| (.+?) \|", DECISION.read_text("utf-8"), re.MULTILINE)
    told = {(why, kind) for why, kinds in rows for kind in kinds.split("; ")}

    assert told == {(file.why, kind) for kind, file in FILES.items() if file.why}


def test_there_are_enough_of_them():
    good = [file for file in FILES.values() if file.verdict == GOOD]

    assert len(FILES) >= 60
    assert len(good) >= 30
