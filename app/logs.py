"""Logging set-up. Every line, tracebacks included, passes the redaction; nothing goes to stdout.

A record is one line; what belongs to it (traceback, stack, `extra={"stack": ...}`) follows on indented lines. What a
foreign text brings along, line breaks above all, is spelled out, so that it cannot write records of its own.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from textwrap import indent

from app.domain.text.plain_text import escaped
from app.domain.text.redaction import redact_personal, redact_text

LOG_NAME = "paydesk.log"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 (?=[A-Z]+ )")
_MAX_BYTES = 1_000_000
_INDENT = "  "
_KEPT = 2  # with the running one: three files of 1 MB
_OFF = ("aiohttp.access", "aiohttp.server")  # they quote requests, and a request may hold a card number
_QUIET = ("aiohttp", "httpx", "httpcore", "asyncio", "keyring", "alembic", "sqlalchemy")


class RedactingFormatter(logging.Formatter):
    """UTC ISO times; redacts all that follows the time, so that no argument and no exception slips by.

    The time itself is ours: its digits, and those of a message that begins with some, make no card number.
    """

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - stdlib's name
        return escaped(_redacted(super().formatMessage(record)))

    def format(self, record: logging.LogRecord) -> str:
        line, _, rest = super().format(record).partition("\n")
        stack = str(getattr(record, "stack", ""))
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return f"{at} {line}" + "".join(map(_continuation_lines, (stack, rest)))


def _continuation_lines(text: str) -> str:
    """Return what follows a record: redacted, every line indented, which no record's own line is."""
    redacted = escaped(_redacted(text), keep="\n").rstrip("\n")
    return "\n" + indent(redacted, _INDENT, lambda line: True) if redacted else ""


def _redacted(text: str) -> str:
    """Personal data go first: a phone beside other digits may look like a part of a card number."""
    return redact_text(redact_personal(text))


def redacted_log(text: str) -> str:
    """Return lines of a log file redacted by the rules of this version; the time that begins a line stays."""
    return "\n".join(_redacted_line(line) for line in text.split("\n"))


def _redacted_line(line: str) -> str:
    at = _TIME.match(line)
    return f"{at[0]}{_redacted(line[at.end() :])}" if at else _redacted(line)


class PrivateRotatingFileHandler(RotatingFileHandler):
    """Log files are for their owner only. A disk that takes nothing more costs lines, never the program."""

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8")

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - stdlib's name
        """Several processes write one log: where another one moved it away, go on in the new file, do not move that."""
        stream = self.stream
        if stream is not None and self._was_moved(stream.fileno()):
            stream.close()
            self.stream = self._open()
        return bool(super().shouldRollover(record))

    def _was_moved(self, handle: int) -> bool:
        try:
            return not os.path.samestat(os.fstat(handle), Path(self.baseFilename).stat())
        except FileNotFoundError:
            return True
        except OSError:
            return False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - stdlib's name
        """Drop the line: the standard way prints it to stderr, unredacted. The file is opened anew for the next one."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()

    def close(self) -> None:
        with suppress(OSError, ValueError):  # what is left to write may not fit either
            super().close()


def set_up_logging(log_dir: Path | None, *, verbose: bool = False) -> None:
    """Log to `log_dir`, and with `verbose` to stderr. Calling again replaces our handlers."""
    root = logging.getLogger()
    _remove_ours(root)
    for handler in _handlers(log_dir, verbose=verbose):
        handler.setFormatter(RedactingFormatter())
        root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _OFF:
        silent = logging.getLogger(name)
        silent.setLevel(logging.CRITICAL)
        silent.disabled = True


def stop_logging() -> None:
    """Flush and close what `set_up_logging` opened."""
    _remove_ours(logging.getLogger())
    logging.captureWarnings(False)


def _handlers(log_dir: Path | None, *, verbose: bool) -> list[logging.Handler]:
    handlers: list[logging.Handler] = []
    if log_dir is not None and (to_file := _file_handler(log_dir)) is not None:
        handlers.append(to_file)
    if verbose:
        handlers.append(logging.StreamHandler(sys.stderr))
    # without any handler the logging module prints bare, unredacted messages to stderr
    return [*handlers, logging.NullHandler()]


def _file_handler(log_dir: Path) -> logging.Handler | None:
    try:
        log_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return PrivateRotatingFileHandler(log_dir / LOG_NAME, maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8")
    except OSError:
        return None  # a full or read-only disk is reported by the storage; no log must not stop payments


def _remove_ours(root: logging.Logger) -> None:
    for handler in list(root.handlers):
        if isinstance(handler.formatter, RedactingFormatter):
            root.removeHandler(handler)
            handler.close()
