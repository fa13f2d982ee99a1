"""What a check reports about a file, as words for code; the sentences are in domain/signing/checks.py."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

logger = logging.getLogger(__name__)

GOOD, WAITS, BAD, NOTED = "good", "waits", "bad", "noted"


@dataclass(frozen=True)
class Check:
    """One thing that was asked; ``fault`` says what is wrong, or why it waits."""

    check: str
    outcome: str = GOOD
    fault: str = ""


class Fault(Exception):
    """The file does not hold; nothing further is asked of it."""

    def __init__(self, check: str, fault: str) -> None:
        super().__init__(f"{check}: {fault}")
        self.check = check
        self.fault = fault


@contextmanager
def as_fault() -> Iterator[None]:
    """Whatever a stranger's bytes make the libraries raise is a Fault of those bytes. Only its kind is
    logged: the text can hold what stands in a certificate."""
    try:
        yield
    except Fault:
        raise
    except Exception as error:
        logger.warning("a file for signing could not be read: %s", type(error).__name__)
        raise Fault("readable", "malformed") from None
