"""The kinds of letters, in words that the database keeps, and as people read them."""

from enum import Enum


class Occasion(Enum):
    """What is written about to a reader once, and is written when it is sent: by then it may be over."""

    LIST_RECEIVED = "list_received"
    LIST_CHANGED = "list_changed"
    CHANGED_AFTER_DECISION = "changed_after_decision"
    RECORD_BACK = "record_back"
    DEADLINE_MOVED = "deadline_moved"
    MONTH_SUSPENDED = "month_suspended"
    MONTH_RESUMED = "month_resumed"
    EXCEPTION_OPENED = "exception_opened"
    EXCEPTION_ENDED = "exception_ended"
    ANSWER_SENT = "answer_sent"
    RESULT_CAME_BACK = "result_came_back"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_SUPPORTED = "correction_supported"
    CORRECTION_ANSWERED = "correction_answered"
    READY_TO_SIGN = "ready_to_sign"
    LIST_SIGNED = "list_signed"
    SIGNATURE_REMOVED = "signature_removed"
    DELEGATION_ENDING = "delegation_ending"
    DELEGATION_ENDED = "delegation_ended"
    EARLY_REMINDER = "early_reminder"
    REMINDER = "reminder"
    NOTICE_UNREAD = "notice_unread"
    OFFICE_LETTER = "office_letter"

    @property
    def label(self) -> str:
        return LABELS[self.value]

    @property
    def is_optional(self) -> bool:
        """Whether a person may do without it. What says that something is due, or is no longer as it was, is
        not: the circular's complaint is that nobody was written to. Our decision."""
        return self in (Occasion.EARLY_REMINDER, Occasion.LIST_SIGNED, Occasion.ANSWER_SENT)

    @property
    def is_for_mailboxes(self) -> bool:
        """Whether an institution that nobody directs hears of it in its own mailbox, with how to get in: of
        what is due there and when. What was done or answered is for whoever did it. Our decision."""
        return self in (
            Occasion.DEADLINE_MOVED,
            Occasion.MONTH_SUSPENDED,
            Occasion.MONTH_RESUMED,
            Occasion.EXCEPTION_OPENED,
            Occasion.EXCEPTION_ENDED,
            Occasion.EARLY_REMINDER,
            Occasion.REMINDER,
            Occasion.NOTICE_UNREAD,
        )


LABELS = {
    "list_received": "списъкът за месеца е тук",
    "list_changed": "добавени или свалени записи",
    "changed_after_decision": "АСП промени данни след решението",
    "record_back": "върнат запис от ЦИОО",
    "deadline_moved": "преместен срок",
    "month_suspended": "спрян месец",
    "month_resumed": "възобновен месец",
    "exception_opened": "изключение след срока",
    "exception_ended": "прекратено изключение",
    "answer_sent": "отговорът е изпратен на АСП",
    "result_came_back": "АСП върна какво е направила",
    "correction_asked": "искане за поправка, което чака РУО",
    "correction_supported": "становище на РУО по искане за поправка",
    "correction_answered": "отговор на искане за поправка",
    "ready_to_sign": "готово е за подпис",
    "list_signed": "подписан списък, с протокола",
    "signature_removed": "премахнат подпис",
    "delegation_ending": "упълномощаване, което изтича след седмица",
    "delegation_ended": "изтекло упълномощаване",
    "early_reminder": "напомняне 5 и 3 дни преди срока",
    "reminder": "напомняне в последните два дни",
    "notice_unread": "непрочетено циркулярно писмо",
    "office_letter": "писмо от РУО",
    "invitation": "покана",
    "password_reset": "връзка за нова парола",
    "password_changed": "сменена парола",
    "account_announced": "нов или подновен профил на директор",
    "delegation_granted": "дадено упълномощаване",
    "delegation_revoked": "оттеглено упълномощаване",
    "delegate_named": "упълномощихте лице",
    "delegate_signed": "упълномощено лице подписа",
    "signature_decided": "проверен подпис с КЕП",
    "recovery_code_used": "влизане с код за възстановяване",
    "new_browser": "влизане от нов браузър",
    "wrong_passwords": "много грешни пароли",
    "wrong_codes": "грешни кодове след паролата",
    "egn_change_asked": "поискано ЕГН или ЛНЧ за КЕП",
    "egn_changed": "потвърдено ЕГН или ЛНЧ за КЕП",
    "egn_change_refused": "непотвърдено ЕГН или ЛНЧ за КЕП",
}


def label_of(kind: str) -> str:
    """What a letter of this kind is about; the rest are about the second factor or the register's key."""
    if kind in LABELS:
        return LABELS[kind]
    return "достъп до карантинния регистър" if kind.startswith(("register_", "envelope_")) else "втори фактор"
