"""The port of a home's secrets."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Secrets(Protocol):
    """Named secrets of this home: `operator_token`, `private_key_pem`."""

    stored_in: str
    """`keyring` or `file`."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, value: str) -> None: ...

    def is_available(self) -> bool:
        """Say whether what is kept can be read now; asks no person. It may take seconds."""
        ...

    def edit(self) -> AbstractContextManager[dict[str, str]]:
        """Read and change all secrets while no other process can: for changes that depend on the present values."""
        ...
