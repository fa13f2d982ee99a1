"""What is logged and how: one JSON object a line on stderr; no names, no identifiers, no notes.

``LOGGING`` serves both ``logging.config.dictConfig`` and gunicorn's ``logconfig_dict``; ``ACCESS_FORMAT``
is gunicorn's ``access_log_format``. Every message passes through ``masked``.
"""

import json
import logging
import logging.config
import re
import traceback
from datetime import UTC, datetime
from typing import Any

# gunicorn's %(r)s, %(q)s and %(f)s hold the query and the referring address: neither is written. Nor is
# %(B)s, the length of the response: a page of the quarantine register is as long as there are people on it.
ACCESS_FORMAT = "%(h)s %(m)s %(U)s %(s)s %(L)s s"

# Each begins where a word does, or is bounded: a long message takes no more time a letter than a short one.
_QUERY = re.compile(r"(?<![^\s\"'<>?])((?=[^\s?\"'<>/]*/)[^\s?\"'<>]*+)\?[^\s\"'<>]*")
_ACTIVATION = re.compile(r"(/activate(?:/|%2F))[^\s/\"'<>]+", re.IGNORECASE)
# „Няма лица“ is an address, and so is an entry: that somebody used the register is all that is written.
_REGISTER = re.compile(r"(/quarantine/)[^\s?\"'<>]+", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"(\w://[^\s:/@]{0,300}):[^\s@]{1,1000}@")
_EMAIL = re.compile(r"(?<![^\s\"'<>(),;:=@/])[^\s\"'<>(),;:=@/]++@(?=[\w-])")
_TOKEN = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])")
_IDENTIFIER = re.compile(r"(?<!\d)\d{10}(?!\d)")
_MASKS = (
    (_PASSWORD_IN_URL, r"\1:…@"),
    (_QUERY, r"\1"),
    (_ACTIVATION, r"\1…"),
    (_REGISTER, r"\1…"),
    (_EMAIL, "…@"),
    (_TOKEN, "…"),
    (_IDENTIFIER, "**********"),
)


def masked(text: str) -> str:
    """``text`` without queries, addresses of activation and of the register, tokens, e-mail names and
    ten-digit identifiers."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


MOST_CAUSES, MOST_PLACES = 3, 15  # of an exception, counted from where it was raised


class LineFormatter(logging.Formatter):
    """A record as one line of JSON.

    Of an exception it writes the types and the places in the code, never the message: a database repeats
    there the row that it refused, and a row may name a child.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _causes(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _causes(error: BaseException | None) -> list[str]:
    """``ValueError at portal/app.py:12 create_app < …`` for the exception and what led to it: so many places
    and causes that a database that is away for an hour does not fill the disk."""
    found: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(found) < MOST_CAUSES:
        seen.add(id(error))
        frames = list(reversed(traceback.extract_tb(error.__traceback__)))
        shown = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[:MOST_PLACES]]
        places = " < ".join(shown + ["…"] * (len(frames) > MOST_PLACES))
        kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        found.append(f"{kind} at {places}" if places else kind)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


# They write whose certificate it is, with the ЕГН, and single letters of a note.
SILENT = ("pyhanko", "pyhanko_certvalidator")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": LineFormatter}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"},
    },
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        **{name: {"level": "CRITICAL"} for name in SILENT},
        "peewee": {"level": "WARNING"},  # at DEBUG it writes every statement with its values
    },
}


def configure_logging() -> None:
    """Send all logs of this process to stderr, as lines of JSON."""
    logging.config.dictConfig(LOGGING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # else a message that cannot be formatted is printed with its values


def silence_libraries() -> None:
    """For commands, which keep no log: what those would write goes nowhere either."""
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
