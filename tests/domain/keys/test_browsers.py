"""portal.domain.keys.browsers: of what kind a browser is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.keys.browsers import BROWSERS, SYSTEMS, kind_of
from portal.storage.tables.people import Login

GECKO, APPLE = "Gecko/20100101 ", "AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) {GECKO}Firefox/140.0", "Firefox, Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {APPLE}Chrome/142.0.0.0 Safari/537.36", "Chrome, Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {APPLE}Chrome/142.0.0.0 Safari/537.36 Edg/142.0", "Edge, Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {APPLE}Chrome/142.0 Safari/537.36 OPR/120.0", "Opera, Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {APPLE}Chrome/142.0 Mobile Safari/537.36", "Chrome, Android"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) {APPLE}Version/26.0 Safari/605.1", "Safari, Mac"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {APPLE}CriOS/142 Safari/604",
            "Chrome, iPhone",
        ),
        ("Mozilla/5.0 Firefox/140.0", "Firefox"),
        ("curl/8.5.0 (Linux)", ""),
        ("", ""),
    ],
)
def test_says_browser_and_system(agent, kind):
    assert kind_of(agent) == kind


@given(st.text() | st.lists(st.sampled_from([*BROWSERS, *SYSTEMS, "<b>", " "])).map("".join))
def test_says_only_words_of_ours_that_the_column_holds(agent):
    words = set(filter(None, kind_of(agent).split(", ")))
    assert words <= {*BROWSERS.values(), *SYSTEMS.values()}
    assert len(kind_of(agent)) <= Login.browser.max_length
