"""Invented children and lines: strategies for Hypothesis, and the samples of tests/data."""

from datetime import date
from pathlib import Path

from hypothesis import strategies as st

DATA = Path(__file__).parent.parent / "data"
GOOD = "2020|12|2200004|0|1043183143|Стефан|Ганчев|Цветанов|007.00|0|00"

EGN_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6)
LNCH_WEIGHTS = (21, 19, 17, 13, 11, 9, 7, 3, 1)
LETTERS = "абвгдежзийклмнопрстуфхцчшщъьюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЮЯ -'\"ABCxyz„“…№"


def egn(born: date, serial: int) -> str:
    shift = {18: 20, 19: 0, 20: 40}[born.year // 100]
    digits = f"{born.year % 100:02d}{born.month + shift:02d}{born.day:02d}{serial:03d}"
    return digits + str(sum(w * int(d) for w, d in zip(EGN_WEIGHTS, digits, strict=True)) % 11 % 10)


def lnch(serial: int) -> str:
    digits = f"{serial:09d}"
    return digits + str(sum(w * int(d) for w, d in zip(LNCH_WEIGHTS, digits, strict=True)) % 10)


def _is_utf8(name: str) -> bool:
    try:
        name.encode("cp1251").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


egns = st.builds(egn, st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
lnchs = st.builds(lnch, st.integers(0, 10**9 - 1))
idns = st.text("0123456789ABCXYZabcxyz", min_size=1, max_size=10)
identifiers = st.one_of(
    st.tuples(st.just("0"), egns), st.tuples(st.just("1"), lnchs), st.tuples(st.just("2"), idns)
)
# A windows-1251 line whose only foreign signs are „Г“ is „Ó“ in UTF-8: no name, and no line of a real file.
names = st.text(LETTERS, max_size=25).filter(lambda name: name.isascii() or not _is_utf8(name))
given_names = names.filter(lambda name: name.strip() != "")
codes = st.from_regex(r"\A[0-9]{7}\Z")


@st.composite
def asp_fields(draw) -> list[str]:
    """The eleven fields of a line that has no fault."""
    return [
        f"{draw(st.integers(2000, 2099)):04d}",
        f"{draw(st.integers(1, 12)):02d}",
        draw(codes),
        *draw(identifiers),
        draw(given_names),
        draw(names),
        draw(names),
        f"{draw(st.integers(0, 999)):03d}.{draw(st.integers(0, 99)):02d}",
        draw(st.sampled_from("012")),
        f"{draw(st.integers(0, 99)):02d}",
    ]


# Bytes as bad files hold them: everything, and often what means something to a reader.
wild_bytes = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from(
            [
                b"\r",
                b"\n",
                b"\r\n",
                b"\x1a",
                b"|",
                b"\x98",
                b"\x85",
                b"\x00",
                b"\xef\xbb\xbf",
                b"\xe2\x80\xae",
            ]
        ),
        st.just(GOOD.encode("cp1251")),
        st.just(GOOD.encode("utf-8")),
    ),
    max_size=40,
).map(b"".join)
