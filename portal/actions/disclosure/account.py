"""A copy of everything that the portal holds of one account, for whoever it belongs to."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portal.actions.disclosure.copies import Copy, copied
from portal.documents.disclosure import Facts, Section, told
from portal.domain.deeds import counted_of, deed_label, thing_label
from portal.domain.notices.rules import named
from portal.domain.oversight.wanted import in_words
from portal.domain.people import Person, Scope
from portal.domain.register.entry import school_year_label
from portal.domain.times import short_date, stamp
from portal.storage.disclosure.account import (
    account_row,
    calls_by,
    declarations_to,
    deeds_of,
    delegations_of,
    egn_request_of,
    entries_of,
    grants_to,
    guesses_of,
    keys_of,
    letters_by,
    letters_to,
    news_of,
    notices_of,
)
from portal.storage.tables import second_factor as passkeys
from portal.storage.tables.audit import NATIONAL, AuditEntry
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, User, UserKey
from portal.storage.tables.register import Grant
from portal.storage.tables.signatures import Declaration

TITLE = "Данни за един профил в портала „Потвърждения към АСП“"
EXPORTED = "exported_account"  # in the audit


def export_account(person: Person | None, user_id: int, *, now: datetime) -> Copy:
    """All of it as a text. What the account did in a register stands only in its owner's own copy."""
    user = account_row(user_id)
    is_own = person is not None and person.user_id == user_id
    about = f"{user.name}, {user.email}"
    return copied(person, EXPORTED, TITLE, about, lambda: list(_sections(user, is_own=is_own)), now=now)


def _sections(user: User, *, is_own: bool) -> Iterator[Section]:
    yield Section("Профил", (_profile(user),), _of_secrets(user))
    yield Section("Ключове за подписване", tuple(map(_key, keys_of(user.id))))
    yield Section("Упълномощавания", tuple(map(_delegation, delegations_of(user.id))))
    yield Section("Влизания, познати браузъри и еднократни адреси", tuple(_ways_in(user)))
    yield Section("Декларации, издадени на профила, и подписи", tuple(_declared(user)))
    yield Section("Писма", tuple(map(_letter, letters_to(user))))
    yield Section("Циркулярни писма", tuple(_notices(user)))
    yield Section("Обаждания до институции", tuple(_calls(user)))
    yield Section("Писма до показани институции", tuple(_written(user)))
    yield _register(user, is_own=is_own)
    deeds = tuple(_deed(entry, user) for entry in deeds_of(user.id, of_registers=is_own))
    yield Section("Какво е направено от профила и с него", deeds)
    yield Section("Защо, откъде, на кого и докога", said=_BACKGROUND)


def _profile(user: User) -> Facts:
    asked = egn_request_of(user.id)
    place = None if user.institution is None else f"{user.institution.name} ({user.institution.code})"
    return told(
        ("Номер на профила", str(user.id)),
        ("Имена", user.name),
        ("Електронна поща", user.email),
        ("Роля", user.role.label),
        ("Институция", place),
        ("Регион", None if user.region is None else str(user.region)),
        ("Поканен на", stamp(user.invited_at)),
        ("Активиран на", _at(user.activated_at)),
        ("Спрян на", _at(user.disabled_at)),
        ("Втори фактор от", _at(user.factor_at)),
        (
            "ЕГН или ЛНЧ за подписване с КЕП",
            "пази се само отпечатък, от който не се чете" if user.egn_hash else None,
        ),
        ("Поискана смяна на ЕГН или ЛНЧ за подписване на", None if asked is None else stamp(asked.asked_at)),
    )


def _of_secrets(user: User) -> tuple[str, ...]:
    said = ["Паролата не се пази: пази се число, с което тя се проверява."]
    if user.factor_at is not None:
        said.append(
            "Тайната на втория фактор и кодовете за възстановяване се пазят шифровани и не се изнасят."
        )
    return tuple(said)


def _key(key: UserKey) -> Facts:
    return told(
        ("Направен на", stamp(key.made_at)),
        ("Публичен ключ (Ed25519)", bytes(key.ed25519_public).hex()),
        ("Отменен на", _at(key.retired_at)),
    )


def _delegation(row: Delegation) -> Facts:
    return told(
        ("Институция", f"{row.institution.name} ({row.institution_id})"),
        ("Упълномощено лице", row.user.name),
        ("Упълномощил", row.made_by.name),
        ("Какво може", ", ".join(scope.label for scope in Scope if scope in row.scope_set)),
        ("Заповед", row.order_number),
        ("До", short_date(row.until)),
        ("Вписано на", stamp(row.made_at)),
        ("Оттеглено на", _at(row.revoked_at)),
    )


def _ways_in(user: User) -> Iterator[Facts]:
    logins, devices, links = entries_of(user.id)
    for login in logins:
        yield told(
            ("Влизане на", stamp(login.made_at)),
            ("Последно видяно на", stamp(login.seen_at)),
            ("Браузър", login.browser),
        )
    for device in devices:
        yield (("Познат браузър от", stamp(device.made_at)), ("Последно видян на", stamp(device.seen_at)))
    for link in links:
        yield told(
            ("Еднократен адрес от", stamp(link.made_at)),
            ("Важи до", stamp(link.expires_at)),
            ("Използван на", _at(link.used_at)),
        )
    for key in passkeys.keys_of(user):
        yield told(
            ("Ключ за вход", key.name),
            ("Добавен на", stamp(key.made_at)),
            ("Последно ползван на", _at(key.used_at)),
            ("Публичен ключ (COSE)", bytes(key.public_key).hex()),
        )
    for row in guesses_of(user.id):
        yield (("Грешни опити за влизане на", short_date(row.day)), ("Брой", str(row.count)))
    for line in news_of(user.id):
        yield (("Непрочетена новина за достъпа (дума на портала)", line.kind.value), ("От", stamp(line.at)))


def _declared(user: User) -> Iterator[Facts]:
    for issued, signatures in declarations_to(user.id):
        yield from ((*_issued(issued), *_signature(*pair)) for pair in signatures)
        if not signatures:
            yield (*_issued(issued), ("Подпис", "няма"))


def _issued(issued: Declaration) -> Facts:
    return (
        ("Месец", issued.submission.campaign.month.label),
        ("Институция", f"{issued.institution_name} ({issued.submission.institution_id})"),
        ("Имена на подписващия", issued.signatory_name),
        ("Като", issued.authority),
        ("Издадена на", stamp(issued.issued_at)),
    )


def _signature(signature: Any, removed: datetime | None) -> Facts:
    return told(
        ("Подпис", f"№ {signature.number} от {stamp(signature.signed_at)}"), ("Премахнат на", _at(removed))
    )


def _letter(row: OutboxMessage) -> Facts:
    return told(
        ("Вид (дума на портала)", row.kind),
        ("Написано на", stamp(row.made_at)),
        ("Изпратено на", _at(row.sent_at)),
        ("Тема", row.subject),
        ("Текст", " ".join(row.body.split())),
        ("Състояние", row.state.label),
        ("Защо", row.error),
        ("Отговор на пощенския сървър", _reply(row)),
    )


def _reply(row: OutboxMessage) -> str | None:
    if row.verdict is None:
        return None
    said = " ".join(str(part) for part in (row.code, row.status, row.reply) if part)
    return f"{row.verdict.label}: {said}" if said else row.verdict.label


def _notices(user: User) -> Iterator[Facts]:
    read, published = notices_of(user.id)
    for row in read:
        what = "Запознат с оттеглянето на" if row.of_withdrawal else "Запознат с"
        yield (
            (what, f"{row.notice.office}, {named(row.notice.number, row.notice.dated_on)}"),
            ("На", stamp(row.at)),
        )
    for notice in published:
        yield (("Публикувал", named(notice.number, notice.dated_on)), ("На", stamp(notice.published_at)))


def _calls(user: User) -> Iterator[Facts]:
    noted, begun = calls_by(user.id)
    for row in noted:
        yield told(
            ("Обаждане до", f"{row.institution.name} ({row.institution_id})"),
            ("За месец", row.campaign.month.label),
            ("Записано на", stamp(row.at)),
            ("Какво стана", row.outcome.label),
            ("Бележка", row.note),
            ("Казан телефон", row.phone),
            ("Следващо обаждане", stamp(row.next_at)),
        )
    for claim in begun:
        yield (
            ("Започнато обаждане до", f"{claim.institution.name} ({claim.institution_id})"),
            ("На", stamp(claim.since)),
        )


def _written(user: User) -> Iterator[Facts]:
    for row in letters_by(user.id):
        yield (
            ("Писмо до", in_words(json.loads(row.shown))),
            ("За месец", row.campaign.month.label),
            ("Относно", row.subject),
            ("Текст", row.text),
            ("Писма", str(row.letters)),
            ("Изпратено на", stamp(row.at)),
        )


def _register(user: User, *, is_own: bool) -> Section:
    heading = "Карантинният регистър"
    if not is_own:
        said = (
            "Кой има ключ за регистъра на институция и какво е правил в него, ЦИОО не вижда. Който влиза в "
            "профила, го намира в справката от „Моят достъп“.",
        )
        return Section(heading, said=said)
    return Section(heading, tuple(map(_grant, grants_to(user.id))))


def _grant(grant: Grant) -> Facts:
    year = school_year_label(grant.collection.school_year)
    return told(
        ("Ключ за регистъра на", f"{grant.collection.institution.name}, учебна година {year}"),
        ("Получен на", stamp(grant.made_at)),
        ("До", None if grant.until is None else short_date(grant.until)),
    )


def _deed(entry: AuditEntry, user: User) -> Facts:
    counted = counted_of(entry.what, entry.content)
    about = thing_label(entry.object)
    return told(
        ("Кога", stamp(entry.at)),
        ("Кой", "този профил" if entry.who == user.id else "друг профил" if entry.who else "порталът"),
        ("Какво", deed_label(entry.what)),
        ("За какво", f"{about}, {counted}" if counted else about),
        ("В историята на", "ЦИОО" if entry.chain == NATIONAL else f"институция {entry.chain}"),
    )


def _at(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


_BACKGROUND = (
    "Защо: за да работи човекът в портала в ролята си и да личи кой за какво отговаря.",
    "Откъде: от ЦИОО (поканата), от директора (упълномощаването) и от самия човек.",
    "На кого се предава: имената на подписалия стоят в декларацията и в протокола на институцията; РУО вижда "
    "данните за връзка с директора.",
    "Докога: подписите – докато се пазят решенията за месеца; историята остава. Профил, който вече не е "
    "нужен, се спира.",
    "Освен тук данните са в резервните копия на базата.",
)
