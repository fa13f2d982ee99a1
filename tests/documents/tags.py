"""What a program that reads a PDF aloud finds in it: the tree of its structure, read back by pypdf, and what
is wrong with that by ISO 14289-1 (PDF/UA-1), as far as a program can tell."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream

PAINTING = {b"Tj", b"TJ", b"'", b'"', b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"Do", b"sh"}
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


@dataclass
class Tag:
    """``marks`` are page and number of each piece of content that is its own."""

    name: str
    title: str = ""
    key: bytes = b""
    attributes: dict[str, Any] = field(default_factory=dict)
    kids: list["Tag"] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)

    def all(self, *names: str) -> Iterator["Tag"]:
        """Itself and what is in it, as it is read."""
        if not names or self.name in names:
            yield self
        for kid in self.kids:
            yield from kid.all(*names)


def tags_of(pdf: bytes) -> Tag:
    """The whole tree; KeyError for a file without one."""
    reader = PdfReader(io.BytesIO(pdf))
    pages = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
    root = Tag("Root")
    _read(reader.root_object["/StructTreeRoot"], root, None, pages)
    return root


def _read(found: Any, into: Tag, page: int | None, pages: dict[int, int]) -> None:
    kids = found.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        each = kid.get_object()
        if isinstance(each, int):
            assert page is not None
            into.marks.append((page, each))
        elif each.get("/Type") == "/MCR":
            on = pages[each.raw_get("/Pg").idnum] if "/Pg" in each else page
            into.marks.append((on, each["/MCID"]))
        else:
            attributes = each.get("/A", [])
            tag = Tag(each["/S"][1:], each.get("/T", ""), _bytes(each.get("/ID", "")))
            for part in attributes if isinstance(attributes, list) else [attributes]:
                tag.attributes |= part.get_object()
            into.kids.append(tag)
            _read(each, tag, pages[each.raw_get("/Pg").idnum] if "/Pg" in each else page, pages)


def _bytes(text: Any) -> bytes:
    return getattr(text, "original_bytes", text) or b""


def faults(pdf: bytes, sheets: int = 1) -> list[str]:
    """Of a file that holds so many papers, each with one heading above all of its own."""
    reader = PdfReader(io.BytesIO(pdf))
    catalogue = reader.root_object
    try:
        root = tags_of(pdf)
    except KeyError:
        return ["no structure"]
    return [
        *_faults_of_the_file(reader, catalogue),
        *_faults_of_the_pages(reader, root),
        *_faults_of_the_headings([HEADINGS.index(tag.name) + 1 for tag in root.all(*HEADINGS)], sheets),
        *(fault for table in root.all("Table") for fault in _faults_of_a_table(table)),
        *(f"a list has {kid.name}" for tag in root.all("L") for kid in tag.kids if kid.name != "LI"),
        *(
            "an item without its parts"
            for tag in root.all("LI")
            if [k.name for k in tag.kids] != ["Lbl", "LBody"]
        ),
        *("a figure" for _ in root.all("Figure")),
    ]


def _faults_of_the_file(reader: PdfReader, catalogue: Any) -> Iterator[str]:
    if not str(catalogue.get("/Lang", "")).startswith("bg"):
        yield "no language"
    if not catalogue.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked"
    if not catalogue.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "the title is not shown"
    if not (reader.metadata and reader.metadata.title):
        yield "no title"


def _faults_of_the_pages(reader: PdfReader, root: Tag) -> Iterator[str]:
    """Everything painted is either of one tag or of none on purpose; every font says what its signs are."""
    told = [mark for tag in root.all() for mark in tag.marks]
    if len(told) != len(set(told)):
        yield "read twice"
    for number, page in enumerate(reader.pages):
        if page.get("/Tabs") != "/S":
            yield f"page {number} has an order of its own"
        marked: set[int] = set()
        open_marks: list[str] = []
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator in (b"BDC", b"BMC"):
                of = operands[1] if operator == b"BDC" else {}
                open_marks.append("tag" if "/MCID" in of else operands[0])
                if "/MCID" in of:
                    marked.add(of["/MCID"])
            elif operator == b"EMC":
                open_marks.pop()
            elif operator in PAINTING and not {"tag", "/Artifact"} & set(open_marks):
                yield f"page {number} paints what is not told"
        if marked != {mark for on, mark in told if on == number}:
            yield f"page {number} and the structure differ"
        for font in page["/Resources"].get("/Font", {}).values():
            [inside] = font["/DescendantFonts"]
            if "/ToUnicode" not in font or "/FontFile2" not in inside["/FontDescriptor"]:
                yield f"page {number} has a font that cannot be read"


def _faults_of_the_headings(levels: list[int], sheets: int) -> Iterator[str]:
    if levels[:1] != [1] or levels.count(1) != sheets:
        yield "not one heading above all"
    if any(deeper > level + 1 for level, deeper in pairwise(levels)):
        yield "a level of headings is left out"


def _faults_of_a_table(table: Tag) -> Iterator[str]:
    heads = {tag.key for tag in table.all("TH") if tag.attributes.get("/Scope") == "/Column"}
    if [kid.name for kid in table.kids] != ["THead", "TBody"] or not heads:
        yield "a table without heads"
    for row in table.all("TR"):
        if len(row.kids) != len(heads):
            yield "a row of another length"
    for cell in table.all("TD"):
        if not {_bytes(key) for key in cell.attributes.get("/Headers", [])} & heads:
            yield "a cell without head"
