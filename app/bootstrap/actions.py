"""What people do with a payment after it was asked for: money back, settling what needs attention."""

from __future__ import annotations

from datetime import timedelta

from app.bootstrap.home import Home
from app.services.ports import Clock, Entropy, Ledger, OperatorGateway
from app.services.refunds import RefundPolicy, Refunds

IN_AIR_MARGIN_S = 15.0


def make_refunds(home: Home, ledger: Ledger, operator: OperatorGateway, clock: Clock, entropy: Entropy) -> Refunds:
    """Return the refunds of this home's mode; a request is in the air a little longer than the operator's timeout."""
    in_air = timedelta(seconds=home.settings.operator.timeout_s + IN_AIR_MARGIN_S)
    return Refunds(ledger, operator, clock, entropy, RefundPolicy(in_air, home.mode, home.settings.shop.terminal_id))
