"""What the address asks for: ``?q=``, a name, number, place or code; and what an institution is called."""

from flask import request

from portal.domain.times import today
from portal.storage.institutions.finding import LONGEST_SEARCH, SHOWN, Found, find_institutions
from portal.storage.lists.returned import institution_names
from portal.web.http import clock


def searched() -> tuple[str, Found]:
    """What was asked, and the open institutions that it means."""
    return found_for(request.args.get("q", ""))


def found_for(words: str) -> tuple[str, Found]:
    """The same for what was typed elsewhere."""
    q = words[:LONGEST_SEARCH].strip()
    return q, find_institutions(q, open_on=today(clock.now()), most=SHOWN)


def called(code: str) -> str:
    """An institution in a sentence: its name, and the code beside it, as some are called alike."""
    return f"{institution_names([code]).get(code, 'институция')} ({code})"
