"""What can go wrong with keys and sealed bytes. No message ever carries a secret."""


class CryptoError(Exception):
    """Anything that this package refuses or cannot do."""


class CannotOpen(CryptoError):
    """Sealed bytes that do not open: wrong key, wrong place, or changed. Which of them is never told."""


class WrongPassword(CannotOpen):
    """A person's key does not open with this password."""


class MistypedCode(CannotOpen):
    """A text that is no envelope's code: a letter is wrong, missing or in another place."""


class ManifestBroken(CannotOpen):
    """Rows of a collection were deleted, added or rolled back past the portal."""


class KeyChanged(CryptoError):
    """A public key in the database is not the one that the portal stored there."""


class WeakParameters(CryptoError):
    """Stored parameters of Argon2id outside the bounds: somebody changed them; they are never followed."""


class Busy(CryptoError):
    """Too many passwords are being checked on this machine; the person can try again in a moment. ``rank`` is
    the one that was waited with."""

    def __init__(self, what: str = "no turn within the time", *, rank: int = 0) -> None:
        super().__init__(what)
        self.rank = rank


class MalformedToken(CryptoError):
    """A text that cannot be one of our tokens."""


class MalformedKey(CryptoError):
    """A text or file that is no key for backups."""


class SiteKeyError(CryptoError):
    """The key by which the local signing service knows the site cannot be used; the sentence says why."""


class PepperError(CryptoError):
    """The pepper cannot be made or read; the sentence says what the operator should do."""
