"""unbroken(text): numbers stay on one line with what belongs to them."""

import pytest

from portal.domain.times import unbroken


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 февруари 2021 г. (понеделник)", "1_февруари_2021_г. (понеделник)"),
        ("Декември 2020 г., май 2021", "Декември_2020_г., май_2021"),
        ("писмо № РУО1-3314, запис № 7", "писмо №_РУО1-3314, запис №_7"),
        ("01.02.2021 г., 14:05 ч.", "01.02.2021_г., 14:05_ч."),
        ("Остават 4 дни – до понеделник", "Остават 4_дни – до понеделник"),
        ("от 1 2 и 3 – 4", "от 1 2_и 3 – 4"),
        ("", ""),
    ],
)
def test_keeps_a_number_on_the_line_of_its_word(text, shown):
    assert unbroken(text) == shown.replace("_", "\N{NO-BREAK SPACE}")
