"""Free ports for tests, from a range of each process of a test run.

They lie below the ports that the system gives to connections: one of those could take a port between its choice and
its use.
"""

from __future__ import annotations

import itertools
import os
import socket
from typing import Final

FIRST: Final = 20_000
PER_PROCESS: Final = 1_500
PROCESSES: Final = 8
_tries = itertools.count(os.getpid())  # two runs on one machine begin at different ports


def free_port() -> int:
    """Return a port of the loopback address that nothing is bound to."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST + worker % PROCESSES * PER_PROCESS
    for place in itertools.islice(_tries, PER_PROCESS):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", first + place % PER_PROCESS))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("every port of this process is taken")
