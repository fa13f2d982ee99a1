"""What can go wrong with one letter."""

from portal.domain.letters.fate import Reply, Verdict


class MailError(Exception):
    """The letter was not sent. ``temporary`` says whether it can go later, as it is; ``reply`` what the
    server said, where it said anything, and ``verdict`` what that means for the letter.

    The sentence holds no address and no words of the server, which like to repeat the address.
    """

    def __init__(
        self, sentence: str, *, temporary: bool, reply: Reply | None = None, verdict: Verdict | None = None
    ) -> None:
        super().__init__(sentence)
        self.temporary = temporary
        self.reply = reply
        self.verdict = verdict
