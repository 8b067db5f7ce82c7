"""Fixtures of the wiring tests: an operator's key and a shop with a running listener."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.wiring.shop import Shop, running_shop


@pytest.fixture(scope="session")
def operator_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
async def shop(home: Path, operator_key: rsa.RSAPrivateKey) -> AsyncIterator[Shop]:
    async with running_shop(home, operator_key) as running:
        yield running
