"""Letters about the second factor of an account. They carry no code."""

from datetime import datetime

from portal.domain.times import stamp
from portal.mail.messages import PORTAL, Message, composed

NOT_YOU = (
    "Ако не сте вие, веднага сменете паролата си от „Моят достъп“ и съобщете на ЦИОО: някой знае паролата ви."
)


def factor_on(to: str, *, at: datetime) -> Message:
    return composed(
        to,
        "Вторият фактор е включен",
        f"На {stamp(at)} за достъпа ви в портала {PORTAL} беше включен втори фактор. Отсега при влизане "
        "порталът иска и код от приложението в телефона ви.",
        "Пазете кодовете за възстановяване отделно от телефона: с тях влизате, ако го загубите.",
        NOT_YOU,
    )


def factor_off(to: str, *, at: datetime, link: str) -> Message:
    return composed(
        to,
        "Вторият фактор е изключен",
        f"На {stamp(at)} вторият фактор на достъпа ви в портала {PORTAL} беше изключен. Отсега в него се "
        "влиза само с парола. Може да го включите отново:",
        link,
        NOT_YOU,
    )


def factor_codes_renewed(to: str, *, at: datetime) -> Message:
    return composed(
        to,
        "Нови кодове за възстановяване",
        f"На {stamp(at)} за достъпа ви в портала {PORTAL} бяха направени нови кодове за възстановяване. "
        "Досегашните вече не важат.",
        NOT_YOU,
    )


def recovery_code_used(to: str, *, at: datetime, left: int, link: str) -> Message:
    remaining = (
        "не остава нито един код" if left == 0 else f"остават още {left}" if left > 1 else "остава още 1"
    )
    return composed(
        to,
        "Влязохте с код за възстановяване",
        f"На {stamp(at)} някой влезе във вашия достъп в портала {PORTAL} с код за възстановяване. Кодът вече "
        f"не важи; {remaining}.",
        "Ако сте вие и телефонът е загубен, включете втория фактор отново с новия. Ако кодовете са малко, "
        "направете нови:",
        link,
        NOT_YOU,
    )


def passkey_added(to: str, *, name: str, at: datetime) -> Message:
    """``name`` is what the person called it."""
    return composed(
        to,
        "Добавен е ключ за вход",
        f"На {stamp(at)} към достъпа ви в портала {PORTAL} беше добавен ключ за вход „{name}“. Отсега след "
        "паролата може да се влиза и с него вместо с код.",
        NOT_YOU,
    )


def passkey_removed(to: str, *, name: str, at: datetime) -> Message:
    return composed(
        to,
        "Премахнат е ключ за вход",
        f"На {stamp(at)} ключът за вход „{name}“ беше премахнат от достъпа ви в портала {PORTAL}. С него "
        "вече не се влиза. Кодовете от приложението остават.",
        NOT_YOU,
    )


def factor_removal_asked(to: str, *, at: datetime, due: datetime, agrees: str, link: str) -> Message:
    """To the person, who can stop it."""
    return composed(
        to,
        "Поискано е изключване на втория ви фактор",
        f"На {stamp(at)} ЦИОО поиска вторият фактор на достъпа ви в портала {PORTAL} да бъде изключен. Това "
        f"се прави за човек, който е загубил и телефона, и кодовете си. Трябва да го потвърди и {agrees}.",
        f"Ако бъде потвърдено, след {stamp(due)} в достъпа ви ще се влиза само с парола.",
        "Ако сте го поискали вие, не е нужно да правите нищо. Ако не сте, влезте и го спрете:",
        link,
    )


def factor_removal_to_agree(to: str, *, person: str, at: datetime, due: datetime, link: str) -> Message:
    """To those who can agree; ``person`` is a name and what they are."""
    return composed(
        to,
        "Потвърдете или спрете изключване на втори фактор",
        f"На {stamp(at)} ЦИОО поиска да бъде изключен вторият фактор на {person}. Докато не го потвърдите, "
        "нищо не се променя.",
        "Обадете се на човека на телефон, който знаете отпреди. Потвърдете само ако той сам казва, че е "
        "загубил телефона и кодовете си.",
        f"Изключването става най-рано след {stamp(due)} Потвърдете го или го спрете тук:",
        link,
    )


def factor_removal_stopped(to: str, *, person: str, at: datetime) -> Message:
    return composed(
        to,
        "Изключването на втори фактор е спряно",
        f"На {stamp(at)} беше спряно изключване на втори фактор, поискано от ЦИОО за: {person}. "
        "Вторият фактор остава.",
    )
