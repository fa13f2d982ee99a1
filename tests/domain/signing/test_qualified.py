"""What is said of a qualified signature: a sentence for every fault, a label for every check."""

import ast
import unicodedata
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import Conflict
from portal.domain.signing.checks import CANNOT_SIGN_AGAIN, CHECKS, FAULTS
from portal.domain.signing.qualified import (
    KINDS,
    Checked,
    Format,
    Outcome,
    Verdict,
    certificate_facts,
    check_kind,
    sentence_of,
)

PORTAL = Path(__file__).parents[3] / "portal"
ASKING = ("crypto/qualified", "actions/qualified")


def calls() -> list[ast.Call]:
    trees = [ast.parse(path.read_text()) for part in ASKING for path in (PORTAL / part).glob("*.py")]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def words() -> set[str]:
    """Every text in the code that asks."""
    trees = [ast.parse(path.read_text()) for part in ASKING for path in (PORTAL / part).glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


def said(function: str, place: int) -> set[str]:
    """The texts that ``function`` is called with at this place, also as one of two."""
    found = set()
    for call in calls():
        if isinstance(call.func, ast.Name) and call.func.id == function and len(call.args) > place:
            argument = call.args[place]
            among = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
            found |= {one.value for one in among if isinstance(one, ast.Constant)}
    return found


def test_every_fault_that_is_found_has_a_sentence_and_every_check_a_label():
    assert len(said("Fault", 1)) > 30
    assert said("Fault", 1) | said("_unused", 0) | said("_Over", 1) <= set(FAULTS)
    assert said("Fault", 0) | said("Check", 0) | said("_passed", 1) <= set(CHECKS)


def test_no_sentence_is_for_nothing():
    assert set(FAULTS) <= words()
    assert set(CHECKS) <= words()
    assert set(FAULTS) >= CANNOT_SIGN_AGAIN


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sentence_is_one_that_people_can_read(fault):
    text = sentence_of(fault)

    assert text[0].isupper()
    assert text.endswith(".")
    assert "  " not in text


def test_a_verdict_names_the_fault_of_the_check_that_decided_it():
    waits = Checked("revocation", Outcome.WAITS, "no_egn")
    silent, bad = Checked("issuer", Outcome.BAD), Checked("content", Outcome.BAD, "other_content")

    assert Verdict((waits, silent, bad)).fault == "other_content"
    assert Verdict((waits, Checked("issuer", Outcome.GOOD, "other_content"))).fault == "no_egn"
    assert (silent.sentence, bad.sentence) == ("", sentence_of("other_content"))


CHECKED = st.builds(
    Checked, st.sampled_from(list(CHECKS)), st.sampled_from(Outcome), st.sampled_from(["", *FAULTS])
)


# Canonical texts are in NFC.
NFC = st.text().map(partial(unicodedata.normalize, "NFC"))


@given(st.lists(CHECKED, max_size=9), st.dictionaries(st.sampled_from(["holder", "issuer"]), NFC))
def test_a_verdict_is_kept_as_it_was(checks, facts):
    verdict = Verdict(tuple(checks), facts)

    assert Verdict.load(verdict.dump()) == verdict
    assert Verdict.load(verdict.dump()).dump() == verdict.dump()


@given(st.lists(CHECKED, min_size=1, max_size=9))
def test_one_bad_answer_decides_and_one_that_waits_waits(checks):
    outcomes = {one.outcome for one in checks}

    expected = (
        Outcome.BAD
        if Outcome.BAD in outcomes
        else Outcome.WAITS
        if Outcome.WAITS in outcomes
        else Outcome.GOOD
    )
    assert Verdict(tuple(checks)).outcome is expected


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_kinds_that_count_here_are_taken(kind):
    check_kind(kind, {kind})
    with pytest.raises(Conflict):
        check_kind(kind, set(KINDS) - {kind})


def test_what_a_certificate_does_not_say_is_not_shown():
    facts = {"holder": "Ана Янева", "claimed_at": "2020-12-15T08:00:00.000000Z"}
    verdict = Verdict((), facts)

    assert certificate_facts(verdict, Format.PDF) == [
        ("Сертификат на", "Ана Янева"),
        ("Час, по компютъра", "15.12.2020 г., 10:00 ч."),
    ]
    assert certificate_facts(verdict, Format.BISS)[1][0] == "Час, от портала"


def test_what_biss_made_is_kept_as_a_detached_signature():
    assert Format.BISS.extension == "p7s"


def test_each_form_is_kept_under_the_name_of_its_kind_of_file():
    assert [form.extension for form in Format] == ["p7s", "p7m", "pdf", "p7s", "p7m", "p7s"]
    assert [form for form in Format if form.is_over_pdf] == [Format.PDF_P7S, Format.PDF_P7M]
    assert max(len(form.value) for form in Format) <= 8  # as long as the column is


def test_what_is_signed_with_an_old_algorithm_is_called_signed():
    assert FAULTS["old_algorithm"].startswith("Подписан е с алгоритъм, който вече не се приема")
    assert "SHA-1" not in FAULTS["unknown_algorithm"]  # SHA-3 is not weaker
