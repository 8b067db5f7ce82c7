"""Validates the bytes of a request's head before parsing: sizes, method, no body. Pure functions."""

from __future__ import annotations

import re
from typing import Final

END: Final = b"\r\n\r\n"
MAX_LINE: Final = 9 * 1024
"""No longer than `operator_api.callbacks.MAX_QUERY`: an accepted line is always parsed."""
MAX_HEAD: Final = 16 * 1024
MAX_FIELDS: Final = 64

_OTHER_METHOD = re.compile(rb"[A-Z]{1,20} [!-\xff]{1,9000} HTTP/1\.")
_HIGH = re.compile(rb"[\x80-\xff]")
_BODY = re.compile(rb"\n(?:content-length[ \t]*:(?![ \t]*0+[ \t]*\r)|transfer-encoding[ \t]*:)", re.IGNORECASE)


def refusal_status(head: bytes) -> int | None:
    """Return the HTTP status that refuses a complete head, blank line included; None when it may be parsed.

    400 malformed or too large, 405 not GET (protocol.md A3.1), 413 a body, which a callback never has.
    """
    breaks, line = head.count(b"\n"), head.find(b"\r\n")
    if len(head) > MAX_HEAD or line > MAX_LINE or breaks > MAX_FIELDS + 2:
        return 400
    if breaks != head.count(b"\r\n") or b"\0" in head or head[line - 9 : line - 1] != b" HTTP/1.":
        return 400
    if not head.startswith(b"GET "):
        return 405 if _OTHER_METHOD.match(head) else 400
    return 413 if _BODY.search(head) else None


def is_malformed(part: bytes) -> bool:
    """Return whether this prefix cannot become a valid request: too long, or no method (a TLS hello, garbage)."""
    if len(part) > MAX_HEAD or not 65 <= part[0] <= 90:
        return True
    return len(part) > MAX_LINE and part.find(b"\r\n", 0, MAX_LINE + 2) < 0


def percent_encoded(head: bytes) -> bytes:
    """Return the head with raw bytes over 127 of its request line percent-encoded: the parser would refuse them.

    A sender that did not encode an error's Ukrainian text is still accepted; signed values are plain ASCII.
    """
    if head.isascii():
        return head
    line, end, fields = head.partition(b"\r\n")
    return _HIGH.sub(lambda byte: b"%%%02X" % byte[0][0], line) + end + fields
