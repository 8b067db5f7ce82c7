"""What the history is searched, filtered, sorted and added up by: search columns, their index, kept totals.

`search_form` is a function of the connection, so that older rows are written as new ones are. Phones and e-mails stay
in `contact`: what is forgotten must not live on in the full-text index.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SHOWN = (
    "state, expires_at, amount_minor, received_minor, refunded_minor, created_by, confirmed_by, refund, late, attention"
)

COLUMNS = (
    "ALTER TABLE payment ADD COLUMN words VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE payment ADD COLUMN operations VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE payment ADD COLUMN txn_words VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE payment ADD COLUMN card_end VARCHAR",
    "ALTER TABLE contact ADD COLUMN email_form VARCHAR",
)

VALUES = (
    """
    UPDATE payment SET
        words = search_form(purpose) || char(10) || search_form(order_ref),
        txn_words = search_form(txn_id),
        operations = char(10) || coalesce((
            SELECT group_concat(search_form(operation_id), char(10))
            FROM (SELECT operation_id FROM link WHERE payment_id = payment.id ORDER BY position)
        ), '') || char(10),
        card_end = substr(replace(card, ' ', ''), -4)
    """,
    "UPDATE contact SET email_form = search_form(email) WHERE email IS NOT NULL",
)

INDEXES = (
    "DROP INDEX ix_payment_created_at",
    f"CREATE INDEX ix_payment_time ON payment (created_at, number, {SHOWN})",
    f"CREATE INDEX ix_payment_totals ON payment (number, created_at, {SHOWN})",
    "CREATE INDEX ix_payment_amount ON payment (amount_minor, number)",
    "CREATE INDEX ix_payment_person ON payment (created_by, created_at, number)",
    "CREATE INDEX ix_payment_confirmed ON payment (confirmed_by, created_at, number)",
    "CREATE INDEX ix_payment_refund ON payment (refund, created_at, number) WHERE refund != 'none'",
    "CREATE INDEX ix_payment_late ON payment (created_at, number) WHERE late",
    "CREATE INDEX ix_payment_attention ON payment (created_at, number) WHERE attention != ''",
    "CREATE INDEX ix_payment_card_end ON payment (card_end, number) WHERE card_end IS NOT NULL",
    "CREATE INDEX ix_payment_contact ON payment (contact_id, number) WHERE contact_id IS NOT NULL",
    "CREATE INDEX ix_contact_other_letters ON contact (email_form) WHERE email_form GLOB '*[^ -~]*'",
)

TOTALS = (
    """
    CREATE TABLE payment_total (
        quarter INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        count INTEGER NOT NULL,
        received_minor INTEGER NOT NULL,
        refunded_minor INTEGER NOT NULL,
        PRIMARY KEY (quarter, state)
    ) WITHOUT ROWID
    """,
    """
    INSERT INTO payment_total
    SELECT created_at / 900000, state, count(*), sum(received_minor), sum(refunded_minor)
    FROM payment GROUP BY 1, 2
    """,
)

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
# One document for each text of a payment, at `number * 4 + place`: a callback adds its txn_id and changes no other one.
TEXTS = ("words", "operations", "txn_words")
INDEX = "INSERT INTO payment_words (rowid, text) VALUES (new.number * 4 + {place}, new.{column});"
UNINDEX = """
    INSERT INTO payment_words (payment_words, rowid, text) VALUES ('delete', old.number * 4 + {place}, old.{column});
"""
INDEX_ALL = "".join(INDEX.format(place=place, column=column) for place, column in enumerate(TEXTS))
UNINDEX_ALL = "".join(UNINDEX.format(place=place, column=column) for place, column in enumerate(TEXTS))

FULL_TEXT = (
    """
    CREATE VIRTUAL TABLE payment_words USING fts5 (
        text, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1'
    )
    """,
    "CREATE VIRTUAL TABLE payment_words_terms USING fts5vocab ('payment_words', 'row')",
    """
    INSERT INTO payment_words (rowid, text)
    SELECT number * 4, words FROM payment
    UNION ALL SELECT number * 4 + 1, operations FROM payment
    UNION ALL SELECT number * 4 + 2, txn_words FROM payment
    ORDER BY 1
    """,
)

TRIGGERS = (
    f"CREATE TRIGGER payment_is_added AFTER INSERT ON payment BEGIN {ADD} {INDEX_ALL} END",
    f"CREATE TRIGGER payment_is_removed AFTER DELETE ON payment BEGIN {SUBTRACT} {UNINDEX_ALL} END",
    f"""
    CREATE TRIGGER payment_total_changes
    AFTER UPDATE OF state, created_at, received_minor, refunded_minor ON payment
    WHEN (old.state, old.created_at, old.received_minor, old.refunded_minor)
        IS NOT (new.state, new.created_at, new.received_minor, new.refunded_minor)
    BEGIN {SUBTRACT} {ADD} END
    """,
    *(
        f"""
        CREATE TRIGGER payment_{column}_change AFTER UPDATE OF number, {column} ON payment
        WHEN (old.number, old.{column}) IS NOT (new.number, new.{column})
        BEGIN {UNINDEX.format(place=place, column=column)} {INDEX.format(place=place, column=column)} END
        """
        for place, column in enumerate(TEXTS)
    ),
    """
    CREATE TRIGGER contact_email_is_forgotten AFTER UPDATE OF email ON contact
    WHEN new.email IS NULL AND new.email_form IS NOT NULL
    BEGIN UPDATE contact SET email_form = NULL WHERE id = new.id; END
    """,
)


def upgrade() -> None:
    for statement in (*COLUMNS, *VALUES, *INDEXES, *TOTALS, *FULL_TEXT, *TRIGGERS):
        op.execute(statement)
