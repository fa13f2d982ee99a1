"""portal.domain.letters.kinds"""

import re
from pathlib import Path

from portal.domain.keys.news import NewsKind
from portal.domain.letters.kinds import LABELS, Occasion, label_of

ROOT = Path(__file__).parents[3]


def test_every_occasion_has_a_name_and_fits_its_column():
    for occasion in Occasion:
        assert occasion.label
        assert len(occasion.value) <= 24


def test_every_letter_that_is_sealed_has_a_name_too():
    text = "".join(path.read_text("utf-8") for path in (ROOT / "portal/actions").rglob("*.py"))
    words = set(re.findall(r'(?:enqueue|tell_guardians)\([^"]*?"([a-z_]+)"', text))
    assert {"invitation", "password_reset", "register_opened"} <= words
    others = {word for word in words | {kind.value for kind in NewsKind} if word not in LABELS}
    assert all(word.startswith(("register_", "envelope_", "factor_")) for word in others), others
    assert label_of("register_opened") == label_of("envelope_made") == "достъп до карантинния регистър"
    assert label_of("factor_off") == label_of("passkey_added") == "втори фактор"
