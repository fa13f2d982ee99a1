"""One password as other keyboard layouts and alphabets write it."""

import unicodedata

# The Cyrillic letters on the keys of a Latin keyboard, row by row: БДС 5237 and the two phonetic layouts, the
# traditional one and that of БДС 5237:2006.
_KEYS = "`qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
_BDS = "(,уеишщксдзц;„ьяаожгтнвмчюйъэфхпрлб"
_TRADITIONAL = "чявертъуиопшщюасдфгхйкл;'зьцжбнм,./"
_PHONETIC = "ючшертъуиопящьасдфгхйкл;'зжцвбнм,./"
_SHIFTED = str.maketrans('~{}|:"<>?', "`[]\\;',./")  # of the keys that have letters
LAYOUTS = (_BDS, _TRADITIONAL, _PHONETIC)

_TO_CYRILLIC = [
    {ord(key): letter for key, letter in zip(_KEYS, layout, strict=True) if letter.isalpha()}
    for layout in LAYOUTS
]
_TO_LATIN = [
    {ord(letter): key for key, letter in zip(_KEYS, layout, strict=True) if letter != key}
    for layout in LAYOUTS
]

# Закон за транслитерацията, art. 4 and 5
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхъь", "abvgdeziyklmnoprstufhay", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya"}
)
# Latin letters of the same shape as a Cyrillic one, in passwords that mix both.
_SHAPES = str.maketrans("aceopxykmtbh", "асеорхукмтвн")


def folded(text: str) -> str:
    """Small letters, full-width ones as usual ones."""
    return unicodedata.normalize("NFKC", text).casefold()


def readings(text: str) -> list[str]:
    """The folded ``text``, and what the same keys write in each Bulgarian layout, or in the Latin one; each
    once."""
    text = folded(text)
    if not _has_cyrillic(text):
        keys = text.translate(_SHIFTED)
        others = [keys.translate(letters) for letters in _TO_CYRILLIC]
    else:
        others = [text.translate(keys) for keys in _TO_LATIN] + [text.translate(_SHAPES)]
    return list(dict.fromkeys([text, *others]))


def transliterated(word: str) -> str:
    """In Latin letters, as the law has it: ``софия`` is ``sofia``, ``училище`` is ``uchilishte``."""
    stem = f"{word[:-2]}ia" if word.endswith("ия") else word
    return stem.translate(_LATIN)


def _has_cyrillic(text: str) -> bool:
    return any("\u0400" <= letter <= "\u04ff" for letter in text)
