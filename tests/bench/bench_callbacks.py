"""S5: callbacks accepted durably, compared with a bare probe in the same run; both as separate processes.

Manually: `python -m tests.bench.bench_callbacks`.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.bench.harness import Row, row
from tests.soak.shop import open_payment, prepare_home, signed_query

ROOT = Path(__file__).parents[2]
ROUNDS, PER_ROUND, CONNECTIONS, WARM = 5, 3_000, 16, 500
LEAST_PER_S, P99_MS, SHARE = 4_000, 20.0, 0.5


@dataclass(frozen=True)
class Load:
    """One round: answers per second, and the 99th percentile of the time per answer, in ms."""

    per_s: float
    p99_ms: float


def send_all(port: int, requests: Sequence[bytes]) -> Load:
    """Send every request once over 16 persistent connections, each waiting for its answer. Raises unless it is 200."""
    with selectors.DefaultSelector() as selector:
        taken: list[float] = []
        waiting = iter(requests)
        began = time.perf_counter()
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _send_next(selector, connection, waiting, selector.register)
        while selector.get_map():
            for key, _ in selector.select():
                answer = key.fileobj.recv(65536)  # type: ignore[union-attr]  # a whole small answer comes at once
                taken.append(time.perf_counter() - key.data)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(answer[:100])
                _send_next(selector, key.fileobj, waiting, selector.modify)  # type: ignore[arg-type]
        took = time.perf_counter() - began
    return Load(len(taken) / took, sorted(taken)[int(0.99 * len(taken))] * 1000)


def _send_next(
    selector: selectors.BaseSelector, connection: socket.socket, waiting: Iterator[bytes], note: Callable[..., object]
) -> None:
    request = next(waiting, None)
    if request is None:
        if connection in {key.fileobj for key in selector.get_map().values()}:
            selector.unregister(connection)
        connection.close()
        return
    note(connection, selectors.EVENT_READ, time.perf_counter())
    connection.sendall(request)


def make_requests(key: rsa.RSAPrivateKey, paths: Sequence[str]) -> list[bytes]:
    """Sign one genuine `pay` for every path, on all processors."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    share = len(paths) // 4 + 1
    pieces = [(pem, paths[start : start + share], start) for start in range(0, len(paths), share)]
    with ProcessPoolExecutor() as pool:
        return [request for piece in pool.map(_sign, pieces) for request in piece]


def _sign(work: tuple[bytes, Sequence[str], int]) -> list[bytes]:
    pem, paths, start = work
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    lines = (f"GET {path}?{signed_query(key, f't{start + place}')} HTTP/1.1\r\n" for place, path in enumerate(paths))
    return [(line + "Host: shop\r\nUser-Agent: operator\r\nAccept: */*\r\n\r\n").encode() for line in lines]


async def sell(home: Path, key: rsa.RSAPrivateKey, count: int) -> list[str]:
    """Open `count` payments on a home, a new one or one with payments; return the callback paths."""
    from app.bootstrap.core import open_core

    async with open_core(prepare_home(home, key)) as core:
        paths: list[str] = []
        for _ in range(0, count, 100):
            payments = await asyncio.gather(*(open_payment(core) for _ in range(100)))
            paths += [f"/xpay/{payment.link.key}" for payment in payments]
    return paths


@contextmanager
def serving(*command: str) -> Iterator[int]:
    """Run a server that prints `ready http://HOST:PORT`; yield the port."""
    environment = {**os.environ, "PAYDESK_KEYRING": "off"}
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline().decode().rpartition(":")[2])
        finally:
            process.terminate()


def measure() -> tuple[Load, ...]:
    """Return the medians of our listener and of the probe; rounds alternate."""
    count = ROUNDS * PER_ROUND + WARM
    (ROOT / "build").mkdir(exist_ok=True)  # the real disk: a temporary folder may be in memory
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        home = Path(folder) / "home"
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        requests = make_requests(key, asyncio.run(sell(home, key, count)))
        probe = ("-m", "tests.bench.callback_probe", str(home / "operator.pem"), f"{folder}/probe.sqlite")
        with listening(home) as ours, serving(*probe) as bare:
            return _alternate((ours, requests), (bare, requests))


def measure_homes(first: Path, second: Path) -> tuple[Load, ...]:
    """Return the medians of our listener on two homes, to which payments are added; rounds alternate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sent = [make_requests(key, asyncio.run(sell(home, key, ROUNDS * PER_ROUND + WARM))) for home in (first, second)]
    with listening(first) as one, listening(second) as other:
        return _alternate((one, sent[0]), (other, sent[1]))


def listening(home: Path) -> AbstractContextManager[int]:
    """Run our listener on a home; yield the port."""
    return serving("-m", "app", "--home", str(home), "listen", "--port", "0")


def _alternate(*servers: tuple[int, Sequence[bytes]]) -> tuple[Load, ...]:
    """Return the median loads of servers, given by port and requests."""
    rounds: list[list[Load]] = [[] for _ in servers]
    for port, requests in servers:
        send_all(port, requests[:WARM])
    for start in range(WARM, ROUNDS * PER_ROUND + WARM, PER_ROUND):
        for (port, requests), loads in zip(servers, rounds, strict=True):
            loads.append(send_all(port, requests[start : start + PER_ROUND]))
    return tuple(map(_median, rounds))


def _median(loads: list[Load]) -> Load:
    return Load(statistics.median(load.per_s for load in loads), statistics.median(load.p99_ms for load in loads))


@row("S5")
def durable_callbacks() -> Row:
    ours, bare = measure()
    share = ours.per_s / bare.per_s
    return Row(
        f"callbacks >= {LEAST_PER_S:,}/s, p99 <= {P99_MS:.0f} ms, >= {SHARE:.0%} of a probe",
        f"{ours.per_s:,.0f}/s, p99 {ours.p99_ms:.1f} ms, {share:.0%} of {bare.per_s:,.0f}/s",
        ours.per_s >= LEAST_PER_S and ours.p99_ms <= P99_MS and share >= SHARE,
    )


if __name__ == "__main__":
    sys.stdout.write(f"{durable_callbacks()}\n")
