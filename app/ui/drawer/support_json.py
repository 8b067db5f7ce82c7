"""The support JSON of a payment: the JSON of the command line with private data removed."""

from __future__ import annotations

import json

from app.domain.journal.fact_redaction import CHECKED
from app.domain.text.plain_text import escaped
from app.domain.text.redaction import redacted_value
from app.i18n.texts import Texts
from app.services.history.payment_json import payment_history_json
from app.services.ports.ledger import PaymentHistory
from app.ui.context import UiContext

HIDDEN = "***"
_PERSONAL = ("phone", "email")
_KEY_SHOWN = 4
_OURS = frozenset({"id", "transaction_id", "created_at", "expires_at", "confirmed_at", "requested_at", "done_at", "at"})


def support_json(history: PaymentHistory, context: UiContext) -> str:
    """Return indented JSON. Phones and e-mails are masked; of a link's secret key only the first characters stay.

    Characters that change the reading direction and the like are escaped, as JSON allows.
    """
    english = Texts("en")  # support reads one language, that of the codes in the JSON
    payment = payment_history_json(history, context.now(), english.event)
    for name in _PERSONAL:
        if payment[name] is not None:
            payment[name] = HIDDEN
    text = json.dumps(redacted_value(payment, exempt=CHECKED | _OURS), ensure_ascii=False, indent=2, default=str)
    for link in history.payment.links:
        text = text.replace(link.key, f"{link.key[:_KEY_SHOWN]}{HIDDEN}")
    return escaped(text, keep="\n")
