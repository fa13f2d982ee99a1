"""What is said instead of a result: every objection is a sentence for the person who asked."""

from collections.abc import Callable, Sequence


class Objection(Exception):
    """Not a defect: ``str()`` of it is a Bulgarian sentence for the person who asked."""


class Refusal(Objection):
    """What was asked does not hold. ``field`` names the form field it is about, if one is; ``also``
    holds what else is wrong, so that a person puts everything right at once."""

    def __init__(self, sentence: str, *, field: str | None = None, also: "tuple[Refusal, ...]" = ()) -> None:
        super().__init__(sentence)
        self.field = field
        self.also = also

    @classmethod
    def raise_all(cls, found: "Sequence[Refusal]") -> None:
        """Raise the first of ``found`` with the others beside it; nothing if there are none."""
        if found:
            raise cls(str(found[0]), field=found[0].field, also=tuple(found[1:]))


class TooLarge(Refusal):
    """A file is larger than one may be."""


class Unsure(Refusal):
    """What was asked is perhaps not what was meant. Nothing is done until the person says that it is."""


class NotFound(Objection):
    """There is no such thing, or it is not this person's: the two look the same from outside."""


class Conflict(Objection):
    """Too late, locked, or changed meanwhile: what the person saw is no longer so."""


class Denied(Objection):
    """The person's role, or the scopes of the authorisation, have no part in this."""


class TooOften(Objection):
    """Asked too often. ``retry_after`` is in whole seconds."""

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


def check_all(*checks: Callable[[], object]) -> None:
    """Run every check, and raise what any of them refuses as one Refusal."""
    found: list[Refusal] = []
    for check in checks:
        try:
            check()
        except Refusal as refusal:
            found += [refusal, *refusal.also]
    Refusal.raise_all(found)


def holds(check: Callable[..., object], *args: object, **kwargs: object) -> bool:
    """Whether ``check`` would let this pass, so that a page offers only what can be done."""
    try:
        check(*args, **kwargs)
    except Objection:
        return False
    return True
