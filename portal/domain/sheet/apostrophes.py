"""The apostrophe before a text that a spreadsheet would compute: put there for a csv, and taken off again."""

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BLANK = ("\t", "\r", "\n")
APOSTROPHE = "'"


def is_computed(text: str) -> bool:
    """Whether some program takes it for a formula. Blanks and line ends before the sign are skipped by some,
    so they do not hide it here."""
    return text.lstrip().startswith(_FORMULA) or text.startswith(_BLANK)


def guarded(text: str) -> str:
    """With one more apostrophe where ``bare`` would take one off."""
    return f"{APOSTROPHE}{text}" if is_computed(text.lstrip(APOSTROPHE)) else text


def bare(text: str) -> str:
    """What was ``guarded``; an apostrophe before anything else is the text's own."""
    rest = text.removeprefix(APOSTROPHE)
    return rest if is_computed(rest.lstrip(APOSTROPHE)) else text
