"""What a person chose of how the window shows things, by name, in a small file of the home. Losing it loses no data."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path

from app.settings.home.atomic import write_private

MOST_BYTES = 100_000


class ViewChoicesFile:
    """Implements `services.core_api.ViewChoices`. A file that cannot be read is as one that is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def get(self, name: str) -> str | None:
        return (await asyncio.to_thread(self._read)).get(name)

    async def keep(self, name: str, text: str) -> None:
        """Remember a choice. Raises StorageError leaves."""
        await asyncio.to_thread(self._write, name, text)

    def _write(self, name: str, text: str) -> None:
        kept = {**self._read(), name: text}
        write_private(self._path, json.dumps(kept, ensure_ascii=False, indent=1).encode())

    def _read(self) -> dict[str, str]:
        with suppress(OSError, ValueError, RecursionError):
            with self._path.open("rb") as file:
                stored = json.loads(file.read(MOST_BYTES))
            if isinstance(stored, dict):
                return {name: text for name, text in stored.items() if isinstance(text, str)}
        return {}
