"""The answers to callbacks (protocol.md A3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` 404 and 503 have no body; `at` is the moment both dates of the body are made from."""

    status: int
    txn_id: str = ""
    result: str = ""
    message: str = ""
    at: datetime | None = None


UNKNOWN_KEY = Reply(404)
RETRY_LATER = Reply(503)
