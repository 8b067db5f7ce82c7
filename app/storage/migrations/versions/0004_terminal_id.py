"""The TerminalID that a link and a refund were sent with, and links found by the operator's ids.

Older rows have none: their payment's applies, as before.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE link ADD COLUMN terminal_id VARCHAR")
    op.execute("ALTER TABLE refund ADD COLUMN terminal_id VARCHAR")
    op.execute("CREATE INDEX ix_link_transaction_id ON link (transaction_id)")
    op.execute("CREATE INDEX ix_link_uuid ON link (uuid)")
