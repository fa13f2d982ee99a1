"""What the database itself refuses: changes to signed lists, and to tables that only ever grow.

The code checks the same before it writes; the triggers guard every other way into the database. One
function installs them all at the end of each upgrade, because rebuilding a table on SQLite drops its
triggers silently.
"""

from dataclasses import dataclass

from portal.storage.tables.db import db, is_sqlite

SIGNED = "a signed list is locked"
ADDED_ONLY = "rows of this table are only ever added"
NOTICES = (
    "notice",
    "notice_file",
    "notice_recipient",
    "notice_reading",
    "notice_withdrawal",
    "notice_round",
)
OF_MONTH = ("phone_call", "office_letter")
APPEND_ONLY = (
    "audit_entry",
    "signature",
    "signature_removal",
    "declaration",
    "declaration_pdf",
    "signature_evidence",
    "evidence_material",
    "trust_material",
    *NOTICES,
    *OF_MONTH,
)
# Signatures and declarations may go once their list is erased. A word in the list's row is not
# enough: the purge writes what it does to the audit first.
IS_ERASED = (
    "submission.lock = 'erased' AND EXISTS (SELECT 1 FROM audit_entry "
    "WHERE object = 'campaign:' || submission.campaign_id AND what = 'purged')"
)
OF_LIST = ("signature", "declaration")
# What hangs on one of those goes with it.
OF_PARENT = {
    "signature_removal": "signature",
    "signature_evidence": "signature",
    "evidence_material": "signature",
    "declaration_pdf": "declaration",
}
SIDES = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


@dataclass(frozen=True)
class Trigger:
    """``body`` is what stands in this database: the trigger itself in SQLite, its function in PostgreSQL."""

    name: str
    table: str
    event: str
    body: str
    level: str = "ROW"

    @property
    def statements(self) -> list[str]:
        if is_sqlite():
            return [f"DROP TRIGGER IF EXISTS {self.name}", self.body]
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $${self.body}$$",
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH {self.level} EXECUTE FUNCTION {self.name}()",
        ]


def install_triggers() -> None:
    """Drop and make every trigger of the portal, in the caller's transaction."""
    for trigger in triggers():
        for statement in trigger.statements:
            db.execute_sql(statement)


def triggers() -> list[Trigger]:
    """Every trigger, as it must be in the database that is open."""
    locked = [_locked(event) for event in SIDES]
    added = [trigger for table in APPEND_ONLY for trigger in (_no_update(table), _no_delete(table))]
    if is_sqlite():
        return locked + added
    return locked + added + [_no_truncate(table) for table in ("record", *APPEND_ONLY)]


def _locked(event: str) -> Trigger:
    name = f"record_signed_{event.lower()}"
    if is_sqlite():
        signed = " OR ".join(
            f"EXISTS (SELECT 1 FROM submission WHERE id = {row}.submission_id AND lock = 'signed')"
            for row in SIDES[event]
        )
        return Trigger(name, "record", event, _sqlite(name, "record", event, signed, SIGNED))
    # FOR SHARE: in PostgreSQL a change past the portal would not see a signature under way, nor the
    # signature the change. So each waits for the other.
    lists = ", ".join(f"{row}.submission_id" for row in SIDES[event])
    body = (
        f" DECLARE found varchar; BEGIN FOR found IN "
        f"SELECT lock FROM submission WHERE id IN ({lists}) ORDER BY id FOR SHARE LOOP "
        f"IF found = 'signed' THEN {_raised(SIGNED)} END IF; END LOOP; RETURN {_result(event)}; END "
    )
    return Trigger(name, "record", event, body)


def _no_update(table: str) -> Trigger:
    return _refusing(f"{table}_no_update", table, "UPDATE", "1 = 1")


def _no_delete(table: str) -> Trigger:
    return _refusing(f"{table}_no_delete", table, "DELETE", _is_kept(table))


def _is_kept(table: str) -> str:
    """The condition under which an old row of an append-only table may not go."""
    if table == "audit_entry":
        return "1 = 1"
    if table == "trust_material":
        return "EXISTS (SELECT 1 FROM evidence_material WHERE material_id = OLD.sha256)"
    if table in NOTICES:  # what was published stays as it was until the purge says that it erases it
        key = "id" if table == "notice" else "notice_id"
        return (
            f"NOT EXISTS (SELECT 1 FROM audit_entry WHERE object = 'notice:' || OLD.{key} "
            "AND what = 'notice_erased')"
        )
    if table in OF_MONTH:  # what an office noted or wrote stays as it was until its month is erased
        return (
            "NOT EXISTS (SELECT 1 FROM audit_entry WHERE object = 'campaign:' || OLD.campaign_id "
            "AND what = 'purged')"
        )
    if table in OF_LIST:
        return f"NOT EXISTS (SELECT 1 FROM submission WHERE id = OLD.submission_id AND {IS_ERASED})"
    parent = OF_PARENT[table]
    return (
        f"NOT EXISTS (SELECT 1 FROM {parent} JOIN submission ON submission.id = {parent}.submission_id "
        f"WHERE {parent}.id = OLD.{parent}_id AND {IS_ERASED})"
    )


def _refusing(name: str, table: str, event: str, condition: str) -> Trigger:
    if is_sqlite():
        return Trigger(name, table, event, _sqlite(name, table, event, condition, ADDED_ONLY))
    body = f" BEGIN IF {condition} THEN {_raised(ADDED_ONLY)} END IF; RETURN {_result(event)}; END "
    return Trigger(name, table, event, body)


def _no_truncate(table: str) -> Trigger:
    name = f"{table}_no_truncate"
    return Trigger(name, table, "TRUNCATE", f" BEGIN {_raised(ADDED_ONLY)} END ", level="STATEMENT")


def _sqlite(name: str, table: str, event: str, condition: str, message: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _raised(message: str) -> str:
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"


def _result(event: str) -> str:
    return "OLD" if event == "DELETE" else "NEW"
