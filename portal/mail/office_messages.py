"""Letters that a regional office writes to the institutions that it is shown. The words are its own."""

from dataclasses import dataclass

from portal.domain.oversight.writing import Words
from portal.mail.messages import PORTAL, Message, composed, paragraphs

UNDIRECTED = (
    f"В портала {PORTAL} няма активиран достъп на директор за вашата институция. Ако директорът има покана, "
    "нека отвори връзката в нея. Ако няма или срокът ѝ е минал, поискайте нова от ЦИОО."
)


@dataclass(frozen=True)
class Writer:
    """Who wrote it, and where an answer goes: letters of the portal are sent by a machine."""

    name: str
    email: str
    office: str


def office_letter(to: str, words: Words, writer: Writer, *, link: str, is_directed: bool) -> Message:
    """To a director, or to the mailbox of an institution without one."""
    return composed(
        to,
        f"{writer.office}: {words.subject}",
        *paragraphs(words.text),
        *(() if is_directed else (UNDIRECTED,)),
        f"Порталът {PORTAL}:",
        link,
        f"Пише ви {writer.name}, {writer.office}. Ако имате въпрос, пишете на {writer.email}.",
    )
