"""write_disclosure: a copy of somebody's data as a text."""

import hypothesis.strategies as st
from hypothesis import given

from portal.documents.disclosure import Heading, Section, told, write_disclosure
from tests.cast import NOW

HEAD = 10  # lines, as far as the first fact


def lines_of(*sections: Section) -> list[str]:
    content = write_disclosure(Heading("Данни", "за кого", "12ab", NOW), sections)
    return content.decode("utf-8-sig").split("\r\n")


def test_reads_as_people_read():
    facts = told(("Месец", "декември 2020 г."), ("Бележка", ""), ("Решено на", None))

    other = Section("Друго", said=("Ето.",))

    assert lines_of(Section("Списъци", (facts,)), Section("Записвания"), other) == [
        "Данни", "=====", "за кого",
        "Справка № 12ab от 28.01.2021 г., 10:00 ч., по чл. 15 от Регламент (ЕС) 2016/679.",
        "", "", "1. Списъци", "----------", "", "1 от 1", "  Месец: декември 2020 г.",
        "", "", "2. Записвания", "-------------", "Няма.",
        "", "", "3. Друго", "--------", "Ето.", "",
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_was_typed_begins_no_line_of_its_own(note):
    """A note can hold line ends and controls: no heading can be put into the file by one."""
    lines = lines_of(Section("Раздел", ((("Бележка", note), ("Край", "тук")),)))

    assert [line for line in lines[HEAD:] if line and not line.startswith("  ")] == []
    assert "  Край: тук" in lines
    assert all(line.isprintable() for line in lines)
