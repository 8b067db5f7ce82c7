"""The only door to the demo operator outside tests: play money never meets live money."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.simulator.server import Simulator


def make_simulator(
    *,
    port: int,
    directory: Path,
    speed: float,
    merchant_key: Path | None = None,
    operator_key: Path | None = None,
    faults: Sequence[str] = (),
    two_step: bool = False,
) -> Simulator:
    """Return the demo operator, not yet bound. Raises BadKey, OSError for files that cannot be read."""
    from app.simulator.server import Simulator

    return Simulator(
        port=port,
        directory=directory,
        speed=speed,
        merchant_public_pem=merchant_key.read_text(encoding="ascii") if merchant_key else None,
        operator_private_pem=operator_key.read_text(encoding="ascii") if operator_key else None,
        faults=tuple(faults),
        two_step=two_step,
    )
