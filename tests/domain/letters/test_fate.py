"""portal.domain.letters.fate: what a mail server's answer means."""

import pytest

from portal.domain.letters.fate import LONGEST_REPLY, Reply, Verdict


@pytest.mark.parametrize(
    ("code", "said", "about_reader", "verdict"),
    [
        (250, b"2.0.0 Ok: queued as 4XyZ", False, Verdict.ACCEPTED),
        (451, b"4.3.0 try later", True, Verdict.DEFERRED),
        (452, b"4.2.2 mailbox full", True, Verdict.DEFERRED),
        (550, b"5.1.1 <x@school.bg>: user unknown", True, Verdict.UNKNOWN_ADDRESS),
        (550, b"No such user here", True, Verdict.UNKNOWN_ADDRESS),
        (553, b"mailbox name not allowed", True, Verdict.UNKNOWN_ADDRESS),
        (550, b"5.7.1 blocked by policy", True, Verdict.REFUSED),
        (552, b"5.2.2 mailbox full", True, Verdict.REFUSED),
        (554, b"5.1.1 odd, but it answers the letter", False, Verdict.REFUSED),
        (554, b"spam", False, Verdict.REFUSED),
        (-1, b"", False, Verdict.DEFERRED),
    ],
)
def test_what_an_answer_means(code, said, about_reader, verdict):
    assert Reply.read(code, said).verdict(about_reader=about_reader) is verdict


def test_the_status_is_taken_out_of_the_text():
    reply = Reply.read(550, b"5.1.1 <x@school.bg>:\n 5.1.1 no such user")

    assert (reply.code, reply.status, reply.text) == (550, "5.1.1", "<x@school.bg>: 5.1.1 no such user")


def test_an_answer_without_a_status_has_none():
    assert Reply.read(250, "OK 1612").status == ""


def test_a_long_or_strange_answer_is_one_short_line():
    reply = Reply.read(554, b"5.7.1 \xff\x00\x1b[31m" + b"no " * 500)

    assert len(reply.text) == LONGEST_REPLY
    assert reply.text.isprintable()
