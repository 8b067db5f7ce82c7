"""When the operator was asked about a link, and when it last answered: the limits of asking hold for all processes."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE inquiry (
            link_key VARCHAR NOT NULL PRIMARY KEY,
            asked INTEGER NOT NULL,
            asked_at INTEGER NOT NULL,
            answered_at INTEGER
        )
        """
    )
