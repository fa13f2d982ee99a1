"""Checking accounts: each is where the portal put it, has its own keys, and has not quietly come back."""

from collections.abc import Iterator

from portal.actions.keys.marks import is_marked
from portal.actions.people.accounts import DISABLED, ENABLED
from portal.actions.people.activation import REPLACED
from portal.actions.people.egn import SET, kept_digest
from portal.actions.people.egn_changes import CHANGED
from portal.actions.site import Site
from portal.actions.verifying.finding import Finding
from portal.actions.verifying.signatures import is_own_key
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.snapshot import in_batches


def check_accounts(*, site: Site) -> Iterator[Finding]:
    """Whoever can write into the table could else sign for another institution, or come back."""
    stopped, egns = _stopped(), _egns()
    for batch in in_batches(User.select(), User.id):
        for user in batch:
            if not is_marked(user, site=site):
                yield _finding("account_changed", user, "е променен: роля, институция, област или адрес")
            if user.disabled_at is None and f"user:{user.id}" in stopped:
                yield _finding("account_revived", user, "важи, а е спрян")
            if _kept(user) != egns.get(f"user:{user.id}", ""):
                yield _finding("egn_changed_unsaid", user, "пази ЕГН не така, както казва одитът")


def check_keys(*, site: Site) -> Iterator[Finding]:
    """Keys that have signed nothing yet are looked at too: the next signature would be made with them."""
    for batch in in_batches(UserKey.select(), UserKey.id):
        for key in batch:
            if not is_own_key(key, site=site):
                yield Finding(
                    "key_changed", f"user:{key.user_id}", f"Ключ на потребител {key.user_id} е подменен."
                )


def _stopped() -> set[str]:
    """Accounts that were stopped and, so the audit, not let in again."""
    stopped: set[str] = set()
    wanted = AuditEntry.select().where(AuditEntry.what.in_((DISABLED, REPLACED, ENABLED)))
    for batch in in_batches(wanted, AuditEntry.id):
        for entry in batch:
            (stopped.discard if entry.what == ENABLED else stopped.add)(entry.object)
    return stopped


def _egns() -> dict[str, str]:
    """The digest of what each account keeps of its ЕГН, so the audit."""
    wanted = AuditEntry.select().where(AuditEntry.what.in_((SET, CHANGED)))
    return {entry.object: entry.content for batch in in_batches(wanted, AuditEntry.id) for entry in batch}


def _kept(user: User) -> str:
    return "" if user.egn_hash is None else kept_digest(bytes(user.egn_hash))


def _finding(code: str, user: User, what: str) -> Finding:
    return Finding(code, f"user:{user.id}", f"Достъп {user.id} {what}.")
