"""portal.logs: what is logged and how."""

import io
import json
import logging
import warnings
from types import SimpleNamespace

import pytest
from gunicorn.config import Config as GunicornConfig
from gunicorn.glogging import Logger as GunicornLogger

from portal.crypto.tokens import csrf_secret, mask, new_token
from portal.logs import ACCESS_FORMAT, LOGGING, configure_logging, masked

TOKEN = "tR_5" * 10 + "a-9"  # as long as the real ones


@pytest.fixture
def lines(monkeypatch):
    """Configure logging as production does, and give what is written, line by line."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    names = ["", "gunicorn.error", "gunicorn.access", "peewee", "py.warnings"]
    loggers = [logging.getLogger(name) for name in names]
    before = [(one, one.handlers[:], one.level, one.propagate) for one in loggers]
    raise_exceptions = logging.raiseExceptions
    configure_logging()
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.captureWarnings(False)
    logging.raiseExceptions = raise_exceptions
    for one, handlers, level, propagate in before:
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"GET /activate/{TOKEN} 200", "GET /activate/… 200"),
        ("Exception on /activate/short [GET]", "Exception on /activate/… [GET]"),
        ("https://p.bg/activate/abc?x=1", "https://p.bg/activate/…"),
        ("/ACTIVATE%2Fabc", "/ACTIVATE%2F…"),
        ("/login?next=/activate/abc", "/login"),
        ("POST /quarantine/2020-12/nothing 303", "POST /quarantine/… 303"),
        ("GET /quarantine/entries/Ab3-_x 200", "GET /quarantine/… 200"),
        ("GET /Quarantine/envelope?new=yes 200", "GET /Quarantine/… 200"),
        ("GET /quarantine/ 200", "GET /quarantine/ 200"),
        ("GET /oversight/2020-12?q=Иван&state=ready 200", "GET /oversight/2020-12 200"),
        (f"session {TOKEN} ended", "session … ended"),
        ("record of 5045170420 moved", "record of ********** moved"),
        ("mail to ana.ivanova@school.bg failed", "mail to …@school.bg failed"),
        ("to=<ana@school.bg>, later", "to=<…@school.bg>, later"),
        ("at smtp://portal:secret@mail:25", "at smtp://portal:…@mail:25"),
    ],
)
def test_masks_what_opens_or_names(text, expected):
    assert masked(text) == expected


def test_masks_every_token_that_we_make():
    for _ in range(50):
        token = new_token()
        assert masked(f"a {token}, b={mask(csrf_secret(token))}") == "a …, b=…"


@pytest.mark.parametrize(
    "text",
    [
        "record 42 confirmed by user 7",
        "GET /confirmations/2020-12/records/15 200",
        "campaign 2020-12: 1,200 received, institution 2200000",
        "Is it so? Yes.",
        "digest " + "ab" * 32,
        "route /activate/<token> is public",
        "12345678901",
    ],
)
def test_leaves_the_rest_as_it_is(text):
    assert masked(text) == text


@pytest.mark.parametrize(
    "bit", ["a", "/", "/a", "a://b:", "a.", "/activate/", "-", "1", "a@", "?", "/?", "=a", "://"]
)
def test_a_message_of_any_length_is_masked_in_its_own_time(bit):
    """By the square of its length this would go on for hours."""
    masked(bit * (600_000 // len(bit)))


def test_writes_one_line_for_each_record(lines):
    logging.getLogger("portal.actions").info("record %s\nconfirmed", 42)
    logging.getLogger("portal.web").warning("„наново“")

    first, second = lines()
    assert first["message"] == "record 42\nconfirmed"
    assert (first["level"], first["logger"]) == ("info", "portal.actions")
    assert first["time"].endswith("+00:00")
    assert (second["level"], second["message"]) == ("warning", "„наново“")


def test_masks_the_arguments_too(lines):
    logging.getLogger("portal").info("asked for %s", f"/activate/{TOKEN}")

    assert lines()[0]["message"] == "asked for /activate/…"


def refuse(row):
    raise ValueError(f"the database refused {row}")


def test_tells_where_it_failed_but_not_with_what(lines):
    try:
        try:
            refuse("Иван Петров")
        except ValueError as error:
            raise KeyError("Иван") from error
    except KeyError:
        logging.getLogger("portal").exception("a request failed")

    (line,) = lines()
    assert line["exception"][0].startswith("KeyError at ")
    assert line["exception"][1].startswith("ValueError at ")
    assert "test_logs.py" in line["exception"][1]
    assert "refuse <" in line["exception"][1]
    assert "Иван" not in json.dumps(line, ensure_ascii=False)


def test_ends_where_exceptions_go_in_a_circle(lines):
    error, other = ValueError(), KeyError()
    error.__cause__, other.__cause__ = other, error
    logging.getLogger("portal").error("failed", exc_info=error)

    assert lines()[0]["exception"] == ["ValueError", "KeyError"]


def test_leaves_out_what_was_hidden_on_purpose(lines):
    try:
        try:
            refuse("row")
        except ValueError:
            raise KeyError from None
    except KeyError:
        logging.getLogger("portal").exception("failed")

    assert len(lines()[0]["exception"]) == 1


def test_a_message_that_cannot_be_written_is_not_spilled(lines, capsys):
    logging.getLogger("portal").info("%d records", "Иван")

    assert lines() == []
    assert "Иван" not in capsys.readouterr().err


def test_writes_no_debugging_and_no_statements(lines):
    logging.getLogger("portal").debug("details")
    logging.getLogger("peewee").info("SELECT")

    assert lines() == []


def test_logs_warnings_as_lines(lines):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old way", stacklevel=1)

    assert lines()[0]["logger"] == "py.warnings"


@pytest.mark.usefixtures("lines")  # puts the loggers back as they were
def test_the_servers_own_log_has_no_token_and_no_query(capsys):
    settings = GunicornConfig()
    settings.set("accesslog", "-")
    settings.set("access_log_format", ACCESS_FORMAT)
    settings.set("logconfig_dict", LOGGING)
    server = GunicornLogger(settings)
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/activate/{TOKEN}?q=secret",
        "PATH_INFO": f"/activate/{TOKEN}",
        "QUERY_STRING": "q=secret",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "10.0.0.1",
        "HTTP_REFERER": "https://p.bg/?q=secret",
    }
    answer = SimpleNamespace(status="200 OK", sent=512, headers=[])

    server.access(answer, SimpleNamespace(headers=[]), environ, SimpleNamespace(seconds=0, microseconds=2500))

    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert line["logger"] == "gunicorn.access"
    assert line["message"] == "10.0.0.1 GET /activate/… 200 0.002500 s"
    for handler in server.error_log.handlers + server.access_log.handlers:
        handler.close()
