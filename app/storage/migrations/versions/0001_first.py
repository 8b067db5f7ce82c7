"""The first schema: the journal, its projection, contacts and the ledger's own values."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE event (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        payment_id VARCHAR,
        link_key VARCHAR,
        type VARCHAR NOT NULL,
        source VARCHAR NOT NULL,
        data TEXT NOT NULL,
        dedupe_key VARCHAR,
        txn_id VARCHAR,
        signature VARCHAR
    )
    """,
    """
    CREATE TABLE event_repeat (
        seq INTEGER NOT NULL PRIMARY KEY REFERENCES event (seq),
        count INTEGER NOT NULL,
        last_at INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE payment (
        id VARCHAR NOT NULL PRIMARY KEY,
        number INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        amount_minor INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        purpose VARCHAR,
        order_ref VARCHAR,
        contact_id INTEGER,
        pay_type VARCHAR,
        locale VARCHAR NOT NULL,
        terminal_id VARCHAR NOT NULL,
        created_by VARCHAR,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        received_minor INTEGER NOT NULL,
        refunded_minor INTEGER NOT NULL,
        refund VARCHAR NOT NULL,
        late INTEGER NOT NULL,
        attention VARCHAR NOT NULL,
        attention_causes TEXT NOT NULL,
        card VARCHAR,
        txn_id VARCHAR,
        confirmed_by VARCHAR,
        confirmed_at INTEGER,
        last_error VARCHAR
    )
    """,
    """
    CREATE TABLE link (
        key VARCHAR NOT NULL PRIMARY KEY,
        payment_id VARCHAR NOT NULL REFERENCES payment (id),
        position INTEGER NOT NULL,
        transaction_id VARCHAR NOT NULL,
        callback_url VARCHAR NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        tries INTEGER NOT NULL,
        lease_until INTEGER NOT NULL,
        cancelled INTEGER NOT NULL,
        url VARCHAR,
        uuid VARCHAR,
        operation_id VARCHAR,
        baseline INTEGER
    )
    """,
    """
    CREATE TABLE refund (
        payment_id VARCHAR NOT NULL REFERENCES payment (id),
        position INTEGER NOT NULL,
        id VARCHAR NOT NULL,
        amount_minor INTEGER NOT NULL,
        status VARCHAR NOT NULL,
        reason VARCHAR,
        requested_at INTEGER,
        done_at INTEGER,
        txn_id VARCHAR,
        transaction_id VARCHAR,
        PRIMARY KEY (payment_id, position)
    )
    """,
    """
    CREATE TABLE contact (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        phone VARCHAR,
        email VARCHAR
    )
    """,
    """
    CREATE TABLE meta (
        key VARCHAR NOT NULL PRIMARY KEY,
        value VARCHAR NOT NULL
    )
    """,
)

INDEXES = (
    "CREATE UNIQUE INDEX ix_event_dedupe_key ON event (dedupe_key)",
    "CREATE INDEX ix_event_payment_id ON event (payment_id)",
    "CREATE INDEX ix_event_link_key ON event (link_key)",
    "CREATE INDEX ix_event_txn_id ON event (txn_id)",
    "CREATE INDEX ix_event_signature ON event (signature)",
    "CREATE UNIQUE INDEX ix_payment_number ON payment (number)",
    "CREATE INDEX ix_payment_created_at ON payment (created_at)",
    "CREATE INDEX ix_payment_state ON payment (state, expires_at)",
    "CREATE INDEX ix_link_payment_id ON link (payment_id)",
    "CREATE INDEX ix_refund_status ON refund (status)",
)

TRIGGERS = (
    """
    CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
)


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES, *TRIGGERS):
        op.execute(statement)
