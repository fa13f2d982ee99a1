"""What the director's page and one decision cost on the line: requests, bytes, and the server's time."""

import re
import statistics
import time
from pathlib import Path

import brotli

from bench.loading import SITE
from bench.school import PAGE, School
from bench.table import Measure, show
from bench.town import NOW
from portal.app import create_app
from portal.config import Config
from portal.crypto.tokens import csrf_secret, mask
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected

CHILDREN = 60
SLOW_LINE = 50_000 / 8  # bytes a second
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept": "text/html"}


def measured(folder: Path) -> bool:
    client, token = _director(folder)
    page = client.get(PAGE, headers=BROWSER)
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', _text(client))
    loaded = [client.get(address, headers=BROWSER) for address in assets]
    first = [page, *loaded]
    kept = [answer for answer in loaded if "immutable" in answer.headers["Cache-Control"]]
    bytes_of_first = sum(len(answer.data) for answer in first)
    up, down, seconds = _decisions(client, token)
    return show(
        f"A list of {CHILDREN} children",
        [
            Measure("requests of a first visit", len(first), "", 3),
            Measure("requests of the next visit", len(first) - len(kept), "", 1),
            Measure("bytes of a first visit, compressed", bytes_of_first, "B", 26_700),
            Measure("bytes of the next visit, compressed", len(page.data), "B", 4_100),
            Measure("the first visit on 50 kbit/s", bytes_of_first / SLOW_LINE, "s"),
            Measure("the next visit on 50 kbit/s", len(page.data) / SLOW_LINE, "s"),
            Measure("elements of the page", _elements(page), "", 1_300),
            Measure("a decision: bytes up, body", up, "B", 400),
            Measure("a decision: bytes down, compressed", down, "B", 800),
            Measure("a decision: the server's time, median", seconds * 1000, "ms", 50),
            Measure("the page: the server's time, median", _page_time(client) * 1000, "ms", 250),
        ],
    )


def _director(folder: Path):
    school = School(folder, CHILDREN)
    config = Config(
        env="test", base_url="http://localhost", database_url=school.url,
        secret_key="only for measuring, and long enough", pepper=SITE.pepper, clock=NOW,
    )  # fmt: skip
    client = create_app(config).test_client()
    client.set_cookie("session", school.session, domain="localhost")
    return client, school.session


def _elements(page) -> int:
    """Begun by a tag; what is in a template is none until a script takes it."""
    text = brotli.decompress(page.data).decode()
    return len(re.findall(r"<[a-z]", re.sub(r"<template.*?</template>", "", text, flags=re.DOTALL)))


def _text(client) -> str:
    return client.get(PAGE).get_data(as_text=True)


def _decisions(client, token: str) -> tuple[int, int, float]:
    """Confirm every child: the largest body up, the largest answer down, the median time."""
    with connected():
        wanted = [(record.id, record.version) for record in Record.select()]
    ups, downs, times = [], [], []
    for record, version in wanted:
        data = {"csrf_token": mask(csrf_secret(token)), "version": version, "decision": "confirmed"}
        started = time.perf_counter()
        answer = client.post(f"{PAGE}/records/{record}", data=data, headers=BROWSER | {"HX-Request": "true"})
        times.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.status_code
        ups.append(sum(len(name) + len(str(value)) + 2 for name, value in data.items()))
        downs.append(len(answer.data))
    return max(ups), max(downs), statistics.median(times)


def _page_time(client) -> float:
    times = []
    for _ in range(15):
        started = time.perf_counter()
        client.get(PAGE, headers=BROWSER)
        times.append(time.perf_counter() - started)
    return statistics.median(times)
