"""Two states of one PDF, the earlier and the later, and which of what was written between them was met."""

import re
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    StreamObject,
    TextStringObject,
)

from portal.crypto.qualified.pdf_lists import DEEPEST, INFORMATION, PACKED, TRAILER, Keys

Reader = Any  # pyhanko.pdf_utils.reader.PdfFileReader
Place = tuple[int, int]  # number and generation of an object


_ONE_BLANK = {b"\x00", b"\t", b"\n", b"\x0c", b"\r", b" "}
_BLANKS = b"\x00\t\n\x0c\r "
# Possessive (++), and never from within a number: else a long row of figures would be tried from each.
_OBJECT = re.compile(rb"(?<![0-9])[0-9]++[%b]++[0-9]++[%b]*+obj(?![A-Za-z])" % (_BLANKS, _BLANKS))
_REMARK = re.compile(rb"%[^\r\n]*+")


class NotListed(Exception):
    """Something was added that has no place. ``fault`` is a word of domain/signing/checks.py."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Update:
    """What ``later`` has beyond ``earlier``. ``fault`` is what is raised, as NotListed, for what is not
    listed."""

    def __init__(self, earlier: Reader, later: Reader, fault: str) -> None:
        self.earlier, self.later = earlier, later
        self.unlisted = NotListed(fault)
        self.root = place_of(earlier.trailer.raw_get("/Root"))
        self.written = _written(later, earlier.xrefs.total_revisions)
        self._known = {number for number, _ in _written(earlier, 0)}
        self._met: set[Place] = set()
        self._check_revisions()
        self._check_bytes()
        self._check_trailer()

    def _check_revisions(self) -> None:
        """The later state goes on where the earlier one ends, and takes nothing of it away."""
        earlier, later = self.earlier.xrefs, self.later.xrefs
        for number in range(earlier.total_revisions):
            if later.get_startxref_for_revision(number) != earlier.get_startxref_for_revision(number):
                raise self.unlisted
        added = range(earlier.total_revisions, later.total_revisions)
        if not added or any(later.refs_freed_in_revision(number) for number in added):
            raise self.unlisted
        for number in added:
            table = later.get_xref_container_info(number).stream_ref
            if table is not None:
                self.met(IndirectObject(table.idnum, table.generation, self.later))
            for holder in later.object_streams_used_in(number):
                self._check_packed(holder, number)

    def _check_packed(self, holder: Any, revision: int) -> None:
        """In an object in which others are packed are those alone that the tables list there, each in its
        place: a reader that makes its own table would find the others too."""
        stream = self.met(IndirectObject(holder.idnum, holder.generation, self.later))
        self.only(stream, PACKED)
        numbers = [int(each) for each in stream.data[: int(stream["/First"])].split()[::2]]
        references, listed = self.later.xrefs, {}
        for reference in references.explicit_refs_in_revision(revision):
            at = references.get_historical_ref(reference, revision)
            if not isinstance(at, int) and at.obj_stream_id == holder.idnum:
                listed[at.ix_in_stream] = reference.idnum
        if listed != dict(enumerate(numbers)) or len(numbers) != int(stream["/N"]):
            raise self.unlisted

    def _check_bytes(self) -> None:
        """No object stands among the bytes that the tables of references do not list: a reader that mends a
        table, or makes its own by looking for objects, would find it; some pass over remarks as they look."""
        content, begin = self.later.stream.getvalue(), len(self.earlier.stream.getvalue())
        listed = {_first_sign(content, at) for at in self._places_in_file()}
        for seen in (content, _REMARK.sub(lambda found: b" " * len(found[0]), content)):
            if any(found.start() not in listed for found in _OBJECT.finditer(seen, begin)):
                raise self.unlisted

    def _places_in_file(self) -> Iterator[int]:
        references = self.later.xrefs
        for number in range(self.earlier.xrefs.total_revisions, references.total_revisions):
            yield references.get_xref_container_info(number).start_location
            for reference in references.explicit_refs_in_revision(number):
                at = references.get_historical_ref(reference, number)
                if isinstance(at, int):  # else it is packed in another one
                    yield at

    def _check_trailer(self) -> None:
        old, new = self.earlier.trailer.flatten(), self.later.trailer.flatten()
        self.only(new, TRAILER)
        if place_of(new.raw_get("/Root")) != self.root:
            raise self.unlisted
        self._met.add(self.root)
        if "/Info" in new:
            self.only_also(
                entry(old, "/Info", DictionaryObject()), self.renewed(old, new, "/Info"), INFORMATION
            )
            for key in new["/Info"].keys() & INFORMATION:
                self.plain(new["/Info"].raw_get(key))

    def met(self, raw: Any) -> Any:
        """What stands there. Where it is an object of its own, it is one that was not there before: else
        something that is shown already could be written over as if it were part of the signature."""
        if not isinstance(raw, IndirectObject):
            return raw
        if raw.idnum in self._known:
            raise self.unlisted
        self._met.add(place_of(raw))
        return raw.get_object()

    def is_met(self, raw: Any) -> bool:
        return isinstance(raw, IndirectObject) and place_of(raw) in self._met

    def rewritten(self, raw: IndirectObject) -> Any:
        """An object that was there before and that may have been written anew, as it is now."""
        self._met.add(place_of(raw))
        return IndirectObject(raw.idnum, raw.generation, self.later).get_object()

    def renewed(self, old: Any, new: Any, key: str) -> Any:
        """The value of an entry of a dictionary that may be written anew: in its place, or in a new one."""
        now = new.raw_get(key)
        if isinstance(now, IndirectObject) and key in old and same(old.raw_get(key), now):
            return self.rewritten(now)
        return self.met(now)

    def dictionary(self, raw: Any, keys: Keys | None = None) -> Any:
        """A new dictionary, with these keys at most; no stream."""
        value = self.met(raw)
        if not isinstance(value, DictionaryObject) or isinstance(value, StreamObject):
            raise self.unlisted
        if keys is not None:
            self.only(value, keys)
        return value

    def plain(self, raw: Any, keys: Keys = frozenset(), depth: int = 0) -> Any:
        """Numbers, names and texts; dictionaries of them only with these keys."""
        value = self.met(raw)
        if depth > DEEPEST or isinstance(value, StreamObject):
            raise self.unlisted
        if isinstance(value, ArrayObject):
            for item in items(value):
                self.plain(item, keys, depth + 1)
        elif isinstance(value, DictionaryObject):
            self.only(value, keys)
            for key in value:
                self.plain(value.raw_get(key), keys, depth + 1)
        return value

    def only(self, found: Any, keys: Keys) -> None:
        if set(found) - keys:
            raise self.unlisted

    def only_also(self, old: Any, new: Any, keys: Keys) -> None:
        """Everything as it was, but for these keys."""
        self.only(new, keys | set(old))
        for key in set(old) - keys:
            if key not in new or not same(old.raw_get(key), new.raw_get(key)):
                raise self.unlisted

    def check_rest(self) -> None:
        """Nothing was written that was not met on the way."""
        if self.written - self._met:
            raise self.unlisted


def _first_sign(content: bytes, at: int) -> int:
    """Where something stands at or behind this place: some tables point to the end of the line before."""
    while content[at : at + 1] in _ONE_BLANK:
        at += 1
    return at


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same, however they are spelled; what they refer to is not followed."""
    if isinstance(one, IndirectObject):
        return isinstance(other, IndirectObject) and place_of(one) == place_of(other)
    if isinstance(one, TextStringObject | ByteStringObject):
        return (
            isinstance(other, TextStringObject | ByteStringObject)
            and one.original_bytes == other.original_bytes
        )
    if isinstance(one, ArrayObject):
        return isinstance(other, ArrayObject) and same_items(items(one), items(other))
    if isinstance(one, DictionaryObject):
        return (
            isinstance(other, DictionaryObject)
            and one.keys() == other.keys()
            and all(same(one.raw_get(key), other.raw_get(key)) for key in one)
        )
    if isinstance(one, NameObject | BooleanObject | NullObject):
        return type(one) is type(other) and one == other
    return not isinstance(other, str | bytes | BooleanObject) and bool(one == other)


def same_items(some: list[Any], others: list[Any]) -> bool:
    return len(some) == len(others) and all(same(*pair) for pair in zip(some, others, strict=True))


def entry(found: Any, key: str, default: Any) -> Any:
    """The value under the key, whether it stands there or is referred to."""
    try:
        return found[key]
    except KeyError:
        return default


def items(array: Any) -> list[Any]:
    """Without following what is referred to."""
    return [array.raw_get(at) for at in range(len(array))]


def place_of(raw: Any) -> Place:
    """ValueError for what is no object of its own."""
    if not isinstance(raw, IndirectObject):
        raise ValueError("not a reference")
    return raw.idnum, raw.generation


def pages_of(reader: Reader) -> list[IndirectObject]:
    """In their order."""
    return list(_leaves(reader.root["/Pages"], 0))


def _leaves(node: Any, depth: int) -> Iterator[IndirectObject]:
    if depth > DEEPEST:
        raise ValueError("pages without end")
    for kid in items(node["/Kids"]):
        if "/Kids" in kid.get_object():
            yield from _leaves(kid.get_object(), depth + 1)
        else:
            yield kid


def _written(reader: Reader, first: int) -> set[Place]:
    """Every object that the revisions from this one on write."""
    revisions = range(first, reader.xrefs.total_revisions)
    found = (reader.xrefs.explicit_refs_in_revision(number) for number in revisions)
    return {(reference.idnum, reference.generation) for each in found for reference in each}
