"""What may be added to a PDF that the portal issued, as a list: whatever is not on it is refused.

A reader shows a file as its last update leaves it. So two states of it are compared, each read by itself, and
every object that was written in between must have its place in the later one: the catalogue with its form,
the one field, the signature, the page that the field is on, the file's data. An object that nothing leads to
has none. Source: ISO 32000-2, 7.5.6 (updates), 12.5 (annotations), 12.7 (forms) and 12.8 (signatures).
"""

from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from portal.crypto.qualified import pdf_lists as lists
from portal.crypto.qualified.pdf_update import (
    NotListed,
    Place,
    Reader,
    Update,
    entry,
    items,
    pages_of,
    place_of,
    same,
    same_items,
)

Box = tuple[float, float, float, float]  # left, bottom, right, top; points from the page's lower left corner
Fields = list[IndirectObject]
OWNER = "/BGConfirmations"  # whose entry of the catalogue's /PieceInfo the box is (14.5)


def check_signed(issued: Reader, signed: Reader, *, largest: float = 0) -> None:
    """Raise NotListed if ``signed`` is more than ``issued`` with one signature on it.

    What is seen of the signature is inside the box that the document reserves for it. ``largest``: square
    points that it may have, anywhere, in a document that reserves none.
    """
    update = Update(issued, signed, "changed_before")
    fields = _check_catalogue(update, lists.CATALOGUE_SIGNED)
    if len(fields) != 1:
        raise update.unlisted
    _check_field(update, fields[0], "/Sig")
    pages = _check_pages(update, fields)
    update.check_rest()
    _check_box(update, fields[0], pages, largest)


def check_after(signed: Reader, whole: Reader) -> None:
    """Raise NotListed if ``whole`` is more than ``signed`` with what proves its time and its certificates:
    document time stamps that are not seen, and /DSS (ETSI EN 319 142-1, 5.4)."""
    update = Update(signed, whole, "changed_after")
    fields = _check_catalogue(update, lists.CATALOGUE_AFTER)
    for field in fields:
        _check_field(update, field, "/DocTimeStamp")
        if _is_seen(_rectangle(field)):
            raise update.unlisted
    _check_pages(update, fields)
    update.check_rest()


def reserved_box(issued: Reader) -> Box | None:
    """Where on its last page the issued document wants a signature to be seen; none if it does not say."""
    owned = entry(entry(issued.root, "/PieceInfo", {}), OWNER, None)
    if owned is None:
        return None
    left, bottom, right, top = (float(side) for side in owned["/Private"])
    return left, bottom, right, top


def _check_catalogue(update: Update, keys: lists.Keys) -> Fields:
    """The fields that were added to the form."""
    old, new = update.earlier.root, update.later.root
    update.only_also(old, new, keys)
    if "/Version" in new and new["/Version"] not in lists.VERSIONS:
        raise update.unlisted
    if "/Extensions" in new:
        known = update.renewed(old, new, "/Extensions")
        for developer in known:
            update.plain(known.raw_get(developer), lists.SAYING["/Extensions"])
    if "/DSS" in new:
        _check_security_store(update, new)
    fields = _check_form(update, old, new)
    if "/Perms" in new and "/Perms" not in old:
        _check_certified(update, new, fields)
    return fields


def _check_form(update: Update, old: Any, new: Any) -> Fields:
    before = entry(old, "/AcroForm", DictionaryObject())
    form = update.renewed(old, new, "/AcroForm")
    update.only_also(before, form, lists.FORM)
    for key in form.keys() & {"/SigFlags", "/DA"}:
        update.plain(form.raw_get(key))
    if "/DR" in form and not ("/DR" in before and same(before.raw_get("/DR"), form.raw_get("/DR"))):
        _check_resources(update, form.raw_get("/DR"), 0)
    stood, stand = (
        items(entry(before, "/Fields", ArrayObject())),
        items(update.renewed(before, form, "/Fields")),
    )
    added = stand[len(stood) :]
    if not same_items(stood, stand[: len(stood)]) or len({place_of(each) for each in added}) != len(added):
        raise update.unlisted
    return added


def _check_certified(update: Update, root: Any, fields: Fields) -> None:
    """What a certifying signature permits later (12.8.6): by this very signature, and nothing else."""
    permissions = update.dictionary(root.raw_get("/Perms"), frozenset({"/DocMDP"}))
    (field,) = fields
    if place_of(permissions.raw_get("/DocMDP")) != place_of(field.get_object().raw_get("/V")):
        raise update.unlisted


def _check_field(update: Update, raw: IndirectObject, kind: str) -> None:
    """Field and widget in one, which does nothing but show the signature (or time stamp) that is in it."""
    field = update.dictionary(raw, lists.FIELD)
    if field["/FT"] != "/Sig" or field["/Subtype"] != "/Widget":
        raise update.unlisted
    if int(entry(field, "/F", 0)) & ~lists.FLAGS:
        raise update.unlisted
    if "/P" in field and place_of(field.raw_get("/P")) not in map(place_of, pages_of(update.earlier)):
        raise update.unlisted
    if "/AP" in field:
        appearance = update.dictionary(field.raw_get("/AP"), frozenset({"/N"}))
        if not isinstance(appearance["/N"], StreamObject):
            raise update.unlisted
        _check_drawn(update, appearance.raw_get("/N"), 0)
    if "/DV" in field and place_of(field.raw_get("/DV")) != place_of(field.raw_get("/V")):
        raise update.unlisted
    if "/DR" in field:
        _check_resources(update, field.raw_get("/DR"), 0)
    _check_said(update, field, field.keys() - {"/P", "/AP", "/DR", "/DV", "/V"})
    _check_signature(update, field.raw_get("/V"), kind)


def _check_signature(update: Update, raw: Any, kind: str) -> None:
    signature = update.dictionary(raw, lists.SIGNATURE)
    if signature["/Type"] != kind or signature["/SubFilter"] not in lists.SUBFILTERS[kind]:
        raise update.unlisted
    _check_said(update, signature, signature.keys() - {"/Reference"})
    if "/Reference" not in signature:
        return
    for each in items(update.met(signature.raw_get("/Reference"))):
        reference = update.dictionary(each, lists.REFERENCE)
        if "/Data" in reference and place_of(reference.raw_get("/Data")) != update.root:
            raise update.unlisted
        _check_said(update, reference, reference.keys() - {"/Data"})


def _check_said(update: Update, found: Any, keys: set[str]) -> None:
    for key in keys:
        update.plain(found.raw_get(key), lists.SAYING.get(key, frozenset()))


def _check_pages(update: Update, fields: Fields) -> dict[Place, Place]:
    """Every page is as it was, but that the new fields are on it, each once: which field on which page."""
    found: dict[Place, Place] = {}
    for page in pages_of(update.earlier):
        if place_of(page) not in update.written:
            continue
        old, new = page.get_object(), update.rewritten(page)
        update.only_also(old, new, frozenset({"/Annots"}))
        stood = items(entry(old, "/Annots", ArrayObject()))
        stand = items(update.renewed(old, new, "/Annots")) if "/Annots" in new else []
        if not same_items(stood, stand[: len(stood)]):
            raise update.unlisted
        for annotation in stand[len(stood) :]:
            if place_of(annotation) in found or place_of(annotation) not in map(place_of, fields):
                raise update.unlisted
            found[place_of(annotation)] = place_of(page)
    return found


def _check_box(update: Update, field: IndirectObject, pages: dict[Place, Place], largest: float) -> None:
    left, bottom, right, top = _rectangle(field)
    if not _is_seen((left, bottom, right, top)):
        return
    box = reserved_box(update.earlier)
    if box is None:
        if (right - left) * (top - bottom) > largest:
            raise NotListed("no_box")
        return
    on = {pages[place_of(field)]} if place_of(field) in pages else set()
    if "/P" in field.get_object():
        on.add(place_of(field.get_object().raw_get("/P")))
    is_inside = box[0] <= left and box[1] <= bottom and right <= box[2] and top <= box[3]
    if not is_inside or on != {place_of(pages_of(update.earlier)[-1])}:
        raise NotListed("outside_box")


def _rectangle(field: IndirectObject) -> Box:
    """Where the widget is; nowhere without one."""
    one, two, three, four = (float(side) for side in entry(field.get_object(), "/Rect", (0, 0, 0, 0)))
    return min(one, three), min(two, four), max(one, three), max(two, four)


def _is_seen(box: Box) -> bool:
    return box[0] != box[2] or box[1] != box[3]


def _check_security_store(update: Update, root: Any) -> None:
    store = update.dictionary(root.raw_get("/DSS"), lists.SECURITY_STORE)
    of_signatures = update.dictionary(store.raw_get("/VRI")) if "/VRI" in store else DictionaryObject()
    for signature in of_signatures:
        _check_streams(update, update.dictionary(of_signatures.raw_get(signature), lists.OF_A_SIGNATURE))
    _check_streams(update, store)


def _check_streams(update: Update, found: Any) -> None:
    for key in found.keys() - {"/VRI"}:
        value = update.met(found.raw_get(key))
        for item in items(value) if isinstance(value, ArrayObject) else [value]:
            single = update.met(item)
            if isinstance(single, StreamObject):
                update.only(single, lists.STREAM)
            else:
                update.plain(single)


def _check_resources(update: Update, raw: Any, depth: int) -> None:
    found = update.dictionary(raw, lists.RESOURCES | {"/ProcSet"})
    for kind in found:
        if kind == "/ProcSet":
            update.plain(found.raw_get(kind))
            continue
        named = update.dictionary(found.raw_get(kind))
        for name in named:
            _check_drawn(update, named.raw_get(name), depth + 1)


def _check_drawn(update: Update, raw: Any, depth: int) -> None:
    """What is painted inside the widget: pictures, fonts, colours."""
    if depth > lists.DEEPEST:
        raise update.unlisted
    if update.is_met(raw):
        return
    value = update.met(raw)
    if isinstance(value, ArrayObject):
        for item in items(value):
            _check_drawn(update, item, depth + 1)
    elif isinstance(value, DictionaryObject):
        update.only(value, lists.DRAWN)
        for key in value:
            if key == "/Resources":
                _check_resources(update, value.raw_get(key), depth)
            else:
                _check_drawn(update, value.raw_get(key), depth + 1)
