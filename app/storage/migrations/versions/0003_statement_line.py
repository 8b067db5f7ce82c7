"""The rows of the operator's statements, [20002], as they were read: kept outside the journal, to compare with it."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE statement_line (
            identity VARCHAR NOT NULL PRIMARY KEY,
            placed_at INTEGER NOT NULL,
            first_seen_at INTEGER NOT NULL,
            last_seen_at INTEGER NOT NULL,
            at INTEGER,
            amount_minor INTEGER NOT NULL,
            txn_id VARCHAR,
            uuid VARCHAR,
            operation_type VARCHAR,
            status INTEGER,
            purpose VARCHAR,
            raw VARCHAR NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_statement_line_placed_at ON statement_line (placed_at)")
