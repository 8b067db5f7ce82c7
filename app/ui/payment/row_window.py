"""The part of a long list of payments that is in memory: what its presenter gives to its table. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.ui.payment.display import PaymentRow


@dataclass(frozen=True, slots=True)
class RowWindow:
    """The rows `first`, `first + 1`, ... of a list of `count`; the others were not read, or not kept.

    `list_id`: windows of the same list have the same one. Another list is shown from its top.
    """

    count: int = 0
    first: int = 0
    rows: tuple[PaymentRow, ...] = ()
    list_id: int = 0

    @property
    def end(self) -> int:
        """Return the row after the last one in memory."""
        return self.first + len(self.rows)

    def row(self, at: int) -> PaymentRow | None:
        """Return a row of the list, or None when it is not in memory."""
        return self.rows[at - self.first] if self.first <= at < self.end else None

    def find(self, payment_id: str | None) -> int | None:
        """Return the place in the list of a payment that is in memory, or None."""
        found = (at for at, row in enumerate(self.rows, self.first) if row.payment_id == payment_id)
        return next(found, None)


def whole_list(rows: tuple[PaymentRow, ...]) -> RowWindow:
    """Return the window of a list that is in memory completely."""
    return RowWindow(len(rows), 0, rows)
