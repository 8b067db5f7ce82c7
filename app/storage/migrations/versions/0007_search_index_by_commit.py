"""Texts of payments that the search index does not have yet: triggers note them, the writer indexes them by commit.

FTS5 writes a part of the index at each savepoint, so at each decision of a group that shares a commit. Without a
trigram a text is no document.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXTS = ("words", "operations", "txn_words")

PENDING = """
    CREATE TABLE pending_words (
        place INTEGER NOT NULL PRIMARY KEY,
        indexed VARCHAR NOT NULL,
        text VARCHAR NOT NULL
    )
"""
OLD_TRIGGERS = ("payment_is_added", "payment_is_removed", *(f"payment_{column}_change" for column in TEXTS))

ADD = """
    INSERT INTO payment_total
    VALUES (new.created_at / 900000, new.state, 1, new.received_minor, new.refunded_minor)
    ON CONFLICT (quarter, state) DO UPDATE SET
        count = count + 1,
        received_minor = received_minor + excluded.received_minor,
        refunded_minor = refunded_minor + excluded.refunded_minor;
"""
CELL = "quarter = old.created_at / 900000 AND state = old.state"
SUBTRACT = f"""
    UPDATE payment_total SET
        count = count - 1,
        received_minor = received_minor - old.received_minor,
        refunded_minor = refunded_minor - old.refunded_minor
    WHERE {CELL};
    DELETE FROM payment_total WHERE {CELL} AND count = 0;
"""
# `indexed` stays what it was before the first change of the transaction.
NOTE = """
    INSERT INTO pending_words {values}
    ON CONFLICT (place) DO UPDATE SET text = excluded.text;
"""


def added(place: int, column: str) -> str:
    return NOTE.format(values=f"SELECT new.number * 4 + {place}, '', new.{column} WHERE length(new.{column}) > 2")


def removed(place: int, column: str) -> str:
    return NOTE.format(values=f"SELECT old.number * 4 + {place}, old.{column}, '' WHERE true")


def changed(place: int, column: str) -> str:
    values = f"VALUES (new.number * 4 + {place}, old.{column}, new.{column})"
    return f"""
        CREATE TRIGGER payment_{column}_change AFTER UPDATE OF {column} ON payment
        WHEN old.number = new.number AND old.{column} IS NOT new.{column}
        BEGIN {NOTE.format(values=values)} END
    """


NOTE_ADDED = "".join(added(place, column) for place, column in enumerate(TEXTS))
NOTE_REMOVED = "".join(removed(place, column) for place, column in enumerate(TEXTS))

TRIGGERS = (
    f"CREATE TRIGGER payment_is_added AFTER INSERT ON payment BEGIN {ADD} {NOTE_ADDED} END",
    f"CREATE TRIGGER payment_is_removed AFTER DELETE ON payment BEGIN {SUBTRACT} {NOTE_REMOVED} END",
    *(changed(place, column) for place, column in enumerate(TEXTS)),
    f"""
    CREATE TRIGGER payment_number_change AFTER UPDATE OF number ON payment WHEN old.number != new.number
    BEGIN {NOTE_REMOVED} {NOTE_ADDED} END
    """,
)


def upgrade() -> None:
    for name in OLD_TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    for statement in (PENDING, *TRIGGERS):
        op.execute(statement)
