"""Checking second factors: each as the portal made it, and none gone without a word of the audit."""

from collections.abc import Iterator

from portal.actions.keys.factors import secret_of
from portal.actions.keys.marks import is_marked
from portal.actions.keys.passkeys import key_digest, thing_of
from portal.actions.people.factor_removals import OFF
from portal.actions.people.passkeys import ADDED, REMOVED
from portal.actions.people.second_factor import ON
from portal.actions.site import Site
from portal.actions.verifying.finding import Finding
from portal.domain.errors import Conflict
from portal.domain.signing.declaration import timestamp
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Device, User
from portal.storage.tables.second_factor import FactorRemoval, LoginStep, Passkey, RecoveryCode, SecondFactor
from portal.storage.tables.snapshot import in_batches


def check_factors(*, site: Site) -> Iterator[Finding]:
    """Whoever can write into the table could else log in with a password alone."""
    said = _said()
    for batch in in_batches(User.select(), User.id):
        for user in batch:
            since = "" if user.factor_at is None else timestamp(user.factor_at)
            if since != said.get(f"user:{user.id}", ""):
                yield _finding("factor_changed_unsaid", user.id, "не е този, за който говори одитът")
            if since and not _opens(user, site=site):
                yield _finding("factor_changed", user.id, "е променен или липсва")
    for table in (SecondFactor, RecoveryCode):
        foreign = table.select(table.user).join(User).where(User.factor_at.is_null()).distinct()
        for row in foreign:
            yield _finding("factor_unexplained", row.user_id, "не е на портала")


def check_passkeys(*, site: Site) -> Iterator[Finding]:
    """A key that the portal did not add, or added for somebody else, or that was taken away and is there."""
    wanted = AuditEntry.select().where(AuditEntry.what.in_((ADDED, REMOVED)))
    said = {
        entry.object: entry.content if entry.what == ADDED else ""
        for batch in in_batches(wanted, AuditEntry.id)
        for entry in batch
    }
    for batch in in_batches(Passkey.select(Passkey, User).join(User), Passkey.id):
        for key in batch:
            if not is_marked(key, site=site) or said.get(thing_of(key)) != key_digest(key):
                yield _finding(
                    "passkey_unexplained", key.user_id, "има ключ за вход, за който одитът не знае"
                )


def check_spared(*, site: Site) -> Iterator[Finding]:
    """Rows that spare somebody the code, or half of a login."""
    given = Device.select().where(Device.factor_at.is_null(False))
    for code, batches in (
        ("trusted_device_unexplained", in_batches(given, Device.id)),
        ("login_step_unexplained", in_batches(LoginStep.select(), LoginStep.digest)),
        ("factor_removal_unexplained", [list(FactorRemoval.select())]),
    ):
        for batch in batches:
            for row in batch:
                if not is_marked(row, site=site):
                    yield _finding(code, row.user_id, "се заобикаля с ред, който не е на портала")


def _opens(user: User, *, site: Site) -> bool:
    try:
        secret_of(user, site=site)
    except Conflict:
        return False
    return True


def _said() -> dict[str, str]:
    """Since when each account has one, so the audit."""
    wanted = AuditEntry.select().where(AuditEntry.what.in_((ON, OFF)))
    return {
        entry.object: timestamp(entry.at) if entry.what == ON else ""
        for batch in in_batches(wanted, AuditEntry.id)
        for entry in batch
    }


def _finding(code: str, user_id: int, what: str) -> Finding:
    return Finding(code, f"user:{user_id}", f"Вторият фактор на достъп {user_id} {what}.")
