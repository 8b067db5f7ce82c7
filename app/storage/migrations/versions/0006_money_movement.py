"""A payment's money by the moment it moved (contract.md 1b, `day`).

What moved when is the fold's to say: the rows of older payments are made from their journal after the revisions.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE money_movement (
            payment_id VARCHAR NOT NULL REFERENCES payment (id),
            position INTEGER NOT NULL,
            direction VARCHAR NOT NULL,
            at INTEGER NOT NULL,
            amount_minor INTEGER NOT NULL,
            is_first INTEGER NOT NULL,
            txn_id VARCHAR,
            person VARCHAR,
            confirmed_by VARCHAR,
            PRIMARY KEY (payment_id, position)
        )
        """
    )
    op.execute("CREATE INDEX ix_money_movement_at ON money_movement (at)")
    op.execute("INSERT INTO meta (key, value) VALUES ('unfilled', 'money_movement')")
