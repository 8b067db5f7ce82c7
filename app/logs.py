"""Logging set-up. Every line, tracebacks included, is redacted; nothing is written to stdout.

A record is one line; its details (traceback, stack, `extra={"stack": ...}`) follow on indented lines. Control
characters of external text, line breaks above all, are escaped, so that it cannot forge records.
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
_KEPT = 2  # with the current one: three files of 1 MB
_OFF = ("aiohttp.access", "aiohttp.server")  # they quote requests, and a request may hold a card number
_QUIET = ("aiohttp", "httpx", "httpcore", "asyncio", "keyring", "alembic", "sqlalchemy")


class RedactingFormatter(logging.Formatter):
    """UTC ISO times; redacts everything after the time, arguments and exceptions included.

    The time is excluded: its digits, joined with those at the start of a message, must not look like a card number.
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
    """Return the details of a record: redacted, every line indented, unlike a record's first line."""
    redacted = escaped(_redacted(text), keep="\n").rstrip("\n")
    return "\n" + indent(redacted, _INDENT, lambda line: True) if redacted else ""


def _redacted(text: str) -> str:
    """Redact personal data first: a phone next to other digits may look like a part of a card number."""
    return redact_text(redact_personal(text))


def redacted_log(text: str) -> str:
    """Return lines of a log file redacted by the rules of this version; the time at the start of a line stays."""
    return "\n".join(_redacted_line(line) for line in text.split("\n"))


def _redacted_line(line: str) -> str:
    at = _TIME.match(line)
    return f"{at[0]}{_redacted(line[at.end() :])}" if at else _redacted(line)


class PrivateRotatingFileHandler(RotatingFileHandler):
    """Log files are for their owner only. On a full disk lines are lost, but the program continues."""

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8")

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - stdlib's name
        """Several processes write one log: after a rollover by another one, only switch to the new file."""
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
        """Drop the line: logging would print it to stderr, unredacted. The file is reopened for the next one."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()

    def close(self) -> None:
        with suppress(OSError, ValueError):  # flushing the rest may fail, too
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
    # without any handler the logging module prints unredacted messages to stderr
    return [*handlers, logging.NullHandler()]


def _file_handler(log_dir: Path) -> logging.Handler | None:
    try:
        log_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return PrivateRotatingFileHandler(log_dir / LOG_NAME, maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8")
    except OSError:
        return None  # a full or read-only disk is reported by the storage; a missing log must not stop payments


def _remove_ours(root: logging.Logger) -> None:
    for handler in list(root.handlers):
        if isinstance(handler.formatter, RedactingFormatter):
            root.removeHandler(handler)
            handler.close()
