"""Payments as the JSON array of contract.md 1b: the objects of `payments`, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from app.services.history.payment_json import payment_json
from app.services.ports.ledger import PaymentView


def write_json(file: BinaryIO, views: Iterable[PaymentView], now: datetime) -> None:
    """Write the array as UTF-8. Raises OSError."""
    between = "[\n"
    for view in views:
        file.write(f"{between}{json.dumps(payment_json(view, now), ensure_ascii=False)}".encode())
        between = ",\n"
    file.write(b"[]\n" if between == "[\n" else b"\n]\n")
