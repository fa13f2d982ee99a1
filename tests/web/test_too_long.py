"""Whoever writes more than a field takes is told so: every field of every form, for every role.

No field cuts what is pasted into it: half a circular would go out, and nobody would know.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.actions.register.unlocked import keep
from tests.page import Answer
from tests.web.crawling import SIGNS_OUT, Crawl, Press
from tests.web.test_offers import STARTS, asked_for_correction, open_list

MUCH = "я" * 20_000  # twice what the longest field takes, a circular


class TooMuch(Crawl):
    """Writes too much into one field after the other."""

    def _variants(self, press: Press) -> Iterator[Press]:
        if press.method == "post" and press.address != SIGNS_OUT and ("find", "yes") not in press.fields:
            for name in press.written:
                fields = tuple((key, MUCH if key == name else value) for key, value in press.fields)
                yield replace(press, label=f"{press.label}, {name}", fields=fields)

    def _check(self, answer: Answer, what: str) -> None:
        if answer.response.mimetype == "text/html" and answer.page.is_whole:
            cutting = answer.page.all("[maxlength]:not([type=search])")
            self.faults += [f"{what} cuts {field.get('name')}" for field in cutting]
        if "GET" not in what and answer.status_code != 422:
            self.faults.append(f"{answer.status_code} {what}")


@pytest.mark.parametrize("state", [open_list, asked_for_correction], ids=lambda state: state.__name__)
def test_too_much_is_refused_wherever_it_is_written(client, world, state):
    now = state(world)
    faults, presses = [], 0
    for name in ("ana", "nora", "oleg"):
        client.at(now)
        keep(client, world.ana) if name == "ana" else client.sign_in(getattr(world, name))
        done = TooMuch(client).run(*STARTS.get(name, ("/",)))
        faults += [f"{name}: {fault}" for fault in done.faults]
        presses += done.presses
    assert not faults, "\n".join(faults)
    assert presses > 50
