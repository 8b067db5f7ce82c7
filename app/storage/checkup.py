"""A look at a ledger file for the doctor, on connections that cannot write."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event

from app.domain.fact_data import from_millis
from app.storage.check import find_doubt
from app.storage.engine import connect_reader, file_errors, storage_errors
from app.storage.schema import refuse_strange
from app.storage.transaction import mode_of

_LAST_CALLBACK = "SELECT max(at) FROM event WHERE type = 'callback_received'"
_STRAYS = "SELECT at FROM event WHERE payment_id IS NULL ORDER BY seq DESC LIMIT 100"


@dataclass(frozen=True, slots=True)
class Checkup:
    """`doubt`: what is wrong, in technical words. `strays`: when the newest messages came that belong to no payment."""

    doubt: str | None = None
    last_callback_at: datetime | None = None
    strays: tuple[datetime, ...] = ()
    mode: str | None = None
    """`demo` or `live`, None before the first payment."""


def check_up(path: Path, since: datetime) -> Checkup:
    """Look at the file's pages, the payments that changed since, and the last messages; about 1 s a million payments.

    A file that is not there yet is well. Blocking. Raises StorageError leaves: damaged, newer, unreadable.
    """
    with storage_errors(), file_errors():
        refuse_strange(path)
    if not path.exists() or path.stat().st_size == 0:
        return Checkup()
    doubt = find_doubt(path, since, Event())
    if doubt is not None:
        return Checkup(doubt)
    with storage_errors(), file_errors(), closing(connect_reader(path)) as connection:
        last = connection.execute(_LAST_CALLBACK).fetchone()[0]
        strays = tuple(from_millis(row[0]) for row in connection.execute(_STRAYS).fetchall())
        mode = mode_of(connection)
    return Checkup(None, None if last is None else from_millis(last), strays, mode)
