"""Who loads АСП's list now, for whoever has to wait for it."""

from portal.domain.times import stamp, unbroken
from portal.storage.campaigns.loads import loading_now


def said_of_other() -> str:
    """Whose file is being loaded and how far it is, as sentences after others; nothing where nobody can tell
    yet."""
    other = loading_now()
    if other is None:
        return ""
    load = other.load
    who = "от командния ред" if load.by is None else f"от {load.by.name}"
    told = f" „{load.file_name}“, започнат {who} на {stamp(load.at)}: {other.done} от {load.received} реда."
    return unbroken(told)
