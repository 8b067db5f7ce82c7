"""What is kept of all payments together, compared with the payments: totals and the full-text index.

Triggers keep the totals, and note in `pending_words` each text that the index does not have yet (revisions 0005, 0007).
"""

from __future__ import annotations

import sqlite3

from app.domain.ids import PaymentId
from app.services.ports.ledger import ProjectionDifference

_SUMS = """
    SELECT created_at / 900000, state, count(*), sum(received_minor), sum(refunded_minor)
    FROM payment GROUP BY 1, 2
"""
_KEPT = "SELECT quarter, state, count, received_minor, refunded_minor FROM payment_total"
_TEXTS = ("words", "operations", "txn_words")
# the index holds every three neighbouring characters of a text: it has lost nothing, and nothing more is in it
_PARTS = f"""
    SELECT coalesce(sum({" + ".join(f"max(length({column}) - 2, 0)" for column in _TEXTS)}), 0) FROM payment
"""
_INDEXED = "SELECT coalesce(sum(cnt), 0) FROM payment_words_terms"
_INDEX = " UNION ALL ".join(
    f"SELECT number * 4 + {place} AS place, {column} FROM payment WHERE length({column}) > 2"
    for place, column in enumerate(_TEXTS)
)
_PENDING = "SELECT count(*) FROM pending_words"
# By place: FTS5 writes what it holds when a document comes before the one it had last.
_INDEX_PENDING = """
    INSERT INTO payment_words (payment_words, rowid, text)
    SELECT command, place, text FROM (
        SELECT 'delete' AS command, place, indexed AS text FROM pending_words
        WHERE indexed != text AND length(indexed) > 2
        UNION ALL SELECT NULL, place, text FROM pending_words WHERE indexed != text AND length(text) > 2
    ) ORDER BY place, command DESC
"""
_NO_PAYMENT = PaymentId("")


def index_pending(connection: sqlite3.Connection) -> None:
    """Bring the full-text index up to the payments, in the transaction that changed them, once before its commit."""
    if connection.execute("SELECT 1 FROM pending_words LIMIT 1").fetchone() is not None:
        connection.execute(_INDEX_PENDING)
        connection.execute("DELETE FROM pending_words")


def kept_differences(connection: sqlite3.Connection) -> list[ProjectionDifference]:
    """Return what is not as the payments say; of no single payment, so its number is 0."""
    missing = connection.execute(f"{_SUMS} EXCEPT {_KEPT}").fetchall()
    wrong = connection.execute(f"{_KEPT} EXCEPT {_SUMS}").fetchall()
    folded, stored = {row[:2]: row[2:] for row in missing}, {row[:2]: row[2:] for row in wrong}
    found = [
        ProjectionDifference(
            _NO_PAYMENT, 0, f"totals[{' '.join(map(str, cell))}]", str(stored.get(cell)), str(folded.get(cell))
        )
        for cell in sorted(folded.keys() | stored.keys())
    ]
    pending = connection.execute(_PENDING).fetchone()[0]
    if pending:
        found.append(ProjectionDifference(_NO_PAYMENT, 0, "pending_words", pending, 0))
    expected, actual = (connection.execute(query).fetchone()[0] for query in (_PARTS, _INDEXED))
    if expected != actual:
        found.append(ProjectionDifference(_NO_PAYMENT, 0, "payment_words", actual, expected))
    return found


def write_kept(connection: sqlite3.Connection) -> None:
    """Make both again from the payments."""
    connection.execute("DELETE FROM payment_total")
    connection.execute(f"INSERT INTO payment_total {_SUMS}")
    connection.execute("DELETE FROM pending_words")
    connection.execute("INSERT INTO payment_words (payment_words) VALUES ('delete-all')")
    connection.execute(f"INSERT INTO payment_words (rowid, text) {_INDEX} ORDER BY place")
