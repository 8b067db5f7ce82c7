"""What the system says when an address cannot be bound, each cause in its own words."""

from __future__ import annotations

import errno
import socket
import sys

import pytest

from app.domain.errors import ListenerFailed, PaydeskError, PortTaken, SettingBad
from app.i18n.texts import Texts
from app.listener.server import _bind_refusal


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ports that need rights")
def test_a_low_port_needs_rights() -> None:
    refused = _bind_refusal(PermissionError(errno.EACCES, "Permission denied"), "0.0.0.0", 80)
    assert (type(refused), refused.details) == (
        SettingBad,
        {"key": "callbacks.port", "reason": "port_needs_rights:1024"},
    )
    assert "1024" in Texts("uk").error(refused)


@pytest.mark.parametrize(
    ("failure", "kind", "reason"),
    [
        (OSError(errno.EADDRINUSE, "in use"), PortTaken, None),
        (OSError(errno.EACCES, "excluded"), PortTaken, None),
        (OSError(errno.EADDRNOTAVAIL, "no"), SettingBad, "not_this_computer"),
        (OSError(errno.EAFNOSUPPORT, "no"), SettingBad, "not_this_computer"),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), SettingBad, "host_unknown"),
        (UnicodeError("label too long"), SettingBad, "host_unknown"),
        (OSError(errno.EMFILE, "Too many open files"), ListenerFailed, "Too many open files"),
        (OSError(errno.ENOBUFS, "No buffer space"), ListenerFailed, "No buffer space"),
    ],
)
def test_each_cause_has_its_error(
    failure: OSError | UnicodeError, kind: type[PaydeskError], reason: str | None
) -> None:
    refused = _bind_refusal(failure, "127.0.0.1", 8733)
    assert (type(refused), refused.details.get("reason")) == (kind, reason)
