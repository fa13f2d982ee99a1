"""The folder that a demo keeps its things in, and the secrets that are made there once."""

import secrets
from contextlib import suppress
from pathlib import Path

from portal.crypto.files import write_once
from portal.crypto.pepper import PEPPER_BYTES

INSTANCE = Path("instance")
DEMO_TRUST = INSTANCE / "trust"  # made by portal demo
SECRET_BYTES = 32


def demo_environment(instance: Path) -> dict[str, str]:
    """Secrets for a demo, made once under ``instance`` and kept: its accounts would not open with others."""
    instance.mkdir(parents=True, exist_ok=True)
    secret, pepper = instance / "secret", instance / "pepper"
    made = {
        secret: secrets.token_urlsafe(SECRET_BYTES).encode(),
        pepper: secrets.token_bytes(PEPPER_BYTES),
    }
    for path, content in made.items():
        if not path.exists():
            with suppress(FileExistsError):  # another process was faster: its secret holds
                write_once(path, content)
    return {"PORTAL_SECRET_KEY": secret.read_text(), "PORTAL_PEPPER_FILE": str(pepper)}
