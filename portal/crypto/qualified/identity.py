"""Whose certificate it is: the one number in its subject. Names are never compared, because they repeat."""

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

from portal.crypto.qualified.faults import Fault

# ETSI EN 319 412-1, 5.1.3: PNO is a national personal number, BG the country whose it is; two letters and a
# colon are a kind that the country defines, PI: in Bulgaria the number of a foreigner (ЛНЧ).
_NUMBER = re.compile(r"PNOBG-([0-9]{10})|(PI:BG-[0-9]{10})", re.ASCII)


def number_in(leaf: x509.Certificate) -> str:
    """The ten digits of the ЕГН, or the ЛНЧ with its ``PI:BG-``: the same digits may be another person's.
    Fault unless the subject has exactly one serialNumber and that is one of the two."""
    numbers = leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if not numbers:
        raise Fault("identity", "no_number")
    if len(numbers) > 1:
        raise Fault("identity", "several_numbers")
    match = _NUMBER.fullmatch(str(numbers[0].value))
    if match is None:
        raise Fault("identity", "other_number")
    return match[1] or match[2]


def common_name(name: x509.Name) -> str:
    """What people call the holder of a certificate; shown, never compared."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return " ".join(str(found[-1].value).split())[:120] if found else "без име"
