"""What a check says of a file. Words only: the sentences for people are in domain/qualified.py."""

from dataclasses import dataclass

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
