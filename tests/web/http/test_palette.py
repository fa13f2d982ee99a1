"""The colours of tokens.css: words are read, borders seen, day and night (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from itertools import product

import pytest

from portal.web.http.assets import STATIC

TEXT, BORDER = 4.5, 3.0
WASHES = ("wash", "confirmed-wash", "refused-wash", "wrong-wash", "warning-wash")
STATES = ("confirmed", "refused", "warning", "wrong")
OWN = tuple((state, ground) for state in STATES for ground in ("paper", f"{state}-wash"))
WRITTEN = (
    *OWN,
    *product(("ink", "muted", "link", "brand-over", "wrong"), ("paper", *WASHES)),
    *product(["paper"], ("brand", "brand-over", "wrong", "ink")),  # on buttons
    *product(["white"], ["top"]),
    *product(["black"], ["focus"]),
)
DRAWN = tuple(product(("line-strong", "brand"), ("paper", "wash")))
FIXED = {"white": "#ffffff", "black": "#000000"}


def palette(night: bool) -> dict[str, str]:
    day, _, dark = (STATIC / "css" / "tokens.css").read_text("utf-8").partition("@media")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", day)) | FIXED
    return colours | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark)) if night else colours


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("colour", "ratio"), [("#ffffff", 21), ("#777777", 4.69), ("#000000", 1)])
def test_contrast_is_computed_as_wcag_does(colour, ratio):
    assert contrast(colour, "#000000") == pytest.approx(ratio, abs=0.02)


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_words_can_be_read_and_borders_seen(night):
    colours = palette(night)
    least = {**dict.fromkeys(DRAWN, BORDER), **dict.fromkeys(WRITTEN, TEXT)}
    found = {pair: contrast(*(colours[name] for name in pair)) for pair in least}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < least[pair]} == {}


def test_night_says_every_colour_but_the_yellow_of_the_focus():
    day, night = palette(night=False), palette(night=True)
    assert {name for name in day if day[name] == night[name]} == {*FIXED, "focus"}


def test_no_colour_is_written_anywhere_else():
    """It would stay as it is at night. White and black stand on the header's own ground, and on yellow."""
    for name in {path.name for path in (STATIC / "css").glob("*.css")} - {"tokens.css", "print.css"}:
        found = re.findall(r"#[0-9a-f]{3,8}\b(?=[^{}]*;)", (STATIC / "css" / name).read_text("utf-8"))
        assert set(found) <= {"#fff", "#000"}, name
