"""One thing that is not as it should be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """``code`` is for scripts, ``thing`` names the object, ``sentence`` is for the operator; none of
    them tells of a child more than the number of its row."""

    code: str
    thing: str
    sentence: str
