"""The payments that need attention, grouped by their gravest reason, inside one snapshot of the connection."""

from __future__ import annotations

import sqlite3
from typing import Final

from app.domain.payment import GRAVEST_FIRST, Attention
from app.services.ports.ledger import AttentionGroup, AttentionInbox
from app.storage.projection import last_seq
from app.storage.queries import numbered

INBOX: Final = """
    SELECT p.attention, p.number FROM payment p INDEXED BY ix_payment_attention
    WHERE p.attention != '' ORDER BY p.created_at DESC, p.number DESC
"""
_BATCH: Final = 500


def attention_inbox(connection: sqlite3.Connection, per_group: int) -> AttentionInbox:
    """Return every reason's count and its newest payments; only those are held in memory."""
    counts: dict[Attention, int] = {}
    newest: dict[Attention, list[int]] = {}
    cursor = connection.execute(INBOX)
    while rows := cursor.fetchmany(_BATCH):
        for codes, number in rows:
            reason = _gravest(codes)
            counts[reason] = counts.get(reason, 0) + 1
            if len(shown := newest.setdefault(reason, [])) < per_group:
                shown.append(number)
    reasons = [reason for reason in GRAVEST_FIRST if reason in counts]
    groups = [AttentionGroup(reason, counts[reason], numbered(connection, newest[reason])) for reason in reasons]
    return AttentionInbox(groups, last_seq(connection))


def _gravest(codes: str) -> Attention:
    present = codes.split()
    return next(reason for reason in GRAVEST_FIRST if reason in present)
