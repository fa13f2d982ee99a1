"""A school's diary of 2,000 lines: to read it, to compare a list of 300 with it, and to warn from it."""

import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.loading import SITE
from bench.school import PAGE, School
from bench.table import Measure, show
from bench.town import NOW, number
from portal.actions.diary.reading import own_lines
from portal.app import create_app
from portal.config import Config
from portal.crypto.tokens import csrf_secret, mask
from portal.domain.month import Month
from tests.diaries import line
from tests.statements import Asked, noted

LISTED, LINES = 300, 2_000
TIMES = 5  # the median counts
LONGEST = 2_000  # ms: what takes longer would have to show how far it is
UNEXCUSED = ("7.00", "5,50", "12.33", "4.67", "3.00", "0.00", "1,33")


def measured(folder: Path) -> bool:
    school = School(folder, children=LISTED)
    with noted() as asked:  # before the portal opens its connections
        return _measured(_Desk(school), asked)


def _measured(desk: "_Desk", asked: Asked) -> bool:
    content = _content(UNEXCUSED)
    newer = [_content(UNEXCUSED[turn:] + UNEXCUSED[:turn]) for turn in range(1, TIMES + 1)]
    desk.compare(content)
    asked.forget()
    desk.compare(newer[-1])
    statements = len(asked.statements)
    files = iter(newer)
    return show(
        f"Paper: a diary of {LINES} lines beside a list of {LISTED} (SQLite), median of {TIMES}",
        [
            Measure("its size", len(content) / 1000, "kB"),
            Measure("read", _median(lambda: own_lines(content, "2200000", Month(2020, 12))), "ms"),
            Measure("sent, compared, shown", _median(lambda: desk.compare(next(files))), "ms", LONGEST),
            Measure("the same file again", _median(lambda: desk.compare(newer[-1])), "ms", LONGEST),
            Measure("statements of a comparison", statements, ""),
            Measure("early warning, sent and shown", _median(lambda: desk.warn(content)), "ms", LONGEST),
        ],
    )  # fmt: skip


def _content(unexcused: tuple[str, ...]) -> bytes:
    lines = [
        line(
            unexcused[n % len(unexcused)],
            number=number(n),
            class_code=f"{1 + n % 12:02d}",
            class_name=f"{1 + n % 12}{'абвг'[n % 4]}",
        )
        for n in range(LINES)
    ]
    return "\r\n".join(lines).encode("cp1251")


class _Desk:
    """The director's browser."""

    def __init__(self, school: School) -> None:
        config = Config(
            env="test", base_url="http://localhost", database_url=school.url,
            secret_key="only for measuring, and long enough", pepper=SITE.pepper, clock=NOW,
        )  # fmt: skip
        self._client = create_app(config).test_client()
        self._client.set_cookie("session", school.session, domain="localhost")
        self._token = csrf_secret(school.session)

    def compare(self, content: bytes) -> None:
        self._send(f"{PAGE}/diary", content)

    def warn(self, content: bytes) -> None:
        self._send("/confirmations/early-warning", content)

    def _send(self, address: str, content: bytes) -> None:
        data = {"csrf_token": mask(self._token), "file": (io.BytesIO(content), "absences.txt")}
        answer = self._client.post(address, data=data, content_type="multipart/form-data")
        assert answer.status_code == 200, (address, answer.status_code)


def _median(deed: Callable[[], object]) -> float:
    return statistics.median(_milliseconds(deed) for _ in range(TIMES))


def _milliseconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000
