"""Qualified electronic signatures (КЕП): which kinds of signature count, what was checked in a file, and the
sentence that its director reads.

Source: signing-and-sealing.md, section 2; ЗЕДЕУУ art. 13, par. 3 and Regulation (EU) 910/2014, art. 25
give a qualified signature the force of a handwritten one.
"""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from portal.domain.errors import Conflict
from portal.domain.signing.checks import CHECKS, FAULTS
from portal.domain.signing.declaration import canonical, grouped
from portal.domain.times import stamp

PASSWORD, QUALIFIED = "password", "qualified"  # kinds of signature, as PORTAL_SIGNATURES names them
KINDS = (PASSWORD, QUALIFIED)


class Format(Enum):
    """In what form the signature came."""

    P7S = "p7s"
    P7M = "p7m"
    PDF = "pdf"
    PDF_P7S = "pdf.p7s"
    PDF_P7M = "pdf.p7m"
    BISS = "biss"

    @property
    def label(self) -> str:
        return {
            "p7s": "отделен подпис върху данните (.p7s)",
            "p7m": "данните заедно с подписа (.p7m)",
            "pdf": "подписан PDF",
            "pdf.p7s": "отделен подпис върху PDF файла (.p7s)",
            "pdf.p7m": "PDF файлът заедно с подписа (.p7m)",
            "biss": "от картата, чрез BISS",
        }[self.value]

    @property
    def extension(self) -> str:
        return "p7s" if self is Format.BISS else self.value.removeprefix("pdf.")

    @property
    def is_over_pdf(self) -> bool:
        """Whether the printed form was signed, as it was issued, by a file beside or around it."""
        return self in (Format.PDF_P7S, Format.PDF_P7M)


class PendingState(Enum):
    """What became of a signature that could not be checked at once."""

    WAITS = "waits"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    VOID = "void"  # the list was changed, signed otherwise, or its signatory may sign no longer
    REPLACED = "replaced"  # by a newer file


def check_kind(kind: str, kinds: Set[str]) -> None:
    """Raise Conflict unless signatures of this kind count here (``PORTAL_SIGNATURES``)."""
    if kind in kinds:
        return
    if kind == PASSWORD:
        raise Conflict("Тук списъците се подписват с КЕП, а не с парола. Нищо не е подписано.")
    raise Conflict(
        "Тук списъците се подписват с паролата ви. Подпис с КЕП не се приема и нищо не е подписано."
    )


class Outcome(Enum):
    """What a check said."""

    GOOD = "good"
    WAITS = "waits"  # nobody can say yet
    BAD = "bad"
    NOTED = "noted"  # not relied on, and no obstacle


@dataclass(frozen=True)
class Checked:
    """One check of a verdict; ``fault`` says what is wrong, or why it waits."""

    check: str
    outcome: Outcome
    fault: str = ""

    @property
    def label(self) -> str:
        return CHECKS[self.check]

    @property
    def sentence(self) -> str:
        return sentence_of(self.fault) if self.fault else ""


@dataclass(frozen=True)
class Verdict:
    """Everything that was asked of one file, in order, and what it says of itself.

    ``facts`` are what people are shown of the certificate and the times; ``claimed_at`` is the signatory's
    own word, ``stamped_at`` that of a time stamp authority.
    """

    checks: tuple[Checked, ...]
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        said = {each.outcome for each in self.checks}
        if Outcome.BAD in said:
            return Outcome.BAD
        return Outcome.WAITS if Outcome.WAITS in said else Outcome.GOOD

    @property
    def fault(self) -> str:
        """Of the check that decided against it, or that waits."""
        return next((each.fault for each in self.checks if each.outcome is self.outcome and each.fault), "")

    def dump(self) -> str:
        """Canonical, so that the portal's mark can be over it."""
        checks = [[each.check, each.outcome.value, each.fault] for each in self.checks]
        return canonical({"checks": checks, "facts": dict(self.facts)}).decode()

    @classmethod
    def load(cls, text: str) -> "Verdict":
        value = json.loads(text)
        checks = tuple(Checked(check, Outcome(outcome), fault) for check, outcome, fault in value["checks"])
        return cls(checks, value["facts"])


def sentence_of(fault: str) -> str:
    """What people read of a fault."""
    return FAULTS[fault]


def certificate_facts(verdict: Verdict, form: Format) -> list[tuple[str, str]]:
    """Names and values of the certificate and the times, for pages and papers. The time inside is a claim:
    of the signatory's computer, or, through BISS, the portal's own."""
    facts = verdict.facts
    whose = "от портала" if form is Format.BISS else "по компютъра"
    found = [
        ("SHA-256 на подписания PDF", grouped(facts.get("document", ""))),
        ("Сертификат на", facts.get("holder", "")),
        ("Издател", facts.get("issuer", "")),
        ("Сериен номер", facts.get("serial", "")),
        ("Сертификатът важи до", _stamped(facts.get("valid_until", ""))),
        (f"Час, {whose}", _stamped(facts.get("claimed_at", ""))),
        ("Времеви печат", _stamped(facts.get("stamped_at", ""))),
        ("Времеви печат от", facts.get("stamped_by", "")),
    ]
    return [(name, value) for name, value in found if value]


def _stamped(text: str) -> str:
    if not text:
        return ""
    return stamp(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC))
