"""portal.actions.trust.fetching: the lists that the operator named, and nothing else, from a real server."""

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.actions.trust.addresses import LONGEST_NAME, Address, read_addresses
from portal.actions.trust.download import USER_AGENT, Bounds
from portal.actions.trust.fetching import AGAIN, OFTEN, OLDEST, RETRY, Fetching, fetch, fetch_all, wants_new
from portal.actions.trust.report import report
from portal.crypto.qualified.crls import SKEW, Crl
from portal.crypto.qualified.trust import TrustFolder, read_trust
from tests.actions.trust.list_server import drip, flood, say_nothing, serving
from tests.cast import EGNS, NOW
from tests.crypto.qualified.authority import Authority, ec_key
from tests.crypto.qualified.certificates import delta

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))
SMALL = Bounds(most_bytes=1024 * 1024)
EVER = datetime(2000, 1, 1, tzinfo=NOW.tzinfo)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for variable in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(variable)


@pytest.fixture(scope="module")
def authority():
    return Authority(NOW)


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture
def folder(authority, tmp_path) -> Path:
    return authority.write(tmp_path / "trust", fresh=False)


@pytest.fixture
def address(server, folder) -> Address:
    """The one address that the operator wrote down."""
    return name(folder, f"{server.url}/list.crl")


def name(folder: Path, *urls: str) -> Address:
    (folder / "crls.txt").write_text("".join(f"{url}\n" for url in urls), "utf-8")
    return read_addresses(folder).listed[0]


def get(address, folder, now=NOW, **more):
    return fetch(address, folder, read_trust(folder), now=now, bounds=SMALL, **more)


def kept(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (folder / "crls").iterdir()}


# What is fetched


def test_puts_a_good_list_where_the_portal_reads_it(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl()
    watched = TrustFolder(folder)
    watched.read()

    fetched = get(address, folder)

    assert (fetched.code, fetched.is_good) == ("new", True)
    assert "„Изпитателен издател на КЕП“ от 28.01.2021 г., 09:00 ч., записи: 0" in fetched.sentence
    assert kept(folder) == {address.file_in(folder).name: server.answers["/list.crl"]}
    assert [crl.this_update for crl in watched.read().crls] == [NOW - HOUR]
    assert server.agents == {USER_AGENT}


def test_everybody_may_read_a_list_whoever_fetched_it(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl()
    before = os.umask(0o077)
    try:
        get(address, folder)
    finally:
        os.umask(before)

    assert address.file_in(folder).stat().st_mode & 0o777 == 0o644


def test_takes_pem_and_keeps_der(server, folder, address, authority):
    der = authority.crl()
    server.answers["/list.crl"] = x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)

    assert get(address, folder).code == "new"
    assert list(kept(folder).values()) == [der]


def test_takes_the_list_of_a_root(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl(by=authority.root)

    assert get(address, folder).code == "new"


def test_the_same_list_again_is_no_news(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl()
    get(address, folder)
    before = address.file_in(folder).stat().st_ctime_ns

    assert (get(address, folder).code, get(address, folder).is_good) == ("unchanged", True)
    assert address.file_in(folder).stat().st_ctime_ns == before


def test_a_newer_list_takes_the_place_of_the_older(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl()
    get(address, folder)
    server.answers["/list.crl"] = newer = authority.crl(this_update=NOW)

    assert get(address, folder).code == "new"
    assert list(kept(folder).values()) == [newer]


def test_a_broken_file_is_no_reason_to_keep_it(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl()
    address.file_in(folder).write_bytes(b"half a li")

    assert get(address, folder).code == "new"
    assert read_trust(folder).unread == ()


def test_makes_the_folder_of_lists(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl()
    (folder / "crls").rmdir()

    assert get(address, folder).code == "new"


# What is not taken


@pytest.mark.parametrize(
    ("answer", "code", "sentence"),
    [
        (lambda a: b"\x30\x03\x02\x01\x05", "not_a_crl", "не е списък"),
        (lambda a: "<!doctype html><title>Вход</title>".encode(), "not_a_crl", "не е списък"),
        (lambda a: b"", "not_a_crl", "не е списък"),
        (lambda a: a.crl()[:-9], "not_a_crl", "не е списък"),
        (lambda a: a.root.der, "not_a_crl", "не е списък"),
        (lambda a: a.rogue.crl(), "stranger", "не е подписан от никого в roots/, issuers/ и stampers/"),
        (lambda a: a.crl(extensions=[delta()]), "not_understood", "Трябва пълният"),
        (lambda a: a.crl(this_update=NOW + SKEW + SECOND), "future", "издаден в бъдещето от 28.01.2021 г."),
        (lambda a: (404, {}), "status", "грешка 404"),
        (lambda a: (500, {}), "status", "грешка 500"),
        (lambda a: (204, {"Content-Length": "0"}), "status", "код 204"),
        (lambda a: (401, {"WWW-Authenticate": "Basic realm=x"}), "status", "грешка 401"),
        (lambda a: flood, "too_large", "повече от 1048576 байта"),
        (lambda a: (200, {"Content-Length": str(2 * 1024 * 1024)}), "too_large", "повече от 1048576 байта"),
        (lambda a: lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), "no_answer", "не отговаря"),
    ],
    ids=[
        "garbage", "html", "empty", "cut off", "certificate", "rogue", "delta", "future", "404", "500",
        "204", "401", "flood", "announced flood", "no http",
    ],
)  # fmt: skip
def test_what_is_no_list_of_ours_leaves_what_is_there(
    server, folder, address, authority, answer, code, sentence
):
    server.answers["/list.crl"] = authority.crl(this_update=NOW - 2 * HOUR)
    get(address, folder)
    before = kept(folder)
    server.answers["/list.crl"] = answer(authority)

    fetched = get(address, folder)

    assert (fetched.code, fetched.is_good) == (code, False)
    assert sentence in fetched.sentence
    assert kept(folder) == before


def test_an_old_list_shown_again_is_refused(server, folder, address, authority, ana_is_revoked_in):
    server.answers["/list.crl"] = authority.crl(this_update=NOW - 3 * HOUR)
    old = server.answers["/list.crl"]
    get(address, folder)
    server.answers["/list.crl"] = ana_is_revoked_in
    get(address, folder)
    server.answers["/list.crl"] = old

    fetched = get(address, folder)

    assert fetched.code == "older"
    assert (
        "списъкът там от 28.01.2021 г., 07:00 ч. е по-стар от нашия от 28.01.2021 г., 09:00 ч."
        in fetched.sentence
    )
    assert list(kept(folder).values()) == [ana_is_revoked_in]


@pytest.fixture
def ana_is_revoked_in(authority):
    return authority.crl((authority.person(EGNS[0], key=ec_key()), NOW - 2 * HOUR))


def test_another_authoritys_list_does_not_push_out_what_is_there(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl()
    get(address, folder)
    server.answers["/list.crl"] = authority.crl(by=authority.root, this_update=NOW)

    fetched = get(address, folder)

    assert fetched.code == "other_issuer"
    assert str(address.file_in(folder)) in fetched.sentence


def test_a_stale_list_is_better_than_none_and_no_success(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl(this_update=NOW - 3 * DAY)

    fetched = get(address, folder)

    assert (fetched.code, fetched.is_good) == ("stale", False)
    assert len(read_trust(folder).crls) == 1


def test_nobody_answers(folder):
    fetched = get(name(folder, "http://127.0.0.1:1/list.crl"), folder)

    assert (fetched.code, fetched.sentence) == ("no_answer", "не отговаря (ConnectionRefusedError).")


def test_goes_by_the_proxy_of_the_environment(server, folder, authority, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    server.answers["http://crl.example.bg/list.crl"] = authority.crl()

    assert get(name(folder, "http://crl.example.bg/list.crl"), folder).code == "new"


def test_https_is_not_http(server, folder):
    fetched = get(name(folder, server.url.replace("http:", "https:") + "/list.crl"), folder)

    assert fetched.code == "no_answer"


def test_waits_no_longer_than_it_may_for_who_is_silent(server, folder, address):
    server.answers["/list.crl"] = say_nothing

    fetched = fetch(address, folder, read_trust(folder), now=NOW, bounds=Bounds(silence=0.2))

    assert (fetched.code, fetched.sentence) == ("no_answer", "не отговаря навреме.")


def test_has_patience_for_twenty_seconds_and_64_megabytes():
    assert (Bounds().silence, Bounds().most_bytes) == (20, 64 * 1024 * 1024)


def test_a_server_that_drips_holds_nothing_up(server, folder, address):
    server.answers["/list.crl"] = drip

    fetched = fetch(address, folder, read_trust(folder), now=NOW, bounds=Bounds(in_all=0.4))

    assert fetched.code == "slow"


def test_ends_in_the_middle_when_it_is_told(server, folder, address):
    server.answers["/list.crl"] = say_nothing

    done = fetch_all(folder, read_trust(folder), now=NOW, bounds=Bounds(), go_on=lambda: not server.asked)

    assert done == []  # neither a list nor an address that did not answer in time


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_goes_nowhere_that_the_operator_did_not_write(server, folder, address, authority, status):
    server.answers["/list.crl"] = (status, {"Location": "/elsewhere.crl"})
    server.answers["/elsewhere.crl"] = authority.crl()

    fetched = get(address, folder)

    assert fetched.code == "redirect"
    assert f"пренасочва към {server.url}/elsewhere.crl" in fetched.sentence
    assert server.asked == ["/list.crl"]
    assert kept(folder) == {}


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://[", "//\x07evil\x1b[2J"])
def test_a_redirect_can_do_no_harm_by_being_named(server, folder, address, target):
    server.answers["/list.crl"] = (302, {"Location": target})

    fetched = get(address, folder)

    assert fetched.code == "redirect"
    assert fetched.sentence.isprintable()


def test_cannot_write(server, folder, address, authority):
    server.answers["/list.crl"] = authority.crl()
    (folder / "crls").rmdir()
    (folder / "crls").write_text("")

    fetched = get(address, folder)

    assert fetched.code == "not_written"
    assert str(folder / "crls") in fetched.sentence


def test_a_full_disk_leaves_the_whole_list(server, folder, address, authority, monkeypatch):
    server.answers["/list.crl"] = authority.crl()
    get(address, folder)
    before = kept(folder)
    server.answers["/list.crl"] = authority.crl(this_update=NOW)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    assert get(address, folder).code == "not_written"
    assert kept(folder) == before


def test_several_at_once_do_no_harm(server, folder, address, authority):
    lists = [authority.crl(this_update=NOW - n * MINUTE) for n in range(8)]
    turns = iter(lists * 2)
    lock = threading.Lock()

    def one_after_another(handler):
        with lock:
            body = next(turns)
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(body)

    server.answers["/list.crl"] = one_after_another
    trust = read_trust(folder)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: fetch(address, folder, trust, now=NOW, bounds=SMALL), range(16)))

    assert {each.code for each in found} <= {"new", "unchanged", "older"}
    assert list(kept(folder).values()) == [lists[0]]


def test_never_asks_an_address_that_stands_in_a_certificate_or_a_list(server, folder):
    theirs = f"{server.url}/theirs"
    authority = Authority(NOW, theirs)
    authority.write(folder, fresh=False)
    (folder / "issuers/sub.pem").write_bytes(authority.issuing.pem)
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{theirs}/delta.crl")], None, None, None)
    access = x509.AccessDescription(
        x509.AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(f"{theirs}/issuer.cer")
    )
    extensions = [
        (x509.FreshestCRL([point]), False),
        (x509.AuthorityInformationAccess([access]), False),
    ]
    server.answers["/ours.crl"] = authority.crl(
        (authority.person(EGNS[0], key=ec_key()), NOW - HOUR), extensions=extensions
    )
    name(folder, f"{server.url}/ours.crl")

    fetching = Fetching(folder, bounds=SMALL)
    for hours in range(48):
        fetching.fetch_due(read_trust(folder), now=NOW + hours * HOUR)
    report(read_trust(folder), now=NOW, folder=folder)
    fetch_all(folder, read_trust(folder), now=NOW, bounds=SMALL)

    assert set(server.asked) == {"/ours.crl"}


# When


@pytest.mark.parametrize(
    ("since", "until", "fetched", "is_due"),
    [
        (-HOUR, DAY, -HOUR, False),
        (-HOUR, DAY, -OLDEST + SECOND, False),
        (-HOUR, DAY, -OLDEST, True),
        (-HOUR, HOUR + 2 * SECOND, -MINUTE, False),
        (-HOUR, HOUR, -MINUTE, True),
        (-2 * DAY, -SECOND, -MINUTE, True),
        (-HOUR, DAY, HOUR, False),
    ],
    ids=["fresh", "almost six hours", "six hours", "before half", "half", "stale", "copied from elsewhere"],
)
def test_a_list_is_due(authority, since, until, fetched, is_due):
    crl = Crl.load(authority.crl(this_update=NOW + since, next_update=NOW + until))

    assert wants_new(crl, NOW + fetched, now=NOW) is is_due


def test_a_list_that_is_not_there_is_due():
    assert wants_new(None, EVER, now=NOW)


class Clock:
    """The portal's, and the seconds beside it."""

    def __init__(self):
        self.now, self.ticks = NOW, 1000.0

    def passes(self, time: timedelta):
        self.now, self.ticks = self.now + time, self.ticks + time.total_seconds()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def fetching(folder, clock):
    return Fetching(folder, bounds=SMALL, ticks=lambda: clock.ticks)


@pytest.fixture
def go(fetching, folder, clock):
    """The codes of one round."""
    return lambda: [each.code for each in fetching.fetch_due(read_trust(folder), now=clock.now)]


def test_what_is_fetched_rests_for_six_hours(server, address, authority, clock, go):
    server.answers["/list.crl"] = authority.crl()

    assert go() == ["new"]
    clock.passes(OLDEST - SECOND)
    assert go() == []
    clock.passes(SECOND)
    assert go() == ["unchanged"]


def test_a_new_process_does_not_ask_at_once_for_what_is_there(server, folder, address, authority, clock, go):
    server.answers["/list.crl"] = authority.crl()
    go()
    clock.passes(HOUR)

    assert Fetching(folder).due(read_trust(folder), now=clock.now) == []


def test_past_half_of_its_time_it_is_asked_for_each_hour(server, address, authority, clock, go):
    server.answers["/list.crl"] = authority.crl()
    go()
    clock.passes(11 * HOUR)
    assert go() == ["unchanged"]
    clock.passes(AGAIN - SECOND)
    assert go() == []
    clock.passes(SECOND)
    assert go() == ["unchanged"]


def test_while_lists_are_signed_it_is_asked_for_each_hour(
    server, address, folder, authority, clock, fetching
):
    server.answers["/list.crl"] = authority.crl()

    def go() -> list[str]:
        return [each.code for each in fetching.fetch_due(read_trust(folder), is_open=True, now=clock.now)]

    assert go() == ["new"]
    clock.passes(OFTEN - SECOND)
    assert go() == []
    clock.passes(SECOND)
    assert go() == ["unchanged"]


def test_no_list_rests_for_longer_than_half_of_the_greatest_age(
    server, address, folder, authority, clock, fetching
):
    server.answers["/list.crl"] = authority.crl()
    trust = lambda: read_trust(folder, greatest_age=2 * HOUR)  # noqa: E731
    assert [each.code for each in fetching.fetch_due(trust(), now=clock.now)] == ["new"]
    clock.passes(HOUR)

    assert [each.code for each in fetching.fetch_due(trust(), now=clock.now)] == ["unchanged"]


def test_a_list_that_is_valid_for_a_month_and_old_is_asked_for_every_ten_minutes(
    server, address, authority, clock, go
):
    server.answers["/list.crl"] = authority.crl(this_update=NOW - 25 * HOUR, next_update=NOW + 30 * DAY)
    assert go() == ["old"]
    clock.passes(RETRY)
    assert go() == ["old"]


def test_says_that_the_authority_has_no_younger_list(server, address, folder, authority):
    server.answers["/list.crl"] = authority.crl(this_update=NOW - 25 * HOUR, next_update=NOW + 30 * DAY)

    (done,) = fetch_all(folder, read_trust(folder), now=NOW, bounds=SMALL)

    assert not done.is_good
    assert "не приема по-стар от 24 часа (PORTAL_CRL_MAX_AGE): издателят няма по-нов" in done.sentence


def test_a_list_about_authorities_may_be_of_months_ago(server, address, folder, authority):
    """A root makes one twice in a year."""
    server.answers["/list.crl"] = authority.crl(
        by=authority.root, this_update=NOW - 90 * DAY, next_update=NOW + 90 * DAY
    )

    assert [each.code for each in fetch_all(folder, read_trust(folder), now=NOW, bounds=SMALL)] == ["new"]


def test_after_a_failure_it_is_asked_again_in_ten_minutes(server, address, authority, clock, go):
    assert go() == ["status"]
    clock.passes(RETRY - SECOND)
    assert go() == []
    server.answers["/list.crl"] = authority.crl()
    clock.passes(SECOND)
    assert go() == ["new"]


def test_while_the_authority_has_none_that_is_fresh_every_ten_minutes(server, address, authority, clock, go):
    server.answers["/list.crl"] = authority.crl(this_update=NOW - 3 * DAY)
    assert go() == ["stale"]
    clock.passes(RETRY)
    assert go() == ["stale"]


def test_goes_on_trying_where_the_clock_stands_still(server, address, authority, clock, go):
    go()
    server.answers["/list.crl"] = authority.crl()
    clock.ticks += RETRY.total_seconds()

    assert go() == ["new"]


def test_a_new_line_is_fetched_in_the_next_round(server, folder, address, authority, go):
    server.answers |= {"/list.crl": authority.crl(), "/root.crl": authority.crl(by=authority.root)}
    assert go() == ["new"]
    name(folder, f"{server.url}/list.crl", f"{server.url}/root.crl")

    assert go() == ["new"]
    assert server.asked == ["/list.crl", "/root.crl"]


def test_one_that_fails_holds_up_no_other(server, folder, authority, go):
    server.answers["/good.crl"] = authority.crl()
    name(folder, "http://127.0.0.1:1/a.crl", f"{server.url}/404.crl", f"{server.url}/good.crl")

    assert go() == ["no_answer", "status", "new"]


def test_the_log_holds_no_query(server, folder, go, caplog):
    caplog.set_level(logging.DEBUG)
    name(folder, f"{server.url}/list.crl?key=geheim")

    go()

    assert server.asked == ["/list.crl?key=geheim"]
    assert caplog.messages == [f"list at {server.url}/list.crl: status"]


# crls.txt


def test_reads_addresses_comments_and_empty_lines(folder):
    text = "\ufeff# B-Trust\r\n\r\n  http://crl.example.bg/a.crl  # нощем\n#http://x/\nHTTPS://b.example.bg:8443/b?c=d\n"
    (folder / "crls.txt").write_text(text, "utf-8")

    found = read_addresses(folder)

    assert [(one.line, one.url) for one in found.listed] == [
        (3, "http://crl.example.bg/a.crl"),
        (5, "HTTPS://b.example.bg:8443/b?c=d"),
    ]
    assert found.wrong == ()


def test_an_address_counts_once(folder):
    name(folder, "http://x.bg/a.crl", "http://x.bg/a.crl")

    assert len(read_addresses(folder).listed) == 1


def test_no_file_has_no_addresses(folder):
    assert read_addresses(folder) == read_addresses(folder / "no")
    assert read_addresses(folder).listed == ()


@pytest.mark.parametrize(
    "line",
    [
        "file:///etc/passwd",
        "ftp://crl.example.bg/a.crl",
        "ldap://ldap.example.bg/cn=x?certificateRevocationList",
        "data:,x",
        "crl.example.bg/a.crl",
        "//crl.example.bg/a.crl",
        "http:///a.crl",
        "http://",
        "http://user:parola@crl.example.bg/a.crl",
        "http://crl.example.bg:0/a.crl",
        "http://crl.example.bg:99999/a.crl",
        "http://crl.example.bg/a.crl#part",
        "http://crl.example.bg/a b.crl",
        "http://crl.example.bg/a\u0000.crl",
        "http://crl.пример.bg/a.crl",
        "http://[::1/a.crl",
        "http://crl.example.bg\\@127.0.0.1/",
        "http://crl.example.bg/" + "a" * 2000,
    ],
)
def test_names_the_line_that_is_no_address_and_fetches_the_rest(server, folder, authority, line):
    server.answers["/list.crl"] = authority.crl()
    (folder / "crls.txt").write_text(f"# ред\n{line}\n{server.url}/list.crl\n", "utf-8")

    (wrong,) = read_addresses(folder).wrong

    assert wrong.line == 2
    assert wrong.sentence.startswith("На ред 2 ")
    assert "parola" not in wrong.sentence
    assert [each.code for each in fetch_all(folder, read_trust(folder), now=NOW, bounds=SMALL)] == ["new"]


def test_names_a_file_that_cannot_be_read(folder):
    (folder / "crls.txt").mkdir()
    assert read_addresses(folder).wrong[0].line == 0

    (folder / "crls.txt").rmdir()
    (folder / "crls.txt").write_bytes(b"#" * 300_000)
    assert "твърде голям" in read_addresses(folder).wrong[0].sentence


@pytest.mark.parametrize(
    "url",
    [
        "http://crl.example.bg/a.crl",
        "http://crl.example.bg/../../../etc/passwd",
        "http://crl.example.bg/%2e%2e%2f%00",
        "http://crl.example.bg/..",
        "http://../",
        "http://crl.example.bg/" + "дълго".encode().hex() * 90,
        "http://crl.example.bg/A/?x=../../y",
    ],
)
def test_a_list_stays_in_its_folder_under_one_name(folder, url):
    file = Address(1, url).file_in(folder)

    assert file == Address(9, url).file_in(folder)
    assert file.parent == folder / "crls"
    assert file.resolve().parent == (folder / "crls").resolve()
    assert file.suffix == ".crl"
    assert not file.name.startswith(".")
    assert len(file.name) < LONGEST_NAME + 20


def test_addresses_that_look_alike_have_files_of_their_own(folder):
    urls = [
        "http://x.bg/a.crl",
        "https://x.bg/a.crl",
        "http://x.bg/A.crl",
        "http://x.bg/a.crl?b",
        "http://x.bg/a-crl",
    ]

    assert len({Address(1, url).file_in(folder) for url in urls}) == len(urls)
