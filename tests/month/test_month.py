"""A month of letters: every way an institution can behave, once. 300 of them: ``make bench PART=month``."""

from dataclasses import replace

import pytest

from tests.mail.mail_server import mail_to
from tests.month.behaviours import BEHAVIOURS
from tests.month.days import LOADED
from tests.month.playing import Month
from tests.month.post import Post
from tests.month.reading import found, tries_expected
from tests.month.town import Town


@pytest.mark.both_databases
def test_who_reads_what_when(config):
    post = Post(LOADED)
    with mail_to(post) as url:
        month = Month(replace(config, mail_url=url), Town(len(BEHAVIOURS)), post)
        month.play()
    was = found(month)

    assert was.missing == []
    assert was.too_many == []
    assert was.out_of_hours == []
    assert was.tried_in_vain == tries_expected(month)
    assert was.refused == post.refused
    assert not month.doomed, "nobody died"
    assert was.twice == dict.fromkeys(month.again, 1)
