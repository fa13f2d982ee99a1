"""The audit's words as people read them; a word that is not listed is shown as it is stored."""

from datetime import date

from portal.domain.times import short_date

LISTS = {
    "pending": "върна за преглед",
    "confirmed": "потвърди",
    "refused": "отказа",
    "sent_back": "изпрати обратно към ЦИОО („не е наше дете“)",
    "taken_back": "върна в списъка",
    "compared_diary": "сравни списъка с дневника",
    "said_ready": "съобщи, че списъкът е готов за подпис",
    "nothing_to_confirm": "отбеляза „Проверих – няма записи“",
    "signed": "подписа списъка",
    "signature_removed": "премахна подписа",
    "signature_received": "представи подпис с КЕП за проверка",
    "signature_refused": "не прие подписа с КЕП, който чакаше проверка",
    "signature_lapsed": "остави без действие подписа с КЕП, който чакаше проверка",
    "asked_correction": "поиска поправка след срока",
    "parent_letters": "изготви писма до родителите",
    "reset_by_load": "върна за преглед: АСП промени данните",
    "moved_by_load": "премести според записванията",
}
REGISTER = {
    "register_started": "започна регистъра",
    "register_opened": "отвори имената в регистъра",
    "register_entered": "вписа лице под карантина",
    "register_month_confirmed": "потвърди месеца в регистъра",
    "register_changed": "промени запис в регистъра",
    "register_key_renewed": "поднови ключа на регистъра",
    "register_month_reopened": "отвори отново месеца в регистъра",
    "register_beside_list": "видя дните от регистъра до списъка на АСП",
    "register_paper_rzi": "изготви списък за РЗИ от регистъра",
    "register_paper_order": "изготви заповед за обучение от разстояние от регистъра",
    "register_paper_day": "изготви числата за деня от регистъра",
    "register_taken_over": "пое нецял регистър с това, което е останало в него",
    "register_key_given": "даде ключа на регистъра",
    "register_handed_over": "предаде регистъра на новия директор",
    "register_envelope_made": "направи плика на институцията",
    "register_envelope_renewed": "направи нов плик на институцията",
    "register_envelope_checked": "провери плика на институцията",
    "register_opening_asked": "поиска отваряне на регистъра с плика",
    "register_opening_stopped": "спря отварянето на регистъра с плика",
    "register_opened_by_code": "отвори регистъра с плика",
    "register_erased": "изтри ключовете на регистъра след срока за съхранение",
}
OPERATING = {
    "made_campaign": "заведе кампанията",
    "set_window": "определи срока",
    "added_closure": "вписа неучебни дни на институцията",
    "deleted_closure": "изтри неучебни дни на институцията",
    "suspended": "спря временно кампанията",
    "resumed": "възобнови кампанията",
    "made_exception": "даде изключение след срока",
    "ended_exception": "прекрати изключението",
    "closed_institution": "закри институцията",
    "reopened_institution": "отмени закриването на институцията",
    "routed": "насочи запис към друга институция",
    "previewed_answer": "изтегли предварителен отговор до АСП",
    "answered": "изготви окончателния отговор до АСП",
    "downloaded_answer": "изтегли окончателния отговор до АСП",
    "sent_answer": "отбеляза, че отговорът е изпратен на АСП",
    "result_came_back": "зареди какво е направила АСП след отговора",
    "corrected_answer": "изготви поправка на отговора до АСП",
    "supported_correction": "подкрепи искане за поправка след срока",
    "opposed_correction": "не подкрепи искане за поправка след срока",
    "granted_correction": "прие искане за поправка и отвори списъка",
    "declined_correction": "отказа искане за поправка след срока",
    "called": "отбеляза обаждане до институцията",
    "office_letter": "писа на показаните институции в региона",
    "purged": "заличи имената след срока за съхранение",
    "began_asp": "започна зареждане на дълъг списък на АСП",
    "loaded_asp": "зареди списък на АСП",
    "loaded_ended": "зареди списък на АСП за прекратените помощи",
    "repaired_line": "поправи отхвърлен ред от списък на АСП",
    "left_line": "остави ред от списък на АСП отхвърлен",
    "loaded_enrolments": "зареди записвания",
    "loaded_calendar": "зареди учебен календар",
    "loaded_institutions": "зареди институции",
    "loaded_holidays": "зареди неработни дни",
    "loaded_people": "покани хора от файл",
    "exported_child": "извади данните за едно дете (чл. 15 от Регламент 2016/679)",
    "exported_account": "извади данните за един профил (чл. 15 от Регламент 2016/679)",
    "restored": "възстанови портала от резервно копие",
}
ACCOUNTS = {
    "invited": "покани в портала",
    "director_invited": "покани следващия директор",
    "invited_again": "покани отново в портала",
    "address_corrected": "поправи адреса на поканен, който не е активирал достъпа си",
    "account_activated": "активира достъпа",
    "account_reset": "поднови достъпа с нова парола и нов ключ",
    "account_disabled": "спря достъпа",
    "account_enabled": "пусна отново достъпа",
    "director_ended": "стана директор; досегашният достъп е спрян",
    "password_changed": "смени паролата си",
    "reset_requested": "поиска писмо за нова парола",
    "logged_in": "влезе в портала",
    "logins_ended": "излезе навсякъде другаде",
    "login_ended": "прекрати влизане в друг браузър",
    "wrong_passwords": "отбеляза колко пъти за деня паролата беше грешна",
    "wrong_codes": "отбеляза колко пъти за деня кодът след паролата беше грешен",
    "egn_set": "записа ЕГН или ЛНЧ за подписване с КЕП",
    "egn_change_asked": "поиска да се запише ЕГН или ЛНЧ за подписване с КЕП",
    "egn_changed": "потвърди ЕГН или ЛНЧ за подписване с КЕП",
    "egn_change_refused": "отхвърли искане за ЕГН или ЛНЧ за подписване с КЕП",
    "egn_change_withdrawn": "оттегли искане за ЕГН или ЛНЧ за подписване с КЕП",
    "factor_on": "включи втори фактор",
    "factor_off": "изключи втория фактор",
    "factor_codes_renewed": "направи нови кодове за възстановяване",
    "factor_code_used": "влезе с код за възстановяване",
    "passkey_added": "добави ключ за вход",
    "passkey_removed": "премахна ключ за вход",
    "factor_removal_asked": "поиска изключване на втория фактор",
    "factor_removal_agreed": "потвърди изключването на втория фактор",
    "factor_removal_stopped": "спря изключването на втория фактор",
    "delegated": "упълномощи",
    "delegation_changed": "промени упълномощаване",
    "delegation_revoked": "оттегли упълномощаване",
}
NOTICES = {
    "notice_published": "публикува циркулярно писмо",
    "notice_withdrawn": "оттегли циркулярно писмо",
    "notice_read": "се запозна с циркулярно писмо",
    "notice_withdrawal_read": "се запозна с оттеглянето на циркулярно писмо",
    "notice_letters": "писа на незапозналите се с циркулярно писмо",
    "notice_erased": "заличи циркулярно писмо след срока за съхранение",
}
LABELS = LISTS | REGISTER | OPERATING | ACCOUNTS | NOTICES

# What the audit can be narrowed to; the keys stand in the address.
KINDS = {
    "lists": ("Списъци и подписи", LISTS),
    "register": ("Карантинен регистър", REGISTER),
    "accounts": ("Достъп и упълномощаване", ACCOUNTS),
    "operating": ("Зареждане и срокове", OPERATING),
    "notices": ("Циркулярни писма", NOTICES),
}
COUNTED = ("wrong_passwords", "wrong_codes")
DATED = ("director_invited",)  # the content is the day from which it holds
COMING_IN = ("reset_requested", "logged_in", "logins_ended", "login_ended", *COUNTED)
# What changes who may do something, or who can open a register; not who came in.
ACCESS = (
    *(verb for verb in ACCOUNTS if verb not in COMING_IN),
    "register_started",
    "register_key_renewed",
    "register_taken_over",
    "register_key_given",
    "register_handed_over",
    "register_envelope_made",
    "register_envelope_renewed",
    "register_opening_asked",
    "register_opening_stopped",
    "register_opened_by_code",
    "register_erased",
)
# All that the operator may learn of a register: that a month was confirmed, and when (domain.md).
OF_REGISTER = "register_"
NOT_SECRET = ("register_month_confirmed",)

THINGS = {
    "record": "запис",
    "submission": "списък",
    "campaign": "кампания",
    "user": "профил",
    "delegation": "упълномощаване",
    "institution": "институция",
    "load": "файл",
    "closure": "неучебни дни",
    "entry": "запис в регистъра",
    "collection": "регистър",
    "envelope": "плик",
    "opening": "отваряне",
    "backup": "резервно копие",
    "export": "справка",
    "passkey": "ключ за вход",
    "notice": "циркулярно писмо",
    "correction": "искане за поправка",
    "call": "обаждане",
    "office_letter": "писмо на РУО",
}


STRANGERS = "strangers"  # in the audit: addresses that no account has


def deed_label(verb: str) -> str:
    return LABELS.get(verb, verb)


def counted_of(verb: str, content: str) -> str:
    """Which day and how many, of an entry that counts: ``28.01.2021 г.: 17``; from which day, of one that
    begins on a day: ``от 01.02.2021 г.``; empty for any other."""
    day, _, count = content.partition(" ")
    if verb not in (*COUNTED, *DATED):
        return ""
    try:
        told = f"{short_date(date.fromisoformat(day))} г."
        return f"от {told}" if verb in DATED else f"{told}: {int(count)}"
    except ValueError:
        return ""


def counted(day: date, count: int) -> str:
    """What the audit keeps of a day's number: ``2021-01-28 17``."""
    return f"{day.isoformat()} {count}"


def thing_label(thing: str) -> str:
    """``record:17`` → ``запис № 17``"""
    kind, _, key = thing.partition(":")
    if kind == "month":
        return f"месец {key}"
    if thing == STRANGERS:
        return "адреси, които никой няма"
    return f"{THINGS[kind]} № {key}" if kind in THINGS and key else thing
