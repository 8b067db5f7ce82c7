"""What triggers keep of all payments together (revision 0005): totals and the full-text index, against the payments."""

from __future__ import annotations

import sqlite3

from app.domain.ids import PaymentId
from app.services.ports.ledger import ProjectionDifference

_SUMS = """
    SELECT created_at / 900000, state, count(*), sum(received_minor), sum(refunded_minor)
    FROM payment GROUP BY 1, 2
"""
_KEPT = "SELECT quarter, state, count, received_minor, refunded_minor FROM payment_total"
# the index holds every three neighbouring characters of a text: it has lost nothing, and nothing more is in it
_PARTS = """
    SELECT coalesce(sum(max(length(words) - 2, 0)), 0), coalesce(sum(max(length(operations) - 2, 0)), 0) FROM payment
"""
_INDEXED = """
    SELECT coalesce(sum(cnt) FILTER (WHERE col = 'words'), 0), coalesce(sum(cnt) FILTER (WHERE col = 'operations'), 0)
    FROM payment_words_terms
"""
_NO_PAYMENT = PaymentId("")


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
    (parts,), (indexed,) = connection.execute(_PARTS).fetchall(), connection.execute(_INDEXED).fetchall()
    for column, expected, actual in zip(("words", "operations"), parts, indexed, strict=True):
        if expected != actual:
            found.append(ProjectionDifference(_NO_PAYMENT, 0, f"payment_words.{column}", actual, expected))
    return found


def write_kept(connection: sqlite3.Connection) -> None:
    """Make both again from the payments."""
    connection.execute("DELETE FROM payment_total")
    connection.execute(f"INSERT INTO payment_total {_SUMS}")
    connection.execute("INSERT INTO payment_words (payment_words) VALUES ('rebuild')")
