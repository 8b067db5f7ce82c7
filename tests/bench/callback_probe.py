"""The bare server that S5 is compared with: aiohttp, an RSA check, one durable insert per callback, group commit.

`python -m tests.bench.callback_probe PUBLIC.pem FILE` prints `ready http://127.0.0.1:PORT` and serves until stopped.
"""

from __future__ import annotations

import asyncio
import base64
import queue
import sqlite3
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Job = tuple[str, "asyncio.Future[None]"]


def write(file: str, jobs: queue.SimpleQueue[Job], loop: asyncio.AbstractEventLoop) -> None:
    """Insert the waiting callbacks in one transaction; wake the callers after its fsync."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE fact (body TEXT)")
    while True:
        group = [jobs.get()]
        while not jobs.empty():
            group.append(jobs.get())
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO fact VALUES (?)", [(body,) for body, _ in group])
        connection.execute("COMMIT")
        loop.call_soon_threadsafe(wake, [waiter for _, waiter in group])


def wake(waiters: list[asyncio.Future[None]]) -> None:
    for waiter in waiters:
        waiter.set_result(None)


async def serve(key: rsa.RSAPublicKey, file: str) -> None:
    loop = asyncio.get_running_loop()
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=write, args=(file, jobs, loop), daemon=True).start()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        query = request.raw_path.partition("?")[2]
        values = {name: found[0] for name, found in parse_qs(query).items()}
        signed = "".join(values[name] for name in ("txn_id", "uuid", "txn_date", "sum"))
        key.verify(base64.b64decode(values["sign"]), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        waiter: asyncio.Future[None] = loop.create_future()
        jobs.put((query, waiter))
        await waiter
        return web.json_response({"txn_id": values["txn_id"], "result": "10"})

    server = await loop.create_server(web.Server(handle, access_log=None), "127.0.0.1", 0)
    sys.stdout.write(f"ready http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    loaded = load_pem_public_key(Path(sys.argv[1]).read_bytes())
    assert isinstance(loaded, rsa.RSAPublicKey)
    asyncio.run(serve(loaded, sys.argv[2]))
