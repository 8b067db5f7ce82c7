"""The program's own standard streams: whatever is wrong with the place that output goes to is no defect of ours.

What an encoding cannot carry is replaced. What cannot be written is dropped and noted; printing raises nothing.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from typing import Final, TextIO

PATIENCE_S: Final = 5.0
"""So long a place that takes nothing at the moment is waited for, where the starting program made it non-blocking."""
PLAINER: Final = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2009\u202f", " "),
        **dict.fromkeys("‘’ʼ", "'"),
        **dict.fromkeys("“”«»", '"'),
        **dict.fromkeys("\u2010\u2011–—\u2212", "-"),
        "…": "...",
        "·": "*",
        "№": "No.",
        "₴": "UAH",
        "→": "->",
    }
)
"""Signs of ours that a narrow encoding has not, and what people write instead."""


class TolerantStream(io.TextIOBase):
    """Writes to a raw stream at once, without a buffer that could fail again at the end of the process.

    It has no `buffer`, or click would write past it.
    """

    def __init__(self, raw: io.RawIOBase, encoding: str, owner: object = None) -> None:
        """`owner` closes `raw` when nothing refers to it any more; so this does."""
        self._raw = raw
        self._owner = owner
        self._encoding = encoding
        self._encoder = codecs.getincrementalencoder(encoding)("replace")
        self.problem: OSError | None = None
        """Why the last text was not written; a reader that went away wants none, so that is no problem."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw.isatty()

    def fileno(self) -> int:
        return self._raw.fileno()

    def write(self, text: str, /) -> int:
        content = self._encoded(text.replace("\n", os.linesep))
        try:
            self._write_all(content)
        except OSError as failure:
            if failure.errno != errno.EPIPE:
                self.problem = failure
        return len(text)

    def _encoded(self, text: str) -> bytes:
        if not carries(self._encoding, text):
            text = text.translate(PLAINER)
        try:
            return self._encoder.encode(text)
        except UnicodeError:  # a codec that knows no replacing
            return text.encode("ascii", "replace")

    def _write_all(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            written = self._raw.write(rest)
            if written is None:
                import select  # hardly ever needed

                if not select.select((), (self._raw,), (), PATIENCE_S)[1]:
                    raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
                continue
            rest = rest[written:]


def carries(encoding: str, text: str) -> bool:
    """Say whether an encoding can write this text as it is."""
    try:
        text.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def use_tolerant_streams() -> None:
    """Put a TolerantStream in the place of stdout and stderr. Before anything else is opened.

    A file that is opened while one of the three numbers is free would get it, and our output with it.
    """
    for number in range(3):
        _open_if_closed(number)
    sys.stdout = _tolerant(sys.stdout, 1)
    sys.stderr = _tolerant(sys.stderr, 2)


def _open_if_closed(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        opened = os.open(os.devnull, os.O_RDWR)
        os.dup2(opened, number)  # inherited, as a standard stream is
        if opened != number:
            os.close(opened)


def _tolerant(stream: TextIO | None, number: int) -> TolerantStream:
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # unbuffered streams have the raw one only
    if stream is None or not isinstance(raw, io.RawIOBase):
        return TolerantStream(io.FileIO(number, "w", closefd=False), "utf-8")
    return TolerantStream(raw, stream.encoding, stream)
