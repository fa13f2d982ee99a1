"""The words of the audit, as people read them. What is not here yet is shown as it is kept."""

LABELS = {
    # the list
    "pending": "върна за преглед",
    "confirmed": "потвърди",
    "refused": "отказа",
    "sent_back": "изпрати обратно към ЦИОО („не е наше дете“)",
    "taken_back": "върна в списъка",
    "nothing_to_confirm": "отбеляза „Проверих – няма записи“",
    "signed": "подписа списъка",
    "signature_removed": "премахна подписа",
    "reset_by_load": "върна за преглед: АСП промени данните",
    "moved_by_load": "премести според записванията",
    # the operator's
    "made_campaign": "заведе кампанията",
    "set_window": "определи срока",
    "loaded_asp": "зареди списък на АСП",
    "loaded_enrolments": "зареди записвания",
    "loaded_calendar": "зареди учебен календар",
    "loaded_institutions": "зареди институции",
    "loaded_holidays": "зареди неработни дни",
    # accounts
    "invited": "покани в портала",
    "invited_again": "покани отново в портала",
    "account_activated": "активира достъпа",
    "account_reset": "поднови достъпа с нова парола и нов ключ",
    "account_disabled": "спря достъпа",
    "account_enabled": "пусна отново достъпа",
    "director_ended": "стана директор; досегашният достъп е спрян",
    "password_changed": "смени паролата си",
    "reset_requested": "поиска писмо за нова парола",
    "logged_in": "влезе в портала",
    "logins_ended": "излезе навсякъде другаде",
    "delegated": "упълномощи",
    "delegation_changed": "промени упълномощаване",
    "delegation_revoked": "оттегли упълномощаване",
}

THINGS = {
    "record": "запис",
    "submission": "списък",
    "campaign": "кампания",
    "user": "профил",
    "delegation": "упълномощаване",
    "institution": "институция",
    "load": "файл",
    "closure": "неучебни дни",
}


def deed_label(verb: str) -> str:
    return LABELS.get(verb, verb)


def thing_label(thing: str) -> str:
    """``record:17`` → ``запис № 17``"""
    kind, _, key = thing.partition(":")
    return f"{THINGS[kind]} № {key}" if kind in THINGS and key else thing
