"""The facts of a payment for support: the JSON of the command line without what support must not have."""

from __future__ import annotations

import json
from typing import Any

from app.domain.plain_text import escaped
from app.domain.redaction import redact_text
from app.i18n.texts import Texts
from app.services.payment_json import story_json
from app.services.ports import PaymentHistory
from app.ui.front import Front

HIDDEN = "***"
_PERSONAL = ("phone", "email")
_KEY_SHOWN = 4
_CHECKED = frozenset({"txn_id", "uuid", "txn_date", "id", "operation_id", "transaction_id", "txn_id_own"})


def support_json(history: PaymentHistory, front: Front) -> str:
    """Return indented JSON. Phones and e-mails are hidden; of a link's secret key only the first characters stay.

    Characters that would turn the reading direction and the like are spelled out, as JSON allows.
    """
    english = Texts("en")  # support reads one language, and so do the codes beside the sentences
    story = story_json(history, front.now(), english.event)
    for name in _PERSONAL:
        if story[name] is not None:
            story[name] = HIDDEN
    text = json.dumps(_redacted(story), ensure_ascii=False, indent=2, default=str)
    for link in history.view.payment.links:
        text = text.replace(link.key, f"{link.key[:_KEY_SHOWN]}{HIDDEN}")
    return escaped(text, keep="\n")


def _redacted(value: Any, name: str = "") -> Any:
    """Redact every text but the numbers whose form was checked: one date in ten looks like a card (A3.7)."""
    if isinstance(value, dict):
        return {key: _redacted(part, key) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(part, name) for part in value]
    is_number_of_ours = name in _CHECKED or name.endswith(("_at", "_minor"))
    return value if is_number_of_ours or not isinstance(value, str) else redact_text(value)
