"""Rows of the operator's statement, [20002], as they are stored: their identity and their redaction."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from app.domain.text.redaction import redact_text
from app.services.ports.statement_store import StatementLine


def identities(lines: Sequence[StatementLine]) -> list[str]:
    """Return the identity of each row. The second of two equal rows in one statement is a row of its own."""
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        plain = json.dumps(asdict(line), default=datetime.isoformat, sort_keys=True)
        digest = hashlib.sha256(plain.encode()).hexdigest()
        seen[digest] += 1
        found.append(f"{digest}:{seen[digest]}")
    return found


def redacted_line(line: StatementLine) -> StatementLine:
    """Return the row as the store may keep it (protocol.md A3.7). Its ids are kept only if well-formed."""
    kind, purpose = (text and redact_text(text) for text in (line.operation_type, line.purpose))
    raw = tuple((redact_text(name), redact_text(value)) for name, value in line.raw)
    return replace(line, operation_type=kind, purpose=purpose, raw=raw)
