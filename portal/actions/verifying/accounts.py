"""Checking accounts: each is where the portal put it, has its own keys, and has not quietly come back."""

from collections.abc import Iterator
from datetime import datetime

from portal.actions.keys.marks import is_marked
from portal.actions.people.accounts import DISABLED, ENABLED
from portal.actions.people.activation import REPLACED
from portal.actions.people.egn import SET, kept_digest
from portal.actions.people.egn_changes import CHANGED
from portal.actions.site import Site
from portal.actions.verifying.finding import Finding
from portal.actions.verifying.signatures import is_own_key
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Login, OneTimeLink, User, UserKey
from portal.storage.tables.snapshot import in_batches


def check_accounts(*, site: Site) -> Iterator[Finding]:
    """Whoever can write into the table could else sign for another institution, or come back."""
    stopped, egns = _stopped(), _egns()
    for batch in in_batches(User.select(), User.id):
        for user in batch:
            if not is_marked(user, site=site):
                yield _finding("account_changed", user, "е променен: роля, място, адрес или парола")
            if user.disabled_at is None and f"user:{user.id}" in stopped:
                yield _finding("account_revived", user, "важи, а е спрян")
            if _kept(user) != egns.get(f"user:{user.id}", ""):
                yield _finding("egn_changed_unsaid", user, "пази ЕГН или ЛНЧ не така, както казва одитът")


def check_keys(*, site: Site) -> Iterator[Finding]:
    """Keys that have signed nothing yet are looked at too: the next signature would be made with them."""
    for batch in in_batches(UserKey.select(), UserKey.id):
        for key in batch:
            if not is_own_key(key, site=site):
                yield Finding(
                    "key_changed", f"user:{key.user_id}", f"Ключ на потребител {key.user_id} е подменен."
                )


def check_logins(*, site: Site) -> Iterator[Finding]:
    """Whoever can write into the table could else log in as anybody: a login has the portal's mark, and the
    audit says that the person logged in at that moment."""
    for batch in in_batches(Login.select(), Login.digest):
        said = _said("logged_in", [login.made_at for login in batch])
        for login in batch:
            if not is_marked(login, site=site) or (f"user:{login.user_id}", login.made_at) not in said:
                yield Finding(
                    "login_unexplained",
                    f"user:{login.user_id}",
                    f"Влизане на потребител {login.user_id} не е на портала или одитът не го знае.",
                )


def check_links(*, site: Site) -> Iterator[Finding]:
    """The same of addresses that open an account. Of a delegate's the audit says who was authorised, and not
    that an address was sent: the mark alone tells there."""
    for batch in in_batches(OneTimeLink.select(), OneTimeLink.digest):
        for link in batch:
            if not is_marked(link, site=site):
                yield Finding(
                    "link_unexplained",
                    f"user:{link.user_id}",
                    f"Еднократна връзка за потребител {link.user_id} не е на портала.",
                )


def _said(what: str, times: list[datetime]) -> set[tuple[str, datetime]]:
    entries = AuditEntry.select(AuditEntry.object, AuditEntry.at).where(
        (AuditEntry.what == what) & AuditEntry.at.in_(times)
    )
    return {(entry.object, entry.at) for entry in entries}


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
