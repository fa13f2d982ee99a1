"""Settings from the environment, read once; every problem is reported at the same time."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from portal.crypto.errors import PepperError, SiteKeyError
from portal.crypto.pepper import load_pepper
from portal.crypto.qualified.trust import GREATEST_AGE
from portal.crypto.site_key import SiteKey, load_key, site_key
from portal.domain.signing.qualified import KINDS, PASSWORD, QUALIFIED
from portal.domain.times import SOFIA
from portal.instance import DEMO_TRUST, INSTANCE, demo_environment
from portal.mail.smtp import Server

PRODUCTION, DEMO, TEST = "production", "demo", "test"
SECRET_KEY_LENGTH = 32  # characters, at least
MOST_PROXIES = 5
HOUR = timedelta(hours=1)
MOST_HOURS = 31 * 24  # of a list of revoked certificates: no authority's lasts longer than a month
LONGEST_CONTACT = 200  # characters
DEMO_CONTACT = "02 000 0000 (измислен телефон), от 9:00 до 17:30 ч. в работни дни"
LOOPBACK = ("127.0.0.1", "localhost")
DEFAULT_DATABASE = "sqlite:///instance/portal.db"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"  # demo and test only
TRUST_HOLDS = "roots/*.pem, issuers/*.pem, crls/*.crl and crls.txt (README.md, Qualified signatures)"

_BASE_URL = re.compile(r"(https?)://([\w.-]+)(:[1-9][0-9]{0,4})?/?")


class ConfigError(Exception):
    """The portal cannot start with these settings. ``problems`` holds one sentence for each, no values."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join([*problems, "See README.md, Settings."]))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Config:
    """What the portal is told from outside. What is secret, or may hold a password, stays out of ``repr``."""

    env: str
    base_url: str  # without a slash at the end
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    pepper: bytes = field(repr=False)
    mail_url: str | None = field(repr=False, default=None)
    trusted_proxies: int = 0
    signatures: frozenset[str] = frozenset({PASSWORD})
    trust_dir: Path | None = None
    crl_max_age: timedelta = GREATEST_AGE
    site_key: SiteKey | None = field(repr=False, default=None)
    contact: str = ""  # whom to call at the operator, as people read it
    clock: datetime | None = None  # time stands still at this moment
    needs_second_factor: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Read ``env``, or the environment of the process, where demo and test make their missing secrets.

        ConfigError names everything that is wrong, so that nobody starts five times to find five mistakes.
        """
        reader = _Reader(environment(os.environ) if env is None else env)
        signatures = reader.signatures()
        config = cls(
            env=reader.env(),
            base_url=reader.base_url(),
            database_url=reader.database_url(),
            secret_key=reader.secret_key(),
            pepper=reader.pepper(),
            mail_url=reader.mail_url(),
            trusted_proxies=reader.trusted_proxies(),
            signatures=signatures,
            trust_dir=reader.trust_dir(signatures),
            crl_max_age=reader.crl_max_age(),
            site_key=reader.site_key(),
            contact=reader.contact(),
            clock=reader.clock(),
            needs_second_factor=reader.needs_second_factor(),
        )
        reader.check()
        return config

    @property
    def host(self) -> str:
        """The name in the portal's own address, without a port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def trusted_hosts(self) -> list[str]:
        """The hosts that a request may be for: ours, and the machine itself for its health checks."""
        return list(dict.fromkeys([self.host, *LOOPBACK]))

    @property
    def mail_sender(self) -> str:
        """From whom letters come."""
        return f"portal@{self.host}" if "." in self.host and self.host not in LOOPBACK else "portal@localhost"

    @property
    def may_use_plain_cookies(self) -> bool:
        """Whether cookies may lack ``Secure`` and ``__Host-``: only over plain http on this machine, no
        further than the demo and the tests (signing-and-sealing.md, section 1)."""
        return self.env != PRODUCTION and self.base_url.startswith("http://") and self.host in LOOPBACK


class _Reader:
    """Reads the settings one by one and gathers what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._problems: list[str] = []
        self._is_production = self._text("PORTAL_ENV") not in (DEMO, TEST)
        self._is_demo = self._text("PORTAL_ENV") == DEMO

    def check(self) -> None:
        if self._problems:
            raise ConfigError(self._problems)

    def env(self) -> str:
        return self._choice("PORTAL_ENV", (PRODUCTION, DEMO, TEST), PRODUCTION)

    def _text(self, name: str) -> str:
        return self._env.get(name, "").strip()

    def _wrong(self, name: str, sentence: str) -> None:
        self._problems.append(f"{name}: {sentence}")

    def _choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self._text(name) or default
        if value not in choices:
            self._wrong(name, f"must be one of {', '.join(choices)}.")
            return default
        return value

    def base_url(self) -> str:
        name = "PORTAL_BASE_URL"
        value = self._text(name)
        if not value:
            if self._is_production:
                self._wrong(name, "must be set: the address that people type, https://….")
            return DEFAULT_BASE_URL
        match = _BASE_URL.fullmatch(value)
        if match is None:
            self._wrong(name, "must be https://host or https://host:port, with nothing after it.")
        elif match[1] == "http" and self._is_production:
            self._wrong(name, "must begin with https://.")
        elif match[1] == "http" and match[2] not in LOOPBACK:
            self._wrong(name, "may begin with http:// on 127.0.0.1 only; elsewhere with https://.")
        return value.rstrip("/")

    def database_url(self) -> str:
        value = self._text("PORTAL_DATABASE_URL") or DEFAULT_DATABASE
        if not value.startswith(("sqlite:///", "postgresql://")):
            self._wrong("PORTAL_DATABASE_URL", "must begin with sqlite:/// or postgresql://.")
        return value

    def secret_key(self) -> str:
        value = self._text("PORTAL_SECRET_KEY")
        if len(value) < SECRET_KEY_LENGTH:
            self._wrong(
                "PORTAL_SECRET_KEY", f"must be set, to {SECRET_KEY_LENGTH} random characters or more."
            )
        return value

    def pepper(self) -> bytes:
        path = self._text("PORTAL_PEPPER_FILE")
        if not path:
            self._wrong("PORTAL_PEPPER_FILE", "must be set. Make the file with: portal pepper FILE.")
            return b""
        try:
            return load_pepper(Path(path))
        except PepperError as error:
            self._wrong("PORTAL_PEPPER_FILE", str(error))
            return b""

    def mail_url(self) -> str | None:
        value = self._text("PORTAL_MAIL_URL")
        if not value:
            return None
        try:
            Server.parse(value)
        except ValueError as error:
            self._wrong("PORTAL_MAIL_URL", f"{error}.")
        return value

    def trusted_proxies(self) -> int:
        value = self._text("PORTAL_TRUSTED_PROXIES") or "0"
        if value not in map(str, range(MOST_PROXIES + 1)):
            self._wrong("PORTAL_TRUSTED_PROXIES", f"must be the number of proxies, 0 to {MOST_PROXIES}.")
            return 0
        return int(value)

    def signatures(self) -> frozenset[str]:
        """The kinds of signature that count. A demo shows both."""
        name = "PORTAL_SIGNATURES"
        default = ",".join(KINDS) if self._is_demo else PASSWORD
        kinds = frozenset(kind.strip() for kind in (self._text(name) or default).split(","))
        if not kinds <= set(KINDS):
            self._wrong(name, f"must be {PASSWORD}, {QUALIFIED}, or both with a comma between them.")
        return kinds

    def trust_dir(self, signatures: frozenset[str]) -> Path | None:
        """Whom the portal believes about certificates; nobody can accept a КЕП without."""
        name = "PORTAL_TRUST_DIR"
        value = self._text(name)
        if value and not Path(value).is_dir():
            self._wrong(name, f"is not a directory. It must hold {TRUST_HOLDS}.")
        if value:
            return Path(value)
        if self._is_demo:
            return DEMO_TRUST
        if QUALIFIED in signatures:
            self._wrong(
                name, f"must be set to accept {QUALIFIED} signatures: a directory with {TRUST_HOLDS}."
            )
        return None

    def crl_max_age(self) -> timedelta:
        """How old a list of revoked certificates may be to say that somebody's is not."""
        name = "PORTAL_CRL_MAX_AGE"
        value = self._text(name) or str(GREATEST_AGE // HOUR)
        if not (value.isascii() and value.isdigit() and int(value[:6]) in range(1, MOST_HOURS + 1)):
            self._wrong(name, f"must be a number of hours, 1 to {MOST_HOURS}.")
            return GREATEST_AGE
        return int(value) * HOUR

    def site_key(self) -> SiteKey | None:
        """What the site vouches with for what it asks the local service (BISS) to sign."""
        names = "PORTAL_BISS_KEY_FILE", "PORTAL_BISS_CERT_FILE"
        files = [self._text(name) for name in names]
        if not all(files):
            if any(files):
                self._wrong(names[files.index("")], "must be set: key and certificate go together.")
            return None
        at = 0
        try:
            key = load_key(Path(files[0]))
            at = 1
            return site_key(key, Path(files[1]))
        except SiteKeyError as error:
            self._wrong(names[at], str(error))
            return None

    def contact(self) -> str:
        """One line: a telephone, an address, hours. A demo has an invented one."""
        value = self._text("PORTAL_CONTACT")
        if len(value) > LONGEST_CONTACT or not value.isprintable():
            self._wrong("PORTAL_CONTACT", f"must be one line of at most {LONGEST_CONTACT} characters.")
            return ""
        return value or (DEMO_CONTACT if self._is_demo else "")

    def clock(self) -> datetime | None:
        """ISO time; without a zone it is Sofia's."""
        name = "PORTAL_CLOCK"
        value = self._text(name)
        if not value:
            return None
        if self._is_production:
            self._wrong(name, "is for demo and test; in production the time is the real one.")
        try:
            at = datetime.fromisoformat(value)
            return (at if at.tzinfo else at.replace(tzinfo=SOFIA)).astimezone(UTC)
        except (ValueError, OverflowError):
            self._wrong(name, "must be an ISO time, such as 2021-01-28T09:00:00+02:00.")
            return None

    def needs_second_factor(self) -> bool:
        """``off`` asks nobody for one who has not set one up: for trying, and for who decides so."""
        required, off = "required", "off"
        default = required if self._is_production else off
        return self._choice("PORTAL_SECOND_FACTOR", (required, off), default) == required


def environment(env: Mapping[str, str]) -> Mapping[str, str]:
    """``env``; in demo and test with the secrets that it lacks. In production nobody makes them up."""
    given = {name: value for name, value in env.items() if value.strip()}
    for_trying = given.get("PORTAL_ENV", "").strip() in (DEMO, TEST)
    if not for_trying or {"PORTAL_SECRET_KEY", "PORTAL_PEPPER_FILE"} <= given.keys():
        return env
    try:
        return demo_environment(INSTANCE) | given
    except OSError as error:
        problem = f"PORTAL_SECRET_KEY, PORTAL_PEPPER_FILE: must be set, as {INSTANCE} cannot hold them"
        raise ConfigError([f"{problem}: {error.strerror}."]) from error
