"""What a certificate is for: the qualified signature of a person, made on a device that keeps the key.

Source: ETSI EN 319 412-5 (statements), 4.2 and 4.3; RFC 5280, 4.2.1.3 and 4.2.1.12 (uses); Regulation (EU)
910/2014, annexes I and III.
"""

from cryptography import x509

from portal.crypto.qualified.certificates import (
    extended_key_usage,
    key_usage,
    policies_of,
    statements_of,
)
from portal.crypto.qualified.faults import Fault

COMPLIANCE = "0.4.0.1862.1.1"  # QcCompliance: qualified, by the law of the Union
DEVICE = "0.4.0.1862.1.4"  # QcSSCD: the key is on a qualified device
KIND = "0.4.0.1862.1.6"  # QcType, of which the next two are
SIGNATURE, SEAL = "0.4.0.1862.1.6.1", "0.4.0.1862.1.6.2"
OTHER_LAW = "0.4.0.1862.1.7"  # QcCClegislation: qualified, but by the law of other countries
# Uses that signing a document is one of: any, mail, documents (RFC 9336, Microsoft, Adobe).
FOR_DOCUMENTS = {
    "2.5.29.37.0",
    "1.3.6.1.5.5.7.3.4",
    "1.3.6.1.5.5.7.3.36",
    "1.3.6.1.4.1.311.10.3.12",
    "1.2.840.113583.1.1.5",
}
QUALIFIED_SIGNATURE = "0.4.0.194112.1.2"  # QCP-n-qscd (ETSI EN 319 411-2, 5.3)
OTHER_POLICIES = ("0.4.0.194112.1.", "0.4.0.2042.1.", "2.23.140.1.")  # of ETSI and the CA/Browser Forum


def check_usage(leaf: x509.Certificate) -> None:
    """Raise Fault unless it is for signing. Older texts call the bit nonRepudiation; a smart card has another
    certificate without it, to log in."""
    if "non_repudiation" not in (key_usage(leaf) or ()):
        raise Fault("key_usage", "not_for_signing")
    uses = extended_key_usage(leaf)
    if uses is not None and not FOR_DOCUMENTS & set(uses[0]):
        raise Fault("key_usage", "not_for_signing")


def check_qualified(leaf: x509.Certificate) -> None:
    """Raise Fault unless it says itself that it is qualified for electronic signatures."""
    said = statements_of(leaf)
    kinds = said.get(KIND, [])
    if SEAL in kinds:
        raise Fault("qualified", "seal")
    if COMPLIANCE not in said or OTHER_LAW in said or kinds != [SIGNATURE]:
        raise Fault("qualified", "not_qualified")
    if DEVICE not in said:
        raise Fault("qualified", "no_device")


def issues_others(authority: x509.Certificate) -> bool:
    """Whether its certificate says that it issues more than qualified certificates for signatures: by its
    uses, its own statements or the policies of ETSI. What it does not say cannot be known from it."""
    uses = extended_key_usage(authority)
    if uses is not None and not set(uses[0]) <= FOR_DOCUMENTS:
        return True
    if any(kind != SIGNATURE for kind in statements_of(authority).get(KIND, ())):
        return True
    others = {policy for policy in policies_of(authority) if policy.startswith(OTHER_POLICIES)}
    return bool(others - {QUALIFIED_SIGNATURE})
