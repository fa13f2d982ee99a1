"""The operator's files that go on beside their request: sent, held on their way, and over."""

import io
import threading
from typing import Self

from portal.storage.campaigns.loads import LOCKS
from portal.storage.tables.alone import alone_at
from portal.storage.tables.db import connected
from tests.waiting import PATIENCE, until


class Gate:
    """Holds a load where a test puts it, until it is opened. No load outlives it."""

    def __init__(self, monkeypatch) -> None:
        self.patch = monkeypatch
        self.reached, self.opened = threading.Event(), threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.opened.set()
        until(lambda: not any(thread.name == "load" for thread in threading.enumerate()))

    def hold(self) -> None:
        """What the load does at the gate."""
        self.reached.set()
        assert self.opened.wait(PATIENCE)


def send_file(client, where: str, lines: tuple[str, ...], name: str, **more):
    """A file of the exchange, with the line ends and the letters that it comes with."""
    content = "".join(f"{line}\r\n" for line in lines).encode("cp1251")
    return client.send(where, files={"file": (io.BytesIO(content), name)}, **more)


def taken(answer, gate: Gate) -> str:
    """The address of the load's page, when the load has come to the gate."""
    assert answer.status_code == 303
    assert gate.reached.wait(PATIENCE)
    return answer.location


def ended(kind: str) -> None:
    """Wait until no load of the kind goes on."""

    def is_over() -> bool:
        with connected(), alone_at(LOCKS[kind], patience=0) as is_ours:
            return is_ours

    until(is_over)


def figures(page) -> dict[str, str]:
    """What stands under each figure of a page, and the figure."""
    labels, values = page.all(".figure-label"), page.all(".figure-value")
    return {label.text_content(): value.text_content() for label, value in zip(labels, values, strict=True)}
