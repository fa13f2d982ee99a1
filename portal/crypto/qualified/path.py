"""The path from a certificate to a configured root, by pyHanko's validator, with nothing fetched."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from cryptography import x509

from portal.crypto.qualified.certificates import UNREADABLE
from portal.crypto.qualified.cms import SHAPELESS, Cms
from portal.crypto.qualified.faults import Fault
from portal.crypto.qualified.trust import Trust, der_of

Spec = Any  # pyhanko's SignatureValidationSpec


def check_signature(signed: Cms, digest: bytes) -> None:
    """Raise Fault unless the signature was made over these attributes with the certificate's key."""
    from asn1crypto import x509 as asn1
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    leaf = asn1.Certificate.load(der_of(signed.leaf))
    try:
        intact, valid = validate_sig_integrity(signed.signer, leaf, "data", digest)
    except (SignatureValidationError, NotImplementedError, *SHAPELESS, *UNREADABLE):
        raise Fault("signature", "bad_signature") from None
    if not (intact and valid):
        raise Fault("signature", "bad_signature")


def check_path(signed: Cms, digest: bytes, trust: Trust, moment: datetime) -> None:
    """Raise Fault unless AdES basic validation (ETSI EN 319 102-1, 5.3) holds at ``moment``.

    The path ends at one of our roots and goes by the pinned authorities alone. Whether something on
    it was revoked is asked elsewhere.
    """
    from pyhanko.sign.ades.report import AdESPassed
    from pyhanko.sign.validation.ades import ades_basic_validation

    detached = digest if signed.embedded is None else None  # of what is inside the library makes its own
    data, timing = _with_only(signed.data, signed.leaf), _timing(moment)
    result = _run(lambda: ades_basic_validation(data, _spec(trust), timing_info=timing, raw_digest=detached))
    if result is None or result.ades_subindic is not AdESPassed.OK:
        raise Fault("issuer", "broken_path")


def stamped_at(
    token: Any, value: bytes, trust: Trust, *, now: datetime
) -> tuple[datetime, x509.Certificate] | str:
    """When a time stamp (RFC 3161) over the signature's value was made, and the authority's certificate;
    or the fault for which it is not relied on."""
    from cryptography.hazmat.primitives.hashes import Hash
    from pyhanko.sign.ades.report import AdESPassed
    from pyhanko.sign.general import CMSExtractionError, extract_certificate_info
    from pyhanko.sign.validation.ades import ades_timestamp_validation
    from pyhanko_certvalidator.util import get_pyca_cryptography_hash

    try:
        found = extract_certificate_info(token)
        by = x509.load_der_x509_certificate(found.signer_cert.dump())
    except (CMSExtractionError, *SHAPELESS, *UNREADABLE):
        return "stamp_broken"
    if trust.stamping_path_of(by) is None:  # in a forged heap the library would find too many ways
        return "stamp_not_trusted"

    def imprint(algorithm: str) -> bytes:
        made = Hash(get_pyca_cryptography_hash(algorithm))
        made.update(value)
        return made.finalize()

    try:
        data, timing = _with_only(token, by), _timing(now)
    except SHAPELESS:
        return "stamp_broken"
    result = _run(
        lambda: ades_timestamp_validation(data, _spec(trust, trust.stampers), imprint, timing_info=timing)
    )
    if result is None:
        return "stamp_broken"
    if result.ades_subindic is not AdESPassed.OK:
        status = result.api_status
        return (
            "stamp_not_trusted" if status is not None and status.intact and status.valid else "stamp_broken"
        )
    return result.api_status.timestamp, by


def _with_only(data: Any, certificate: x509.Certificate) -> Any:
    """The same signature with no other certificate beside it: the ways to a root are ours, in the trust
    folder."""
    from asn1crypto import cms
    from asn1crypto import x509 as asn1

    kept = {
        name: data[name] for name in ("version", "digest_algorithms", "encap_content_info", "signer_infos")
    }
    return cms.SignedData({**kept, "certificates": [asn1.Certificate.load(der_of(certificate))]})


def _run(begin: Callable[[], Any]) -> Any:
    """The coroutine's result; none when the material is such that the library gives up on it."""
    from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator.errors import ValidationError

    try:
        return _finished(begin)
    except (
        SignatureValidationError,
        ValidationError,
        CMSExtractionError,
        CMSStructuralError,
        NotImplementedError,
        *SHAPELESS,
        *UNREADABLE,
    ):
        return None


def _finished(begin: Callable[[], Any]) -> Any:
    """The coroutine, run to its end: in a thread of its own where this one has a loop that runs already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(begin())
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(begin())).result()


def _timing(moment: datetime) -> Any:
    from pyhanko_certvalidator.ltv.types import ValidationTimingInfo

    return ValidationTimingInfo(
        validation_time=moment, best_signature_time=moment, point_in_time_validation=True
    )


def _spec(trust: Trust, stampers: tuple[x509.Certificate, ...] = ()) -> Spec:
    """Our roots as anchors, the pinned authorities as the only ones between, and no address ever asked. No
    way to a person's certificate goes by one of ``stampers``."""
    from asn1crypto import x509 as asn1
    from pyhanko.sign.validation.policy_decl import (
        CertificateFetchingRule,
        LocalKnowledge,
        RevinfoOnlineFetchingRule,
        RevocationInfoGatheringSpec,
        SignatureValidationSpec,
    )
    from pyhanko_certvalidator.context import CertValidationPolicySpec
    from pyhanko_certvalidator.policy_decl import (
        CertRevTrustPolicy,
        RevocationCheckingPolicy,
        RevocationCheckingRule,
    )
    from pyhanko_certvalidator.registry import SimpleTrustManager

    unasked = RevocationCheckingPolicy(RevocationCheckingRule.NO_CHECK, RevocationCheckingRule.NO_CHECK)
    anchors = [asn1.Certificate.load(der_of(one)) for one in trust.roots]
    pinned = [asn1.Certificate.load(der_of(one)) for one in (*trust.issuers, *stampers)]
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=anchors),
            revinfo_policy=CertRevTrustPolicy(revocation_checking_policy=unasked),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=LocalKnowledge(known_certs=pinned),
    )
